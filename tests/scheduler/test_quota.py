"""A channel whose messages are counted: warned of in time, what is left kept for notices, and what waits is told."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.channel import RetryLater
from bot.message import from_json, message, to_json
from plan.hours import OfficeHours
from scheduler.quota import next_useful, note_sends
from scheduler.scan import scan_if_owed
from scheduler.watch import Healing, Watch
from store import claims, vitals
from store.chats import chat_for
from store.database import Database
from store.outbox import queue
from store.quota import Allowance, HeldBack, count_sends, held_back, sent_in_month, users_of
from store.states import ChatKind, OutboxKind, OutboxState, Role
from store.tables import BindingRow, OutboxRow, PaceRow
from tests.app.town import AT_ONCE
from tests.scheduler.test_riders import Desk, words
from tests.worlds import TIMETABLE, WALL, at

TEN = Allowance(messages=10, users=2)
OPENING = at("2023-03-31", "07:00")
EXCEEDED = RetryLater(reason="quota exceeded", whole_channel=True)


@pytest.fixture
def database(each_database: Database) -> Database:
    return each_database


@pytest.fixture
async def desk(database: Database) -> Desk:
    opened = Desk(database, allowances={"pencil": TEN})
    await opened.open()
    return opened


async def office_hears(desk: Desk) -> list[str]:
    """The notes to the standing office, whether or not they have left, as they were queued."""
    async with desk.database.read() as session:
        rows = await session.scalars(
            select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTE).order_by(OutboxRow.id)
        )
        return [text_of(row.body) for row in rows]


def text_of(body: Mapping[str, object] | None) -> str:
    return words(from_json(dict(body or {})))


async def seat_the_office(desk: Desk) -> None:
    async with desk.database.write() as session:
        session.add(BindingRow(chat_id=desk.chat, role=Role.STANDING_OFFICE, agency="SNV", bound_at=desk.now))


def started_again(desk: Desk, allowance: Allowance = TEN) -> Desk:
    """Another process on the same database, at the same moment."""
    other = Desk(desk.database, allowances={"pencil": allowance})
    other.chat, other.now, other.wall = desk.chat, desk.now, desk.wall
    return other


async def say(desk: Desk, times: int) -> list[str]:
    for number in range(times):
        await desk.reply(f"Trả lời {number}.")
    return await desk.deliver()


async def test_what_left_is_counted_by_month(desk: Desk) -> None:
    desk.now = at("2023-03-31", "23:59")
    await say(desk, 3)
    desk.now = at("2023-04-01", "00:00")
    await say(desk, 2)

    async with desk.database.read() as session:
        march = await sent_in_month(session, channel="pencil", now=at("2023-03-08"))
        april = await sent_in_month(session, channel="pencil", now=at("2023-04-30"))
    assert (march, april) == (3, 2)


async def test_at_80_percent_and_at_the_end_the_standing_office_is_warned_once_each(desk: Desk) -> None:
    await seat_the_office(desk)
    await say(desk, 7)
    before = await office_hears(desk)
    await say(desk, 1)
    at_80 = await office_hears(desk)
    await say(desk, 2)
    await say(desk, 1)

    assert before == []
    assert len(at_80) == 1
    assert "8/10 tin của tháng" in at_80[0]
    assert [text[:1] for text in await office_hears(desk)] == ["⚠", "⛔"]


async def test_when_the_month_is_used_up_notices_leave_and_answers_wait_for_the_next_one(desk: Desk) -> None:
    await say(desk, 10)
    assert await say(desk, 2) == []

    await desk.scan("2023-03-07")
    [notice] = await desk.deliver()
    assert "1.1" in notice
    assert (await desk.states(OutboxKind.REPLY)).count(OutboxState.QUEUED) == 2

    desk.now = at("2023-04-01", "08:00")
    assert len(await desk.deliver()) == 2


async def test_an_answer_that_waited_for_more_than_a_day_is_not_sent_any_more(desk: Desk) -> None:
    await say(desk, 10)
    await say(desk, 1)
    desk.now, desk.wall = at("2023-04-01", "08:00"), desk.wall + timedelta(days=25)

    assert await desk.deliver() == []
    assert OutboxState.FAILED in await desk.states(OutboxKind.REPLY)


async def test_what_is_held_back_is_on_the_list_of_the_morning_and_no_trouble_of_its_own(desk: Desk) -> None:
    await seat_the_office(desk)
    await say(desk, 12)
    async with desk.database.read() as session:
        [held] = await held_back(session, desk.now)
        unsent = await vitals.unsent(
            session, kind=OutboxKind.REPLY, before=desk.wall, morning=None, now=desk.now
        )
    assert held == HeldBack(channel="pencil", allowed=10, others=2, since=held.since)
    assert unsent is None

    desk.now = at("2023-03-08")
    await scan_if_owed(desk.database, TIMETABLE, day=date(2023, 3, 8), now=desk.now, wall=desk.wall)
    assert "📵 Pencil đã dùng hết 10 tin của tháng." in "\n".join(await office_hears(desk))


async def test_a_service_that_says_the_quota_is_exceeded_is_left_alone_until_it_is_of_use(desk: Desk) -> None:
    desk.wall = WALL.replace(minute=20)
    desk.pencil.outcomes = [EXCEEDED]
    assert await say(desk, 2) == []

    async with desk.database.read() as session:
        pace = await session.get_one(PaceRow, "pencil")
    assert pace.not_before is not None
    assert pace.not_before.replace(microsecond=0) == WALL.replace(hour=WALL.hour + 1, minute=0)
    desk.wall = pace.not_before
    assert len(await desk.deliver()) == 2


async def test_people_are_those_with_a_private_chat_that_has_not_been_lost(desk: Desk) -> None:
    async with desk.database.read() as session:
        assert await users_of(session, "pencil") == 1


async def test_counts_of_two_processes_add_up(database: Database) -> None:
    for _ in range(2):
        async with database.write() as session:
            await count_sends(session, channel="zalo", count=4, allowance=TEN, now=at("2023-03-07"))

    async with database.read() as session:
        assert await sent_in_month(session, channel="zalo", now=at("2023-03-31")) == 8


@pytest.mark.parametrize(
    ("used_up", "now", "wait"),
    [
        (True, at("2023-03-30", "09:00"), OPENING - at("2023-03-30", "09:00")),
        (True, at("2023-03-31", "06:59"), timedelta(minutes=1)),
        (False, at("2023-03-30", "09:00"), timedelta(minutes=40)),
    ],
)
def test_the_next_try_is_when_something_may_leave(used_up: bool, now: datetime, wait: timedelta) -> None:
    wall = WALL.replace(minute=20)

    assert next_useful(used_up=used_up, opening=OPENING, now=now, wall=wall) == wall + wait


def test_with_the_month_the_quota_begins_anew() -> None:
    now = at("2023-03-31", "23:00")

    again = next_useful(used_up=True, opening=at("2023-04-03", "07:00"), now=now, wall=WALL)

    assert again == WALL + timedelta(hours=1)


async def test_who_goes_past_both_levels_at_once_is_told_of_the_higher_one(desk: Desk) -> None:
    await seat_the_office(desk)
    async with desk.database.write() as session:
        await note_sends(session, {"pencil": 12}, {"pencil": TEN}, now=desk.now, wall=desk.wall)

    assert [text[:1] for text in await office_hears(desk)] == ["⛔"]


async def test_with_a_larger_allowance_the_levels_are_told_anew(desk: Desk) -> None:
    await seat_the_office(desk)
    await say(desk, 10)
    twenty = started_again(desk, Allowance(messages=20, users=50))
    await say(twenty, 6)

    assert "16/20 tin của tháng" in (await office_hears(desk))[-1]


async def test_a_larger_allowance_lets_go_what_was_held_back_also_by_the_service(desk: Desk) -> None:
    await say(desk, 10)
    await desk.scan("2023-03-07")
    desk.pencil.outcomes = [EXCEEDED]
    assert await say(desk, 1) == []

    assert len(await started_again(desk).deliver()) == 0
    twenty = started_again(desk, Allowance(messages=20, users=50))
    assert len(await twenty.deliver()) == 2
    async with desk.database.read() as session:
        assert await held_back(session, desk.now) == []


async def test_a_hold_by_the_service_outlasts_a_restart_and_a_clock_that_does_not_reach_the_next_month(
    desk: Desk,
) -> None:
    await say(desk, 10)
    await desk.scan("2023-03-07")
    desk.pencil.outcomes = [EXCEEDED]
    assert await desk.deliver() == []

    again = started_again(desk)
    again.now = at("2023-03-31", "09:00")
    assert await again.deliver() == []
    again.now = at("2023-04-03", "09:00")
    await again.scan("2023-04-03")
    [said] = await again.deliver()
    assert "1.1" in said


async def test_a_service_that_says_so_again_in_the_new_month_is_left_alone_again(desk: Desk) -> None:
    await say(desk, 10)
    desk.now = at("2023-04-01", "08:00")
    desk.pencil.outcomes = [EXCEEDED]
    assert await say(desk, 1) == []

    assert await started_again(desk).deliver() == []
    assert await desk.deliver() == []


async def test_what_is_counted_first_after_the_turn_of_the_month_lets_the_channel_go_too(desk: Desk) -> None:
    await say(desk, 10)
    await desk.scan("2023-03-07")
    desk.pencil.outcomes = [EXCEEDED]
    await say(desk, 1)
    desk.now = at("2023-04-01", "00:00")
    async with desk.database.write() as session:
        await note_sends(session, {"pencil": 1}, {"pencil": TEN}, now=desk.now, wall=desk.wall)

    assert len(await desk.deliver()) == 1


async def test_a_notice_of_this_morning_is_not_told_as_one_that_waits(desk: Desk) -> None:
    await seat_the_office(desk)
    await say(desk, 10)
    await desk.scan("2023-03-08")

    told = "\n".join(await office_hears(desk))
    assert "đã dùng hết 10 tin" in told
    assert "Lời nhắc" not in told.partition("📵")[2]


async def test_agencies_whose_reminders_the_service_did_not_take_are_told_the_next_morning(
    desk: Desk,
) -> None:
    await seat_the_office(desk)
    await say(desk, 10)
    await desk.scan("2023-03-07")
    desk.pencil.outcomes = [EXCEEDED]
    await desk.deliver()
    desk.wall += timedelta(days=1)
    await desk.scan("2023-03-08")

    told = "\n".join(await office_hears(desk)).partition("📵")[2]
    assert "Lời nhắc chưa tới nơi: Sở Tư pháp" in told


async def test_the_list_says_since_when_answers_are_held_back_on_the_clock_of_the_plan(desk: Desk) -> None:
    await seat_the_office(desk)
    await say(desk, 10)
    desk.now = at("2023-03-07", "14:05")
    await desk.reply("Một.")
    desk.now, desk.wall = desk.now + timedelta(hours=18), desk.wall + timedelta(hours=18)
    await desk.reply("Hai.")
    await desk.scan("2023-03-08", "08:05")

    assert "Câu trả lời đang giữ lại: 2, từ 14:05 ngày 07/03/2023" in "\n".join(await office_hears(desk))


async def test_a_note_that_waits_for_a_ride_is_not_held_back(desk: Desk) -> None:
    await say(desk, 10)
    await desk.note("Tin.")

    async with desk.database.read() as session:
        assert await held_back(session, desk.now) == [HeldBack(channel="pencil", allowed=10)]


async def test_when_the_month_is_used_up_notes_still_ride_with_the_morning_message(desk: Desk) -> None:
    await say(desk, 10)
    await desk.note("Gia hạn đã được chấp nhận.")
    await say(desk, 1)
    await desk.scan("2023-03-07")

    [said] = await desk.deliver()

    assert "1.1" in said
    assert "Gia hạn đã được chấp nhận." in said


async def test_what_a_sender_that_died_had_in_hand_counts_as_perhaps_sent(desk: Desk) -> None:
    await desk.reply("Trả lời.")
    async with desk.database.write() as session:
        await claims.claim(session, channel="pencil", wall=desk.wall, pace=AT_ONCE, morning=None, room=1)
    await desk.deliverer.take_back(whoever_holds=True)

    async with desk.database.read() as session:
        assert await sent_in_month(session, channel="pencil", now=desk.now) == 1


async def test_two_processes_that_count_at_the_same_moment_lose_nothing_and_warn_once(desk: Desk) -> None:
    await seat_the_office(desk)
    hundred = {"pencil": Allowance(messages=100, users=50)}

    async def count(times: int) -> None:
        for _ in range(times):
            async with desk.database.write() as session:
                await note_sends(session, {"pencil": 3}, hundred, now=desk.now, wall=desk.wall)

    await asyncio.gather(*(count(10) for _ in range(3)))

    async with desk.database.read() as session:
        assert await sent_in_month(session, channel="pencil", now=desk.now) == 90
    assert len(await office_hears(desk)) == 1


async def test_what_is_held_back_is_a_trouble_that_begins_and_ends_once(desk: Desk) -> None:
    async with desk.database.write() as session:
        session.add(BindingRow(chat_id=desk.chat, role=Role.OPERATOR, agency="", bound_at=desk.now))
    watch = Watch(
        desk.database,
        hours=OfficeHours(),
        calendar=TIMETABLE.calendar,
        clock=lambda: desk.now,
        wall=lambda: desk.wall,
    )

    async def look() -> list[str]:
        await watch.look(Healing(scan=nothing, take_back=nothing, wake=lambda: None))
        return [one.name for one in watch.troubles if one.kind.value != "scan-missing"]

    await say(desk, 10)
    before = await look()
    queued_at = desk.wall
    await say(desk, 1)
    desk.wall += timedelta(minutes=30)
    during = [await look() for _ in range(2)]
    [trouble] = [one for one in watch.troubles if one.kind.value == "quota-used-up"]
    desk.now += timedelta(days=30)
    await desk.deliver()
    after = [await look() for _ in range(2)]

    assert (before, during, after) == ([], [["quota-used-up:pencil"]] * 2, [[]] * 2)
    assert (trouble.count, trouble.since) == (1, queued_at)
    told = [text for text in await office_hears(desk) if "hết số tin" in text]
    assert len(told) == 2
    assert "đến tháng sau" in told[0]
    assert told[1].startswith("✅")


async def nothing() -> None:
    return


async def test_of_two_processes_side_by_side_no_more_leaves_than_they_have_in_hand(
    postgresql: Database,
) -> None:
    one = Desk(postgresql, allowances={"pencil": Allowance(messages=40, users=1000)})
    await one.open()
    await seat_the_office(one)
    async with postgresql.write() as session:
        for number in range(120):
            chat = await chat_for(
                session, channel="pencil", address=f"{number}", kind=ChatKind.GROUP, sparing=True
            )
            body = to_json(message(f"Trả lời {number}."))
            queue(session, chat_id=chat.id, kind=OutboxKind.REPLY, wall=one.wall, body=body)
    other_database = Database(postgresql.engine.url.render_as_string(hide_password=False))
    two = Desk(other_database, allowances=one.allowances)
    two.now, two.wall = one.now, one.wall
    try:
        await asyncio.gather(one.deliver(), two.deliver())
    finally:
        await other_database.close()

    left = len(one.pencil.sent) + len(two.pencil.sent)
    async with postgresql.read() as session:
        counted = await sent_in_month(session, channel="pencil", now=one.now)
    assert counted == left
    assert 40 <= left < 40 + 2 * 12
    assert [text[:1] for text in await office_hears(one)] in (["⚠", "⛔"], ["⛔"])
