"""The inbox: what came in, kept raw before the channel is told that we have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.states import InboxState
from store.tables import InboxRow


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One update as the channel gave it; `update_id` is what makes it the same update if it comes again."""

    update_id: str
    raw: dict[str, Any]


async def keep(session: AsyncSession, *, channel: str, arrivals: Iterable[Arrival], now: datetime) -> None:
    """Store updates; one that is known already is left as it is."""
    rows = [
        {
            "channel": channel,
            "update_id": arrival.update_id,
            "raw": arrival.raw,
            "state": InboxState.NEW,
            "received_at": now,
        }
        for arrival in arrivals
    ]
    if not rows:
        return
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    await session.execute(
        insert(InboxRow).on_conflict_do_nothing(index_elements=["channel", "update_id"]), rows
    )


async def next_new(session: AsyncSession) -> InboxRow | None:
    """The oldest update that waits, locked for this transaction where the database can."""
    found: InboxRow | None = await session.scalar(
        select(InboxRow)
        .where(InboxRow.state == InboxState.NEW)
        .order_by(InboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found


def handled(row: InboxRow, now: datetime) -> None:
    row.state, row.handled_at = InboxState.HANDLED, now


async def park(session: AsyncSession, row_id: int, error: str, now: datetime) -> None:
    """Put an update aside that cannot be handled, with the reason, so that the next one gets its turn."""
    row = await session.get_one(InboxRow, row_id)
    row.state, row.error, row.handled_at = InboxState.PARKED, error, now
