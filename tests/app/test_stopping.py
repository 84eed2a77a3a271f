"""SIGTERM at bad moments: the process ends in time and with code 0, what was not called goes back unmarked, and after the
next start everything arrives, nothing of it twice without saying so."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from app.clock import RehearsalClock, wall_clock
from app.rules import read_rules
from app.service import Service, running
from bot.message import message, to_json
from config.settings import Tokens
from sandbox.server import create_app, serve
from sandbox.world import Settings as SandboxSettings
from scheduler.clockwork import Rhythm
from store import outbox
from store.database import Database
from store.states import OutboxKind, OutboxState
from store.tables import ChatRow, InboxRow, OutboxRow, ScanRow
from tests.app.crowd import REPEAT, Crowd, all_went_well, gathered
from tests.app.outages import outage
from tests.app.processes import Running, command
from tests.app.town import AT_ONCE, BY_HAND, TOKEN, Town, eventually, open_town, quiet, settings_for, visit
from tests.plan.small_plan import write_plan
from tests.store.wire import open_wire
from tests.worlds import at


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@asynccontextmanager
async def bot(folder: Path, town_url: str, store_url: str) -> AsyncIterator[Running]:
    settings = {
        "TELEGRAM_API_URL": town_url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "DATABASE_URL": store_url,
        "NHACVIEC_PLANS": str(write_plan(folder)),
    }
    async with command(folder, "run", **settings) as started:
        yield started


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def started_again(
    folder: Path,
    town_url: str,
    store_url: str,
    *,
    clock: RehearsalClock | None = None,
    rhythm: Rhythm = BY_HAND,
) -> AsyncIterator[Service]:
    """The next start, in this process."""
    settings = settings_for(town_url, folder, database_url=store_url, nhacviec_plans=str(write_plan(folder)))
    async with running(
        settings,
        read_rules(settings),
        tokens=Tokens(telegram=TOKEN),
        clock=clock or wall_clock,
        rhythm=rhythm,
        pace=AT_ONCE,
    ) as service:
        yield service


async def rows(database: Database) -> list[OutboxRow]:
    async with database.read() as session:
        return list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


async def test_with_calls_under_way_each_message_is_recorded_handed_back_or_marked(
    town: Town, tmp_path: Path, store_url: str
) -> None:
    crowd = await gathered(town, 16)
    *in_time, too_long = crowd.people[:8]
    for person in in_time:
        await town.fault("hang_after", seconds=3, method="sendMessage", chat_id=person)
    await town.fault("hang_after", seconds=60, method="sendMessage", chat_id=too_long)
    async with bot(tmp_path, town.url, store_url) as first, opened(store_url) as database:
        await first.says("connected")
        await crowd.says("/due")

        async def all_hands_are_full() -> bool:
            return await crowd.heard() == 8

        async def some_more_are_claimed() -> bool:
            return [row.state for row in await rows(database)].count(OutboxState.CLAIMED) > 8

        await eventually(all_hands_are_full)
        await eventually(some_more_are_claimed)
        await crowd.says("/help")
        code = await first.stop_in_time()

        left = await rows(database)
        # Half a minute later.
        async with database.write() as session:
            await session.execute(update(OutboxRow).values(ready_at=wall_clock()))
    async with started_again(tmp_path, town.url, store_url) as service:
        await quiet(service.database, updates=town.updates)
        await all_went_well(service.database)

    assert code == 0
    assert [row.state for row in left[:7]] == [OutboxState.SENT] * 7
    assert {row.state for row in left[7:]} == {OutboxState.QUEUED}
    assert [row.id for row in left if row.repeat] == [left[7].id]
    heard = {person: await town.texts(person) for person in crowd.people}
    assert {person: len(texts) for person, texts in heard.items()} == {
        person: 3 if person == too_long else 2 for person in crowd.people
    }
    answer, *_ = heard[too_long]
    assert f"{REPEAT}\n\n{answer}" in heard[too_long]
    assert await crowd.repeats() == 1
    assert "Traceback" not in first.complained


@pytest.mark.parametrize("kind", ["stopped", "locked"])
async def test_while_the_database_is_away_it_ends_in_time_and_afterwards_everything_comes_once(
    town: Town, tmp_path: Path, kind: str
) -> None:
    crowd = await gathered(town, 8)
    async with AsyncExitStack() as stack:
        # Not among pytest's folders: PostgreSQL runs as another user.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="nhacviec-"))
        away = await stack.enter_async_context(outage(kind, Path(folder)))
        async with bot(tmp_path, town.url, away.url) as first:
            await first.says("connected")
            await crowd.says("/due")
            await settled(away.url, town)
            await away.begin()
            await fetched(town, crowd.says("/help"))
            code = await first.stop_in_time()
        await away.end()
        async with started_again(tmp_path, town.url, away.url) as service:
            await quiet(service.database, updates=town.updates)
            await all_went_well(service.database)

    assert code == 0
    await crowd.heard_everything_once()
    assert "Traceback" not in first.complained


async def settled(url: str, town: Town) -> None:
    async with opened(url) as database:

        async def is_there() -> bool:
            async with database.read() as session:
                return bool(await session.scalar(select(InboxRow.id).limit(1)))

        await eventually(is_there)
        await quiet(database, updates=town.updates)


async def test_a_database_that_neither_answers_nor_refuses_holds_up_no_stop(
    town: Town, tmp_path: Path, postgresql_url: str
) -> None:
    crowd = await gathered(town, 4)
    async with open_wire(postgresql_url) as wire:
        async with bot(tmp_path, town.url, wire.url) as first:
            await first.says("connected")
            await crowd.says("/due")
            await settled(postgresql_url, town)
            wire.freeze()
            await fetched(town, crowd.says("/help"))
            code = await first.stop_in_time()
        wire.cut()
        async with started_again(tmp_path, town.url, postgresql_url) as service:
            await quiet(service.database, updates=town.updates)

    assert code == 0
    await crowd.heard_everything_once()


async def fetched(town: Town, said: Awaitable[None]) -> None:
    """What is said is in the bot's hands (or some of it)."""

    async def polls() -> int:
        return [call["method"] for call in (await town.ask("GET", "/log"))["calls"]].count("getUpdates")

    before = await polls()
    await said

    async def is_given() -> bool:
        return await polls() > before

    await eventually(is_given)


