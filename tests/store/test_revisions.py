"""How often what a calendar shows has changed, on both databases; and what calendars read of it."""

from datetime import date

from sqlalchemy import select

from plan.assignments import DutyKind
from store.calendar_days import DayOnceSet, DayOwed, days_of_agencies, days_of_plans, days_once_set
from store.changes import Actor, due_values, mark_done, write
from store.database import Database
from store.states import State
from store.sync import retire_missing_plans
from store.tables import AssignmentRow
from tests.worlds import ONGOING, TIMETABLE, at, bound_chat, bring_in, dated, plan, task

NOW, LATER = at("2023-03-13"), at("2023-03-14")
JUNE = date(2023, 6, 30)


async def owed(database: Database, agency: str = "STP") -> list[DayOwed]:
    async with database.read() as session:
        return await days_of_agencies(session, [agency])


async def overseen(database: Database, *offices: str, own: tuple[str, ...] = ()) -> list[DayOwed]:
    async with database.read() as session:
        return await days_of_plans(session, offices or None, own=own)


async def an_actor(database: Database) -> Actor:
    chat = await bound_chat(database, "77", "STP")
    return Actor(person="7", name="Nguyễn Văn A", chat_id=chat.id)


async def set_due(database: Database, row_id: int, actor: Actor) -> None:
    async with database.write() as session:
        row = await session.get_one(AssignmentRow, row_id)
        await write(session, row, "setdue", due_values(JUNE, TIMETABLE), actor=actor, now=LATER)


async def row_id(database: Database, agency: str) -> int:
    async with database.read() as session:
        found = await session.scalars(select(AssignmentRow.id).where(AssignmentRow.agency == agency))
        return found.one()


async def test_loading_the_same_plan_again_is_no_revision(database: Database) -> None:
    for _ in range(2):
        await bring_in(database, plan(task("1.1", dated("2023-03-31")), with_report=True), on="2023-03-07")

    assert [(one.code, one.revision, one.revised_at) for one in await owed(database)] == [
        ("BC", 0, None),
        ("1.1", 0, None),
    ]


async def test_moved_lost_and_gone_are_counted_with_the_day_before(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-07")

    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-08")
    [moved] = await owed(database)
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-09")
    [lost] = await owed(database)
    async with database.write() as session:
        await retire_missing_plans(session, [], now=LATER)
    [gone] = await owed(database)

    assert (moved.due, moved.former_due, moved.revision) == (date(2023, 4, 28), date(2023, 3, 31), 1)
    assert moved.revised_at == at("2023-03-08")
    assert (lost.due, lost.former_due, lost.revision) == (None, date(2023, 4, 28), 2)
    assert (gone.retired, gone.former_due, gone.revision, gone.revised_at) == (
        True,
        date(2023, 4, 28),
        3,
        LATER,
    )


async def test_those_that_stand_alike_are_counted_together(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"), agencies=("STP", "SNV"))), on="2023-03-07")
    actor = await an_actor(database)
    alike = await overseen(database, "SNV", own=("STP",))
    async with database.write() as session:
        await mark_done(
            session,
            assignment_id=await row_id(database, "STP"),
            document=None,
            note=None,
            actor=actor,
            now=NOW,
        )

    apart = await overseen(database)

    assert [(one.agency, one.count, one.own, one.revision) for one in alike] == [("", 2, 1, 0)]
    assert [(one.state, one.count, one.revision) for one in apart] == [(State.DONE, 1, 1), (State.OPEN, 1, 0)]
    assert await overseen(database, "STP") == []
    assert {one.kind for one in apart} == {DutyKind.DATES}


async def test_days_that_people_once_set_are_known_for_ever(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    await set_due(database, await row_id(database, "STP"), await an_actor(database))

    # The file names another day: the one that was set gives way.
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-15")

    once = DayOnceSet(plan_key="thu-2023", code="1.1", slot="", day=JUNE)
    async with database.read() as session:
        assert await days_once_set(session, None) == {once}
        assert await days_once_set(session, ["SNV"]) == {once}
        assert await days_once_set(session, ["STP"]) == set()
    [now] = await owed(database)
    assert (now.due, now.former_due, now.set_due) == (date(2023, 4, 28), JUNE, None)
