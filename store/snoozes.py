"""Snoozes: an agency wants fewer reminders of an assignment for some days. The last one before it is due always comes."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from plan.milestones import DueDates
from store.changes import Actor, open_row, write
from store.tables import AssignmentRow
from store.timetable import Timetable


@dataclass(frozen=True, kw_only=True)
class Snooze:
    """What comes of a snooze: reminders go on with `again`, and `until` is the day that is kept. `planned` is the day of
    the next reminder as it stands. `changes`: there are reminders that it silences, or brings back of an earlier one."""

    until: date
    again: date
    planned: date
    changes: bool


async def foreseen(
    session: AsyncSession, assignment_id: int, *, until: date, timetable: Timetable, today: date
) -> Snooze | None:
    """What a snooze of that assignment until that day would come to; None when it has no day, is late or is not open."""
    row = await session.get_one(AssignmentRow, assignment_id)
    return _foreseen(row, until=until, timetable=timetable, today=today)


async def snooze(
    session: AsyncSession,
    *,
    assignment_id: int,
    until: date,
    timetable: Timetable,
    actor: Actor,
    now: datetime,
    today: date,
    proposal_id: int | None = None,
) -> Snooze | None:
    """Snooze an open assignment until that day and write it down; None when that is not possible or changes nothing."""
    row = await open_row(session, assignment_id)
    if row is None:
        return None
    found = _foreseen(row, until=until, timetable=timetable, today=today)
    if found is None or not found.changes:
        return None
    values = {"snoozed_until": found.until}
    await write(session, row, "snooze", values, actor=actor, now=now, proposal_id=proposal_id)
    row.next_milestone_on = found.again
    await session.flush()
    return found


def _foreseen(row: AssignmentRow, *, until: date, timetable: Timetable, today: date) -> Snooze | None:
    dates = DueDates.if_dated(row.due, row.remind_by, row.late_after, row.cutoff)
    planned = row.next_milestone_on
    if dates is None or planned is None or today > dates.late_after:
        return None
    # What would come without any snooze, as a shorter one takes the place of an earlier one. What is to be looked at today
    # may have nothing to say yet.
    awake = timetable.first_look(dates, today) if planned <= today else timetable.next_look(dates, today)
    planned = max(planned, awake)
    again = timetable.snoozed(dates, looked_at=awake, until=until).day
    return Snooze(
        until=min(until, again), again=again, planned=planned, changes=again != planned and again > today
    )
