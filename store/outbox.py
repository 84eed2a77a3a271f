"""The outbox: queue a message, claim it with a lease, settle what came of it.

A row is claimed and the claim committed before the call is made; the outcome is recorded only if the token still fits.
All instants here are wall time, save `settled_at` of notices, which is business time.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from store.pacing import Pace, chat_free_at, recent
from store.tables import (
    ChatKind,
    ChatRow,
    NoticeRow,
    NoticeState,
    OutboxKind,
    OutboxRow,
    OutboxState,
    PaceRow,
)

LEASE = timedelta(minutes=2)  # longer than any send can take (see bot.telegram.connect)
_LOOKAHEAD = timedelta(milliseconds=300)
_LOOK_AT = 100
_PRIORITY = {OutboxKind.REPLY: 0, OutboxKind.NOTE: 5, OutboxKind.NOTICE: 10}


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row that this process alone may send, at `send_at`, until its lease ends. `continued`: its first piece is out."""

    id: int
    token: str
    send_at: datetime
    chat_id: int
    channel: str
    address: str
    kind: OutboxKind
    body: dict[str, Any] | None
    morning: date | None
    replaces: str | None
    acknowledges: str | None
    replies_to: str | None
    attempts: int
    repeat: bool
    continued: bool


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


async def claim(
    session: AsyncSession, *, channel: str, wall: datetime, pace: Pace, morning: date | None, room: int
) -> list[Claim]:
    """Up to `room` rows of a channel that may leave within the next moment, at most one a chat, replies first.

    `morning` is the business day whose notices may leave now; None outside the hours for notices.
    """
    line = await session.get(PaceRow, channel, with_for_update=True)
    if line is None:
        line = PaceRow(channel=channel, next_send_at=None)
        session.add(line)
    slot = max(wall, line.next_send_at or wall)
    claims: list[Claim] = []
    for row, chat in await _waiting(session, channel, wall, morning, room):
        if slot > wall + _LOOKAHEAD:
            break
        if any(taken.chat_id == chat.id for taken in claims):
            continue
        row.state, row.lease_until, row.lease_token = (
            OutboxState.CLAIMED,
            slot + LEASE,
            secrets.token_hex(16),
        )
        row.attempts += 1
        claims.append(_claim_of(row, chat, slot))
        _count_send(chat, slot, pace)
        slot += pace.channel_gap
    if claims:
        line.next_send_at = slot
    return claims


async def _waiting(
    session: AsyncSession, channel: str, wall: datetime, morning: date | None, room: int
) -> Sequence[tuple[OutboxRow, ChatRow]]:
    found = await session.execute(
        select(OutboxRow, ChatRow)
        .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
        .where(
            *_may_leave(channel, morning),
            OutboxRow.ready_at <= wall,
            or_(ChatRow.next_send_at.is_(None), ChatRow.next_send_at <= wall),
        )
        .order_by(OutboxRow.priority, OutboxRow.id)
        .limit(room * 4)
        .with_for_update(skip_locked=True, of=OutboxRow)
    )
    return found.all()


def _may_leave(channel: str, morning: date | None) -> tuple[ColumnElement[bool], ...]:
    """What waits on a channel and is held back by nothing but time: notices in their hours only, one message of a chat
    after the other, and to a chat that is out of reach nothing but answers."""
    sibling = aliased(OutboxRow)
    in_flight = (
        select(sibling.id)
        .where(sibling.chat_id == OutboxRow.chat_id, sibling.state == OutboxState.CLAIMED)
        .exists()
    )
    not_a_notice = OutboxRow.kind != OutboxKind.NOTICE
    return (
        OutboxRow.state == OutboxState.QUEUED,
        ChatRow.channel == channel,
        or_(ChatRow.suspended.is_(None), OutboxRow.kind == OutboxKind.REPLY),
        not_a_notice if morning is None else or_(not_a_notice, OutboxRow.morning == morning),
        ~in_flight,
    )


def _claim_of(row: OutboxRow, chat: ChatRow, slot: datetime) -> Claim:
    return Claim(
        id=row.id,
        token=row.lease_token or "",
        send_at=slot,
        chat_id=chat.id,
        channel=chat.channel,
        address=chat.address,
        kind=row.kind,
        body=row.body,
        morning=row.morning,
        replaces=row.replaces,
        acknowledges=row.acknowledges,
        replies_to=row.replies_to,
        attempts=row.attempts,
        repeat=row.repeat,
        continued=bool(row.external_ids),
    )


