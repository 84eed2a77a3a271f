"""What those who watch over the bot get to know, and that nothing that hangs keeps them waiting."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from store.database import Database
from tests.app.town import eventually
from tests.web.conftest import Serve
from web.health import Health, Trouble

SINCE = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SCAN = Trouble(name="scan", detail="no scan today", since=SINCE)


async def nothing() -> Sequence[Trouble]:
    return []


@asynccontextmanager
async def open_health(
    serve: Serve,
    database: Database,
    troubles: Callable[[], Awaitable[Sequence[Trouble]]] = nothing,
    *,
    patience: float = 30,
) -> AsyncIterator[httpx.AsyncClient]:
    health = Health(database, troubles, patience=patience)
    async with serve(*health.routes()) as visitor:
        yield visitor
        health.close()


@asynccontextmanager
async def locked_out(database: Database) -> AsyncIterator[None]:
    """Whoever asks for the plans waits."""
    async with database.write() as session:
        await session.execute(text("LOCK TABLE plans IN ACCESS EXCLUSIVE MODE"))
        yield


async def test_a_bot_that_is_well_says_so(serve: Serve, database: Database) -> None:
    async with open_health(serve, database) as visitor:
        answers = [await visitor.get(path) for path in ("/health", "/health/ready", "/health/live")]

    for answer in answers:
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "troubles": []})
        assert answer.headers["Cache-Control"] == "no-store"


async def test_troubles_are_told_with_name_detail_and_since_when(serve: Serve, database: Database) -> None:
    async def troubles() -> Sequence[Trouble]:
        return [SCAN]

    async with open_health(serve, database, troubles) as visitor:
        health, ready, live = [
            await visitor.get(path) for path in ("/health", "/health/ready", "/health/live")
        ]

    assert health.status_code == 503
    assert health.json() == {
        "status": "trouble",
        "troubles": [{"name": "scan", "detail": "no scan today", "since": "2026-11-23T12:00:00+00:00"}],
    }
    assert (ready.status_code, live.status_code) == (200, 200)


async def test_who_cannot_receive_is_not_ready_and_lives(serve: Serve, database: Database) -> None:
    away = Trouble(name="receiving", detail="no poll has succeeded", since=SINCE)
    health = Health(database, nothing, receiving=lambda: [away])
    async with serve(*health.routes()) as visitor:
        ready, live = [await visitor.get(path) for path in ("/health/ready", "/health/live")]
        health.close()

    assert (ready.status_code, live.status_code) == (503, 200)
    assert [trouble["name"] for trouble in ready.json()["troubles"]] == ["receiving"]


async def test_a_watch_that_breaks_is_a_trouble_without_its_words(serve: Serve, database: Database) -> None:
    async def breaks() -> Sequence[Trouble]:
        raise OperationalError("SELECT", {}, Exception("password=hunter2"))

    async with open_health(serve, database, breaks) as visitor:
        answer = await visitor.get("/health")

    assert answer.status_code == 503
    [trouble] = answer.json()["troubles"]
    assert trouble["name"] == "watch"
    assert "hunter2" not in answer.text


async def test_a_watch_that_hangs_is_a_trouble(serve: Serve, database: Database) -> None:
    async def hangs() -> Sequence[Trouble]:
        await asyncio.Event().wait()
        return []

    async with open_health(serve, database, hangs, patience=0.05) as visitor:
        answer = await visitor.get("/health")

    assert [trouble["name"] for trouble in answer.json()["troubles"]] == ["watch"]


async def test_a_database_that_hangs_makes_it_unready_until_it_answers_again(
    serve: Serve, postgresql: Database
) -> None:
    async with open_health(serve, postgresql, patience=0.2) as visitor:

        async def is_ready() -> bool:
            return (await visitor.get("/health/ready")).status_code == 200

        await eventually(is_ready)
        async with locked_out(postgresql):
            hanging = [await visitor.get(path) for path in ("/health/ready", "/health", "/health/live")]
        await eventually(is_ready)

    assert [answer.status_code for answer in hanging] == [503, 503, 200]
    first, second = (answer.json()["troubles"][0] for answer in hanging[:2])
    assert first["name"] == "database"
    assert second["since"] == first["since"]


async def test_however_many_ask_the_database_is_asked_once_at_a_time(
    serve: Serve, postgresql: Database
) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with open_health(serve, postgresql, patience=0.2) as visitor, locked_out(postgresql):
        answers = await asyncio.gather(*(visitor.get("/health/ready") for _ in range(20)))
        async with postgresql.read() as session:
            asking = await session.scalar(waiting)

    assert {answer.status_code for answer in answers} == {503}
    assert asking == 1


async def test_a_database_without_its_tables_is_not_ready(serve: Serve) -> None:
    empty = Database("sqlite:///:memory:")
    async with open_health(serve, empty) as visitor:
        answer = await visitor.get("/health/ready")
    await empty.close()

    assert answer.status_code == 503
    assert answer.json()["troubles"][0]["detail"] == "the database does not answer (OperationalError)"


async def test_there_is_nothing_else_to_see(serve: Serve, database: Database) -> None:
    async with open_health(serve, database) as visitor:
        answers = [await visitor.get("/"), await visitor.get("/health/x"), await visitor.post("/health")]

    assert [answer.status_code for answer in answers] == [404, 404, 405]
