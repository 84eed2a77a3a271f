import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from plan.vietnam import instant_of
from store.agenda import entries
from store.as_of import entries_as_of
from store.asks import ask, close_needless
from store.changes import UNDOABLE, Actor, due_values, mark_done, open_row, undo, write
from store.chats import chat_for
from store.database import Database
from store.figures import figures
from store.migrate import migrate
from store.states import ChatKind, State
from store.sync import retire_missing_plans, sync_plan
from store.tables import AssignmentRow, AuditRow
from tests.worlds import ONGOING, TIMETABLE, at, bring_in, dated, plan, task

FIRST = date(2023, 3, 6)
KEY = "thu-2023"
STP = Actor(person="7", name="Minh", chat_id=1)
SMALL = plan(task("1.1", dated("2023-03-10")), with_report=True)
PLANS = {
    "small": SMALL,
    "moved": plan(task("1.1", dated("2023-03-14")), with_report=True),
    "more": plan(
        task("1.1", dated("2023-03-10"), agencies=["STP", "SNV"]), task("2.1", ONGOING), with_report=True
    ),
    "recurring": plan(task("1.1", dated("2023-03-10", "2023-06-30"))),
    "bare": plan(task("2.1", ONGOING)),
}

Deed = tuple[str, int, Any]
DEEDS = st.one_of(
    st.tuples(
        st.sampled_from(["done", "submit", "approve", "waive", "ask", "undo"]), st.integers(0, 9), st.none()
    ),
    st.tuples(st.just("progress"), st.integers(0, 9), st.integers(0, 100)),
    st.tuples(st.sampled_from(["setdue", "extend", "snooze"]), st.integers(0, 9), st.integers(1, 20)),
    st.tuples(st.just("plan"), st.just(0), st.sampled_from(sorted(PLANS))),
    st.tuples(st.just("gone"), st.just(0), st.none()),
)
DAYS = st.lists(st.lists(DEEDS, max_size=5), min_size=1, max_size=6)


async def chat(database: Database) -> None:
    async with database.write() as session:
        await chat_for(session, channel="telegram", address="100", kind=ChatKind.PRIVATE)


def values_of(what: str, row: AssignmentRow, value: int, day: date) -> dict[str, Any]:
    match what:
        case "waive":
            return {"state": State.WAIVED, "done_at": instant_of(day, time(8)), "note": "không có"}
        case "progress":
            return {"progress": value, "progress_note": f"được {value}%"}
        case "snooze":
            return {"snoozed_until": day + timedelta(days=value)}
        case _:
            more = {"extensions": row.extensions + 1} if what == "extend" else {}
            return due_values(day + timedelta(days=value), TIMETABLE) | more


async def carry_out(database: Database, deed: Deed, day: date, minute: int) -> None:
    """One deed of that day; what is not possible as things stand is passed over."""
    what, which, value = deed
    now = instant_of(day, time(8, minute))
    async with database.write() as session:
        if what == "plan":
            await sync_plan(session, PLANS[value], TIMETABLE, now=now, today=day)
        elif what == "gone":
            await retire_missing_plans(session, [], now=now)
        elif what == "undo":
            ids = list(await session.scalars(select(AuditRow.id).where(AuditRow.action.in_(UNDOABLE))))
            if ids:
                await undo(session, audit_id=ids[which % len(ids)], chat_id=1, actor=STP, now=now, today=day)
        else:
            ids = list(await session.scalars(select(AssignmentRow.id).order_by(AssignmentRow.id)))
            chosen = ids[which % len(ids)]
            row = await open_row(session, chosen)
            if what == "approve":
                row = await session.get_one(AssignmentRow, chosen)
                if row.state is State.SUBMITTED:
                    await write(session, row, "approve", {"state": State.DONE}, actor=STP, now=now)
            elif row is None:
                pass
            elif what == "ask":
                await ask(
                    session, parent_id=row.id, agency="SNV", due=day + timedelta(days=3), what="số liệu",
                    timetable=TIMETABLE, actor=STP, now=now, today=day,
                )  # fmt: skip
            elif what in ("done", "submit"):
                await mark_done(
                    session, assignment_id=row.id, document="12/BC", document_date=day - timedelta(days=1),
                    note=None, actor=STP, now=now, submitted=what == "submit",
                )  # fmt: skip
            else:
                values = values_of(what, row, value, day)
                await write(session, row, what, values, actor=STP, now=now)
        await close_needless(session, now=now)


