"""What the calendar of a chat shows: the days of what its agencies owe, and of the plans that it oversees.

Of an agency's assignment there is one event on its due day, of a report one more on its cutoff. Who oversees a plan has one
for each output and period, on the plan's day and on every other day that was set for some of its agencies.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.calendar_words import due_word, more_about, what
from bot.channel import File
from bot.papers.calendar import Calendar, Event, ics, uid_of
from bot.wording import joined
from plan.milestones import DueDates, before_late
from plan.vietnam import day_of
from store.calendar_days import DayOnceSet, DayOwed, days_of_agencies, days_of_plans, days_once_set
from store.chats import Bindings
from store.states import Role, State
from store.timetable import Timetable

# Programs that strike cancelled events through would collect them for ever; by then the others have fetched them.
TOLD_FOR = timedelta(days=60)
# Earlier milestones are for the morning messages: a phone that rings for a month is switched off.
_ALARMS_WITHIN = timedelta(days=7)
_DUE, _CUTOFF = "due", "cutoff"


async def calendar_of(
    session: AsyncSession, bindings: Bindings, timetable: Timetable, *, now: datetime
) -> Calendar:
    """The calendar of a chat with these bindings at that moment (business time); without any it is empty."""
    own = await days_of_agencies(session, [agency.code for agency in bindings.agencies])
    several = len(bindings.agencies) > 1
    events = [event for one in own for event in _own_events(one, timetable, with_name=several)]
    if bindings.offices or Role.LEADER in bindings.roles:
        is_leader = Role.LEADER in bindings.roles
        offices = None if is_leader else [office.code for office in bindings.offices]
        owed = await days_of_plans(session, offices, own=[agency.code for agency in bindings.agencies])
        events += _overseen_events(owed, await days_once_set(session, offices), timetable)
    return Calendar(name=_name(bindings), events=[event for event in events if _is_told(event, now)])


async def calendar_file(
    session: AsyncSession, bindings: Bindings, timetable: Timetable, *, now: datetime
) -> Callable[[], File]:
    """What makes the same calendar a file to import."""
    found = await calendar_of(session, bindings, timetable, now=now)
    name = f"nhac-viec-{day_of(now).isoformat()}.ics"
    return lambda: File(name=name, media_type="text/calendar", content=ics(found, made_at=now))


def _name(bindings: Bindings) -> str:
    names = [agency.name for agency in bindings.agencies]
    if bindings.offices:
        names.append("cơ quan thường trực")
    if Role.LEADER in bindings.roles:
        names.append("lãnh đạo")
    return " – ".join(["Nhắc việc", *([joined(names)] if names else [])])


def _is_told(event: Event, now: datetime) -> bool:
    """What is off is told for a while, of what nobody can have seen nothing is."""
    if not event.is_cancelled:
        return True
    return event.modified is not None and event.modified > now - TOLD_FOR


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """How many of those that an event stands for are there and done."""

    live: int
    done: int
    waiting: int

    @property
    def is_done(self) -> bool:
        return self.live > 0 and self.done == self.live

    @property
    def asks_for_more(self) -> bool:
        """Whether any agency still has to do something."""
        return self.done + self.waiting < self.live


def _counted(rows: Iterable[DayOwed]) -> _Counted:
    live = [one for one in rows if _is_live(one)]
    return _Counted(
        live=sum(one.count for one in live),
        done=sum(one.count for one in live if one.state is State.DONE),
        waiting=sum(one.count for one in live if one.state is State.SUBMITTED),
    )


def _is_live(one: DayOwed) -> bool:
    """Whether its day is one that somebody has to look at, or had to."""
    return one.due is not None and not one.retired and one.state is not State.WAIVED


def _own_events(one: DayOwed, timetable: Timetable, *, with_name: bool) -> list[Event]:
    identity = (one.plan_key, one.code, one.slot, one.agency)
    whose = f"{one.agency} · " if with_name else ""
    events = []
    day = one.due or one.former_due
    if day is not None:
        mark = "✅ " if one.state is State.DONE else ""
        waits = " (chờ duyệt)" if one.state is State.SUBMITTED else ""
        events.append(
            _event(
                [one],
                uid=uid_of(_DUE, *identity),
                day=day,
                summary=f"{mark}{whose}{what(one)} – {due_word(one)}{waits}",
                more=more_about(one, day),
                alarms=_alarms(one, timetable, _DUE) if one.state is State.OPEN else (),
            )
        )
    if one.cutoff is not None:
        events.append(
            _event(
                [one],
                uid=uid_of(_CUTOFF, *identity),
                day=one.cutoff,
                summary=f"{whose}{what(one)} – chốt số liệu",
                more=more_about(one, one.due),
                alarms=_alarms(one, timetable, _CUTOFF) if one.state is State.OPEN else (),
            )
        )
    return events


def _overseen_events(
    owed: Iterable[DayOwed], once_set: Collection[DayOnceSet], timetable: Timetable
) -> list[Event]:
    """Those of one output and period are numbered together: agencies go from one of its days to another. What nobody owes
    but the chat's own agencies is there already."""
    of_period: dict[tuple[str, str, str], list[DayOwed]] = defaultdict(list)
    for one in owed:
        of_period[one.plan_key, one.code, one.slot].append(one)
    left: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    for once in once_set:
        left[once.plan_key, once.code, once.slot].add(once.day)
    events = []
    for identity, rows in of_period.items():
        if all(one.own == one.count for one in rows):
            continue
        groups: dict[date | None, list[DayOwed]] = defaultdict(list)
        for one in rows:
            groups[one.set_due].append(one)
        for set_due, group in groups.items():
            events += _due_event(rows, group, set_due, identity, timetable)
        events += [
            _left(rows, day, uid_of(_DUE, *identity, day.isoformat()))
            for day in sorted(left[identity] - groups.keys())
        ]
        plans_day = _plans_day(rows)
        if None not in groups and plans_day is not None:
            events.append(_left(rows, plans_day, uid_of(_DUE, *identity, "")))
        events += _cutoff_event(rows, identity, timetable)
    return events


