"""Status messages: one pinned message a chat, written anew in place after something in it has changed.

Whatever may change what a chat should read wishes for its status; the clockwork takes the wishes away together, so that many
changes become one edit, and changes that nobody would see none (see scheduler.statuses).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.columns import is_word
from store.database import in_chunks
from store.outbox import queue
from store.states import OutboxKind, OutboxState, Role
from store.tables import BindingRow, ChatRow, OutboxRow, StatusWishRow, table_of
from store.turns import STATUSES, take_turn_if_free


@dataclass(frozen=True, kw_only=True)
class Wished:
    """A chat whose status is wished for: the ids of the wishes, its status message on the channel and what that shows."""

    chat_id: int
    wishes: tuple[int, ...]
    pinned: str | None
    shown: str | None
    suspended: bool


async def want_statuses(session: AsyncSession, agencies: Collection[str] | None = None) -> None:
    """Have the status looked at anew in the chats that speak for these agencies, and in all that oversee them; in every bound
    chat without `agencies`. Sparing chats have none."""
    live = (
        select(BindingRow.chat_id)
        .join(ChatRow, BindingRow.chat_id == ChatRow.id)
        .where(BindingRow.ended_at.is_(None), BindingRow.role != Role.OPERATOR, ChatRow.sparing.is_(False))
        .distinct()
    )
    if agencies is not None:
        live = live.where((BindingRow.role != Role.OFFICER) | BindingRow.agency.in_(list(agencies)))
    await session.execute(insert(StatusWishRow).from_select(["chat_id"], live))


async def want_status(session: AsyncSession, chat_ids: Collection[int]) -> None:
    """The same for these chats, whether or not they are bound."""
    if chat_ids:
        able = select(ChatRow.id).where(ChatRow.id.in_(list(chat_ids)), ChatRow.sparing.is_(False))
        await session.execute(insert(StatusWishRow).from_select(["chat_id"], able))


async def wished(session: AsyncSession, *, most: int) -> list[Wished]:
    """Whose status is wished for, as of the oldest `most` wishes."""
    oldest = select(StatusWishRow.id, StatusWishRow.chat_id).order_by(StatusWishRow.id).limit(most)
    by_chat: dict[int, list[int]] = {}
    for number, chat_id in await session.execute(oldest):
        by_chat.setdefault(chat_id, []).append(number)
    found = await session.execute(
        select(ChatRow.id, ChatRow.pinned, ChatRow.shown, ChatRow.suspended).where(
            ChatRow.id.in_(list(by_chat))
        )
    )
    return [
        Wished(
            chat_id=chat_id,
            wishes=tuple(by_chat[chat_id]),
            pinned=pinned,
            shown=shown,
            suspended=suspended is not None,
        )
        for chat_id, pinned, shown, suspended in found
    ]


async def grant(
    session: AsyncSession, looked_at: Collection[Wished], *, changed: Collection[int], wall: datetime
) -> int | None:
    """Take these wishes away and put a row in line for each `changed` chat (id) that has none; returns how many, or None when
    another process is at it."""
    if not await take_turn_if_free(session, STATUSES):
        return None
    granted: set[int] = set()
    for ids in in_chunks(sorted(number for one in looked_at for number in one.wishes)):
        granted.update(
            await session.scalars(
                delete(StatusWishRow).where(StatusWishRow.id.in_(ids)).returning(StatusWishRow.chat_id)
            )
        )
    wanting = granted.intersection(changed)
    row = table_of(OutboxRow).c
    # One that is being claimed at this moment may have been worded before the change.
    in_line = await session.scalars(
        select(OutboxRow.chat_id)
        .where(
            is_word(row.state, OutboxState.QUEUED),
            is_word(row.kind, OutboxKind.STATUS),
            OutboxRow.chat_id.in_(wanting),
        )
        .with_for_update(skip_locked=True)
    )
    wanting -= set(in_line)
    for chat_id in sorted(wanting):
        queue(session, chat_id=chat_id, kind=OutboxKind.STATUS, wall=wall)
    await session.flush()
    return len(wanting)


async def put_up(session: AsyncSession, chat_id: int, *, external_id: str, shown: str | None) -> None:
    """The chat's status message is that one now, and shows that."""
    await session.execute(
        update(ChatRow).where(ChatRow.id == chat_id).values(pinned=external_id, shown=shown)
    )
