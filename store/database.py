"""The way to the database: engine, sessions, and transactions that commit as a whole or not at all."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool, StaticPool
from sqlalchemy.util import await_only

from store.absence import Absence
from store.inline_sqlite import DRIVER
from store.outages import is_locked

_PATIENCE = timedelta(seconds=10)
# For everything but the beginning of a transaction: SQLite waits inside its call, and the event loop with it.
_BUSY_TIMEOUT_MS = 100
_LOOK_AGAIN_SECONDS = 0.01
# A machine that lost its power says no goodbye. Its locks are in our way until the server misses it, and we wait for a
# server until we miss it: within 20 s in both directions (libpq-connect and runtime-config-connection, "keepalives").
_KEEPALIVE = {"idle": 10, "interval": 3, "count": 3}
_UNHEARD_MS = 20_000
_CONNECT_SECONDS = 10
_CHUNK = 500
_T = TypeVar("_T")


class Database:
    """One database, opened once in a process. SQLite has one writer: `write()` queues writers of this process in turn, and
    waits `patience` for those of other processes. `absence` is what this process has noticed of its being away."""

    def __init__(self, url: str | URL, *, patience: timedelta = _PATIENCE) -> None:
        self.engine = _create_engine(url, patience)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.absence = Absence()
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


def sqlite_file(url: str | URL) -> Path | None:
    """The file behind a SQLite URL, symbolic links followed; None for one in memory and for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database)).resolve()


def in_chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Parts that fit into one statement: databases bound the number of its parameters."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _create_engine(url: str | URL, patience: timedelta) -> AsyncEngine:
    # Parameters are hidden in errors: they are what people wrote.
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _postgresql_engine(parsed, pool_pre_ping=True)
    file = sqlite_file(parsed)
    parsed = parsed.set(drivername=DRIVER)
    if file is None:
        engine = create_async_engine(parsed, poolclass=StaticPool, hide_parameters=True)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(parsed, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, patience))
    event.listen(engine.sync_engine, "begin", partial(_begin_sqlite, patience))
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


def _prepare_sqlite(patience: timedelta, connection: Any, _record: object) -> None:
    # The driver must not open transactions on its own: `begin` does (see _begin_sqlite).
    connection.isolation_level = None
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 0")
        # A new file is switched by the first that opens it. Others that do so at that moment are told at once that it is
        # locked, whatever their busy timeout: two that waited for each other's shared lock would wait for ever.
        until = time.monotonic() + patience.total_seconds()
        _when_free(lambda: cursor.execute("PRAGMA journal_mode = WAL"), until=until)
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()
    except Exception:
        # The pool has not got it yet: nobody else would close it.
        connection.close()
        raise


def _begin_sqlite(patience: timedelta, connection: Connection) -> None:
    # A transaction that will write takes the write lock at once: upgrading later can fail with SQLITE_BUSY.
    if not connection.get_execution_options().get("sqlite_write", False):
        connection.exec_driver_sql("BEGIN")
        return
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if not is_locked(error.orig):
            raise
        _begin_when_free(connection, until=time.monotonic() + patience.total_seconds())


def _begin_when_free(connection: Connection, *, until: float) -> None:
    """Another process writes: SQLite itself must not wait, it would do so inside its call."""
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        _when_free(lambda: connection.exec_driver_sql("BEGIN IMMEDIATE"), until=until)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")


def _when_free(attempt: Callable[[], object], *, until: float) -> None:
    """Do it when no other process is in the way. Meanwhile this one goes on with everything else. Raises what SQLite says
    when somebody still is at `until` (time.monotonic)."""
    while True:
        try:
            attempt()
        except (OperationalError, sqlite3.OperationalError) as error:
            cause = error.orig if isinstance(error, OperationalError) else error
            if not is_locked(cause) or time.monotonic() > until:
                raise
            await_only(asyncio.sleep(_LOOK_AGAIN_SECONDS))
        else:
            return
