"""The database as a command opens it: ready for use, or a word to the operator."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from app.errors import SettingError
from store.database import Database, sqlite_file
from store.lock import AlreadyHeld, held_alone
from store.migrate import UnknownSchema, migrate
from store.outages import is_full, will_pass

_log = structlog.get_logger("service")
_TRY_AGAIN_SECONDS = 5.0
_T = TypeVar("_T")


class NotYet(SettingError):
    """The database cannot be used now, for a reason that passes by itself."""


@asynccontextmanager
async def only_bot_on(url: str) -> AsyncIterator[None]:
    """Keep every other bot away from the SQLite file while this one runs; a PostgreSQL is shared. Waits while the disk is
    full. Raises SettingError when a bot runs on the file already."""
    file = sqlite_file(url)
    with ExitStack() as stack:

        async def hold() -> None:
            if file is not None:
                _hold(file, stack)

        await _as_soon_as_it_can_be(hold)
        yield


def _hold(file: Path, stack: ExitStack) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        stack.enter_context(held_alone(file))
    except AlreadyHeld as held:
        raise _runs_already(held) from None
    except OSError as error:
        raise _not_accessible(error, file) from error


@asynccontextmanager
async def opened_database(url: str) -> AsyncIterator[Database]:
    """The database at `url`, brought to this program's schema; closed at the end. Raises SettingError if it cannot be
    used, NotYet if it will be usable later."""
    file = sqlite_file(url)
    try:
        database = Database(url)
        await asyncio.to_thread(_open_file_once, file)
    except OSError as error:
        raise _not_accessible(error, file) from error
    except sqlite3.Error as error:
        raise _unusable(error, file) from error
    try:
        await _made_ready(database, file)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def awaited_database(url: str) -> AsyncIterator[Database]:
    """The same for a bot, which waits as long as it takes: a server that still starts, a file that is locked or a disk that
    is full is no reason to give up. Raises SettingError for what does not pass."""
    async with AsyncExitStack() as stack:
        yield await _as_soon_as_it_can_be(lambda: stack.enter_async_context(opened_database(url)))


async def _as_soon_as_it_can_be(attempt: Callable[[], Awaitable[_T]]) -> _T:
    while True:
        try:
            return await attempt()
        except NotYet as error:
            _log.warning(
                "the database is not available yet; trying again",
                error=error.problem,
                retry_in_seconds=_TRY_AGAIN_SECONDS,
            )
        await asyncio.sleep(_TRY_AGAIN_SECONDS)


async def _made_ready(database: Database, file: Path | None) -> None:
    try:
        await migrate(database)
    except DBAPIError as error:
        raise _unusable(error.orig, file) from error
    except UnknownSchema as error:
        raise SettingError(
            f"DATABASE_URL: the database has a schema that this version does not know: {error.revision}.",
            "It was written by a newer version of Nhắc Việc: start that one, or go back to a backup.",
        ) from error


def _open_file_once(file: Path | None) -> None:
    """The asynchronous driver leaves a thread behind for a file that cannot be opened; find that out without it."""
    if file is not None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA schema_version")


def _runs_already(held: AlreadyHeld) -> SettingError:
    who = f" (process {held.holder})" if held.holder else ""
    return SettingError(
        f"DATABASE_URL: another nhacviec{who} runs on {held.file} already.",
        "One bot runs on one SQLite file: stop the other one first, or give this one a database of its own.",
    )


def _not_accessible(error: OSError, file: Path | None) -> SettingError:
    if is_full(error, file):
        return _disk_full(file)
    return SettingError(
        f"DATABASE_URL: {error.filename or file}: {error.strerror}",
        "Name a file in a folder that this user can write to.",
    )


def _unusable(error: BaseException | None, file: Path | None) -> SettingError:
    if is_full(error, file):
        return _disk_full(file)
    kind = NotYet if will_pass(error) else SettingError
    return kind(
        f"DATABASE_URL: the database cannot be used: {_first_line(error)}",
        "Is the address right, does the server run, and may this user write there?",
    )


def _disk_full(file: Path | None) -> NotYet:
    return NotYet(f"DATABASE_URL: the disk of {file} is full.", "Make room on it, then try again.")


def _first_line(error: BaseException | None) -> str:
    return (str(error).splitlines() or [""])[0]
