"""What holds for every test, and the real PostgreSQL for those that want one."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import text

from store.database import Database
from store.migrate import migrate
from tests.postgres_server import server_in

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
async def postgresql_url(postgresql_server: str) -> str:
    """An empty database on it, without a schema."""
    store = Database(postgresql_server)
    try:
        async with store.engine.begin() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
    finally:
        await store.close()
    return postgresql_server


@pytest.fixture
async def postgresql(postgresql_url: str) -> AsyncIterator[Database]:
    """A migrated store on it."""
    store = Database(postgresql_url)
    try:
        await migrate(store)
        yield store
    finally:
        await store.close()
