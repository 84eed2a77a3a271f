"""Who talks where: users, chats and the messages in them."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.json_types import JsonObject


class Platform(StrEnum):
    """The messaging services that the sandbox stands in for."""

    TELEGRAM = "telegram"
    ZALO = "zalo"


class ChatType(StrEnum):
    """The kinds of chat that the sandbox plays."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"


class BotStatus(StrEnum):
    """What the bot is in a chat, in the Bot API's words for a ChatMember."""

    MEMBER = "member"
    ADMINISTRATOR = "administrator"
    LEFT = "left"
    KICKED = "kicked"


@dataclass(kw_only=True)
class User:
    """A person, or the bot itself. https://core.telegram.org/bots/api#user"""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def as_api(self) -> JsonObject:
        """The user as the Bot API gives it: what is not known is left out."""
        given: JsonObject = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            given["last_name"] = self.last_name
        if self.username:
            given["username"] = self.username
        if self.language_code:
            given["language_code"] = self.language_code
        return given


@dataclass(kw_only=True, slots=True)
class StoredMessage:
    """One message: `api` as the Bot API gives it (replaced, never changed), and what only the sandbox knows.

    `keyboard` is a reply keyboard, its removal or a forced reply: messages with one cannot be edited.
    """

    api: JsonObject
    outgoing: bool
    keyboard: JsonObject | None = None
    edited: bool = False
    deleted: bool = False
    saved_form: bytes | None = None

    @property
    def id(self) -> int:
        """Its number, unique within its chat."""
        number = self.api["message_id"]
        assert isinstance(number, int)  # noqa: S101 - built by us
        return number

    def touched(self) -> None:
        """Forgets the cached form on disk after a change."""
        self.saved_form = None


@dataclass(kw_only=True)
class Chat:
    """A chat with its members and its messages, oldest first.

    `started`: the person (on Zalo: or the group) has spoken to the bot, which may write from then on.
    """

    id: int
    type: ChatType
    platform: Platform = Platform.TELEGRAM
    title: str | None = None
    members: list[int] = field(default_factory=list)
    admins: set[int] = field(default_factory=set)
    bot_status: BotStatus = BotStatus.MEMBER
    started: bool = True
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    message_ids: list[int] = field(default_factory=list)
    unread: int = 0
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    migrated_from: int | None = None

    @property
    def is_private(self) -> bool:
        """A chat with one person."""
        return self.type is ChatType.PRIVATE

    @property
    def is_zalo(self) -> bool:
        """A chat of the Zalo Bot Platform."""
        return self.platform is Platform.ZALO

    @property
    def blocked(self) -> bool:
        """The person blocked the bot, or the group removed it."""
        return self.bot_status is BotStatus.KICKED

    @property
    def last_message_id(self) -> int:
        """The highest message number so far, 0 in an empty chat."""
        return self.message_ids[-1] if self.message_ids else 0

    def add(self, message: StoredMessage) -> None:
        """Appends a message; its number must be higher than all before."""
        self.messages[message.id] = message
        self.message_ids.append(message.id)

    def after(self, message_id: int, limit: int) -> Iterator[StoredMessage]:
        """The messages with a higher number, oldest first, deleted ones too. Costs only what is read."""
        start = bisect_right(self.message_ids, message_id)
        return (self.messages[number] for number in self.message_ids[start : start + limit])

    def latest(self, limit: int) -> Iterator[StoredMessage]:
        """The newest messages, oldest of them first, deleted ones too."""
        return (self.messages[number] for number in self.message_ids[-limit:])

    def living(self, message_id: int) -> StoredMessage | None:
        """A message that exists and was not deleted."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def last_living(self) -> StoredMessage | None:
        """The newest message that was not deleted."""
        return next((one for one in reversed(self.messages.values()) if not one.deleted), None)
