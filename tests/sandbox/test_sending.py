import pytest

from tests.sandbox.hands import GROUP, LAN, MINH, Hands


def test_a_message_comes_back_as_telegram_gives_it(sandbox: Hands) -> None:
    message = sandbox.ok("sendMessage", chat_id=LAN, text="📌 <b>Hạn</b> /due ", parse_mode="HTML")

    assert message["text"] == "📌 Hạn /due"
    assert message["entities"] == [
        {"offset": 3, "length": 3, "type": "bold"},
        {"offset": 7, "length": 4, "type": "bot_command"},
    ]
    assert message["chat"] == {"id": LAN, "type": "private", "first_name": "Lan", "username": "lan_stp"}
    assert message["from"]["id"] == 2023
    assert message["from"]["is_bot"]


@pytest.mark.parametrize("how", ["query", "form", "multipart", "json"])
def test_parameters_may_come_in_any_of_telegrams_four_ways(sandbox: Hands, how: str) -> None:
    params = {"chat_id": str(LAN), "text": "Chào"}
    address = f"{sandbox.url}/bot2023:SANDBOX-TOKEN/SENDmessage"
    match how:
        case "query":
            answer = sandbox.http.get(address, params=params)
        case "form":
            answer = sandbox.http.post(address, data=params)
        case "multipart":
            answer = sandbox.http.post(address, files={name: (None, text) for name, text in params.items()})
        case _:
            answer = sandbox.http.post(address, json=params)

    assert answer.json()["result"]["text"] == "Chào"


