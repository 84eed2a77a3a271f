"""The heartbeat: a word to a service elsewhere that all is well. When it stops coming, that service raises the alarm (a dead
man's switch): it finds out what no program can say of itself.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import structlog

_PATIENCE_SECONDS = 10.0
_log = structlog.get_logger("watch")


@asynccontextmanager
async def beating(url: str | None) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """What to call when all is well: one GET to the URL, which is a secret of its own; nothing where there is none. That it
    failed is logged and is no error: the silence is what the other side hears."""
    async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS, follow_redirects=True) as client:

        async def beat() -> None:
            if url is None:
                return
            try:
                (await client.get(url)).raise_for_status()
            except httpx.HTTPError as error:
                _log.warning("heartbeat not heard", error=type(error).__name__)

        yield beat
