"""The bot on Zalo put together: how it is reached and how events come in."""

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog

from app.errors import SettingError
from app.logs import redact
from app.receiving import Brought, Polling, WayIn, waiting_for
from bot.entrances import Entrance
from bot.request import Incoming
from bot.zalo.api import Passing, Refused, TokenRefused, ZaloApi, ZaloError
from bot.zalo.channel import NAME, ZaloChannel
from bot.zalo.entrance import zalo_entrance
from bot.zalo.receive import ZaloReceiver
from bot.zalo.updates import read_update
from bot.zalo.webhook import ZaloWebhook, secret_of
from config.settings import Settings
from store.database import Database
from store.inbox import Keep
from store.leadership import Leadership
from store.quota import Allowance
from web.zalo_door import zalo_door

_CONNECT_PAUSE = 5.0
_log = structlog.get_logger("service")


class ZaloLine:
    """The bot on Zalo. `who` is this process in the words of the log, `began` when it began (wall time)."""

    name = NAME
    admins = None

    def __init__(
        self, settings: Settings, token: str, database: Database, keep: Keep, *, who: str, began: datetime
    ) -> None:
        self._api_url = settings.zalo_api_url
        self._api = ZaloApi(token=token, api_url=settings.zalo_api_url)
        self._bot_name = ""
        self.allowance = Allowance(messages=settings.zalo_monthly_messages, users=settings.zalo_users)
        self.channel = ZaloChannel(self._api)
        self.way = way_in(settings, self._api, database, keep, who=who, began=began)

    @property
    def entrance(self) -> Entrance:
        return zalo_entrance(self._bot_name)

    def read(self, raw: dict[str, Any]) -> Incoming | None:
        return read_update(raw, self._bot_name)

    async def connect(self) -> None:
        while True:
            try:
                self._bot_name = (await self._api.get_me()).name
                await self.way.prepare()
            except TokenRefused as error:
                raise SettingError(
                    f"{redact(self._api_url)} refused the bot's token",
                    "Copy the token that Zalo Bot Manager sent into ZALO_BOT_TOKEN (or the file that ZALO_BOT_TOKEN_FILE"
                    " names).",
                ) from error
            except ZaloError as error:
                if isinstance(error, Refused) and not isinstance(error, Passing):
                    raise SettingError(
                        f"Zalo answered: {error}", "Mend what it names and start again."
                    ) from error
                # Also an answer that is no answer: a captive portal or a proxy speaks in the platform's place.
                _log.warning(
                    "cannot reach Zalo; trying again",
                    server=self._api_url,
                    error=type(error).__name__,
                    retry_in_seconds=_CONNECT_PAUSE,
                )
                await asyncio.sleep(_CONNECT_PAUSE)
            else:
                _log.info("connected", channel=NAME, bot=self._bot_name)
                return

    async def keep_up(self) -> None:
        """Nothing has to be."""

    async def close(self) -> None:
        await self._api.close()


def way_in(
    settings: Settings, api: ZaloApi, database: Database, keep: Keep, *, who: str, began: datetime
) -> WayIn:
    """The way that the settings choose."""
    url = settings.zalo_webhook_url
    if url:
        door = zalo_door(urlsplit(url).path, secret=secret_of(api.token), keep=keep)
        return Brought(ZaloWebhook(api, url=url), door, began=began)
    bot_id, _, _ = api.token.partition(":")
    return Polling(
        ZaloReceiver(api, waiting_for(database, keep)),
        Leadership(database, f"zalo:{bot_id}", who=who),
        prepare=api.delete_webhook,
    )
