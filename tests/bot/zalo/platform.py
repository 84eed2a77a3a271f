"""A small server that answers as it was told to: what the sandbox does not play."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.zalo.api import ZaloApi

TOKEN = "4120230001:ZALO-SECRET"


@dataclass(kw_only=True)
class Platform:
    """`answers` are given in their order, the last one again and again; None is silence. `asked` are the calls: the path
    and what was said."""

    url: str = ""
    answers: list[bytes | None] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def says(self, content: object, *, status: int = 200) -> None:
        """The next answer."""
        self.answers.append(response(json.dumps(content).encode(), status=status))

    def next_answer(self) -> bytes | None:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def response(body: bytes, *, status: int = 200, announced: int | None = None) -> bytes:
    """As it goes over the wire; `announced` is another length than the body has."""
    length = len(body) if announced is None else announced
    return f"HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n".encode() + body


@asynccontextmanager
async def open_platform() -> AsyncIterator[Platform]:
    platform = Platform()
    closing = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ")[1]
        [length] = [
            line.split(":")[1] for line in head.splitlines() if line.lower().startswith("content-length")
        ]
        platform.asked.append((path, json.loads(await reader.readexactly(int(length)))))
        answer = platform.next_answer()
        if answer is None:
            await closing.wait()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    platform.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield platform
        closing.set()


@asynccontextmanager
async def open_api(url: str, *, token: str = TOKEN) -> AsyncIterator[ZaloApi]:
    """A client with little patience."""
    async with ZaloApi(token=token, api_url=url, read_seconds=1.5) as api:
        yield api
