"""What a progress report is made of, as it was at the end of a day: plan, assignments, requests, reminders, history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from plan.vietnam import day_of
from store.agenda import Entry
from store.as_of import end_of, entries_as_of
from store.columns import is_word
from store.lookup import office_of
from store.plan_record import BY_PLAN
from store.states import NoticeState, RequestKind, RequestState
from store.tables import AgencyRow, AssignmentRow, AuditRow, ItemRow, NoticeRow, PlanRow, RequestRow, table_of


@dataclass(frozen=True, kw_only=True)
class PlanFacts:
    """A plan as papers name it. `office` is its standing office's code, `office_kind` the word for its level."""

    key: str
    year: int
    title: str
    document: str
    office: str
    office_name: str
    office_kind: str


@dataclass(frozen=True, kw_only=True)
class ReportingPeriod:
    """A period of the plan's reports: its key ("q1"), its name, data from `data_from` to `cutoff`, handed in by `due`, late
    after `late_after`."""

    key: str
    name: str
    data_from: date
    cutoff: date
    due: date
    late_after: date


@dataclass(frozen=True, kw_only=True)
class Extension:
    """An agency's wish for a later day, and what had become of it."""

    assignment_id: int
    asked_at: datetime
    until: date
    reason: str
    state: RequestState
    decision: str | None


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One reminder of one assignment to one chat, and whether it arrived."""

    assignment_id: int
    day: date
    milestone: str
    arrived: bool


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What somebody did to an assignment, or the plan's file."""

    assignment_id: int
    at: datetime
    who: str
    action: str
    subject: str
    after: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ReportSource:
    """All as of the end of `day`, save `reports`: the period's reports as of the end of `reports_day`."""

    plan: PlanFacts
    period: ReportingPeriod
    day: date
    entries: tuple[Entry, ...]
    reports_day: date
    reports: tuple[Entry, ...]
    extensions: tuple[Extension, ...]
    reminders: tuple[Reminder, ...]
    deeds: tuple[Deed, ...]


async def active_plans(session: AsyncSession) -> list[str]:
    """The keys of the plans in force, by year."""
    return list(
        await session.scalars(
            select(PlanRow.key).where(PlanRow.retired.is_(False)).order_by(PlanRow.year, PlanRow.key)
        )
    )


async def reporting_periods(session: AsyncSession, plan_key: str) -> list[ReportingPeriod]:
    """The periods for which the plan asks for reports, by due day; of a plan without reports none. Days are the plan's own,
    whatever single agencies have been granted."""
    found = await session.execute(
        select(
            AssignmentRow.slot,
            AssignmentRow.period,
            AssignmentRow.data_from,
            AssignmentRow.cutoff,
            AssignmentRow.plan_due,
            AssignmentRow.late_after,
            AssignmentRow.set_due,
        )
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(
            ItemRow.plan_key == plan_key,
            is_word(table_of(AssignmentRow).c.kind, DutyKind.REPORT),
            AssignmentRow.retired.is_(False),
        )
        # Those that nobody has moved have the plan's own term.
        .order_by(AssignmentRow.set_due.is_not(None), AssignmentRow.id)
    )
    periods: dict[str, ReportingPeriod] = {}
    for slot, name, data_from, cutoff, due, late_after, set_due in found:
        if data_from is None or cutoff is None or due is None or late_after is None:
            continue
        term = late_after if set_due is None else due
        period = ReportingPeriod(
            key=slot, name=name, data_from=data_from, cutoff=cutoff, due=due, late_after=term
        )
        periods.setdefault(slot, period)
    return sorted(periods.values(), key=lambda period: (period.due, period.key))


async def report_source(
    session: AsyncSession, plan_key: str, period: ReportingPeriod, *, day: date, reports_day: date
) -> ReportSource:
    """Read everything at one moment. `reports_day` says as of when the period's own reports are looked at: their term ends
    after the cutoff."""
    entries = await entries_as_of(session, plan_key, day)
    at_term = entries if reports_day == day else await entries_as_of(session, plan_key, reports_day)
    return ReportSource(
        plan=await plan_facts(session, plan_key),
        period=period,
        day=day,
        entries=tuple(entries),
        reports_day=reports_day,
        reports=tuple(entry for entry in at_term if entry.is_report and entry.slot == period.key),
        extensions=tuple(await extensions_as_of(session, plan_key, day)),
        reminders=tuple(await _reminders(session, plan_key, day)),
        deeds=tuple(await _deeds(session, plan_key, day)),
    )


async def plan_facts(session: AsyncSession, plan_key: str) -> PlanFacts:
    """The plan, by its key; it must be known."""
    plan = await session.get_one(PlanRow, plan_key)
    office: AgencyRow = await office_of(session, plan_key)
    return PlanFacts(
        key=plan.key,
        year=plan.year,
        title=plan.title,
        document=plan.document,
        office=office.code,
        office_name=office.name,
        office_kind=office.kind,
    )


async def extensions_as_of(session: AsyncSession, plan_key: str, day: date) -> list[Extension]:
    """What was asked for by the end of that day, oldest first, and as what it stood then."""
    end = end_of(day)
    found = await session.scalars(
        select(RequestRow)
        .join(AssignmentRow, RequestRow.assignment_id == AssignmentRow.id)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(
            ItemRow.plan_key == plan_key, RequestRow.kind == RequestKind.EXTENSION, RequestRow.asked_at < end
        )
        .order_by(RequestRow.id)
    )
    extensions = []
    for row in found:
        decided = row.decided_at is not None and row.decided_at < end
        extensions.append(
            Extension(
                assignment_id=row.assignment_id or 0,
                asked_at=row.asked_at,
                until=date.fromisoformat(row.details["due"]),
                reason=str(row.details["reason"]),
                state=row.state if decided else RequestState.WAITING,
                decision=row.reason if decided else None,
            )
        )
    return extensions


async def _reminders(session: AsyncSession, plan_key: str, day: date) -> list[Reminder]:
    found = await session.execute(
        select(
            NoticeRow.assignment_id,
            NoticeRow.settled_at,
            NoticeRow.planned_on,
            NoticeRow.milestone,
            NoticeRow.state,
        )
        .join(AssignmentRow, NoticeRow.assignment_id == AssignmentRow.id)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(
            ItemRow.plan_key == plan_key,
            NoticeRow.planned_on <= day,
            NoticeRow.state.in_([NoticeState.SENT, NoticeState.FAILED]),
        )
        .order_by(NoticeRow.id)
    )
    reminders = [
        Reminder(
            assignment_id=assignment_id,
            day=day_of(settled_at) if settled_at is not None else planned_on,
            milestone=milestone,
            arrived=state is NoticeState.SENT,
        )
        for assignment_id, settled_at, planned_on, milestone, state in found
    ]
    return [one for one in reminders if one.day <= day]


async def _deeds(session: AsyncSession, plan_key: str, day: date) -> list[Deed]:
    """Without that an assignment came with the plan."""
    found = await session.scalars(
        select(AuditRow)
        .join(AssignmentRow, AuditRow.assignment_id == AssignmentRow.id)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(ItemRow.plan_key == plan_key, AuditRow.at < end_of(day))
        .order_by(AuditRow.id)
    )
    return [
        Deed(
            assignment_id=row.assignment_id or 0,
            at=row.at,
            who=row.person_name,
            action=row.action,
            subject=row.subject,
            after=row.after or {},
        )
        for row in found
        if not (row.action == BY_PLAN and row.before is None)
    ]
