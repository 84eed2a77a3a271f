"""The scan: find the milestones that are due up to today and not yet told, and queue one message a chat.

1. Take the open assignments whose next milestone is today or was missed.
2. Of each take the latest milestone reached, and note the day of its next one.
3. Write the notices that no chat has yet, put each chat's into one message, and commit all of it together.
   What had nobody to go to is told to the operator, what could not be delivered to the standing office.

Any process may scan at any moment: one at a time does, and what it has found is not found again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from plan.milestones import DueDates, Milestone, last_reached
from scheduler.troubles import nobody_to_tell, tell_agency, tell_operators, undelivered_list
from store import mornings, notices, undelivered
from store.chats import agency_names
from store.database import Database
from store.notices import PlannedNotice, ReachedAssignment
from store.restores import restored_on
from store.statuses import want_status
from store.tables import ScanRow
from store.timetable import Timetable
from store.turns import SCAN, take_turn_if_free
from store.undelivered import FailedMorning


@dataclass(frozen=True, kw_only=True)
class ReachedMilestone:
    """An assignment that an agency should hear about today, whether or not a chat can be reached."""

    assignment_id: int
    agency: str
    due: date
    milestone: Milestone


@dataclass(frozen=True, kw_only=True)
class ScanResult:
    """What a scan found: `told` are the new notices, `unreachable` what had nobody to go to."""

    day: date
    told: tuple[PlannedNotice, ...]
    unreachable: tuple[ReachedMilestone, ...]
    messages: int


async def scan_if_owed(
    database: Database, timetable: Timetable, *, day: date, now: datetime, wall: datetime
) -> ScanResult | None:
    """Scan for a working day unless there is nothing to find or another process is at it; None then. Safe to call at any
    moment, any number of times."""
    async with database.read() as session:
        if not await _is_owed(session, day):
            return None
    async with database.write() as session:
        if not await take_turn_if_free(session, SCAN) or not await _is_owed(session, day):
            return None
        result = await scan(session, timetable, day=day, now=now, wall=wall)
        await _list_undelivered(session, day, wall)
        if result.unreachable:
            codes = sorted({missed.agency for missed in result.unreachable})
            note = nobody_to_tell(day, await agency_names(session, codes))
            key = f"unreachable:{day.isoformat()}:{codes[0]}:{len(codes)}"
            await tell_operators(session, note, key=key, wall=wall)
        return result


async def _list_undelivered(session: AsyncSession, day: date, wall: datetime) -> None:
    """Tell each standing office which messages of earlier mornings did not arrive, each once."""
    failed: dict[str, list[FailedMorning]] = defaultdict(list)
    for one in await undelivered.unlisted(session, before=day):
        failed[one.standing_office].append(one)
    for office, found in failed.items():
        note = undelivered_list(day, [(one.agencies, one.assignments, one.error) for one in found])
        numbers = [one.outbox_id for one in found]
        key = f"undelivered-list:{day.isoformat()}:{numbers[-1]}"
        if await tell_agency(session, office, note, key=key, wall=wall):
            await undelivered.mark_listed(session, numbers, day)


async def _is_owed(session: AsyncSession, day: date) -> bool:
    return (
        not await notices.scanned(session, day)
        or await mornings.has_unsent_from_before(session, day)
        or await notices.any_reached(session, day)
    )


async def scan(
    session: AsyncSession, timetable: Timetable, *, day: date, now: datetime, wall: datetime
) -> ScanResult:
    """The scan itself, inside the caller's transaction."""
    chats = await notices.chats_by_agency(session)
    rows = await notices.reached(session, day)
    steps = _Steps(timetable, day)
    await notices.look_next(session, steps.next_looks(rows))
    reached = steps.reached(rows)
    planned = [
        PlannedNotice(
            assignment_id=one.assignment_id,
            milestone=one.milestone.name,
            due=one.due,
            chat_id=chat_id,
            planned_on=one.milestone.day,
        )
        for one in reached
        for chat_id in chats.get(one.agency, ())
    ]
    told, fresh = await notices.not_yet_noticed(session, planned)
    carried = await mornings.take_over_unsent(session, day, fresh, now)
    messages = await mornings.queue_morning(
        session,
        fresh,
        carried,
        today=day,
        wall=wall,
        all_perhaps_received=await restored_on(session, day),
    )
    await want_status(session, {notice.chat_id for notice in told})
    unreachable = tuple(one for one in reached if not chats.get(one.agency))
    session.add(ScanRow(day=day, at=now, notices=len(fresh), messages=messages, unreachable=len(unreachable)))
    await session.flush()
    return ScanResult(day=day, told=tuple(told), unreachable=unreachable, messages=messages)


class _Steps:
    """The ladder as it stands on one day. Many assignments share their dates: each date is looked at once."""

    def __init__(self, timetable: Timetable, day: date) -> None:
        self._timetable = timetable
        self._day = day
        self._known: dict[DueDates, tuple[Milestone | None, date]] = {}

    def reached(self, rows: Iterable[ReachedAssignment]) -> list[ReachedMilestone]:
        """The latest milestone of each on or before the day."""
        return [
            ReachedMilestone(assignment_id=row.id, agency=row.agency, due=row.dates.due, milestone=milestone)
            for row in rows
            if row.dates is not None and (milestone := self._of(row.dates)[0]) is not None
        ]

    def next_looks(self, rows: Iterable[ReachedAssignment]) -> dict[date | None, list[int]]:
        """Which assignments (ids) must be looked at again on which day."""
        days: dict[date | None, list[int]] = defaultdict(list)
        for row in rows:
            days[self._of(row.dates)[1] if row.dates is not None else None].append(row.id)
        return days

    def _of(self, dates: DueDates) -> tuple[Milestone | None, date]:
        if dates not in self._known:
            rules, calendar = self._timetable.rules, self._timetable.calendar
            milestone = last_reached(dates, rules, calendar, today=self._day)
            self._known[dates] = (milestone, self._timetable.next_look(dates, self._day))
        return self._known[dates]
