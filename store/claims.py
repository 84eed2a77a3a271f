"""What may leave now: rows of the outbox claimed with a lease, at the pace that the channel allows.

A claim is committed before the call is made, so that no other process sends the same row. All instants are wall time.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from store.pacing import Pace, chat_free_at, recent
from store.states import ChatKind, OutboxKind, OutboxState
from store.tables import ChatRow, OutboxRow, PaceRow

LEASE = timedelta(minutes=2)  # longer than any send can take (see bot.telegram.connect)
_LOOKAHEAD = timedelta(milliseconds=300)
_LOOK_AT = 100


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


async def claim(
    session: AsyncSession,
    *,
    channel: str,
    wall: datetime,
    pace: Pace,
    morning: date | None,
    room: int,
    lease: timedelta = LEASE,
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
            slot + lease,
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
