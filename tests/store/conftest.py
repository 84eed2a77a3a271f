"""Every test of the store runs on SQLite and on a real PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from store.database import Database
from store.migrate import migrate
from tests.postgresql import postgresql_url as postgresql_url
from tests.worlds import empty_store


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        async with empty_store(tmp_path) as store:
            yield store
        return
    store = Database(request.getfixturevalue("postgresql_url"))
    try:
        async with store.engine.begin() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
        await migrate(store)
        yield store
    finally:
        await store.close()
