"""The inbox: what came in is kept once, and its lanes are handled side by side, each in order."""

import asyncio
from datetime import timedelta

from sqlalchemy import select, update

from store import inbox
from store.database import Database
from store.inbox import Arrival
from store.states import InboxState
from store.tables import InboxRow
from tests.store.reading_plans import query_plans
from tests.worlds import WALL

LAN, MINH = "1001", "1002"
CHANNELS = ("telegram", "zalo")


async def arrive(database: Database, *lanes: str, channel: str = "telegram", start: int = 1) -> None:
    """One update for each lane named, with the numbers from `start` on."""
    arrivals = [
        Arrival(update_id=str(number), lane=lane, raw={"update_id": number})
        for number, lane in enumerate(lanes, start=start)
    ]
    async with database.write() as session:
        await inbox.keep(session, channel=channel, arrivals=arrivals, now=WALL)


async def states(database: Database) -> list[str]:
    async with database.read() as session:
        return [row.state.value for row in await session.scalars(select(InboxRow).order_by(InboxRow.id))]


async def handle_all(database: Database) -> list[str]:
    """Ids of the updates, in the order in which they had their turn."""
    order: list[str] = []
    while True:
        async with database.write() as session:
            row = await inbox.next_new(session, CHANNELS)
            if row is None:
                return order
            await inbox.handled(session, row, WALL)
            order.append(row.update_id)


async def test_updates_have_their_turn_in_the_order_in_which_they_came(database: Database) -> None:
    await arrive(database, LAN, MINH, LAN, "update 4", MINH)

    assert await handle_all(database) == ["1", "2", "3", "4", "5"]


async def test_what_comes_again_is_left_as_it_is_also_after_it_was_handled(database: Database) -> None:
    await arrive(database, LAN, LAN)
    await handle_all(database)

    await arrive(database, LAN, LAN, LAN)

    assert await states(database) == ["handled", "handled", "new"]


async def test_channels_number_their_updates_each_for_itself(database: Database) -> None:
    await arrive(database, LAN, channel="telegram")
    await arrive(database, LAN, channel="zalo")

    assert await handle_all(database) == ["1", "1"]


async def test_one_that_is_put_aside_blocks_neither_its_lane_nor_the_others(database: Database) -> None:
    await arrive(database, LAN, LAN, MINH)
    async with database.write() as session:
        first = await inbox.next_new(session, CHANNELS)
        assert first is not None
        row_id = first.id

    async with database.write() as session:
        parked = await inbox.park(session, row_id, "ValueError: x", WALL)
    async with database.write() as session:
        parked_again = await inbox.park(session, row_id, "ValueError: y", WALL + timedelta(seconds=1))

    assert (parked, parked_again) == (True, False)
    assert await handle_all(database) == ["2", "3"]
    assert await states(database) == ["parked", "handled", "handled"]


async def test_while_one_is_in_hand_others_get_other_lanes_and_nobody_the_rest_of_its_lane(
    postgresql: Database,
) -> None:
    await arrive(postgresql, LAN, LAN, MINH, MINH)

    async with postgresql.write() as first, postgresql.write() as second, postgresql.write() as third:
        in_hand = [await inbox.next_new(session, CHANNELS) for session in (first, second, third)]

    assert [row and row.update_id for row in in_hand] == ["1", "3", None]


async def test_one_whose_handling_is_rolled_back_stays_the_first_of_its_lane(postgresql: Database) -> None:
    await arrive(postgresql, LAN, LAN)
    async with postgresql.write() as session:
        row = await inbox.next_new(session, CHANNELS)
        assert row is not None
        await inbox.handled(session, row, WALL)
        await session.flush()
        await session.rollback()

    assert await handle_all(postgresql) == ["1", "2"]


async def test_several_that_keep_the_same_at_once_keep_it_once(postgresql: Database) -> None:
    lanes = [LAN, MINH] * 20

    await asyncio.gather(*(arrive(postgresql, *lanes) for _ in range(4)))

    assert await states(postgresql) == ["new"] * 40
    assert len(await handle_all(postgresql)) == 40


async def test_the_next_one_is_found_by_indexes_of_new_rows_without_sorting_them(database: Database) -> None:
    await arrive(database, *[str(number % 50) for number in range(3000)])
    async with database.write() as session:
        await session.execute(
            update(InboxRow).where(InboxRow.id <= 2500).values(state=InboxState.HANDLED, handled_at=WALL)
        )

    [plan] = await query_plans(database, lambda session: inbox.next_new(session, CHANNELS))

    assert "INDEX ix_inbox_new" in plan.replace("Index Scan using", "INDEX")
    assert "ix_inbox_lane" in plan
    for word in ("Seq Scan", "Bitmap", "Sort", "TEMP B-TREE"):
        assert word not in plan
