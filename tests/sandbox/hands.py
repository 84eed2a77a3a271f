"""What tests do to a sandbox: as its bot, as its people, and as the one who runs it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

TOKEN = "2023:SANDBOX-TOKEN"
LAN, MINH = 1001, 1002
GROUP = -2001

T = TypeVar("T")


class FakeMonotonic:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def eventually(read: Callable[[], T], wanted: Callable[[T], bool]) -> T:
    """What `read` gives once it is as wanted; a failure when it never is."""
    end = time.monotonic() + 10
    while not wanted(value := read()):
        assert time.monotonic() < end, f"still {value!r}"
        time.sleep(0.01)
    return value


@dataclass(frozen=True)
class Hands:
    """Plain HTTP to a running sandbox; JSON comes back as it is."""

    url: str
    http: httpx.Client

    def call(self, method: str, **params: object) -> httpx.Response:
        return self.http.post(f"{self.url}/bot{TOKEN}/{method}", json=params)

    def ok(self, method: str, **params: object) -> Any:
        answer = self.call(method, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def refused(self, method: str, **params: object) -> str:
        """The description of a refusal, whose error_code is the HTTP status."""
        answer = self.call(method, **params)
        body = answer.json()
        assert not body["ok"]
        assert body["error_code"] == answer.status_code
        return str(body["description"])

    def control(self, verb: str, path: str, body: object = None) -> Any:
        answer = self.http.request(verb, f"{self.url}/control{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def control_error(self, verb: str, path: str, body: object = None) -> tuple[int, str]:
        answer = self.http.request(verb, f"{self.url}/control{path}", json=body)
        return answer.status_code, str(answer.json()["error"])

    def office(self) -> None:
        """Lan and Minh, Lan's private chat, and a group of both where Lan is the administrator."""
        self.control("POST", "/users", {"id": LAN, "first_name": "Lan", "username": "lan_stp"})
        self.control("POST", "/users", {"id": MINH, "first_name": "Minh", "language_code": "vi"})
        self.control("POST", "/chats", {"type": "private", "id": LAN})
        self.control(
            "POST",
            "/chats",
            {"type": "group", "id": GROUP, "title": "Sở Tư pháp", "members": [LAN, MINH], "admins": [LAN]},
        )

    def says(self, text: str, *, chat: int = LAN, who: int = LAN, **more: object) -> Any:
        return self.control("POST", f"/chats/{chat}/messages", {"from": who, "text": text} | more)

    def messages(self, chat: int = LAN) -> Any:
        return self.control("GET", f"/chats/{chat}/messages?after=0")["messages"]
