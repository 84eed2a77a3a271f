"""What is owed, as frozen values for the wording: read from the store, never written through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from store.states import State
from store.tables import AgencyRow, AssignmentRow, ItemRow, PlanRow


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
    note: str | None

    @property
    def is_report(self) -> bool:
        return self.kind is DutyKind.REPORT

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    def is_late(self, today: date) -> bool:
        """Whether the term has ended (after `late_after`); what has no due day is never late."""
        return self.late_after is not None and today > self.late_after

    @property
    def order(self) -> tuple[date, int, str, str]:
        """By due day, then as on paper."""
        return (self.due or date.max, self.area or 99, self.code, self.slot)


async def entries(
    session: AsyncSession,
    *,
    agencies: Iterable[str] | None = None,
    ids: Iterable[int] | None = None,
    open_only: bool = False,
) -> list[Entry]:
    """Assignments of active plans, by due day. `agencies` and `ids` narrow; None does not."""
    query = _query().where(AssignmentRow.retired.is_(False), PlanRow.retired.is_(False))
    if agencies is not None:
        query = query.where(AssignmentRow.agency.in_(list(agencies)))
    if ids is not None:
        query = query.where(AssignmentRow.id.in_(list(ids)))
    if open_only:
        query = query.where(AssignmentRow.state == State.OPEN)
    rows = await session.execute(query)
    return sorted((_entry(row) for row in rows), key=lambda entry: entry.order)


_FIELDS = (
    AssignmentRow.id,
    ItemRow.plan_key,
    PlanRow.year.label("plan_year"),
    ItemRow.code,
    ItemRow.task,
    ItemRow.area,
    ItemRow.area_name,
    ItemRow.heading,
    ItemRow.title,
    ItemRow.product,
    ItemRow.schedule,
    ItemRow.lead,
    ItemRow.support,
    AssignmentRow.agency,
    AgencyRow.name.label("agency_name"),
    AssignmentRow.slot,
    AssignmentRow.period,
    AssignmentRow.kind,
    AssignmentRow.due,
    AssignmentRow.remind_by,
    AssignmentRow.late_after,
    AssignmentRow.data_from,
    AssignmentRow.cutoff,
    PlanRow.report_address,
    AssignmentRow.state,
    AssignmentRow.done_at,
    AssignmentRow.document,
    AssignmentRow.note,
)


def _query() -> Select[Any]:
    return (
        select(*_FIELDS)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .join(AgencyRow, AssignmentRow.agency == AgencyRow.code)
    )


def _entry(row: Row[Any]) -> Entry:
    fields = dict(row._mapping)
    return Entry(**fields | {"lead": tuple(fields["lead"]), "support": tuple(fields["support"])})
