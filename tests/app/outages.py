"""Ways for a database to go away and come back while a bot runs: each is the real thing where it can be had."""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, event

from store.database import Database
from tests.postgres_server import server_in

_BLOCK = 4096
_SMALL_DISK = "16m"


class Outage(Protocol):
    """A database that can be taken away. `url` is where it is."""

    url: str

    def opened(self, database: Database) -> None:
        """The bot has opened it."""
        ...

    async def begin(self) -> None: ...

    async def end(self) -> None: ...


class StoppedServer:
    """PostgreSQL is stopped, with everybody's connections, and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = ExitStack()
        self.url = self._running.enter_context(server_in(folder))

    def opened(self, database: Database) -> None:
        return

    async def begin(self) -> None:
        await asyncio.to_thread(self._running.close)

    async def end(self) -> None:
        await asyncio.to_thread(self._running.enter_context, server_in(self._folder))

    def close(self) -> None:
        self._running.close()


class LockedFile:
    """Another process holds SQLite's write lock, longer than anybody has patience."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'store.db'}"
        self._file = folder / "store.db"
        self._holder: sqlite3.Connection | None = None

    def opened(self, database: Database) -> None:
        return

    async def begin(self) -> None:
        self._holder = sqlite3.connect(self._file, isolation_level=None, timeout=30)
        self._holder.execute("BEGIN IMMEDIATE")

    async def end(self) -> None:
        if self._holder is not None:
            self._holder.close()


class FullDisk:
    """A small disk, filled to the last byte by somebody else."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'store.db'}"
        self._filler = folder / "filler"

    def opened(self, database: Database) -> None:
        return

    async def begin(self) -> None:
        with self._filler.open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * _BLOCK)
            except OSError:
                return

    async def end(self) -> None:
        self._filler.unlink()


class FullFile:
    """Who may not mount a disk has SQLite refuse to let the file grow: the same error from the same code."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'store.db'}"
        self._is_full = False

    def opened(self, database: Database) -> None:
        event.listen(database.engine.sync_engine, "begin", self._bound)

    def _bound(self, connection: Connection) -> None:
        pages = "1" if self._is_full else "1073741823"
        # SQLite never goes below what the file has already.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    async def begin(self) -> None:
        self._is_full = True

    async def end(self) -> None:
        self._is_full = False


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A disk of a few megabytes on the folder; False where this user may not mount one."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SMALL_DISK}", "nhacviec-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@asynccontextmanager
async def outage(kind: str, folder: Path) -> AsyncIterator[Outage]:
    """`stopped`, `locked` or `full`, with the database in the folder."""
    match kind:
        case "stopped":
            with closing(StoppedServer(folder)) as server:
                yield server
        case "locked":
            yield LockedFile(folder)
        case "full":
            with small_disk(folder) as is_mounted:
                yield FullDisk(folder) if is_mounted else FullFile(folder)
        case _:
            raise ValueError(kind)
