"""The sandbox in a process of its own, with its people, spoken to over HTTP."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.children import Child, child

TOKEN = "2023:SANDBOX-TOKEN"  # noqa: S105 (the sandbox's, known to everybody)
_PATIENCE_SECONDS = 600.0
_HANDS = 8
_LOOK_EVERY = 0.2


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the Bot API as the sandbox wrote it down, numbered from 1; `at` in real seconds since 1970."""

    number: int
    at: float
    method: str
    chat: int | None
    status: int


@dataclass(frozen=True, kw_only=True)
class Town:
    """A running sandbox from outside."""

    url: str
    control: httpx.AsyncClient

    async def ask(self, verb: str, path: str, body: object = None) -> Any:
        answer = await self.control.request(verb, f"/control{path}", json=body)
        return answer.raise_for_status().json()

    async def settle(self, people: Iterable[int]) -> None:
        """People who can be written to, and write, each in a private chat."""
        hands = asyncio.Semaphore(_HANDS)

        async def come(number: int) -> None:
            async with hands:
                await self.ask("POST", "/users", {"id": number, "first_name": f"Cán bộ {number}"})
                await self.ask("POST", "/chats", {"id": number, "type": "private"})

        await asyncio.gather(*(come(number) for number in people))

    async def says(self, person: int, text: str) -> float:
        """A person writes to the bot; returns when the sandbox got it (real seconds since 1970)."""
        written = await self.ask("POST", f"/chats/{person}/messages", {"from": person, "text": text})
        return float(written["received_at"])

    async def calls(self, *, after: int = 0) -> list[Call]:
        """What bots asked of the Bot API after the call of that number, in order."""
        answer = await self.ask("GET", f"/log?after={after}")
        return [
            Call(
                number=call["n"],
                at=call["at"],
                method=call["method"],
                chat=call["chat_id"],
                status=call["status"],
            )
            for call in answer["calls"]
        ]

    async def heard(self, person: int) -> list[dict[str, Any]]:
        """The bot's messages in a chat, as the Bot API has them."""
        answer = await self.ask("GET", f"/chats/{person}/messages?after=0&limit=1000")
        return [message for message in answer["messages"] if message["outgoing"]]

    async def polled_by(self, bot: Child) -> None:
        """Wait until the bot's poll for updates is open. Raises RuntimeError when the bot ended instead."""

        async def is_open() -> bool:
            bot.must_be_alive()
            return bool((await self.ask("GET", "/state"))["polling"])

        await eventually(is_open, every=0.01)


class Sends:
    """The messages that a sandbox takes from its bot, from some call on; `floods` are those refused with 429."""

    def __init__(self, town: Town, *, after: int) -> None:
        self._town = town
        self._seen = after
        self.taken: list[Call] = []
        self.floods = 0

    async def until(self, count: int) -> list[Call]:
        """Wait until so many are taken; returns all of them. Raises TimeoutError."""

        async def are_there() -> bool:
            await self._look()
            return len(self.taken) >= count

        await eventually(are_there, every=_LOOK_EVERY)
        return self.taken

    async def _look(self) -> None:
        for call in await self._town.calls(after=self._seen):
            self._seen = call.number
            if call.method == "sendMessage":
                self.floods += call.status == 429
                self.taken += [call] if call.status == 200 else []


async def sends_from_now(town: Town) -> Sends:
    """Of a sandbox in which something was said before."""
    calls = await town.calls()
    return Sends(town, after=calls[-1].number if calls else 0)


@asynccontextmanager
async def open_town(folder: Path, *, limits: bool) -> AsyncIterator[Town]:
    """A sandbox on a free port, with Telegram's flood limits or without."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    choice = "--limits" if limits else "--no-limits"
    async with (
        child(folder, "-m", "sandbox", "--port", str(port), choice) as process,
        httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as control,
    ):
        town = Town(url=url, control=control)

        async def answers() -> bool:
            process.must_be_alive()
            with suppress(httpx.TransportError):
                await town.ask("GET", "/clock")
                return True
            return False

        await eventually(answers, every=0.05)
        yield town


async def eventually(is_so: Callable[[], Awaitable[bool]], *, every: float) -> None:
    """Look every so many seconds until it is so. Raises TimeoutError when it never becomes so."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not await is_so():
        if time.monotonic() > end:
            raise TimeoutError("it never came true")
        await asyncio.sleep(every)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
