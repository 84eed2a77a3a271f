"""Reaching Telegram at the start, as long as it takes, and the menus that it shows."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from app.errors import SettingError
from app.logs import redact
from app.receiving import WayIn
from bot.commands.purposes import menu_of
from bot.telegram.channel import NAME as TELEGRAM
from bot.telegram.menu import ChatMenus, publish_commands
from bot.telegram.outcomes import wait_of
from config.settings import Settings
from store.contact import overseer_chats
from store.database import Database
from store.states import Role

_CONNECT_PAUSE = 5.0
_MENUS_EVERY = 60.0
_log = structlog.get_logger("service")


async def connect(bot: Bot, settings: Settings, way: WayIn) -> None:
    """Reach Telegram; the way for updates is opened and the commands are published. Raises SettingError for what will not
    pass by itself."""
    while True:
        try:
            await bot.initialize()
            await way.prepare()
            await publish_commands(bot, menu_of([Role.OFFICER]))
        except InvalidToken as error:
            raise SettingError(
                f"{redact(settings.telegram_api_url)} refused the bot's token",
                "Copy the token from @BotFather into TELEGRAM_BOT_TOKEN (or the file that TELEGRAM_BOT_TOKEN_FILE names).",
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
                server=settings.telegram_api_url,
                error=type(error.__cause__ or error).__name__,
                retry_in_seconds=_CONNECT_PAUSE,
            )
            await asyncio.sleep(_CONNECT_PAUSE)
        else:
            _log.info("connected", bot=bot.username)
            return


async def keep_menus(bot: Bot, database: Database) -> None:
    """Chats that oversee a plan have a menu of their own, within a minute of being bound as that; runs for ever."""
    menus = ChatMenus(bot)
    while True:
        try:
            await _show_menus(menus, database)
        except (TelegramError, SQLAlchemyError) as error:
            # A menu is a convenience: nothing waits for it, and what is amiss is told by those whose work it stops.
            _log.info("could not publish the menu of a chat; trying again", error=type(error).__name__)
        await asyncio.sleep(_MENUS_EVERY)


async def _show_menus(menus: ChatMenus, database: Database) -> None:
    async with database.read() as session:
        chats = await overseer_chats(session, TELEGRAM)
    await menus.show({address: menu_of(roles) for address, roles in chats.items()})
