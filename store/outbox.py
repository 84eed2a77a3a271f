"""The outbox: put a message in line, and take back what a dead sender held.

What came of a send is recorded in store.outcomes. Instants are wall time, save `settled_at` of notices, which is business
time.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.once import insert_once
from store.states import NoticeState, OutboxKind, OutboxState
from store.tables import ChatRow, NoticeRow, OutboxRow, table_of

_PRIORITY = {OutboxKind.REPLY: 0, OutboxKind.NOTE: 5, OutboxKind.NOTICE: 10, OutboxKind.STATUS: 20}
# Who was cut off from the database, not dead, may still come with the outcome of its send.
_GRACE = timedelta(seconds=5)


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


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """Rows whose sender died between claim and record: `again` go out once more, marked; `failed` are given up. `channels`
    counts all of them by channel: they may have left."""

    again: int
    failed: tuple[OutboxRow, ...]
    channels: Mapping[str, int]


async def take_back(
    session: AsyncSession,
    *,
    wall: datetime,
    now: datetime,
    whoever_holds: bool = False,
    but: Collection[int] = (),
) -> TakenBack:
    """Look after claimed rows whose lease has ended: the first time they go again, marked as a repeat; the second time
    they fail. `whoever_holds`: of all claimed rows, when it is sure that no sender lives. `but`: rows (ids) that the
    caller itself is still at.

    The token stays: until somebody claims the row anew, who comes late can still record that it was sent.
    """
    ended: tuple[ColumnElement[bool], ...] = (OutboxRow.state == OutboxState.CLAIMED,)
    if not whoever_holds:
        ended += (OutboxRow.lease_until < wall,)
    found = await session.execute(
        select(OutboxRow, ChatRow.channel)
        .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
        .where(*ended)
        .with_for_update(skip_locked=True, of=OutboxRow)
    )
    again, failed = 0, []
    channels: Counter[str] = Counter()
    for row, channel in found:
        if row.id in but:
            continue
        channels[channel] += 1
        row.lease_until = None
        if row.repeat:
            row.state, row.settled_at, row.error = OutboxState.FAILED, wall, "uncertain twice"
            await session.execute(
                update(NoticeRow)
                .where(NoticeRow.outbox_id == row.id, NoticeRow.state == NoticeState.PENDING)
                .values(state=NoticeState.FAILED, settled_at=now)
            )
            failed.append(row)
        else:
            row.state, row.repeat = OutboxState.QUEUED, True
            row.ready_at = wall if whoever_holds else wall + _GRACE
            again += 1
    await session.flush()
    return TakenBack(again=again, failed=tuple(failed), channels=channels)
