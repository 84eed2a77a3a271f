"""The outbox: put a message in line, and record what came of it.

An outcome is recorded only by who holds the claim (store.claims): its token must still fit. Instants are wall time, save
`settled_at` of notices, which is business time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.claims import Claim
from store.states import NoticeState, OutboxKind, OutboxState
from store.tables import NoticeRow, OutboxRow

_NOTICE_STATE = {
    OutboxState.SENT: NoticeState.SENT,
    OutboxState.FAILED: NoticeState.FAILED,
    OutboxState.DROPPED: NoticeState.DROPPED,
}
_PRIORITY = {OutboxKind.REPLY: 0, OutboxKind.NOTE: 5, OutboxKind.NOTICE: 10}


def queue(
    session: AsyncSession,
    *,
    chat_id: int,
    kind: OutboxKind,
    wall: datetime,
    body: dict[str, Any] | None = None,
    key: str | None = None,
    morning: date | None = None,
    replaces: str | None = None,
    acknowledges: str | None = None,
    replies_to: str | None = None,
) -> OutboxRow:
    """Put a message in line; it leaves after the caller's transaction commits. `key` is unique for ever."""
    row = OutboxRow(
        chat_id=chat_id,
        kind=kind,
        priority=_PRIORITY[kind],
        body=body,
        key=key,
        morning=morning,
        replaces=replaces,
        acknowledges=acknowledges,
        replies_to=replies_to,
        ready_at=wall,
        created_at=wall,
    )
    session.add(row)
    return row


async def is_queued(session: AsyncSession, key: str) -> bool:
    """Whether a message with that key was ever put in line."""
    return await session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None


def _still_ours(claim: Claim) -> ColumnElement[bool]:
    return and_(
        OutboxRow.id == claim.id,
        OutboxRow.state == OutboxState.CLAIMED,
        OutboxRow.lease_token == claim.token,
    )


async def _held(session: AsyncSession, claim: Claim) -> OutboxRow | None:
    found: OutboxRow | None = await session.scalar(
        select(OutboxRow).where(_still_ours(claim)).with_for_update()
    )
    return found


async def settle(
    session: AsyncSession,
    claim: Claim,
    state: OutboxState,
    *,
    wall: datetime,
    now: datetime,
    external_id: str | None = None,
    error: str | None = None,
) -> bool:
    """Close a claimed row as SENT, FAILED or DROPPED, with its notices; False when the lease was lost meanwhile."""
    row = await _held(session, claim)
    if row is None:
        return False
    row.state, row.lease_token, row.lease_until = state, None, None
    row.error, row.settled_at = error, wall
    if external_id is not None:
        row.external_ids = [*row.external_ids, external_id]
    await _settle_notices(session, NoticeRow.outbox_id == claim.id, state=_NOTICE_STATE[state], now=now)
    return True


async def piece_sent(
    session: AsyncSession,
    claim: Claim,
    *,
    about: Sequence[int],
    rest: dict[str, Any] | None,
    external_id: str,
    wall: datetime,
    now: datetime,
) -> bool:
    """Record that one piece of a longer message is out and put the row back in line for the rest: the notices of the
    assignments in `about` are sent; `rest` is what a message with a body has still to say."""
    row = await _held(session, claim)
    if row is None:
        return False
    row.state, row.lease_token, row.lease_until = OutboxState.QUEUED, None, None
    row.body, row.replaces, row.acknowledges = rest, None, None
    row.attempts, row.ready_at, row.error = 0, wall, None
    row.external_ids = [*row.external_ids, external_id]
    of_piece = and_(NoticeRow.outbox_id == claim.id, NoticeRow.assignment_id.in_(about))
    await _settle_notices(session, of_piece, state=NoticeState.SENT, now=now)
    return True


async def hand_back(
    session: AsyncSession, claim: Claim, *, ready_at: datetime, error: str | None, repeat: bool
) -> bool:
    """Put a claimed row back in line for `ready_at`; `repeat` marks what may have been received already."""
    result = await session.execute(
        update(OutboxRow)
        .where(_still_ours(claim))
        .values(
            state=OutboxState.QUEUED,
            lease_token=None,
            lease_until=None,
            ready_at=ready_at,
            error=error,
            repeat=repeat or OutboxRow.repeat,
        )
        .returning(OutboxRow.id)
    )
    return result.first() is not None


@dataclass(frozen=True, kw_only=True)
class Expired:
    """Rows whose sender died between claim and record: `again` go out once more, marked; `failed` are given up."""

    again: int
    failed: tuple[OutboxRow, ...]


async def take_back_expired(session: AsyncSession, *, wall: datetime, now: datetime) -> Expired:
    """Look after rows whose lease has ended: the first time they go again, marked as a repeat; the second time they
    fail."""
    found = await session.scalars(
        select(OutboxRow)
        .where(OutboxRow.state == OutboxState.CLAIMED, OutboxRow.lease_until < wall)
        .with_for_update(skip_locked=True)
    )
    again, failed = 0, []
    for row in found:
        row.lease_token, row.lease_until = None, None
        if row.repeat:
            row.state, row.settled_at, row.error = OutboxState.FAILED, wall, "uncertain twice"
            await _settle_notices(session, NoticeRow.outbox_id == row.id, state=NoticeState.FAILED, now=now)
            failed.append(row)
        else:
            row.state, row.repeat, row.ready_at = OutboxState.QUEUED, True, wall
            again += 1
    return Expired(again=again, failed=tuple(failed))


async def _settle_notices(
    session: AsyncSession, which: ColumnElement[bool], *, state: NoticeState, now: datetime
) -> None:
    await session.execute(
        update(NoticeRow)
        .where(which, NoticeRow.state == NoticeState.PENDING)
        .values(state=state, settled_at=now)
    )