def _count_send(chat: ChatRow, sent_at: datetime, pace: Pace) -> None:
    sends = recent([datetime.fromisoformat(moment) for moment in chat.recent_sends or []], sent_at)
    sends.append(sent_at)
    is_group = chat.kind is ChatKind.GROUP
    chat.recent_sends = [moment.isoformat() for moment in sends] if is_group else []
    chat.next_send_at = chat_free_at(pace, is_group=is_group, sends=sends, sent_at=sent_at)


def _still_ours(claim: Claim) -> ColumnElement[bool]:
    return and_(
        OutboxRow.id == claim.id,
        OutboxRow.state == OutboxState.CLAIMED,
        OutboxRow.lease_token == claim.token,
    )


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
    row = await session.scalar(select(OutboxRow).where(_still_ours(claim)).with_for_update())
    if row is None:
        return False
    row.state, row.lease_token, row.lease_until = state, None, None
    row.error, row.settled_at = error, wall
    if external_id is not None:
        row.external_ids = [*row.external_ids, external_id]
    notice_state = {
        OutboxState.SENT: NoticeState.SENT,
        OutboxState.FAILED: NoticeState.FAILED,
        OutboxState.DROPPED: NoticeState.DROPPED,
    }[state]
    await session.execute(
        update(NoticeRow)
        .where(NoticeRow.outbox_id == claim.id, NoticeRow.state == NoticeState.PENDING)
        .values(state=notice_state, settled_at=now)
    )
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
    row = await session.scalar(select(OutboxRow).where(_still_ours(claim)).with_for_update())
    if row is None:
        return False
    row.state, row.lease_token, row.lease_until = OutboxState.QUEUED, None, None
    row.body, row.replaces, row.acknowledges = rest, None, None
    row.attempts, row.ready_at, row.error = 0, wall, None
    row.external_ids = [*row.external_ids, external_id]
    await session.execute(
        update(NoticeRow)
        .where(
            NoticeRow.outbox_id == claim.id,
            NoticeRow.assignment_id.in_(about),
            NoticeRow.state == NoticeState.PENDING,
        )
        .values(state=NoticeState.SENT, settled_at=now)
    )
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


async def hold_channel(session: AsyncSession, channel: str, until: datetime) -> None:
    """Nothing leaves on the channel before `until`."""
    line = await session.get(PaceRow, channel, with_for_update=True)
    if line is None:
        session.add(PaceRow(channel=channel, next_send_at=until))
    else:
        line.next_send_at = max(line.next_send_at or until, until)


async def hold_chat(session: AsyncSession, chat_id: int, until: datetime) -> None:
    """Nothing goes to the chat before `until`."""
    chat = await session.get_one(ChatRow, chat_id, with_for_update=True)
    chat.next_send_at = max(chat.next_send_at or until, until)


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
            await _fail_notices(session, row.id, now)
            failed.append(row)
        else:
            row.state, row.repeat, row.ready_at = OutboxState.QUEUED, True, wall
            again += 1
    return Expired(again=again, failed=tuple(failed))


async def _fail_notices(session: AsyncSession, outbox_id: int, now: datetime) -> None:
    await session.execute(
        update(NoticeRow)
        .where(NoticeRow.outbox_id == outbox_id, NoticeRow.state == NoticeState.PENDING)
        .values(state=NoticeState.FAILED, settled_at=now)
    )


async def next_ready_at(session: AsyncSession, *, channel: str, morning: date | None) -> datetime | None:
    """The earliest moment at which something may leave, as far as is known now; None when nothing waits."""
    rows = await session.execute(
        select(OutboxRow.ready_at, ChatRow.next_send_at, PaceRow.next_send_at)
        .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
        .outerjoin(PaceRow, PaceRow.channel == ChatRow.channel)
        .where(*_may_leave(channel, morning))
        .order_by(OutboxRow.ready_at)
        .limit(_LOOK_AT)
    )
    return min((max(moment for moment in row if moment is not None) for row in rows), default=None)
