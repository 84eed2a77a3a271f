"""The watch: looks for what should have happened and did not, heals what it can, and says the rest aloud.

Each look asks the database and this process the same questions. A trouble that is new is told to the operator's chats once,
and once more when it is over; until then it stands on /health. Any number of processes may watch: the first to write a
trouble down is the one that tells it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.notes import tell_operators
from plan.hours import OfficeHours
from plan.vietnam import instant_of
from plan.workdays import WorkingCalendar
from scheduler.troubles import trouble_began, trouble_is_over
from store import notices, vitals
from store.absence import Ended
from store.database import Database
from store.quota import held_back
from store.states import OutboxKind

_ANSWERS_LEAVE_WITHIN = timedelta(minutes=2)
_OTHERS_LEAVE_WITHIN = timedelta(minutes=10)
_UPDATES_HANDLED_WITHIN = timedelta(minutes=2)
_LEASES_TAKEN_BACK_WITHIN = timedelta(minutes=1)
_SCAN_RUNS_WITHIN = timedelta(minutes=10)
_DATABASE_BACK_WITHIN = timedelta(minutes=1)
_log = structlog.get_logger("watch")


class TroubleKind(StrEnum):
    """What can be amiss. The words are for /health, the log and the table `troubles`."""

    ANSWERS = "answers-unsent"
    NOTICES = "notices-unsent"
    NOTES = "notes-unsent"
    UPDATES = "updates-unhandled"
    LEASES = "leases-not-taken-back"
    SCAN = "scan-missing"
    QUOTA = "quota-used-up"
    RECEIVING = "nothing-received"
    DATABASE = "database-away"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something amiss since that moment; `count` of what, where there is something to count, and on which `channel`, where it
    is about one."""

    kind: TroubleKind
    since: datetime
    count: int | None = None
    channel: str | None = None

    @property
    def name(self) -> str:
        """What it is called on record: "nothing-received:telegram"."""
        return self.kind.value + (f":{self.channel}" if self.channel else "")

    @property
    def detail(self) -> str:
        many = f"{self.count}, " if self.count is not None else ""
        return f"{many}since {self.since.isoformat(timespec='seconds')}"


@dataclass(frozen=True, kw_only=True)
class Receiving:
    """Of a process whose turn it is to receive: since when it cannot (wall time); None when it can."""

    unable_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Healing:
    """What the watch can do about it: scan, take back what dead senders hold, wake the loops."""

    scan: Callable[[], Awaitable[object]]
    take_back: Callable[[], Awaitable[object]]
    wake: Callable[[], None]


