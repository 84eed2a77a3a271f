"""What happened to an assignment: who did what, and on which days its chats were reminded."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.vietnam import day_of
from store.plan_record import BY_PLAN
from store.states import NoticeState
from store.tables import AuditRow, NoticeRow


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry of the audit table. `action` is its word there, `subject` what it was about; `after` are the assignment's
    fields as it left them (plain JSON). `undone`: somebody took it back later."""

    at: datetime
    action: str
    subject: str
    person_name: str
    undone: bool
    after: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class History:
    """What happened to one assignment, oldest first. `reminded` are the days in Vietnam on which a reminder reached at
    least one chat, `not_delivered` those on which none that was sent did: they do not count as reminded."""

    events: tuple[Event, ...]
    reminded: tuple[date, ...]
    not_delivered: tuple[date, ...]


async def history_of(session: AsyncSession, assignment_id: int) -> History:
    """The history of that assignment. Whoever asks must have the right to see it."""
    found = await session.scalars(
        select(AuditRow).where(AuditRow.assignment_id == assignment_id).order_by(AuditRow.id)
    )
    events = tuple(
        Event(
            at=row.at,
            action=row.action,
            subject=row.subject,
            person_name=row.person_name,
            undone=row.undone,
            after=row.after or {},
        )
        for row in found
        # That it came with the plan is no event of it.
        if not (row.action == BY_PLAN and row.before is None)
    )
    days = await _reminders(session, assignment_id)
    reminded = tuple(sorted(day for day, states in days.items() if NoticeState.SENT in states))
    return History(
        events=events,
        reminded=reminded,
        not_delivered=tuple(sorted(days.keys() - set(reminded))),
    )


async def _reminders(session: AsyncSession, assignment_id: int) -> dict[date, set[NoticeState]]:
    found = await session.execute(
        select(NoticeRow.state, NoticeRow.settled_at, NoticeRow.planned_on).where(
            NoticeRow.assignment_id == assignment_id,
            NoticeRow.state.in_([NoticeState.SENT, NoticeState.FAILED]),
        )
    )
    days: dict[date, set[NoticeState]] = defaultdict(set)
    for state, settled_at, planned_on in found:
        days[day_of(settled_at) if settled_at else planned_on].add(state)
    return days
