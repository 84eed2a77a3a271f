"""Which failures of a database pass by themselves."""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import psycopg.errors
import pytest

from store.outages import is_full, will_pass

PASSING = [
    'connection failed: connection to server at "10.0.0.1", port 5432 failed: Connection refused',
    'connection is bad: connection to server on socket "/run/pg/.s.PGSQL.5432" failed: No such file or directory\n'
    "\tIs the server running locally and accepting connections on that socket?",
    'connection failed: connection to server at "h", port 5432 failed: FATAL:  the database system is starting up',
    'connection failed: connection to server at "h", port 5432 failed: FATAL:  the database system is shutting down',
    'connection failed: connection to server at "h", port 5432 failed: FATAL:  sorry, too many clients already',
    'connection failed: connection to server at "h" failed: server closed the connection unexpectedly',
    "failed to resolve host 'db.soctrang': [Errno -3] Temporary failure in name resolution",
    "connection timeout expired",
]
LASTING = [
    'connection failed: connection to server at "h", port 5432 failed: FATAL:  password authentication failed for user "u"',
    'connection failed: connection to server at "h", port 5432 failed: FATAL:  database "nowhere" does not exist',
    'connection failed: connection to server at "h", port 5432 failed: FATAL:  no pg_hba.conf entry for host "::1"',
    'connection failed: connection to server on socket "/run/.s.PGSQL.5432" failed: fe_sendauth: no password supplied',
    "failed to resolve host 'no-such-host.invalid': [Errno -2] Name or service not known",
    "something that nobody has seen yet",
]


@pytest.mark.parametrize("words", PASSING)
def test_a_server_that_is_not_there_yet_is_waited_for(words: str) -> None:
    assert will_pass(psycopg.OperationalError(words))


@pytest.mark.parametrize("words", LASTING)
def test_what_only_a_person_can_mend_is_not(words: str) -> None:
    assert not will_pass(psycopg.OperationalError(words))


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (psycopg.errors.AdminShutdown("the server ends"), True),
        (psycopg.errors.CannotConnectNow("it starts"), True),
        (psycopg.errors.DeadlockDetected("another was first"), True),
        (psycopg.errors.ConnectionFailure("cut"), True),
        (psycopg.errors.DiskFull("no space left"), True),
        (psycopg.errors.InsufficientPrivilege("connection refused by policy"), False),
        (psycopg.errors.UndefinedTable("what is this?"), False),
        (None, False),
    ],
)
def test_a_code_of_the_server_goes_above_its_words(error: BaseException | None, passes: bool) -> None:
    assert will_pass(error) is passes


def test_a_locked_file_passes_and_a_file_that_is_something_else_does_not(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_bytes(b"x" * 5000)
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        errors = []
        for name in ("store.db", "letter.db"):
            with closing(sqlite3.connect(tmp_path / name, timeout=0)) as connection:
                with pytest.raises(sqlite3.DatabaseError) as refused:
                    connection.execute("PRAGMA schema_version")
                errors.append(refused.value)

    assert [will_pass(error) for error in errors] == [True, False]


def test_a_file_that_cannot_grow_is_a_full_disk(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as refused:
            connection.execute("CREATE TABLE words AS SELECT zeroblob(100000) AS word")

    assert refused.value.sqlite_errorcode == sqlite3.SQLITE_FULL
    assert is_full(refused.value, tmp_path / "store.db")


def test_a_disk_is_full_when_the_system_or_sqlite_says_so(tmp_path: Path) -> None:
    file = tmp_path / "store.db"

    assert is_full(OSError(errno.ENOSPC, "No space left on device"), file)
    assert is_full(OSError(errno.EDQUOT, "Disk quota exceeded"), file)
    assert is_full(sqlite_error(sqlite3.SQLITE_FULL), None)
    assert not is_full(OSError(errno.EACCES, "Permission denied"), file)
    assert not is_full(sqlite_error(sqlite3.SQLITE_BUSY), file)
    assert not is_full(None, file)


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_CANTOPEN]
)
def test_a_failure_of_the_disk_is_a_full_disk_only_where_nothing_more_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    error, file = sqlite_error(code), tmp_path / "store.db"
    with_room = is_full(error, file)
    monkeypatch.setattr("store.outages.os.posix_fallocate", no_room)

    assert is_full(error, file)
    assert not with_room
    assert not is_full(error, tmp_path / "no folder" / "store.db")
    assert not is_full(error, None)


def no_room(_descriptor: int, _start: int, _length: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error
