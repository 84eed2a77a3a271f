from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database
from tests.worlds import empty_store


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with empty_store(tmp_path) as store:
        yield store
