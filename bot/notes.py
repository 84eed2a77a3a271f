"""Notes: what a chat is told that nobody there asked for."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Message, to_json
from store.chats import operator_chats
from store.outbox import queue_note


async def tell(
    session: AsyncSession, chat_ids: Iterable[int], note: Message, *, key: str, wall: datetime
) -> None:
    """Queue a note to these chats; each is told once of the same `key`. `wall` is wall time."""
    body = to_json(note)
    for chat_id in chat_ids:
        await queue_note(session, chat_id=chat_id, wall=wall, body=body, key=f"{key}:{chat_id}")


async def tell_operators(session: AsyncSession, note: Message, *, key: str, wall: datetime) -> None:
    """Queue a note to every operator's chat within reach; the same `key` is told once."""
    listeners = await operator_chats(session)
    await tell(session, [chat.id for chat in listeners], note, key=key, wall=wall)
