import re

import pytest

from tests.sandbox.hands import MINH
from tests.sandbox.zalo_hands import BOT, ZALO_TOKEN, ZaloHands


def test_the_bot_is_told_who_it_is(zalo: ZaloHands) -> None:
    assert zalo.ok("getMe") == {
        "id": "4120230001",
        "account_name": BOT,
        "account_type": "BASIC",
        "can_join_groups": True,
    }


@pytest.mark.parametrize("name", ["getme", "GetMe", "sendmessage", "editMessageText"])
def test_a_method_that_is_not_there_or_in_another_case_is_not_found(zalo: ZaloHands, name: str) -> None:
    assert zalo.refused(name) == (404, "Not Found")


def test_a_wrong_token_is_not_let_in(zalo: ZaloHands) -> None:
    answer = zalo.hands.http.get(f"{zalo.hands.url}/zalo/bot4120230001:other/getMe")

    assert (answer.status_code, answer.json()["error_code"]) == (200, 401)


def test_the_tokens_of_the_two_platforms_do_not_open_each_other(zalo: ZaloHands) -> None:
    telegram = zalo.hands.http.get(f"{zalo.hands.url}/bot{ZALO_TOKEN}/getMe")

    assert telegram.status_code == 401


def test_parameters_come_by_query_form_or_json(zalo: ZaloHands) -> None:
    zalo.meet()
    given = {"chat_id": zalo.lan, "text": "Hạn"}
    http, address = zalo.hands.http, f"{zalo.url}/sendMessage"

    answers = [
        http.get(address, params=given),
        http.post(address, data=given),
        http.post(address, json=given),
    ]

    assert [answer.json()["ok"] for answer in answers] == [True, True, True]
    assert [message["text"] for message in zalo.messages() if message["outgoing"]] == ["Hạn"] * 3


def test_a_message_is_answered_with_an_opaque_id_and_milliseconds(zalo: ZaloHands) -> None:
    zalo.control("PUT", "/clock", {"now": "2030-03-01T07:00:00+07:00", "running": False})
    zalo.meet()

    sent = [zalo.ok("sendMessage", chat_id=zalo.lan, text="x") for _ in range(2)]

    assert {one["date"] for one in sent} == {1898553600000}
    assert all(re.fullmatch(r"[0-9a-f]{20}", one["message_id"]) for one in sent)
    assert sent[0]["message_id"] != sent[1]["message_id"]


def test_styles_are_shown_on_the_page_and_the_text_stays_as_it_is(zalo: ZaloHands) -> None:
    zalo.meet()
    styles = [{"start": 3, "len": 3, "st": ["b"]}, {"start": 7, "len": 3, "st": ["i", "c_db342e"]}]

    zalo.ok("sendMessage", chat_id=zalo.lan, text="📌 Hạn <b>", text_styles=styles)

    message = zalo.messages()[-1]
    assert message["text"] == "📌 Hạn <b>"
    assert message["html"] == "📌 <b>Hạn</b> <i>&lt;b&gt;</i>"


@pytest.mark.parametrize(("mode", "text"), [("html", "<b>Hạn</b> nộp"), ("markdown", "*Hạn* nộp")])
def test_markup_wins_over_styles(zalo: ZaloHands, mode: str, text: str) -> None:
    zalo.meet()
    styles = [{"start": 0, "len": 2, "st": ["u"]}]

    zalo.ok("sendMessage", chat_id=zalo.lan, text=text, parse_mode=mode, text_styles=styles)

    assert zalo.messages()[-1]["html"] == "<b>Hạn</b> nộp"


def test_two_thousand_characters_are_sent(zalo: ZaloHands) -> None:
    zalo.meet()

    assert zalo.ok("sendMessage", chat_id=zalo.lan, text="ạ" * 2_000)


REFUSED: list[dict[str, object]] = [
    {"text": ""},
    {"text": " \n"},
    {},
    {"text": 5},
    {"text": "x" * 2_001},
    {"text": "📌" * 1_001},
    {"text": "x", "parse_mode": "MarkdownV2"},
    {"text": "<b>x", "parse_mode": "html"},
    {"text": "xy", "text_styles": [{"start": 0, "len": 3, "st": ["b"]}]},
    {"text": "xy", "text_styles": [{"start": 2, "len": 1, "st": ["b"]}]},
    {"text": "xy", "text_styles": [{"start": -1, "len": 1, "st": ["b"]}]},
    {"text": "xy", "text_styles": [{"start": 0, "len": 0, "st": ["b"]}]},
    {"text": "xy", "text_styles": [{"start": 0, "len": 1, "st": ["bold"]}]},
    {"text": "xy", "text_styles": [{"start": 0, "len": 1, "st": []}]},
    {"text": "xy", "text_styles": [{"start": 0, "len": 1}]},
    {"text": "xy", "text_styles": [{"start": "0", "len": 1, "st": ["b"]}]},
    {"text": "xy", "text_styles": {"start": 0, "len": 1, "st": ["b"]}},
    {"text": "xy", "text_styles": "no JSON"},
]


