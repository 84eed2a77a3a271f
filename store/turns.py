"""Work that only one process may do at a time: locks that PostgreSQL keeps by name (explicit-locking, advisory locks).

SQLite needs none: whoever writes has the database for itself.
"""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

SCHEMA, PLAN, SCAN = "nhacviec:schema", "nhacviec:plan", "nhacviec:scan"
STATUSES = "nhacviec:statuses"


def lock_key(name: str) -> int:
    """The 64-bit key under which PostgreSQL keeps the lock of that name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


async def take_turn(session: AsyncSession, name: str) -> None:
    """Wait until nobody else does the work of that name; the turn ends with the transaction."""
    if _is_shared(session):
        await session.execute(select(func.pg_advisory_xact_lock(lock_key(name))))


async def take_turn_if_free(session: AsyncSession, name: str) -> bool:
    """The same without waiting; False when somebody else does that work."""
    if not _is_shared(session):
        return True
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(lock_key(name)))))


def _is_shared(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name != "sqlite"
