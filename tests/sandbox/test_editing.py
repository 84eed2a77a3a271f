import pytest

from sandbox.callbacks import ANSWER_WITHIN_SECONDS, Callbacks
from tests.sandbox.hands import GROUP, LAN, MINH, Hands

KEYS = {"inline_keyboard": [[{"text": "Xong", "callback_data": "done"}]]}


def test_an_edit_changes_text_entities_and_buttons(sandbox: Hands) -> None:
    sent = sandbox.ok("sendMessage", chat_id=LAN, text="một", reply_markup=KEYS)

    edited = sandbox.ok(
        "editMessageText", chat_id=LAN, message_id=sent["message_id"], text="<i>hai</i>", parse_mode="HTML"
    )

    assert edited["text"] == "hai"
    assert edited["entities"][0]["type"] == "italic"
    assert "reply_markup" not in edited
    assert "edit_date" in edited


def test_an_edit_that_changes_nothing_is_refused(sandbox: Hands) -> None:
    sent = sandbox.ok("sendMessage", chat_id=LAN, text="<b>x</b>", parse_mode="HTML", reply_markup=KEYS)

    words = sandbox.refused(
        "editMessageText",
        chat_id=LAN,
        message_id=sent["message_id"],
        text="<b>x</b>",
        parse_mode="HTML",
        reply_markup=KEYS,
    )

    assert words == (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )


def test_a_message_that_is_gone_cannot_be_edited_or_deleted(sandbox: Hands) -> None:
    sent = sandbox.ok("sendMessage", chat_id=LAN, text="x")["message_id"]
    sandbox.ok("deleteMessage", chat_id=LAN, message_id=sent)

    edit = sandbox.refused("editMessageText", chat_id=LAN, message_id=sent, text="y")
    delete = sandbox.refused("deleteMessage", chat_id=LAN, message_id=sent)

    assert edit == "Bad Request: message to edit not found"
    assert delete == "Bad Request: message to delete not found"
    assert sandbox.messages()[0]["deleted"]


def test_a_persons_message_cannot_be_edited_by_the_bot(sandbox: Hands) -> None:
    said = sandbox.says("x")["message_id"]

    words = sandbox.refused("editMessageText", chat_id=LAN, message_id=said, text="y")

    assert words == "Bad Request: message can't be edited"


@pytest.mark.parametrize(
    "markup", [{"keyboard": [["Hạn"]]}, {"remove_keyboard": True}, {"force_reply": True}]
)
def test_a_message_that_changed_the_reply_keyboard_cannot_be_edited(
    sandbox: Hands, markup: dict[str, object]
) -> None:
    sent = sandbox.ok("sendMessage", chat_id=LAN, text="x", reply_markup=markup)

    words = sandbox.refused("editMessageText", chat_id=LAN, message_id=sent["message_id"], text="y")

    assert words == "Bad Request: message can't be edited"
    assert "reply_markup" not in sent
    assert sandbox.messages()[0]["keyboard"]


def test_the_bot_deletes_its_own_messages_in_a_group_and_not_those_of_others(sandbox: Hands) -> None:
    said = sandbox.says("x", chat=GROUP)["message_id"]
    sent = sandbox.ok("sendMessage", chat_id=GROUP, text="x")["message_id"]

    words = sandbox.refused("deleteMessage", chat_id=GROUP, message_id=said)

    assert words == "Bad Request: message can't be deleted"
    assert sandbox.ok("deleteMessage", chat_id=GROUP, message_id=sent)


def test_after_48_hours_a_message_stays(sandbox: Hands) -> None:
    sent = sandbox.ok("sendMessage", chat_id=LAN, text="x")["message_id"]
    sandbox.control("POST", "/clock/jump", {"to": "2099-01-01T00:00:00+07:00"})

    words = sandbox.refused("deleteMessage", chat_id=LAN, message_id=sent)

    assert words == "Bad Request: message can't be deleted for everyone"


def test_a_tap_reaches_the_bot_and_its_answer_reaches_the_page(sandbox: Hands) -> None:
    sent = sandbox.ok("sendMessage", chat_id=GROUP, text="x", reply_markup=KEYS)["message_id"]

    tap = sandbox.control("POST", f"/chats/{GROUP}/taps", {"from": MINH, "message_id": sent, "data": "done"})[
        "callback_query_id"
    ]
    (update,) = sandbox.ok("getUpdates")
    before = sandbox.control("GET", f"/callbacks/{tap}")
    sandbox.ok("answerCallbackQuery", callback_query_id=tap, text="Đã ghi", show_alert=True)

    assert update["callback_query"]["data"] == "done"
    assert update["callback_query"]["from"]["id"] == MINH
    assert update["callback_query"]["message"]["message_id"] == sent
    assert before == {"answered": False, "text": None, "show_alert": False}
    assert sandbox.control("GET", f"/callbacks/{tap}") == {
        "answered": True,
        "text": "Đã ghi",
        "show_alert": True,
    }


def test_a_tap_is_answered_once(sandbox: Hands) -> None:
    sent = sandbox.ok("sendMessage", chat_id=LAN, text="x", reply_markup=KEYS)["message_id"]
    tap = sandbox.control("POST", f"/chats/{LAN}/taps", {"from": LAN, "message_id": sent, "data": "done"})
    sandbox.ok("answerCallbackQuery", **tap)

    words = sandbox.refused("answerCallbackQuery", **tap)

    assert words == ("Bad Request: query is too old and response timeout expired or query ID is invalid")


def test_a_tap_cannot_be_answered_too_late() -> None:
    now = 0.0
    callbacks = Callbacks(real_time=lambda: now)
    tap = callbacks.add(chat_id=LAN, message_id=1)

    now = ANSWER_WITHIN_SECONDS + 1.0

    assert callbacks.answer(tap.id, text=None, show_alert=False) is None


def test_a_button_that_is_not_there_cannot_be_tapped(sandbox: Hands) -> None:
    sent = sandbox.ok("sendMessage", chat_id=LAN, text="x", reply_markup=KEYS)["message_id"]
    sandbox.ok("editMessageReplyMarkup", chat_id=LAN, message_id=sent)

    status, words = sandbox.control_error(
        "POST", f"/chats/{LAN}/taps", {"from": LAN, "message_id": sent, "data": "done"}
    )

    assert (status, words) == (400, "there is no such button on this message")
