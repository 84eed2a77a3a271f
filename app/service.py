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
from starlette.routing import BaseRoute

from app.clock import wall_clock
from app.lines import Line, Lines
from app.rules import Rules
from app.storage import awaited_database
from app.telegram_line import TelegramLine
from app.web_room import web_room
from app.zalo_line import ZaloLine
from bot.conversation import Conversation
from bot.press import Press
from bot.reception import Reception
from config.settings import Settings, Tokens
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
from web.calendar_door import calendar_door
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


@asynccontextmanager
async def running(
    settings: Settings,
    rules: Rules,
    *,
    tokens: Tokens,
    clock: Callable[[], datetime],
    rhythm: Rhythm | None = None,
    pace: Pace | None = None,
    lease: timedelta = LEASE,
) -> AsyncIterator[Service]:
    """Start everything; inside the block it runs; at its end it stops cleanly, within ten seconds.

    Raises SettingError for a database that cannot be used, a port that is taken and a token that is refused,
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
        wakers = Wakers()
        keeping = partial(_keep, database, wakers, clock)
        lines = Lines(_lines(settings, tokens, database, keeping), wall=wall_clock)
        stack.push_async_callback(lines.close)
        heartbeat = await stack.enter_async_context(beating(settings.heartbeat_url()))
        watch = Watch(
            database,
            hours=rules.timetable.hours,
            calendar=rules.timetable.calendar,
            clock=clock,
            wall=wall_clock,
            receiving=partial(_receiving, lines),
            after_a_calm_look=heartbeat,
        )
        press = Press(database, rules.timetable)
        metrics = Metrics(database, clock=clock, wall=wall_clock)
        board = _board(settings, database, metrics, press, wakers, clock)
        await stack.enter_async_context(
            web_room(
                settings,
                database,
                [
                    *_doors(settings, database, lines, rules, clock),
                    metrics.route(),
                    *(board.routes() if board is not None else ()),
                ],
                partial(_troubles, watch, lines),
                receiving=lambda: [trouble for found in lines.troubles().values() for trouble in found],
            )
        )
        await database.absence.wait_out("plan", lambda: keeper.start(now=clock(), wall=wall_clock()))
        connected: list[asyncio.Task[None]] = []
        stack.push_async_callback(_cancelled, connected)

        def opened(line: Line) -> None:
            connected.extend(_at_work(line))
            # What waited for it leaves now, not at the next look.
            wakers.outbox.set()

        await lines.connect(opened)
        deliverer = Deliverer(
            database,
            lines.channels,
            hours=rules.timetable.hours,
            calendar=rules.timetable.calendar,
            pace=pace or Pace(),
            clock=clock,
            wall=wall_clock,
            lease=lease,
            allowances=lines.allowances,
            press=press,
            on_idle_hand=wakers.outbox.set,
            on_sent=metrics.sent,
        )
        if database.is_sqlite:
            # Nobody else is on the file: what is claimed there is in no living hands.
            await database.absence.wait_out("leases", lambda: deliverer.take_back(whoever_holds=True))
        conversation = Conversation(
            entrances=lines.entrances, timetable=rules.timetable, options=rules.options
        )
        if board is not None:
            board.talk_with(conversation)
        clockwork = Clockwork(
            database=database,
            timetable=rules.timetable,
            reception=Reception(
                database,
                conversation,
                lines.readers,
                admins=lines.admins,
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
        working = [
            asyncio.create_task(_unceasing("handle", clockwork.handle_for_ever)),
            asyncio.create_task(_unceasing("deliver", clockwork.deliver_for_ever)),
        ]
        try:
            yield Service(database=database, clockwork=clockwork, timetable=rules.timetable)
        finally:
            _log.info("stopping")
            scheduler.shutdown(wait=False)
            for task in connected:
                task.cancel()
            await _stop(clockwork, connected, working)


def _at_work(line: Line) -> list[asyncio.Task[None]]:
    """What a connected line does by itself."""
    return [
        asyncio.create_task(_unceasing("receive", line.way.run)),
        asyncio.create_task(_unceasing("keep-up", line.keep_up)),
    ]


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_CANCELLED_WITHIN)


def _lines(
    settings: Settings,
    tokens: Tokens,
    database: Database,
    keep: Callable[[str, list[Arrival]], Awaitable[None]],
) -> list[Line]:
    who, began = _who(), wall_clock()
    kinds: list[tuple[type[TelegramLine | ZaloLine], str | None]] = [
        (TelegramLine, tokens.telegram),
        (ZaloLine, tokens.zalo),
    ]
    return [
        kind(settings, token, database, partial(keep, kind.name), who=who, began=began)
        for kind, token in kinds
        if token
    ]


def _doors(
    settings: Settings, database: Database, lines: Lines, rules: Rules, clock: Callable[[], datetime]
) -> list[BaseRoute]:
    """What the web room answers to beside health."""
    calendars = [calendar_door(database, rules.timetable, clock)] if settings.nhacviec_public_url else []
    return [*(door for line in lines.all for door in line.way.doors), *calendars]


def _board(
    settings: Settings,
    database: Database,
    metrics: Metrics,
    press: Press,
    wakers: Wakers,
    clock: Callable[[], datetime],
) -> Board | None:
    """The board, where it is known under which address people reach it."""
    if settings.nhacviec_public_url is None:
        return None
    return Board(
        database,
        settings.nhacviec_public_url,
        press=press,
        clock=clock,
        wall=wall_clock,
        on_queued=wakers.outbox.set,
        on_handled=metrics.handled,
    )


def _who() -> str:
    """This process in words: which machine, which number there."""
    return f"nhacviec {socket.gethostname()}:{os.getpid()}"


def _receiving(lines: Lines) -> dict[str, Receiving]:
    """For the watch: whether updates can come in by a channel, where it is this process's turn to know."""
    return {
        channel: Receiving(unable_since=min((one.since for one in found), default=None))
        for channel, found in lines.troubles().items()
    }


async def _troubles(watch: Watch, lines: Lines) -> list[Trouble]:
    """For /health: what the watch found at its last look, and what keeps updates from coming at this moment. Of the
    database it knows itself."""
    found = [
        Trouble(name=one.name, detail=one.detail, since=one.since)
        for one in watch.troubles
        if one.kind not in _KNOWN_BETTER
    ]
    return found + [trouble for of_line in lines.troubles().values() for trouble in of_line]


async def _keep(
    database: Database,
    wakers: Wakers,
    clock: Callable[[], datetime],
    channel: str,
    arrivals: list[Arrival],
) -> None:
    async with database.write() as session:
        await inbox.keep(session, channel=channel, arrivals=arrivals, now=clock())
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
    clockwork: Clockwork, connected: list[asyncio.Task[None]], working: list[asyncio.Task[None]]
) -> None:
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await clockwork.stop()
            if clockwork.database.absence.since is None:
                await asyncio.wait([*connected, *working])
            await clockwork.deliverer.finish()
    except TimeoutError:
        # What is still under way keeps its lease: it goes out again later, marked as a repeat.
        _log.warning("stopped before everything was recorded")
    for task in working:
        task.cancel()
    await asyncio.wait([*connected, *working], timeout=_CANCELLED_WITHIN)
