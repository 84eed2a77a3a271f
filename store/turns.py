"""Turns: what several processes on one PostgreSQL may do only one after the other."""

from enum import IntEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

_OURS = 0x4E686163  # "Nhac": other programs on the same server have locks of their own


class Turn(IntEnum):
    """Numbers of PostgreSQL's advisory locks; a number never changes its meaning."""

    MIGRATE = 1
    TAKE_OVER_PLANS = 2


async def take_turn(session: AsyncSession, turn: Turn) -> None:
    """Wait until nobody else has this turn, and keep it until the caller's transaction ends.

    On SQLite there is nothing to wait for: a transaction that writes is alone there.
    """
    if (await session.connection()).dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(_OURS, turn.value)))
