"""The web room served in the test's own loop, over a real store."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.routing import BaseRoute

from store.database import Database
from tests.web.boarding import Town, open_town
from tests.worlds import empty_store
from web.application import application
from web.serving import serving

Serve = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with empty_store(tmp_path) as store:
        yield store


@pytest.fixture
def serve() -> Serve:
    """Serves routes and yields a visitor to them."""

    @asynccontextmanager
    async def served(*routes: BaseRoute) -> AsyncIterator[httpx.AsyncClient]:
        async with (
            serving(application(routes), host="127.0.0.1", port=0) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as visitor,
        ):
            yield visitor

    return served


@pytest.fixture
async def town(each_database: Database) -> AsyncIterator[Town]:
    """The board on the small plan, on each database."""
    async with open_town(each_database) as opened:
        yield opened
