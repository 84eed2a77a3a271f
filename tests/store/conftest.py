"""Every test of the store runs on SQLite and on a real PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database
from tests.worlds import empty_store


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    async with empty_store(tmp_path) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    store: Database = request.getfixturevalue(request.param)
    return store
