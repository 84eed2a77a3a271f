"""Riders: what a sparing chat hears only together with something else.

A service that counts its messages is written to unasked once a day at most. There a note, or a nudge, never leaves by itself:
it rides in the chat's next answer or in its morning message, and shares what comes of that, also the doubt whether it
arrived.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.columns import is_word
from store.notices import settle_in
from store.nudges import is_nudge
from store.states import NoticeState, OutboxKind, OutboxState
from store.tables import ChatRow, OutboxRow, table_of

_OUTBOX, _CHAT = table_of(OutboxRow), table_of(ChatRow)


@dataclass(frozen=True, kw_only=True)
class Rider:
    """A message that waits for another one to take it along. A nudge's `body` is its lead-in, `morning` its business day;
    `repeat`: it was perhaps received."""

    id: int
    chat_id: int
    body: dict[str, Any]
    morning: date | None
    repeat: bool


def rides(row: FromClause = _OUTBOX, chat: FromClause = _CHAT) -> ColumnElement[bool]:
    """Of a message and its chat: it does not leave by itself."""
    nudge = and_(is_word(row.c.kind, OutboxKind.NOTICE), is_nudge(row.c.key))
    return and_(chat.c.sparing, or_(is_word(row.c.kind, OutboxKind.NOTE), nudge))


def has_had_its_message(row: FromClause = _OUTBOX, chat: FromClause = _CHAT) -> ColumnElement[bool]:
    """Of a morning message and its sparing chat: another one of that morning is out."""
    other = _OUTBOX.alias()
    sent = exists().where(
        other.c.chat_id == row.c.chat_id,
        other.c.morning == row.c.morning,
        other.c.id != row.c.id,
        is_word(other.c.state, OutboxState.SENT),
        ~is_nudge(other.c.key),
    )
    return and_(chat.c.sparing, is_word(row.c.kind, OutboxKind.NOTICE), sent)


async def riders_of(session: AsyncSession, chat_ids: Collection[int]) -> Sequence[Rider]:
    """What waits to be taken along in these chats, the oldest first."""
    found = await session.execute(
        select(_OUTBOX.c.id, _OUTBOX.c.chat_id, _OUTBOX.c.body, _OUTBOX.c.morning, _OUTBOX.c.repeat)
        .join_from(_OUTBOX, _CHAT, _OUTBOX.c.chat_id == _CHAT.c.id)
        .where(_OUTBOX.c.chat_id.in_(list(chat_ids)), is_word(_OUTBOX.c.state, OutboxState.QUEUED), rides())
        .order_by(_OUTBOX.c.id)
    )
    return [Rider(**row._mapping) for row in found]


async def chats_with_news(session: AsyncSession, today: date) -> list[int]:
    """The chats (ids) within reach in which something waits to be taken along, and that have no morning message today."""
    return list(await session.scalars(_chats_with_news(today)))


def _chats_with_news(today: date) -> Select[tuple[int]]:
    morning = _OUTBOX.alias()
    has_one = exists().where(
        morning.c.chat_id == _CHAT.c.id,
        morning.c.morning == today,
        morning.c.state.in_([OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.SENT]),
        ~is_nudge(morning.c.key),
    )
    return (
        select(_CHAT.c.id)
        .join_from(_CHAT, _OUTBOX, _OUTBOX.c.chat_id == _CHAT.c.id)
        .where(is_word(_OUTBOX.c.state, OutboxState.QUEUED), rides(), _CHAT.c.suspended.is_(None), ~has_one)
        .distinct()
        .order_by(_CHAT.c.id)
    )


async def riders_wait(session: AsyncSession, today: date) -> bool:
    """Whether there are such chats."""
    return bool(await session.scalar(select(exists(_chats_with_news(today)))))


async def leave(session: AsyncSession, riders: Collection[int], *, token: str) -> None:
    """They are in a message that is claimed under that token. The caller's transaction commits before the message leaves: who
    takes it back from a sender that died knows what was in it."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(list(riders)), OutboxRow.state == OutboxState.QUEUED)
        .values(lease_token=token)
        .execution_options(synchronize_session=False)
    )


async def left_with(session: AsyncSession, *, chat_id: int, token: str) -> Sequence[int]:
    """The riders (ids) that were in the chat's message that was claimed under that token."""
    found = await session.scalars(
        select(_OUTBOX.c.id)
        .join_from(_OUTBOX, _CHAT, _OUTBOX.c.chat_id == _CHAT.c.id)
        .where(
            _OUTBOX.c.chat_id == chat_id,
            _OUTBOX.c.lease_token == token,
            is_word(_OUTBOX.c.state, OutboxState.QUEUED),
            rides(),
        )
    )
    return found.all()


async def has_arrived(
    session: AsyncSession,
    rider: int,
    left: dict[str, Any] | None,
    *,
    with_message: str,
    wall: datetime,
    now: datetime,
) -> None:
    """A rider is out with a message (the channel's id); what is `left` of it goes on riding. Of a nudge, what its text left
    out has nothing to say any more. `now` is business time."""
    if left is not None:
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == rider, OutboxRow.state == OutboxState.QUEUED)
            .values(body=left, repeat=False, lease_token=None)
            .execution_options(synchronize_session=False)
        )
        return
    await _settle(session, [rider], OutboxState.SENT, wall=wall, external_ids=[with_message])
    await settle_in(session, [rider], NoticeState.DROPPED, now)


async def _settle(
    session: AsyncSession, ids: Collection[int], state: OutboxState, *, wall: datetime, **values: object
) -> None:
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(list(ids)), OutboxRow.state == OutboxState.QUEUED)
        .values(state=state, settled_at=wall, **values)
        .execution_options(synchronize_session=False)
    )


async def drop_riders(session: AsyncSession, ids: Collection[int], *, wall: datetime, now: datetime) -> None:
    """These nudges have nothing to say any more."""
    if ids:
        await _settle(session, ids, OutboxState.DROPPED, wall=wall, error="nothing left to say")
        await settle_in(session, list(ids), NoticeState.DROPPED, now)


async def give_up_old_riders(session: AsyncSession, *, queued_before: datetime, wall: datetime) -> int:
    """Notes that nothing has taken along since before that moment have lost their use; returns how many."""
    stale = (
        select(_OUTBOX.c.id)
        .join_from(_OUTBOX, _CHAT, _OUTBOX.c.chat_id == _CHAT.c.id)
        .where(
            is_word(_OUTBOX.c.state, OutboxState.QUEUED),
            is_word(_OUTBOX.c.kind, OutboxKind.NOTE),
            rides(),
            _OUTBOX.c.created_at < queued_before,
        )
    )
    ids = list(await session.scalars(stale))
    await _settle(session, ids, OutboxState.FAILED, wall=wall, error="lost its use")
    return len(ids)
