import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.sandbox.hands import GROUP, LAN, Hands, eventually

SECRET = "Nhac_Viec-2023"


@dataclass
class Door:
    """A bot's webhook: what arrives is put into `arrived`, and `answers` says what to answer, then 200."""

    url: str = ""
    arrived: "queue.Queue[tuple[dict[str, Any], str | None]]" = field(default_factory=queue.Queue)
    answers: list[tuple[int, bytes]] = field(default_factory=list)

    def next(self) -> dict[str, Any]:
        return self.arrived.get(timeout=10)[0]


@pytest.fixture
def door(sandbox: Hands) -> Iterator[Door]:
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = door.answers.pop(0) if door.answers else (200, b"")
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            door.arrived.put((body, self.headers["X-Telegram-Bot-Api-Secret-Token"]))

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        door.url = f"http://127.0.0.1:{server.server_port}/telegram"
        yield door
        sandbox.control("POST", "/reset")
        server.shutdown()
        thread.join()


def test_updates_are_delivered_with_the_secret_and_confirmed_by_a_200(sandbox: Hands, door: Door) -> None:
    sandbox.says("trước")
    sandbox.ok("setWebhook", url=door.url, secret_token=SECRET)
    first = door.arrived.get(timeout=10)
    sandbox.says("sau")
    second = door.arrived.get(timeout=10)

    assert first[0]["message"]["text"] == "trước"
    assert second[0]["message"]["text"] == "sau"
    assert {first[1], second[1]} == {SECRET}
    eventually(lambda: sandbox.ok("getWebhookInfo"), lambda info: info["pending_update_count"] == 0)


def test_a_delivery_is_repeated_until_it_is_taken(sandbox: Hands, door: Door) -> None:
    door.answers = [(500, b""), (403, b"")]
    sandbox.ok("setWebhook", url=door.url)

    sandbox.says("một")
    sandbox.says("hai")

    arrived = [door.next()["message"]["text"] for _ in range(4)]
    assert arrived == ["một", "một", "một", "hai"]
    assert sandbox.ok("getWebhookInfo")["last_error_message"] == (
        "Wrong response from the webhook: 403 Forbidden"
    )


def test_a_chat_whose_delivery_fails_does_not_hold_up_the_others(sandbox: Hands, door: Door) -> None:
    door.answers = [(500, b"")]
    sandbox.ok("setWebhook", url=door.url)

    sandbox.says("one")
    refused = door.next()["message"]["text"]
    sandbox.says("/two", chat=GROUP)

    assert sorted([refused, *(door.next()["message"]["text"] for _ in range(2))]) == ["/two", "one", "one"]


def test_a_door_that_is_shut_is_reported(sandbox: Hands, door: Door) -> None:
    sandbox.ok("setWebhook", url="http://127.0.0.1:9/telegram")
    sandbox.says("x")

    info = eventually(lambda: sandbox.ok("getWebhookInfo"), lambda told: "last_error_message" in told)

    assert info["last_error_message"] == "Connection refused"
    assert info["pending_update_count"] == 1


def test_the_answer_may_be_a_call(sandbox: Hands, door: Door) -> None:
    call = {"method": "sendMessage", "chat_id": LAN, "text": "<b>Chào</b>", "parse_mode": "HTML"}
    door.answers = [(200, json.dumps(call).encode())]
    sandbox.ok("setWebhook", url=door.url)

    sandbox.says("x")

    messages = eventually(sandbox.messages, lambda found: len(found) == 2)
    assert (messages[1]["text"], messages[1]["outgoing"]) == ("Chào", True)


def test_polling_and_a_webhook_exclude_each_other(sandbox: Hands, door: Door) -> None:
    sandbox.ok("setWebhook", url=door.url)

    refused = sandbox.refused("getUpdates")
    sandbox.ok("deleteWebhook")

    assert refused == (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    assert sandbox.ok("getUpdates") == []


def test_pending_updates_can_be_dropped(sandbox: Hands, door: Door) -> None:
    sandbox.says("x")

    sandbox.ok("deleteWebhook", drop_pending_updates=True)

    assert sandbox.ok("getUpdates") == []


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"url": "ftp://x"}, "Bad Request: bad webhook: invalid URL specified"),
    ({"url": "http://example.com/x"}, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
    (
        {"url": "https://example.com:8000/"},
        "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
    ),
    (
        {"url": "https://example.com/x"},
        "Bad Request: bad webhook: Failed to resolve host: the sandbox delivers to this machine only",
    ),
    (
        {"url": "http://127.0.0.1:1/", "secret_token": "có dấu"},
        "Bad Request: secret token contains unallowed characters",
    ),
    ({"url": "http://127.0.0.1:1/", "secret_token": "x" * 257}, "Bad Request: secret token is too long"),
]


@pytest.mark.parametrize(("params", "words"), REFUSED)
def test_a_webhook_that_will_not_do_is_refused(sandbox: Hands, params: dict[str, object], words: str) -> None:
    assert sandbox.refused("setWebhook", **params) == words


def test_setting_and_deleting_tell_whether_anything_changed(sandbox: Hands, door: Door) -> None:
    calls = [
        sandbox.call("setWebhook", url=door.url),
        sandbox.call("setWebhook", url=door.url),
        sandbox.call("deleteWebhook"),
        sandbox.call("deleteWebhook"),
    ]

    assert [call.json()["description"] for call in calls] == [
        "Webhook was set",
        "Webhook is already set",
        "Webhook was deleted",
        "Webhook is already deleted",
    ]
    assert "max_connections" not in sandbox.ok("getWebhookInfo")