class Watch:
    """One for a process. `receiving` tells of the channels of which it is this process's turn to know. `after_a_calm_look` is
    called when nothing is amiss."""

    def __init__(
        self,
        database: Database,
        *,
        hours: OfficeHours,
        calendar: WorkingCalendar,
        clock: Callable[[], datetime],
        wall: Callable[[], datetime],
        receiving: Callable[[], Mapping[str, Receiving]] = dict,
        after_a_calm_look: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._hours = hours
        self._calendar = calendar
        self._clock = clock
        self._wall = wall
        self._receiving = receiving
        self._after_a_calm_look = after_a_calm_look
        self._told_absence: Ended | None = None
        self._oldest_update: tuple[int, datetime] | None = None
        self.troubles: tuple[Trouble, ...] = ()

    async def look(self, healing: Healing) -> None:
        """One round. While the database is away that is the only trouble, and nobody can be told."""
        wall, away_since = self._wall(), self._database.absence.since
        if away_since is not None:
            self.troubles = (Trouble(kind=TroubleKind.DATABASE, since=away_since),)
            return
        await healing.take_back()
        found = await self._found(wall, healing)
        await self._write_down(found, wall)
        self.troubles = tuple(found)
        if found:
            healing.wake()
            for trouble in found:
                _log.warning("trouble", kind=trouble.name, detail=trouble.detail)
        elif self._after_a_calm_look is not None:
            await self._after_a_calm_look()

    async def _found(self, wall: datetime, healing: Healing) -> list[Trouble]:
        if await self._scan_is_missing():
            await healing.scan()
        async with self._database.read() as session:
            found = [
                await self._unsent(
                    session, TroubleKind.ANSWERS, OutboxKind.REPLY, wall - _ANSWERS_LEAVE_WITHIN
                ),
                await self._unsent(session, TroubleKind.NOTES, OutboxKind.NOTE, wall - _OTHERS_LEAVE_WITHIN),
                await self._unsent(
                    session, TroubleKind.NOTICES, OutboxKind.NOTICE, wall - _OTHERS_LEAVE_WITHIN
                ),
                await self._unhandled(session, wall),
                await self._leases(session, wall),
            ]
            found += [
                Trouble(kind=TroubleKind.QUOTA, since=one.since, count=one.others, channel=one.channel)
                for one in await held_back(session, self._clock())
                if one.since is not None
            ]
        since = await self._scan_is_missing()
        if since is not None:
            found.append(Trouble(kind=TroubleKind.SCAN, since=since))
        found += self._not_receiving()
        return [trouble for trouble in found if trouble is not None]

    async def _unsent(
        self, session: AsyncSession, kind: TroubleKind, of: OutboxKind, before: datetime
    ) -> Trouble | None:
        morning = self._hours.notices_for(self._clock(), self._calendar)
        if of is OutboxKind.NOTICE and (morning is None or self._has_just_opened(morning)):
            return None
        backlog = await vitals.unsent(session, kind=of, before=before, morning=morning, now=self._clock())
        return Trouble(kind=kind, since=backlog.since, count=backlog.count) if backlog else None

    def _has_just_opened(self, morning: date) -> bool:
        """Whether what waited for the day's opening may well be still on its way."""
        return self._clock() - instant_of(morning, self._hours.opens) < _OTHERS_LEAVE_WITHIN

    async def _unhandled(self, session: AsyncSession, wall: datetime) -> Trouble | None:
        """Whether the oldest update has been the oldest for too long."""
        backlog = await vitals.unhandled(session)
        if backlog is None:
            self._oldest_update = None
            return None
        if self._oldest_update is None or self._oldest_update[0] != backlog.oldest:
            self._oldest_update = (backlog.oldest, wall)
        since = self._oldest_update[1]
        if wall - since < _UPDATES_HANDLED_WITHIN:
            return None
        return Trouble(kind=TroubleKind.UPDATES, since=since, count=backlog.count)

    async def _leases(self, session: AsyncSession, wall: datetime) -> Trouble | None:
        backlog = await vitals.overdue_leases(session, before=wall - _LEASES_TAKEN_BACK_WITHIN)
        return Trouble(kind=TroubleKind.LEASES, since=backlog.since, count=backlog.count) if backlog else None

    async def _scan_is_missing(self) -> datetime | None:
        """The business moment at which today's scan should have run, when it is well past and there was none."""
        now = self._clock()
        day = self._hours.scan_day(now, self._calendar)
        if day is None:
            return None
        due_at = instant_of(day, self._hours.scan_at)
        if now - due_at < _SCAN_RUNS_WITHIN:
            return None
        async with self._database.read() as session:
            return None if await notices.scanned(session, day) else due_at

    def _not_receiving(self) -> list[Trouble]:
        return [
            Trouble(kind=TroubleKind.RECEIVING, since=one.unable_since, channel=channel)
            for channel, one in self._receiving().items()
            if one.unable_since is not None
        ]

    async def _write_down(self, found: list[Trouble], wall: datetime) -> None:
        names = {trouble.name for trouble in found}
        async with self._database.read() as session:
            on_record = await vitals.troubles_on_record(session)
        over = [name for name in on_record - names if self._is_ours(name)]
        away = self._absence_to_tell()
        if away is None and names <= on_record and not over:
            return
        async with self._database.write() as session:
            for trouble in found:
                if await vitals.raise_trouble(
                    session, name=trouble.name, detail=trouble.detail, since=trouble.since
                ):
                    await self._tell_begun(session, trouble, wall)
            for name in over:
                since = await vitals.clear_trouble(session, name)
                if since is not None:
                    await self._tell_over(session, name, since, wall)
            if away is not None:
                await self._tell_over(session, TroubleKind.DATABASE.value, away.since, away.until)
        self._told_absence = away or self._told_absence

    def _absence_to_tell(self) -> Ended | None:
        """The last absence of the database, if it was long and is not told yet."""
        ended = self._database.absence.last_ended
        if ended is None or ended == self._told_absence or ended.until - ended.since < _DATABASE_BACK_WITHIN:
            return None
        return ended

    def _is_ours(self, name: str) -> bool:
        """Whether this process can see that a trouble is over: of receiving only who receives knows."""
        kind, _, channel = name.partition(":")
        return kind != TroubleKind.RECEIVING.value or channel in self._receiving()

    async def _tell_begun(self, session: AsyncSession, trouble: Trouble, wall: datetime) -> None:
        note = trouble_began(trouble.name, trouble.since, trouble.count)
        key = f"trouble:{trouble.name}:{trouble.since.isoformat(timespec='seconds')}"
        await tell_operators(session, note, key=key, wall=wall)

    async def _tell_over(self, session: AsyncSession, name: str, since: datetime, until: datetime) -> None:
        _log.info("trouble is over", kind=name, since=since.isoformat(timespec="seconds"))
        note = trouble_is_over(name, since, until)
        key = f"trouble-over:{name}:{since.isoformat(timespec='seconds')}"
        await tell_operators(session, note, key=key, wall=self._wall())
