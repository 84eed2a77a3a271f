"""Which failures of a database pass by themselves, and which need a person."""

import errno
import os
import re
import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    MultipleResultsFound,
    NoResultFound,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)

# A server that ends, that starts, or that has no room (PostgreSQL's documentation, appendix A: error codes).
_PASSING_STATES = {"57P01", "57P02", "57P03", "53100", "53300", "55P03", "40001", "40P01"}
_CONNECTION_LOST = "08"
# A connection that was never made has no code, only libpq's words and the server's.
_PASSING_WORDS = re.compile(
    r"connection refused"
    r"|is the server running"
    r"|connection timed out|timeout expired|connection timeout"
    r"|server closed the connection unexpectedly|connection reset by peer"
    r"|no route to host|network is unreachable|host is unreachable"
    r"|temporary failure in name resolution"
    r"|the database system is (starting up|shutting down|in recovery mode|not yet accepting connections)"
    r"|too many clients already|too many connections|remaining connection slots are reserved",
    re.IGNORECASE,
)
_SQLITE_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# What SQLite makes beside its file when it opens it is 32 KiB at least, and more where a long log is left.
_ROOM_TO_OPEN = 1 << 20


def sqlite_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, such as sqlite3.SQLITE_BUSY for all kinds of busy; 0 where Python itself complains."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def will_pass(error: BaseException | None) -> bool:
    """Whether it is worth trying again: a driver's error that says locked, not reachable, still starting, or of a server
    that its disk is full (for SQLite see `is_full`).

    What is not known to pass does not: a wrong password must not be tried for ever.
    """
    if isinstance(error, sqlite3.Error):
        return is_locked(error)
    state: str | None = getattr(error, "sqlstate", None)
    if state is not None:
        return state in _PASSING_STATES or state.startswith(_CONNECTION_LOST)
    return bool(_PASSING_WORDS.search(str(error)))


def is_locked(error: BaseException | None) -> bool:
    """Whether another process holds SQLite's lock."""
    return isinstance(error, sqlite3.Error) and sqlite_code(error) in _SQLITE_LOCKED


def is_full(error: BaseException | None, file: Path | None) -> bool:
    """Whether an error met while a SQLite file was opened or written comes of a full disk (or a used-up quota).

    Of files that it needs beside its own, SQLite says only "disk I/O error" or "unable to open": then it is full if
    nothing more fits there now. If something else is broken too, that shows when there is room again.
    """
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    if not isinstance(error, sqlite3.Error):
        return False
    if sqlite_code(error) in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return file is not None and not _has_room(file.parent)
    return sqlite_code(error) == sqlite3.SQLITE_FULL


def _has_room(folder: Path) -> bool:
    """Tried out: what the system counts as free leaves out quotas and what is kept for root. True where it cannot be
    tried."""
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            os.posix_fallocate(trial.fileno(), 0, _ROOM_TO_OPEN)
    except OSError as error:
        return error.errno not in _NO_ROOM
    return True


def in_a_line(error: Exception) -> str:
    """What the driver says, for the log: its first line, which has nothing of what people wrote where `is_away`."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return (str(said).strip().splitlines() or [type(said).__name__])[0]


def is_away(error: SQLAlchemyError) -> bool:
    """Whether the same work of a running bot may well succeed later: the database is away, busy or full, or another
    process was in the way (deadlocks are OperationalError). Not so when the work itself is at fault."""
    at_fault = DataError | IntegrityError | ProgrammingError | NoResultFound | MultipleResultsFound
    return not isinstance(error, at_fault) and type(error) is not StatementError
