"""Who in a group may act: any member, or its admins only, as Telegram itself says at that moment."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.conversation import Conversation
from bot.options import Options
from bot.reception import Reception
from bot.telegram.channel import TelegramChannel
from bot.telegram.entrance import telegram_entrance
from bot.telegram.updates import read_update
from bot.wording import ADMINS_NEVER_KNOWN, ADMINS_ONLY, ADMINS_UNKNOWN
from store.chats import find_chat, move_chat
from store.database import Database
from store.states import ChatKind, InboxState, Role
from store.tables import AuditRow, ChatRow
from tests.bot.door import GROUP, LAN, MINH, Door, open_door
from tests.bot.office import plain
from tests.worlds import TIMETABLE, WALL

ONLY_ADMINS = plain(ADMINS_ONLY)
NOT_KNOWN = plain(ADMINS_UNKNOWN)
NEVER_KNOWN = plain(ADMINS_NEVER_KNOWN).splitlines()[0]
QUESTION = "Ghi nhận đã xong?"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """The group speaks for Sở Tư pháp; Lan is its admin, Minh a member."""
    async with open_door() as opened:
        await opened.town.says(GROUP, f"/start {await opened.invite('STP')}", who=MINH)
        await opened.let_in()
        yield opened


async def make_strict(door: Door) -> None:
    await say(door, LAN, "/group admins")


async def say(door: Door, who: int, text: str) -> str:
    """The first line of the answer."""
    await door.town.says(GROUP, text, who=who)
    await door.let_in()
    return (await door.answers())[-1]


async def tap(door: Door, who: int, action: str) -> str:
    """A tap of a button that the bot has offered in the group."""
    await door.town.inject(
        callback_query={
            "id": "1",
            "from": {"id": who, "is_bot": False, "first_name": "x"},
            "chat_instance": "1",
            "message": {"message_id": 99, "date": 1, "chat": {"id": GROUP, "type": "group", "title": "x"}},
            "data": action,
        }
    )
    await door.let_in()
    return (await door.answers())[-1]


async def say_as_the_group(door: Door, text: str) -> str:
    """As an admin who stays anonymous (Bot API, Message, sender_chat)."""
    group = {"id": GROUP, "type": "group", "title": "Sở Tư pháp"}
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    await door.town.inject(
        message={
            "message_id": 98,
            "date": 1,
            "chat": group,
            "from": anonymous,
            "sender_chat": group,
            "text": text,
        }
    )
    await door.let_in()
    return (await door.answers())[-1]


async def set_admins(door: Door, *admins: int) -> None:
    chat = {"type": "group", "id": GROUP, "title": "Sở Tư pháp", "admins": list(admins)}
    await door.town.ask("POST", "/chats", chat)


async def questions(door: Door) -> int:
    """How often Telegram was asked who the admins are."""
    calls = (await door.town.ask("GET", "/log"))["calls"]
    return sum(call["method"].lower() == "getchatadministrators" for call in calls)


async def is_strict(door: Door) -> bool:
    chat = await door.chat(GROUP)
    assert chat is not None
    return chat.admins_only


# ---- any member may ----


async def test_at_first_any_member_may_record_and_nobody_is_asked_who_is_an_admin(door: Door) -> None:
    assert await say(door, MINH, "/done 2.6a") == QUESTION
    assert await questions(door) == 0


@pytest.mark.parametrize("text", ["/leave", "/handover", "/group", "/group admins", "/nhom quan tri"])
async def test_what_could_disconnect_the_group_always_needs_an_admin(door: Door, text: str) -> None:
    assert await say(door, MINH, text) == ONLY_ADMINS
    assert await say(door, LAN, text) != ONLY_ADMINS


# ---- admins only ----


async def test_in_a_strict_group_admins_record_and_members_read(door: Door) -> None:
    await make_strict(door)

    assert await say(door, MINH, "/done 2.6a") == ONLY_ADMINS
    assert await say(door, MINH, "/due") != ONLY_ADMINS
    assert await say(door, MINH, "/task 2.6a") != ONLY_ADMINS
    assert await say(door, LAN, "/done 2.6a") == QUESTION


async def test_a_members_tap_on_an_admins_question_changes_nothing(door: Door) -> None:
    await make_strict(door)
    await say(door, LAN, "/done 2.6a")

    refused = [await tap(door, MINH, action) for action in ("yes:1", "no:1", "pick:1:0", "run:/done 2.6a")]
    by_admin = await tap(door, LAN, "yes:1")
    undo_refused = await tap(door, MINH, "undo:1")
    undone = await tap(door, LAN, "undo:1")

    assert refused == [ONLY_ADMINS] * 4
    assert by_admin == "✅ Đã ghi nhận xong."
    assert undo_refused == ONLY_ADMINS
    assert undone.startswith("↩️")


async def test_a_member_may_turn_the_pages_of_what_they_may_read(door: Door) -> None:
    await make_strict(door)

    assert await tap(door, MINH, "run:/due") != ONLY_ADMINS
    assert await tap(door, MINH, "page:2:/due all") != ONLY_ADMINS
    assert await tap(door, MINH, "page:2:/done 2.6a") == ONLY_ADMINS


async def test_an_admin_who_stays_anonymous_counts(door: Door) -> None:
    assert await say_as_the_group(door, "/group admins") == "✅ Đã đổi cài đặt của nhóm."
    assert await say_as_the_group(door, "/done 2.6a") == QUESTION
    assert await questions(door) == 0


async def test_another_chat_that_writes_into_the_group_is_no_admin(door: Door) -> None:
    channel = {"id": -1009, "type": "channel", "title": "kênh"}
    await make_strict(door)
    await door.town.inject(
        message={
            "message_id": 98,
            "date": 1,
            "chat": {"id": GROUP, "type": "group", "title": "Sở Tư pháp"},
            "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
            "sender_chat": channel,
            "text": "/done 2.6a",
        }
    )
    await door.let_in()

    assert (await door.answers())[-1] == ONLY_ADMINS


# ---- /group ----


async def test_the_setting_is_shown_changed_and_written_down(door: Door) -> None:
    shown = await say(door, LAN, "/group")
    changed = await say(door, LAN, "/nhóm quản trị")
    strict = await is_strict(door)
    again = await say(door, LAN, "/group admins")
    back = await say(door, LAN, "/nhom tat ca")

    assert shown == "Trong nhóm này, mọi thành viên đều được ghi nhận."
    assert changed == back == "✅ Đã đổi cài đặt của nhóm."
    assert strict
    assert again.startswith("Không có gì thay đổi. Trong nhóm này, chỉ quản trị viên")
    assert not await is_strict(door)
    async with door.database.read() as session:
        rows = await session.scalars(select(AuditRow).where(AuditRow.action == "group").order_by(AuditRow.id))
        assert [(row.subject, row.person, row.person_name) for row in rows] == [
            ("admins", str(LAN), "Lan"),
            ("all", str(LAN), "Lan"),
        ]


async def test_a_setting_that_is_none_is_answered_with_what_there_is(door: Door) -> None:
    answer = await say(door, LAN, "/group abc")

    assert answer == "Anh/chị gõ /group admins (chỉ quản trị viên) hoặc /group all (mọi thành viên)."
    assert not await is_strict(door)


async def test_in_a_private_chat_there_is_nothing_to_set(door: Door) -> None:
    await door.town.says(LAN, f"/start {await door.invite('STP')}")
    await door.town.says(LAN, "/group admins")
    await door.let_in()

    assert (await door.answers())[-1].startswith("Lệnh này chỉ dùng trong nhóm")
    assert await questions(door) == 0


# ---- how it is found out ----


async def test_telegram_is_asked_once_a_minute_and_believed_for_so_long(door: Door) -> None:
    await make_strict(door)
    for _ in range(3):
        await say(door, MINH, "/done 2.6a")
    asked_before = await questions(door)
    await set_admins(door, LAN, MINH)
    still = await say(door, MINH, "/done 2.6a")

    await grow_old(door, timedelta(seconds=61))
    now = await say(door, MINH, "/done 2.6a")

    assert asked_before == 1
    assert (still, now) == (ONLY_ADMINS, QUESTION)
    assert await questions(door) == 2


async def test_who_is_no_admin_any_more_is_refused_a_minute_later(door: Door) -> None:
    await make_strict(door)
    await set_admins(door, MINH)
    await grow_old(door, timedelta(seconds=61))

    assert await say(door, LAN, "/done 2.6a") == ONLY_ADMINS


async def grow_old(door: Door, age: timedelta) -> None:
    """What is known of the group's admins was learnt so long ago."""
    async with door.database.write() as session:
        chat = await find_chat(session, channel="telegram", address=str(GROUP))
        assert chat is not None
        chat.admins_at = WALL - age


