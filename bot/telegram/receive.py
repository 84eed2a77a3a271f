"""Receiving from Telegram by long polling: an update is in the inbox before the next poll confirms it."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.telegram.connect import PollingBot
from bot.telegram.outcomes import wait_of
from bot.telegram.updates import ALLOWED_UPDATES, arrival_of
from store.inbox import Keep

_POLL_SECONDS = 50
_READ_MARGIN_SECONDS = 10
_LIMIT = 100
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
# After a week without updates Telegram may number anew, lower than before (Bot API, Update.update_id).
_FORGET_OFFSET_AFTER = timedelta(days=6)
_log = structlog.get_logger("receive")


class TelegramReceiver:
    """Polls for ever; `keep` must have committed the updates when it returns. `last_received_at` is when a poll last
    came to a good end, with updates or without."""

    def __init__(self, bot: PollingBot, keep: Keep) -> None:
        self._bot = bot
        self._keep = keep
        self._offset: int | None = None
        self._last_update_at = datetime.now(UTC)
        self.last_received_at: datetime | None = None

    async def run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self.poll_once(_POLL_SECONDS)
            except RetryAfter as error:
                await asyncio.sleep(wait_of(error).total_seconds())
            except TelegramError as error:
                _complain(error, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                pause = _FIRST_PAUSE

    async def poll_once(self, timeout_seconds: int) -> int:
        """One getUpdates; returns how many updates were kept."""
        if datetime.now(UTC) - self._last_update_at > _FORGET_OFFSET_AFTER:
            self._offset = None
        raw = await self._bot.raw_updates(
            offset=self._offset,
            limit=_LIMIT,
            poll_seconds=timeout_seconds,
            allowed=ALLOWED_UPDATES,
            read_seconds=timeout_seconds + _READ_MARGIN_SECONDS,
        )
        if not raw:
            self.last_received_at = datetime.now(UTC)
            return 0
        await self._keep([arrival_of(update) for update in raw])
        self.last_received_at = datetime.now(UTC)
        self._offset = max(int(update["update_id"]) for update in raw) + 1
        self._last_update_at = self.last_received_at
        return len(raw)


def _complain(error: TelegramError, pause: float) -> None:
    if isinstance(error, Conflict):
        # For a moment also after a change of leaders, while the last poll of the former one is still open.
        _log.error(
            "another program polls with the same token, or a webhook is set; stop it, or give this bot"
            " a token of its own",
            retry_in_seconds=pause,
        )
    else:
        _log.warning("polling failed", error=type(error).__name__, retry_in_seconds=pause)
