"""Proposals beyond a plain yes or no: several ways to take one, and what became of one that is closed.

A proposal's `assignment_ids` is a list of ids that a yes would close, or, while a person still has to say which they mean,
a list of such lists. The latter can only be picked from, never confirmed.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.progress import PROPOSAL_LIFETIME
from store.tables import AuditRow, ProposalRow

Alternatives = tuple[tuple[int, ...], ...]


async def propose_alternatives(
    session: AsyncSession,
    *,
    chat_id: int,
    alternatives: Sequence[Sequence[int]],
    document: str | None,
    note: str | None,
    now: datetime,
) -> int:
    """Keep what a person may have meant until they pick one; returns the proposal's id."""
    row = ProposalRow(
        chat_id=chat_id,
        assignment_ids=[list(ids) for ids in alternatives],
        document=document,
        note=note,
        created_at=now,
        expires_at=now + PROPOSAL_LIFETIME,
    )
    session.add(row)
    await session.flush()
    return row.id


def alternatives_of(row: ProposalRow) -> Alternatives:
    """What a person can pick from; empty when the proposal waits for a yes."""
    return tuple(tuple(ids) for ids in row.assignment_ids if isinstance(ids, list))


def ids_of(row: ProposalRow) -> tuple[int, ...]:
    """The assignments that a yes would close; empty when the person still has to pick."""
    return tuple(item for item in row.assignment_ids if isinstance(item, int))


async def proposal_of(session: AsyncSession, *, proposal_id: int, chat_id: int) -> ProposalRow | None:
    """A proposal of that chat in any state; None for another chat's."""
    found: ProposalRow | None = await session.scalar(
        select(ProposalRow).where(ProposalRow.id == proposal_id, ProposalRow.chat_id == chat_id)
    )
    return found


async def remember_done(session: AsyncSession, row: ProposalRow, audit_id: int) -> None:
    """Note on an audit entry, in the transaction that wrote it, which proposal it came from."""
    entry = await session.get_one(AuditRow, audit_id)
    entry.subject = _subject(row)


async def done_by(session: AsyncSession, row: ProposalRow) -> list[int]:
    """Ids of the audit entries that a yes to this proposal wrote and nobody has undone."""
    found = await session.scalars(
        select(AuditRow.id)
        .where(
            AuditRow.assignment_id.in_(ids_of(row)),
            AuditRow.chat_id == row.chat_id,
            AuditRow.action == "done",
            AuditRow.subject == _subject(row),
            AuditRow.undone.is_(False),
        )
        .order_by(AuditRow.id)
    )
    return list(found)


def _subject(row: ProposalRow) -> str:
    return f"proposal {row.id}"
