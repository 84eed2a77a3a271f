"""What a lead asked for is reminded of like every task, and only while it is open."""

import asyncio
from datetime import date

from scheduler.asks import close_needless_asks
from scheduler.scan import scan_if_owed
from store.asks import ask
from store.changes import Actor, mark_done
from store.database import Database
from store.tables import AssignmentRow
from tests.worlds import TIMETABLE, WALL, at, bound_chat, bring_in, dated, plan, task


async def told(database: Database, day: str) -> list[tuple[int, str]]:
    result = await scan_if_owed(database, TIMETABLE, day=date.fromisoformat(day), now=at(day), wall=WALL)
    return [(notice.assignment_id, notice.milestone) for notice in result.told] if result else []


async def asked(database: Database) -> tuple[int, Actor]:
    """Sở Tư pháp, which leads until the end of the year, asks Sở Nội vụ on 13/3 for its part by 24/3."""
    await bring_in(database, plan(task("1.1", dated("2023-12-29"))), on="2023-03-07")
    lead = await bound_chat(database, "1", "STP")
    await bound_chat(database, "2", "SNV")
    actor = Actor(person="9", name="Cán bộ", chat_id=lead.id)
    async with database.write() as session:
        number = await ask(
            session,
            parent_id=1,
            agency="SNV",
            due=date(2023, 3, 24),
            what="gửi danh mục",
            timetable=TIMETABLE,
            actor=actor,
            now=at("2023-03-13"),
            today=date(2023, 3, 13),
        )
    return number or 0, actor


async def test_the_silent_are_reminded_by_the_ladder_of_tasks_and_not_on_the_day_of_asking(
    database: Database,
) -> None:
    number, _ = await asked(database)

    days = ("2023-03-13", "2023-03-16", "2023-03-17", "2023-03-20", "2023-03-21", "2023-03-24", "2023-03-27")
    heard = {day: await told(database, day) for day in days}

    assert {day: found for day, found in heard.items() if found} == {
        "2023-03-17": [(number, "due-7")],
        "2023-03-21": [(number, "due-3")],
        "2023-03-24": [(number, "due-0")],
        "2023-03-27": [(number, "late-2023-03-27")],
    }


async def test_who_has_answered_is_not_reminded(database: Database) -> None:
    number, actor = await asked(database)
    async with database.write() as session:
        await mark_done(
            session, assignment_id=number, document=None, note=None, actor=actor, now=at("2023-03-14")
        )

    assert await told(database, "2023-03-21") == []


async def test_nobody_is_reminded_of_what_the_lead_no_longer_needs(database: Database) -> None:
    number, actor = await asked(database)
    async with database.write() as session:
        await mark_done(session, assignment_id=1, document=None, note=None, actor=actor, now=at("2023-03-14"))

    closed = await close_needless_asks(database, now=WALL, wall=WALL)
    again = await close_needless_asks(database, now=WALL, wall=WALL)

    async with database.read() as session:
        row = await session.get_one(AssignmentRow, number)
    assert (closed, again, row.retired) == (True, False, True)
    assert await told(database, "2023-03-21") == []


async def test_leads_who_ask_the_same_agency_at_the_same_moment_both_ask(postgresql: Database) -> None:
    await bring_in(
        postgresql, plan(task("1.1", dated("2023-12-29"), agencies=("STP", "SNV"))), on="2023-03-07"
    )
    chat = await bound_chat(postgresql, "1", "STP")

    async def one_asks(parent: int) -> int | None:
        async with postgresql.write() as session:
            return await ask(
                session,
                parent_id=parent,
                agency="SNV",
                due=date(2023, 3, 24),
                what="",
                timetable=TIMETABLE,
                actor=Actor(person="9", name="Cán bộ", chat_id=chat.id),
                now=at("2023-03-13"),
                today=date(2023, 3, 13),
            )

    made = await asyncio.gather(*(one_asks(parent) for parent in (1, 2)))

    assert None not in made
    assert len(set(made)) == 2
