"""Fresh stores by the dozen: each a copy of one in which everything is settled."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.databases import at_the_server, new_database


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
    """Databases on one server; `url` is that of another one there."""

    url: str
    pattern: str

    @classmethod
    async def on(cls, url: str) -> "PostgresStores":
        """Its clients die, the machine does not: what is written need not be on the disk."""
        at_the_server(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        return cls(url=url, pattern=new_database(url, "pattern"))

    async def copy(self, name: str) -> str:
        return await asyncio.to_thread(new_database, self.url, name, like="pattern")

    async def forget(self, name: str) -> None:
        await asyncio.to_thread(at_the_server, self.url, f"DROP DATABASE {name} WITH (FORCE)")
