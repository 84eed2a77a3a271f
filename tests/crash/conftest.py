from pathlib import Path

import pytest

from tests.crash.databases import PostgresStores, SqliteStores, Stores
from tests.crash.office import settle_in, write_long_plan


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    return write_long_plan(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path, plan_file: Path) -> Stores:
    """Stores in which the plan is in force and the chats are bound."""
    made: Stores
    if request.param == "sqlite":
        made = SqliteStores(tmp_path)
    else:
        made = await PostgresStores.on(request.getfixturevalue("postgresql_server"))
    await settle_in(made.pattern, plan_file)
    return made
