"""The way to the database: engine, sessions, and transactions that commit as a whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool, StaticPool

_BUSY_TIMEOUT_MS = 10_000
# A machine that lost its power says no goodbye. Its locks are in our way until the server misses it, and we wait for a
# server until we miss it: within 20 s in both directions (libpq-connect and runtime-config-connection, "keepalives").
_KEEPALIVE = {"idle": 10, "interval": 3, "count": 3}
_UNHEARD_MS = 20_000
_CONNECT_SECONDS = 10


class Database:
    """One database, opened once in a process. SQLite has one writer: `write()` queues writers of this process in turn."""

    def __init__(self, url: str) -> None:
        self.engine = _create_engine(url)
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

    def apart(self) -> AsyncEngine:
        """An engine for a connection outside transactions and outside the pool, for as long as somebody holds it. For
        PostgreSQL only."""
        return _postgresql_engine(self.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")

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


def _create_engine(url: str) -> AsyncEngine:
    # Parameters are hidden in errors: they are what people wrote.
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _postgresql_engine(parsed, pool_pre_ping=True)
    if parsed.drivername == "sqlite":
        parsed = parsed.set(drivername="sqlite+aiosqlite")
    in_memory = parsed.database in (None, "", ":memory:")
    if in_memory:
        engine = create_async_engine(parsed, poolclass=StaticPool, hide_parameters=True)
    else:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(parsed, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _postgresql_engine(url: URL, **more: Any) -> AsyncEngine:
    ours = {f"keepalives_{name}": value for name, value in _KEEPALIVE.items()}
    ours |= {"tcp_user_timeout": _UNHEARD_MS, "connect_timeout": _CONNECT_SECONDS}
    chosen = {name: value for name, value in ours.items() if name not in url.query}
    engine = create_async_engine(url, hide_parameters=True, connect_args=chosen, **more)
    event.listen(engine.sync_engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for name, value in _KEEPALIVE.items():
        cursor.execute(f"SET tcp_keepalives_{name} = {value}")
    cursor.execute(f"SET tcp_user_timeout = {_UNHEARD_MS}")
    cursor.close()
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions on its own: `begin` does (see _begin_sqlite).
    connection.isolation_level = None
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        cursor.close()
    except Exception:
        # The pool has not got it yet: nobody else would end the connection's thread.
        connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the write lock at once: upgrading later can fail with SQLITE_BUSY.
    writing = connection.get_execution_options().get("sqlite_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
