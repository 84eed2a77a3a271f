"""The bot on Telegram put together: how it is reached and how updates come in."""

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from app.errors import SettingError
from app.logs import redact
from app.receiving import Brought, Polling, WayIn, waiting_for
from bot.commands.purposes import menu_of
from bot.entrances import Entrance
from bot.request import Incoming
from bot.telegram.channel import NAME, TelegramChannel
from bot.telegram.connect import PollingBot, make_bot
from bot.telegram.entrance import telegram_entrance
from bot.telegram.menu import ChatMenus, publish_commands
from bot.telegram.outcomes import wait_of
from bot.telegram.receive import TelegramReceiver
from bot.telegram.updates import read_update
from bot.telegram.webhook import TelegramWebhook, secret_of
from config.settings import Settings
from store.contact import overseer_chats
from store.database import Database
from store.inbox import Keep
from store.leadership import Leadership
from store.states import Role
from web.telegram_door import telegram_door

_CONNECT_PAUSE = 5.0
_MENUS_EVERY = 60.0
_log = structlog.get_logger("service")


class TelegramLine:
    """The bot on Telegram. `who` is this process in the words of the log, `began` when it began (wall time)."""

    name = NAME
    allowance = None

    def __init__(
        self, settings: Settings, token: str, database: Database, keep: Keep, *, who: str, began: datetime
    ) -> None:
        self._api_url = settings.telegram_api_url
        self._database = database
        self._bot = make_bot(
            token=token,
            api_url=settings.telegram_api_url,
            proxy=settings.telegram_proxy.get_secret_value() if settings.telegram_proxy else None,
        )
        self.channel = self.admins = TelegramChannel(self._bot)
        self.way: WayIn = way_in(settings, self._bot, database, keep, who=who, began=began)

    @property
    def entrance(self) -> Entrance:
        return telegram_entrance(self._bot.username)

    def read(self, raw: dict[str, Any]) -> Incoming | None:
        return read_update(raw, self._bot)

    async def connect(self) -> None:
        """The commands are published too."""
        while True:
            try:
                await self._bot.initialize()
                await self.way.prepare()
                await publish_commands(self._bot, menu_of([Role.OFFICER]))
            except InvalidToken as error:
                raise SettingError(
                    f"{redact(self._api_url)} refused the bot's token",
                    "Copy the token from @BotFather into TELEGRAM_BOT_TOKEN (or the file that TELEGRAM_BOT_TOKEN_FILE"
                    " names).",
                ) from error
            except BadRequest as error:
                raise SettingError(
                    f"the Bot API server answered: {error.message}", "Mend what it names and start again."
                ) from error
            except RetryAfter as error:
                seconds = wait_of(error).total_seconds()
                _log.warning("the Bot API server asks to wait", seconds=seconds)
                await asyncio.sleep(seconds)
            except TelegramError as error:
                # Also an answer that is no answer: a captive portal or a proxy speaks in the server's place.
                _log.warning(
                    "cannot reach the Bot API server; trying again. Behind a filtered network set TELEGRAM_PROXY"
                    " or TELEGRAM_API_URL",
                    server=self._api_url,
                    error=type(error.__cause__ or error).__name__,
                    retry_in_seconds=_CONNECT_PAUSE,
                )
                await asyncio.sleep(_CONNECT_PAUSE)
            else:
                _log.info("connected", channel=NAME, bot=self._bot.username)
                return

    async def keep_up(self) -> None:
        """Chats that oversee a plan have a menu of their own, within a minute of being bound as that."""
        menus = ChatMenus(self._bot)
        while True:
            try:
                async with self._database.read() as session:
                    chats = await overseer_chats(session, NAME)
                await menus.show({address: menu_of(roles) for address, roles in chats.items()})
            except (TelegramError, SQLAlchemyError) as error:
                # A menu is a convenience: nothing waits for it, and what is amiss is told by those whose work it stops.
                _log.info("could not publish the menu of a chat; trying again", error=type(error).__name__)
            await asyncio.sleep(_MENUS_EVERY)

    async def close(self) -> None:
        await self._bot.shutdown()


def way_in(
    settings: Settings, bot: PollingBot, database: Database, keep: Keep, *, who: str, began: datetime
) -> WayIn:
    """The way that the settings choose."""
    url = settings.telegram_webhook_url
    if url:
        door = telegram_door(urlsplit(url).path, secret=secret_of(bot.token), keep=keep)
        return Brought(TelegramWebhook(bot, url=url), door, began=began)
    bot_id, _, _ = bot.token.partition(":")
    return Polling(
        TelegramReceiver(bot, waiting_for(database, keep)),
        Leadership(database, f"telegram:{bot_id}", who=who),
        prepare=lambda: bot.delete_webhook(drop_pending_updates=False),
    )
