"""Alembic at work: the migrations that a database has not had yet."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from store.migrate import MIGRATIONS


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the database of a connection to that schema, inside its transaction. There is no alembic.ini."""
    config = Config()
    # `%` is special to the ini parser behind it.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
