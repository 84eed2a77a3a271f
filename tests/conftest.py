"""What holds for every test, and the real PostgreSQL for those that want one."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings

from store.database import Database
from tests.databases import migrate_all, new_database, opened
from tests.postgres_server import server_in
from tests.worlds import empty_store

# No deadlines: how fast the machine is today is no property of the program. CI tries the same examples each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL of its own for this run of the tests."""
    # Not among pytest's folders: for root it runs as another user, from whom any other run of pytest shuts them.
    with tempfile.TemporaryDirectory(prefix="nhacviec-pg-") as folder, server_in(Path(folder)) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """An empty database on it."""
    return new_database(postgresql_server, "store")


@pytest.fixture(scope="session")
def migrated_pattern(postgresql_server: str) -> str:
    """The name of a migrated database on it, of which copies are made."""
    url = new_database(postgresql_server, "migrated")
    # A loop of our own, wherever this is asked for.
    with ThreadPoolExecutor() as aside:
        aside.submit(lambda: asyncio.run(migrate_all(url))).result()
    return "migrated"


@pytest.fixture
def postgresql_store_url(postgresql_server: str, migrated_pattern: str) -> str:
    """A migrated database on it."""
    return new_database(postgresql_server, "store", like=migrated_pattern)


@pytest.fixture
async def postgresql(postgresql_store_url: str) -> AsyncIterator[Database]:
    """A migrated store on it."""
    async with opened(postgresql_store_url) as store:
        yield store


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated store in a SQLite file."""
    async with empty_store(tmp_path) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest) -> Database:
    """A migrated store, on SQLite and on PostgreSQL."""
    store: Database = request.getfixturevalue(request.param)
    return store
