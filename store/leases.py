"""Leases that ended: what a dead sender held goes out once more, and what rode with it.

Instants are wall time, save `settled_at` of notices, which is business time.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.riders import doubt, left_with
from store.states import NoticeState, OutboxState
from store.tables import ChatRow, NoticeRow, OutboxRow

# Who was cut off from the database, not dead, may still come with the outcome of its send.
GRACE = timedelta(seconds=5)


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
    """Look after claimed rows whose lease has ended, and after what rode with them: the first time they go again, marked as
    a repeat; the second time they fail. `whoever_holds`: of all claimed rows, when it is sure that no sender lives. `but`:
    rows (ids) that the caller itself is still at.

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
    again = 0
    failed: list[OutboxRow] = []
    channels: Counter[str] = Counter()
    for row, channel in found:
        if row.id in but:
            continue
        channels[channel] += 1
        row.lease_until = None
        if row.lease_token is not None:
            aboard = await left_with(session, chat_id=row.chat_id, token=row.lease_token)
            failed += await doubt(session, aboard, wall=wall, now=now)
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
            row.ready_at = wall if whoever_holds else wall + GRACE
            again += 1
    await session.flush()
    return TakenBack(again=again, failed=tuple(failed), channels=channels)
