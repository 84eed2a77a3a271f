"""Changes that wait for a person's yes, kept in the store so that a restart or another process goes on with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.changes import UNDOABLE
from store.tables import AuditRow, ProposalRow

PROPOSAL_LIFETIME = timedelta(hours=24)
_NEWEST = 10


async def propose(
    session: AsyncSession,
    *,
    chat_id: int,
    action: str,
    person: str = "",
    assignment_ids: Sequence[int] = (),
    alternatives: Sequence[Sequence[int]] = (),
    details: Mapping[str, Any] | None = None,
    asked_in: str | None = None,
    now: datetime,
) -> int:
    """Keep what a person wants to change until they confirm it, or the alternatives until they pick one; returns the
    proposal's id. `action` is the command, `person` the channel's id of who asked, `details` what it needs for its yes (plain
    JSON)."""
    row = ProposalRow(
        chat_id=chat_id,
        person=person,
        action=action,
        assignment_ids=list(assignment_ids),
        alternatives=[list(ids) for ids in alternatives],
        details=dict(details or {}),
        asked_in=asked_in,
        created_at=now,
        expires_at=now + PROPOSAL_LIFETIME,
    )
    session.add(row)
    await session.flush()
    return row.id


async def open_proposal(
    session: AsyncSession, *, proposal_id: int, chat_id: int, now: datetime
) -> ProposalRow | None:
    """A proposal of that chat that still waits; None when it is settled, expired, or another chat's."""
    found: ProposalRow | None = await session.scalar(
        select(ProposalRow)
        .where(
            ProposalRow.id == proposal_id,
            ProposalRow.chat_id == chat_id,
            ProposalRow.settled_at.is_(None),
            ProposalRow.expires_at > now,
        )
        .with_for_update()
    )
    return found


async def proposal_of(session: AsyncSession, *, proposal_id: int, chat_id: int) -> ProposalRow | None:
    """A proposal of that chat in any state; None for another chat's."""
    found: ProposalRow | None = await session.scalar(
        select(ProposalRow).where(ProposalRow.id == proposal_id, ProposalRow.chat_id == chat_id)
    )
    return found


async def done_by(session: AsyncSession, row: ProposalRow) -> list[int]:
    """Ids of the audit entries that a yes to this proposal wrote, that can be taken back, and that nobody has undone."""
    found = await session.scalars(
        select(AuditRow.id)
        .where(
            AuditRow.proposal_id == row.id,
            AuditRow.action.in_(UNDOABLE),
            AuditRow.undone.is_(False),
        )
        .order_by(AuditRow.id)
    )
    return list(found)


async def assignments_behind(session: AsyncSession, audit_ids: Sequence[int]) -> list[int]:
    """Ids of the assignments that these audit entries are about."""
    found = await session.scalars(
        select(AuditRow.assignment_id).where(
            AuditRow.id.in_(list(audit_ids)), AuditRow.assignment_id.is_not(None)
        )
    )
    return [number for number in found if number is not None]


async def proposal_at(session: AsyncSession, *, chat_id: int, message_id: str) -> ProposalRow | None:
    """The latest proposal of that chat that this message asked for, or whose outcome it shows. `message_id` is the channel's
    id."""
    found: ProposalRow | None = await session.scalar(
        select(ProposalRow)
        .where(
            ProposalRow.chat_id == chat_id,
            or_(ProposalRow.asked_in == message_id, ProposalRow.shown_in == message_id),
        )
        .order_by(ProposalRow.id.desc())
        .limit(1)
    )
    return found


async def proposals_since(
    session: AsyncSession, *, chat_id: int, person: str, action: str, since: datetime
) -> Sequence[ProposalRow]:
    """What that person has asked for by that command in that chat since then, in any state, the latest first."""
    found = await session.scalars(
        select(ProposalRow)
        .where(
            ProposalRow.chat_id == chat_id,
            ProposalRow.person == person,
            ProposalRow.action == action,
            ProposalRow.created_at > since,
        )
        .order_by(ProposalRow.id.desc())
    )
    return found.all()


async def proposal_of_album(session: AsyncSession, *, chat_id: int, album: str) -> ProposalRow | None:
    """The latest proposal of that chat that came with a file of the album (`details["album"]`); only the few newest are
    looked at, as the files of one album come together."""
    newest = await session.scalars(
        select(ProposalRow)
        .where(ProposalRow.chat_id == chat_id)
        .order_by(ProposalRow.id.desc())
        .limit(_NEWEST)
    )
    return next((row for row in newest if row.details.get("album") == album), None)


async def changed_by(session: AsyncSession, row: ProposalRow) -> list[int]:
    """Ids of the assignments that a yes to this proposal changed and that nobody has changed back."""
    found = await session.scalars(
        select(AuditRow.assignment_id)
        .where(
            AuditRow.proposal_id == row.id,
            AuditRow.action.in_(UNDOABLE),
            AuditRow.undone.is_(False),
            AuditRow.assignment_id.is_not(None),
        )
        .order_by(AuditRow.id)
    )
    return [number for number in found if number is not None]
