from collections.abc import AsyncIterator

import pytest_asyncio

from tests.bot.office import Office, open_office


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    async with open_office() as opened:
        yield opened
