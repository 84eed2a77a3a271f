"""What looks every few seconds whether there is anything to do reads no table as a whole, and makes nobody wait."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from store import asks, mornings, notices, statuses
from store.database import Database
from store.states import Role
from tests.store.reading_plans import query_plans
from tests.worlds import WALL, at, bound_chat

DAY = date(2023, 3, 7)
PLANNED = notices.PlannedNotice(assignment_id=1, milestone="due-7", due=DAY, chat_id=1, planned_on=DAY)
GROWING = ("assignments", "outbox", "notices", "inbox", "audit")

Look = Callable[[AsyncSession], Awaitable[object]]


@pytest.mark.parametrize(
    "look",
    [
        lambda session: notices.scanned(session, DAY),
        lambda session: notices.any_reached(session, DAY),
        lambda session: notices.reached(session, DAY),
        lambda session: mornings.has_unsent_from_before(session, DAY),
        lambda session: mornings.take_over_unsent(session, DAY, [], at("2023-03-07")),
        lambda session: notices.untold(session, [PLANNED]),
        asks.any_needless,
        lambda session: statuses.wished(session, most=200),
    ],
    ids=["scanned", "any reached", "reached", "unsent", "taken over", "untold", "needless asks", "wishes"],
)
async def test_an_index_finds_what_there_is_to_do(sqlite: Database, look: Look) -> None:
    plans = await query_plans(sqlite, look)

    assert plans
    assert not [plan for plan in plans for table in GROWING if f"SCAN {table}" in plan]


async def test_messages_of_earlier_mornings_that_left_are_not_looked_at_again(sqlite: Database) -> None:
    [plan] = await query_plans(sqlite, lambda session: mornings.has_unsent_from_before(session, DAY))

    assert "ix_outbox_morning_waiting" in plan


async def test_who_wishes_for_a_status_waits_for_nobody_and_no_wish_is_lost(postgresql: Database) -> None:
    chat = await bound_chat(postgresql, "1", "", role=Role.LEADER)
    async with postgresql.write() as session:
        await statuses.want_statuses(session)
    async with postgresql.read() as session:
        [seen] = await statuses.wished(session, most=10)

    async with postgresql.write() as first, asyncio.timeout(5):
        await statuses.want_statuses(first)
        async with postgresql.write() as second:
            await statuses.want_statuses(second)
        async with postgresql.write() as third:
            granted = await statuses.grant(third, [seen], changed=[chat.id], wall=WALL)
            async with postgresql.write() as fourth:
                again = await statuses.grant(fourth, [seen], changed=[chat.id], wall=WALL)

    async with postgresql.read() as session:
        [left] = await statuses.wished(session, most=10)
    assert (granted, again) == (1, None)
    assert len(left.wishes) == 2
