"""Bring a database to the schema of this program, at start and in one place. Forward only."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.database import Database
from store.turns import SCHEMA, take_turn

_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> None:
    """Run what is missing, inside one transaction that is alone at it: of several processes that start at the same moment
    the first migrates, and the others find it done."""
    async with database.write() as session:
        await take_turn(session, SCHEMA)
        connection = await session.connection()
        await connection.run_sync(_upgrade)


def known_revisions() -> frozenset[str]:
    """The schemas, old and present, that this program can bring to its own."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for a connection that is open already; there is no alembic.ini."""
    config = _config()
    config.attributes["connection"] = connection
    return config


def _config() -> Config:
    config = Config()
    # `%` is special to the ini parser behind it.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")
