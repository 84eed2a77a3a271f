"""Which failures of a database pass by themselves, and which need a person."""

import re
import sqlite3

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


def sqlite_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, such as sqlite3.SQLITE_BUSY for all kinds of busy; 0 where Python itself complains."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def will_pass(error: BaseException | None) -> bool:
    """Whether it is worth trying again: a driver's error that says locked, full, not reachable, or still starting.

    What is not known to pass does not: a wrong password must not be tried for ever.
    """
    if isinstance(error, sqlite3.Error):
        return is_locked(error) or sqlite_code(error) == sqlite3.SQLITE_FULL
    state: str | None = getattr(error, "sqlstate", None)
    if state is not None:
        return state in _PASSING_STATES or state.startswith(_CONNECTION_LOST)
    return bool(_PASSING_WORDS.search(str(error)))


def is_locked(error: BaseException | None) -> bool:
    """Whether another process holds SQLite's lock."""
    return isinstance(error, sqlite3.Error) and sqlite_code(error) in _SQLITE_LOCKED


def in_a_line(error: Exception) -> str:
    """What the driver says, for the log: its first line, which has nothing of what people wrote where `is_away`."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return (str(said).strip().splitlines() or [type(said).__name__])[0]


def is_away(error: SQLAlchemyError) -> bool:
    """Whether the same work of a running bot may well succeed later: the database is away, busy or full, or another
    process was in the way (deadlocks are OperationalError). Not so when the work itself is at fault."""
    at_fault = DataError | IntegrityError | ProgrammingError | NoResultFound | MultipleResultsFound
    return not isinstance(error, at_fault) and type(error) is not StatementError