@pytest.mark.parametrize("params", REFUSED)
def test_a_message_that_zalo_would_not_send_is_refused(zalo: ZaloHands, params: dict[str, object]) -> None:
    zalo.meet()

    code, words = zalo.refused("sendMessage", chat_id=zalo.lan, **params)

    assert code == 400
    assert words.startswith("Bad Request: ")
    assert len(zalo.messages()) == 1


def test_a_chat_must_be_named_and_known(zalo: ZaloHands) -> None:
    assert zalo.refused("sendMessage", text="x") == (400, "Bad Request: chat_id is required")
    assert zalo.refused("sendMessage", chat_id="0" * 20, text="x")[0] == 404
    assert zalo.refused("sendMessage", chat_id=str(zalo.private["id"]), text="x")[0] == 404


def test_a_person_must_write_first(zalo: ZaloHands) -> None:
    before = zalo.refused("sendMessage", chat_id=zalo.lan, text="x")
    zalo.says("Xin chào")

    assert before[0] == 403
    assert zalo.ok("sendMessage", chat_id=zalo.lan, text="x")


def test_who_wrote_in_a_group_only_has_not_opened_a_private_chat(zalo: ZaloHands) -> None:
    private = zalo.chat(type="private", members=[MINH])
    zalo.says("xong", who=MINH, chat=zalo.group, mention=True)

    assert zalo.event()["message"]["from"]["id"] == private["address"]
    assert zalo.refused("sendMessage", chat_id=private["address"], text="x")[0] == 403


def test_a_person_can_block_the_bot_and_let_it_in_again(zalo: ZaloHands) -> None:
    zalo.meet()
    zalo.control("POST", f"/chats/{zalo.private['id']}/block")

    blocked = zalo.refused("sendMessage", chat_id=zalo.lan, text="x")
    zalo.says("không ai nghe")
    unheard = zalo.nothing()
    zalo.control("POST", f"/chats/{zalo.private['id']}/unblock")

    assert blocked == (403, "Forbidden: the user has blocked the bot")
    assert unheard
    assert zalo.ok("sendMessage", chat_id=zalo.lan, text="x")
    assert zalo.nothing()


def test_photos_and_stickers_are_sent(zalo: ZaloHands) -> None:
    zalo.meet()

    zalo.ok("sendPhoto", chat_id=zalo.lan, photo="https://example.vn/a.png", caption="Bảng")
    zalo.ok("sendSticker", chat_id=zalo.lan, sticker="bfe458bf64fa8da4d4eb")

    photo, sticker = zalo.messages()[1:]
    assert (photo["photo_url"], photo["caption"]) == ("https://example.vn/a.png", "Bảng")
    assert sticker["sticker"] == "bfe458bf64fa8da4d4eb"


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendPhoto", {}),
        ("sendPhoto", {"photo": "a.png"}),
        ("sendPhoto", {"photo": "https://example.vn/a.png", "caption": "x" * 2_001}),
        ("sendSticker", {}),
        ("sendChatAction", {}),
        ("sendChatAction", {"action": "dancing"}),
    ],
)
def test_what_else_makes_no_sense_is_refused(zalo: ZaloHands, method: str, params: dict[str, object]) -> None:
    zalo.meet()

    assert zalo.refused(method, chat_id=zalo.lan, **params)[0] == 400


def test_a_chat_action_is_answered_without_a_result(zalo: ZaloHands) -> None:
    zalo.meet()

    assert zalo.call("sendChatAction", chat_id=zalo.lan, action="typing").json() == {"ok": True}


def test_a_body_that_is_no_json_object_is_refused(zalo: ZaloHands) -> None:
    headers = {"Content-Type": "application/json"}

    answers = [
        zalo.hands.http.post(f"{zalo.url}/sendMessage", content=body, headers=headers) for body in ("{", "[]")
    ]

    assert [answer.json()["error_code"] for answer in answers] == [400, 400]
