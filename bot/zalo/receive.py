"""Receiving from Zalo by long polling: an event is in the inbox before the next poll.

The platform gives one event a poll and forgets it there and then. What it gave and this process could not keep before it died
is lost: the platform has no way to ask again. So nothing is done between the answer and the inbox, and a stop waits for it.
"""

import asyncio
from datetime import UTC, datetime

import structlog

from bot.zalo.api import Passing, Refused, TokenRefused, ZaloApi, ZaloError
from bot.zalo.updates import arrival_of
from store.inbox import Arrival, Keep

_POLL_SECONDS = 30
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_log = structlog.get_logger("receive")


class ZaloReceiver:
    """Polls for ever; `keep` must have committed the event when it returns. `last_received_at` is when a poll last came to a
    good end, with an event or without."""

    def __init__(self, api: ZaloApi, keep: Keep) -> None:
        self._api = api
        self._keep = keep
        self.last_received_at: datetime | None = None

    async def run(self) -> None:
        pause = _FIRST_PAUSE
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                came = await self.poll_once(_POLL_SECONDS)
            except ZaloError as error:
                _complain(error, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                pause = _FIRST_PAUSE
                if not came and clock() - began < _FIRST_PAUSE:
                    # Nothing came, and nobody waited for it: do not ask again and again at once.
                    await asyncio.sleep(_FIRST_PAUSE)

    async def poll_once(self, timeout_seconds: int) -> bool:
        """One getUpdates; whether an event was kept."""
        raw = await self._api.get_updates(timeout_seconds)
        if raw is not None:
            await self._keep_to_the_end(arrival_of(raw))
        self.last_received_at = datetime.now(UTC)
        return raw is not None

    async def _keep_to_the_end(self, arrival: Arrival) -> None:
        """A stop does not come between the answer and the inbox; a second one does."""
        keeping = asyncio.ensure_future(self._keep([arrival]))
        try:
            await asyncio.shield(keeping)
        except asyncio.CancelledError:
            await asyncio.wait({keeping})
            raise


def _complain(error: ZaloError, pause: float) -> None:
    if isinstance(error, Refused) and not isinstance(error, TokenRefused | Passing):
        _log.error(
            "Zalo refuses to be polled; if a webhook is set for this bot by another program, stop that one, or give this"
            " bot a token of its own",
            error=str(error),
            retry_in_seconds=pause,
        )
    else:
        _log.warning("polling failed", error=type(error).__name__, retry_in_seconds=pause)
