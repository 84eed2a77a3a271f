"""Raw updates read: what they say to us, if anything."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.request import Back, File, Gone, Incoming, Moved, Person, Place, Tap, Words
from bot.telegram.connect import PollingBot, make_bot
from bot.telegram.updates import UnreadableUpdate, lane_of, read_update
from store.states import ChatKind
from tests.app.town import TOKEN, open_town

LAN = {"id": 7, "is_bot": False, "first_name": "Nguyễn Thị", "last_name": "Lan"}
US = {"id": 2023, "is_bot": True, "first_name": "Nhắc Việc", "username": "nhacviec_bot"}
ANOTHER_BOT = {"id": 99, "is_bot": True, "first_name": "Bot", "username": "another_bot"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Lan"}
GROUP = {"id": -20, "type": "group", "title": "Sở Tư pháp"}
SUPERGROUP = {"id": -1005, "type": "supergroup", "title": "Sở Tư pháp"}
AT_HOME = Place(channel="telegram", address="7", kind=ChatKind.PRIVATE)
IN_GROUP = Place(channel="telegram", address="-20", kind=ChatKind.GROUP)
PERSON = Person(id="7", name="Nguyễn Thị Lan")


@pytest.fixture
async def bot() -> AsyncIterator[PollingBot]:
    async with open_town() as town, make_bot(token=TOKEN, api_url=town.url, proxy=None) as made:
        yield made


def said(chat: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"update_id": 1, "message": {"message_id": 5, "date": 1, "chat": chat, "from": LAN} | more}


def mention(text: str, name: str) -> dict[str, object]:
    offset = len(text[: text.index(name)].encode("utf-16-le")) // 2
    return {"text": text, "entities": [{"type": "mention", "offset": offset, "length": len(name)}]}


def words(place: Place, text: str, **more: Any) -> Words:
    return Words(place=place, person=PERSON, text=text, message_id="5", **more)


REPLY_TO_US = {"message_id": 4, "date": 1, "chat": GROUP, "from": US, "text": "🔔"}
REPLY_TO_LAN = {"message_id": 4, "date": 1, "chat": GROUP, "from": LAN, "text": "chào"}
REPLY_TO_A_COMMAND = REPLY_TO_LAN | {"text": "/done 2.6a"}
BUTTONS = {
    "inline_keyboard": [
        [{"text": "Xác nhận", "callback_data": "yes:3"}, {"text": "Thôi", "callback_data": "no:3"}],
        [{"text": "Trang web", "url": "https://example.org"}],
    ]
}
SMALL = {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 900}
LARGE = {"file_id": "large", "file_unique_id": "l", "width": 1280, "height": 853, "file_size": 90_000}
PAPER = {"file_id": "paper", "file_unique_id": "p", "file_name": "Kế hoạch.pdf", "file_size": 5_000}
VOICE = {"file_id": "voice", "file_unique_id": "v", "duration": 3}
STICKER = {
    "file_id": "x", "file_unique_id": "x", "type": "regular", "width": 1, "height": 1,
    "is_animated": False, "is_video": False,
}  # fmt: skip
PICTURE = File(id="large", name="ảnh_5.jpg", size=90_000)

MESSAGES: list[tuple[dict[str, Any], Incoming | None]] = [
    (said(PRIVATE, text="xong 2.6a"), words(AT_HOME, "xong 2.6a")),
    (said(PRIVATE, text="/due"), words(AT_HOME, "/due")),
    (said(PRIVATE, text="/due@nhacviec_bot all"), words(AT_HOME, "/due all")),
    (said(PRIVATE, text="/due@other_bot"), None),
    (said(PRIVATE, caption="/done 2.6a", photo=[]), words(AT_HOME, "/done 2.6a")),
    (said(PRIVATE, photo=[]), None),
    (said(GROUP, text="/due"), words(IN_GROUP, "/due")),
    (said(GROUP, **{"from": ANOTHER_BOT}, text="/due"), None),
    # An admin who stays anonymous is written as a bot, with the group as the sender.
    (
        said(GROUP, **{"from": ANONYMOUS}, sender_chat=GROUP, text="/due"),
        Words(
            place=IN_GROUP,
            person=Person(id="1087968824", name="Group", as_group=True),
            text="/due",
            message_id="5",
        ),
    ),
    (said(GROUP, text="/due@NhacViec_Bot"), words(IN_GROUP, "/due")),
    (said(GROUP, text="/due@other_bot"), None),
    (said(GROUP, text="xong 2.6a"), None),
    (said(GROUP, **mention("@nhacviec_bot xong 2.6a", "@nhacviec_bot")), words(IN_GROUP, "xong 2.6a")),
    (
        said(GROUP, **mention("🔔 anh chị @Nhacviec_bot ơi", "@Nhacviec_bot")),
        words(IN_GROUP, "🔔 anh chị  ơi"),
    ),
    (said(GROUP, **mention("@other_bot xong", "@other_bot")), None),
    (
        said(GROUP, text="xong 2.6a", reply_to_message=REPLY_TO_US),
        words(IN_GROUP, "xong 2.6a", replied_to="4"),
    ),
    (said(GROUP, text="xong 2.6a", reply_to_message=REPLY_TO_LAN), None),
    (said(GROUP, text="xong 2.6a", reply_to_message=REPLY_TO_A_COMMAND), None),
    (said(PRIVATE, text="xong", reply_to_message=REPLY_TO_LAN), words(AT_HOME, "xong", replied_to="4")),
    (said(GROUP, text="/due", **{"from": US}), None),
    (said(GROUP, new_chat_title="tên mới"), None),
    (
        said(GROUP, migrate_to_chat_id=-1005),
        Moved(channel="telegram", old="-20", new="-1005"),
    ),
    (said(SUPERGROUP, migrate_from_chat_id=-20), None),
]


@pytest.mark.parametrize(("raw", "expected"), MESSAGES, ids=range(len(MESSAGES)))
async def test_messages(bot: PollingBot, raw: dict[str, Any], expected: Incoming | None) -> None:
    assert read_update(raw, bot) == expected


FILES: list[tuple[dict[str, Any], Incoming | None]] = [
    # Telegram sends a photo in several sizes, in no promised order.
    (
        said(PRIVATE, caption="/done 2.6a", photo=[LARGE, SMALL]),
        words(AT_HOME, "/done 2.6a", files=(PICTURE,)),
    ),
    (said(PRIVATE, photo=[SMALL, LARGE]), words(AT_HOME, "", files=(PICTURE,))),
    (
        said(PRIVATE, photo=[LARGE], media_group_id="77"),
        words(AT_HOME, "", files=(PICTURE,), album="77"),
    ),
    (
        said(PRIVATE, document=PAPER),
        words(AT_HOME, "", files=(File(id="paper", name="Kế hoạch.pdf", size=5_000),)),
    ),
    (
        said(PRIVATE, document={"file_id": "d", "file_unique_id": "d", "mime_type": "application/pdf"}),
        words(AT_HOME, "", files=(File(id="d", name="tệp.pdf"),)),
    ),
    (
        said(PRIVATE, document={"file_id": "d", "file_unique_id": "d"}),
        words(AT_HOME, "", files=(File(id="d", name="tệp"),)),
    ),
    (said(PRIVATE, voice=VOICE), None),
    (said(PRIVATE, sticker=STICKER), None),
    (said(GROUP, photo=[LARGE]), None),
    (said(GROUP, photo=[LARGE], caption="ảnh đẹp"), None),
    (
        said(GROUP, photo=[LARGE], caption="/done@nhacviec_bot 2.6a"),
        words(IN_GROUP, "/done 2.6a", files=(PICTURE,)),
    ),
    (
        said(GROUP, photo=[LARGE], reply_to_message=REPLY_TO_US | {"reply_markup": BUTTONS}),
        words(IN_GROUP, "", files=(PICTURE,), replied_to="4", replied_choices=("yes:3", "no:3")),
    ),
    # Of a bot that sees everything as an admin: in answer to what its sender asked, and to nothing else.
    (
        said(GROUP, photo=[LARGE], reply_to_message=REPLY_TO_A_COMMAND),
        words(IN_GROUP, "", files=(PICTURE,), replied_to="4"),
    ),
    (said(GROUP, photo=[LARGE], reply_to_message=REPLY_TO_LAN | {"reply_markup": BUTTONS}), None),
    (said(GROUP, photo=[LARGE], **{"from": ANOTHER_BOT}, reply_to_message=REPLY_TO_US), None),
]


@pytest.mark.parametrize(("raw", "expected"), FILES, ids=range(len(FILES)))
async def test_files_and_what_they_reply_to(
    bot: PollingBot, raw: dict[str, Any], expected: Incoming | None
) -> None:
    assert read_update(raw, bot) == expected


def tapped(**more: object) -> dict[str, Any]:
    under = {"message_id": 9, "date": 1, "chat": GROUP, "from": US, "text": "Xong?"}
    return {
        "update_id": 1,
        "callback_query": {"id": "55", "from": LAN, "chat_instance": "1", "message": under, "data": "yes:3"}
        | more,
    }


A_TAP = Tap(place=IN_GROUP, person=PERSON, action="yes:3", message_id="9", tap_id="55")
TAPS: list[tuple[dict[str, Any], Incoming | None]] = [
    (tapped(), A_TAP),
    # Telegram no longer shows a message that is too old: date 0, nothing but its number and chat.
    (tapped(message={"message_id": 9, "date": 0, "chat": GROUP}), A_TAP),
    (tapped(message=None), None),
    (tapped(data=None, game_short_name="chess"), None),
]


@pytest.mark.parametrize(("raw", "expected"), TAPS, ids=range(len(TAPS)))
async def test_taps(bot: PollingBot, raw: dict[str, Any], expected: Incoming | None) -> None:
    assert read_update(raw, bot) == expected


def member(chat: dict[str, Any], status: str, **more: object) -> dict[str, Any]:
    before = {"user": US, "status": "member"}
    return {
        "update_id": 1,
        "my_chat_member": {
            "chat": chat,
            "from": LAN,
            "date": 1,
            "old_chat_member": before,
            "new_chat_member": {"user": US, "status": status} | more,
        },
    }


MEMBERSHIPS: list[tuple[dict[str, Any], Incoming]] = [
    (member(PRIVATE, "kicked", until_date=0), Gone(place=AT_HOME, reason="blocked by the person")),
    (member(PRIVATE, "member"), Back(place=AT_HOME)),
    (member(GROUP, "kicked", until_date=0), Gone(place=IN_GROUP, reason="removed from the group")),
    (member(GROUP, "left"), Gone(place=IN_GROUP, reason="removed from the group")),
    (member(GROUP, "member"), Back(place=IN_GROUP)),
]


@pytest.mark.parametrize(("raw", "expected"), MEMBERSHIPS, ids=range(len(MEMBERSHIPS)))
async def test_memberships(bot: PollingBot, raw: dict[str, Any], expected: Incoming) -> None:
    assert read_update(raw, bot) == expected


@pytest.mark.parametrize(
    "raw",
    [
        {"message": {"chat": "x"}},
        {"message": 5},
        {"callback_query": {}},
        {"my_chat_member": {"chat": GROUP}},
        {"update_id": 1, "message": {"message_id": 1, "date": 10**30, "chat": PRIVATE}},
    ],
    ids=range(5),
)
async def test_what_is_no_update_is_refused_by_one_kind_of_error(
    bot: PollingBot, raw: dict[str, Any]
) -> None:
    with pytest.raises(UnreadableUpdate):
        read_update(raw, bot)


LANES: list[tuple[dict[str, Any], str]] = [
    (said(PRIVATE, text="/due"), "7"),
    (said(GROUP, text="/due"), "-20"),
    (said(GROUP, migrate_to_chat_id=-1005), "-20"),
    ({"update_id": 1, "callback_query": {"id": "1", "from": LAN, "message": {"chat": GROUP}}}, "-20"),
    ({"update_id": 1, "my_chat_member": {"chat": PRIVATE, "from": LAN}}, "7"),
    ({"update_id": 1, "something_new": {"chat": {"id": -7}}}, "-7"),
    ({"update_id": 1, "callback_query": {"id": "1", "from": LAN, "inline_message_id": "x"}}, "update 1"),
    ({"update_id": 1, "message": {"chat": "x"}}, "update 1"),
    ({"update_id": 1, "message": {"chat": {"id": "7"}}}, "update 1"),
    ({"update_id": 1, "message": {"chat": {"id": True}}}, "update 1"),
    ({"update_id": 1, "message": {"chat": {"id": 10**70}}}, "update 1"),
    ({"update_id": 1, "message": ["x"]}, "update 1"),
    ({"update_id": 1}, "update 1"),
    ({}, "update None"),
]


@pytest.mark.parametrize(("raw", "lane"), LANES, ids=range(len(LANES)))
def test_an_update_waits_for_those_of_its_chat_or_for_none(raw: dict[str, Any], lane: str) -> None:
    assert lane_of(raw) == lane


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["chat", "message", "id", "update_id"]) | st.text(), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(
    st.dictionaries(st.sampled_from(["update_id", "message", "callback_query"]) | st.text(), JSON, max_size=4)
)
def test_whatever_comes_has_a_lane_that_fits_its_column(raw: dict[str, Any]) -> None:
    assert 0 < len(lane_of(raw)) <= 80
