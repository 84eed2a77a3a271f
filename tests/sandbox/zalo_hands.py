"""What tests do to a sandbox on Zalo: as the bot there, and as people who write to it."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.sandbox.hands import LAN, MINH, Hands

ZALO_TOKEN = "4120230001:ZALO-SANDBOX"
BOT = "Bot Nhắc Việc"


@dataclass(frozen=True)
class ZaloHands:
    """Lan's private chat with the bot, and a group of Lan and Minh, both as the control API shows them."""

    hands: Hands
    private: Any
    group: Any

    @property
    def url(self) -> str:
        return f"{self.hands.url}/zalo/bot{ZALO_TOKEN}"

    @property
    def lan(self) -> str:
        """The id of Lan's chat on the wire."""
        return str(self.private["address"])

    def call(self, method: str, **params: object) -> httpx.Response:
        return self.hands.http.post(f"{self.url}/{method}", json=params)

    def ok(self, method: str, **params: object) -> Any:
        answer = self.call(method, **params)
        body = answer.json()
        assert answer.status_code == 200, body
        assert body.pop("ok") is True, body
        return body["result"]

    def refused(self, method: str, **params: object) -> tuple[int, str]:
        """Code and words of a refusal, which comes with HTTP 200."""
        answer = self.call(method, **params)
        body = answer.json()
        assert answer.status_code == 200
        assert body["ok"] is False
        return int(body["error_code"]), str(body["description"])

    def event(self) -> Any:
        """The next event, which must be there already."""
        return self.ok("getUpdates", timeout=0)

    def nothing(self) -> bool:
        """Whether no event waits; one that does is lost."""
        return bool(self.call("getUpdates", timeout=0).json().get("error_code") == 408)

    def control(self, verb: str, path: str, body: object = None) -> Any:
        return self.hands.control(verb, path, body)

    def state(self) -> Any:
        return self.control("GET", "/state")["zalo"]

    def chat(self, **body: object) -> Any:
        return self.control("POST", "/chats", {"platform": "zalo"} | body)

    def person(self, number: int) -> Any:
        """A new person with a private chat in which nothing was said."""
        self.control("POST", "/users", {"id": number, "first_name": f"Cán bộ {number}"})
        return self.chat(type="private", members=[number])

    def says(self, text: str, *, who: int = LAN, chat: Any = None, **more: object) -> Any:
        return self.sends(who=who, chat=chat, text=text, **more)

    def sends(self, *, who: int = LAN, chat: Any = None, **content: object) -> Any:
        number = (chat or self.private)["id"]
        return self.control("POST", f"/chats/{number}/messages", {"from": who} | content)

    def meet(self) -> None:
        """Lan writes first, and the bot takes note."""
        self.says("Xin chào")
        self.event()

    def messages(self, chat: Any = None) -> Any:
        return self.hands.messages((chat or self.private)["id"])


def meet_on_zalo(sandbox: Hands) -> ZaloHands:
    """Opens the two chats in a sandbox where Lan and Minh are."""

    def chat(**body: object) -> Any:
        return sandbox.control("POST", "/chats", {"platform": "zalo"} | body)

    return ZaloHands(
        sandbox,
        private=chat(type="private", members=[LAN]),
        group=chat(type="group", title="Sở Tư pháp", members=[LAN, MINH]),
    )
