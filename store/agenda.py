"""What is owed, as frozen values for the wording: read from the store, never written through."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from store import terms
from store.columns import is_word
from store.states import State
from store.tables import AgencyRow, AssignmentRow, ItemRow, PlanRow, table_of


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One assignment with the words of its item and agency. Days are days in Vietnam."""

    id: int
    plan_key: str
    plan_year: int
    code: str
    task: str
    area: int | None
    area_name: str | None
    heading: str | None
    title: str
    product: str
    schedule: str
    lead: tuple[str, ...]
    support: tuple[str, ...]
    agency: str
    agency_name: str
    slot: str
    period: str
    kind: DutyKind
    due: date | None
    remind_by: date | None
    late_after: date | None
    data_from: date | None
    cutoff: date | None
    report_address: str | None
    state: State
    done_at: datetime | None
    document: str | None
    document_date: date | None
    note: str | None
    progress: int | None
    progress_note: str | None
    snoozed_until: date | None
    plan_due: date | None
    extensions: int
    asked_by: str | None
    parent_id: int | None
    asked_by_name: str | None = None

    @property
    def is_report(self) -> bool:
        return self.kind is DutyKind.REPORT

    @property
    def is_support(self) -> bool:
        """Whether it is a supporting agency's part, which the lead `asked_by` asked for; `period` says what."""
        return self.kind is DutyKind.SUPPORT

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    @property
    def completed_on(self) -> date | None:
        """The day that decides whether it was on time: its document's, else the day on which it was reported as done."""
        if self.is_open or self.done_at is None:
            return None
        return terms.completed_on(self.document_date, self.done_at)

    @property
    def was_late(self) -> bool:
        """Whether it was completed after its term had ended."""
        return terms.was_late(self.completed_on, self.late_after)

    def is_late(self, today: date) -> bool:
        """Whether the term has ended (after `late_after`); what has no due day is never late."""
        return terms.is_late(self.late_after, today)

    @property
    def order(self) -> tuple[date, int, str, str]:
        """By due day, then as on paper."""
        return (self.due or date.max, self.area or 99, self.code, self.slot)


async def entries(
    session: AsyncSession,
    *,
    agencies: Iterable[str] | None = None,
    ids: Iterable[int] | None = None,
    plans: Iterable[str] | None = None,
    due_from: date | None = None,
    due_until: date | None = None,
    open_only: bool = False,
    unfinished_only: bool = False,
) -> list[Entry]:
    """Assignments of active plans, by due day. What is given narrows; None does not. `unfinished_only`: those that are open
    or wait for approval. The days are the first and the last
    that fit: what has no due day fits none."""
    asked: dict[str, list[str] | list[int] | date] = {}
    if agencies is not None:
        asked["agencies"] = list(agencies)
    if ids is not None:
        asked["ids"] = list(ids)
    if plans is not None:
        asked["plans"] = list(plans)
    if due_from is not None:
        asked["due_from"] = due_from
    if due_until is not None:
        asked["due_until"] = due_until
    rows = await session.execute(_query(frozenset(asked), open_only, unfinished_only), asked)
    return sorted((_entry(row) for row in rows), key=lambda entry: entry.order)


async def ever_owed(session: AsyncSession, plan_key: str) -> list[tuple[Entry, bool]]:
    """All assignments that a plan has or had, and whether each is retired, whether or not the plan is active."""
    rows = await session.execute(_EVER, {"plan": plan_key})
    return [(_entry(row, without=("retired",)), row.retired) for row in rows]


async def without_due_day(session: AsyncSession, agencies: Iterable[str]) -> list[Entry]:
    """What these agencies still owe and no date is known of: it goes on, comes when asked for, or waits for a document."""
    rows = await session.execute(_UNDATED, {"agencies": list(agencies)})
    return sorted((_entry(row) for row in rows), key=lambda entry: entry.order)


