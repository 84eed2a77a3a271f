"""What calendars show: the days of assignments, those of the past among them that are off now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from store.columns import is_word
from store.states import State
from store.tables import AgencyRow, AssignmentRow, AuditRow, ItemRow, PlanRow, table_of


@dataclass(frozen=True, kw_only=True)
class DayOwed:
    """Assignments of one output and period that a calendar shows alike: one agency's alone, or `count` of them that stand
    alike, without names (`agency` is "" then). Also retired ones and those without a day: they may have been shown before.
    `own` of them are of agencies that whoever asks speaks for. `revision` is the sum of their revisions, `revised_at` the
    latest."""

    plan_key: str
    document: str
    year: int
    code: str
    title: str
    product: str
    slot: str
    period: str
    kind: DutyKind
    agency: str
    agency_name: str
    asked_by_name: str | None
    due: date | None
    plan_due: date | None
    set_due: date | None
    former_due: date | None
    remind_by: date | None
    late_after: date | None
    data_from: date | None
    cutoff: date | None
    state: State
    retired: bool
    count: int
    own: int
    revision: int
    revised_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DayOnceSet:
    """A day that people once set for an output and period, whatever came of it."""

    plan_key: str
    code: str
    slot: str
    day: date


async def days_of_agencies(session: AsyncSession, agencies: Collection[str]) -> list[DayOwed]:
    """One for each assignment of these agencies, of what leads asked of them too, by due day."""
    if not agencies:
        return []
    names = (_ASSIGNMENT.c.agency, _AGENCY.c.name.label("agency_name"), _ASKING.c.name.label("asked_by_name"))
    query = (
        _from(
            select(
                *_ALIKE,
                *names,
                _ASSIGNMENT.c.former_due,
                literal(1).label("count"),
                literal(1).label("own"),
                _ASSIGNMENT.c.revision,
                _ASSIGNMENT.c.revised_at,
            )
        )
        .join(_AGENCY, _ASSIGNMENT.c.agency == _AGENCY.c.code)
        .outerjoin(_ASKING, _ASSIGNMENT.c.asked_by == _ASKING.c.code)
        .where(_ASSIGNMENT.c.agency.in_(list(agencies)))
    )
    return _by_day(await session.execute(query))


async def days_of_plans(
    session: AsyncSession, offices: Collection[str] | None, *, own: Collection[str]
) -> list[DayOwed]:
    """What agencies owe by the plans of these standing offices, of all plans without; those that stand alike are counted by
    the database, those of the agencies `own` among them. What agencies ask of each other is left out."""
    is_own = case((_ASSIGNMENT.c.agency.in_(list(own)), 1), else_=0)
    query = (
        _from(
            select(
                *_ALIKE,
                literal("").label("agency"),
                literal("").label("agency_name"),
                literal(None).label("asked_by_name"),
                func.max(_ASSIGNMENT.c.former_due).label("former_due"),
                func.count().label("count"),
                func.sum(is_own).label("own"),
                func.sum(_ASSIGNMENT.c.revision).label("revision"),
                func.max(_ASSIGNMENT.c.revised_at).label("revised_at"),
            )
        )
        .where(*_of(offices))
        .group_by(*_ALIKE)
    )
    return _by_day(await session.execute(query))


async def days_once_set(session: AsyncSession, offices: Collection[str] | None) -> set[DayOnceSet]:
    """All days that people ever set in these plans (see days_of_plans): the audit has them."""
    day = _AUDIT.c.after["set_due"].as_string()
    query = (
        _from(select(_ITEM.c.plan_key, _ITEM.c.code, _ASSIGNMENT.c.slot, day.label("day")))
        .join(_AUDIT, _AUDIT.c.assignment_id == _ASSIGNMENT.c.id)
        .where(*_of(offices), day.is_not(None))
        .distinct()
    )
    return {
        DayOnceSet(plan_key=plan, code=code, slot=slot, day=date.fromisoformat(kept))
        for plan, code, slot, kept in await session.execute(query)
    }


_ASSIGNMENT, _ITEM, _PLAN, _AGENCY, _AUDIT = (
    table_of(row) for row in (AssignmentRow, ItemRow, PlanRow, AgencyRow, AuditRow)
)
_ASKING = _AGENCY.alias("asking")
_ALIKE = (
    _ITEM.c.plan_key,
    _PLAN.c.document,
    _PLAN.c.year,
    _ITEM.c.code,
    _ITEM.c.title,
    _ITEM.c.product,
    _ASSIGNMENT.c.slot,
    _ASSIGNMENT.c.period,
    _ASSIGNMENT.c.kind,
    _ASSIGNMENT.c.due,
    _ASSIGNMENT.c.plan_due,
    _ASSIGNMENT.c.set_due,
    _ASSIGNMENT.c.remind_by,
    _ASSIGNMENT.c.late_after,
    _ASSIGNMENT.c.data_from,
    _ASSIGNMENT.c.cutoff,
    _ASSIGNMENT.c.state,
    _ASSIGNMENT.c.retired,
)


def _from(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(_ASSIGNMENT)
        .join(_ITEM, _ASSIGNMENT.c.item_id == _ITEM.c.id)
        .join(_PLAN, _ITEM.c.plan_key == _PLAN.c.key)
    )


def _of(offices: Collection[str] | None) -> list[ColumnElement[bool]]:
    counted = ~is_word(_ASSIGNMENT.c.kind, DutyKind.SUPPORT)
    return [counted] if offices is None else [counted, _PLAN.c.standing_office.in_(list(offices))]


def _by_day(rows: Collection[Row[Any]]) -> list[DayOwed]:
    found = [DayOwed(**row._mapping) for row in rows]
    return sorted(
        found,
        key=lambda one: (
            one.due or date.max,
            one.plan_key,
            one.code,
            one.slot,
            one.agency,
            one.state,
            one.retired,
            one.set_due or date.min,
        ),
    )
