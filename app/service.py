"""The service put together: database, plan, channels and clockwork, started in order and stopped in order."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from telegram import Bot

from app.clock import wall_clock
from app.connecting import connect, keep_menus
from app.receiving import WayIn, way_in
from app.rules import Rules
from app.storage import awaited_database
from app.web_room import web_room
from bot.conversation import Conversation
from bot.reception import Reception
from bot.telegram.channel import NAME as TELEGRAM
from bot.telegram.channel import TelegramChannel
from bot.telegram.connect import make_bot
from bot.telegram.updates import read_update
from config.settings import Settings
from scheduler.clockwork import Clockwork, Rhythm, Wakers
from scheduler.deliver import Deliverer
from scheduler.heartbeat import beating
from scheduler.refresh import PlanKeeper
from scheduler.watch import Receiving, TroubleKind, Watch
from store import inbox
from store.claims import LEASE
from store.database import Database
from store.inbox import Arrival
from store.pacing import Pace
from store.timetable import Timetable
from web.board.board import Board
from web.health import Trouble
from web.metrics import Metrics

_log = structlog.get_logger("service")
_RESTART_PAUSE = 5.0
_STOP_SECONDS = 6.5
_CANCELLED_WITHIN = 1.0
_KNOWN_BETTER = {TroubleKind.RECEIVING, TroubleKind.DATABASE}


@dataclass(frozen=True, kw_only=True)
class Service:
    """What runs, for those who watch it: the rehearsal and the tests."""

    database: Database
    clockwork: Clockwork
    timetable: Timetable
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

    Raises SettingError for a database that cannot be used, a port that is taken and a token that Telegram refuses,
    PlanRejected when no acceptable plan was ever loaded.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(awaited_database(settings.database_url))
        keeper = PlanKeeper(
            database,
            settings.nhacviec_plans,
            rules.timetable,
            confirms_changes=rules.confirms_plan_changes,
        )
        bot = make_bot(
            token=token,
            api_url=settings.telegram_api_url,
            proxy=settings.telegram_proxy.get_secret_value() if settings.telegram_proxy else None,
        )
        wakers = Wakers()
        keep = partial(_keep, database, wakers, clock)
        way = way_in(settings, bot, database, keep, who=_who(), wall=wall_clock())
        heartbeat = await stack.enter_async_context(beating(settings.heartbeat_url()))
        watch = Watch(
            database,
            hours=rules.timetable.hours,
            calendar=rules.timetable.calendar,
            clock=clock,
            wall=wall_clock,
            receiving=partial(_receiving, way),
            after_a_calm_look=heartbeat,
        )
        metrics = Metrics(database, clock=clock, wall=wall_clock)
        board = _board(settings, database, metrics, wakers, clock)
        await stack.enter_async_context(
            web_room(
                settings,
                database,
                [*way.doors, metrics.route(), *(board.routes() if board is not None else ())],
                partial(_troubles, watch, way),
                receiving=lambda: way.troubles(wall_clock()),
            )
        )
        await database.absence.wait_out("plan", lambda: keeper.start(now=clock(), wall=wall_clock()))
        await connect(bot, settings, way)
        stack.push_async_callback(bot.shutdown)
        channel = TelegramChannel(bot)
        deliverer = Deliverer(
            database,
            {TELEGRAM: channel},
            hours=rules.timetable.hours,
            calendar=rules.timetable.calendar,
            pace=pace or Pace(),
            clock=clock,
            wall=wall_clock,
            lease=lease,
            on_idle_hand=wakers.outbox.set,
            on_sent=metrics.sent,
        )
        if database.is_sqlite:
            # Nobody else is on the file: what is claimed there is in no living hands.
            await database.absence.wait_out("leases", lambda: deliverer.take_back(whoever_holds=True))
        conversation = Conversation(bot_name=bot.username, timetable=rules.timetable, options=rules.options)
        if board is not None:
            board.talk_with(conversation)
        clockwork = Clockwork(
            database=database,
            timetable=rules.timetable,
            reception=Reception(
                database,
                conversation,
                {TELEGRAM: lambda raw: read_update(raw, bot)},
                admins={TELEGRAM: channel},
                # On PostgreSQL a claim waits for the other processes' claims: not while people's rows are locked.
                ship=deliverer.claim_along if database.is_sqlite else None,
                on_queued=wakers.outbox.set,
                on_handled=metrics.handled,
            ),
            deliverer=deliverer,
            keeper=keeper,
            watch=watch,
            clock=clock,
            wall=wall_clock,
            rhythm=rhythm or Rhythm(),
            wakers=wakers,
        )
        scheduler = clockwork.schedule()
        scheduler.start()
        receiving = asyncio.create_task(_unceasing("receive", way.run))
        menus = asyncio.create_task(_unceasing("menus", partial(keep_menus, bot, database)))
        working = [
            asyncio.create_task(_unceasing("handle", clockwork.handle_for_ever)),
            asyncio.create_task(_unceasing("deliver", clockwork.deliver_for_ever)),
        ]
        try:
            yield Service(database=database, clockwork=clockwork, timetable=rules.timetable, bot=bot)
        finally:
            _log.info("stopping")
            scheduler.shutdown(wait=False)
            menus.cancel()
            await asyncio.wait([menus], timeout=_CANCELLED_WITHIN)
            receiving.cancel()
            await _stop(clockwork, receiving, working)


def _board(
    settings: Settings,
    database: Database,
    metrics: Metrics,
    wakers: Wakers,
    clock: Callable[[], datetime],
) -> Board | None:
    """The board, where it is known under which address people reach it."""
    if settings.nhacviec_public_url is None:
        return None
    return Board(
        database,
        settings.nhacviec_public_url,
        clock=clock,
        wall=wall_clock,
        on_queued=wakers.outbox.set,
        on_handled=metrics.handled,
    )


def _who() -> str:
    """This process in words: which machine, which number there."""
    return f"nhacviec {socket.gethostname()}:{os.getpid()}"


def _receiving(way: WayIn) -> Receiving | None:
    """For the watch: whether updates can come in, where it is this process's turn to know."""
    if not way.is_ours:
        return None
    return Receiving(unable_since=min((one.since for one in way.troubles(wall_clock())), default=None))


async def _troubles(watch: Watch, way: WayIn) -> list[Trouble]:
    """For /health: what the watch found at its last look, and what keeps updates from coming at this moment. Of the
    database it knows itself."""
    found = [
        Trouble(name=one.kind.value, detail=one.detail, since=one.since)
        for one in watch.troubles
        if one.kind not in _KNOWN_BETTER
    ]
    return found + way.troubles(wall_clock())


async def _keep(
    database: Database, wakers: Wakers, clock: Callable[[], datetime], arrivals: list[Arrival]
) -> None:
    async with database.write() as session:
        await inbox.keep(session, channel=TELEGRAM, arrivals=arrivals, now=clock())
    wakers.inbox.set()
    # They are handled before the next poll is sent off.
    await asyncio.sleep(0)


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


async def _stop(
    clockwork: Clockwork, receiving: asyncio.Task[None], working: list[asyncio.Task[None]]
) -> None:
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await clockwork.stop()
            if clockwork.database.absence.since is None:
                await asyncio.wait([receiving, *working])
            await clockwork.deliverer.finish()
    except TimeoutError:
        # What is still under way keeps its lease: it goes out again later, marked as a repeat.
        _log.warning("stopped before everything was recorded")
    for task in working:
        task.cancel()
    await asyncio.wait([receiving, *working], timeout=_CANCELLED_WITHIN)
