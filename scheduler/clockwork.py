"""The clockwork: APScheduler wakes the scan, the refresh of the plan and the watch over leases; loops handle and deliver.

It decides nothing: what is owed is in the database, so a wake-up too many does nothing and one too few is made good by
the next.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.reception import Reception
from scheduler.asks import close_needless_asks
from scheduler.deliver import Deliverer
from scheduler.refresh import PlanKeeper
from scheduler.scan import ScanResult, scan_if_owed
from scheduler.statuses import renew_statuses
from scheduler.watch import Healing, Watch
from store.database import Database
from store.timetable import Timetable

_log = structlog.get_logger("clockwork")
_IDLE_SECONDS = 30.0
# Other processes queue work too, and wake nobody here.
_IDLE_SECONDS_WHEN_SHARED = 1.0
_LEAST_WAIT = 0.005
_CALLS_MAY_TAKE = 5.0


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """Seconds between wake-ups."""

    scan: float = 15
    statuses: float = 10
    refresh: float = 15
    leases: float = 20
    watch: float = 60


@dataclass(kw_only=True)
class Wakers:
    """Events by which one part tells another that there is work; losing one costs time only."""

    inbox: asyncio.Event = field(default_factory=asyncio.Event)
    outbox: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(kw_only=True)
class Clockwork:
    """Everything that runs by itself in one process."""

    database: Database
    timetable: Timetable
    reception: Reception
    deliverer: Deliverer
    keeper: PlanKeeper
    watch: Watch
    clock: Callable[[], datetime]
    wall: Callable[[], datetime]
    rhythm: Rhythm = field(default_factory=Rhythm)
    wakers: Wakers = field(default_factory=Wakers)
    _scheduler: AsyncIOScheduler | None = None
    _stopping: bool = False

    def schedule(self) -> AsyncIOScheduler:
        """Jobs live in memory and carry no state. A late wake-up is never dropped, several become one."""
        self._scheduler = scheduler = AsyncIOScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for name, job, seconds in (
            ("scan", self.scan, self.rhythm.scan),
            ("statuses", self.renew_statuses, self.rhythm.statuses),
            ("refresh", self.refresh, self.rhythm.refresh),
            ("leases", self.deliverer.take_back, self.rhythm.leases),
            ("watch", self.look, self.rhythm.watch),
        ):
            scheduler.add_job(self._wake_up, IntervalTrigger(seconds=seconds), id=name, args=[name, job])
        return scheduler

    async def _wake_up(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """What the database refuses is tried again until it is done. A stop breaks it off: that is no error."""
        try:
            await self.database.absence.wait_out(name, job)
        except asyncio.CancelledError:
            _log.info("broken off by the stop", job=name)

    def wake_scan(self) -> None:
        """Have the scan look at once: the clock was set anew."""
        if self._scheduler is not None and self._scheduler.running:
            self._scheduler.modify_job("scan", next_run_time=self.wall())

    async def scan(self) -> ScanResult | None:
        """Scan if a scan is owed at this moment of business time."""
        now = self.clock()
        day = self.timetable.hours.scan_day(now, self.timetable.calendar)
        # Notices that wait for the morning may leave from some moment on: the deliverer must look then.
        self.wakers.outbox.set()
        if day is None:
            return None
        result = await scan_if_owed(self.database, self.timetable, day=day, now=now, wall=self.wall())
        if result is not None:
            _log.info(
                "scan",
                day=day.isoformat(),
                notices=len(result.told),
                messages=result.messages,
                unreachable=len(result.unreachable),
            )
            self.wakers.outbox.set()
        return result

    async def renew_statuses(self) -> None:
        """Have the pinned messages written anew in which something has changed."""
        if await renew_statuses(self.database, now=self.clock(), wall=self.wall()):
            self.wakers.outbox.set()

    async def refresh(self) -> None:
        """Look at the plans' files, and at what follows for what agencies asked of each other."""
        changed = await self.keeper.refresh(now=self.clock(), wall=self.wall())
        closed = await close_needless_asks(self.database, now=self.clock(), wall=self.wall())
        if changed or closed:
            self.wakers.outbox.set()

    async def look(self) -> None:
        """One round of the watch."""
        await self.watch.look(Healing(scan=self.scan, take_back=self.deliverer.take_back, wake=self._wake))

    def _wake(self) -> None:
        self.wakers.inbox.set()
        self.wakers.outbox.set()

    async def handle_for_ever(self) -> None:
        """Handle what is in the inbox, then wait for more; ends after `stop`."""
        while not self._stopping:
            self.wakers.inbox.clear()
            if await self.database.absence.wait_out("inbox", self._handle_waiting):
                # Answers leave before the next updates are looked at.
                await asyncio.sleep(0)
                continue
            await _woken(self.wakers.inbox, self._idle_seconds)

    async def _handle_waiting(self) -> bool:
        return await self.reception.handle_waiting(now=self.clock(), wall=self.wall())

    async def deliver_for_ever(self) -> None:
        """Deliver what may leave, then wait until something may; ends after `stop`."""
        while not self._stopping:
            self.wakers.outbox.clear()
            await self.database.absence.wait_out("outbox", self.deliverer.deliver_waiting)
            await _woken(self.wakers.outbox, self._until(self.deliverer.next_look))

    async def stop(self) -> None:
        """Claim nothing more; finish what is under way or hand it back."""
        self._stopping = True
        self._wake()
        await self.deliverer.stop(_CALLS_MAY_TAKE)

    def _until(self, at: datetime | None) -> float:
        """Seconds until that moment. With None only an event brings more: every record of an outcome wakes the loop."""
        if at is None:
            return self._idle_seconds
        return min(max((at - self.wall()).total_seconds(), _LEAST_WAIT), self._idle_seconds)

    @property
    def _idle_seconds(self) -> float:
        """After so long without being woken, look for work nevertheless."""
        return _IDLE_SECONDS if self.database.is_sqlite else _IDLE_SECONDS_WHEN_SHARED


async def _woken(event: asyncio.Event, seconds: float) -> None:
    """Whoever waits here goes on in the next turn of the event loop (`asyncio.wait_for` takes several)."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
