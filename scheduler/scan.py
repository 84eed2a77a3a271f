"""The scan: find the milestones that are due up to today and not yet told, and queue one message a chat.

1. Take the open assignments whose next milestone is today or was missed, save those that are held back today.
2. Of each take the latest milestone reached, and note the day of its next one.
3. Write the notices that no chat has yet, put each chat's into one message, and commit all of it together.
   What had nobody to go to is told to the operator, and those who oversee a plan get their list of the morning.
   Where something waits to ride with a message and there is none, one is queued for it.

Any process may scan at any moment: one at a time does, and what it has found is not found again.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.notes import tell_operators
from scheduler.office_list import first_look, tell_overseers
from scheduler.troubles import nobody_to_tell
from store import mornings, notices
from store.chats import agency_names
from store.database import Database
from store.escalation import escalations
from store.notices import PlannedNotice
from store.reach import Steps, Unreachable, planned_for, unreachable
from store.restores import restored_on
from store.riders import riders_wait
from store.statuses import want_statuses
from store.tables import ScanRow
from store.timetable import Timetable
from store.turns import SCAN, take_turn_if_free


@dataclass(frozen=True, kw_only=True)
class ScanResult:
    """What a scan found: `told` are the new notices, `unreachable` what had nobody to go to."""

    day: date
    told: tuple[PlannedNotice, ...]
    unreachable: tuple[Unreachable, ...]
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
        morning = await first_look(session, day, now=now, wall=wall)
        result = await scan(session, timetable, day=day, now=now, wall=wall)
        if morning is not None:
            # With the day what was in term may have become late.
            await want_statuses(session)
            missed = [one.assignment_id for one in result.unreachable]
            await tell_overseers(session, timetable, morning, missed=missed, wall=wall)
        if result.unreachable:
            codes = sorted({missed.agency for missed in result.unreachable})
            note = nobody_to_tell(day, await agency_names(session, codes))
            which = hashlib.sha256(" ".join(codes).encode()).hexdigest()[:16]
            key = f"unreachable:{day.isoformat()}:{which}"
            await tell_operators(session, note, key=key, wall=wall)
        carriers = await mornings.queue_for_riders(session, today=day, wall=wall, now=now)
        return replace(result, messages=result.messages + carriers)


async def _is_owed(session: AsyncSession, day: date) -> bool:
    return (
        not await notices.scanned(session, day)
        or await mornings.has_unsent_from_before(session, day)
        or await notices.any_reached(session, day)
        or await riders_wait(session, day)
    )


async def scan(
    session: AsyncSession, timetable: Timetable, *, day: date, now: datetime, wall: datetime
) -> ScanResult:
    """The scan itself, inside the caller's transaction."""
    chats = await notices.chats_by_agency(session)
    rows = await notices.reached(session, day)
    steps = Steps(timetable, day)
    await notices.look_next(session, steps.next_looks(rows))
    reached = steps.reached(rows)
    planned = planned_for(reached, chats)
    planned += await escalations(session, rows, timetable, day)
    told = await notices.untold(session, planned)
    carried = await mornings.take_over_unsent(session, day, told, now)
    messages = await mornings.queue_morning(
        session,
        told,
        carried,
        today=day,
        wall=wall,
        all_perhaps_received=await restored_on(session, day),
    )
    missed = unreachable(reached, chats)
    session.add(ScanRow(day=day, at=now, notices=len(told), messages=messages, unreachable=len(missed)))
    await session.flush()
    return ScanResult(day=day, told=tuple(told), unreachable=tuple(missed), messages=messages)