@pytest.mark.parametrize("status", [400, 403, 429, 500])
async def test_when_it_cannot_be_found_out_nothing_changes_and_the_person_hears_so(
    door: Door, status: int
) -> None:
    await door.town.fault("status", method="getChatAdministrators", status=status)

    answer = await say(door, LAN, "/group admins")
    strict = await is_strict(door)
    next_time = await say(door, LAN, "/group admins")

    assert answer == NOT_KNOWN
    assert not strict
    assert next_time == "✅ Đã đổi cài đặt của nhóm."
    assert {state for state, _ in await door.rows()} == {InboxState.HANDLED}


async def test_a_tap_that_cannot_be_checked_is_acknowledged_and_changes_nothing(door: Door) -> None:
    await make_strict(door)
    await say(door, LAN, "/done 2.6a")
    await grow_old(door, timedelta(minutes=5))
    await door.town.fault("drop_before", method="getChatAdministrators")

    assert await tap(door, LAN, "yes:1") == NOT_KNOWN
    assert await tap(door, LAN, "yes:1") == "✅ Đã ghi nhận xong."


@pytest.mark.parametrize("command", ["/group admins", "/leave", "/handover"])
async def test_where_nobody_tells_who_the_admins_are_what_needs_one_says_what_to_do_instead(
    door: Door, command: str
) -> None:
    door.reception = reception_with(door, None)

    assert await say(door, LAN, command) == NEVER_KNOWN
    assert "thường trực (/revoke, /invite)" in plain(ADMINS_NEVER_KNOWN)
    assert not await is_strict(door)
    assert {state for state, _ in await door.rows()} == {InboxState.HANDLED}


