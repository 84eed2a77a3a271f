"""Status messages: one pinned message a chat, written anew in place after something has changed.

Whatever changes what a chat should read wants its status; the clockwork puts one row for it in line, so that many changes
become one edit.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.outbox import queue
from store.states import OutboxKind, OutboxState, Role
from store.tables import BindingRow, ChatRow, OutboxRow


async def want_statuses(session: AsyncSession, agencies: Collection[str] | None = None) -> None:
    """Have the status written anew in the chats that speak for these agencies, and in all that oversee them; in every bound
    chat without `agencies`."""
    live = select(BindingRow.chat_id).where(BindingRow.ended_at.is_(None), BindingRow.role != Role.OPERATOR)
    if agencies is not None:
        live = live.where((BindingRow.role != Role.OFFICER) | BindingRow.agency.in_(list(agencies)))
    await session.execute(
        update(ChatRow)
        .where(ChatRow.id.in_(live), ChatRow.status_wanted.is_(False))
        .values(status_wanted=True)
        .execution_options(synchronize_session=False)
    )


async def want_status(session: AsyncSession, chat_ids: Collection[int]) -> None:
    """The same for these chats."""
    await session.execute(
        update(ChatRow)
        .where(ChatRow.id.in_(list(chat_ids)))
        .values(status_wanted=True)
        .execution_options(synchronize_session=False)
    )


async def any_wanted(session: AsyncSession) -> bool:
    """Whether some chat wants its status."""
    return bool(await session.scalar(select(exists().where(ChatRow.status_wanted))))


async def queue_wanted(session: AsyncSession, wall: datetime) -> int:
    """Put a row in line for every chat within reach that wants its status and has none in line; returns how many."""
    chats = list(
        await session.scalars(
            select(ChatRow)
            .where(ChatRow.status_wanted, ChatRow.suspended.is_(None))
            .order_by(ChatRow.id)
            .with_for_update(skip_locked=True)
        )
    )
    in_line = await session.scalars(
        select(OutboxRow.chat_id).where(
            OutboxRow.state == OutboxState.QUEUED,
            OutboxRow.kind == OutboxKind.STATUS,
            OutboxRow.chat_id.in_([chat.id for chat in chats]),
        )
    )
    have = set(in_line)
    for chat in chats:
        chat.status_wanted = False
        if chat.id not in have:
            queue(session, chat_id=chat.id, kind=OutboxKind.STATUS, wall=wall)
    await session.flush()
    return len(chats)


async def pinned(session: AsyncSession, chat_id: int, external_id: str) -> None:
    """The chat's status message is that one now."""
    await session.execute(update(ChatRow).where(ChatRow.id == chat_id).values(pinned=external_id))
