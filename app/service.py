"""The service put together: database, plan, channels and clockwork, started in order and stopped in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from app.clock import wall_clock
from app.errors import SettingError
from app.logs import redact
from app.rules import Rules
from app.storage import opened_database
from bot.commands.menu import MENU
from bot.conversation import Conversation
from bot.reception import Reception
from bot.telegram.channel import NAME as TELEGRAM
from bot.telegram.channel import TelegramChannel
from bot.telegram.connect import PollingBot, make_bot
from bot.telegram.menu import publish_commands
from bot.telegram.outcomes import wait_of
from bot.telegram.receive import TelegramReceiver
from bot.telegram.updates import read_update
from config.settings import Settings
from scheduler.clockwork import Clockwork, Rhythm, Wakers
from scheduler.deliver import Deliverer
from scheduler.hours import OfficeHours
from scheduler.refresh import PlanKeeper
from store import inbox
from store.claims import LEASE
from store.database import Database
from store.inbox import Arrival
from store.pacing import Pace
from store.sync import Timetable

_log = structlog.get_logger("service")
_CONNECT_PAUSE = 5.0
_RESTART_PAUSE = 5.0
_STOP_SECONDS = 8.0


@dataclass(frozen=True, kw_only=True)
class Service:
    """What runs, for those who watch it: the rehearsal and the tests."""

    database: Database
    clockwork: Clockwork
    timetable: Timetable
    hours: OfficeHours
    bot: Bot


@asynccontextmanager
async def running(
    settings: Settings,
    rules: Rules,
    *,
    token: str,
    clock: Callable[[], datetime],
    rhythm: Rhythm | None = None,
    pace: Pace | None = None,
    lease: timedelta = LEASE,
) -> AsyncIterator[Service]:
    """Start everything; inside the block it runs; at its end it stops cleanly, within ten seconds.

    Raises SettingError for a database that cannot be used and a token that Telegram refuses, PlanRejected when no
    acceptable plan was ever loaded.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(opened_database(settings.database_url))
        keeper = PlanKeeper(database, settings.nhacviec_plans, rules.timetable)
        await keeper.start(now=clock(), wall=wall_clock())
        bot = make_bot(
            token=token,
            api_url=settings.telegram_api_url,
            proxy=settings.telegram_proxy.get_secret_value() if settings.telegram_proxy else None,
        )
        await _connect(bot, settings)
        stack.push_async_callback(bot.shutdown)
        clockwork = _clockwork(database, rules, keeper, bot, clock, rhythm or Rhythm(), pace or Pace(), lease)
        receiver = TelegramReceiver(bot, partial(_keep, database, clockwork, clock))
        scheduler = clockwork.schedule()
        scheduler.start()
        stack.callback(scheduler.shutdown, wait=False)
        receiving = asyncio.create_task(_unceasing("receive", receiver.run))
        working = [
            asyncio.create_task(_unceasing("handle", clockwork.handle_for_ever)),
            asyncio.create_task(_unceasing("deliver", clockwork.deliver_for_ever)),
        ]
        try:
            yield Service(
                database=database, clockwork=clockwork, timetable=rules.timetable, hours=rules.hours, bot=bot
            )
        finally:
            _log.info("stopping")
            receiving.cancel()
            await asyncio.wait([receiving])
            await _stop(clockwork, working)


def _clockwork(
    database: Database,
    rules: Rules,
    keeper: PlanKeeper,
    bot: PollingBot,
    clock: Callable[[], datetime],
    rhythm: Rhythm,
    pace: Pace,
    lease: timedelta,
) -> Clockwork:
    wakers = Wakers()
    return Clockwork(
        database=database,
        timetable=rules.timetable,
        hours=rules.hours,
        reception=Reception(
            database,
            Conversation(bot_name=bot.username),
            {TELEGRAM: lambda raw: read_update(raw, bot)},
        ),
        deliverer=Deliverer(
            database,
            {TELEGRAM: TelegramChannel(bot)},
            hours=rules.hours,
            calendar=rules.timetable.calendar,
            pace=pace,
            clock=clock,
            wall=wall_clock,
            lease=lease,
            on_idle_hand=wakers.outbox.set,
        ),
        keeper=keeper,
        clock=clock,
        wall=wall_clock,
        rhythm=rhythm,
        wakers=wakers,
    )


async def _connect(bot: Bot, settings: Settings) -> None:
    """Reach Telegram, as long as it takes; polling is switched on and the commands are published."""
    while True:
        try:
            await bot.initialize()
            await bot.delete_webhook(drop_pending_updates=False)
            commands = [(item.command.value, item.description) for item in MENU]
            await publish_commands(bot, private=commands, groups=commands)
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


async def _keep(
    database: Database, clockwork: Clockwork, clock: Callable[[], datetime], arrivals: list[Arrival]
) -> None:
    async with database.write() as session:
        await inbox.keep(session, channel=TELEGRAM, arrivals=arrivals, now=clock())
    clockwork.wakers.inbox.set()


async def _unceasing(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop; if it breaks in a way that nobody foresaw, say so and start it anew."""
    while True:
        try:
            await loop()
        except Exception as error:
            _log.error("loop broke, starting it again", loop=name, error=type(error).__name__, exc_info=error)
            await asyncio.sleep(_RESTART_PAUSE)
        else:
            return


async def _stop(clockwork: Clockwork, working: list[asyncio.Task[None]]) -> None:
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await clockwork.stop()
            await asyncio.wait(working)
    except TimeoutError:
        # What is still under way keeps its lease: it goes out again later, marked as a repeat.
        for task in working:
            task.cancel()
