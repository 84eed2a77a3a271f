"""SQLite without a thread: its calls run in the event loop.

SQLite is a library in this process, not a server: a call of ours takes microseconds, and handing it to a thread and back
costs several times that (a /due makes dozens). What may take long is waiting for another process's lock, and that waits as a
coroutine (store.database).
"""

import sqlite3
from datetime import date
from typing import Any

from sqlalchemy import URL, Date, Dialect, Pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite import DATE
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

DRIVER = "sqlite+inline"


class _Cursor(sqlite3.Cursor):
    """A cursor with the two things that SQLAlchemy's asyncio layer (2.1) asks for: that executing goes through the event
    loop's greenlet, and a word after each statement that nothing is pending."""

    def execute(self, *statement: Any) -> "_Cursor":
        await_only(_nothing())
        super().execute(*statement)
        return self

    def executemany(self, *statement: Any) -> "_Cursor":
        await_only(_nothing())
        super().executemany(*statement)
        return self

    async def _async_soft_close(self) -> None:
        return


async def _nothing() -> None:
    return


class _Connection(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)


class _Day(DATE):
    """A date, kept as SQLAlchemy keeps it (ISO 8601), and written so by one call of C."""

    def bind_processor(self, dialect: Dialect) -> Any:
        return lambda day: None if day is None else date.isoformat(day)


class InlineSqlite(SQLiteDialect_pysqlite):
    """The standard library's driver, as SQLAlchemy's AsyncEngine wants a dialect to be."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True
    colspecs = SQLiteDialect_pysqlite.colspecs | {Date: _Day}

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003 (SQLAlchemy's signature)
        return AsyncAdaptedQueuePool

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        return super().connect(*cargs, **cparams, factory=_Connection)


registry.register("sqlite.inline", __name__, InlineSqlite.__name__)
