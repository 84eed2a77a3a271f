"""How to reach Telegram: token, server and proxy made into a Bot that also polls for raw updates."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot
from telegram.request import HTTPXRequest

_SEND_CONNECTIONS = 16
_POLL_CONNECTIONS = 1
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 15.0
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


class PollingBot(Bot):
    """The library's Bot with updates as they came: one that it cannot parse must not hide the others."""

    async def raw_updates(
        self,
        *,
        offset: int | None,
        limit: int,
        poll_seconds: int,
        allowed: Sequence[str],
        read_seconds: float,
    ) -> list[dict[str, Any]]:
        """One getUpdates. Raises TelegramError."""
        wanted: dict[str, Any] = {"timeout": poll_seconds, "limit": limit, "allowed_updates": list(allowed)}
        if offset is not None:
            wanted["offset"] = offset
        updates: list[dict[str, Any]] = await self._post("getUpdates", wanted, read_timeout=read_seconds)
        return updates


def make_bot(*, token: str, api_url: str, proxy: str | None) -> PollingBot:
    """A Bot for the server at `api_url` (https://api.telegram.org or a local server that speaks the same API)."""
    base = api_url.rstrip("/")
    # Proxies of the environment are for the world outside, not for a server on this machine.
    outside = urlsplit(base).hostname not in _THIS_MACHINE
    return PollingBot(
        token=token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=_request(_SEND_CONNECTIONS, proxy, trust_env=outside),
        get_updates_request=_request(_POLL_CONNECTIONS, proxy, trust_env=outside),
    )


def _request(connections: int, proxy: str | None, *, trust_env: bool) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        write_timeout=_READ_SECONDS,
        pool_timeout=_CONNECT_SECONDS,
        proxy=proxy,
        httpx_kwargs={"trust_env": trust_env},
    )
