"""Events of the Zalo Bot Platform as the conversation gets them, whatever they look like."""

from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from bot.request import File, NotWords, Person, Place, Wordless, Words
from bot.zalo.updates import UnreadableUpdate, arrival_of, read_update
from store import inbox
from store.database import Database
from store.inbox import Arrival
from store.states import ChatKind
from store.tables import InboxRow
from tests.worlds import WALL

BOT = "Bot Nhắc Việc"
LAN = Place(channel="zalo", address="6ede9afa", kind=ChatKind.PRIVATE, sparing=True)
TED = Person(id="6ede9afa", name="Ted")
TEXT, IMAGE = "message.text.received", "message.image.received"


def event(name: str = TEXT, /, **more: object) -> dict[str, Any]:
    """As documented (https://docs.zaloplatforms.com/docs/BOT/webhook), with other or more fields in its message."""
    sent = {
        "from": {"id": "6ede9afa", "display_name": "Ted", "is_bot": False},
        "chat": {"id": "6ede9afa", "chat_type": "PRIVATE"},
        "message_id": "2d758cb5e222177a4e35",
        "date": 1750316131602,
    }
    return {"event_name": name, "message": sent | more}


def words(text: str, **more: Any) -> Words:
    return Words(place=LAN, person=TED, text=text, message_id="2d758cb5e222177a4e35", **more)


def test_words_are_read_bare_and_wrapped() -> None:
    bare = event(text="Xin chào")

    assert read_update(bare, BOT) == words("Xin chào")
    assert read_update({"ok": True, "result": bare}, BOT) == words("Xin chào")


@pytest.mark.parametrize("chat_type", ["GROUP", "group", "COMMUNITY", None])
def test_a_group_is_a_place_of_its_own_and_so_is_what_is_not_said_to_be_private(
    chat_type: str | None,
) -> None:
    said = event(text="hạn", chat={"id": "zgr-1", "chat_type": chat_type})

    assert read_update(said, BOT) == Words(
        place=Place(channel="zalo", address="zgr-1", kind=ChatKind.GROUP, sparing=True),
        person=TED,
        text="hạn",
        message_id="2d758cb5e222177a4e35",
    )


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("@Bot Nhắc Việc hạn", "hạn"),
        ("  @bot  nhắc việc, hạn", "hạn"),
        ("@Bot Nhắc Việc: hạn", "hạn"),
        ("@Bot Nhắc Việc\nxong 2.6a", "xong 2.6a"),
        (normalize("NFD", "@Bot Nhắc Việc hạn"), "hạn"),
        ("xong @Bot Nhắc Việc 2.6a", "xong 2.6a"),
        ("xong 2.6a @Bot Nhắc Việc", "xong 2.6a"),
        ("@Bot Nhắc Việc", ""),
        ("@Bot Nhắc Việc hỏi @Bot Nhắc Việc", "hỏi @Bot Nhắc Việc"),
        ("@Bot Nhắc Việcs hạn", "@Bot Nhắc Việcs hạn"),
        ("lan@Bot Nhắc Việc", "lan@Bot Nhắc Việc"),
        ("@Lan  hạn\n", "@Lan  hạn\n"),
    ],
)
def test_the_first_mention_of_the_bot_is_cut_off(said: str, read: str) -> None:
    assert read_update(event(text=said), BOT) == words(read)


def test_a_bot_without_a_name_is_not_mentioned() -> None:
    assert read_update(event(text="@ hạn"), "") == words("@ hạn")


def test_what_a_bot_says_is_not_for_us() -> None:
    assert read_update(event(text="hạn", **{"from": {"id": "1", "is_bot": True}}), BOT) is None


@pytest.mark.parametrize("field", ["photo", "photo_url"])
def test_an_image_is_a_file_with_its_caption(field: str) -> None:
    image = event(IMAGE, **{field: "https://zalo.vn/a.jpg"}, caption="@Bot Nhắc Việc xong 2.6a")

    assert read_update(image, BOT) == words(
        "xong 2.6a", files=(File(id="https://zalo.vn/a.jpg", name="ảnh_7a4e35.jpg"),)
    )


def test_an_image_without_a_caption_has_no_words() -> None:
    image = event(IMAGE, photo="https://zalo.vn/a.jpg", caption=None)

    assert read_update(image, BOT) == words(
        "", files=(File(id="https://zalo.vn/a.jpg", name="ảnh_7a4e35.jpg"),)
    )


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("message.sticker.received", NotWords.STICKER),
        ("message.voice.received", NotWords.VOICE),
        ("message.unsupported.received", NotWords.WITHHELD),
    ],
)
def test_what_has_no_words_is_told_by_its_kind(name: str, sent: NotWords) -> None:
    assert read_update(event(name, sticker="x", voice_url="y"), BOT) == Wordless(
        place=LAN, person=TED, sent=sent, message_id="2d758cb5e222177a4e35"
    )


