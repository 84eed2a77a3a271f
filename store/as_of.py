"""How every assignment of a plan stood at the end of a day, reconstructed from the audit.

An entry of the audit has the assignment's fields before and after. So it stood as the first entry after that day says it
was before; without one, as it stands. What the plan's file changed is in the audit too (store.plan_record). Words (titles,
names, periods) are today's.
"""

from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.vietnam import instant_of
from store.agenda import Entry, ever_owed
from store.changes import from_snapshot
from store.plan_record import BY_PLAN, PLAN_BACK, PLAN_GONE
from store.tables import AssignmentRow, AuditRow, ItemRow, PlanRow

_ENTRY_FIELDS = frozenset(field.name for field in fields(Entry))


def end_of(day: date) -> datetime:
    """The instant at which that day is over in Vietnam; what happens at it belongs to the next day."""
    return instant_of(day + timedelta(days=1), time.min)


async def entries_as_of(session: AsyncSession, plan_key: str, day: date) -> list[Entry]:
    """The plan's assignments as they stood at the end of that business day, by due day: without those that had not come or
    were retired then. Of what the plan's file did before an older version of this program was replaced nothing is known:
    it counts as having been so from the beginning."""
    if await _was_retired(session, plan_key, day):
        return []
    later = await _first_after(session, plan_key, end_of(day))
    found = []
    for entry, retired in await ever_owed(session, plan_key):
        if entry.id not in later:
            if not retired:
                found.append(entry)
            continue
        before = later[entry.id]
        if before is None or before.get("retired", False):
            continue
        was = {name: value for name, value in from_snapshot(before).items() if name in _ENTRY_FIELDS}
        found.append(replace(entry, **was))
    return sorted(found, key=lambda entry: (entry.order, entry.agency))


async def _was_retired(session: AsyncSession, plan_key: str, day: date) -> bool:
    """Whether the whole plan was out of force then."""
    next_change = await session.scalar(
        select(AuditRow.action)
        .where(
            AuditRow.action.in_([PLAN_GONE, PLAN_BACK]),
            AuditRow.subject == plan_key,
            AuditRow.at >= end_of(day),
        )
        .order_by(AuditRow.id)
        .limit(1)
    )
    if next_change is not None:
        return next_change == PLAN_BACK
    return bool(await session.scalar(select(PlanRow.retired).where(PlanRow.key == plan_key)))


async def _first_after(
    session: AsyncSession, plan_key: str, end: datetime
) -> dict[int, dict[str, Any] | None]:
    """By assignment, how it was before the first change that was made at `end` or later; None: it was not there."""
    rows = await session.execute(
        select(AuditRow.assignment_id, AuditRow.action, AuditRow.before)
        .join(AssignmentRow, AuditRow.assignment_id == AssignmentRow.id)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(ItemRow.plan_key == plan_key, AuditRow.at >= end)
        .order_by(AuditRow.id)
    )
    first: dict[int, dict[str, Any] | None] = {}
    for assignment_id, action, before in rows:
        # What is no change of fields (a nudge, a request, a file) has no state before.
        if before is not None or action == BY_PLAN:
            first.setdefault(assignment_id, before)
    return first
