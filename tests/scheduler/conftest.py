from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database
from tests.app.town import Town, open_town
from tests.scheduler.desk import Desk, move_in, open_desk
from tests.worlds import empty_store


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with empty_store(tmp_path) as store:
        yield store


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as opened:
        await move_in(opened)
        yield opened


@pytest.fixture
async def desk(town: Town, database: Database) -> AsyncIterator[Desk]:
    async with open_desk(town, database) as opened:
        yield opened
