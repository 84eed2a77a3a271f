"""What of the world goes into the state file."""

from collections import deque
from datetime import datetime

from pydantic import BaseModel

from sandbox.callbacks import CallbackQuery
from sandbox.chats import BotStatus, ChatType, Platform, User
from sandbox.clock import Stop
from sandbox.command_lists import Command, Scope
from sandbox.files import FileKind
from sandbox.update_queue import WaitingUpdate
from sandbox.world import WebhookSettings, World
from sandbox.zalo import MonthCount, ZaloWebhook


class SavedClock(BaseModel):
    """The clock when it was saved."""

    now: datetime
    speed: float
    running: bool
    version: int
    stops: list[Stop]


class SavedList(BaseModel):
    """One list of commands."""

    scope: Scope
    language: str
    commands: list[Command]


class SavedZalo(BaseModel):
    """The Zalo bot: its waiting events, its webhook, and what its plan has used."""

    waiting: list[dict[str, object]] = []
    webhook: ZaloWebhook = ZaloWebhook()
    count: MonthCount = MonthCount()
    people: list[int] = []


class SavedWorld(BaseModel):
    """Everything but chats, messages and files. The log and ordered failures end with the process."""

    users: list[User]
    commands: list[SavedList]
    taps: list[CallbackQuery]
    tap_count: int
    updates: list[WaitingUpdate]
    next_update_id: int
    allowed_updates: list[str]
    webhook: WebhookSettings
    clock: SavedClock
    last_message_id: int
    calls_logged: int
    zalo: SavedZalo = SavedZalo()


class SavedChat(BaseModel):
    """A chat without its messages."""

    id: int
    type: ChatType
    platform: Platform = Platform.TELEGRAM
    title: str | None
    members: list[int]
    admins: set[int]
    bot_status: BotStatus
    started: bool
    unread: int
    pinned: list[int]
    migrated_to: int | None
    migrated_from: int | None


class SavedMessage(BaseModel):
    """A message."""

    api: dict[str, object]
    outgoing: bool
    keyboard: dict[str, object] | None
    edited: bool
    deleted: bool


class SavedFile(BaseModel):
    """An upload; the content in base64."""

    number: int
    kind: FileKind
    name: str
    mime_type: str
    width: int
    height: int
    content: str


def world_to_save(world: World) -> SavedWorld:
    """The world as it is now."""
    clock = world.clock
    return SavedWorld(
        users=list(world.users.values()),
        commands=[
            SavedList(scope=scope, language=language, commands=list(commands))
            for (scope, language), commands in world.commands.lists.items()
        ],
        taps=list(world.callbacks.taps.values()),
        tap_count=world.callbacks.count,
        updates=list(world.updates.waiting()),
        next_update_id=world.updates.next_id,
        allowed_updates=list(world.updates.allowed),
        webhook=world.webhook,
        clock=SavedClock(
            now=clock.now(),
            speed=clock.speed,
            running=clock.running,
            version=clock.version,
            stops=list(clock.stops),
        ),
        last_message_id=world.last_message_id,
        calls_logged=world.log.last,
        zalo=SavedZalo(
            waiting=list(world.zalo.waiting),
            webhook=world.zalo.webhook,
            count=world.zalo.count,
            people=world.zalo.people,
        ),
    )


def restore_world(world: World, saved: SavedWorld) -> None:
    """Puts a saved world in place of a fresh one."""
    world.users = {user.id: user for user in saved.users}
    for one in saved.commands:
        world.commands.put(one.scope, one.language, tuple(one.commands))
    world.callbacks.taps = {tap.id: tap for tap in saved.taps}
    world.callbacks.count = saved.tap_count
    world.updates.restore(saved.updates)
    world.updates.next_id = saved.next_update_id
    world.updates.allow(saved.allowed_updates)
    world.webhook = saved.webhook
    world.clock.restore(
        now=saved.clock.now,
        speed=saved.clock.speed,
        running=saved.clock.running,
        version=saved.clock.version,
    )
    world.clock.set_stops(tuple(saved.clock.stops))
    world.last_message_id = saved.last_message_id
    world.log.last = saved.calls_logged
    world.zalo.waiting = deque(saved.zalo.waiting)
    world.zalo.webhook = saved.zalo.webhook
    world.zalo.count = saved.zalo.count
    world.zalo.people = saved.zalo.people
