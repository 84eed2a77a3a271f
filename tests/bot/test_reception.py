"""What comes in is handled once, in order, whatever it is; and what cannot be handled stands in nobody's way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import ClassVar

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from bot.conversation import Answer, Conversation
from bot.handling import PARKED as HANDLED_AS_PARKED
from bot.message import from_json
from bot.request import Tap, Words
from bot.wording import SOMETHING_WENT_WRONG
from store.states import InboxState, Role
from store.tables import AuditRow, BindingRow, ChatRow, InviteRow, OutboxRow
from tests.bot.door import GROUP, LAN, MINH, Door, open_door
from tests.bot.office import plain
from tests.worlds import WALL, bound_chat

HANDLED, PARKED, NEW = InboxState.HANDLED, InboxState.PARKED, InboxState.NEW


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with open_door() as opened:
        yield opened


async def test_an_update_that_is_delivered_twice_is_handled_once(door: Door) -> None:
    await door.town.says(LAN, f"/start {await door.invite('STP')}")

    kept = [await door.take_in(), await door.take_in()]
    await door.handle_all()
    kept.append(await door.take_in())
    await door.handle_all()

    assert kept == [1, 1, 1]
    assert [state for state, _ in await door.rows()] == [HANDLED]
    assert await door.answers() == ["✅ Đã kết nối với Sở Tư pháp."]


async def test_a_photo_with_a_command_reaches_it_and_one_in_reply_to_that_command_goes_with_it(
    door: Door,
) -> None:
    await door.town.says(LAN, f"/start {await door.invite('STP')}")
    command = await door.town.sends_photo(LAN, caption="/done 2.6a 15/KH-UBND")
    await door.town.sends_photo(LAN, reply_to_message_id=str(command))
    await door.town.sends_photo(LAN)

    await door.let_in()

    assert await door.answers() == [
        "✅ Đã kết nối với Sở Tư pháp.",
        "Ghi nhận đã xong?",
        "📎 Đã nhận 1 tệp: ảnh_3.jpg. Chọn “Xác nhận” để lưu kèm 2.6a.",
    ]


async def test_two_processes_that_handle_at_once_answer_each_update_once(door: Door) -> None:
    for number in range(6):
        await door.town.says(LAN if number % 2 else MINH, "/help")
    await door.take_in()

    await asyncio.gather(door.handle_all(), door.handle_all())

    assert [state for state, _ in await door.rows()] == [HANDLED] * 6
    assert len(await door.answers()) == 6


async def test_what_is_written_is_answered_in_the_order_in_which_it_came(door: Door) -> None:
    await door.town.says(LAN, f"/start {await door.invite('STP')}")
    await door.town.says(LAN, "/start")

    await door.let_in()

    assert await door.answers() == [
        "✅ Đã kết nối với Sở Tư pháp.",
        "Cuộc trò chuyện này đang nhận nhắc việc của Sở Tư pháp.",
    ]


CHAT = {"id": LAN, "type": "private"}
POISON: list[dict[str, object]] = [
    {"message": {"chat": "x"}},
    {"message": 5},
    {"message": ["x"]},
    {"message": {}},
    {"message": {"message_id": 1, "date": "yesterday", "chat": CHAT, "text": "/help"}},
    {"message": {"message_id": 1, "date": 10**30, "chat": CHAT, "text": "/help"}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "text": 7}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "text": "/help", "from": "Lan"}},
    {
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": CHAT,
            "text": "chào",
            "entities": [{"type": "mention"}],
        }
    },
    {"callback_query": {"id": "1"}},
    {"callback_query": {"id": "1", "from": {}, "message": {"chat": CHAT}, "data": "yes:1"}},
    {"my_chat_member": {"chat": CHAT}},
    {"my_chat_member": {"chat": CHAT, "from": {}, "date": 1, "old_chat_member": 1, "new_chat_member": 2}},
]


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
async def test_an_unreadable_update_is_put_aside_and_the_next_one_is_handled(
    door: Door, poison: dict[str, object]
) -> None:
    await door.town.inject(**poison)
    await door.town.says(LAN, "/start")

    await door.let_in()

    (first, error), (second, _) = await door.rows()
    assert (first, second) == (PARKED, HANDLED)
    assert error
    assert error.startswith("UnreadableUpdate: ")
    assert await door.answers() == ["Chào anh/chị, đây là Nhắc Việc: nhắc các cơ quan về việc sắp đến hạn."]


NOT_FOR_US: list[dict[str, object]] = [
    {},
    {"something_new": {"of": "next year"}},
    {"edited_message": {"message_id": 1, "date": 1, "edit_date": 2, "chat": CHAT, "text": "/help"}},
    {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -1009, "type": "channel"}, "text": "/help"}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "new_chat_title": "tên mới"}},
    {
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": CHAT,
            "from": {"id": 9, "is_bot": True, "first_name": "máy khác"},
            "text": "/help",
        }
    },
    {
        "callback_query": {
            "id": "1",
            "from": {"id": 9, "is_bot": False, "first_name": "A"},
            "chat_instance": "1",
        }
    },
]


@pytest.mark.parametrize("update", NOT_FOR_US, ids=range(len(NOT_FOR_US)))
async def test_an_update_that_is_not_for_us_is_passed_over_in_silence(
    door: Door, update: dict[str, object]
) -> None:
    await door.town.inject(**update)

    await door.let_in()

    assert [state for state, _ in await door.rows()] == [HANDLED]
    assert await door.answers() == []


@pytest.mark.parametrize("text", ["/due@someone_elses_bot", "/start@someone_elses_bot ABCDE-FGHJK"])
async def test_commands_to_other_bots_are_not_ours(door: Door, text: str) -> None:
    await door.town.says(LAN, text)
    await door.town.says(GROUP, text, who=LAN, privacy=False)

    await door.let_in()

    assert await door.answers() == []
    assert await door.count(BindingRow) == 0


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("họp lúc 9 giờ nhé", 0),
        ("due", 0),
        ("@someone_elses_bot due", 0),
        ("/help", 1),
        ("/help@nhacviec_bot", 1),
        ("/HELP@Nhacviec_Bot", 1),
        ("@nhacviec_bot help", 1),
        ("anh chị ơi @nhacviec_bot help", 1),
    ],
)
async def test_in_a_group_only_what_is_meant_for_the_bot_is_answered(
    door: Door, text: str, answers: int
) -> None:
    await door.town.says(GROUP, text, who=LAN, privacy=False)

    await door.let_in()

    assert len(await door.answers()) == answers


async def test_an_edited_command_is_not_carried_out_again(door: Door) -> None:
    said = await door.town.says(LAN, "/help")
    await door.let_in()

    await door.town.ask("PATCH", f"/chats/{LAN}/messages/{said}", {"text": "/start"})
    await door.let_in()

    assert len(await door.answers()) == 1


# ---- when handling fails ----


class FailsAtLast(Conversation):
    """Does all its work, and breaks before it is committed."""

    async def answer(
        self, session: AsyncSession, incoming: Words | Tap, chat: ChatRow, *, now: datetime, wall: datetime
    ) -> Answer | None:
        answer = await super().answer(session, incoming, chat, now=now, wall=wall)
        if isinstance(incoming, Words) and "help" in incoming.text:
            return answer
        raise self.trouble

    trouble: Exception = RuntimeError("a defect with a secret in it")


class Collides(FailsAtLast):
    trouble = IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))


class FindsNoDatabase(Conversation):
    """Answers when the database is back."""

    away: ClassVar[bool] = True

    async def answer(
        self, session: AsyncSession, incoming: Words | Tap, chat: ChatRow, *, now: datetime, wall: datetime
    ) -> Answer | None:
        if self.away:
            raise OperationalError("BEGIN", {}, Exception("database is locked"))
        return await super().answer(session, incoming, chat, now=now, wall=wall)


@pytest.mark.parametrize("conversation", [FailsAtLast, Collides])
async def test_a_command_that_breaks_changes_nothing_says_so_politely_and_is_put_aside(
    conversation: type[Conversation],
) -> None:
    async with open_door(conversation) as door:
        written = await door.count(AuditRow)
        await door.town.says(LAN, f"/start {await door.invite('STP')}")
        await door.town.says(LAN, "/help")

        await door.let_in()

        assert [state for state, _ in await door.rows()] == [PARKED, HANDLED]
        assert (await door.answers())[0] == SOMETHING_WENT_WRONG
        assert len(await door.answers()) == 2
        assert await door.count(BindingRow) == 0
        assert await door.count(AuditRow) == written
        async with door.database.read() as session:
            assert (await session.get_one(InviteRow, 1)).used_at is None


async def test_an_update_waits_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_door(FindsNoDatabase) as door:
        await door.town.says(LAN, f"/start {await door.invite('STP')}")
        await door.take_in()

        with pytest.raises(OperationalError):
            await door.handle_all()
        while_away = await door.rows()
        monkeypatch.setattr(FindsNoDatabase, "away", False)
        await door.handle_all()

        assert while_away == [(NEW, None)]
        assert await door.rows() == [(HANDLED, None)]
        assert await door.answers() == ["✅ Đã kết nối với Sở Tư pháp."]


# ---- chats that go and come ----


async def bound_group(door: Door) -> None:
    await door.town.says(GROUP, f"/start {await door.invite('STP')}", who=LAN)
    await door.let_in()


async def suspended(door: Door, address: int) -> str | None:
    chat = await door.chat(address)
    assert chat is not None
    return chat.suspended


async def test_a_person_who_blocks_the_bot_is_out_of_reach_until_they_write_again(door: Door) -> None:
    await door.town.says(LAN, f"/start {await door.invite('STP')}")
    await door.let_in()

    await door.town.ask("POST", f"/chats/{LAN}/block")
    await door.let_in()
    while_blocked = await suspended(door, LAN)
    await door.town.ask("POST", f"/chats/{LAN}/unblock")
    await door.town.says(LAN, "/start")
    await door.let_in()

    assert while_blocked == "blocked by the person"
    assert await suspended(door, LAN) is None
    assert (await door.answers())[-1] == "Cuộc trò chuyện này đang nhận nhắc việc của Sở Tư pháp."


async def test_a_group_that_removed_the_bot_is_out_of_reach_until_it_is_added_again(door: Door) -> None:
    await bound_group(door)

    await door.town.ask("POST", f"/chats/{GROUP}/block")
    await door.let_in()
    while_out = await suspended(door, GROUP)
    await door.town.ask("POST", f"/chats/{GROUP}/unblock")
    await door.let_in()

    assert while_out == "removed from the group"
    assert await suspended(door, GROUP) is None


async def test_a_group_that_becomes_a_supergroup_stays_bound(door: Door) -> None:
    await bound_group(door)

    moved = await door.town.ask("POST", f"/chats/{GROUP}/migrate")
    await door.let_in()
    await door.town.says(moved["id"], "/start", who=LAN)
    await door.let_in()

    assert await door.chat(GROUP) is None
    assert (await door.answers())[-1] == "Cuộc trò chuyện này đang nhận nhắc việc của Sở Tư pháp."


async def test_nothing_waits_means_nothing_is_handled(door: Door) -> None:
    assert await door.reception.handle_next(now=door.now, wall=WALL) is False


async def test_each_command_is_a_line_of_the_log_with_ids_and_nothing_that_was_said(door: Door) -> None:
    await door.town.says(LAN, f"/start {await door.invite('STP')}")
    await door.town.says(LAN, "xong 2.6a ghi chú bí mật")
    await door.town.says(LAN, "/setdue 2.6a 30/6")

    with capture_logs() as logs:
        await door.let_in()

    lines = [line for line in logs if line["event"] == "command"]
    assert [(line["command"], line["outcome"]) for line in lines] == [
        ("start", "answered"),
        ("done", "answered"),
        ("setdue", "refused"),
    ]
    assert {key for line in lines for key in line} == {
        "event", "log_level", "inbox_id", "chat_id", "command", "outcome",
    }  # fmt: skip
    assert [(one.command, one.outcome.value) for one in door.handled] == [
        (line["command"], line["outcome"]) for line in lines
    ]


async def test_an_update_that_is_parked_is_told_once_to_operators_without_what_it_said(door: Door) -> None:
    operator = await bound_chat(door.database, "1003", "", role=Role.OPERATOR)
    await door.town.inject(message="mật khẩu")

    await door.let_in()

    assert door.handled == [HANDLED_AS_PARKED]
    async with door.database.read() as session:
        [note] = await session.scalars(select(OutboxRow))
    told = plain(from_json(note.body or {}))
    assert note.chat_id == operator.id
    assert told.startswith("⚠️ Bot không xử lý được một tin nhận được.\nLỗi: UnreadableUpdate · số 1")
    assert "mật khẩu" not in told
