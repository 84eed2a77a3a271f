"""What those who oversee a plan hear in the morning: a standing office what it has to see to, and at the beginning of a week
it and the leaders how the plan stands. One note a chat, made with the first scan of the day.

The first scan of a week, and of a month, says what is said once a week or a month: also when that scan comes late.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import to_json
from bot.office_morning import MOST_UNDELIVERED, office_morning
from plan.vietnam import instant_of
from plan.workdays import WorkingCalendar
from store import chats, notices, office_list, outbox, undelivered, week
from store.office_list import OfficeList
from store.oversight import overseers
from store.quota import HeldBack, held_back
from store.timetable import Timetable
from store.undelivered import FailedMorning
from store.week import Clash, Owed, WeekFigures

_DUE_SOON = timedelta(days=30)
_PATIENCE_IN_WORKING_DAYS = 2
_WEEK = timedelta(days=7)
_MIDNIGHT = time(0, 0)


@dataclass(frozen=True, kw_only=True)
class Morning:
    """A working day of which no scan was yet; whether it is the first one of its week and of its month. `held_back` is what
    waits on used-up channels from before it (business time)."""

    day: date
    begins_week: bool
    begins_month: bool
    held_back: tuple[HeldBack, ...] = ()

    @property
    def monday(self) -> date:
        return week.monday_of(self.day)

    def key(self, chat_id: int) -> str:
        """Under which the chat's note is queued: once a week, and else once a day."""
        if self.begins_week:
            return _week_key(self.monday, chat_id)
        return f"office-list:{self.day.isoformat()}:{chat_id}"


async def first_look(session: AsyncSession, day: date, *, now: datetime, wall: datetime) -> Morning | None:
    """The morning of that day, before its scan; None when a scan of the day, and with it the lists, are on record. `now` is
    business time."""
    if await notices.scanned(session, day):
        return None
    return Morning(
        day=day,
        begins_week=not await notices.scanned_between(session, week.monday_of(day), day),
        begins_month=not await notices.scanned_between(session, day.replace(day=1), day),
        held_back=tuple(
            replace(one, since=one.since + (now - wall) if one.since is not None else None)
            for one in await held_back(session, now)
        ),
    )


async def tell_overseers(
    session: AsyncSession, timetable: Timetable, morning: Morning, *, missed: Collection[int], wall: datetime
) -> None:
    """Queue the notes of the morning. `missed` are assignments (ids) of which somebody should hear today, and nobody is
    there to hear."""
    failed = await _failed(session, morning.day)
    found = await overseers(session)
    groups: dict[tuple[frozenset[str], bool], list[int]] = defaultdict(list)
    for chat, scope in found.scopes().items():
        groups[scope].append(chat)
    for (offices, leads), listeners in groups.items():
        todo = OfficeList()
        own: Sequence[Owed] = ()
        if offices:
            todo = await _todo(session, timetable.calendar, morning, offices, missed)
            todo = replace(
                todo,
                undelivered=_shown([one for office in sorted(offices) for one in failed.get(office, ())]),
                held_back=morning.held_back,
            )
            own = await _owed(session, morning, offices)
        told_of = await _owed(session, morning, None) if leads else own
        figures = week.figures(told_of, morning.day) if timetable.rules.weekly_digest and told_of else None
        heard_last_week = await _heard_last_week(session, morning, listeners)
        for chat in listeners:
            clashing = _clashes(own, morning, heard_last_week=chat in heard_last_week)
            await _tell(session, morning, chat, replace(todo, clashes=clashing), figures, wall)
    for office in failed.keys() - found.offices.keys():
        # Its own officers are the nearest to it.
        not_arrived = OfficeList(undelivered=_shown(failed[office]))
        for listener in await chats.chats_of(session, office):
            await _tell(session, morning, listener.id, not_arrived, None, wall)


async def _failed(session: AsyncSession, day: date) -> dict[str, list[FailedMorning]]:
    failed: dict[str, list[FailedMorning]] = defaultdict(list)
    for one in await undelivered.unlisted(session, before=day):
        failed[one.standing_office].append(one)
    return dict(failed)


def _shown(failed: Sequence[FailedMorning]) -> tuple[FailedMorning, ...]:
    """As many as are told in one morning; all that is said of one message goes together."""
    numbers = list(dict.fromkeys(one.outbox_id for one in failed))[:MOST_UNDELIVERED]
    return tuple(one for one in failed if one.outbox_id in numbers)


async def _todo(
    session: AsyncSession,
    calendar: WorkingCalendar,
    morning: Morning,
    offices: frozenset[str],
    missed: Collection[int],
) -> OfficeList:
    """All but what did not arrive and the clashes."""
    until = morning.day + _DUE_SOON if morning.begins_week else None
    return OfficeList(
        unheard=tuple(await office_list.unheard(session, offices, missed=missed, until=until)),
        unheard_this_week=morning.begins_week,
        undated=tuple(await office_list.undated(session, offices)) if morning.begins_month else (),
        waiting=await office_list.waiting_since(
            session, offices, before=_patience_ends(morning.day, calendar)
        ),
    )


def _patience_ends(day: date, calendar: WorkingCalendar) -> datetime:
    """What was asked before this moment has waited for more whole working days than one may wait."""
    for _ in range(_PATIENCE_IN_WORKING_DAYS):
        day = calendar.before(day)
    return instant_of(day, _MIDNIGHT)


async def _owed(session: AsyncSession, morning: Morning, offices: frozenset[str] | None) -> Sequence[Owed]:
    """What is asked once a week only: it looks at everything that was ever due."""
    if not morning.begins_week:
        return ()
    return await week.owed(
        session,
        offices,
        until=morning.monday + 2 * _WEEK - timedelta(days=1),
        done_since=instant_of(morning.monday - _WEEK, _MIDNIGHT),
    )


def _clashes(rows: Sequence[Owed], morning: Morning, *, heard_last_week: bool) -> tuple[Clash, ...]:
    """Of this week and the next; who had a note last week knows of this one."""
    next_week = morning.monday + _WEEK
    mondays = {next_week} if heard_last_week else {morning.monday, next_week}
    return tuple(week.clashes(rows, mondays))


async def _heard_last_week(session: AsyncSession, morning: Morning, listeners: Sequence[int]) -> set[int]:
    keys = {_week_key(morning.monday - _WEEK, chat): chat for chat in listeners}
    return {keys[key] for key in await outbox.queued_ever(session, keys)}


def _week_key(monday: date, chat_id: int) -> str:
    year, number, _ = monday.isocalendar()
    return f"office-week:{year}-W{number:02}:{chat_id}"


async def _tell(
    session: AsyncSession,
    morning: Morning,
    chat_id: int,
    todo: OfficeList,
    figures: WeekFigures | None,
    wall: datetime,
) -> None:
    """Queue the chat's note, if there is anything to say; what it says did not arrive needs not be said again."""
    note = office_morning(morning.day, todo, figures)
    if note is None:
        return
    queued = await outbox.queue_note(
        session, chat_id=chat_id, wall=wall, body=to_json(note), key=morning.key(chat_id)
    )
    if queued and todo.undelivered:
        numbers = [one.outbox_id for one in todo.undelivered]
        await undelivered.mark_listed(session, numbers, morning.day)