_ASSIGNMENT, _ITEM, _PLAN, _AGENCY = (table_of(row) for row in (AssignmentRow, ItemRow, PlanRow, AgencyRow))
_ASKING = _AGENCY.alias("asking")
_FIELDS = (
    _ASSIGNMENT.c.id,
    _ITEM.c.plan_key,
    _PLAN.c.year.label("plan_year"),
    _ITEM.c.code,
    _ITEM.c.task,
    _ITEM.c.area,
    _ITEM.c.area_name,
    _ITEM.c.heading,
    _ITEM.c.title,
    _ITEM.c.product,
    _ITEM.c.schedule,
    _ITEM.c.lead,
    _ITEM.c.support,
    _ASSIGNMENT.c.agency,
    _AGENCY.c.name.label("agency_name"),
    _ASSIGNMENT.c.slot,
    _ASSIGNMENT.c.period,
    _ASSIGNMENT.c.kind,
    _ASSIGNMENT.c.due,
    _ASSIGNMENT.c.remind_by,
    _ASSIGNMENT.c.late_after,
    _ASSIGNMENT.c.data_from,
    _ASSIGNMENT.c.cutoff,
    _PLAN.c.report_address,
    _ASSIGNMENT.c.state,
    _ASSIGNMENT.c.done_at,
    _ASSIGNMENT.c.document,
    _ASSIGNMENT.c.document_date,
    _ASSIGNMENT.c.note,
    _ASSIGNMENT.c.progress,
    _ASSIGNMENT.c.progress_note,
    _ASSIGNMENT.c.snoozed_until,
    _ASSIGNMENT.c.plan_due,
    _ASSIGNMENT.c.extensions,
    _ASSIGNMENT.c.asked_by,
    _ASSIGNMENT.c.parent_id,
    _ASKING.c.name.label("asked_by_name"),
)


def _with_words(*more: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*_FIELDS, *more)
        .join_from(_ASSIGNMENT, _ITEM, _ASSIGNMENT.c.item_id == _ITEM.c.id)
        .join(_PLAN, _ITEM.c.plan_key == _PLAN.c.key)
        .join(_AGENCY, _ASSIGNMENT.c.agency == _AGENCY.c.code)
        .outerjoin(_ASKING, _ASSIGNMENT.c.asked_by == _ASKING.c.code)
    )


@cache
def _query(asked: frozenset[str], open_only: bool, unfinished_only: bool = False) -> Select[Any]:
    query = _with_words().where(_ASSIGNMENT.c.retired.is_(False), _PLAN.c.retired.is_(False))
    if "agencies" in asked:
        query = query.where(_ASSIGNMENT.c.agency.in_(bindparam("agencies", expanding=True)))
    if "ids" in asked:
        query = query.where(_ASSIGNMENT.c.id.in_(bindparam("ids", expanding=True)))
    if "plans" in asked:
        query = query.where(_ITEM.c.plan_key.in_(bindparam("plans", expanding=True)))
    if "due_from" in asked:
        query = query.where(_ASSIGNMENT.c.due >= bindparam("due_from"))
    if "due_until" in asked:
        query = query.where(_ASSIGNMENT.c.due <= bindparam("due_until"))
    if open_only:
        query = query.where(is_word(_ASSIGNMENT.c.state, State.OPEN))
    if unfinished_only:
        unfinished = (is_word(_ASSIGNMENT.c.state, state) for state in (State.OPEN, State.SUBMITTED))
        query = query.where(or_(*unfinished))
    return query


_EVER = _with_words(_ASSIGNMENT.c.retired).where(_ITEM.c.plan_key == bindparam("plan"))
_UNDATED = _query(frozenset({"agencies"}), True).where(
    _ASSIGNMENT.c.due.is_(None),
    or_(
        *(is_word(_ASSIGNMENT.c.kind, kind) for kind in (DutyKind.ONGOING, DutyKind.ADHOC, DutyKind.EXTERNAL))
    ),
)


def _entry(row: Row[Any], *, without: Collection[str] = ()) -> Entry:
    fields = {name: value for name, value in row._mapping.items() if name not in without}
    return Entry(**fields | {"lead": tuple(fields["lead"]), "support": tuple(fields["support"])})
