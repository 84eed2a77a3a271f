"""Stores filled for a measurement with the real plan, and people bound to its agencies."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bench.children import ROOT
from plan.load import load_plan
from plan.vietnam import day_of
from store.database import Database
from store.migrate import migrate
from store.states import ChatKind, Role, State
from store.sync import count_as_told, sync_plan
from store.tables import AssignmentRow, BindingRow, ChatRow
from store.timetable import Timetable

REAL_PLAN = ROOT / "data" / "tasks.yaml"


def sqlite_url(folder: Path) -> str:
    """A file of its own in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'store.db'}"


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
