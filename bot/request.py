"""What comes in, after a channel has read it and before the conversation answers it."""

from dataclasses import dataclass
from enum import StrEnum

from store.states import ChatKind


@dataclass(frozen=True, kw_only=True)
class Place:
    """A chat on a channel. `sparing`: the channel's messages are counted, so that it should hear little unasked."""

    channel: str
    address: str
    kind: ChatKind
    sparing: bool = False


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who wrote or tapped: the id on the channel and the name shown there. `as_group`: in the group's own name, which only an
    admin of it can."""

    id: str
    name: str
    as_group: bool = False


@dataclass(frozen=True, kw_only=True)
class File:
    """A photo or file that came with the words: its id on the channel or its address, its name there, and its size in
    bytes if known."""

    id: str
    name: str
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class Words:
    """A person wrote to the bot, or sent it a file: then there may be no text. `message_id` is the channel's id of what they
    wrote, `replied_to` of the message that they replied to, `replied_choices` are the actions of the choices under that one;
    `album` is the channel's id of the files that were sent together. A mention of the bot is cut off."""

    place: Place
    person: Person
    text: str
    message_id: str
    replied_to: str | None = None
    replied_choices: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    album: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tap:
    """A person tapped a choice. `action` is what the choice carried (anyone can forge it); `message_id` the message it
    stood under; `tap_id` what the channel wants acknowledged."""

    place: Place
    person: Person
    action: str
    message_id: str
    tap_id: str


class NotWords(StrEnum):
    """What a person can send that says nothing to the bot. WITHHELD: the service does not show it to bots."""

    STICKER = "sticker"
    VOICE = "voice"
    WITHHELD = "withheld"


@dataclass(frozen=True, kw_only=True)
class Wordless:
    """A person sent something that the bot cannot read. `message_id` is the channel's id of it."""

    place: Place
    person: Person
    sent: NotWords
    message_id: str


@dataclass(frozen=True, kw_only=True)
class Gone:
    """The bot was blocked or removed from the chat."""

    place: Place
    reason: str


@dataclass(frozen=True, kw_only=True)
class Back:
    """The bot was unblocked or added to the chat (again)."""

    place: Place


@dataclass(frozen=True, kw_only=True)
class Moved:
    """The chat lives at another address now."""

    channel: str
    old: str
    new: str


Incoming = Words | Tap | Wordless | Gone | Back | Moved
