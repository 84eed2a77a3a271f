"""The scan: find the milestones that are due up to today and not yet told, and queue one message a chat.

1. Take the open assignments whose next milestone is today or was missed.
2. Of each take the latest milestone reached, and note the day of its next one.
3. Write the notices that no chat has yet, put each chat's into one message, and commit all of it together.
   What had nobody to go to is told to the operator.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from plan.milestones import Milestone, last_reached
from scheduler.troubles import nobody_to_tell, tell_operators
from store import notices
from store.chats import agency_names
from store.database import Database
from store.notices import PlannedNotice
from store.sync import Timetable, due_dates
from store.tables import ScanRow


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
    """Scan for a working day unless there is nothing to find; None then. Safe to call at any moment, any number of times."""
    async with database.read() as session:
        owed = (
            not await notices.scanned(session, day)
            or await notices.has_unsent_from_before(session, day)
            or await notices.any_reached(session, day)
        )
    if not owed:
        return None
    async with database.write() as session:
        result = await scan(session, timetable, day=day, now=now, wall=wall)
        if result.unreachable:
            codes = sorted({missed.agency for missed in result.unreachable})
            note = nobody_to_tell(day, await agency_names(session, codes))
            key = f"unreachable:{day.isoformat()}:{codes[0]}:{len(codes)}"
            await tell_operators(session, note, key=key, wall=wall)
        return result


async def scan(
    session: AsyncSession, timetable: Timetable, *, day: date, now: datetime, wall: datetime
) -> ScanResult:
    """The scan itself, inside the caller's transaction."""
    chats = await notices.chats_by_agency(session)
    planned: list[PlannedNotice] = []
    unreachable: list[ReachedMilestone] = []
    for row in await notices.reached(session, day):
        dates = due_dates(row)
        if dates is None:
            row.next_milestone_on = None
            continue
        milestone = last_reached(dates, timetable.rules, timetable.calendar, today=day)
        row.next_milestone_on = timetable.next_look(dates, day)
        if milestone is None:
            continue
        listeners = chats.get(row.agency, [])
        if not listeners:
            unreachable.append(
                ReachedMilestone(assignment_id=row.id, agency=row.agency, due=dates.due, milestone=milestone)
            )
        planned += [
            PlannedNotice(
                assignment_id=row.id,
                milestone=milestone.name,
                due=dates.due,
                chat_id=chat_id,
                planned_on=milestone.day,
            )
            for chat_id in listeners
        ]
    fresh = await notices.not_yet_noticed(session, planned)
    carried = await notices.take_over_unsent(session, day, fresh, now)
    messages = await notices.queue_morning(session, fresh, carried, today=day, wall=wall)
    session.add(ScanRow(day=day, at=now, notices=len(fresh), messages=messages, unreachable=len(unreachable)))
    await session.flush()
    told = {(row.assignment_id, row.milestone, row.due, row.chat_id) for row in fresh}
    return ScanResult(
        day=day,
        told=tuple(
            notice
            for notice in planned
            if (notice.assignment_id, notice.milestone, notice.due, notice.chat_id) in told
        ),
        unreachable=tuple(unreachable),
        messages=messages,
    )
