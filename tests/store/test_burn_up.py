"""The year's burn-up adds up to the official figures, and lets the plan's days stand whatever was extended."""

from datetime import date

from store.agenda import Entry, entries
from store.burn_up import BurnUp, burn_up
from store.changes import Actor, due_values, mark_done, undo, write
from store.database import Database
from store.figures import figures_of_tallies, tallies
from store.states import State
from store.tables import AssignmentRow
from tests.worlds import ONGOING, TIMETABLE, at, bound_chat, bring_in, dated, plan, task

PLAN = plan(
    task("1.1", dated("2023-03-31", "2023-06-30"), agencies=("STP", "SNV")),
    task("1.2", ONGOING),
    task("1.3", dated("2023-12-31")),
    with_report=True,
)
NOW, TODAY = at("2023-04-10"), date(2023, 4, 10)


async def town(database: Database) -> Actor:
    await bring_in(database, PLAN, on="2023-03-07")
    chat = await bound_chat(database, "77", "STP")
    return Actor(person="7", name="Nguyễn Văn A", chat_id=chat.id)


async def entry(database: Database, agency: str, code: str, slot: str = "") -> Entry:
    async with database.read() as session:
        found = await entries(session, agencies=[agency])
    return next(one for one in found if (one.code, one.slot) == (code, slot))


async def done(database: Database, actor: Actor, one: Entry, document: date | None = None) -> int:
    async with database.write() as session:
        audit = await mark_done(
            session,
            assignment_id=one.id,
            document="1/BC",
            document_date=document,
            note=None,
            actor=actor,
            now=NOW,
        )
    assert audit is not None
    return audit


async def curve(database: Database) -> BurnUp:
    async with database.read() as session:
        return await burn_up(session, ["thu-2023"])


async def test_what_is_planned_grows_on_the_plans_days_and_what_is_finished_on_the_documents(
    database: Database,
) -> None:
    actor = await town(database)
    await done(database, actor, await entry(database, "STP", "1.1", "2023-Q1"), date(2023, 3, 30))
    await done(database, actor, await entry(database, "STP", "BC", "q1"))
    await done(database, actor, await entry(database, "STP", "1.2"))

    found = await curve(database)

    days = [date(2023, 3, 16), date(2023, 3, 31), date(2023, 6, 30), date(2023, 12, 31)]
    assert (list(found.planned.days), list(found.planned.counts)) == (days, [1, 3, 5, 6])
    assert (list(found.finished.days), list(found.finished.counts)) == ([date(2023, 3, 30), TODAY], [1, 2])


async def test_it_adds_up_to_the_official_figures(database: Database) -> None:
    actor = await town(database)
    await done(database, actor, await entry(database, "STP", "1.1", "2023-Q1"))
    await done(database, actor, await entry(database, "SNV", "1.1", "2023-Q1"), date(2023, 3, 2))
    for slot, state in (("2023-Q2", State.WAIVED), ("", State.SUBMITTED)):
        code = "1.1" if slot else "1.3"
        async with database.write() as session:
            row = await session.get_one(AssignmentRow, (await entry(database, "STP", code, slot)).id)
            await write(session, row, "x", {"state": state, "done_at": NOW}, actor=actor, now=NOW)

    found = await curve(database)

    async with database.read() as session:
        official = figures_of_tallies(await tallies(session, None), TODAY)
    assert (found.planned.total, found.finished.total) == (official.dated, official.done) == (5, 2)


async def test_an_extension_does_not_move_the_plan(database: Database) -> None:
    actor = await town(database)
    before = await curve(database)
    async with database.write() as session:
        for code, slot in (("1.1", "2023-Q1"), ("1.2", "")):
            row = await session.get_one(AssignmentRow, (await entry(database, "STP", code, slot)).id)
            await write(
                session, row, "setdue", due_values(date(2023, 8, 15), TIMETABLE), actor=actor, now=NOW
            )

    after = await curve(database)

    assert [after.planned.by(day) - before.planned.by(day) for day in (TODAY, date(2023, 8, 15))] == [0, 1]


async def test_what_is_taken_back_was_never_finished(database: Database) -> None:
    actor = await town(database)
    audit = await done(database, actor, await entry(database, "STP", "1.3"))
    async with database.write() as session:
        await undo(session, audit_id=audit, chat_id=actor.chat_id, actor=actor, now=NOW, today=TODAY)

    assert (await curve(database)).finished.total == 0


async def test_of_no_plan_there_is_nothing(database: Database) -> None:
    await town(database)

    async with database.read() as session:
        found = await burn_up(session, [])

    assert (found.planned.total, found.finished.total) == (0, 0)
