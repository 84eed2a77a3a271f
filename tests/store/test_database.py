"""What the database says when something is refused."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

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


async def test_who_waited_for_another_writer_has_the_connection_as_it_was(sqlite: Database) -> None:
    async def busy_timeout() -> object:
        async with sqlite.write() as session:
            return await session.scalar(text("PRAGMA busy_timeout"))

    before = await busy_timeout()
    with closing(sqlite3.connect(str(sqlite.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(busy_timeout())
        await asyncio.sleep(0.3)
        waited = not waiting.done()
        other.execute("ROLLBACK")

    assert await waiting == before
    assert waited


async def test_who_opens_a_new_file_while_another_process_has_it_waits_for_it(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    database = Database(f"sqlite:///{file}")

    async def journal() -> object:
        async with database.read() as session:
            return await session.scalar(text("PRAGMA journal_mode"))

    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        opening = asyncio.create_task(journal())
        await asyncio.sleep(0.3)
        waited = not opening.done()
        other.execute("ROLLBACK")

    assert await opening == "wal"
    assert waited
    await database.close()
