import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.sandbox.hands import LAN, eventually
from tests.sandbox.zalo_hands import ZaloHands

SECRET = "Nhac_Viec-2023"
NOTHING_LISTENS = "http://127.0.0.1:9/zalo"


@dataclass
class Door:
    """A bot's webhook: what arrives is put into `arrived`, and `answers` says what to answer, then 200."""

    url: str = ""
    arrived: "queue.Queue[tuple[Any, str | None]]" = field(default_factory=queue.Queue)
    answers: list[int] = field(default_factory=list)

    def next(self) -> Any:
        return self.arrived.get(timeout=10)[0]

    def next_text(self) -> str:
        return str(self.next()["result"]["message"]["text"])


@pytest.fixture
def door(zalo: ZaloHands) -> Iterator[Door]:
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(door.answers.pop(0) if door.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            door.arrived.put((body, self.headers["X-Bot-Api-Secret-Token"]))

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        door.url = f"http://127.0.0.1:{server.server_port}/zalo"
        yield door
        zalo.control("POST", "/reset")
        server.shutdown()
        thread.join()


def open_door(zalo: ZaloHands, door: Door) -> None:
    """Sets the webhook; the post that verifies it is taken."""
    zalo.ok("setWebhook", url=door.url, secret_token=SECRET)
    assert door.next() == {}


def test_events_are_posted_with_the_secret_and_wrapped_as_an_answer(zalo: ZaloHands, door: Door) -> None:
    open_door(zalo, door)
    said = zalo.says("Xin chào")

    body, secret = door.arrived.get(timeout=10)

    assert secret == SECRET
    assert body["ok"] is True
    assert body["result"]["event_name"] == "message.text.received"
    assert body["result"]["message"]["message_id"] == said["address"]


def test_what_waited_before_the_webhook_was_set_is_posted_too(zalo: ZaloHands, door: Door) -> None:
    zalo.says("trước")
    zalo.ok("setWebhook", url=door.url, secret_token=SECRET)

    bodies = [door.next(), door.next()]

    assert {} in bodies
    assert [body["result"]["message"]["text"] for body in bodies if body] == ["trước"]


def test_an_event_that_is_not_taken_is_not_posted_again(zalo: ZaloHands, door: Door) -> None:
    open_door(zalo, door)
    door.answers = [500]

    zalo.says("mất")
    zalo.says("sau")

    assert [door.next_text(), door.next_text()] == ["mất", "sau"]
    eventually(zalo.state, lambda state: state["waiting"] == 0)
    assert door.arrived.empty()


def test_events_can_be_posted_twice(zalo: ZaloHands, door: Door) -> None:
    open_door(zalo, door)
    zalo.control("PUT", "/zalo", {"deliveries": 2})

    zalo.says("một")

    first, second = door.next(), door.next()
    assert first == second
    assert first["result"]["message"]["text"] == "một"


def test_the_address_is_told_with_the_time_when_it_was_set(zalo: ZaloHands, door: Door) -> None:
    zalo.control("PUT", "/clock", {"now": "2030-03-01T07:00:00+07:00", "running": False})

    was_set = zalo.ok("setWebhook", url=door.url, secret_token=SECRET)
    told = zalo.ok("getWebhookInfo")
    deleted = zalo.ok("deleteWebhook")

    assert was_set == told == {"url": door.url, "updated_at": 1898553600000}
    assert deleted == {"url": "", "updated_at": 1898553600000}


def test_an_address_that_fails_its_verification_stays_set(zalo: ZaloHands) -> None:
    code, words = zalo.refused("setWebhook", url=NOTHING_LISTENS, secret_token=SECRET)

    assert (code, words) == (400, "Bad Request: webhook verification failed: connection refused")
    assert zalo.ok("getWebhookInfo")["url"] == NOTHING_LISTENS


def test_a_door_that_refuses_the_verification_still_gets_the_events(zalo: ZaloHands, door: Door) -> None:
    door.answers = [403]
    code, words = zalo.refused("setWebhook", url=door.url, secret_token=SECRET)
    door.next()

    zalo.says("vẫn tới")

    assert (code, words) == (400, "Bad Request: webhook verification failed: 403 Forbidden")
    assert door.next_text() == "vẫn tới"


def test_polling_and_a_webhook_exclude_each_other(zalo: ZaloHands, door: Door) -> None:
    open_door(zalo, door)

    refused = zalo.refused("getUpdates", timeout=0)
    zalo.ok("deleteWebhook")

    assert refused == (400, "Bad Request: getUpdates cannot be used while a webhook is set")
    assert zalo.nothing()


def test_a_poll_that_is_open_ends_when_a_webhook_is_set(zalo: ZaloHands, door: Door) -> None:
    answers: list[tuple[int, str]] = []
    poll = threading.Thread(target=lambda: answers.append(zalo.refused("getUpdates", timeout=9)))
    poll.start()
    eventually(zalo.state, lambda state: bool(state["polling"]))

    open_door(zalo, door)
    poll.join()

    assert answers[0][0] == 400


def test_a_webhook_that_is_not_set_is_an_error_or_not(zalo: ZaloHands) -> None:
    refused = zalo.refused("deleteWebhook"), zalo.refused("getWebhookInfo")
    zalo.control("PUT", "/zalo", {"absent_webhook_is_error": False})

    assert refused == ((404, "Not Found: no webhook is set"), (404, "Not Found"))
    assert zalo.ok("deleteWebhook")["url"] == zalo.ok("getWebhookInfo")["url"] == ""


REFUSED: list[dict[str, object]] = [
    {"secret_token": SECRET},
    {"url": "http://127.0.0.1:9/zalo"},
    {"url": "http://127.0.0.1:9/zalo", "secret_token": "1234567"},
    {"url": "http://127.0.0.1:9/zalo", "secret_token": "x" * 257},
    {"url": "ftp://127.0.0.1/zalo", "secret_token": SECRET},
    {"url": "https://example.vn/zalo", "secret_token": SECRET},
    {"url": "http://[", "secret_token": SECRET},
]


@pytest.mark.parametrize("params", REFUSED)
def test_a_webhook_needs_an_address_and_a_secret(zalo: ZaloHands, params: dict[str, object]) -> None:
    assert zalo.refused("setWebhook", **params)[0] == 400
    assert zalo.refused("getWebhookInfo")[0] == 404


def test_the_control_api_tells_why_a_delivery_was_not_taken(zalo: ZaloHands, door: Door) -> None:
    open_door(zalo, door)
    door.answers = [503]

    zalo.says("x", who=LAN)

    state = eventually(zalo.state, lambda told: told["webhook"]["error"] is not None)
    assert state["webhook"]["error"] == "503 Service Unavailable"
    assert state["webhook"]["url"] == door.url
