"""What the sandbox knows of the Zalo bot: its name, what waits for it, its webhook, what its plan has used."""

from collections import deque
from dataclasses import dataclass, field

from sandbox.chats import Chat, User
from sandbox.faults import ErrorStyle
from sandbox.json_types import JsonObject
from sandbox.signals import Signal
from sandbox.zalo_addresses import chat_address


@dataclass(frozen=True, kw_only=True)
class ZaloWebhook:
    """What setWebhook asked for; an empty url means none. `updated_at`: milliseconds of the sandbox's clock."""

    url: str = ""
    secret_token: str = ""
    updated_at: int = 0


@dataclass(frozen=True, kw_only=True)
class ZaloSwitches:
    """In what the platform's behaviour is unknown or varies, and so can be chosen.

    `deliveries`: how often each event is posted to a webhook. `absent_webhook_is_error`: whether deleteWebhook
    and getWebhookInfo are refused where none is set.
    """

    error_style: ErrorStyle = ErrorStyle.BODY
    deliveries: int = 1
    absent_webhook_is_error: bool = True


@dataclass(kw_only=True)
class MonthCount:
    """Messages that the bot sent in one month, such as 2023-03 in Vietnam; a new month begins at 0."""

    month: str = ""
    sent: int = 0

    def of(self, month: str) -> int:
        """How many messages were sent in a month."""
        return self.sent if month == self.month else 0

    def add(self, month: str) -> None:
        """Counts one message."""
        self.month, self.sent = month, self.of(month) + 1


@dataclass(kw_only=True)
class ZaloState:
    """The Zalo bot. `waiting` holds events, oldest first; `people` those who have reached the bot."""

    bot: User
    usual: ZaloSwitches
    arrived: Signal = field(default_factory=Signal)
    open_polls: int = 0

    def __post_init__(self) -> None:
        self.empty()

    def empty(self) -> None:
        """Forgets everything but the bot itself. Polls that are open stay so."""
        self.switches = self.usual
        self.waiting: deque[JsonObject] = deque()
        self.webhook = ZaloWebhook()
        self.count = MonthCount()
        self.people: list[int] = []
        self._chat_ids: dict[str, int] = {}

    def queue(self, event: JsonObject) -> None:
        """An event for the bot, as it is."""
        self.waiting.append(event)
        self.arrived.notify()

    def admit(self, user_id: int, allowed: int | None) -> bool:
        """Whether the bot may talk with a person: one of the first `allowed` who came (None: everybody)."""
        if user_id in self.people:
            return True
        if allowed is not None and len(self.people) >= allowed:
            return False
        self.people.append(user_id)
        return True

    def chat_at(self, address: str, chats: dict[int, Chat]) -> Chat | None:
        """The chat of an id on the wire; None when there is none."""
        if address not in self._chat_ids:
            self._chat_ids = {chat_address(chat): chat.id for chat in chats.values() if chat.is_zalo}
        number = self._chat_ids.get(address)
        return None if number is None else chats.get(number)
