"""What may leave now: rows of the outbox claimed with a lease, at the pace that the channel allows.

A claim is committed before the call is made, so that no other process sends the same row. The channel's pace row is locked
while a claim is made: processes on one database claim one after the other, and share one pace. All instants are wall time.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from store.once import add_once
from store.pacing import Pace, chat_free_at, recent
from store.states import ChatKind, OutboxKind, OutboxState
from store.tables import ChatRow, OutboxRow, PaceRow

LEASE = timedelta(minutes=2)  # longer than any send can take (see bot.telegram.connect)
_LOOKAHEAD = timedelta(milliseconds=300)
# Of so many slots in a row one belongs to what is not a reply, if any of it waits: replies first, and nobody starved.
_TURN = 4
_LOOK_AT = 100
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row that this process alone may send, at `send_at`, until its lease ends. `external_ids`: of its pieces that are
    out already."""

    id: int
    token: str
    send_at: datetime
    lease_until: datetime
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
    created_at: datetime
    external_ids: tuple[str, ...]

    @property
    def continued(self) -> bool:
        """Whether its first piece is out."""
        return bool(self.external_ids)


_FIELDS = (
    OutboxRow.id,
    OutboxRow.chat_id,
    OutboxRow.kind,
    OutboxRow.body,
    OutboxRow.morning,
    OutboxRow.replaces,
    OutboxRow.acknowledges,
    OutboxRow.replies_to,
    OutboxRow.attempts,
    OutboxRow.repeat,
    OutboxRow.created_at,
    OutboxRow.external_ids,
    ChatRow.channel,
    ChatRow.address,
    ChatRow.kind.label("chat_kind"),
    ChatRow.recent_sends,
)


async def claim(
    session: AsyncSession,
    *,
    channel: str,
    wall: datetime,
    pace: Pace,
    morning: date | None,
    room: int,
    lease: timedelta = LEASE,
    token: str | None = None,
) -> list[Claim]:
    """Up to `room` rows of a channel that may leave within the next moment, at most one a chat, replies first.

    `morning` is the business day whose notices may leave now; None outside the hours for notices. `token` is the claims'
    mark, for who wants to know it beforehand (see `give_up`).
    """
    line = await _pace_row(session, channel)
    slot = max(wall, line.next_send_at or wall)
    if line.not_before is not None and line.not_before > wall:
        return []
    slots = min(room, _slots_within(wall + _LOOKAHEAD - slot, pace))
    if slots <= 0:
        return []
    found = await _waiting(session, channel, wall, morning, slots, slot, pace)
    if not found:
        return []
    token, claims = token or new_token(), []
    for row in found:
        claims.append(_claim_of(row, token, slot, slot + lease))
        slot += pace.channel_gap
    line.next_send_at = slot
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_([one.id for one in claims]))
        .values(
            state=OutboxState.CLAIMED,
            lease_until=slot + lease,
            lease_token=token,
            attempts=OutboxRow.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(ChatRow),
        [_sends_counted(row, one, pace) for row, one in zip(found, claims, strict=True)],
    )
    return claims


def new_token() -> str:
    """A mark that nobody else's claims have."""
    return secrets.token_hex(16)


