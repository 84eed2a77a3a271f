"""The way to the database: engine, sessions, and transactions that commit as a whole or not at all."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import StaticPool

_PATIENCE = timedelta(seconds=10)
_CHUNK = 500
_T = TypeVar("_T")


class Database:
    """One database, opened once in a process. SQLite has one writer: `write()` queues writers of this process in turn, and
    waits `patience` for those of other processes."""

    def __init__(self, url: str, *, patience: timedelta = _PATIENCE) -> None:
        self.engine = _create_engine(url, patience)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writer = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session to look with. Whatever it changed is rolled back."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction: commits when the block ends, rolls back when it raises."""
        if not self.is_sqlite:
            async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        async with self._writer, AsyncSession(self.engine, expire_on_commit=False) as session:
            await session.connection(execution_options={"sqlite_write": True})
            async with _committed(session):
                yield session

    async def close(self) -> None:
        await self.engine.dispose()


@asynccontextmanager
async def _committed(session: AsyncSession) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await session.rollback()
        raise
    await session.commit()


def _create_engine(url: str, patience: timedelta) -> AsyncEngine:
    # Parameters are hidden in errors: they are what people wrote.
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    if parsed.drivername == "sqlite":
        parsed = parsed.set(drivername="sqlite+aiosqlite")
    in_memory = parsed.database in (None, "", ":memory:")
    if in_memory:
        engine = create_async_engine(parsed, poolclass=StaticPool, hide_parameters=True)
    else:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(parsed, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, patience))
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(patience: timedelta, connection: Any, _record: object) -> None:
    # The driver must not open transactions on its own: `begin` does (see _begin_sqlite).
    connection.isolation_level = None
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {int(patience / timedelta(milliseconds=1))}")
        cursor.close()
    except Exception:
        # The pool has not got it yet: nobody else would end the connection's thread.
        connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the write lock at once: upgrading later can fail with SQLITE_BUSY.
    writing = connection.get_execution_options().get("sqlite_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def is_away(error: SQLAlchemyError) -> bool:
    """Whether the same work may well succeed later: the database is away, busy or full, not the work at fault."""
    at_fault = (
        isinstance(error, DataError | IntegrityError | ProgrammingError) or type(error) is StatementError
    )
    return not at_fault


async def alone(session: AsyncSession, what: int) -> bool:
    """Whether this transaction is the only one at `what` (a number of ours) until it ends; false while another is. SQLite
    has one writer at a time anyway."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock(:what)"), {"what": what}))


def in_chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Parts that fit into one statement: databases bound the number of its parameters."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