async def test_where_nobody_tells_who_the_admins_are_every_member_may_record(door: Door) -> None:
    door.reception = reception_with(door, None)

    assert await say(door, MINH, "/done 2.6a") == QUESTION
    assert await say(door, MINH, "/due") != NEVER_KNOWN


class Broken:
    """Fails in a way that nobody foresaw."""

    async def admins(self, address: str) -> tuple[str, ...] | None:
        raise RuntimeError("a defect")


async def test_a_channel_that_breaks_when_asked_lets_nobody_act(door: Door) -> None:
    door.reception = reception_with(door, Broken())

    assert await say(door, LAN, "/group admins") == NOT_KNOWN


class Writes:
    """Needs the database for itself while it is asked: it would wait for ever for a transaction that waits for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def admins(self, address: str) -> tuple[str, ...] | None:
        async with asyncio.timeout(5), self._database.write():
            return (str(LAN),)


async def test_nobody_is_asked_inside_a_transaction(door: Door) -> None:
    door.reception = reception_with(door, Writes(door.database))

    assert await say(door, LAN, "/group admins") == "✅ Đã đổi cài đặt của nhóm."


def reception_with(door: Door, channel: Broken | Writes | None) -> Reception:
    return Reception(
        door.database,
        Conversation(
            entrances={"telegram": telegram_entrance(door.bot.username)},
            timetable=TIMETABLE,
            options=Options(),
        ),
        {"telegram": partial(read_update, bot=door.bot)},
        admins={"telegram": channel} if channel is not None else None,
    )


async def test_of_updates_that_are_handled_together_none_is_lost_or_done_twice(door: Door) -> None:
    for text in ("/due", "/group admins", "/due", "/done 2.6a"):
        await door.town.says(GROUP, text, who=LAN)
    await door.town.says(GROUP, "/done 2.6a", who=MINH)
    await door.town.says(MINH, "/help")
    await door.take_in()
    before = len(await door.answers())

    while await door.reception.handle_waiting(now=door.now, wall=WALL):
        pass

    heard = (await door.answers())[before:]
    assert len(heard) == 6
    assert (
        heard.count("✅ Đã đổi cài đặt của nhóm.") == heard.count(QUESTION) == heard.count(ONLY_ADMINS) == 1
    )
    assert {state for state, _ in await door.rows()} == {InboxState.HANDLED}
    assert await questions(door) == 1


async def test_telegrams_answer_is_the_ids_of_the_admins(door: Door) -> None:
    channel = TelegramChannel(door.bot)

    assert await channel.admins(str(GROUP)) == (str(LAN),)
    assert await channel.admins(str(LAN)) is None
    assert await channel.admins("-2099") is None


# ---- groups that move and come back ----


async def test_a_group_that_becomes_a_supergroup_stays_strict(door: Door) -> None:
    await make_strict(door)

    moved = await door.town.ask("POST", f"/chats/{GROUP}/migrate")
    await door.let_in()
    await door.town.says(moved["id"], "/done 2.6a", who=MINH)
    await door.let_in()

    assert (await door.answers())[-1] == ONLY_ADMINS


async def test_of_two_rows_that_become_one_the_stricter_setting_stays(door: Door) -> None:
    async with door.database.write() as session:
        session.add(
            ChatRow(
                channel="telegram", address="-100", kind=ChatKind.GROUP, admins_only=True, recent_sends=[]
            )
        )
    async with door.database.write() as session:
        await move_chat(session, channel="telegram", old=str(GROUP), new="-100")

    async with door.database.read() as session:
        chat = await find_chat(session, channel="telegram", address="-100")
        assert chat is not None
        assert chat.admins_only


async def test_a_strict_group_that_removed_the_bot_and_adds_it_again_is_bound_and_strict(door: Door) -> None:
    await make_strict(door)

    await door.town.blocks(GROUP)
    await door.let_in()
    await door.town.unblocks(GROUP)
    await door.let_in()

    assert await say(door, MINH, "/done 2.6a") == ONLY_ADMINS
    assert await say(door, MINH, "/who") == "Nhóm này đang kết nối với:"
    assert await is_strict(door)


async def test_the_standing_office_in_a_strict_group_has_its_admins_invite(door: Door) -> None:
    await door.town.says(GROUP, f"/start {await door.invite('SNV', role=Role.STANDING_OFFICE)}", who=LAN)
    await door.let_in()
    await make_strict(door)

    assert await say(door, MINH, "/invite STP") == ONLY_ADMINS
    assert await say(door, MINH, "/bindings") != ONLY_ADMINS
    assert await say(door, LAN, "/invite STP") == "Mã mời Sở Tư pháp"