async def give_up(session: AsyncSession, tokens: Collection[str]) -> None:
    """Put rows back in line as they were, whose claim was perhaps committed and is in nobody's hands: the answer to the
    commit was lost."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.lease_token.in_(tokens), OutboxRow.state == OutboxState.CLAIMED)
        .values(state=OutboxState.QUEUED, lease_token=None, lease_until=None, attempts=OutboxRow.attempts - 1)
        .execution_options(synchronize_session=False)
    )


async def _pace_row(session: AsyncSession, channel: str) -> PaceRow:
    line = await session.get(PaceRow, channel, with_for_update=True)
    while line is None:
        await add_once(session, PaceRow, [{"channel": channel}], unique=["channel"])
        line = await session.get(PaceRow, channel, with_for_update=True)
    return line


def _slots_within(time_left: timedelta, pace: Pace) -> int:
    return 0 if time_left < timedelta(0) else int(time_left / pace.channel_gap) + 1


async def _waiting(
    session: AsyncSession,
    channel: str,
    wall: datetime,
    morning: date | None,
    slots: int,
    first: datetime,
    pace: Pace,
) -> Sequence[Row[Any]]:
    query = _leaving_now(channel, wall, morning)
    found: Sequence[Row[Any]] = (await session.execute(query.limit(slots))).all()
    if len(found) < slots or found[-1].kind is not OutboxKind.REPLY:
        return found
    # More replies wait than may leave: some of the slots are for the others.
    others = (
        await session.execute(query.where(OutboxRow.kind != OutboxKind.REPLY).limit(slots // _TURN + 1))
    ).all()
    return _taking_turns(found, others, slots, round(first.timestamp() / pace.channel_gap.total_seconds()))


def _taking_turns(replies: Sequence[_T], others: Sequence[_T], slots: int, first: int) -> list[_T]:
    """Who gets which of the slots numbered from `first`: every fourth is for the others while they last."""
    reply, other = iter(replies), iter(others)
    chosen: list[_T] = []
    for number in range(first, first + slots):
        preferred, second = (other, reply) if number % _TURN == 0 else (reply, other)
        chosen += list(islice(preferred, 1)) or list(islice(second, 1))
    return chosen


def _leaving_now(channel: str, wall: datetime, morning: date | None) -> Select[Any]:
    """The first of each chat that may leave, replies first."""
    sibling = aliased(OutboxRow)
    before_it = (
        select(sibling.id)
        .where(
            sibling.chat_id == OutboxRow.chat_id,
            *_in_line(sibling, morning),
            sibling.ready_at <= wall,
            tuple_(sibling.priority, sibling.id) < tuple_(OutboxRow.priority, OutboxRow.id),
        )
        .exists()
    )
    return (
        select(*_FIELDS)
        .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
        .where(
            *_may_leave(channel, morning),
            OutboxRow.ready_at <= wall,
            or_(ChatRow.next_send_at.is_(None), ChatRow.next_send_at <= wall),
            or_(ChatRow.not_before.is_(None), ChatRow.not_before <= wall),
            ~before_it,
        )
        .order_by(OutboxRow.priority, OutboxRow.id)
        .with_for_update(skip_locked=True, of=OutboxRow)
    )


def _in_line(row: type[OutboxRow], morning: date | None) -> tuple[ColumnElement[bool], ...]:
    """Notices leave in their hours only."""
    not_a_notice = row.kind != OutboxKind.NOTICE
    return (
        row.state == OutboxState.QUEUED,
        not_a_notice if morning is None else or_(not_a_notice, row.morning == morning),
    )


def _may_leave(channel: str, morning: date | None) -> tuple[ColumnElement[bool], ...]:
    """What waits on a channel and is held back by nothing but time: one message of a chat after the other, and to a chat
    that is out of reach nothing but answers."""
    sibling = aliased(OutboxRow)
    in_flight = (
        select(sibling.id)
        .where(sibling.chat_id == OutboxRow.chat_id, sibling.state == OutboxState.CLAIMED)
        .exists()
    )
    return (
        *_in_line(OutboxRow, morning),
        ChatRow.channel == channel,
        or_(ChatRow.suspended.is_(None), OutboxRow.kind == OutboxKind.REPLY),
        ~in_flight,
    )


def _claim_of(row: Row[Any], token: str, slot: datetime, lease_until: datetime) -> Claim:
    return Claim(
        id=row.id,
        token=token,
        send_at=slot,
        lease_until=lease_until,
        chat_id=row.chat_id,
        channel=row.channel,
        address=row.address,
        kind=row.kind,
        body=row.body,
        morning=row.morning,
        replaces=row.replaces,
        acknowledges=row.acknowledges,
        replies_to=row.replies_to,
        attempts=row.attempts + 1,
        repeat=row.repeat,
        created_at=row.created_at,
        external_ids=tuple(row.external_ids),
    )


def _sends_counted(row: Row[Any], claimed: Claim, pace: Pace) -> dict[str, Any]:
    """The chat's pace after a send at that slot."""
    is_group = row.chat_kind is ChatKind.GROUP
    sends = recent([datetime.fromisoformat(moment) for moment in row.recent_sends or []], claimed.send_at)
    sends.append(claimed.send_at)
    return {
        "id": claimed.chat_id,
        "next_send_at": chat_free_at(pace, is_group=is_group, sends=sends, sent_at=claimed.send_at),
        "recent_sends": [moment.isoformat() for moment in sends] if is_group else [],
    }


async def next_ready_at(session: AsyncSession, *, channel: str, morning: date | None) -> datetime | None:
    """The earliest moment at which something may leave, as far as is known now; None when nothing waits."""
    held = await session.get(PaceRow, channel)
    rows = await session.execute(
        select(OutboxRow.ready_at, ChatRow.next_send_at, ChatRow.not_before)
        .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
        .where(*_may_leave(channel, morning))
        .order_by(OutboxRow.ready_at)
        .limit(_LOOK_AT)
    )
    earliest = min((max(moment for moment in row if moment is not None) for row in rows), default=None)
    if earliest is None or held is None:
        return earliest
    return max(moment for moment in (earliest, held.next_send_at, held.not_before) if moment is not None)


async def hold_channel(session: AsyncSession, channel: str, until: datetime) -> None:
    """Nothing leaves on the channel before `until`: its service asked for it."""
    line = await _pace_row(session, channel)
    line.not_before = max(line.not_before or until, until)
    await session.flush()


async def hold_chat(session: AsyncSession, chat_id: int, until: datetime) -> None:
    """Nothing goes to the chat before `until`: its service asked for it."""
    await session.execute(
        update(ChatRow)
        .where(ChatRow.id == chat_id, or_(ChatRow.not_before.is_(None), ChatRow.not_before < until))
        .values(not_before=until)
    )


async def others_held(session: AsyncSession, *, channel: str, chat_id: int, wall: datetime) -> bool:
    """Whether the service has asked to wait for other chats of the channel too, at this moment."""
    count = await session.scalar(
        select(func.count())
        .select_from(ChatRow)
        .where(and_(ChatRow.channel == channel, ChatRow.id != chat_id, ChatRow.not_before > wall))
    )
    return bool(count)


async def count_late_send(session: AsyncSession, chat_id: int, sent_at: datetime, pace: Pace) -> None:
    """A send left after its slot: the chat's pace counts from when it really did."""
    chat = await session.get_one(ChatRow, chat_id, with_for_update=True)
    sends = [datetime.fromisoformat(moment) for moment in chat.recent_sends or []]
    if sends:
        chat.recent_sends = [moment.isoformat() for moment in (*sends[:-1], sent_at)]
    free_at = sent_at + pace.chat_gap
    chat.next_send_at = max(chat.next_send_at or free_at, free_at)
    await session.flush()
