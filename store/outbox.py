"""The outbox: put a message in line. Instants are wall time.

What came of a send is recorded in store.outcomes, what a dead sender held is taken back in store.leases.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.once import insert_once
from store.states import OutboxKind, OutboxState
from store.tables import OutboxRow, table_of

_PRIORITY = {OutboxKind.REPLY: 0, OutboxKind.NOTE: 5, OutboxKind.NOTICE: 10, OutboxKind.STATUS: 20}


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


async def queue_reply(
    session: AsyncSession,
    *,
    chat_id: int,
    wall: datetime,
    body: dict[str, Any],
    key: str,
    acknowledges: str | None = None,
    replaces: str | None = None,
    replies_to: str | None = None,
) -> None:
    """Put an answer in line; `key` is unique for ever."""
    await session.execute(
        _REPLY,
        {
            "chat_id": chat_id,
            "body": body,
            "key": key,
            "acknowledges": acknowledges,
            "replaces": replaces,
            "replies_to": replies_to,
            "ready_at": wall,
            "created_at": wall,
        },
    )


_REPLY = insert(table_of(OutboxRow)).values(kind=OutboxKind.REPLY, priority=_PRIORITY[OutboxKind.REPLY])


async def queue_note(
    session: AsyncSession, *, chat_id: int, wall: datetime, body: dict[str, Any], key: str
) -> bool:
    """Put a note in line unless one with that key ever was, also when another process does it at the same moment. True when
    it was put in line."""
    note = {
        "chat_id": chat_id,
        "kind": OutboxKind.NOTE,
        "priority": _PRIORITY[OutboxKind.NOTE],
        "key": key,
        "body": body,
        "ready_at": wall,
        "created_at": wall,
    }
    queued = await session.scalar(
        insert_once(session, OutboxRow, unique=["key"]).returning(OutboxRow.id), note
    )
    return queued is not None


async def queued_ever(session: AsyncSession, keys: Collection[str]) -> frozenset[str]:
    """Those of the keys under which a message was ever put in line."""
    found = await session.scalars(select(OutboxRow.key).where(OutboxRow.key.in_(list(keys))))
    return frozenset(key for key in found if key is not None)


async def heard_or_will_hear(session: AsyncSession, key: str) -> frozenset[int]:
    """The chats (ids) that have a note under this key, or one that goes on after a colon, which is out or may yet leave."""
    found = await session.scalars(
        select(OutboxRow.chat_id).where(
            OutboxRow.key.startswith(f"{key}:", autoescape=True),
            OutboxRow.state.in_([OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.SENT]),
        )
    )
    return frozenset(found)
