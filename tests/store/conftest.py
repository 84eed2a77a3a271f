"""Every test of the store runs on SQLite and on a real PostgreSQL."""

import pytest

from store.database import Database


@pytest.fixture
def database(each_database: Database) -> Database:
    return each_database
