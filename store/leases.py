"""Messages of which nobody knows whether they arrived: what a dead sender held, and what rode with it, goes out once more.

Instants are wall time, save `settled_at` of notices, which is business time.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.notices import settle_in
from store.riders import left_with
from store.states import NoticeState, OutboxState
from store.tables import ChatRow, OutboxRow

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
    aboard_failed: list[OutboxRow] = []
    failed: list[OutboxRow] = []
    channels: Counter[str] = Counter()
    for row, channel in found:
        if row.id in but:
            continue
        channels[channel] += 1
        row.lease_until = None
        if row.lease_token is not None:
            aboard = await left_with(session, chat_id=row.chat_id, token=row.lease_token)
            aboard_failed += await doubt(session, aboard, wall=wall, now=now)
        if row.repeat:
            failed.append(row)
        else:
            row.state, row.repeat = OutboxState.QUEUED, True
            row.ready_at = wall if whoever_holds else wall + GRACE
            again += 1
    await _give_up(session, failed, wall=wall, now=now)
    return TakenBack(again=again, failed=(*aboard_failed, *failed), channels=channels)


async def doubt(
    session: AsyncSession, riders: Collection[int], *, wall: datetime, now: datetime
) -> Sequence[OutboxRow]:
    """Nobody knows whether these riders (ids) arrived: they ride again, marked as repeats; those that were so already are
    given up. Returns the latter."""
    if not riders:
        return ()
    rows = await session.scalars(
        select(OutboxRow)
        .where(OutboxRow.id.in_(list(riders)), OutboxRow.state == OutboxState.QUEUED)
        .order_by(OutboxRow.id)
        .with_for_update()
    )
    failed = []
    for row in rows:
        row.lease_token = None
        if row.repeat:
            failed.append(row)
        row.repeat = True
    await _give_up(session, failed, wall=wall, now=now)
    return failed


async def _give_up(
    session: AsyncSession, rows: Sequence[OutboxRow], *, wall: datetime, now: datetime
) -> None:
    """Of these messages it was unknown twice whether they arrived: they fail, and with them their notices."""
    for row in rows:
        row.state, row.settled_at, row.error = OutboxState.FAILED, wall, "uncertain twice"
    await session.flush()
    await settle_in(session, [row.id for row in rows], NoticeState.FAILED, now)
