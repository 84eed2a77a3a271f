"""The database goes away while the bot receives, handles, scans and delivers: it waits, says so, goes on by itself, and
nothing is lost and nothing comes twice."""

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, event, func, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from app.clock import RehearsalClock
from app.rules import read_rules
from app.service import Service, running
from app.storage import awaited_database
from config.settings import Tokens
from scheduler.clockwork import Rhythm
from store.database import Database
from store.tables import AssignmentRow
from tests.app.crowd import all_went_well, gathered
from tests.app.outages import LockedFile, Outage, outage
from tests.app.town import AT_ONCE, TOKEN, Town, eventually, open_town, quiet, settings_for
from tests.plan.small_plan import write_plan
from tests.worlds import at

RESTLESS = Rhythm(scan=0.2, refresh=0.3, leases=0.3, watch=0.3)
SHORT = timedelta(milliseconds=300)


@pytest.fixture(params=["stopped", "locked", "full"])
async def away(request: pytest.FixtureRequest) -> AsyncIterator[Outage]:
    # Not among pytest's folders: PostgreSQL runs as another user.
    with tempfile.TemporaryDirectory(prefix="nhacviec-") as folder:
        async with outage(str(request.param), Path(folder)) as opened:
            yield opened


@asynccontextmanager
async def service_on(
    away: Outage, town: Town, folder: Path, clock: RehearsalClock, **more: str
) -> AsyncIterator[Service]:
    settings = settings_for(
        town.url, folder, database_url=away.url, nhacviec_plans=str(write_plan(folder)), **more
    )
    async with running(
        settings,
        read_rules(settings),
        tokens=Tokens(telegram=TOKEN),
        clock=clock,
        rhythm=RESTLESS,
        pace=AT_ONCE,
    ) as service:
        away.opened(service.database)
        yield service


async def test_while_the_database_is_away_the_bot_waits_and_afterwards_everything_has_come_once(
    away: Outage, tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage.Database", partial(Database, patience=SHORT))
    monkeypatch.setattr("store.absence._PAUSE_SECONDS", 0.2)
    clock = RehearsalClock(at("2023-03-07", "07:20"), speed=0)
    with capture_logs() as logs:
        async with (
            open_town() as town,
            service_on(away, town, tmp_path, clock, nhacviec_listen=f"127.0.0.1:{free_port}") as service,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port}", trust_env=False) as visitor,
        ):
            crowd = await gathered(town, 15)
            await crowd.bind(service.database, "STP")

            async def is_well() -> bool:
                return (await visitor.get("/health")).status_code == 200

            async def is_ill() -> bool:
                return not await is_well()

            async def some_are_answered() -> bool:
                return await crowd.heard() >= 10

            await eventually(is_well)
            talking = asyncio.create_task(crowd.says("/due"))
            await eventually(some_are_answered)
            clock.set(at("2023-03-07", "07:30"), speed=0)
            crowd.mornings = 1
            await away.begin()
            await talking
            await crowd.says("/help")
            await eventually(is_ill)
            [trouble] = (await visitor.get("/health")).json()["troubles"]
            alive = (await visitor.get("/health/live")).status_code
            ready = (await visitor.get("/health/ready")).status_code
            await away.end()
            await eventually(is_well)
            await crowd.says("/reports")
            await quiet(service.database, updates=town.updates)

            await crowd.heard_everything_once()
            await all_went_well(service.database)

    assert trouble["name"] == "database"
    assert (alive, ready) == (200, 503)
    said = [line for line in logs if line["event"] == "database not available, waiting"]
    # A server that stops ends its connections before it takes no more: that can be two short absences, never a flood.
    assert 1 <= len(said) <= 2
    assert [line["event"] for line in logs].count("database available again") == len(said)
    assert not [line for line in logs if line["log_level"] == "error"]


# What the plan needs may still fit into a file that cannot grow.
@pytest.mark.parametrize("away", ["stopped", "locked"], indirect=True)
async def test_a_database_that_goes_away_before_the_plan_is_in_force_is_waited_for(
    away: Outage, tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.absence._PAUSE_SECONDS", 0.05)

    @asynccontextmanager
    async def gone_at_once(url: str) -> AsyncIterator[Database]:
        async with awaited_database(url) as database:
            away.opened(database)
            await away.begin()
            yield database

    monkeypatch.setattr("app.storage.Database", partial(Database, patience=SHORT))
    monkeypatch.setattr("app.service.awaited_database", gone_at_once)
    clock = RehearsalClock(at("2023-03-07", "07:20"), speed=0)
    with capture_logs() as logs:

        async def is_said() -> bool:
            return any(line["event"] == "database not available, waiting" for line in logs)

        async def start() -> int:
            listen = f"127.0.0.1:{free_port}"
            async with (
                service_on(away, town, tmp_path, clock, nhacviec_listen=listen) as service,
                service.database.read() as session,
            ):
                return await session.scalar(select(func.count()).select_from(AssignmentRow)) or 0

        async with open_town() as town, httpx.AsyncClient(trust_env=False) as visitor:
            starting = asyncio.create_task(start())
            await eventually(is_said)
            ill = await visitor.get(f"http://127.0.0.1:{free_port}/health")
            waits = not starting.done()
            await away.end()

            assert await asyncio.wait_for(starting, 30) == 7

    assert waits
    assert [trouble["name"] for trouble in ill.json()["troubles"]] == ["database"]


class Unreliable:
    """Refuses one statement in thirty, and loses the answer to one commit in ten."""

    def __init__(self, database: Database, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same trouble each time
        self._engine = database.engine.sync_engine
        self.refused = 0

    def begin(self) -> None:
        event.listen(self._engine, "before_cursor_execute", self._execute)
        event.listen(self._engine, "commit", self._commit)

    def end(self) -> None:
        event.remove(self._engine, "before_cursor_execute", self._execute)
        event.remove(self._engine, "commit", self._commit)

    def _execute(self, *_: object) -> None:
        if self._chance.random() < 1 / 30:
            self._refuse()

    def _commit(self, connection: Connection) -> None:
        if self._chance.random() < 1 / 10:
            connection.connection.commit()
            self._refuse()

    def _refuse(self) -> None:
        self.refused += 1
        raise OperationalError("", {}, sqlite3.OperationalError("disk I/O error"))


async def test_at_whichever_statement_the_database_fails_everything_comes_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.absence._PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("scheduler.ledger._PAUSE", 0.01)
    clock = RehearsalClock(at("2023-03-07", "07:20"), speed=0)
    async with open_town() as town, service_on(LockedFile(tmp_path), town, tmp_path, clock) as service:
        crowd = await gathered(town, 10)
        await crowd.bind(service.database, "STP")
        unreliable = Unreliable(service.database, seed=1)
        unreliable.begin()
        for words in ("/due", "/task 1.1", "/reports"):
            await crowd.says(words)
        clock.set(at("2023-03-07", "07:30"), speed=0)
        crowd.mornings = 1

        async def much_went_wrong() -> bool:
            return unreliable.refused >= 60 and await crowd.heard() >= 30

        await eventually(much_went_wrong)
        unreliable.end()
        await quiet(service.database, updates=town.updates)

        await crowd.heard_everything_once()
        await all_went_well(service.database)
