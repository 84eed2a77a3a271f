"""What is told when updates do not come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.clock import wall_clock
from app.receiving import WayIn
from app.telegram_line import way_in
from bot.telegram.connect import make_bot
from store.database import Database
from store.inbox import Arrival
from tests.app.town import TOKEN, Town, eventually, open_town, settings_for
from tests.worlds import empty_store

LAN = 1001
WEBHOOK = {"telegram_webhook_url": "http://127.0.0.1:9/telegram", "nhacviec_listen": "127.0.0.1:9"}
LATER = timedelta(minutes=2, seconds=1)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as opened:
        await opened.person(LAN, "Lan")
        yield opened


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with empty_store(tmp_path) as store:
        yield store


@asynccontextmanager
async def receiving(
    town: Town, database: Database, folder: Path, **more: object
) -> AsyncIterator[tuple[WayIn, list[Arrival]]]:
    """A way in that runs, and what came by it."""
    came: list[Arrival] = []

    async def keep(arrivals: list[Arrival]) -> None:
        came.extend(arrivals)

    settings = settings_for(town.url, folder, **more)
    async with make_bot(token=TOKEN, api_url=town.url, proxy=None) as bot:
        way = way_in(settings, bot, database, keep, who="here", began=wall_clock())
        await way.prepare()
        running = asyncio.create_task(way.run())
        yield way, came
        running.cancel()
        await asyncio.wait([running])


def names(way: WayIn, wall: datetime) -> list[str]:
    return [trouble.name for trouble in way.troubles(wall)]


async def test_a_poll_that_succeeds_is_no_trouble_and_silence_for_two_minutes_is(
    town: Town, database: Database, tmp_path: Path
) -> None:
    async with receiving(town, database, tmp_path) as (way, came):
        await town.says(LAN, "/due")

        async def received() -> bool:
            return bool(came)

        await eventually(received)
        heard_at = wall_clock()

        assert names(way, heard_at) == []
        assert names(way, heard_at + LATER) == ["receiving"]
    assert names(way, heard_at + LATER) == []


async def test_polling_that_never_succeeds_is_a_trouble(
    town: Town, database: Database, tmp_path: Path
) -> None:
    await town.fault("status", method="getUpdates", status=502, times=100)
    began = wall_clock()
    async with receiving(town, database, tmp_path) as (way, _):

        async def is_trouble() -> bool:
            return bool(way.troubles(wall_clock() + LATER))

        await eventually(is_trouble)
        [trouble] = way.troubles(wall_clock() + LATER)

    assert trouble.since >= began
    assert trouble.detail == "no poll for updates has succeeded"


async def test_a_webhook_that_telegram_cannot_reach_is_a_trouble(
    town: Town, database: Database, tmp_path: Path
) -> None:
    await town.says(LAN, "/due")
    began = wall_clock()
    async with receiving(town, database, tmp_path, **WEBHOOK) as (way, _):
        assert len(way.doors) == 1
        assert names(way, began) == []
        assert names(way, wall_clock() + LATER) == ["receiving"]
