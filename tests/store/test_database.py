"""What the database says when something is refused."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from store.database import Database


async def test_an_error_does_not_tell_what_people_wrote(database: Database) -> None:
    insert = text("INSERT INTO agencies (code, name, kind, aliases) VALUES (:code, :name, 'so', '[]')")
    twice_the_same = [{"code": "STP", "name": "lời của cán bộ"}] * 2

    async with database.write() as session:
        with pytest.raises(IntegrityError) as refused:
            await session.execute(insert, twice_the_same)

    assert "lời của cán bộ" not in str(refused.value)
