"""Databases made and thrown away: each a copy of a pattern, which is made once in a run of the tests."""

import asyncio
import atexit
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from store.database import Database
from store.migrate import migrate

IN_MEMORY = "sqlite:///:memory:"
_migrated_files: list[bytes] = []
_idle_engines: defaultdict[str, list[AsyncEngine]] = defaultdict(list)


def at_the_server(url: str, *statements: str) -> None:
    """Carry out what cannot be in a transaction, on the database of the URL."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def new_database(url: str, name: str, *, like: str = "template1") -> str:
    """A database of that name on the same server, which nobody uses; returns its URL."""
    at_the_server(
        url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {like}"
    )
    return make_url(url).set(database=name).render_as_string(hide_password=False)


async def migrate_file(file: Path) -> None:
    """Put a migrated SQLite store there."""
    if not _migrated_files:
        with tempfile.TemporaryDirectory() as folder:
            pattern = Path(folder) / "pattern.db"
            await migrate_all(f"sqlite:///{pattern}")
            _migrated_files.append(await asyncio.to_thread(pattern.read_bytes))
    await asyncio.to_thread(file.write_bytes, _migrated_files[0])


async def migrate_all(url: str) -> None:
    database = Database(url)
    try:
        await migrate(database)
    finally:
        await database.close()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database, on an engine that was used before for another one of that URL, if there is one: what SQLAlchemy has made of
    statements stays with the engine, and costs more to make than they cost to run."""
    database = Database(url)
    if idle := _idle_engines[url]:
        database.engine = idle.pop()
    try:
        yield database
    finally:
        await database.close()
        _idle_engines[url].append(database.engine)


@asynccontextmanager
async def opened_file(file: Path) -> AsyncIterator[Database]:
    """The same for a SQLite file, wherever it is: it is reached by a link that one file after the other lies behind."""
    with _link_to(file) as link:
        async with opened(f"sqlite:///{link}") as database:
            yield database


@contextmanager
def _link_to(file: Path) -> Iterator[Path]:
    link = next(path for number in count() if not (path := _links() / f"{number}.db").is_symlink())
    link.symlink_to(file)
    try:
        yield link
    finally:
        link.unlink()


@cache
def _links() -> Path:
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    return Path(folder)


async def contents(database: Database) -> bytes:
    """All that a store in memory holds."""
    return (await _in_memory(database)).serialize()


async def fill(database: Database, contents: bytes) -> None:
    """Make a store in memory what another one was."""
    (await _in_memory(database)).deserialize(contents)


async def _in_memory(database: Database) -> sqlite3.Connection:
    async with database.engine.connect() as connection:
        found = (await connection.get_raw_connection()).driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found
