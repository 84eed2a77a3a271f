"""The seam between the bot and a messaging service: what a channel is asked to do and what can come of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.message import Message


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The service took it; `external_id` is its id there."""

    external_id: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """It will never be taken. `suspends` when the whole chat is out of reach (blocked, kicked, not found)."""

    reason: str
    suspends: bool


@dataclass(frozen=True, kw_only=True)
class RetryLater:
    """Not taken, surely. `after` when the service named a wait; `whole_channel` when a quota of the whole bot is used up."""

    reason: str
    after: timedelta | None = None
    whole_channel: bool = False


@dataclass(frozen=True, kw_only=True)
class TokenRefused:
    """Not taken, and nothing of this channel will be while the bot has this token."""

    reason: str = "token refused"


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """Not taken: the chat lives at another address now."""

    address: str


@dataclass(frozen=True, kw_only=True)
class Uncertain:
    """The request left and its answer never came: it may or may not have been taken."""

    reason: str


Outcome = Sent | Refused | RetryLater | TokenRefused | Migrated | Uncertain


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where a piece goes. `replaces` is the message to edit instead of writing a new one, `acknowledges` the tap to
    answer first, `replies_to` the message that asked; `pins`: a new message rings no bell and is pinned. Channels that cannot
    do these write a plain new message."""

    address: str
    replaces: str | None = None
    acknowledges: str | None = None
    replies_to: str | None = None
    pins: bool = False


@dataclass(frozen=True, kw_only=True)
class File:
    """A file as it goes to a chat; pictures are shown, others offered for download."""

    name: str
    media_type: str
    content: bytes


class KnowsAdmins(Protocol):
    """Whom to ask who the admins of a group are."""

    async def admins(self, address: str) -> tuple[str, ...] | None:
        """Their ids on the channel; None when it cannot be asked now. Never raises for what the service or the network
        did."""
        ...


class Channel(Protocol):
    """One messaging service. Nothing above it knows which."""

    @property
    def name(self) -> str: ...

    @property
    def has_buttons(self) -> bool:
        """Whether choices can be tapped; else a piece comes with their numbers (see bot.message.Choice)."""
        ...

    @property
    def takes_files(self) -> bool: ...

    def pieces(self, message: Message) -> list[Message]:
        """The message in pieces that the service accepts, split between blocks; choices and a paper go with the last."""
        ...

    async def send(
        self,
        piece: Message,
        destination: Destination,
        *,
        repeat: bool = False,
        file: File | None = None,
    ) -> Outcome:
        """Send one piece; `repeat` marks it as sent again, perhaps received before; `file` is its paper, where the service
        takes files. Never raises for what the service or the network did: that is an Outcome."""
        ...
