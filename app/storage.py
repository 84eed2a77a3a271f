"""The database as a command opens it: ready for use, or a word to the operator."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from alembic.util import CommandError
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from app.errors import SettingError
from store.database import Database
from store.migrate import migrate


@asynccontextmanager
async def opened_database(url: str) -> AsyncIterator[Database]:
    """The database at `url`, brought to this program's schema; closed at the end. Raises SettingError if it cannot be
    used."""
    try:
        database = Database(url)
        _open_file_once(url)
    except OSError as error:
        raise SettingError(
            f"DATABASE_URL: {error.filename}: {error.strerror}",
            "Name a file in a folder that this user can write to.",
        ) from error
    except sqlite3.Error as error:
        raise _unusable(error) from error
    try:
        await _made_ready(database)
        yield database
    finally:
        await database.close()


async def _made_ready(database: Database) -> None:
    try:
        await migrate(database)
    except DBAPIError as error:
        raise _unusable(error.orig) from error
    except CommandError as error:
        raise SettingError(
            f"DATABASE_URL: the database has a schema that this version does not know: {_first_line(error)}",
            "It was written by a newer version of Nhắc Việc: start that one, or go back to a backup.",
        ) from error


def _open_file_once(url: str) -> None:
    """The asynchronous driver leaves a thread behind for a file that cannot be opened; find that out without it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        with closing(sqlite3.connect(str(parsed.database))) as connection:
            connection.execute("PRAGMA schema_version")


def _unusable(error: BaseException | None) -> SettingError:
    return SettingError(
        f"DATABASE_URL: the database cannot be used: {_first_line(error)}",
        "Is the address right, does the server run, and may this user write there?",
    )


def _first_line(error: BaseException | None) -> str:
    return (str(error).splitlines() or [""])[0]
