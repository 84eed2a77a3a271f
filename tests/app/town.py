"""A served sandbox and its people, spoken to over HTTP, and the bot that lives in it."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from bot.status_message import MARK
from config.settings import Settings
from plan.vietnam import local
from sandbox.limits import LimitSettings
from sandbox.server import create_app, serve
from sandbox.world import DEFAULT_TOKEN
from sandbox.world import Settings as SandboxSettings
from scheduler.clockwork import Rhythm
from store.database import Database
from store.pacing import Pace
from store.states import InboxState, OutboxState
from store.tables import InboxRow, OutboxRow

TOKEN = DEFAULT_TOKEN
# Nothing wakes up by itself: the test says when.
BY_HAND = Rhythm(scan=3600, statuses=3600, refresh=3600, leases=3600, watch=3600)
AT_ONCE = Pace(per_second=1e6, per_chat_per_second=1e6, group_per_minute=1_000_000)
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A message as the chat shows it; `at` is the time on a clock in Vietnam, `buttons` are (label, action)."""

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
    """The sandbox from outside. `updates` counts what the bot has to hear of."""

    url: str
    control: httpx.AsyncClient
    updates: int = 0

    async def ask(self, verb: str, path: str, body: object = None) -> Any:
        answer = await self.control.request(verb, f"/control{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def person(self, number: int, name: str) -> None:
        """A person with a private chat."""
        await self.ask("POST", "/users", {"id": number, "first_name": name})
        await self.ask("POST", "/chats", {"id": number, "type": "private", "members": [number]})

    async def group(self, number: int, title: str, *members: int) -> None:
        chat = {"id": number, "type": "group", "title": title, "members": members, "admins": members[:1]}
        await self.ask("POST", "/chats", chat)

    async def says(self, chat: int, text: str, *, who: int | None = None, **more: object) -> int:
        """The message's number."""
        said = {"from": chat if who is None else who, "text": text} | more
        written = await self.ask("POST", f"/chats/{chat}/messages", said)
        self.updates += 1
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
            page = [_seen(message) for message in answer["messages"]]
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

    async def sends(self) -> list[tuple[int, int]]:
        """(chat, status) of every sendMessage, in order; status 0 when the connection was cut."""
        calls = (await self.ask("GET", "/log"))["calls"]
        return [(call["chat_id"], call["status"]) for call in calls if call["method"] == "sendMessage"]

    async def set_clock(self, now: datetime) -> None:
        """Stand still at that instant."""
        await self.ask("PUT", "/clock", {"now": now.isoformat(), "running": False})


def _seen(message: dict[str, Any]) -> Seen:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    answered = message.get("reply_to_message")
    return Seen(
        id=message["message_id"],
        outgoing=message["outgoing"],
        edited=message["edited"],
        answers=answered["message_id"] if answered else None,
        at=local(datetime.fromtimestamp(message["date"], UTC)),
        text=message.get("text", ""),
        buttons=tuple((button["text"], button["callback_data"]) for row in rows for button in row),
    )


@asynccontextmanager
async def open_town(
    *, clock_from: datetime | None = None, limits: bool = False, token: str = TOKEN
) -> AsyncIterator[Town]:
    """A sandbox in this process, with Telegram's flood limits only if asked for."""
    settings = SandboxSettings(clock_from=clock_from, limits=LimitSettings(enabled=limits), token=token)
    with serve(create_app(settings)) as url:
        async with visit(url) as town:
            yield town


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
            waiting = select(func.count()).where(
                OutboxRow.state.in_([OutboxState.QUEUED, OutboxState.CLAIMED])
            )
            return await session.scalar(waiting) == 0

    await eventually(is_quiet)
