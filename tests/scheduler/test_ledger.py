"""Outcomes while the database is away: kept until it has them, so that nothing is sent again for want of a record."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError

from store.claims import LEASE
from store.database import Database
from store.migrate import migrate
from store.outcomes import Settled
from store.states import OutboxState
from store.tables import OutboxRow
from tests.app.town import Town, eventually
from tests.scheduler.desk import LAN, MINH, REPEAT, Desk, deliverer_to, open_desk

SHORT = timedelta(milliseconds=50)


@pytest.fixture
async def impatient(tmp_path: Path, town: Town) -> AsyncIterator[Desk]:
    """A desk that waits for a locked file only for a moment."""
    database = Database(f"sqlite:///{tmp_path / 'store.db'}", patience=SHORT)
    try:
        await migrate(database)
        async with open_desk(town, database) as desk:
            yield desk
    finally:
        await database.close()


async def test_what_was_sent_while_the_database_was_locked_is_recorded_when_it_is_free(
    impatient: Desk, tmp_path: Path
) -> None:
    await impatient.town.fault("hang_before", seconds=0.2)
    number = await impatient.put(LAN, "một")
    await impatient.deliverer.deliver_waiting()
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def is_out() -> bool:
            return await impatient.town.texts(LAN) == ["một"]

        await eventually(is_out)
        # Several times the patience: the record has been tried and refused.
        await asyncio.sleep(0.3)
        during = (await impatient.row(number)).state
        other.execute("ROLLBACK")
    await impatient.deliverer.finish()

    assert during is OutboxState.CLAIMED
    assert (await impatient.row(number)).state is OutboxState.SENT
    assert await impatient.town.texts(LAN) == ["một"]


async def test_a_lease_that_ended_while_the_database_was_away_costs_no_repeat(desk: Desk) -> None:
    await desk.town.fault("hang_before", seconds=0.2)
    number = await desk.put(LAN, "một")
    await desk.deliverer.deliver_waiting()

    # Another process finds the lease ended before the outcome is on record.
    async with desk.database.write() as session:
        row = await session.get_one(OutboxRow, number)
        row.state, row.repeat, row.lease_until = OutboxState.QUEUED, True, None
        row.ready_at = desk.wall + timedelta(seconds=5)
    await desk.deliverer.finish()
    await desk.deliver(after=60)

    assert await desk.town.texts(LAN) == ["một"]
    assert (await desk.row(number)).state is OutboxState.SENT


async def test_an_outcome_that_cannot_be_recorded_does_not_hold_up_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, healthy = await desk.put(LAN, "một"), await desk.put(MINH, "hai")

    real = Settled.__init__

    def init(self: Settled, **fields: object) -> None:
        real(self, **fields)  # type: ignore[arg-type]
        if self.claim.id == poisoned:
            object.__setattr__(self, "error", {"not": "text"})

    monkeypatch.setattr(Settled, "__init__", init)

    await desk.deliver()

    assert (await desk.row(healthy)).state is OutboxState.SENT
    assert (await desk.row(poisoned)).state is OutboxState.CLAIMED
    assert await desk.town.texts(LAN) == ["một"]


@contextmanager
def lost_answers(database: Database) -> Iterator[None]:
    """Commits are made, and their answers do not come: a server that dies at that moment does this."""

    def commit(connection: Connection) -> None:
        connection.connection.commit()
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("no answer"))

    event.listen(database.engine.sync_engine, "commit", commit)
    try:
        yield
    finally:
        event.remove(database.engine.sync_engine, "commit", commit)


@pytest.mark.parametrize("first", ["claim", "take back"])
async def test_a_claim_whose_commit_was_not_answered_costs_no_mark(desk: Desk, first: str) -> None:
    number = await desk.put(LAN, "một")
    with lost_answers(desk.database), pytest.raises(OperationalError):
        await desk.deliverer.deliver_waiting()
    claimed = await desk.row(number)

    if first == "take back":
        desk.wall += LEASE * 2
        await desk.deliverer.take_back()
    await desk.deliver(after=1)

    row = await desk.row(number)
    assert claimed.state is OutboxState.CLAIMED
    assert (row.state, row.repeat, row.attempts) == (OutboxState.SENT, False, 1)
    assert await desk.town.texts(LAN) == ["một"]


async def test_an_outcome_whose_commit_was_not_answered_is_recorded_once(desk: Desk) -> None:
    number = await desk.put(LAN, "một")
    await desk.deliverer.deliver_waiting()
    with lost_answers(desk.database):

        async def is_out() -> bool:
            return await desk.town.texts(LAN) == ["một"]

        await eventually(is_out)

        async def is_recorded() -> bool:
            return (await desk.row(number)).state is OutboxState.SENT

        await eventually(is_recorded)
    await desk.deliverer.finish()
    await desk.deliver(after=LEASE.total_seconds())

    assert await desk.town.texts(LAN) == ["một"]


async def test_what_a_claim_under_way_brings_after_the_stop_is_handed_back(desk: Desk) -> None:
    number = await desk.put(LAN, "một")
    claiming = asyncio.create_task(desk.deliverer.deliver_waiting())
    await asyncio.sleep(0)

    await desk.deliverer.stop(patience=0)
    await claiming
    await desk.deliverer.finish()

    row = await desk.row(number)
    assert (row.state, row.repeat) == (OutboxState.QUEUED, False)
    assert await desk.town.sends() == []


async def test_a_stop_hands_back_what_was_not_called_yet_unmarked(desk: Desk) -> None:
    await desk.crowd(12)
    await desk.town.fault("hang_before", seconds=0.3, times=8)
    for chat in range(1, 13):
        await desk.put(chat, "một")
    await desk.deliverer.deliver_waiting()

    await desk.deliverer.stop(patience=5)

    async with desk.database.read() as session:
        rows = list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
    assert {row.state for row in rows} == {OutboxState.QUEUED}
    assert not [row for row in rows if row.repeat]
    assert await desk.town.sends() == []


async def test_a_call_that_hangs_when_the_program_stops_is_uncertain_and_marked(desk: Desk) -> None:
    await desk.town.fault("hang_after", seconds=5)
    number = await desk.put(LAN, "một")
    await desk.deliverer.deliver_waiting()

    async def is_taken() -> bool:
        return await desk.town.texts(LAN) == ["một"]

    await eventually(is_taken)
    await desk.deliverer.stop(patience=0)
    stopped = await desk.row(number)
    await start_again(desk)

    assert (stopped.state, stopped.repeat) == (OutboxState.QUEUED, True)
    assert await desk.town.texts(LAN) == ["một", f"{REPEAT}\n\nmột"]


async def start_again(desk: Desk) -> None:
    """The next start, half a minute later."""
    async with deliverer_to(
        desk.town.url, desk.database, clock=lambda: desk.now, wall=lambda: desk.wall
    ) as started:
        desk.deliverer = started
        await desk.deliver(after=30)
