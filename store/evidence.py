"""Photos and files that people sent for an assignment. They stay with the channel; kept here is how it calls them."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.changes import Actor, audit_event
from store.tables import AssignmentRow, AuditRow, EvidenceRow

MOST_FILES = 10
# What closes an assignment, as the audit names it.
_REPORTS = ("done", "waive")


class Keeping(StrEnum):
    """What became of a file."""

    KEPT = "kept"
    ALREADY = "already kept"
    FULL = "too many files"


async def keep_file(
    session: AsyncSession,
    *,
    assignment_id: int,
    channel: str,
    file_id: str,
    name: str,
    size: int | None,
    actor: Actor,
    now: datetime,
) -> Keeping:
    """Attach a file to an assignment, which is locked for it, and write that down; at most MOST_FILES, each once. `file_id`
    is the channel's, `size` in bytes."""
    await session.get_one(AssignmentRow, assignment_id, with_for_update=True)
    kept = list(
        await session.scalars(select(EvidenceRow.file_id).where(EvidenceRow.assignment_id == assignment_id))
    )
    if file_id in kept:
        return Keeping.ALREADY
    if len(kept) >= MOST_FILES:
        return Keeping.FULL
    session.add(
        EvidenceRow(
            assignment_id=assignment_id,
            chat_id=actor.chat_id,
            person=actor.person,
            person_name=actor.name,
            channel=channel,
            file_id=file_id,
            name=name,
            size=size,
            at=now,
        )
    )
    await audit_event(session, "evidence", actor=actor, now=now, subject=name, assignment_id=assignment_id)
    return Keeping.KEPT


async def reported_by(session: AsyncSession, *, chat_id: int, person: str, since: datetime) -> list[int]:
    """Ids of the assignments that the person reported in that chat since then and that nobody has taken back, the latest
    first."""
    found = await session.scalars(
        select(AuditRow.assignment_id)
        .where(
            AuditRow.chat_id == chat_id,
            AuditRow.person == person,
            AuditRow.action.in_(_REPORTS),
            AuditRow.undone.is_(False),
            AuditRow.at >= since,
        )
        .order_by(AuditRow.id.desc())
    )
    return list(dict.fromkeys(number for number in found if number is not None))


async def file_counts(session: AsyncSession, assignment_ids: Iterable[int]) -> dict[int, int]:
    """How many files each of these assignments has; those without any are left out."""
    found = await session.execute(
        select(EvidenceRow.assignment_id, func.count())
        .where(EvidenceRow.assignment_id.in_(list(assignment_ids)))
        .group_by(EvidenceRow.assignment_id)
    )
    return {row[0]: row[1] for row in found}
