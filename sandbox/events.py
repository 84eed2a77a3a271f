"""News for the chat page: one bounded queue for each page that listens."""

import asyncio
import json
from collections.abc import AsyncIterator

from sandbox.json_types import JsonObject

PING_SECONDS = 15.0
BACKLOG = 1_000


class EventHub:
    """Hands every event to every listener. A listener that falls behind loses its oldest events."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[JsonObject | None]] = set()
        self._closed = False

    def publish(self, kind: str, *, chat_id: int | None = None, **facts: object) -> None:
        """Tells the pages that something changed."""
        event: JsonObject = {"type": kind} | ({} if chat_id is None else {"chat_id": chat_id}) | facts
        for listener in self._listeners:
            if listener.full():
                listener.get_nowait()
            listener.put_nowait(event)

    def close(self) -> None:
        """Ends all streams, so that the server can stop."""
        self._closed = True
        for listener in self._listeners:
            if listener.full():
                listener.get_nowait()
            listener.put_nowait(None)

    async def stream(self) -> AsyncIterator[str]:
        """Server-Sent Events for one page, until the hub closes."""
        listener: asyncio.Queue[JsonObject | None] = asyncio.Queue(BACKLOG)
        self._listeners.add(listener)
        try:
            yield ": connected\n\n"
            while not self._closed:
                try:
                    async with asyncio.timeout(PING_SECONDS):
                        event = await listener.get()
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if event is None:
                    return
                yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
        finally:
            self._listeners.discard(listener)
