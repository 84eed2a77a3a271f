"""Bring a database to the schema of this program, at start and in one place. Forward only."""

import re
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from store.database import Database
from store.turns import SCHEMA, take_turn

MIGRATIONS = Path(__file__).parent / "migrations"


class UnknownSchema(Exception):
    """The database has the schema `revision`, which is none of this program's: a newer one wrote it."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision


async def migrate(database: Database) -> None:
    """Run what is missing, inside one transaction that is alone at it: of several processes that start at the same moment
    the first migrates, and the others find it done. Raises UnknownSchema."""
    async with database.write() as session:
        await take_turn(session, SCHEMA)
        connection = await session.connection()
        revision = await connection.run_sync(_revision)
        known = known_revisions()
        if revision == max(known):
            return
        if revision is not None and revision not in known:
            raise UnknownSchema(revision)
        # Seldom needed, and Alembic is a tenth of the memory of a bot.
        from store.upgrade import upgrade

        await connection.run_sync(upgrade)


def known_revisions() -> frozenset[str]:
    """The schemas, old and present, that this program can bring to its own: the numbers before its migrations' names. The
    greatest is its own."""
    names = (re.fullmatch(r"([0-9]{4})_\w+\.py", path.name) for path in (MIGRATIONS / "versions").iterdir())
    return frozenset(name[1] for name in names if name)


def _revision(connection: Connection) -> str | None:
    """Where Alembic keeps it; None in an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
