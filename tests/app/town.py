"""A served sandbox and its people, spoken to over HTTP, and the bot that lives in it."""

import asyncio
import re
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from sqlalchemy import func, select

from bot.status_message import MARK
from config.settings import Settings, Tokens
from plan.vietnam import local
from sandbox.limits import LimitSettings
from sandbox.server import create_app, serve
from sandbox.world import DEFAULT_TOKEN, DEFAULT_ZALO_TOKEN
from sandbox.world import Settings as SandboxSettings
from scheduler.clockwork import Rhythm
from store.database import Database
from store.pacing import Pace
from store.riders import has_had_its_message, rides
from store.states import InboxState, OutboxState
from store.tables import ChatRow, InboxRow, OutboxRow

TOKEN = DEFAULT_TOKEN
TELEGRAM, ZALO = "telegram", "zalo"
BOTH = Tokens(telegram=TOKEN, zalo=DEFAULT_ZALO_TOKEN)
# The sandbox numbers its chats on Zalo from here.
_FIRST_ON_ZALO = 9_000_000_000_001
# "12. Xác nhận", and under an item "   7. ✅ 2.6a".
_NUMBERED = re.compile(r"^(?:   )?([0-9]{1,3})\. (.+)$", re.MULTILINE)
# Nothing wakes up by itself: the test says when.
BY_HAND = Rhythm(scan=3600, statuses=3600, refresh=3600, leases=3600, watch=3600)
AT_ONCE = Pace(per_second=1e6, per_chat_per_second=1e6, group_per_minute=1_000_000)
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A message as the chat shows it; `at` is the time on a clock in Vietnam, `buttons` are (label, action): on Zalo the
    numbered lines, whose action is the number."""

    id: int
    outgoing: bool
    edited: bool
    answers: int | None
    at: datetime
    text: str
    buttons: tuple[tuple[str, str], ...]

    @property
    def is_status(self) -> bool:
        """The pinned status, or the service message that says that it was pinned."""
        return self.text.startswith(MARK) or (self.outgoing and not self.text)

    def action(self, label: str) -> str:
        return next(action for shown, action in self.buttons if shown.startswith(label))


@dataclass(kw_only=True)
class Town:
    """The sandbox from outside. `updates` counts what the bot has to hear of, `events` what of it on Zalo; in the groups
    `mentioned_in` it is mentioned."""

    url: str
    control: httpx.AsyncClient
    updates: int = 0
    events: int = 0
    mentioned_in: set[int] = field(default_factory=set)

    async def ask(self, verb: str, path: str, body: object = None) -> Any:
        answer = await self.control.request(verb, f"/control{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def person(self, number: int, name: str, *, on: str = TELEGRAM) -> int:
        """A person with a private chat; the chat's number."""
        await self.ask("POST", "/users", {"id": number, "first_name": name})
        chat = {"type": "private", "members": [number], "platform": on}
        made = await self.ask("POST", "/chats", chat)
        return int(made["id"])

    async def group(self, number: int, title: str, *members: int, on: str = TELEGRAM) -> int:
        """A group; the chat's number."""
        chat = {"id": number, "type": "group", "title": title, "members": members, "admins": members[:1]}
        if on == ZALO:
            chat |= {"id": _FIRST_ON_ZALO + abs(number), "platform": on}
        made = await self.ask("POST", "/chats", chat)
        if on == ZALO:
            self.mentioned_in.add(int(made["id"]))
        return int(made["id"])

    async def says(self, chat: int, text: str, *, who: int | None = None, **more: object) -> int:
        """The message's number. In a group on Zalo the bot is mentioned, or it would not hear of it."""
        mention = {"mention": True} if chat in self.mentioned_in else {}
        said = {"from": chat if who is None else who, "text": text} | mention | more
        written = await self.ask("POST", f"/chats/{chat}/messages", said)
        self.updates += 1
        self.events += bool(written.get("reached"))
        return int(written["message_id"])

    async def sends_photo(self, chat: int, **more: str) -> int:
        """A picture of four pixels, with a caption or in reply to a message; the message's number."""
        size = struct.pack(">II", 2, 2)
        files = {"file": ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + size)}
        form = {"from": str(chat)} | more
        answer = await self.control.post(f"/control/chats/{chat}/photos", data=form, files=files)
        assert answer.is_success, answer.text
        self.updates += 1
        return int(answer.json()["message_id"])

    async def taps(self, chat: int, message: Seen, label: str, *, who: int | None = None) -> None:
        """The choice of a message that begins so: a tap, or on Zalo its number in an answer."""
        if is_on_zalo(chat):
            await self.says(chat, message.action(label), who=who)
            return
        tap = {"from": chat if who is None else who, "message_id": message.id, "data": message.action(label)}
        await self.ask("POST", f"/chats/{chat}/taps", tap)
        self.updates += 1

    async def blocks(self, chat: int) -> None:
        """A person blocks the bot; a group removes it."""
        await self.ask("POST", f"/chats/{chat}/block")
        self.updates += 1

    async def unblocks(self, chat: int) -> None:
        await self.ask("POST", f"/chats/{chat}/unblock")
        self.updates += 1

    async def inject(self, **update: object) -> None:
        """A raw update, whatever is in it."""
        await self.ask("POST", "/updates", update)
        self.updates += 1

    async def fault(self, kind: str, **more: object) -> None:
        await self.ask("POST", "/faults", {"kind": kind} | more)

    async def seen(self, chat: int, *, after: int = 0) -> list[Seen]:
        """Everything in a chat, oldest first."""
        found: list[Seen] = []
        while True:
            answer = await self.ask("GET", f"/chats/{chat}/messages?limit=1000&after={after}")
            page = [_seen(message, numbered=is_on_zalo(chat)) for message in answer["messages"]]
            if not page:
                return found
            found += page
            after = page[-1].id

    async def heard(self, chat: int, *, after: int = 0) -> list[Seen]:
        """What the bot wrote there, oldest first, without the pinned status."""
        found = await self.seen(chat, after=after)
        return [message for message in found if message.outgoing and not message.is_status]

    async def status(self, chat: int) -> str | None:
        """The pinned status message of a chat as it reads now."""
        found = [message.text for message in await self.seen(chat) if message.outgoing and message.is_status]
        return next((text for text in reversed(found) if text), None)

    async def texts(self, chat: int) -> list[str]:
        return [message.text for message in await self.heard(chat)]

    async def waiting(self, channel: str) -> int:
        """How many updates of a channel the bot has not taken yet."""
        state = await self.ask("GET", "/state")
        on_zalo, on_telegram = state["zalo"]["waiting"], state["webhook"]["pending_update_count"]
        return int(on_zalo if channel == ZALO else on_telegram)

    async def sends(self) -> list[tuple[int, int]]:
        """(chat, status) of every sendMessage, in order; status 0 when the connection was cut."""
        calls = (await self.ask("GET", "/log"))["calls"]
        return [(call["chat_id"], call["status"]) for call in calls if call["method"] == "sendMessage"]

    async def set_clock(self, now: datetime) -> None:
        """Stand still at that instant."""
        await self.ask("PUT", "/clock", {"now": now.isoformat(), "running": False})