@pytest.mark.parametrize("name", ["message.video.received", "user.follow", ""])
def test_other_events_are_not_for_us(name: str) -> None:
    assert read_update({"event_name": name, "message": 7}, BOT) is None


def test_a_name_and_words_with_half_a_character_are_read_all_the_same() -> None:
    said = event(text="hạn \ud83d\0", **{"from": {"id": "6ede9afa", "display_name": "Ted\udd14"}})

    assert read_update(said, BOT) == Words(
        place=LAN,
        person=Person(id="6ede9afa", name="Ted\ufffd"),
        text="hạn \ufffd\ufffd",
        message_id="2d758cb5e222177a4e35",
    )


UNREADABLE: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no name": {"message": event()["message"]},
    "a number as name": {"event_name": 7},
    "no message": {"event_name": TEXT},
    "words as message": {"event_name": TEXT, "message": "bí mật"},
    "no sender": event(text="bí mật", **{"from": None}),
    "no chat": event(text="bí mật", chat={}),
    "an empty id": event(text="bí mật", chat={"id": ""}),
    "a number as id": event(text="bí mật", chat={"id": 7}),
    "an id with NUL": event(text="bí mật", chat={"id": "7\0"}),
    "half a character as id": event(text="bí mật", **{"from": {"id": "\ud800"}}),
    "an id longer than the store's": event(text="bí mật", chat={"id": "x" * 65}),
    "a number of a message": event(text="bí mật", message_id=7),
    "a list as text": event(text=["bí mật"]),
    "no photo": event(IMAGE, caption="bí mật"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_an_event_that_is_not_as_described_is_unreadable_and_its_words_stay_secret(case: str) -> None:
    with pytest.raises(UnreadableUpdate) as caught:
        read_update(UNREADABLE[case], BOT)

    assert "bí mật" not in f"{caught.value} {caught.value!r}"


def test_an_event_is_known_by_its_name_and_message_however_it_comes() -> None:
    bare = event(text="Xin chào")

    arrivals = [arrival_of(bare), arrival_of({"ok": True, "result": bare})]

    assert [(one.update_id, one.lane) for one in arrivals] == [
        ("message.text.received:2d758cb5e222177a4e35", "6ede9afa")
    ] * 2


def test_two_events_of_a_message_are_two() -> None:
    assert arrival_of(event(TEXT)).update_id != arrival_of(event(IMAGE)).update_id


def test_events_without_a_message_are_told_apart_by_what_they_say() -> None:
    one, same, other = ({"event_name": "x", "n": number} for number in (1, 1, 2))

    assert arrival_of(one).update_id == arrival_of(same).update_id != arrival_of(other).update_id


TEXTS = st.text(st.characters(), max_size=5) | st.sampled_from(
    ["\0", "\ud800", "a\0b", "x" * 64, "x" * 65, "x" * 81, "ệ" * 30, TEXT, IMAGE, "GROUP", "6ede9afa"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields, each as described or not."""
    return st.fixed_dictionaries({}, optional={name: kind | VALUES for name, kind in fields.items()})


MESSAGES = objects(
    **{"from": objects(id=TEXTS, display_name=TEXTS, is_bot=st.booleans())},
    chat=objects(id=TEXTS, chat_type=TEXTS),
    message_id=TEXTS,
    text=TEXTS,
    caption=TEXTS,
    photo=TEXTS,
    photo_url=TEXTS,
)
NAMES = st.sampled_from(
    [TEXT, IMAGE, "message.sticker.received", "message.voice.received", "message.unsupported.received"]
)
EVENTS = objects(event_name=NAMES, message=MESSAGES)
RAW = EVENTS | objects(result=EVENTS) | st.dictionaries(TEXTS, VALUES, max_size=3)


@given(RAW)
def test_whatever_comes_is_read_or_said_to_be_unreadable(raw: dict[str, Any]) -> None:
    try:
        incoming = read_update(raw, BOT)
    except UnreadableUpdate as error:
        str(error).encode()
        return

    if incoming is not None:
        assert isinstance(incoming, Words | Wordless)
        said = [incoming.place.address, incoming.person.id, incoming.message_id]
        assert all(0 < len(one) <= 64 for one in said)
        texts = [*said, incoming.person.name, incoming.text if isinstance(incoming, Words) else ""]
        assert "\0" not in "".join(texts).encode().decode()


@given(raw=RAW)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_comes_fits_the_inbox(each_database: Database, raw: dict[str, Any]) -> None:
    arrival = arrival_of(raw)

    async with each_database.write() as session:
        await inbox.keep(session, channel="zalo", arrivals=[arrival, arrival], now=WALL)
        [row] = await session.scalars(select(InboxRow))
        kept = Arrival(update_id=row.update_id, lane=row.lane, raw=row.raw)
        await session.execute(delete(InboxRow))

    assert kept == arrival
    assert max(len(kept.update_id), len(kept.lane)) <= 80
