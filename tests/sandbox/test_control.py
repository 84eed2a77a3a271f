from typing import Any

import httpx
import pytest

from tests.sandbox.hands import GROUP, LAN, MINH, Hands


def state_of(sandbox: Hands, chat: int) -> Any:
    return next(one for one in sandbox.control("GET", "/state")["chats"] if one["id"] == chat)


def test_making_a_user_or_chat_twice_updates_it(sandbox: Hands) -> None:
    sandbox.control("POST", "/users", {"id": LAN, "first_name": "Lan Anh"})
    sandbox.control("POST", "/chats", {"type": "group", "id": GROUP, "title": "Sở Nội vụ"})

    state = sandbox.control("GET", "/state")

    assert [user["first_name"] for user in state["users"]] == ["Lan Anh", "Minh"]
    assert state_of(sandbox, GROUP)["title"] == "Sở Nội vụ"
    assert [one["id"] for one in state_of(sandbox, GROUP)["members"]] == [LAN, MINH]


def test_ids_are_given_where_none_is_named(sandbox: Hands) -> None:
    user = sandbox.control("POST", "/users", {"first_name": "Hoa"})["id"]
    private = sandbox.control("POST", "/chats", {"type": "private", "members": [user]})["id"]
    group = sandbox.control("POST", "/chats", {"type": "group", "title": "x", "members": [user]})["id"]
    big = sandbox.control("POST", "/chats", {"type": "supergroup", "title": "x", "members": [user]})["id"]

    assert user == private == 1003
    assert group == GROUP - 1
    assert big < -1_000_000_000_000


def test_the_page_sees_unread_messages_and_the_pin(sandbox: Hands) -> None:
    sent = sandbox.ok("sendMessage", chat_id=LAN, text="<b>hạn</b>", parse_mode="HTML")["message_id"]
    sandbox.ok("pinChatMessage", chat_id=LAN, message_id=sent)

    before = state_of(sandbox, LAN)
    sandbox.control("POST", f"/chats/{LAN}/read")

    assert before["unread"] == 2
    assert before["pinned_message_id"] == sent
    assert before["last_message"]["pinned_message"]["text"] == "hạn"
    assert state_of(sandbox, LAN)["unread"] == 0


def test_messages_are_read_in_pages(sandbox: Hands) -> None:
    for number in range(5):
        sandbox.says(str(number))

    def texts(query: str) -> list[str]:
        found = sandbox.control("GET", f"/chats/{LAN}/messages{query}")["messages"]
        return [one["text"] for one in found]

    assert texts("?after=0&limit=2") == ["0", "1"]
    assert texts("?after=2&limit=2") == ["2", "3"]
    assert texts("?limit=2") == ["3", "4"]
    assert texts("?after=5") == []


def test_a_message_for_the_page_is_safe_html(sandbox: Hands) -> None:
    sandbox.ok("sendMessage", chat_id=LAN, text="<b>a</b> &lt;script&gt;", parse_mode="HTML")

    (message,) = sandbox.messages()

    assert message["html"] == "<b>a</b> &lt;script&gt;"
    assert (message["outgoing"], message["edited"], message["deleted"]) == (True, False, False)


REFUSED: list[tuple[str, str, object, int]] = [
    ("POST", "/users", {}, 400),
    ("POST", "/users", [], 400),
    ("POST", "/users", {"id": 2023, "first_name": "x"}, 400),
    ("POST", "/chats", {"type": "channel"}, 400),
    ("POST", "/chats", {"type": "private", "id": 999}, 404),
    ("POST", "/chats", {"type": "group", "members": [LAN]}, 400),
    ("POST", "/chats", {"type": "group", "title": "x", "members": [999]}, 404),
    ("POST", "/chats", {"type": "group", "title": "x", "id": 5}, 400),
    ("POST", "/chats/-5/messages", {"from": LAN, "text": "x"}, 404),
    ("POST", f"/chats/{LAN}/messages", {"from": MINH, "text": "x"}, 400),
    ("POST", f"/chats/{LAN}/messages", {"from": LAN, "text": " "}, 400),
    ("POST", f"/chats/{LAN}/messages", {"from": LAN}, 400),
    ("POST", f"/chats/{LAN}/messages", {"from": LAN, "text": "x", "reply_to_message_id": 9}, 404),
    ("PATCH", f"/chats/{LAN}/messages/9", {"text": "x"}, 404),
    ("POST", f"/chats/{LAN}/taps", {"from": LAN, "message_id": 9, "data": "x"}, 404),
    ("POST", f"/chats/{LAN}/migrate", None, 409),
    ("GET", "/callbacks/9", None, 404),
]


@pytest.mark.parametrize(("verb", "path", "body", "status"), REFUSED)
def test_a_control_call_that_makes_no_sense_says_why(
    sandbox: Hands, verb: str, path: str, body: object, status: int
) -> None:
    told, words = sandbox.control_error(verb, path, body)

    assert told == status
    assert words


def test_the_answer_to_a_person_who_writes_says_when_it_came_on_the_clock_of_the_call_log(
    sandbox: Hands,
) -> None:
    sandbox.ok("sendMessage", chat_id=LAN, text="trước")

    received_at = sandbox.says("/due")["received_at"]

    sandbox.ok("sendMessage", chat_id=LAN, text="sau")
    before, after = (call["at"] for call in sandbox.control("GET", "/log")["calls"])
    assert before <= received_at <= after


def test_a_person_without_a_chat_opens_one_by_writing(sandbox: Hands) -> None:
    sandbox.says("/start", chat=MINH, who=MINH)

    assert sandbox.ok("sendMessage", chat_id=MINH, text="Chào anh Minh")


def test_events_tell_the_page_what_changed(sandbox: Hands) -> None:
    with httpx.stream("GET", f"{sandbox.url}/control/events", timeout=10) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": connected"
        sandbox.says("chào")
        sent = sandbox.ok("sendMessage", chat_id=LAN, text="x")["message_id"]
        sandbox.ok("editMessageText", chat_id=LAN, message_id=sent, text="y")
        sandbox.ok("deleteMessage", chat_id=LAN, message_id=sent)
        sandbox.ok("setMyCommands", commands=[{"command": "due", "description": "x"}])
        sandbox.control("PUT", "/clock", {"speed": 2})
        data = (line.removeprefix("data: ") for line in lines if line.startswith("data: "))
        events = [httpx.Response(200, text=next(data)).json() for _ in range(6)]

    assert [event["type"] for event in events] == [
        "message",
        "message",
        "edit",
        "delete",
        "commands",
        "clock",
    ]
    assert events[2] == {"type": "edit", "chat_id": LAN, "message_id": sent}


def test_the_page_and_its_files_are_served(sandbox: Hands) -> None:
    page = sandbox.http.get(sandbox.url + "/")

    assert page.headers["content-type"].startswith("text/html")
    assert sandbox.http.get(sandbox.url + "/static/app.js").status_code == 200
    assert sandbox.http.get(sandbox.url + "/static/../server.py").status_code == 404


def test_a_reset_forgets_everything(sandbox: Hands) -> None:
    sandbox.says("x")

    sandbox.control("POST", "/reset")

    state = sandbox.control("GET", "/state")
    assert (state["users"], state["chats"]) == ([], [])
    assert sandbox.ok("getUpdates") == []
