"""Nudges: the standing office asks for assignments by hand, once a day each.

A nudge is a message of its own beside the chat's morning message, and leaves in the notices' hours of the day it is for.
Its body is the lead-in only; what it says of the assignments is made when it is sent, as in the morning, and its notices
tell whether it arrived.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.database import in_chunks
from store.notices import NUDGE
from store.outbox import queue
from store.states import NoticeState, OutboxKind
from store.tables import NoticeRow, OutboxRow, table_of

_KEY = "nudge:"
_OUTBOX = table_of(OutboxRow)


def is_nudge(key: ColumnElement[Any] = _OUTBOX.c.key) -> ColumnElement[bool]:
    """Of a message by its key: a nudge, not a chat's morning message."""
    return func.coalesce(key, "").startswith(_KEY)


async def queue_nudge(
    session: AsyncSession,
    *,
    chat_id: int,
    assignments: Mapping[int, date | None],
    day: date,
    lead: dict[str, Any],
    proposal_id: int,
    wall: datetime,
) -> None:
    """Put one chat's nudge in line for that working day. `assignments` are ids with their due days; the notice of one
    without a due day has the nudge's own day in its place."""
    message = queue(
        session,
        chat_id=chat_id,
        kind=OutboxKind.NOTICE,
        wall=wall,
        morning=day,
        body=lead,
        key=f"{_KEY}{proposal_id}:{chat_id}",
    )
    await session.flush()
    session.add_all(
        NoticeRow(
            assignment_id=assignment,
            milestone=_milestone(day),
            due=due or day,
            chat_id=chat_id,
            planned_on=day,
            state=NoticeState.PENDING,
            outbox_id=message.id,
        )
        for assignment, due in assignments.items()
    )
    await session.flush()


async def nudged_on(session: AsyncSession, assignments: Collection[int], day: date) -> frozenset[int]:
    """Which of the assignments (ids) have a nudge for that day already."""
    found: set[int] = set()
    for ids in in_chunks(sorted(assignments)):
        found.update(
            await session.scalars(
                select(NoticeRow.assignment_id).where(
                    NoticeRow.assignment_id.in_(ids), NoticeRow.milestone == _milestone(day)
                )
            )
        )
    return frozenset(found)


def _milestone(day: date) -> str:
    return f"{NUDGE}{day.isoformat()}"
