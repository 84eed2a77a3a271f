"""The two ends of a conversation, by hand: a bot that a test plays, and the people of the sandbox."""

from dataclasses import dataclass
from typing import TypedDict, cast

import httpx


class Message(TypedDict):
    """The part of a Telegram message that these tests look at."""

    message_id: int
    text: str


class Callback(TypedDict):
    """The part of a callback query that these tests look at."""

    id: str
    data: str


class Update(TypedDict, total=False):
    """The part of an update that these tests look at."""

    update_id: int
    message: Message
    callback_query: Callback


@dataclass(frozen=True, kw_only=True)
class BotHands:
    """Calls the sandbox's Bot API; a refusal is a failed test."""

    base_url: str
    token: str

    def call(self, method: str, **parameters: object) -> object:
        """The result of one call."""
        answer = httpx.post(f"{self.base_url}/bot{self.token}/{method}", json=parameters, timeout=30).json()
        assert answer["ok"], answer
        return cast(object, answer["result"])

    def send(self, chat_id: int, text: str, **more: object) -> int:
        """The id of the message that was sent, as HTML."""
        sent = self.call("sendMessage", chat_id=chat_id, text=text, parse_mode="HTML", **more)
        return cast(Message, sent)["message_id"]

    def next_update(self) -> Update:
        """Waits for one update and confirms it."""
        updates = cast(list[Update], self.call("getUpdates", timeout=10, limit=1))
        assert updates, "no update came"
        self.call("getUpdates", offset=updates[0]["update_id"] + 1, timeout=0)
        return updates[0]


@dataclass(frozen=True, kw_only=True)
class World:
    """Calls the sandbox's control API; a refusal is a failed test."""

    base_url: str

    def ask(self, method: str, path: str, body: object = None) -> object:
        """The JSON of one answer."""
        answer = httpx.request(method, f"{self.base_url}/control{path}", json=body, timeout=30)
        assert answer.is_success, answer.text
        return cast(object, answer.json())

    def person(self, user_id: int, first_name: str, last_name: str | None = None) -> None:
        """A user whom chats may have as a member."""
        self.ask("POST", "/users", {"id": user_id, "first_name": first_name, "last_name": last_name})

    def private(self, user_id: int) -> None:
        """A private chat of a person with the bot."""
        self.ask("POST", "/chats", {"id": user_id, "type": "private", "members": [user_id]})

    def group(self, chat_id: int, title: str, members: list[int]) -> None:
        """A group in which the bot is."""
        self.ask("POST", "/chats", {"id": chat_id, "type": "group", "title": title, "members": members})

    def writes(self, chat_id: int, user_id: int, text: str) -> None:
        """A person writes a message."""
        self.ask("POST", f"/chats/{chat_id}/messages", {"from": user_id, "text": text})