def is_on_zalo(chat: int) -> bool:
    return chat >= _FIRST_ON_ZALO


def _seen(message: dict[str, Any], *, numbered: bool) -> Seen:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    text = message.get("text") or message.get("caption", "")
    numbers = _NUMBERED.findall(text) if numbered and message["outgoing"] else []
    answered = message.get("reply_to_message")
    return Seen(
        id=message["message_id"],
        outgoing=message["outgoing"],
        edited=message["edited"],
        answers=answered["message_id"] if answered else None,
        at=local(datetime.fromtimestamp(message["date"], UTC)),
        text=text,
        buttons=tuple((button["text"], button["callback_data"]) for row in rows for button in row)
        + tuple((label, number) for number, label in numbers),
    )


@asynccontextmanager
async def open_town(
    *, clock_from: datetime | None = None, limits: bool = False, token: str = TOKEN
) -> AsyncIterator[Town]:
    """A sandbox in this process, with Telegram's flood limits only if asked for."""
    settings = SandboxSettings(clock_from=clock_from, limits=LimitSettings(enabled=limits), token=token)
    served = ExitStack()
    url = served.enter_context(serve(create_app(settings)))
    try:
        async with visit(url) as town:
            yield town
    finally:
        # A server takes a sixth of a second to stop, for which nobody needs to wait.
        Thread(target=served.close).start()


@asynccontextmanager
async def visit(url: str) -> AsyncIterator[Town]:
    """A sandbox that is served somewhere."""
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as control:
        yield Town(url=url, control=control)


def settings_for(town_url: str, folder: Path, **more: object) -> Settings:
    """Settings of a bot that lives in that town, with its store in the folder."""
    chosen = {
        "telegram_api_url": town_url,
        "zalo_api_url": f"{town_url}/zalo",
        "database_url": f"sqlite:///{folder / 'nhacviec.db'}",
    }
    return Settings.model_validate(chosen | more)


async def eventually(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return as soon as it is so; fail when it never becomes so."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not await is_so():
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.005)


async def quiet(database: Database, *, updates: int = 0) -> None:
    """Wait until so many updates are handled (or put aside) and nothing more waits to leave."""

    async def is_quiet() -> bool:
        async with database.read() as session:
            handled = select(func.count()).where(InboxRow.state != InboxState.NEW)
            if (await session.scalar(handled) or 0) < updates:
                return False
            # What rides with another message waits for that one, which may never come.
            waiting = (
                select(func.count())
                .select_from(OutboxRow)
                .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
                .where(
                    OutboxRow.state.in_([OutboxState.QUEUED, OutboxState.CLAIMED]),
                    ~rides(),
                    ~has_had_its_message(),
                )
            )
            return await session.scalar(waiting) == 0

    await eventually(is_quiet)
