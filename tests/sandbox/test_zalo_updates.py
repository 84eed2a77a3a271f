import asyncio
import re
from typing import Any

import httpx
import pytest

from tests.sandbox.hands import LAN, MINH, eventually
from tests.sandbox.zalo_hands import BOT, ZaloHands


def test_a_text_is_an_event_of_the_documented_shape(zalo: ZaloHands) -> None:
    zalo.control("POST", "/users", {"id": LAN, "first_name": "Lan", "last_name": "Lê"})
    zalo.control("PUT", "/clock", {"now": "2030-03-01T07:00:00+07:00", "running": False})
    said = zalo.says("Xin chào")

    event = zalo.event()

    assert event == {
        "event_name": "message.text.received",
        "message": {
            "from": {"id": zalo.lan, "display_name": "Lan Lê", "is_bot": False},
            "chat": {"id": zalo.lan, "chat_type": "PRIVATE"},
            "text": "Xin chào",
            "message_id": said["address"],
            "date": 1898553600000,
        },
    }
    assert re.fullmatch(r"[0-9a-f]{20}", zalo.lan)
    assert re.fullmatch(r"[0-9a-f]{20}", said["address"])


OTHERS: list[tuple[dict[str, object], str, dict[str, object]]] = [
    ({"photo": "https://a.vn/1.jpg"}, "image", {"photo": "https://a.vn/1.jpg"}),
    (
        {"photo": "https://a.vn/1.jpg", "caption": "2.6a"},
        "image",
        {"photo": "https://a.vn/1.jpg", "caption": "2.6a"},
    ),
    (
        {"sticker": "46027"},
        "sticker",
        {"sticker": "46027", "url": "https://zalo-api.zdn.vn/api/emoticon/sticker/webpc?eid=46027"},
    ),
    ({"voice": "https://a.vn/1.aac"}, "voice", {"voice_url": "https://a.vn/1.aac"}),
    ({"unsupported": True}, "unsupported", {}),
]


@pytest.mark.parametrize(("sent", "kind", "fields"), OTHERS)
def test_what_is_no_text_is_an_event_of_its_own_kind(
    zalo: ZaloHands, sent: dict[str, object], kind: str, fields: dict[str, object]
) -> None:
    zalo.control("POST", f"/chats/{zalo.private['id']}/messages", {"from": LAN} | sent)

    event = zalo.event()

    own = {"from", "chat", "message_id", "date"}
    assert event["event_name"] == f"message.{kind}.received"
    assert {name: value for name, value in event["message"].items() if name not in own} == fields


def test_a_poll_brings_one_event_which_is_forgotten(zalo: ZaloHands) -> None:
    zalo.says("một")
    zalo.says("hai")

    texts = [zalo.event()["message"]["text"] for _ in range(2)]

    assert texts == ["một", "hai"]
    assert zalo.nothing()


@pytest.mark.parametrize("timeout", [0, "0", 0.05, "0.05"])
def test_a_poll_that_brings_nothing_ends_with_408(zalo: ZaloHands, timeout: object) -> None:
    answer = zalo.call("getUpdates", timeout=timeout)

    assert answer.status_code == 200
    assert answer.json() == {"ok": False, "error_code": 408, "description": "Request timeout"}


def test_a_timeout_that_is_no_number_is_refused(zalo: ZaloHands) -> None:
    assert zalo.refused("getUpdates", timeout="soon")[0] == 400


async def test_of_two_polls_only_one_gets_the_event(zalo: ZaloHands) -> None:
    async with httpx.AsyncClient(timeout=30) as http:
        polls = [asyncio.create_task(http.post(f"{zalo.url}/getUpdates", json={})) for _ in range(2)]
        await asyncio.to_thread(eventually, lambda: zalo.state()["polls"], lambda open_now: open_now == 2)
        await asyncio.to_thread(zalo.says, "một")
        done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.to_thread(zalo.says, "hai")
        await asyncio.wait(waiting)

    texts = [task.result().json()["result"]["message"]["text"] for task in (*done, *waiting)]
    assert texts == ["một", "hai"]


def test_a_client_that_has_gone_takes_no_event_with_it(zalo: ZaloHands) -> None:
    with pytest.raises(httpx.ReadTimeout), httpx.Client(timeout=0.2) as http:
        http.get(f"{zalo.url}/getUpdates")
    eventually(lambda: zalo.state()["polls"], lambda open_now: open_now == 0)

    zalo.says("còn đây")

    assert zalo.event()["message"]["text"] == "còn đây"


