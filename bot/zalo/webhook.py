"""Receiving from Zalo by webhook: telling it where to bring events, and looking whether it still means to."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime

import structlog

from bot.zalo.api import QuotaExceeded, Refused, TokenRefused, Unavailable, ZaloApi, ZaloError

_LOOK_SECONDS = 30.0
_log = structlog.get_logger("receive")


def secret_of(token: str) -> str:
    """What Zalo must say with every event (setWebhook, secret_token, 8 to 256 characters): made from the token, so that all
    processes know it, and of no use to find the token."""
    return hmac.new(token.encode(), b"nhacviec webhook of zalo", hashlib.sha256).hexdigest()


class ZaloWebhook:
    """`last_received_at` is when Zalo last said that events go to our address; `fault` what was amiss when it did not.
    Whether they arrive it does not tell."""

    def __init__(self, api: ZaloApi, *, url: str) -> None:
        self._api = api
        self._url = url
        self.last_received_at: datetime | None = None
        self.fault = "Zalo has not been asked yet"

    async def set(self) -> None:
        """Have events brought from now on. Doing it again changes nothing. An address that Zalo could not verify is kept by
        it all the same. Raises ZaloError."""
        try:
            await self._api.set_webhook(self._url, secret_of(self._api.token))
        except (TokenRefused, QuotaExceeded, Unavailable):
            raise
        except Refused as error:
            if await self._api.webhook_url() != self._url:
                raise
            _log.warning("Zalo has kept the webhook's address but could not verify it", error=str(error))

    async def watch(self) -> None:
        """Ask Zalo again and again, for ever, where it brings events."""
        while True:
            try:
                self.note(await self._api.webhook_url(), datetime.now(UTC))
            except ZaloError as error:
                self.fault = f"Zalo cannot be asked about the webhook: {type(error).__name__}"
                _log.warning("no word about the webhook", error=type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    def note(self, url: str, now: datetime) -> None:
        """What Zalo says about the webhook at that moment."""
        if url == self._url:
            self.last_received_at = now
            return
        self.fault = "another program has changed or removed the webhook; start this one again to set it"
        _log.error("events do not come", fault=self.fault)
