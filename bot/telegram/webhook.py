"""Receiving from Telegram by webhook: telling it where to bring updates, and looking whether it can."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import structlog
from telegram import Bot, WebhookInfo
from telegram.error import RetryAfter, TelegramError

from bot.telegram.outcomes import wait_of
from bot.telegram.updates import ALLOWED_UPDATES

_LOOK_SECONDS = 30.0
# An error that is older was mended, or nothing has come since.
_RECENT = timedelta(minutes=10)
_log = structlog.get_logger("receive")


def secret_of(token: str) -> str:
    """What Telegram must say with every update (Bot API, setWebhook, secret_token): made from the token, so that all
    processes know it, and of no use to find the token."""
    return hmac.new(token.encode(), b"nhacviec webhook of telegram", hashlib.sha256).hexdigest()


class TelegramWebhook:
    """`last_received_at` is when Telegram last said that nothing keeps updates from coming; `fault` what it said when
    something did."""

    def __init__(self, bot: Bot, *, url: str) -> None:
        self._bot = bot
        self._url = url
        self.last_received_at: datetime | None = None
        self.fault = "Telegram has not been asked yet"

    async def set(self) -> None:
        """Have updates brought from now on; what waits is brought too. Doing it again changes nothing. Raises
        TelegramError."""
        await self._bot.set_webhook(
            self._url,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=secret_of(self._bot.token),
            drop_pending_updates=False,
        )

    async def watch(self) -> None:
        """Ask Telegram again and again, for ever, how it gets on."""
        while True:
            try:
                self.note(await self._bot.get_webhook_info(), datetime.now(UTC))
            except RetryAfter as error:
                await asyncio.sleep(wait_of(error).total_seconds())
            except TelegramError as error:
                self.fault = f"Telegram cannot be asked about the webhook: {type(error).__name__}"
                _log.warning("no word about the webhook", error=type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    def note(self, info: WebhookInfo, now: datetime) -> None:
        """What Telegram says about the webhook at that moment."""
        if info.url != self._url:
            self.fault = "another program has changed or removed the webhook; start this one again to set it"
        elif info.pending_update_count and info.last_error_date and info.last_error_date > now - _RECENT:
            self.fault = f"Telegram cannot deliver: {info.last_error_message}"
        else:
            self.last_received_at = now
            return
        _log.error("updates do not come", fault=self.fault, waiting=info.pending_update_count)
