"""Whole copies of SQLite files: taken while others write, looked through, and put in place in one step."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from store.outages import sqlite_code

_PATIENCE_SECONDS = 60
_ALL_PAGES = -1
_OURS = {"alembic_version", "plans", "assignments", "chats", "inbox", "outbox", "notices"}


class Unfit(Exception):
    """A file cannot be taken for what it should be: what is the matter, and what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n{remedy}")
        self.problem = problem
        self.remedy = remedy


class NotOurs(Unfit):
    """A SQLite database, but without our tables."""


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """What a database of ours holds. `revision` is that of its schema; `chats` are those with a binding."""

    size: int
    revision: str
    plans: int
    assignments: int
    done: int
    chats: int
    messages: int


_COUNTS = {
    "plans": "SELECT count(*) FROM plans WHERE NOT retired",
    "assignments": "SELECT count(*) FROM assignments WHERE NOT retired",
    "done": "SELECT count(*) FROM assignments WHERE NOT retired AND state = 'done'",
    "chats": "SELECT count(DISTINCT chat_id) FROM bindings WHERE ended_at IS NULL",
    "messages": "SELECT count(*) FROM outbox",
}


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file that is there; a missing one is not made. Raises sqlite3.Error."""
    with closing(
        sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    ) as connection:
        connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_SECONDS * 1000}")
        yield connection


def copy_whole(source: Path, target: Path) -> None:
    """Make `target` the state of `source` at one moment, while others read and write it. The copy is one file without a
    write-ahead log, and it is on the disk when this returns."""
    with opened(source) as whole, opened(target) as copy:
        whole.backup(copy, pages=_ALL_PAGES, progress=patient())
        stand_alone(copy)
    flush(target)


def patient(each_step: Callable[[], None] = lambda: None) -> Callable[[int, int, int], None]:
    """For sqlite3's backup, which would try a locked database for ever: gives up after a minute. Calls `each_step`
    after each step that went forward; what it raises ends the backup and undoes it."""
    waiting_since: float | None = None

    def progress(status: int, _remaining: int, _total: int) -> None:
        nonlocal waiting_since
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            waiting_since = waiting_since or time.monotonic()
            if time.monotonic() - waiting_since > _PATIENCE_SECONDS:
                raise sqlite3.OperationalError("database is locked")
            return
        waiting_since = None
        each_step()

    return progress


def stand_alone(connection: sqlite3.Connection) -> None:
    """Leave the database in its one file: nothing beside it is needed to read it."""
    connection.execute("PRAGMA journal_mode = DELETE")


def flush(file: Path) -> None:
    """See the file on the disk. Not for a database that this process has open: closing it here would end SQLite's locks."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """An empty file in the same folder that only this user can read; what is left of it in the end is removed."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            temporary.with_name(f"{temporary.name}{suffix}").unlink(missing_ok=True)


def put_in_place(temporary: Path, target: Path) -> None:
    """Give the finished file its name, in one step that outlives a loss of power."""
    temporary.replace(target)
    flush(target.parent)


def holdings(file: Path, *, called: Path) -> Holdings:
    """Look through a file that nobody else uses; `called` is its name for people. Raises Unfit when it is not SQLite's,
    damaged, or not ours (NotOurs)."""
    try:
        with opened(file) as connection:
            faults = connection.execute("PRAGMA integrity_check(1)").fetchall()
            if faults != [("ok",)]:
                raise _damaged(called, str(faults[0][0]).splitlines()[-1])
            return _holdings(connection, called)
    except sqlite3.DatabaseError as error:
        if sqlite_code(error) == sqlite3.SQLITE_NOTADB:
            raise Unfit(
                f"{called} is not a SQLite database.", "Name a file that `nhacviec backup` has written."
            ) from error
        if sqlite_code(error) == sqlite3.SQLITE_CORRUPT:
            raise _damaged(called, str(error)) from error
        raise


def _holdings(connection: sqlite3.Connection, called: Path) -> Holdings:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    revisions = (
        connection.execute("SELECT version_num FROM alembic_version").fetchall() if tables >= _OURS else []
    )
    if len(revisions) != 1:
        raise NotOurs(
            f"{called} is not a database of Nhắc Việc.", "Name a file that `nhacviec backup` has written."
        )
    counts = {name: connection.execute(query).fetchone()[0] for name, query in _COUNTS.items()}
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    return Holdings(size=pages * page, revision=revisions[0][0], **counts)


def _damaged(called: Path, fault: str) -> Unfit:
    return Unfit(f"{called} is damaged: {fault}", "Use another backup.")
