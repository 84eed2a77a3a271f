import re
from typing import Any

import pytest

from tests.sandbox.hands import GROUP, LAN, MINH, Hands
from tests.sandbox.zalo_hands import BOT, ZaloHands


def shown(zalo: ZaloHands, number: int) -> Any:
    return next(one for one in zalo.control("GET", "/state")["chats"] if one["id"] == number)


def test_a_chat_says_of_which_platform_it_is_and_what_the_bot_calls_it(zalo: ZaloHands) -> None:
    private, group, telegram = (shown(zalo, one) for one in (zalo.private["id"], zalo.group["id"], GROUP))

    assert (private["platform"], private["type"], private["title"]) == ("zalo", "private", "Lan")
    assert (group["platform"], group["type"], group["title"]) == ("zalo", "group", "Sở Tư pháp")
    assert (telegram["platform"], telegram["address"]) == ("telegram", str(GROUP))
    assert [one["address"] for one in group["members"]] == [
        private["address"],
        group["members"][1]["address"],
    ]
    assert re.fullmatch(r"zgr-[0-9a-f]{20}", group["address"])
    assert len({private["address"], group["address"], group["members"][1]["address"]}) == 3


def test_a_private_chat_has_a_number_of_its_own_and_is_found_by_its_person(zalo: ZaloHands) -> None:
    again = zalo.chat(type="private", members=[LAN])
    other = zalo.chat(type="private", members=[MINH])

    assert again["id"] == zalo.private["id"] != LAN
    assert other["id"] not in {zalo.private["id"], zalo.group["id"], MINH}


def test_a_chat_can_be_made_with_a_number_of_ones_choice_and_be_made_again(zalo: ZaloHands) -> None:
    number = zalo.group["id"] + 100

    made = zalo.chat(type="group", id=number, title="Sở Y tế", members=[LAN])
    changed = zalo.chat(type="group", id=number, title="Sở Nội vụ")

    assert made["id"] == changed["id"] == number
    assert made["address"] == changed["address"]
    assert (changed["title"], len(changed["members"])) == ("Sở Nội vụ", 1)


@pytest.mark.parametrize("which", ["private", "group"])
def test_a_chat_can_be_opened_to_the_bot_without_a_word(zalo: ZaloHands, which: str) -> None:
    chat = getattr(zalo, which)

    opened = zalo.chat(type=chat["type"], id=chat["id"], started=True)

    assert opened["started"]
    assert zalo.ok("sendMessage", chat_id=chat["address"], text="Việc sắp đến hạn")
    assert zalo.nothing()


def test_a_private_chat_with_a_person_beyond_the_plan_stays_shut(zalo: ZaloHands) -> None:
    zalo.control("PUT", "/limits", {"enabled": True, "zalo_users": 0})

    assert not zalo.chat(type="private", members=[LAN], started=True)["started"]


def test_the_page_sees_what_the_bot_said_and_that_it_is_unread(zalo: ZaloHands) -> None:
    zalo.meet()
    zalo.ok("sendMessage", chat_id=zalo.lan, text="Hạn", text_styles=[{"start": 0, "len": 3, "st": ["b"]}])

    chat = shown(zalo, zalo.private["id"])

    assert chat["unread"] == 1
    assert (chat["last_message"]["html"], chat["last_message"]["outgoing"]) == ("<b>Hạn</b>", True)
    assert chat["last_message"]["from"]["first_name"] == BOT


def test_commands_are_lists_of_telegram_only(zalo: ZaloHands) -> None:
    zalo.hands.ok("setMyCommands", commands=[{"command": "due", "description": "Hạn"}])

    assert shown(zalo, LAN)["commands"] != []
    assert shown(zalo, zalo.private["id"])["commands"] == []


def test_a_picture_of_the_page_reaches_the_bot_by_its_address(zalo: ZaloHands) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(16)
    sent = zalo.hands.http.post(
        f"{zalo.hands.url}/control/chats/{zalo.private['id']}/photos",
        data={"from": str(LAN), "caption": "2.6a"},
        files={"file": ("a.png", picture, "image/png")},
    )

    event = zalo.event()

    assert sent.status_code == 200
    assert event["event_name"] == "message.image.received"
    assert event["message"]["caption"] == "2.6a"
    assert zalo.hands.http.get(event["message"]["photo"]).content == picture


