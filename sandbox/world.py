"""The sandbox's world: everything that is remembered, in one place, used from one event loop."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sandbox.call_log import CallLog
from sandbox.callbacks import Callbacks
from sandbox.chats import Chat, ChatType, User
from sandbox.clock import SandboxClock
from sandbox.command_lists import CommandLists
from sandbox.events import EventHub
from sandbox.faults import ErrorStyle, Faults
from sandbox.files import FileStore
from sandbox.limits import FloodLimits, LimitSettings
from sandbox.signals import Signal
from sandbox.update_queue import UpdateQueue
from sandbox.zalo import ZaloState, ZaloSwitches

DEFAULT_TOKEN = "2023:SANDBOX-TOKEN"  # noqa: S105 - opens nothing but the sandbox
DEFAULT_ZALO_TOKEN = "4120230001:ZALO-SANDBOX"  # noqa: S105 - opens nothing but the sandbox


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the sandbox is started with. `clock_from` None: the machine's present."""

    token: str = DEFAULT_TOKEN
    bot_username: str = "nhacviec_bot"
    bot_name: str = "Nhắc Việc"
    zalo_token: str = DEFAULT_ZALO_TOKEN
    zalo_name: str = "Bot Nhắc Việc"
    zalo_error_style: ErrorStyle = ErrorStyle.BODY
    state_file: Path | None = None
    clock_from: datetime | None = None
    clock_speed: float = 1.0
    limits: LimitSettings = field(default_factory=LimitSettings)
    webhook_first_delay: float = 1.0
    webhook_longest_delay: float = 60.0
    monotonic: Callable[[], float] = time.monotonic
    real_time: Callable[[], float] = time.time

    @property
    def bot_id(self) -> int:
        """The bot's user id: the part of the token before the colon."""
        return int(self.token.partition(":")[0])

    @property
    def zalo_bot_id(self) -> int:
        """The Zalo bot's id: the part of its token before the colon."""
        return int(self.zalo_token.partition(":")[0])


@dataclass(frozen=True, kw_only=True)
class WebhookSettings:
    """What setWebhook asked for; an empty url means none."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""


class World:
    """All state. `changed()` after every change, so that it is saved; `closing` ends long waits."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.events = EventHub()
        self.closing = Signal()
        self.closed = False
        self.open_polls = 0
        self.dirty = Signal()
        self.revision = 0
        self.clock = SandboxClock(
            settings.clock_from or datetime.now(UTC),
            speed=settings.clock_speed,
            monotonic=settings.monotonic,
        )
        self.limits = FloodLimits(settings.limits, monotonic=settings.monotonic)
        self.faults = Faults(monotonic=settings.monotonic)
        self.updates = UpdateQueue(real_time=settings.real_time)
        self.log = CallLog(real_time=settings.real_time)
        self.zalo = ZaloState(
            bot=User(id=settings.zalo_bot_id, first_name=settings.zalo_name, is_bot=True),
            usual=ZaloSwitches(error_style=settings.zalo_error_style),
        )
        self._empty()

    def reset(self) -> None:
        """Forgets users, chats, messages, updates, files, faults and the log, and sets limits and clock anew."""
        self.updates.keep_last(0)
        self.updates.allow(())
        self.log.clear()
        self.zalo.empty()
        self.faults.clear()
        self.limits = FloodLimits(self.settings.limits, monotonic=self.settings.monotonic)
        self.clock.change(
            now=self.settings.clock_from or datetime.now(UTC),
            speed=self.settings.clock_speed,
            running=True,
            may_go_back=True,
        )
        self.clock.set_stops(())
        self._empty()
        self.changed()
        self.events.publish("reset")

    def changed(self) -> None:
        """Marks the state as different from what is on disk."""
        self.revision += 1
        self.dirty.notify()

    def close(self) -> None:
        """Ends long polls, hangs and event streams, so that the server can stop at once."""
        self.closed = True
        self.closing.notify()
        self.updates.arrived.notify()
        self.zalo.arrived.notify()
        self.clock.changed.notify()
        self.events.close()

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups number their messages themselves; all other chats share one count, as at Telegram."""
        if chat.type is ChatType.SUPERGROUP:
            return chat.last_message_id + 1
        self.last_message_id += 1
        return self.last_message_id

    def bot_in(self, chat: Chat) -> User:
        """The bot of the chat's platform."""
        return self.zalo.bot if chat.is_zalo else self.bot

    def person_of(self, chat: Chat) -> User | None:
        """The person of a private chat; None in a group."""
        return self.users.get(chat.members[0]) if chat.is_private and chat.members else None

    def ensure_private_chat(self, user_id: int) -> Chat | None:
        """The private chat with a user, opened if need be; None when there is no such user."""
        chat = self.chats.get(user_id)
        if chat is None and user_id in self.users:
            chat = Chat(id=user_id, type=ChatType.PRIVATE, members=[user_id])
            self.chats[user_id] = chat
        return chat

    def _empty(self) -> None:
        settings = self.settings
        self.bot = User(
            id=settings.bot_id, first_name=settings.bot_name, username=settings.bot_username, is_bot=True
        )
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.commands = CommandLists()
        self.files = FileStore()
        self.callbacks = Callbacks(real_time=settings.real_time)
        self.last_message_id = 0
        self.webhook = WebhookSettings()
