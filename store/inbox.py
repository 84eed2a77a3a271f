"""The inbox: what came in, kept raw before the channel is told that we have it."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.columns import is_word
from store.once import add_once
from store.states import InboxState
from store.tables import InboxRow, table_of


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One update as the channel gave it. `update_id` is what makes it the same update if it comes again; updates of one
    `lane` are handled in the order in which they came, one after the other."""

    update_id: str
    lane: str
    raw: dict[str, Any]


# Whoever receives hands updates to this; when it returns they are committed.
Keep = Callable[[list[Arrival]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class NewUpdate:
    """A stored update that waits to be handled."""

    id: int
    channel: str
    update_id: str
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


async def next_new(session: AsyncSession, channels: Collection[str]) -> NewUpdate | None:
    """The oldest update of these channels that may be handled now, locked for this transaction: the first one of its lane,
    and in no other process's hands. Any number of processes may ask at once."""
    found = (await session.execute(_NEXT_NEW, {"channels": list(channels)})).first()
    return NewUpdate(**found._mapping) if found is not None else None


def _next_new() -> Select[Any]:
    older = _INBOX.alias()
    # An aggregate, not "none exists": one look at the index for each row, also where a lane is long. And "at most", which
    # is the same here as "equal": the planner takes that for frequent, goes by id and stops at the first one.
    first_of_lane = (
        select(func.min(older.c.id))
        .where(
            older.c.channel == _INBOX.c.channel,
            older.c.lane == _INBOX.c.lane,
            is_word(older.c.state, InboxState.NEW),
        )
        .scalar_subquery()
    )
    return (
        select(_INBOX.c.id, _INBOX.c.channel, _INBOX.c.update_id, _INBOX.c.raw)
        .where(
            is_word(_INBOX.c.state, InboxState.NEW),
            # An expression, which no index serves: else SQLite reads and sorts a channel's whole line.
            _INBOX.c.channel.concat("").in_(bindparam("channels", expanding=True)),
            _INBOX.c.id <= first_of_lane,
        )
        .order_by(_INBOX.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


_INBOX = table_of(InboxRow)
_NEXT_NEW = _next_new()
_HANDLED = (
    update(_INBOX)
    .where(_INBOX.c.id == bindparam("which"))
    .values(state=InboxState.HANDLED, handled_at=bindparam("at"))
)


async def handled(session: AsyncSession, update_: NewUpdate, now: datetime) -> None:
    """Note that an update was handled, in the transaction that did it."""
    await session.execute(_HANDLED, {"which": update_.id, "at": now})


async def close(session: AsyncSession, row_id: int, now: datetime) -> bool:
    """Note that an update was handled after the transaction that took it was given up; False when another process has
    handled it by now."""
    row = await session.get_one(InboxRow, row_id, with_for_update=True)
    if row.state is not InboxState.NEW:
        return False
    row.state, row.handled_at = InboxState.HANDLED, now
    return True


async def park(session: AsyncSession, row_id: int, error: str, now: datetime) -> bool:
    """Put an update aside that cannot be handled, with the reason, so that the next one gets its turn; False when
    another process has put it aside or handled it by now."""
    row = await session.get_one(InboxRow, row_id, with_for_update=True)
    if row.state is not InboxState.NEW:
        return False
    row.state, row.error, row.handled_at = InboxState.PARKED, error, now
    return True
