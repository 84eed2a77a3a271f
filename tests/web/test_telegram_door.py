"""The door for updates: only Telegram comes in, and nothing is confirmed before it is kept."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from store import inbox
from store.database import Database
from store.inbox import Arrival
from tests.web.bringing import bring_to, kept
from tests.web.conftest import Serve
from tests.worlds import WALL
from web.door import MOST_BYTES
from web.telegram_door import telegram_door

PATH, SECRET = "/telegram", "s3cret"
UPDATE = {"update_id": 5, "message": {"message_id": 1, "chat": {"id": 7, "type": "private"}, "text": "hạn"}}


@pytest.fixture
async def visitor(serve: Serve, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Brings updates to a door behind which is an inbox."""

    async def keep(arrivals: list[Arrival]) -> None:
        async with database.write() as session:
            await inbox.keep(session, channel="telegram", arrivals=arrivals, now=WALL)

    async with serve(telegram_door(PATH, secret=SECRET, keep=keep)) as opened:
        yield opened


async def bring(visitor: httpx.AsyncClient, content: object, *, secret: str | bytes | None = SECRET) -> int:
    return await bring_to(visitor, PATH, content, header="X-Telegram-Bot-Api-Secret-Token", secret=secret)


async def test_an_update_is_in_the_inbox_when_it_is_confirmed_and_there_once(
    visitor: httpx.AsyncClient, database: Database
) -> None:
    statuses = [await bring(visitor, UPDATE), await bring(visitor, UPDATE)]

    assert statuses == [200, 200]
    assert await kept(database) == [("5", "7")]


@pytest.mark.parametrize("secret", [None, "", "s3cre", "s3cret2", "S3CRET", "số bí mật".encode(), b"\xff"])
async def test_who_does_not_know_the_secret_stays_outside(
    visitor: httpx.AsyncClient, database: Database, secret: str | bytes | None
) -> None:
    assert await bring(visitor, UPDATE, secret=secret) == 401
    assert await kept(database) == []


NO_UPDATES: list[object] = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"update_id": NaN}',
    b'{"update_id": 5, "message": 1e999}',
    b'{"update_id": 5, "message": -Infinity}',
    b'{"update_id": ' + b"9" * 5000 + b"}",
    [],
    "x",
    {},
    {"update_id": "5"},
    {"update_id": True},
    {"update_id": 5.0},
    {"update_id": 2**63},
]


@pytest.mark.parametrize("content", NO_UPDATES, ids=range(len(NO_UPDATES)))
async def test_what_is_no_update_is_refused(
    visitor: httpx.AsyncClient, database: Database, content: object
) -> None:
    assert await bring(visitor, content) == 400
    assert await kept(database) == []


async def test_an_update_that_nobody_can_read_is_kept_like_any_other(
    visitor: httpx.AsyncClient, database: Database
) -> None:
    strange = b'{"update_id": 6, "message": {"chat": "x", "text": "\\ud800 \\u0000"}}'

    assert await bring(visitor, strange) == 200
    assert await kept(database) == [("6", "update 6")]


async def test_what_is_too_long_is_refused_whether_it_says_so_or_not(
    visitor: httpx.AsyncClient, database: Database
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b" " * 10_000

    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    announced = await bring(visitor, b" " * (MOST_BYTES + 1))
    unannounced = await visitor.post(PATH, content=endless(), headers=headers)

    assert (announced, unannounced.status_code) == (413, 413)
    assert await kept(database) == []


async def test_while_the_database_is_away_nothing_is_confirmed(serve: Serve) -> None:
    away = True

    async def keep(arrivals: list[Arrival]) -> None:
        if away:
            raise OperationalError("BEGIN", {}, Exception("connection refused"))

    async with serve(telegram_door(PATH, secret=SECRET, keep=keep)) as visitor:
        meanwhile = await bring(visitor, UPDATE)
        away = False
        afterwards = await bring(visitor, UPDATE)

    assert (meanwhile, afterwards) == (503, 200)


async def test_updates_are_brought_and_not_fetched(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get(PATH)).status_code == 405
