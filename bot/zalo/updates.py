"""An event of the Zalo Bot Platform read into what the conversation understands.

Polled and brought events have the same form; a brought one may be wrapped as an answer is (`{"ok": true, "result": {…}}`).
"""

import hashlib
import json
import re
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bot.request import File, Incoming, NotWords, Person, Place, Wordless, Words
from bot.zalo.channel import NAME
from store.inbox import Arrival
from store.states import ChatKind

# Any other chat may have several people in it.
_PRIVATE = "PRIVATE"
_LONGEST_ID = 80
_WITHOUT_WORDS = {
    "message.sticker.received": NotWords.STICKER,
    "message.voice.received": NotWords.VOICE,
    "message.unsupported.received": NotWords.WITHHELD,
}
_NO_CHARACTERS = re.compile(r"[\ud800-\udfff\0]")
_TEXT, _IMAGE = "message.text.received", "message.image.received"


class UnreadableUpdate(ValueError):
    """The event is not one that the platform describes."""


def _legible(value: object) -> object:
    """Half a character (a lone surrogate) and NUL, which no database takes, become the sign for what cannot be read; null is
    no text."""
    if value is None:
        return ""
    return _NO_CHARACTERS.sub("\ufffd", value) if isinstance(value, str) else value


# As much as the store's columns for ids take.
_Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
_Text = Annotated[str, BeforeValidator(_legible)]


class _Sender(BaseModel):
    id: _Id
    display_name: _Text = ""
    is_bot: bool | None = False


class _Chat(BaseModel):
    id: _Id
    chat_type: _Text = _PRIVATE


class _Message(BaseModel):
    sender: _Sender = Field(alias="from")
    chat: _Chat
    message_id: _Id
    text: _Text = ""
    caption: _Text = ""
    photo: _Text = ""
    photo_url: _Text = ""


class _Event(BaseModel):
    event_name: str
    message: _Message


def arrival_of(raw: dict[str, Any]) -> Arrival:
    """The event as the inbox keeps it. The platform gives events no number: the same name and message are the same event.
    Never raises: that an event cannot be read is found out when it is handled."""
    event = _bare(raw)
    sent = event.get("message")
    content = sent if isinstance(sent, dict) else {}
    message_id, chat = content.get("message_id"), content.get("chat")
    chat_id = chat.get("id") if isinstance(chat, dict) else None
    known = isinstance(message_id, str) and bool(message_id)
    name = f"{event.get('event_name')}:{message_id}" if known else f"event {_hash(raw)}"
    lane = chat_id if isinstance(chat_id, str) and chat_id else name
    return Arrival(update_id=_short(name), lane=_short(lane), raw=raw)


def read_update(raw: dict[str, Any], bot_name: str) -> Incoming | None:
    """What the event says to us; None when it is not for us. `bot_name` is how people mention the bot. Raises
    UnreadableUpdate."""
    event = _bare(raw)
    name = event.get("event_name")
    if not isinstance(name, str):
        raise UnreadableUpdate("no event_name")
    if name not in (_TEXT, _IMAGE, *_WITHOUT_WORDS):
        return None
    try:
        sent = _Event.model_validate(event).message
    except ValidationError as error:
        fields = sorted({".".join(map(str, one["loc"])) for one in error.errors(include_input=False)})
        raise UnreadableUpdate(f"{name}: {', '.join(fields)}") from None
    if sent.sender.is_bot:
        return None
    kind = ChatKind.PRIVATE if sent.chat.chat_type == _PRIVATE else ChatKind.GROUP
    place = Place(channel=NAME, address=sent.chat.id, kind=kind, sparing=True)
    person = Person(id=sent.sender.id, name=sent.sender.display_name)
    if name in _WITHOUT_WORDS:
        return Wordless(place=place, person=person, sent=_WITHOUT_WORDS[name], message_id=sent.message_id)
    return Words(
        place=place,
        person=person,
        text=_without_mention(sent.text or sent.caption, bot_name),
        message_id=sent.message_id,
        files=_photo(sent) if name == _IMAGE else (),
    )


def _photo(sent: _Message) -> tuple[File, ...]:
    """The platform gives the address of an image in one field or the other."""
    address = sent.photo or sent.photo_url
    if not address:
        raise UnreadableUpdate(f"{_IMAGE}: no photo")
    return (File(id=address, name=f"ảnh_{sent.message_id[-6:]}.jpg"),)


def _without_mention(text: str, bot_name: str) -> str:
    """The first mention, with which people call the bot in a group, may stand anywhere; its name may have spaces."""
    spelt = r"\s+".join(re.escape(word) for word in normalize("NFC", bot_name).split())
    if not spelt:
        return text
    before, *after = re.split(
        rf"(?<!\w)@{spelt}(?!\w)[\s,:]*", normalize("NFC", text), maxsplit=1, flags=re.IGNORECASE
    )
    return " ".join(part for part in (before.rstrip(), *after) if part) if after else text


def _bare(raw: dict[str, Any]) -> dict[str, Any]:
    inside = raw.get("result")
    return inside if "event_name" not in raw and isinstance(inside, dict) else raw


def _short(text: str) -> str:
    """As it is, or where no database would take it, its hash."""
    if len(text) <= _LONGEST_ID and text.isascii() and text.isprintable():
        return text
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _hash(raw: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
