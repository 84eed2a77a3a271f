"""What is given up is told to those who look after the bot, and doubt is not forgotten when it is brought up again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from store.chats import look_again, suspend
from store.claims import LEASE
from store.states import OutboxKind, OutboxState, Role
from store.tables import OutboxRow
from tests.scheduler.desk import GROUP, LAN, MINH, REPEAT, TUESDAY, Desk
from tests.worlds import bound_chat

OPERATOR = 1003


@pytest.fixture
async def watched(desk: Desk) -> Desk:
    """With an operator's chat."""
    await desk.town.person(OPERATOR, "Hùng")
    chat = await bound_chat(desk.database, str(OPERATOR), "", role=Role.OPERATOR)
    desk.chats[OPERATOR] = chat.id
    return desk


async def give_up(desk: Desk, chat: int) -> None:
    """What waits for that chat is uncertain twice."""
    await desk.town.fault("drop_after", times=2, chat_id=chat)
    await desk.deliver()
    await desk.deliver(after=30)
    await desk.deliver(after=60)


async def test_operators_are_told_of_a_morning_message_that_failed(watched: Desk) -> None:
    await watched.scan("2023-03-07")

    await give_up(watched, GROUP)

    [told] = await watched.texts(OPERATOR)
    assert told.startswith("⚠️ Có tin nhắc việc không gửi được.\nCơ quan: Sở Tư pháp\n")
    assert "chưa được tính là đã nhắc" in told


async def test_operators_are_told_of_a_note_that_failed_and_how_it_begins(watched: Desk) -> None:
    await watched.put(LAN, "✅ Được gia hạn đến 15/4.", kind=OutboxKind.NOTE)

    await give_up(watched, LAN)

    [told] = await watched.texts(OPERATOR)
    assert told.startswith("⚠️ Có thông báo không gửi được.\nNơi nhận: Sở Nội vụ\n")
    assert "Nội dung: ✅ Được gia hạn đến 15/4." in told


async def test_a_note_in_the_hands_of_two_that_died_is_told_of_too(watched: Desk) -> None:
    number = await watched.put(LAN, "một", kind=OutboxKind.NOTE)
    for _ in range(2):
        async with watched.database.write() as session:
            row = await session.get_one(OutboxRow, number)
            row.state, row.lease_until = OutboxState.CLAIMED, watched.wall - timedelta(seconds=1)
        await watched.deliverer.take_back()

    await watched.deliver(after=LEASE.total_seconds())

    assert (await watched.row(number)).state is OutboxState.FAILED
    assert [text.split("\n")[0] for text in await watched.texts(OPERATOR)] == [
        "⚠️ Có thông báo không gửi được."
    ]


async def test_that_the_word_about_it_failed_itself_is_not_told_again(watched: Desk) -> None:
    await watched.put(LAN, "một", kind=OutboxKind.NOTE)
    await watched.town.fault("drop_after", times=2, chat_id=OPERATOR)

    await give_up(watched, LAN)
    await watched.deliver(after=60)
    await watched.deliver(after=60)

    assert await watched.states() == {OutboxState.FAILED: 2}


async def test_an_answer_that_failed_is_its_persons_to_ask_for_again(watched: Desk) -> None:
    await watched.put(LAN, "một")

    await give_up(watched, LAN)

    assert await watched.texts(OPERATOR) == []


async def test_reminders_that_were_perhaps_received_are_marked_when_they_are_brought_up_again(
    desk: Desk,
) -> None:
    await desk.scan("2023-03-07")
    await give_up(desk, GROUP)
    async with desk.database.write() as session:
        await look_again(session, "STP", TUESDAY.date())

    await desk.scan("2023-03-07")
    await desk.deliver()

    marked = [text.startswith(REPEAT) for text in await desk.texts(GROUP)]
    assert marked == [False, True, True]


async def test_reminders_that_were_surely_not_received_are_brought_up_again_unmarked(desk: Desk) -> None:
    await desk.town.fault("status", status=400, chat_id=GROUP)
    await desk.scan("2023-03-07")
    await desk.deliver()
    async with desk.database.write() as session:
        await look_again(session, "STP", TUESDAY.date())

    await desk.scan("2023-03-07")
    await desk.deliver()

    assert [text.startswith(REPEAT) for text in await desk.texts(GROUP)] == [False]


async def test_a_chat_that_takes_an_answer_is_within_reach_whatever_is_on_record(desk: Desk) -> None:
    """The person may be back before the bot has written down that they had gone."""
    async with desk.database.write() as session:
        await suspend(session, desk.chats[MINH], "Forbidden: bot was blocked by the user")
    await desk.put(MINH, "Xin chào")

    await desk.deliver()

    assert (await desk.chat(MINH)).suspended is None


async def test_nothing_but_an_answer_leaves_for_a_chat_out_of_reach(desk: Desk) -> None:
    async with desk.database.write() as session:
        await suspend(session, desk.chats[MINH], "Forbidden: bot was blocked by the user")
    await desk.put(MINH, "một", kind=OutboxKind.NOTE)

    await desk.deliver()

    assert await desk.texts(MINH) == []
    async with desk.database.read() as session:
        assert await session.scalar(select(OutboxRow.state)) is OutboxState.QUEUED
