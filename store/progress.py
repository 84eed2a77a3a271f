"""Changes of assignments by people: done, undone, and always written to the audit table."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.states import State
from store.tables import AssignmentRow, AuditRow

UNDO_WINDOW = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: the person's id on the channel, the name shown there at that moment, and the chat."""

    person: str
    name: str
    chat_id: int


async def mark_done(
    session: AsyncSession,
    *,
    assignment_id: int,
    document: str | None,
    note: str | None,
    actor: Actor,
    now: datetime,
    proposal_id: int | None = None,
) -> int | None:
    """Close an open assignment; returns the audit entry's id, or None when it was not open any more. `proposal_id` is the
    proposal that a person confirmed."""
    row = await session.get_one(AssignmentRow, assignment_id, with_for_update=True)
    if row.state is not State.OPEN or row.retired:
        return None
    before = _snapshot(row)
    row.state, row.done_at = State.DONE, now
    row.document, row.note = document, note
    row.next_milestone_on = None
    return await _audit(session, "done", row, actor=actor, now=now, before=before, proposal_id=proposal_id)


async def undo(
    session: AsyncSession, *, audit_id: int, chat_id: int, actor: Actor, now: datetime, today: date
) -> AssignmentRow | None:
    """Take back a `done` of that chat, once and within a week; None when it cannot be taken back any more.

    The assignment is looked at again from `today` on; what its chats have heard already is not said again.
    """
    entry = await session.scalar(
        select(AuditRow)
        .where(
            AuditRow.id == audit_id,
            AuditRow.chat_id == chat_id,
            AuditRow.action == "done",
            AuditRow.undone.is_(False),
            AuditRow.at > now - UNDO_WINDOW,
        )
        .with_for_update()
    )
    if entry is None or entry.assignment_id is None:
        return None
    row = await session.get_one(AssignmentRow, entry.assignment_id, with_for_update=True)
    if row.state is not State.DONE or row.retired:
        return None
    before = _snapshot(row)
    entry.undone = True
    row.state, row.done_at, row.document, row.note = State.OPEN, None, None, None
    row.next_milestone_on = today if row.due else None
    await _audit(session, "undo", row, actor=actor, now=now, before=before)
    return row


async def audit_event(
    session: AsyncSession,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    subject: str,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down a change that is not of an assignment, such as a new binding."""
    session.add(
        AuditRow(
            at=now,
            person=actor.person,
            person_name=actor.name,
            chat_id=actor.chat_id,
            action=action,
            subject=subject,
            after=after,
        )
    )
    await session.flush()


async def _audit(
    session: AsyncSession,
    action: str,
    row: AssignmentRow,
    *,
    actor: Actor,
    now: datetime,
    before: dict[str, Any],
    proposal_id: int | None = None,
) -> int:
    entry = AuditRow(
        at=now,
        person=actor.person,
        person_name=actor.name,
        chat_id=actor.chat_id,
        action=action,
        assignment_id=row.id,
        proposal_id=proposal_id,
        before=before,
        after=_snapshot(row),
    )
    session.add(entry)
    await session.flush()
    return entry.id


def _snapshot(row: AssignmentRow) -> dict[str, Any]:
    return {
        "state": row.state.value,
        "done_at": row.done_at.isoformat() if row.done_at else None,
        "due": row.due.isoformat() if row.due else None,
        "document": row.document,
        "note": row.note,
    }