async def test_while_telegram_is_unreachable_it_ends_in_time_and_loses_nothing(
    tmp_path: Path, free_port: int, postgresql_url: str
) -> None:
    sandbox = SandboxSettings(state_file=tmp_path / "sandbox.json")
    async with AsyncExitStack() as stack:
        first = None
        with serve(create_app(sandbox), port=free_port) as url:
            async with visit(url) as town:
                crowd = await gathered(town, 4)
                first = await stack.enter_async_context(bot(tmp_path, url, postgresql_url))
                await first.says("connected")
                await crowd.says("/due")
                await settled(postgresql_url, town)
        async with opened(postgresql_url) as database:
            await put_to_everybody(database, crowd)
        await first.says("RetryLater")
        code = await first.stop_in_time()
        with serve(create_app(sandbox), port=free_port) as url:
            async with visit(url) as town, started_again(tmp_path, url, postgresql_url) as service:
                await quiet(service.database, updates=4)
                await all_went_well(service.database)
                crowd.town, crowd.mornings = town, 1
                await crowd.heard_everything_once()

    assert code == 0
    assert "Traceback" not in first.complained


async def put_to_everybody(database: Database, crowd: Crowd) -> None:
    async with database.write() as session:
        for chat in await session.scalars(select(ChatRow.id)):
            outbox.queue(
                session,
                chat_id=chat,
                kind=OutboxKind.NOTE,
                wall=wall_clock(),
                body=to_json(message("một")),
            )


async def test_while_it_connects_it_ends_at_once(town: Town, tmp_path: Path) -> None:
    await town.fault("hang_before", seconds=60, method="getMe")
    async with bot(tmp_path, town.url, f"sqlite:///{tmp_path / 'store.db'}") as started:
        await started.says("plan in force")

        code = await started.stop_in_time()

    assert code == 0
    assert "Traceback" not in started.complained


async def test_while_it_waits_for_a_locked_file_at_the_start_it_ends_at_once(
    town: Town, tmp_path: Path
) -> None:
    async with outage("locked", tmp_path) as away, bot(tmp_path, town.url, away.url) as started:
        await away.begin()
        await started.says("the database is not available yet")

        code = await started.stop_in_time()
        await away.end()

    assert code == 0
    assert "Traceback" not in started.complained


async def test_a_scan_under_way_leaves_nothing_behind_and_is_made_after_the_next_start(
    town: Town, tmp_path: Path, postgresql_url: str
) -> None:
    crowd = await gathered(town, 3)
    clock = RehearsalClock(at("2023-03-07", "07:20"), speed=0)
    often = Rhythm(scan=0.1, statuses=3600, refresh=3600, leases=3600, watch=3600)
    async with opened(postgresql_url) as holder:
        async with AsyncExitStack() as first:
            service = await first.enter_async_context(
                started_again(tmp_path, town.url, postgresql_url, clock=clock, rhythm=often)
            )
            await crowd.bind(service.database, "STP")
            async with holder.engine.connect() as connection:
                await connection.execute(text("LOCK TABLE notices IN ACCESS EXCLUSIVE MODE"))
                clock.set(at("2023-03-07", "07:30"), speed=0)
                await somebody_waits(holder)
                async with asyncio.timeout(10):
                    await first.aclose()
        async with holder.read() as session:
            after = (
                list(await session.scalars(select(ScanRow))),
                list(await session.scalars(select(OutboxRow))),
            )
        async with started_again(tmp_path, town.url, postgresql_url, clock=clock, rhythm=often) as service:
            crowd.mornings = 1

            async def is_scanned() -> bool:
                async with service.database.read() as session:
                    return await session.scalar(select(ScanRow.id).limit(1)) is not None

            await eventually(is_scanned)
            await quiet(service.database)

    assert after == ([], [])
    await crowd.heard_everything_once()


async def somebody_waits(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")

    async def is_waiting() -> bool:
        async with database.read() as session:
            return bool(await session.scalar(waiting))

    await eventually(is_waiting)
