"""Any number of assignments in a store, by bulk inserts into the real tables."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bench.stock import bind
from plan.assignments import DutyKind
from plan.milestones import DueDates
from store.database import Database
from store.states import State
from store.tables import AgencyRow, AssignmentRow, ItemRow, NoticeRow, OutboxRow, PlanRow, ScanRow
from store.timetable import Timetable

_KEY = "lon-2023"
_SLICE = 10_000


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """So many assignments, each agency with `an_agency`; the first `hearing` agencies have besides `due_items` ones with
    a milestone on `day`, and a chat each."""

    assignments: int
    day: date
    an_agency: int = 20
    hearing: int = 100
    due_items: int = 10

    @property
    def due(self) -> int:
        return self.hearing * self.due_items


async def fill(database: Database, bulk: Bulk, timetable: Timetable, *, now: datetime) -> None:
    """Bulk inserts, each item for all its agencies at once. The plan counts as retired until `call_in`."""
    agencies = max(bulk.hearing, (bulk.assignments - bulk.due) // bulk.an_agency)
    async with database.write() as session:
        await _put_names(session, bulk, agencies, now)
        due_day = _due_day_with_milestone_on(bulk.day, timetable)
        for position in range(bulk.due_items):
            await _owe(session, position, due_day, bulk.day, upto=bulk.hearing, timetable=timetable)
        for position in range(bulk.due_items, bulk.due_items + bulk.an_agency):
            due = timetable.calendar.on_or_after(bulk.day + timedelta(days=60 + 7 * position))
            dates = DueDates.of(due, timetable.calendar)
            look = timetable.next_look(dates, bulk.day)
            await _owe(session, position, due, look, upto=agencies, timetable=timetable)
    await bind(database, range(1, bulk.hearing + 1), [_agency(n) for n in range(bulk.hearing)], now=now)
    async with database.write() as session:
        await session.execute(text("ANALYZE"))


async def call_in(database: Database) -> None:
    """The bulk's plan is in force. (A bot that starts retires what its settings do not name: so, after its start.)"""
    async with database.write() as session:
        await session.execute(update(PlanRow).where(PlanRow.key == _KEY).values(retired=False))


async def forget_the_scan(database: Database, day: date) -> None:
    """As if the scan of that day had not been: what is due there is due again."""
    async with database.write() as session:
        noticed = select(NoticeRow.assignment_id)
        await session.execute(
            update(AssignmentRow).where(AssignmentRow.id.in_(noticed)).values(next_milestone_on=day)
        )
        for table in (NoticeRow, OutboxRow, ScanRow):
            await session.execute(delete(table))


def _due_day_with_milestone_on(day: date, timetable: Timetable) -> date:
    """A due day a week after `day`."""
    due = day + timedelta(days=7)
    looked_at = timetable.next_look(DueDates.of(due, timetable.calendar), day - timedelta(days=1))
    if looked_at != day:
        raise ValueError(f"{day} is no day on which a task due on {due} is reminded")
    return due


def _agency(number: int) -> str:
    return f"CQ{number:05}"


async def _put_names(session: AsyncSession, bulk: Bulk, agencies: int, now: datetime) -> None:
    await session.execute(
        insert(PlanRow),
        [
            {
                "key": _KEY, "year": 2023, "title": "Kế hoạch lớn", "document": "1/KH", "standing_office": "SNV",
                "loaded_at": now, "retired": True,
            }
        ],
    )  # fmt: skip
    for start in range(0, agencies, _SLICE):
        rows = [
            {"code": _agency(number), "name": f"Cơ quan số {number}", "kind": "khac", "aliases": []}
            for number in range(start, min(agencies, start + _SLICE))
        ]
        await session.execute(insert(AgencyRow), rows)
    items = [
        {
            "plan_key": _KEY, "code": f"1.{position + 1}", "task": f"1.{position + 1}", "area": 1,
            "area_name": "Cải cách thể chế", "title": f"Nhiệm vụ số {position + 1}", "product": "Báo cáo",
            "schedule": "theo kế hoạch", "lead": [], "support": [], "position": position,
        }
        for position in range(bulk.due_items + bulk.an_agency)
    ]  # fmt: skip
    await session.execute(insert(ItemRow), items)


async def _owe(
    session: AsyncSession, position: int, due: date, look: date, *, upto: int, timetable: Timetable
) -> None:
    """One item, due on a day and looked at on another, for the first `upto` agencies."""
    dates = DueDates.of(due, timetable.calendar)
    columns = {
        "slot": literal(""),
        "period": literal(""),
        "kind": literal(DutyKind.DATES, AssignmentRow.kind.type),
        "due": literal(dates.due),
        "remind_by": literal(dates.remind_by),
        "late_after": literal(dates.late_after),
        "state": literal(State.OPEN, AssignmentRow.state.type),
        "retired": literal(False),
        "next_milestone_on": literal(look),
    }
    rows = (
        select(ItemRow.id, AgencyRow.code, *columns.values())
        .join(AgencyRow, AgencyRow.code.between(_agency(0), _agency(upto - 1)))
        .where(ItemRow.plan_key == _KEY, ItemRow.position == position)
    )
    await session.execute(insert(AssignmentRow).from_select(["item_id", "agency", *columns], rows))
