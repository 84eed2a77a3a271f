"""What follows from putting a backup back in force."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from store.database import Database
from store.outbox import queue
from store.proposals import open_proposal, propose
from store.restores import last_restore, record_restore, restored_on
from store.sign_ins import come_in, is_good, make_sign_in, session_of
from store.states import OutboxKind, OutboxState, Role
from store.tables import OutboxRow, ScanRow
from tests.worlds import WALL, at, bound_chat, empty_store

FRIDAY, SATURDAY, MONDAY, TUESDAY = (date(2023, 3, day) for day in (10, 11, 13, 14))


async def scanned(database: Database, *moments: datetime) -> None:
    async with database.write() as session:
        for moment in moments:
            session.add(ScanRow(day=moment.date(), at=moment, notices=0, messages=0, unreachable=0))


async def restored(database: Database, moment: datetime) -> None:
    async with database.write() as session:
        await record_restore(session, at=moment, day=moment.date())


@pytest.mark.parametrize(
    ("backup_knows", "restored_at", "since", "repeating"),
    [
        # On a working day, before and after that day's scan.
        (["2023-03-09"], at("2023-03-10", "10:00"), [], {FRIDAY, SATURDAY, MONDAY, TUESDAY}),
        (["2023-03-09"], at("2023-03-10", "10:00"), [at("2023-03-10", "10:05")], {FRIDAY}),
        # In the evening: what was sent since the backup is looked for the next working day.
        (["2023-03-10"], at("2023-03-10", "20:00"), [], {FRIDAY, SATURDAY, MONDAY, TUESDAY}),
        (["2023-03-10"], at("2023-03-10", "20:00"), [at("2023-03-13")], {FRIDAY, SATURDAY, MONDAY}),
        # On a day off.
        (["2023-03-09"], at("2023-03-11", "10:00"), [at("2023-03-13")], {SATURDAY, MONDAY}),
        # A day that is scanned several times is one morning.
        (["2023-03-09"], at("2023-03-11"), [at("2023-03-13"), at("2023-03-13", "15:00")], {SATURDAY, MONDAY}),
    ],
)
async def test_mornings_repeat_from_the_restore_through_the_first_day_that_is_scanned_after_it(
    database: Database,
    backup_knows: list[str],
    restored_at: datetime,
    since: list[datetime],
    repeating: set[date],
) -> None:
    await scanned(database, *(at(day) for day in backup_knows))
    await restored(database, restored_at)
    await scanned(database, *since)

    async with database.read() as session:
        found = {day for day in (FRIDAY, SATURDAY, MONDAY, TUESDAY) if await restored_on(session, day)}

    assert found == repeating


async def test_without_a_restore_nothing_repeats(database: Database) -> None:
    await scanned(database, at("2023-03-09"))

    async with database.read() as session:
        assert not await restored_on(session, FRIDAY)
        assert await last_restore(session) is None


async def test_what_waits_or_was_on_its_way_leaves_marked_and_what_is_settled_stays(
    database: Database,
) -> None:
    await _sent_in_every_state(database)

    async with database.write() as session:
        marked = await record_restore(session, at=WALL, day=WALL.date())

    async with database.read() as session:
        rows = {row.key: row for row in await session.scalars(select(OutboxRow))}
    assert marked == 2
    assert {key: (row.state, row.repeat) for key, row in rows.items()} == {
        "queued": (OutboxState.QUEUED, True),
        "claimed": (OutboxState.QUEUED, True),
        "sent": (OutboxState.SENT, False),
        "failed": (OutboxState.FAILED, False),
        "dropped": (OutboxState.DROPPED, False),
    }
    assert (rows["claimed"].lease_token, rows["claimed"].lease_until) == (None, None)


async def _sent_in_every_state(database: Database) -> None:
    chat = await bound_chat(database, "77", "STP")
    async with database.write() as session:
        for state in OutboxState:
            row = queue(session, chat_id=chat.id, kind=OutboxKind.REPLY, wall=WALL, key=state.value)
            row.state = state
            if state is OutboxState.CLAIMED:
                row.lease_token, row.lease_until = "abc", WALL + timedelta(minutes=2)


async def test_a_button_from_after_the_backup_confirms_nothing_that_was_asked_after_the_restore(
    tmp_path: Path,
) -> None:
    async with empty_store(tmp_path) as database:
        chat = await bound_chat(database, "77", "STP")
        async with database.write() as session:
            last = await propose(session, chat_id=chat.id, action="done", now=WALL)
            await record_restore(session, at=WALL, day=WALL.date())

        async with database.write() as session:
            asked = await propose(session, chat_id=chat.id, action="done", now=WALL)
            found = {
                await open_proposal(session, proposal_id=last + number, chat_id=chat.id, now=WALL)
                for number in range(1, 500)
            }

    assert found == {None}
    assert asked > last + 500


async def test_who_was_signed_in_at_the_board_is_out_and_links_of_the_backup_are_dead(
    database: Database,
) -> None:
    chat = await bound_chat(database, "77", "", role=Role.LEADER)
    async with database.write() as session:
        used, unused = [
            await make_sign_in(
                session, chat=chat, roles=[Role.LEADER], person="77", person_name="Lan", wall=WALL
            )
            for _ in range(2)
        ]
        await session.flush()
        key = await come_in(session, used or "", now=WALL, wall=WALL)
    async with database.read() as session:
        before = (
            await session_of(session, key or "", wall=WALL),
            await is_good(session, unused or "", wall=WALL),
        )

    await restored(database, WALL)

    async with database.read() as session:
        after = (
            await session_of(session, key or "", wall=WALL),
            await is_good(session, unused or "", wall=WALL),
        )
    assert before[0] is not None
    assert before[1]
    assert after == (None, False)