def test_a_file_of_the_page_is_something_the_bot_cannot_read(zalo: ZaloHands) -> None:
    zalo.hands.http.post(
        f"{zalo.hands.url}/control/chats/{zalo.private['id']}/documents",
        data={"from": str(LAN)},
        files={"file": ("a.pdf", b"%PDF", "application/pdf")},
    )

    assert zalo.event()["event_name"] == "message.unsupported.received"
    assert zalo.messages()[-1]["document"]["file_name"] == "a.pdf"


def test_the_state_tells_of_the_bot(zalo: ZaloHands) -> None:
    zalo.says("x")

    state = zalo.state()

    assert state["bot"] == {"id": 4120230001, "is_bot": True, "first_name": BOT}
    assert state["webhook"] == {"url": "", "updated_at": 0, "error": None}
    assert (state["polling"], state["waiting"], state["users"]) == (False, 1, 1)


def test_a_reset_forgets_chats_events_people_and_switches(zalo: ZaloHands) -> None:
    fresh = zalo.state()
    zalo.meet()
    zalo.ok("sendMessage", chat_id=zalo.lan, text="x")
    zalo.says("còn chờ")
    zalo.control("PUT", "/zalo", {"error_style": "status", "deliveries": 2})

    zalo.control("POST", "/reset")

    assert zalo.state() == fresh
    assert zalo.control("GET", "/state")["chats"] == []
    assert zalo.refused("sendMessage", chat_id=zalo.lan, text="x")[0] == 404


REFUSED: list[tuple[str, str, object, int]] = [
    ("POST", "/chats", {"platform": "icq", "type": "private"}, 400),
    ("POST", "/chats", {"platform": "zalo", "type": "supergroup"}, 400),
    ("POST", "/chats", {"platform": "zalo", "type": "private"}, 400),
    ("POST", "/chats", {"platform": "zalo", "type": "private", "members": [LAN, MINH]}, 400),
    ("POST", "/chats", {"platform": "zalo", "type": "private", "members": [999]}, 404),
    ("POST", "/chats", {"platform": "zalo", "type": "group", "members": [LAN]}, 400),
    ("POST", "/chats", {"platform": "zalo", "type": "group", "title": "x", "id": 5}, 400),
    ("POST", "/chats", {"platform": "zalo", "type": "group", "title": "x", "id": GROUP}, 400),
    ("POST", "/users", {"id": 4120230001, "first_name": "x"}, 400),
    ("POST", "/users", {"id": 9_000_000_000_001, "first_name": "x"}, 400),
    ("PUT", "/zalo", {"error_style": "loud"}, 400),
    ("PUT", "/zalo", {"deliveries": 0}, 400),
]


@pytest.mark.parametrize(("verb", "path", "body", "status"), REFUSED)
def test_a_control_call_that_makes_no_sense_says_why(
    zalo: ZaloHands, verb: str, path: str, body: object, status: int
) -> None:
    told, words = zalo.hands.control_error(verb, path, body)

    assert told == status
    assert words


MESSAGES: list[tuple[dict[str, object], int]] = [
    ({}, 400),
    ({"text": " "}, 400),
    ({"text": "x", "sticker": "1"}, 400),
    ({"text": "x", "reply_to": 99}, 404),
]


@pytest.mark.parametrize(("body", "status"), MESSAGES)
def test_a_message_that_makes_no_sense_is_refused(
    zalo: ZaloHands, body: dict[str, object], status: int
) -> None:
    path = f"/chats/{zalo.private['id']}/messages"

    assert zalo.hands.control_error("POST", path, {"from": LAN} | body)[0] == status
    assert zalo.messages() == []


def test_what_zalo_does_not_have_is_refused(zalo: ZaloHands) -> None:
    said = zalo.says("x")["message_id"]
    number = zalo.private["id"]

    edited = zalo.hands.control_error("PATCH", f"/chats/{number}/messages/{said}", {"text": "y"})
    moved = zalo.hands.control_error("POST", f"/chats/{zalo.group['id']}/migrate")

    assert (edited[0], moved[0]) == (409, 409)


def test_the_bot_api_of_telegram_knows_no_chat_of_zalo(zalo: ZaloHands, sandbox: Hands) -> None:
    zalo.meet()

    words = sandbox.refused("sendMessage", chat_id=zalo.private["id"], text="x")

    assert words == "Bad Request: chat not found"
