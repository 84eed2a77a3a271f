"""Stores filled for a measurement: the real plan with people bound to its agencies, and any number of assignments."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bench.children import ROOT
from plan.assignments import DutyKind
from plan.load import load_plan
from plan.milestones import DueDates
from plan.vietnam import day_of
from store.database import Database
from store.migrate import migrate
from store.states import ChatKind, Role, State
from store.sync import Timetable, count_as_told, sync_plan
from store.tables import (
    AgencyRow,
    AssignmentRow,
    BindingRow,
    ChatRow,
    ItemRow,
    NoticeRow,
    OutboxRow,
    PlanRow,
    ScanRow,
)

REAL_PLAN = ROOT / "data" / "tasks.yaml"
_BIG = "kho-2023"
_SLICE = 10_000


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Database]:
    """A migrated store."""
    database = Database(url)
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()


async def bring_in_real_plan(database: Database, timetable: Timetable, *, now: datetime) -> None:
    """The plan of the year 2023, of which everything up to the day before is told already."""
    plan, _ = load_plan(REAL_PLAN)
    today = day_of(now)
    async with database.write() as session:
        await sync_plan(session, plan, timetable, now=now, today=today)
        await count_as_told(session, timetable, today - timedelta(days=1))


async def agencies_that_owe(database: Database, least: int, most: int) -> list[str]:
    """The agencies of the store with so many open assignments."""
    count = func.count(AssignmentRow.id)
    query = (
        select(AssignmentRow.agency)
        .where(AssignmentRow.state == State.OPEN, AssignmentRow.retired.is_(False))
        .group_by(AssignmentRow.agency)
        .having(count.between(least, most))
        .order_by(AssignmentRow.agency)
    )
    async with database.read() as session:
        return list(await session.scalars(query))


async def agencies_to_hear_on(database: Database, day: date) -> list[str]:
    """The agencies with a milestone on that day."""
    query = select(AssignmentRow.agency).where(AssignmentRow.next_milestone_on == day).distinct()
    async with database.read() as session:
        return sorted(await session.scalars(query))


async def bind(database: Database, people: Iterable[int], agencies: Sequence[str], *, now: datetime) -> None:
    """Each person's chat speaks for one of the agencies, in turn."""
    numbers = list(people)
    async with database.write() as session:
        chats = [
            ChatRow(channel="telegram", address=str(number), kind=ChatKind.PRIVATE, recent_sends=[])
            for number in numbers
        ]
        session.add_all(chats)
        await session.flush()
        session.add_all(
            BindingRow(
                chat_id=chat.id, role=Role.OFFICER, agency=agencies[index % len(agencies)], bound_at=now
            )
            for index, chat in enumerate(chats)
        )


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
        await session.execute(update(PlanRow).where(PlanRow.key == _BIG).values(retired=False))


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
                "key": _BIG, "year": 2023, "title": "Kế hoạch lớn", "document": "1/KH", "standing_office": "SNV",
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
            "plan_key": _BIG, "code": f"1.{position + 1}", "task": f"1.{position + 1}", "area": 1,
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
        .where(ItemRow.plan_key == _BIG, ItemRow.position == position)
    )
    await session.execute(insert(AssignmentRow).from_select(["item_id", "agency", *columns], rows))


def sqlite_url(folder: Path) -> str:
    """A file of its own in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'store.db'}"
