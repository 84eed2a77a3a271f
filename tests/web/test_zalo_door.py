"""The door for events of Zalo: only Zalo comes in, and nothing is confirmed before it is kept."""

import hmac
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
from web.zalo_door import zalo_door

PATH, SECRET = "/zalo", "s3cret-of-zalo"
EVENT = {
    "event_name": "message.text.received",
    "message": {
        "from": {"id": "6ede9afa", "display_name": "Ted", "is_bot": False},
        "chat": {"id": "6ede9afa", "chat_type": "PRIVATE"},
        "text": "hạn",
        "message_id": "2d758cb5",
        "date": 1750316131602,
    },
}
WRAPPED = {"ok": True, "result": EVENT}
KEPT = ("message.text.received:2d758cb5", "6ede9afa")


@pytest.fixture
async def visitor(serve: Serve, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Brings events to a door behind which is an inbox."""

    async def keep(arrivals: list[Arrival]) -> None:
        async with database.write() as session:
            await inbox.keep(session, channel="zalo", arrivals=arrivals, now=WALL)

    async with serve(zalo_door(PATH, secret=SECRET, keep=keep)) as opened:
        yield opened


async def bring(visitor: httpx.AsyncClient, content: object, *, secret: str | bytes | None = SECRET) -> int:
    return await bring_to(visitor, PATH, content, header="X-Bot-Api-Secret-Token", secret=secret)


async def test_the_same_event_bare_and_wrapped_and_again_is_in_the_inbox_once(
    visitor: httpx.AsyncClient, database: Database
) -> None:
    first = await bring(visitor, EVENT)
    after_first = await kept(database)
    others = [await bring(visitor, content) for content in (EVENT, WRAPPED, WRAPPED)]

    assert (first, after_first) == (200, [KEPT])
    assert others == [200, 200, 200]
    assert await kept(database) == [KEPT]


@pytest.mark.parametrize(
    "secret", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "số bí mật".encode(), b"\xff"]
)
@pytest.mark.parametrize("content", [EVENT, {}, b"{"], ids=["an event", "a trial", "nonsense"])
async def test_who_does_not_know_the_secret_stays_outside_and_learns_nothing(
    visitor: httpx.AsyncClient, database: Database, secret: str | bytes | None, content: object
) -> None:
    assert await bring(visitor, content, secret=secret) == 401
    assert await kept(database) == []


async def test_telegrams_header_opens_nothing_here(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post(PATH, json=EVENT, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})

    assert answer.status_code == 401


async def test_secrets_are_compared_in_constant_time(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)

    assert await bring(visitor, EVENT) == 401
    assert compared == [(SECRET.encode(), SECRET.encode())]


async def test_an_empty_object_only_tries_the_door(visitor: httpx.AsyncClient, database: Database) -> None:
    assert await bring(visitor, {}) == 200
    assert await kept(database) == []


NO_EVENTS: list[object] = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"event_name": "x", "n": NaN}',
    b'{"event_name": "x", "n": 1e999}',
    b'{"event_name": "x", "n": ' + b"9" * 5000 + b"}",
    [],
    "x",
    {"message": EVENT["message"]},
    {"event_name": 7},
    {"ok": True, "result": []},
    {"ok": True, "result": None},
]


@pytest.mark.parametrize("content", NO_EVENTS, ids=range(len(NO_EVENTS)))
async def test_what_is_no_event_is_refused(
    visitor: httpx.AsyncClient, database: Database, content: object
) -> None:
    assert await bring(visitor, content) == 400
    assert await kept(database) == []


async def test_an_event_that_nobody_can_read_is_kept_like_any_other(
    visitor: httpx.AsyncClient, database: Database
) -> None:
    strange = b'{"event_name": "x", "message": {"message_id": "\\ud800 \\u0000", "chat": {"id": 7}}}'

    assert await bring(visitor, strange) == 200
    [(update_id, lane)] = await kept(database)
    assert update_id == lane
    assert update_id.startswith("sha256:")


async def test_what_is_too_long_is_refused_whether_it_says_so_or_not(
    visitor: httpx.AsyncClient, database: Database
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b" " * 10_000

    announced = await bring(visitor, b" " * (MOST_BYTES + 1))
    unannounced = await visitor.post(PATH, content=endless(), headers={"X-Bot-Api-Secret-Token": SECRET})

    assert (announced, unannounced.status_code) == (413, 413)
    assert await kept(database) == []


async def test_while_the_database_is_away_nothing_is_confirmed(serve: Serve) -> None:
    away = True

    async def keep(arrivals: list[Arrival]) -> None:
        if away:
            raise OperationalError("BEGIN", {}, Exception("connection refused"))

    async with serve(zalo_door(PATH, secret=SECRET, keep=keep)) as visitor:
        meanwhile = await bring(visitor, EVENT)
        away = False
        afterwards = await bring(visitor, EVENT)

    assert (meanwhile, afterwards) == (503, 200)


async def test_events_are_brought_and_not_fetched(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get(PATH)).status_code == 405
