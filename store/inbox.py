"""The inbox: what came in, kept raw before the channel is told that we have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from store.once import add_once
from store.states import InboxState
from store.tables import InboxRow


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One update as the channel gave it. `update_id` is what makes it the same update if it comes again; updates of one
    `lane` are handled in the order in which they came, one after the other."""

    update_id: str
    lane: str
    raw: dict[str, Any]


async def keep(session: AsyncSession, *, channel: str, arrivals: Iterable[Arrival], now: datetime) -> None:
    """Store updates; one that is known already is left as it is."""
    rows = [
        {
            "channel": channel,
            "update_id": arrival.update_id,
            "lane": arrival.lane,
            "raw": arrival.raw,
            "state": InboxState.NEW,
            "received_at": now,
        }
        for arrival in arrivals
    ]
    await add_once(session, InboxRow, rows, unique=["channel", "update_id"])


async def next_new(session: AsyncSession) -> InboxRow | None:
    """The oldest update that may be handled now, locked for this transaction: the first one of its lane, and in no other
    process's hands. Any number of processes may ask at once."""
    older = aliased(InboxRow)
    # An aggregate, not "none exists": one look at the index for each row, also where a lane is long. And "at most", which
    # is the same here as "equal": the planner takes that for frequent, goes by id and stops at the first one.
    first_of_lane = (
        select(func.min(older.id))
        .where(older.channel == InboxRow.channel, older.lane == InboxRow.lane, _is_new(older))
        .scalar_subquery()
    )
    found: InboxRow | None = await session.scalar(
        select(InboxRow)
        .where(_is_new(InboxRow), InboxRow.id <= first_of_lane)
        .order_by(InboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found


def _is_new(row: type[InboxRow]) -> ColumnElement[bool]:
    # Written out in the statement: an index of new rows only cannot be used for a value that comes later.
    return row.state == bindparam(None, InboxState.NEW, type_=InboxRow.state.type, literal_execute=True)


def handled(row: InboxRow, now: datetime) -> None:
    row.state, row.handled_at = InboxState.HANDLED, now


async def park(session: AsyncSession, row_id: int, error: str, now: datetime) -> bool:
    """Put an update aside that cannot be handled, with the reason, so that the next one gets its turn; False when
    another process has put it aside or handled it by now."""
    row = await session.get_one(InboxRow, row_id, with_for_update=True)
    if row.state is not InboxState.NEW:
        return False
    row.state, row.error, row.handled_at = InboxState.PARKED, error, now
    return True
