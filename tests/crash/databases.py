"""Fresh stores by the dozen: each a copy of one in which everything is settled."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine


class Stores(Protocol):
    """`pattern` is the URL of the store to be copied."""

    @property
    def pattern(self) -> str: ...

    async def copy(self, name: str) -> str:
        """A new store like the pattern, which nobody may be using; returns its URL."""
        ...

    async def forget(self, name: str) -> None: ...


@dataclass(frozen=True)
class SqliteStores:
    folder: Path

    @property
    def pattern(self) -> str:
        return f"sqlite:///{self.folder / 'pattern.db'}"

    async def copy(self, name: str) -> str:
        shutil.copy(self.folder / "pattern.db", self.folder / f"{name}.db")
        return f"sqlite:///{self.folder / name}.db"

    async def forget(self, name: str) -> None:
        (self.folder / f"{name}.db").unlink()


@dataclass(frozen=True)
class PostgresStores:
    """Databases on one server; `url` is that of a database there, under which others may be made."""

    url: str

    @property
    def pattern(self) -> str:
        return self._of("pattern")

    async def start_anew(self) -> None:
        async with self._at_the_server() as connection:
            await connection.execute(text("DROP DATABASE IF EXISTS pattern WITH (FORCE)"))
            await connection.execute(text("CREATE DATABASE pattern"))

    async def copy(self, name: str) -> str:
        async with self._at_the_server() as connection:
            await connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE pattern"))
        return self._of(name)

    async def forget(self, name: str) -> None:
        async with self._at_the_server() as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def _of(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    @asynccontextmanager
    async def _at_the_server(self) -> AsyncIterator[AsyncConnection]:
        engine = create_async_engine(self.url, isolation_level="AUTOCOMMIT")
        try:
            async with engine.connect() as connection:
                yield connection
        finally:
            await engine.dispose()
