"""What a look ahead shows is what the scan then tells: the same assignments, milestones and chats."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from sqlalchemy import select

from scheduler.scan import scan_if_owed
from store import holds
from store.agenda import entries
from store.changes import Actor, mark_done
from store.chats import suspend
from store.database import Database
from store.reach import foresee, next_scan_day
from store.states import NoticeState, OutboxState
from store.tables import AssignmentRow, NoticeRow, OutboxRow
from tests.worlds import ONGOING, TIMETABLE, WALL, at, bound_chat, bring_in, dated, plan, task

Told = set[tuple[int, str, int]]
FIRST, LAST = date(2023, 3, 1), date(2023, 4, 28)
TASKS = plan(
    task("1.1", dated("2023-03-31")),
    task("1.2", dated("2023-03-10")),
    task("2.1", dated("2023-03-31"), agencies=("STP", "SNV")),
    task("2.2", dated("2023-03-14", "2023-04-14"), agencies=("SNV",)),
    task("3.1", dated("2023-04-16")),
    task("4.1", dated("2023-04-02"), agencies=("SNV",)),
    task("5.1", ONGOING),
    with_report=True,
)


async def foreseen(database: Database, day: date, *, on: str, hour: str) -> Told:
    """What a look at that moment says of the scan of that day; what is held back is left out."""
    now = at(on, hour)
    leaving = TIMETABLE.hours.notices_for(now, TIMETABLE.calendar)
    async with database.read() as session:
        assert await next_scan_day(session, TIMETABLE, now) == day
        found = await foresee(session, TIMETABLE, day, leaving=leaving)
        held = {one.agency for one in await holds.holds_from(session, ["SNV"], day) if one.day == day}
        rows = {row.id: row.agency for row in await session.scalars(select(AssignmentRow))}
    return {
        (one.assignment_id, one.milestone.name, chat)
        for one in found
        for chat in one.chats
        if rows[one.assignment_id] not in held
    }


async def scanned(database: Database, day: date) -> Told:
    """What the messages of that morning carry after its scan."""
    now = at(day.isoformat())
    await scan_if_owed(database, TIMETABLE, day=day, now=now, wall=WALL)
    async with database.read() as session:
        found = await session.execute(
            select(NoticeRow.assignment_id, NoticeRow.milestone, NoticeRow.chat_id)
            .join(OutboxRow, NoticeRow.outbox_id == OutboxRow.id)
            .where(OutboxRow.morning == day, OutboxRow.state == OutboxState.QUEUED)
        )
        return {(assignment, milestone, chat) for assignment, milestone, chat in found}


async def settle(database: Database, state: OutboxState, notice: NoticeState) -> None:
    async with database.write() as session:
        for row in await session.scalars(select(OutboxRow).where(OutboxRow.state == OutboxState.QUEUED)):
            row.state = state
        for told in await session.scalars(select(NoticeRow).where(NoticeRow.state == NoticeState.PENDING)):
            told.state = notice


async def live_through(
    database: Database, events: dict[str, Callable[[], Awaitable[None]]], *, unsent: set[str]
) -> list[Told]:
    """Look ahead on the evening before each working day, scan in the morning, and hold the two against each other. Events
    come before the look; the messages of the days in `unsent` do not leave."""
    mornings = []
    for number in range((LAST - FIRST).days):
        evening = FIRST + timedelta(days=number)
        day = TIMETABLE.calendar.after(evening)
        if event := events.get(evening.isoformat()):
            await event()
        seen = await foreseen(database, day, on=evening.isoformat(), hour="18:00")
        if day - evening > timedelta(days=1):
            continue
        assert await scanned(database, day) == seen, day
        mornings.append(seen)
        if day.isoformat() not in unsent:
            await settle(database, OutboxState.SENT, NoticeState.SENT)
    return mornings


async def test_every_look_ahead_of_two_months_is_what_the_scan_tells(database: Database) -> None:
    await bring_in(database, TASKS, on="2023-03-01")
    for address, agency in (("1", "STP"), ("2", "STP"), ("3", "SNV")):
        await bound_chat(database, address, agency)
    ids = await assignment_ids(database)

    async def snooze() -> None:
        async with database.write() as session:
            row = await session.get_one(AssignmentRow, ids["1.1", "STP"])
            row.next_milestone_on = row.snoozed_until = date(2023, 3, 29)

    async def finish() -> None:
        async with database.write() as session:
            actor = Actor(person="9", name="Cán bộ", chat_id=1)
            await mark_done(
                session,
                assignment_id=ids["2.1", "SNV"],
                document=None,
                note=None,
                actor=actor,
                now=at("2023-03-16"),
            )

    async def keep_back(day: date) -> None:
        async with database.write() as session:
            await holds.hold(session, day=day, office="SNV", agencies=["STP"], now=at("2023-03-16"))

    async def lose_a_chat() -> None:
        async with database.write() as session:
            await suspend(session, 2, "blocked")

    mornings = await live_through(
        database,
        {
            "2023-03-14": snooze,
            "2023-03-16": finish,
            "2023-03-23": lambda: keep_back(date(2023, 3, 24)),
            "2023-03-30": lambda: keep_back(date(2023, 3, 31)),
            "2023-04-05": lose_a_chat,
        },
        unsent={"2023-03-27", "2023-03-30", "2023-03-31", "2023-04-03"},
    )

    assert sum(len(told) for told in mornings) > 40


async def test_what_failed_before_is_foreseen_when_it_is_looked_at_again(database: Database) -> None:
    await bring_in(database, TASKS, on="2023-03-01")
    await bound_chat(database, "1", "STP")
    await scanned(database, date(2023, 3, 9))
    await settle(database, OutboxState.FAILED, NoticeState.FAILED)
    async with database.write() as session:
        for row in await session.scalars(select(AssignmentRow).where(AssignmentRow.due.is_not(None))):
            row.next_milestone_on = date(2023, 3, 9)

    seen = await foreseen(database, date(2023, 3, 10), on="2023-03-09", hour="20:00")

    assert await scanned(database, date(2023, 3, 10)) == seen
    assert any(milestone == "due-0" for _, milestone, _ in seen)


async def test_what_may_still_leave_today_is_not_foreseen_for_tomorrow(database: Database) -> None:
    await bring_in(database, TASKS, on="2023-03-01")
    await bound_chat(database, "1", "STP")
    await scanned(database, date(2023, 3, 9))

    during = await foreseen(database, date(2023, 3, 10), on="2023-03-09", hour="10:00")
    after = await foreseen(database, date(2023, 3, 10), on="2023-03-09", hour="17:31")

    assert during < after


async def test_a_look_ahead_changes_nothing(database: Database) -> None:
    await bring_in(database, TASKS, on="2023-03-01")
    await bound_chat(database, "1", "STP")

    first = await foreseen(database, date(2023, 3, 10), on="2023-03-09", hour="18:00")
    second = await foreseen(database, date(2023, 3, 10), on="2023-03-09", hour="18:00")

    assert first == second != set()
    async with database.read() as session:
        assert (await session.scalars(select(NoticeRow))).all() == []


async def assignment_ids(database: Database) -> dict[tuple[str, str], int]:
    async with database.read() as session:
        return {(entry.code, entry.agency): entry.id for entry in await entries(session)}
