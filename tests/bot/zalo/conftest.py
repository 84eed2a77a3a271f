from collections.abc import AsyncIterator

import pytest

from tests.bot.zalo.lan import Lan, open_lan


@pytest.fixture
async def lan() -> AsyncIterator[Lan]:
    async with open_lan() as opened:
        yield opened
