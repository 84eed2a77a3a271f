from pathlib import Path

import pytest

from tests.crash.customs import Customs
from tests.crash.databases import PostgresStores, SqliteStores, Stores
from tests.crash.deaths import Place
from tests.crash.office import settle_in, write_long_plan


@pytest.fixture(params=["sqlite", "postgresql"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, customs: Customs) -> Place:
    """Stores in which a plan is in force and the chats of a channel, `customs`, are bound."""
    plan = write_long_plan(tmp_path, customs)
    stores: Stores
    if request.param == "sqlite":
        stores = SqliteStores(tmp_path)
    else:
        stores = await PostgresStores.on(request.getfixturevalue("postgresql_server"))
    await settle_in(stores.pattern, plan, customs)
    return Place(folder=tmp_path, stores=stores, plan=plan, customs=customs)
