"""Bring the store in line with a plan's file: progress stays, a moved due day re-arms, a removed row is retired.

A due day that people set or extended stands until the file itself names another one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import Duty, DutyKind, duties
from plan.milestones import DueDates
from plan.model import Plan
from store.changes import snapshot
from store.new_assignments import add_alike
from store.plan_record import PLAN_BACK, PLAN_GONE, Touched, record, record_plan
from store.revisions import count_revision, shown
from store.states import State
from store.statuses import want_statuses
from store.tables import AgencyRow, AssignmentRow, Base, ItemRow, PlanRow
from store.timetable import Looks, Timetable
from store.turns import PLAN, take_turn

Identity = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class SyncResult:
    """How many assignments came, went, came back, or got another due day."""

    added: int = 0
    moved: int = 0
    retired: int = 0
    returned: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.added or self.moved or self.retired or self.returned)


async def sync_plan(
    session: AsyncSession,
    plan: Plan,
    timetable: Timetable,
    *,
    now: datetime,
    today: date,
    announced: bool = False,
) -> SyncResult:
    """Inside the caller's transaction; of several processes one after the other. `today` is the business day in Vietnam.
    `announced`: agencies are told of new and moved days by a note, so reminders go on after today."""
    await take_turn(session, PLAN)
    await _put_plan(session, plan, now)
    await _put_agencies(session, plan)
    await _put_items(session, plan)
    wanted = {duty.identity: duty for duty in duties(plan, timetable.calendar)}
    stored = {
        (item.code, row.agency, row.slot): row
        for row, item in (
            await session.execute(
                select(AssignmentRow, ItemRow)
                .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
                # What a lead asked of others is no business of the file.
                .where(ItemRow.plan_key == plan.key, AssignmentRow.kind != DutyKind.SUPPORT)
                .order_by(AssignmentRow.id)
                # What people do at this moment waits, so that it is not written over.
                .with_for_update(of=AssignmentRow)
            )
        )
    }
    follow_renamed_slots(stored, wanted)
    looks = Looks(timetable, today)
    moved = retired = returned = 0
    new: list[Duty] = []
    touched: list[Touched] = []
    for identity, duty in wanted.items():
        row = stored.pop(identity, None)
        if row is None:
            new.append(duty)
            continue
        is_moved = row.plan_due != duty.due
        returned += row.retired
        moved += is_moved
        fresh = row.retired or is_moved
        values = _by_plan(duty, timetable, set_due=None if is_moved else row.set_due)
        if is_moved:
            values["snoozed_until"] = None
        if any(getattr(row, name) != value for name, value in values.items()):
            before, was_shown = snapshot(row), shown(row)
            for name, value in values.items():
                setattr(row, name, value)
            count_revision(row, was_shown, now)
            touched.append((row, before))
        look = _next_look(row, looks, fresh=fresh, announced=announced)
        if row.next_milestone_on != look:
            row.next_milestone_on = look
    for row in stored.values():
        retired += not row.retired
        touched.append((row, snapshot(row)))
        _retire(row, now)
    await record(session, touched, now=now)
    await _add(session, plan, new, timetable, looks, now=now, announced=announced)
    if new or moved or retired or returned:
        await want_statuses(session)
    return SyncResult(added=len(new), moved=moved, retired=retired, returned=returned)


async def _add(
    session: AsyncSession,
    plan: Plan,
    new: Iterable[Duty],
    timetable: Timetable,
    looks: Looks,
    *,
    now: datetime,
    announced: bool,
) -> None:
    """Duties of one output and one slot are alike but for the agency."""
    alike: dict[tuple[str, str], list[Duty]] = defaultdict(list)
    for duty in new:
        alike[duty.code, duty.slot].append(duty)
    for (code, _), owed in alike.items():
        row = AssignmentRow(state=State.OPEN, extensions=0, revision=0, **_by_plan(owed[0], timetable))
        row.next_milestone_on = _next_look(row, looks, fresh=True, announced=announced)
        agencies = [duty.agency for duty in owed]
        await add_alike(session, row, agencies, plan_key=plan.key, code=code, now=now)


async def retire_missing_plans(session: AsyncSession, active: Iterable[str], *, now: datetime) -> list[str]:
    """Retire plans that the settings no longer name, with all their assignments; returns their keys. What leads asked of
    others is closed with its reason (store.asks)."""
    gone = list(
        await session.scalars(
            select(PlanRow).where(PlanRow.key.not_in(list(active)), PlanRow.retired.is_(False))
        )
    )
    for plan in gone:
        plan.retired = True
        await record_plan(session, plan.key, PLAN_GONE, now=now)
        rows = await session.scalars(
            select(AssignmentRow)
            .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
            .where(ItemRow.plan_key == plan.key, AssignmentRow.kind != DutyKind.SUPPORT)
            .order_by(AssignmentRow.id)
            .with_for_update(of=AssignmentRow)
        )
        touched: list[Touched] = []
        for row in rows:
            touched.append((row, snapshot(row)))
            _retire(row, now)
        await record(session, touched, now=now)
    if gone:
        await want_statuses(session)
    return [plan.key for plan in gone]


def _retire(row: AssignmentRow, now: datetime) -> None:
    was_shown = shown(row)
    row.retired, row.next_milestone_on = True, None
    count_revision(row, was_shown, now)


async def count_as_told(session: AsyncSession, timetable: Timetable, through: date) -> None:
    """For a forecast: as if all milestones up to that day had been told."""
    looks = Looks(timetable, through)
    rows = await session.scalars(
        select(AssignmentRow).where(AssignmentRow.state == State.OPEN, AssignmentRow.retired.is_(False))
    )
    for row in rows:
        dates = DueDates.if_dated(row.due, row.remind_by, row.late_after, row.cutoff)
        row.next_milestone_on = looks.next(dates) if dates else None
    await session.flush()


async def _put_plan(session: AsyncSession, plan: Plan, now: datetime) -> None:
    known = await session.get(PlanRow, plan.key)
    if known is not None and known.retired:
        await record_plan(session, plan.key, PLAN_BACK, now=now)
    await session.merge(
        PlanRow(
            key=plan.key,
            year=plan.year,
            title=plan.title,
            document=plan.document,
            standing_office=plan.standing_office,
            report_address=plan.report_address,
            loaded_at=now,
            retired=False,
        )
    )


async def _put_agencies(session: AsyncSession, plan: Plan) -> None:
    known = {row.code: row for row in await session.scalars(select(AgencyRow))}
    for agency in plan.agencies.values():
        values = {"name": agency.name, "kind": agency.kind.value, "aliases": list(agency.aliases)}
        row = known.get(agency.code)
        if row is None:
            session.add(AgencyRow(code=agency.code, **values))
        else:
            _write(row, values)
    await session.flush()


async def _put_items(session: AsyncSession, plan: Plan) -> None:
    rows = await session.scalars(select(ItemRow).where(ItemRow.plan_key == plan.key))
    known = {row.code: row for row in rows}
    new = []
    for position, (code, values) in enumerate(item_values(plan).items()):
        values["position"] = position
        row = known.get(code)
        if row is None:
            new.append({"plan_key": plan.key, "code": code, **values})
        else:
            _write(row, values)
    if new:
        await session.execute(insert(ItemRow), new)
    await session.flush()


def _write(row: Base, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def item_values(plan: Plan) -> dict[str, dict[str, object]]:
    """What the plan says of each output and report, by code, as on paper: the fields of its ItemRow."""
    areas = {area.number: area.name for area in plan.areas}
    wanted: dict[str, dict[str, object]] = {}
    for task in plan.tasks:
        for output in task.outputs:
            wanted[output.code] = {
                "task": task.code,
                "area": task.area,
                "area_name": areas[task.area],
                "heading": task.heading,
                "title": task.title,
                "product": output.product,
                "schedule": output.schedule,
                "lead": list(task.lead),
                "support": list(task.support),
            }
    for report in plan.reports:
        wanted[report.code] = {
            "task": report.code,
            "area": None,
            "area_name": None,
            "heading": None,
            "title": report.title,
            "product": report.title,
            "schedule": "",
            "lead": list(report.owed_by),
            "support": [],
        }
    return wanted


class _Planned(Protocol):
    """What is stored of a duty: its due day by the plan."""

    @property
    def plan_due(self) -> date | None: ...


_PlannedT = TypeVar("_PlannedT", bound=_Planned)


def follow_renamed_slots(stored: dict[Identity, _PlannedT], wanted: Mapping[Identity, Duty]) -> None:
    """An output that was due once and now recurs (or the other way round) names its slots anew: the row with the same
    due day goes on as the same assignment."""
    orphans = {
        (code, agency, row.plan_due): (code, agency, slot)
        for (code, agency, slot), row in stored.items()
        if (code, agency, slot) not in wanted and row.plan_due
    }
    for identity, duty in wanted.items():
        if identity in stored or duty.dates is None:
            continue
        former = orphans.pop((duty.code, duty.agency, duty.dates.due), None)
        if former is not None:
            stored[identity] = stored.pop(former)


def _by_plan(duty: Duty, timetable: Timetable, *, set_due: date | None = None) -> dict[str, Any]:
    """The fields of an assignment that the plan's file decides. A day that people have set (`set_due`) stands before the
    file's."""
    dates = duty.dates
    if set_due is not None:
        dates = DueDates.of(set_due, timetable.calendar, cutoff=dates.cutoff if dates else None)
    return {
        "slot": duty.slot,
        "period": duty.period,
        "kind": duty.kind,
        "retired": False,
        "plan_due": duty.due,
        "set_due": set_due,
        "due": dates.due if dates else None,
        "remind_by": dates.remind_by if dates else None,
        "late_after": dates.late_after if dates else None,
        "cutoff": dates.cutoff if dates else None,
        "data_from": duty.data_from if duty.kind is DutyKind.REPORT else None,
    }


def _next_look(row: AssignmentRow, looks: Looks, *, fresh: bool, announced: bool) -> date | None:
    dates = DueDates.if_dated(row.due, row.remind_by, row.late_after, row.cutoff)
    if dates is None or row.state is not State.OPEN:
        return None
    if fresh:
        return looks.next(dates) if announced else looks.first(dates)
    if row.next_milestone_on is not None and row.next_milestone_on <= looks.today:
        return row.next_milestone_on
    if row.snoozed_until is not None and row.snoozed_until > looks.today:
        return looks.snoozed(dates, until=row.snoozed_until)
    # The operator's rules or the calendar may have changed since.
    return looks.next(dates)