def _due_event(
    rows: Sequence[DayOwed],
    group: Sequence[DayOwed],
    set_due: date | None,
    identity: tuple[str, str, str],
    timetable: Timetable,
) -> list[Event]:
    first = next((one for one in group if _is_live(one)), group[0])
    day = first.due or first.former_due
    if day is None:
        return []
    counted = _counted(group)
    mark = "✅ " if counted.is_done else ""
    many = f" ({counted.done}/{counted.live} xong)" if counted.live > 1 and not counted.is_done else ""
    about = f"Đã xong: {counted.done}/{counted.live} cơ quan" if counted.live else "Không còn cơ quan nào"
    if counted.waiting:
        about += f", {counted.waiting} chờ duyệt"
    morning = _morning(first.remind_by, day, timetable) if first.remind_by and counted.asks_for_more else ()
    return [
        _event(
            rows,
            uid=uid_of(_DUE, *identity, set_due.isoformat() if set_due else ""),
            day=day,
            summary=f"{mark}{what(first)} – {due_word(first)}{many}",
            more=[*more_about(first, day), about],
            alarms=morning,
            is_cancelled=not counted.live,
        )
    ]


def _plans_day(rows: Sequence[DayOwed]) -> date | None:
    """The plan's day, else the last one that there was."""
    days = [one.plan_due or one.former_due for one in rows]
    return max((day for day in days if day is not None), default=None)


def _left(rows: Sequence[DayOwed], day: date, uid: str) -> Event:
    """A day that was somebody's and is nobody's any more."""
    return _event(
        rows,
        uid=uid,
        day=day,
        summary=f"{what(rows[0])} – {due_word(rows[0])}",
        more=more_about(rows[0], None),
        is_cancelled=True,
    )


def _cutoff_event(
    rows: Sequence[DayOwed], identity: tuple[str, str, str], timetable: Timetable
) -> list[Event]:
    first = next((one for one in rows if _is_live(one)), rows[0])
    if first.cutoff is None:
        return []
    counted = _counted(rows)
    working = timetable.calendar.on_or_before(first.cutoff)
    return [
        _event(
            rows,
            uid=uid_of(_CUTOFF, *identity),
            day=first.cutoff,
            summary=f"{what(first)} – chốt số liệu",
            more=more_about(first, first.due),
            alarms=_morning(working, first.cutoff, timetable) if counted.asks_for_more else (),
            is_cancelled=not counted.live,
        )
    ]


def _event(
    rows: Sequence[DayOwed],
    *,
    uid: str,
    day: date,
    summary: str,
    more: Iterable[str],
    alarms: tuple[timedelta, ...] = (),
    is_cancelled: bool | None = None,
) -> Event:
    """One that stands for these rows; it is off when none of them has a day any more, if that is not said."""
    off = not any(_is_live(one) for one in rows) if is_cancelled is None else is_cancelled
    return Event(
        uid=uid,
        day=day,
        summary=summary,
        description="\n".join(more),
        sequence=sum(one.revision for one in rows),
        modified=max((one.revised_at for one in rows if one.revised_at), default=None),
        is_cancelled=off,
        alarms=() if off else alarms,
    )


def _alarms(one: DayOwed, timetable: Timetable, anchor: str) -> tuple[timedelta, ...]:
    """The mornings of its milestones within a week of that day, and of the last working day on or before it."""
    dates = DueDates.if_dated(one.due, one.remind_by, one.late_after, one.cutoff)
    if dates is None:
        return ()
    day = dates.cutoff if anchor == _CUTOFF and dates.cutoff is not None else dates.due
    ladder = before_late(dates, timetable.rules, timetable.calendar)
    mornings = {
        step.day for step in ladder if step.name.startswith(anchor) and day - step.day <= _ALARMS_WITHIN
    }
    mornings.add(timetable.calendar.on_or_before(day))
    return tuple(alarm for morning in sorted(mornings) for alarm in _morning(morning, day, timetable))


def _morning(morning: date, day: date, timetable: Timetable) -> tuple[timedelta, ...]:
    """The hour at which the bot speaks on that morning, counted from the midnight with which `day` begins."""
    hour = timetable.hours.scan_at
    return (morning - day + timedelta(hours=hour.hour, minutes=hour.minute),)
