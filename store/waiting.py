"""What stands in line and may leave now: replies first, one message of a chat after the other, notices in their hours. What
rides with another message (store.riders) stands in no line.

The statements are made once: making one costs more than running it. All instants are wall time.
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice, product
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    bindparam,
    exists,
    false,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from store.columns import is_word
from store.riders import has_had_its_message, rides
from store.states import OutboxKind, OutboxState
from store.tables import ChatRow, OutboxRow, PaceRow, table_of

# Of so many slots in a row one belongs to what is not a reply, if any of it waits: replies first, and nobody starved.
_TURN = 4
_LOOK_AT = 100
_T = TypeVar("_T")
_OUTBOX, _CHAT, _PACE = table_of(OutboxRow), table_of(ChatRow), table_of(PaceRow)


async def waiting(
    session: AsyncSession,
    *,
    channel: str,
    wall: datetime,
    morning: date | None,
    slots: int,
    first_slot: int,
    only_notices: bool = False,
) -> Sequence[Row[Any]]:
    """Up to `slots` rows that may leave now with what a claim needs of their chats, locked. `first_slot` numbers the
    slots, whoever asks for them: every fourth is for what is not a reply. `only_notices`: everything else is held back."""
    asked = {"channel": channel, "wall": wall, "morning": morning}
    hours = morning is not None
    leaving = _LEAVING[hours, False, only_notices]
    found: Sequence[Row[Any]] = (await session.execute(leaving, asked | {"most": slots})).all()
    if len(found) < slots or found[-1].kind is not OutboxKind.REPLY:
        return found
    # More replies wait than may leave: some of the slots are for the others.
    asked |= {"most": slots // _TURN + 1}
    others = (await session.execute(_LEAVING[hours, True, only_notices], asked)).all()
    return _taking_turns(found, others, slots, first_slot)


def _taking_turns(replies: Sequence[_T], others: Sequence[_T], slots: int, first: int) -> list[_T]:
    """Who gets which of the slots numbered from `first`: every fourth is for the others while they last."""
    reply, other = iter(replies), iter(others)
    chosen: list[_T] = []
    for number in range(first, first + slots):
        preferred, second = (other, reply) if number % _TURN == 0 else (reply, other)
        chosen += list(islice(preferred, 1)) or list(islice(second, 1))
    return chosen


def _leaving_now(hours: bool, but_replies: bool, only_notices: bool) -> Select[Any]:
    """The first of each chat that may leave, replies first; `hours` are those of notices."""
    sibling = _OUTBOX.alias()
    before_it = exists().where(
        sibling.c.chat_id == _OUTBOX.c.chat_id,
        *_in_line(sibling, hours, only_notices),
        ~rides(sibling),
        sibling.c.ready_at <= bindparam("wall", type_=_OUTBOX.c.ready_at.type),
        tuple_(sibling.c.priority, sibling.c.id) < tuple_(_OUTBOX.c.priority, _OUTBOX.c.id),
    )
    query = (
        select(
            _OUTBOX.c.id,
            _OUTBOX.c.chat_id,
            _OUTBOX.c.kind,
            _OUTBOX.c.body,
            _OUTBOX.c.morning,
            _OUTBOX.c.replaces,
            _OUTBOX.c.acknowledges,
            _OUTBOX.c.replies_to,
            _OUTBOX.c.attempts,
            _OUTBOX.c.repeat,
            _OUTBOX.c.created_at,
            _OUTBOX.c.external_ids,
            _CHAT.c.channel,
            _CHAT.c.address,
            _CHAT.c.kind.label("chat_kind"),
            _CHAT.c.recent_sends,
            _CHAT.c.pinned,
            _CHAT.c.sparing,
            _CHAT.c.suspended,
        )
        .join_from(_OUTBOX, _CHAT, _OUTBOX.c.chat_id == _CHAT.c.id)
        .where(
            *_may_leave(hours, only_notices),
            _OUTBOX.c.ready_at <= bindparam("wall"),
            or_(_CHAT.c.next_send_at.is_(None), _CHAT.c.next_send_at <= bindparam("wall")),
            or_(_CHAT.c.not_before.is_(None), _CHAT.c.not_before <= bindparam("wall")),
            ~before_it,
        )
        .order_by(_OUTBOX.c.priority, _OUTBOX.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=_OUTBOX)
    )
    return query.where(~is_word(_OUTBOX.c.kind, OutboxKind.REPLY)) if but_replies else query


def _in_line(row: FromClause, hours: bool, only_notices: bool) -> tuple[ColumnElement[bool], ...]:
    """Notices leave in their hours only."""
    others = false() if only_notices else ~is_word(row.c.kind, OutboxKind.NOTICE)
    return (
        is_word(row.c.state, OutboxState.QUEUED),
        or_(others, row.c.morning == bindparam("morning")) if hours else others,
    )


def _may_leave(hours: bool, only_notices: bool) -> tuple[ColumnElement[bool], ...]:
    """What waits on a channel and is held back by nothing but time: one message of a chat after the other, and to a chat
    that is out of reach nothing but answers."""
    sibling = _OUTBOX.alias()
    in_flight = exists().where(
        sibling.c.chat_id == _OUTBOX.c.chat_id, is_word(sibling.c.state, OutboxState.CLAIMED)
    )
    return (
        *_in_line(_OUTBOX, hours, only_notices),
        _CHAT.c.channel == bindparam("channel"),
        or_(_CHAT.c.suspended.is_(None), is_word(_OUTBOX.c.kind, OutboxKind.REPLY)),
        ~in_flight,
        ~rides(),
        ~has_had_its_message(),
    )


_LEAVING = {key: _leaving_now(*key) for key in product((False, True), repeat=3)}


async def next_ready_at(
    session: AsyncSession, *, channel: str, morning: date | None, only_notices: bool = False
) -> datetime | None:
    """The earliest moment at which something may leave, as far as is known now; None when nothing waits."""
    asked = {"channel": channel, "morning": morning}
    rows = await session.execute(_READY[morning is not None, only_notices], asked)
    return min((max(moment for moment in row if moment is not None) for row in rows), default=None)


def _ready(hours: bool, only_notices: bool) -> Select[Any]:
    return (
        select(
            _OUTBOX.c.ready_at,
            _CHAT.c.next_send_at,
            _CHAT.c.not_before,
            _PACE.c.next_send_at,
            _PACE.c.not_before,
        )
        .join_from(_OUTBOX, _CHAT, _OUTBOX.c.chat_id == _CHAT.c.id)
        .outerjoin(_PACE, _PACE.c.channel == _CHAT.c.channel)
        .where(*_may_leave(hours, only_notices))
        .order_by(_OUTBOX.c.ready_at)
        .limit(_LOOK_AT)
    )


_READY = {key: _ready(*key) for key in product((False, True), repeat=2)}


async def something_waits(session: AsyncSession) -> bool:
    """Whether anything at all stands in line, whenever it may leave."""
    return await session.scalar(_ANY) is not None


_ANY = select(_OUTBOX.c.id).where(is_word(_OUTBOX.c.state, OutboxState.QUEUED)).limit(1)
