"""A channel whose messages are counted: warned of in time, what is left kept for notices, and what waits is told."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.channel import RetryLater
from bot.message import from_json
from scheduler.quota import next_useful
from scheduler.scan import scan_if_owed
from store import vitals
from store.database import Database
from store.quota import Allowance, HeldBack, count_sends, held_back, sent_in_month, users_of
from store.states import OutboxKind, OutboxState, Role
from store.tables import BindingRow, OutboxRow, PaceRow
from tests.scheduler.test_riders import Desk, words
from tests.worlds import TIMETABLE, WALL, at

TEN = Allowance(messages=10, users=2)
OPENING = at("2023-03-31", "07:00")


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
    assert held == HeldBack(channel="pencil", allowed=10, agencies=(), others=3)
    assert unsent is None

    desk.now = at("2023-03-08")
    await scan_if_owed(desk.database, TIMETABLE, day=date(2023, 3, 8), now=desk.now, wall=desk.wall)
    assert "📵 Pencil đã dùng hết 10 tin của tháng." in "\n".join(await office_hears(desk))


async def test_a_service_that_says_the_quota_is_exceeded_is_left_alone_until_it_is_of_use(desk: Desk) -> None:
    desk.wall = WALL.replace(minute=20)
    desk.pencil.outcomes = [RetryLater(reason="quota exceeded", whole_channel=True)]
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
