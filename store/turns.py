"""Work that only one process may do at a time: locks that PostgreSQL keeps by name (explicit-locking, advisory locks).

SQLite needs none: whoever writes has the database for itself.
"""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

SCHEMA, PLAN = "nhacviec:schema", "nhacviec:plan"


def lock_key(name: str) -> int:
    """The 64-bit key under which PostgreSQL keeps the lock of that name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


async def take_turn(session: AsyncSession, name: str) -> None:
    """Wait until nobody else does the work of that name; the turn ends with the transaction."""
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(select(func.pg_advisory_xact_lock(lock_key(name))))
