"""Escalation: what is late for long is told to the chats of those who oversee the plan, each step once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from plan.milestones import DueDates, Milestone, Overseer, escalated
from store.notices import PlannedNotice, Reached
from store.oversight import Overseers, offices_of, overseers
from store.timetable import Timetable


async def escalations(
    session: AsyncSession, rows: Sequence[Reached], timetable: Timetable, day: date
) -> list[PlannedNotice]:
    """Of each assignment that the scan looks at, the latest step for each who oversees it. What an agency only supports is
    between it and the lead."""
    found = list(_steps(rows, timetable, day))
    if not found:
        return []
    listeners = await overseers(session)
    if not listeners.offices and not listeners.leaders:
        return []
    offices = await offices_of(session, [number for row, _, _ in found for number in row.agencies])
    planned = {
        (notice.assignment_id, notice.chat_id, notice.milestone): notice
        for row, dates, steps in found
        for number in row.agencies
        for notice in _notices(number, dates, steps, listeners, offices[number])
    }
    return sorted(planned.values(), key=lambda notice: notice.assignment_id)


def _steps(
    rows: Iterable[Reached], timetable: Timetable, day: date
) -> Iterable[tuple[Reached, DueDates, Mapping[Overseer, Milestone]]]:
    for row in rows:
        dates = row.dates
        if dates is None or dates.late_after >= day or row.kind is DutyKind.SUPPORT:
            continue
        steps = escalated(dates, timetable.rules, timetable.calendar, today=day)
        if steps:
            yield row, dates, steps


def _notices(
    assignment: int,
    dates: DueDates,
    steps: Mapping[Overseer, Milestone],
    listeners: Overseers,
    office: str,
) -> Iterable[PlannedNotice]:
    for to, step in steps.items():
        match to:
            case Overseer.STANDING_OFFICE:
                chats = listeners.offices.get(office, ())
            case Overseer.LEADER:
                chats = listeners.leaders
        for chat in chats:
            yield PlannedNotice(
                assignment_id=assignment,
                milestone=step.name,
                due=dates.due,
                chat_id=chat,
                planned_on=step.day,
            )