def test_an_answer_that_is_lost_on_the_way_takes_its_event_with_it(zalo: ZaloHands) -> None:
    zalo.says("mất")
    zalo.control("POST", "/faults", {"kind": "drop_after", "method": "getUpdates", "platform": "zalo"})

    with pytest.raises(httpx.TransportError):
        zalo.call("getUpdates", timeout=0)

    assert zalo.nothing()


def test_an_event_that_makes_no_sense_is_handed_out_as_it_is(zalo: ZaloHands) -> None:
    zalo.control("POST", "/zalo/events", {"event_name": "message.poll.received", "message": [None]})

    assert zalo.event() == {"event_name": "message.poll.received", "message": [None]}


GROUP_TALK: list[tuple[dict[str, object], bool]] = [
    ({"text": "chào mọi người"}, False),
    ({"text": "/han"}, False),
    ({"text": f"@{BOT} han"}, True),
    ({"text": f"@{BOT}"}, True),
    ({"text": f"hỏi @{BOT} đi"}, False),
    ({"text": f"@{BOT}2 han"}, False),
    ({"text": "han", "mention": True}, True),
    ({"photo": "https://a.vn/1.jpg"}, False),
    ({"photo": "https://a.vn/1.jpg", "mention": True}, True),
    ({"sticker": "46027"}, False),
]


@pytest.mark.parametrize(("said", "seen"), GROUP_TALK)
def test_in_a_group_the_bot_hears_only_what_is_said_to_it(
    zalo: ZaloHands, said: dict[str, object], seen: bool
) -> None:
    told = zalo.sends(who=MINH, chat=zalo.group, **said)

    assert told["reached"] is seen
    assert zalo.nothing() is not seen


def test_a_message_in_a_group_names_the_sender_and_no_title(zalo: ZaloHands) -> None:
    zalo.says("han", who=MINH, chat=zalo.group, mention=True)

    message = zalo.event()["message"]

    assert message["from"]["display_name"] == "Minh"
    assert message["chat"] == {"id": zalo.group["address"], "chat_type": "GROUP"}
    assert message["text"] == f"@{BOT} han"


def test_a_reply_to_the_bot_reaches_it_and_to_others_does_not(zalo: ZaloHands) -> None:
    first = zalo.says("han", chat=zalo.group, mention=True)
    zalo.event()
    zalo.ok("sendMessage", chat_id=zalo.group["address"], text="2 việc")
    of_the_bot = zalo.messages(zalo.group)[-1]["message_id"]

    zalo.sends(who=MINH, chat=zalo.group, sticker="46027", reply_to=of_the_bot)
    zalo.says("cảm ơn", who=MINH, chat=zalo.group, reply_to=first["message_id"])

    assert zalo.event()["event_name"] == "message.sticker.received"
    assert zalo.nothing()


def test_joining_and_leaving_a_group_is_no_event(zalo: ZaloHands) -> None:
    zalo.says("han", chat=zalo.group, mention=True)
    zalo.event()
    number = zalo.group["id"]

    zalo.control("POST", f"/chats/{number}/block")
    gone = zalo.refused("sendMessage", chat_id=zalo.group["address"], text="x")
    zalo.control("POST", f"/chats/{number}/unblock")
    zalo.chat(type="group", id=number, members=[MINH])

    assert gone == (403, "Forbidden: the bot is not in the group")
    assert zalo.nothing()
    assert zalo.ok("sendMessage", chat_id=zalo.group["address"], text="x")


def test_a_group_is_open_to_the_bot_once_somebody_spoke_to_it_there(zalo: ZaloHands) -> None:
    before = zalo.refused("sendMessage", chat_id=zalo.group["address"], text="x")
    zalo.says("không gọi bot", chat=zalo.group)
    still = zalo.refused("sendMessage", chat_id=zalo.group["address"], text="x")
    zalo.says("han", chat=zalo.group, mention=True)

    assert (before[0], still[0]) == (403, 403)
    assert zalo.ok("sendMessage", chat_id=zalo.group["address"], text="x")


def test_the_updates_of_the_two_platforms_do_not_mix(zalo: ZaloHands) -> None:
    zalo.says("Zalo")
    zalo.hands.says("Telegram")

    telegram: Any = zalo.hands.ok("getUpdates")

    assert [update["message"]["text"] for update in telegram] == ["Telegram"]
    assert zalo.event()["message"]["text"] == "Zalo"
    assert zalo.nothing()
