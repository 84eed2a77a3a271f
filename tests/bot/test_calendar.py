"""/calendar: an address for the chat, shown once, made anew and switched off."""

import icalendar
import pytest

from bot.calendars import calendar_file
from bot.conversation import Conversation
from bot.message import Paper
from bot.options import Options
from store.calendar_links import link_behind
from store.chats import bindings_of, find_chat
from store.states import ChatKind, Role
from tests.bot.office import ENTRANCES, TIMETABLE, Office, labels, plain

HERE = "https://nhacviec.example.vn"


@pytest.fixture
async def open_to_all(office: Office) -> Office:
    """An office that people reach from outside, whose chat is Sở Tư pháp's."""
    office.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(public_url=HERE)
    )
    await office.bind("STP")
    return office


def token_in(answer: str) -> str:
    [address] = [line for line in answer.splitlines() if line.startswith(f"{HERE}/calendar/")]
    return address.removeprefix(f"{HERE}/calendar/").removesuffix(".ics")


async def leads_to_a_chat(office: Office, token: str) -> bool:
    async with office.database.read() as session:
        return await link_behind(session, token) is not None


@pytest.mark.parametrize("typed", ["/calendar", "lịch", "lich", "/lich"])
async def test_the_first_time_it_makes_an_address_and_says_how_to_use_it(
    open_to_all: Office, typed: str
) -> None:
    answer = await open_to_all.say(typed)

    assert await leads_to_a_chat(open_to_all, token_in(plain(answer)))
    for program in ("Google", "iPhone", "Outlook"):
        assert program in plain(answer)
    assert labels(answer) == ["Tắt đường dẫn", "Gửi tệp lịch"]


async def test_asked_again_it_says_that_there_is_one_and_does_not_show_it(open_to_all: Office) -> None:
    token = token_in(plain(await open_to_all.say("/calendar")))

    again = await open_to_all.say("/calendar")

    assert plain(again).startswith("📅 Đường dẫn lịch đã tạo ngày 13/03/2023, chưa có nơi nào dùng.")
    assert token not in plain(again)
    assert labels(again) == ["Tạo đường dẫn mới", "Tắt đường dẫn"]
    assert await leads_to_a_chat(open_to_all, token)


async def test_a_new_one_ends_the_old_one(open_to_all: Office) -> None:
    old = token_in(plain(await open_to_all.say("/calendar")))

    answer = (await open_to_all.tap(await open_to_all.say("/calendar"), "Tạo đường dẫn mới")).message

    new = token_in(plain(answer))
    assert "Đường dẫn cũ thôi dùng được" in plain(answer)
    assert [await leads_to_a_chat(open_to_all, token) for token in (old, new)] == [False, True]


async def test_it_can_be_switched_off_and_on_again(open_to_all: Office) -> None:
    made = await open_to_all.say("/calendar")

    off = (await open_to_all.tap(made, "Tắt đường dẫn")).message
    again = await open_to_all.say("/calendar tắt")

    assert plain(off).startswith("Đã tắt đường dẫn lịch.")
    assert not await leads_to_a_chat(open_to_all, token_in(plain(made)))
    assert plain(again).startswith("Chưa có đường dẫn lịch nào đang dùng.")
    assert await leads_to_a_chat(open_to_all, token_in(plain(await open_to_all.say("/calendar"))))


async def test_what_was_made_and_switched_off_is_written_down_without_the_address(
    open_to_all: Office,
) -> None:
    token = token_in(plain(await open_to_all.say("/calendar")))
    await open_to_all.say("/calendar tắt")

    entries = [entry for entry in await open_to_all.audit() if entry.action == "calendar"]

    assert [entry.subject for entry in entries] == ["new", "off"]
    assert token not in "".join(repr(vars(entry)) for entry in entries)


async def test_in_a_group_the_address_is_the_groups(open_to_all: Office) -> None:
    open_to_all.kind, open_to_all.chat = ChatKind.GROUP, "-5"
    await open_to_all.bind("VPUB")

    groups = token_in(plain(await open_to_all.say("/calendar")))
    open_to_all.chat, open_to_all.kind = "100", ChatKind.PRIVATE
    own = token_in(plain(await open_to_all.say("/calendar")))

    async with open_to_all.database.read() as session:
        chats = [await link_behind(session, token) for token in (groups, own)]
    assert len({link.chat_id for link in chats if link is not None}) == 2


async def test_without_a_public_address_nothing_is_made(office: Office) -> None:
    await office.bind("STP")

    for typed in ("/calendar", "/calendar mới", "/calendar tắt"):
        assert "chưa có địa chỉ công khai" in plain(await office.say(typed))

    assert [entry for entry in await office.audit() if entry.action == "calendar"] == []


async def test_words_that_mean_nothing_are_read_as_none(open_to_all: Office) -> None:
    await open_to_all.say("/calendar")

    for words in ("x" * 300, "'; DROP TABLE calendar_links; --", "\u202e", "🙂", "mới tắt"):
        assert "Đường dẫn lịch đã tạo" in plain(await open_to_all.say(f"/calendar {words}"))


async def test_the_file_has_what_the_address_gives(office: Office) -> None:
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    async with office.database.read() as session:
        chat = await find_chat(session, channel="telegram", address=office.chat)
        assert chat is not None
        bindings = await bindings_of(session, chat.id)
        draw = await calendar_file(session, bindings, TIMETABLE, now=office.now)
    file = draw()

    assert (file.name, file.media_type) == ("nhac-viec-2023-03-13.ics", "text/calendar")
    assert len(icalendar.Calendar.from_ical(file.content).walk("VEVENT")) > 20


async def test_the_file_is_sent_when_it_is_asked_for_or_nothing_else_is_there(office: Office) -> None:
    await office.bind("STP")

    offered = await office.say("/calendar")
    sent = (await office.tap(offered, "Gửi tệp lịch")).message

    assert "chưa có địa chỉ công khai" in plain(offered)
    assert sent.paper == Paper(kind="calendar")
    assert (await office.say("lịch tệp")).paper == Paper(kind="calendar")
