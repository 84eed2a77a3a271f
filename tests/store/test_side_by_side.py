"""Several processes that see a changed plan at the same moment."""

import asyncio
from datetime import date

from sqlalchemy import func, select, text, update

from store.database import Database
from store.states import State
from store.tables import AssignmentRow, ItemRow
from tests.app.town import eventually
from tests.worlds import bring_in, dated, plan, task


async def test_several_that_take_over_a_plan_at_once_take_it_over_once(postgresql: Database) -> None:
    wanted = plan(task("1.1", dated("2023-03-31"), agencies=("STP", "SNV")), with_report=True)

    results = await asyncio.gather(*(bring_in(postgresql, wanted, on="2023-03-07") for _ in range(4)))

    assert sorted(result.added for result in results) == [0, 0, 0, 3]
    async with postgresql.read() as session:
        assert await session.scalar(select(func.count()).select_from(ItemRow)) == 2
        assert await session.scalar(select(func.count()).select_from(AssignmentRow)) == 3


async def test_what_a_person_closes_while_a_plan_is_taken_over_is_not_armed_again(
    postgresql: Database,
) -> None:
    wanted = plan(task("1.1", dated("2023-03-31")))
    await bring_in(postgresql, wanted, on="2023-03-07")
    async with postgresql.write() as session:
        # By rules that have changed since: the plan's next look would set it anew.
        await session.execute(update(AssignmentRow).values(next_milestone_on=date(2023, 12, 1)))

    async with postgresql.write() as session:
        row = (await session.scalars(select(AssignmentRow).with_for_update())).one()
        row.state, row.next_milestone_on = State.DONE, None
        await session.flush()
        taking_over = asyncio.create_task(bring_in(postgresql, wanted, on="2023-03-08"))
        await eventually(lambda: somebody_waits(postgresql))
    await taking_over

    async with postgresql.read() as session:
        row = (await session.scalars(select(AssignmentRow))).one()
        assert (row.state, row.next_milestone_on) == (State.DONE, None)


async def somebody_waits(database: Database) -> bool:
    """For a lock of another process."""
    async with database.read() as session:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(await session.scalar(waiting))
