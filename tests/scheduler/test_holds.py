"""Holds: a scan leaves a held agency alone, and is not owed for it; what is held back comes later, and says so."""

from datetime import date

from sqlalchemy import select

from bot.morning import morning_message
from scheduler.scan import scan_if_owed
from store import holds, notices
from store.agenda import entries
from store.database import Database
from store.states import NoticeState, OutboxKind, OutboxState
from store.tables import AssignmentRow, NoticeRow, OutboxRow, PlanRow
from tests.bot.office import plain
from tests.worlds import TIMETABLE, WALL, at, bound_chat, bring_in, dated, plan, task

THE_DAY = date(2023, 3, 29)


async def scan_on(database: Database, day: str, hour: str = "07:30") -> list[tuple[str, str]] | None:
    """The agency and milestone of each notice that a scan of that day tells; None when no scan is owed."""
    result = await scan_if_owed(
        database, TIMETABLE, day=date.fromisoformat(day), now=at(day, hour), wall=WALL
    )
    if result is None:
        return None
    async with database.read() as session:
        agencies = {entry.id: entry.agency for entry in await entries(session)}
    return sorted((agencies[notice.assignment_id], notice.milestone) for notice in result.told)


async def two_agencies(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"), agencies=("STP", "SNV"))), on="2023-03-07")
    for address, agency in (("1", "STP"), ("2", "SNV")):
        await bound_chat(database, address, agency)


async def hold(database: Database, day: date, *agencies: str, office: str = "SNV") -> None:
    async with database.write() as session:
        await holds.hold(session, day=day, office=office, agencies=agencies, now=at("2023-03-28"))


async def release(database: Database, day: date) -> None:
    async with database.write() as session:
        await holds.release(
            session, await holds.holds_from(session, ["SNV"], day), now=at("2023-03-29", "09:00")
        )


async def mornings(database: Database) -> list[OutboxRow]:
    async with database.read() as session:
        found = await session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE))
        return list(found)


async def test_a_scan_leaves_a_held_agency_alone_and_is_not_owed_for_it(database: Database) -> None:
    await two_agencies(database)
    await hold(database, THE_DAY, "STP")

    assert await scan_on(database, "2023-03-29") == [("SNV", "due-30")]
    assert await scan_on(database, "2023-03-29", "08:00") is None


async def test_what_was_held_back_comes_the_next_morning_marked_as_late(database: Database) -> None:
    await two_agencies(database)
    await hold(database, THE_DAY, "STP")
    await scan_on(database, "2023-03-29")

    assert await scan_on(database, "2023-03-30") == [("STP", "due-30")]
    last = (await mornings(database))[-1]
    async with database.read() as session:
        said = (await notices.spoken(session, [last.id]))[last.id]
    message = morning_message(said, date(2023, 3, 30))
    assert message is not None
    assert "Nhắc muộn: lẽ ra ngày 29/03" in plain(message)


async def test_a_release_on_the_same_day_lets_the_next_scan_tell_it(database: Database) -> None:
    await two_agencies(database)
    await hold(database, THE_DAY, "STP")
    await scan_on(database, "2023-03-29")

    await release(database, THE_DAY)

    assert await scan_on(database, "2023-03-29", "09:00") == [("STP", "due-30")]
    assert await scan_on(database, "2023-03-29", "09:01") is None


async def test_a_hold_is_released_once_and_can_be_made_again(database: Database) -> None:
    await two_agencies(database)
    await hold(database, THE_DAY, "STP")
    await release(database, THE_DAY)

    await hold(database, THE_DAY, "STP")
    await hold(database, THE_DAY, "STP")

    assert await scan_on(database, "2023-03-29") == [("SNV", "due-30")]


async def test_an_office_holds_back_its_own_plans_only(database: Database) -> None:
    await two_agencies(database)
    await hold(database, THE_DAY, "STP", office="STP")

    assert await scan_on(database, "2023-03-29") == [("SNV", "due-30"), ("STP", "due-30")]


async def test_a_message_that_never_left_waits_while_its_agency_is_held(database: Database) -> None:
    await two_agencies(database)
    await scan_on(database, "2023-03-29")
    async with database.write() as session:
        [unsent] = [row for row in await session.scalars(select(OutboxRow)) if row.chat_id == 1]
        unsent.repeat = True
        for row in await session.scalars(select(OutboxRow).where(OutboxRow.chat_id == 2)):
            row.state = OutboxState.SENT
        for notice in await session.scalars(select(NoticeRow).where(NoticeRow.chat_id == 2)):
            notice.state = NoticeState.SENT
    await hold(database, date(2023, 3, 30), "STP")

    held = await scan_on(database, "2023-03-30")
    again = await scan_on(database, "2023-03-30", "08:00")
    waiting = [(row.morning, row.state) for row in await mornings(database)]
    await scan_on(database, "2023-03-31")

    assert (held, again) == ([], None)
    assert (THE_DAY, OutboxState.QUEUED) in waiting
    last = (await mornings(database))[-1]
    assert (last.chat_id, last.morning, last.repeat) == (1, date(2023, 3, 31), True)
    async with database.read() as session:
        assert len((await notices.spoken(session, [last.id]))[last.id]) == 1


async def test_of_a_chat_of_two_agencies_only_the_held_ones_part_waits(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"), agencies=("STP", "SNV"))), on="2023-03-07")
    chat = await bound_chat(database, "1", "STP")
    await bound_chat(database, "1", "SNV")
    await scan_on(database, "2023-03-29")
    await hold(database, date(2023, 3, 30), "STP")

    await scan_on(database, "2023-03-30")

    first, second = await mornings(database)
    assert [row.state for row in (first, second)] == [OutboxState.QUEUED, OutboxState.QUEUED]
    async with database.read() as session:
        said = await notices.spoken(session, [first.id, second.id])
    assert {number: [one.entry.agency for one in of_one] for number, of_one in said.items()} == {
        first.id: ["STP"],
        second.id: ["SNV"],
    }
    assert {row.chat_id for row in (first, second)} == {chat.id}
    assert await scan_on(database, "2023-03-30", "08:00") is None


async def test_a_hold_hides_nothing_that_is_late(database: Database) -> None:
    await two_agencies(database)
    await hold(database, date(2023, 5, 8), "STP")

    await scan_on(database, "2023-05-08")

    async with database.read() as session:
        late = [entry for entry in await entries(session) if entry.is_late(date(2023, 5, 8))]
        kept = await session.scalars(select(AssignmentRow.next_milestone_on))
    assert {entry.agency for entry in late} == {"STP", "SNV"}
    assert min(day for day in kept if day) <= date(2023, 5, 8)


async def test_agencies_that_owe_nothing_of_an_offices_plans_cannot_be_held_by_it(database: Database) -> None:
    await two_agencies(database)

    async with database.write() as session:
        owing = [agency.code for agency in await holds.owing(session, "SNV")]
        (await session.get_one(PlanRow, "thu-2023")).retired = True
        await session.flush()
        of_retired = await holds.owing(session, "SNV")

    assert owing == ["SNV", "STP"]
    assert of_retired == []
