"""What a control call was given, and how it is refused."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from sandbox.chats import Chat, User
from sandbox.conversation import as_reply
from sandbox.json_types import JsonObject
from sandbox.world import World

_Named = TypeVar("_Named", bound=StrEnum)


class ControlError(Exception):
    """A control call was refused; `status` is 4xx."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Body:
    """A JSON object whose fields are checked as they are read."""

    fields: JsonObject

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise ControlError(f"{name} must be a text")
        return value

    def text_or_none(self, name: str) -> str | None:
        """A text or nothing."""
        return None if self.fields.get(name) is None else self.text(name)

    def choice(self, name: str, among: type[_Named]) -> _Named:
        """One of the values of an enumeration, that must be there."""
        try:
            return among(self.text(name))
        except ValueError as error:
            known = ", ".join(one.value for one in among)
            raise ControlError(f"{name} must be one of {known}") from error

    def choice_or_none(self, name: str, among: type[_Named]) -> _Named | None:
        """One of the values of an enumeration, or nothing."""
        return None if self.fields.get(name) is None else self.choice(name, among)

    def whole(self, name: str) -> int:
        """A whole number that must be there."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ControlError(f"{name} must be a whole number")
        return value

    def whole_or_none(self, name: str) -> int | None:
        """A whole number or nothing."""
        return None if self.fields.get(name) is None else self.whole(name)

    def number_or_none(self, name: str) -> float | None:
        """A number or nothing."""
        value = self.fields.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ControlError(f"{name} must be a number")
        return float(value)

    def flag_or_none(self, name: str) -> bool | None:
        """True, false or nothing."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            raise ControlError(f"{name} must be true or false")
        return value

    def wholes_or_none(self, name: str) -> list[int] | None:
        """A list of whole numbers or nothing."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(type(one) is int for one in value):
            raise ControlError(f"{name} must be a list of whole numbers")
        return value


async def read_json(request: Request) -> object:
    """The body as JSON, None when empty."""
    raw = await request.body()
    if not raw.strip():
        return None
    try:
        decoded: object = json.loads(raw)
    except ValueError as error:
        raise ControlError("the body is not JSON") from error
    return decoded


async def read_body(request: Request) -> Body:
    """The body as an object; an empty body is an empty object."""
    decoded = await read_json(request)
    if decoded is None:
        decoded = {}
    if not isinstance(decoded, dict):
        raise ControlError("the body must be a JSON object")
    return Body(fields=decoded)


def chat_of(world: World, request: Request) -> Chat:
    """The chat in the path; 404 when there is none. A person's chat opens when it is first used."""
    number = request.path_params["chat_id"]
    chat = world.chats.get(number) or world.ensure_private_chat(number)
    if chat is None:
        raise ControlError(f"there is no chat {number}", 404)
    return chat


def person_in(world: World, chat: Chat, user_id: int) -> User:
    """A person who may write in a chat."""
    person = world.users.get(user_id)
    if person is None:
        raise ControlError(f"there is no user {user_id}", 404)
    if user_id not in chat.members:
        raise ControlError(f"user {user_id} is not a member of chat {chat.id}")
    return person


def reply_in(chat: Chat, number: int | None) -> JsonObject:
    """The message of a chat that is answered, as a field of the answer; nothing when none is."""
    if number is None:
        return {}
    target = chat.living(number)
    if target is None:
        raise ControlError("the message to reply to does not exist", 404)
    return {"reply_to_message": as_reply(target)}


def whole_query(request: Request, name: str) -> int | None:
    """A whole number of the query, or nothing."""
    written = request.query_params.get(name)
    if written is None:
        return None
    try:
        return int(written)
    except ValueError as error:
        raise ControlError(f"{name} must be a whole number") from error


def answer(content: object, status: int = 200) -> Response:
    """A JSON answer."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(body.encode("utf-8", "surrogatepass"), status, media_type="application/json")