REFUSALS: list[tuple[dict[str, object], str]] = [
    ({"text": ""}, "Bad Request: message text is empty"),
    ({}, "Bad Request: message text is empty"),
    ({"text": "  \n "}, "Bad Request: text must be non-empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "Bad Request: text must be non-empty"),
    ({"text": "x" * 4097}, "Bad Request: message is too long"),
    ({"text": "📌" * 2049}, "Bad Request: message is too long"),
    ({"text": "x" * 40_000}, "Bad Request: text is too long"),
    (
        {"text": "hạn <b>x", "parse_mode": "HTML"},
        "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    (
        {"text": "hạn <p>x", "parse_mode": "html"},
        'Bad Request: can\'t parse entities: Unsupported start tag "p" at byte offset 6',
    ),
    (
        {"text": "2.6a", "parse_mode": "MarkdownV2"},
        "Bad Request: can't parse entities: "
        "Character '.' is reserved and must be escaped with the preceding '\\'",
    ),
    ({"text": "x", "parse_mode": "rst"}, "Bad Request: unsupported parse_mode"),
    ({"text": "x", "chat_id": 999}, "Bad Request: chat not found"),
    ({"text": "x", "chat_id": "@nowhere"}, "Bad Request: chat not found"),
    ({"text": "x", "chat_id": ""}, "Bad Request: chat_id is empty"),
    ({"text": "x", "chat_id": MINH}, "Forbidden: bot can't initiate conversation with a user"),
    (
        {"text": "x", "reply_parameters": {"message_id": 77}},
        "Bad Request: message to be replied not found",
    ),
    ({"text": "x", "message_thread_id": 5}, "Bad Request: message thread not found"),
    ({"text": "x", "reply_markup": "{"}, "Bad Request: can't parse reply markup JSON object"),
]


@pytest.mark.parametrize(("params", "words"), REFUSALS)
def test_what_telegram_refuses_is_refused_in_its_words(
    sandbox: Hands, params: dict[str, object], words: str
) -> None:
    description = sandbox.refused("sendMessage", **({"chat_id": LAN} | params))

    assert description == words
    assert sandbox.messages() == []


def test_4096_units_after_entities_are_not_too_long(sandbox: Hands) -> None:
    message = sandbox.ok("sendMessage", chat_id=LAN, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML")

    assert len(message["text"]) == 4096


BUTTONS: list[tuple[dict[str, object], str | None]] = [
    ({"text": "Xong", "callback_data": "x" * 64}, None),
    ({"text": "Xong", "callback_data": "ạ" * 21}, None),
    ({"text": "Xong", "callback_data": "x" * 65}, "Bad Request: BUTTON_DATA_INVALID"),
    ({"text": "Xong", "callback_data": "ạ" * 22}, "Bad Request: BUTTON_DATA_INVALID"),
    ({"text": "Xong", "callback_data": ""}, "Bad Request: BUTTON_DATA_INVALID"),
    (
        {"text": "Xong"},
        "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    ({"callback_data": "x"}, "Bad Request: can't parse inline keyboard button: Can't find field \"text\""),
    ({"text": "Xem", "url": "soctrang.gov.vn"}, None),
    (
        {"text": "Xem", "url": "không phải"},
        "Bad Request: inline keyboard button URL 'không phải' is invalid: Wrong HTTP URL",
    ),
    ({"text": "Chép", "copy_text": {"text": "2.6a"}}, None),
    ({"text": "Xong", "callback_data": "x", "style": "success"}, None),
]


@pytest.mark.parametrize(("button", "words"), BUTTONS)
def test_buttons_are_taken_or_refused_as_telegram_does(
    sandbox: Hands, button: dict[str, object], words: str | None
) -> None:
    markup = {"inline_keyboard": [[button]]}

    answer = sandbox.call("sendMessage", chat_id=LAN, text="x", reply_markup=markup).json()

    assert answer.get("description") == words
    assert answer["ok"] is (words is None)


def test_a_reply_shows_the_message_it_answers_without_that_ones_own_reply(sandbox: Hands) -> None:
    first = sandbox.says("một")
    second = sandbox.says("hai", reply_to_message_id=first["message_id"])

    reply = sandbox.ok(
        "sendMessage", chat_id=LAN, text="ba", reply_parameters={"message_id": second["message_id"]}
    )

    assert reply["reply_to_message"]["text"] == "hai"
    assert "reply_to_message" not in reply["reply_to_message"]


def test_a_missing_reply_target_can_be_forgiven(sandbox: Hands) -> None:
    how = {"message_id": 77, "allow_sending_without_reply": True}

    assert "reply_to_message" not in sandbox.ok("sendMessage", chat_id=LAN, text="x", reply_parameters=how)


def test_an_error_told_as_a_code_keeps_its_capitals_and_other_errors_do_not(sandbox: Hands) -> None:
    assert sandbox.refused("sendChatAction", chat_id=LAN, action="dancing").startswith("Bad Request: wrong")


BLOCKED = [
    (LAN, "Forbidden: bot was blocked by the user"),
    (GROUP, "Forbidden: bot was kicked from the group chat"),
]


@pytest.mark.parametrize(("chat", "words"), BLOCKED)
def test_who_blocked_the_bot_gets_nothing_until_it_is_let_in_again(
    sandbox: Hands, chat: int, words: str
) -> None:
    sandbox.control("POST", f"/chats/{chat}/block")

    refused = sandbox.refused("sendMessage", chat_id=chat, text="x")
    sandbox.control("POST", f"/chats/{chat}/unblock")

    assert refused == words
    assert sandbox.ok("sendMessage", chat_id=chat, text="x")
    statuses = [update["my_chat_member"]["new_chat_member"]["status"] for update in sandbox.ok("getUpdates")]
    assert statuses == ["kicked", "member"]


def test_a_group_that_became_a_supergroup_gives_its_new_id(sandbox: Hands) -> None:
    new = sandbox.control("POST", f"/chats/{GROUP}/migrate")["id"]

    answer = sandbox.call("sendMessage", chat_id=GROUP, text="x").json()

    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": new}
    assert new < -1_000_000_000_000
    updates = sandbox.ok("getUpdates")
    assert updates[0]["message"]["migrate_to_chat_id"] == new
    assert updates[1]["message"]["migrate_from_chat_id"] == GROUP
    assert sandbox.ok("sendMessage", chat_id=new, text="x")["message_id"] == 2


def test_an_unknown_method_and_a_wrong_token_are_told_apart(sandbox: Hands) -> None:
    wrong = sandbox.http.get(f"{sandbox.url}/bot2023:WRONG/getMe")

    assert sandbox.refused("sendPigeon") == "Not Found"
    assert (wrong.status_code, wrong.json()["description"]) == (401, "Unauthorized")


def test_given_entities_are_kept_and_those_outside_the_text_are_dropped(sandbox: Hands) -> None:
    entities = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "italic", "offset": 1, "length": 9},
        {"type": "date_time", "offset": 3, "length": 1, "unix_time": 1_680_000_000, "date_time_format": "D"},
    ]

    message = sandbox.ok("sendMessage", chat_id=LAN, text="📌 x", entities=entities)

    assert [one["type"] for one in message["entities"]] == ["bold", "date_time"]