async def as_stored(database: Database) -> list[dict[str, Any]]:
    async with database.read() as session:
        return [asdict(entry) for entry in await entries(session)]


async def as_computed(database: Database, day: date) -> list[dict[str, Any]]:
    async with database.read() as session:
        return [asdict(entry) for entry in await entries_as_of(session, KEY, day)]


# Slots and kinds belong to the words: the file may name them anew.
WORDS = {"slot", "period", "kind", "data_from", "schedule", "product", "title", "lead", "support"}


def told(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [{name: value for name, value in one.items() if name not in WORDS} for one in found]
    return sorted(kept, key=lambda one: int(one["id"]))


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=60, deadline=None)
@given(DAYS)
def test_the_state_as_of_a_day_computed_later_is_the_state_stored_at_its_end(days: list[list[Deed]]) -> None:
    async def live() -> None:
        with folder() as place:
            database = Database(f"sqlite:///{place / 'store.db'}")
            try:
                await migrate(database)
                await chat(database)
                await carry_out(database, ("plan", 0, "small"), FIRST, 0)
                stored: dict[date, list[dict[str, Any]]] = {}
                for number, deeds in enumerate(days):
                    day = FIRST + timedelta(days=number)
                    for minute, deed in enumerate(deeds, start=1):
                        await carry_out(database, deed, day, minute)
                    stored[day] = await as_stored(database)

                for day, then in stored.items():
                    assert told(await as_computed(database, day)) == told(then)
                assert await as_computed(database, FIRST - timedelta(days=1)) == []
            finally:
                await database.close()

    asyncio.run(live())


async def test_what_happens_at_midnight_in_vietnam_belongs_to_the_day_that_begins(database: Database) -> None:
    await bring_in(database, SMALL, on="2023-03-06")
    await chat(database)
    async with database.write() as session:
        await mark_done(
            session, assignment_id=1, document=None, note=None, actor=STP, now=at("2023-03-10", "00:00")
        )

    async def state(day: int) -> State:
        async with database.read() as session:
            return next(e.state for e in await entries_as_of(session, KEY, date(2023, 3, day)) if e.id == 1)

    assert [await state(9), await state(10)] == [State.OPEN, State.DONE]


async def test_todays_figures_are_those_of_the_present_state(database: Database) -> None:
    await bring_in(database, PLANS["more"], on="2023-03-06")
    await chat(database)
    async with database.write() as session:
        await mark_done(session, assignment_id=1, document=None, note=None, actor=STP, now=at("2023-03-09"))
    today = date(2023, 3, 15)

    async with database.read() as session:
        then, now = await entries_as_of(session, KEY, today), await entries(session)

    assert told([asdict(e) for e in then]) == told([asdict(e) for e in now])
    assert figures(then, today).done == 1


async def test_a_store_of_before_the_plans_own_record_counts_as_having_been_so(database: Database) -> None:
    await bring_in(database, SMALL, on="2023-03-06")
    async with database.write() as session:
        await session.execute(delete(AuditRow))

    async with database.read() as session:
        found = await entries_as_of(session, KEY, date(2023, 1, 31))

    assert [entry.code for entry in found] == ["1.1", "BC"]


async def test_what_moves_with_the_file_is_written_once_and_what_stays_is_not(database: Database) -> None:
    await bring_in(database, SMALL, on="2023-03-06")
    await bring_in(database, SMALL, on="2023-03-07")
    await bring_in(database, PLANS["moved"], on="2023-03-08")

    async with database.read() as session:
        found = list(await session.scalars(select(AuditRow).order_by(AuditRow.id)))
    moved = found[-1]

    assert [row.before is None for row in found] == [True, True, False]
    assert moved.before is not None
    assert moved.after is not None
    assert (moved.before["due"], moved.after["due"]) == ("2023-03-10", "2023-03-14")
