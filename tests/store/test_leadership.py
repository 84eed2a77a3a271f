"""One leads, the others stand by, and one of them takes over when the leader goes, however it goes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from sqlalchemy import text

from store.database import Database
from store.leadership import Leadership
from tests.app.town import eventually
from tests.store.wire import open_wire

NAME = "telegram:2023"


class Candidate:
    """A process that would lead. `busy` while it does the leader's work."""

    def __init__(self, database: Database, who: str, *, name: str = NAME) -> None:
        self.leadership = Leadership(database, name, who=who, every=0.02, patience=0.5)
        self.who = who
        self.busy = False
        self.turns = 0
        self._task: asyncio.Task[None] | None = None

    def stand(self) -> None:
        self._task = asyncio.create_task(self.leadership.while_leading(self._work))

    async def retire(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    async def leads(self) -> bool:
        return self.busy

    async def stands_by(self) -> bool:
        return not self.busy

    async def _work(self) -> None:
        self.busy, self.turns = True, self.turns + 1
        try:
            await asyncio.Event().wait()
        finally:
            self.busy = False


@asynccontextmanager
async def standing(*candidates: Candidate) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for candidate in candidates:
            candidate.stand()
            stack.push_async_callback(candidate.retire)
        yield


async def one_leads(*candidates: Candidate) -> Candidate:
    async def is_so() -> bool:
        return any(candidate.busy for candidate in candidates)

    await eventually(is_so)
    [leader] = [candidate for candidate in candidates if candidate.busy]
    return leader


async def end_connections_of(database: Database, who: str) -> None:
    async with database.read() as session:
        await session.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :who"),
            {"who": who},
        )


async def test_one_leads_and_when_it_retires_another_takes_over(postgresql: Database) -> None:
    candidates = [Candidate(postgresql, f"process {number}") for number in range(3)]
    async with standing(*candidates):
        first = await one_leads(*candidates)
        others = [candidate for candidate in candidates if candidate is not first]

        await first.retire()
        second = await one_leads(*others)

        assert sum(candidate.busy for candidate in candidates) == 1
        assert sum(candidate.turns for candidate in candidates) == 2
        assert (first.leadership.leading_since, second.leadership.leading_since is None) == (None, False)


async def test_each_bot_has_a_leader_of_its_own(postgresql: Database) -> None:
    candidates = [Candidate(postgresql, name, name=name) for name in ("telegram:1", "telegram:2")]

    async with standing(*candidates):
        for candidate in candidates:
            await eventually(candidate.leads)


async def test_a_leader_whose_connection_ends_stops_its_work_and_the_lead_goes_on(
    postgresql: Database,
) -> None:
    candidates = [Candidate(postgresql, f"process {number}") for number in range(2)]
    async with standing(*candidates):
        first = await one_leads(*candidates)

        await end_connections_of(postgresql, first.who)

        await eventually(first.stands_by)
        await one_leads(*candidates)
        assert sum(candidate.turns for candidate in candidates) == 2
        # One connection is gone, not the database.
        assert postgresql.absence.last_ended is None
        assert postgresql.absence.since is None


async def test_a_leader_that_hears_nothing_more_stops_before_anybody_else_can_lead(
    postgresql: Database, postgresql_store_url: str
) -> None:
    async with open_wire(postgresql_store_url) as wire:
        far = Database(wire.url)
        cut_off, near = Candidate(far, "cut off"), Candidate(postgresql, "near")
        async with standing(cut_off):
            await eventually(cut_off.leads)
            async with standing(near):
                wire.freeze()
                await eventually(cut_off.stands_by)
                led_too_early = near.busy

                # The server misses it by now.
                await end_connections_of(postgresql, "cut off")
                await eventually(near.leads)

                assert not led_too_early
                assert cut_off.turns == 1
                assert cut_off.leadership.leading_since is None
        await far.close()


async def test_one_that_could_not_reach_the_database_leads_when_it_is_back(postgresql_url: str) -> None:
    async with open_wire(postgresql_url) as wire:
        database = Database(wire.url)
        candidate = Candidate(database, "far")
        wire.freeze()
        async with standing(candidate):
            await asyncio.sleep(0.1)
            wire.cut()

            await eventually(candidate.leads)
        await database.close()


async def test_work_that_breaks_gives_the_lead_up(postgresql: Database) -> None:
    async def breaks() -> None:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError):
        await Leadership(postgresql, NAME, who="broken").while_leading(breaks)

    other = Candidate(postgresql, "other")
    async with standing(other):
        await eventually(other.leads)


async def test_on_sqlite_the_one_process_leads(sqlite: Database) -> None:
    candidate = Candidate(sqlite, "the only one")

    async with standing(candidate):
        await eventually(candidate.leads)
    assert not candidate.busy
