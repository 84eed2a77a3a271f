"""What befalls assignments without a person's doing, in the audit table: the plan's file brings, moves or takes them away,
and what leads asked of others loses its point. With it the audit says how every assignment stood on any day.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from store.changes import snapshot
from store.tables import AssignmentRow, AuditRow

BY_PLAN = "plan"
ASK_CLOSED = "ask_closed"
PLAN_GONE = "plan_gone"
PLAN_BACK = "plan_back"

Touched = tuple[AssignmentRow, dict[str, Any] | None]


async def record(
    session: AsyncSession, touched: Iterable[Touched], *, now: datetime, action: str = BY_PLAN
) -> None:
    """Write down those that differ from their snapshot of before; None of one that is new. `now` is business time."""
    await session.flush()
    for row, before in touched:
        after = snapshot(row)
        if before != after:
            session.add(
                AuditRow(
                    at=now,
                    person="",
                    person_name="",
                    action=action,
                    assignment_id=row.id,
                    before=before,
                    after=after,
                )
            )
    await session.flush()


async def record_plan(session: AsyncSession, plan_key: str, action: str, *, now: datetime) -> None:
    """Write down that a whole plan is no longer in force (PLAN_GONE), or is again (PLAN_BACK)."""
    session.add(AuditRow(at=now, person="", person_name="", action=action, subject=plan_key))
    await session.flush()
