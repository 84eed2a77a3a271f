"""The store follows the plan's file: progress stays, moved days re-arm, removed rows are retired."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from store.agenda import entries
from store.changes import Actor, mark_done
from store.database import Database
from store.states import State
from store.sync import retire_missing_plans
from store.tables import AssignmentRow, AuditRow, ItemRow
from tests.worlds import ONGOING, at, bound_chat, bring_in, dated, plan, task


async def rows(database: Database) -> dict[tuple[str, str], AssignmentRow]:
    async with database.read() as session:
        found = await session.execute(select(ItemRow.code, AssignmentRow).join(ItemRow))
        return {(code, row.slot): row for code, row in found}


async def finish(database: Database, assignment_id: int) -> None:
    chat = await bound_chat(database, "1", "STP")
    async with database.write() as session:
        await mark_done(
            session,
            assignment_id=assignment_id,
            document="1/KH",
            note=None,
            actor=Actor(person="9", name="Cán bộ", chat_id=chat.id),
            now=at("2023-03-08"),
        )


async def test_a_new_plan_is_laid_out_and_armed(database: Database) -> None:
    result = await bring_in(
        database, plan(task("1.1", dated("2023-03-31")), task("1.2", ONGOING)), on="2023-03-07"
    )

    found = await rows(database)
    assert result.added == 2
    # The milestone 30 days before (1/3) was missed: it is to be looked at.
    assert found[("1.1", "")].next_milestone_on == date(2023, 3, 1)
    assert found[("1.2", "")].next_milestone_on is None


async def test_what_several_agencies_owe_comes_as_one_assignment_each_and_is_in_the_audit(
    database: Database,
) -> None:
    owed = task("1.1", dated("2023-03-31", "2023-06-30"), agencies=("STP", "SNV"))

    result = await bring_in(database, plan(owed), on="2023-03-07")

    async with database.read() as session:
        entry = AuditRow.after["due"].as_string()
        query = select(AssignmentRow.agency, AssignmentRow.slot, AssignmentRow.due, entry).join(
            AuditRow, AuditRow.assignment_id == AssignmentRow.id
        )
        found = [tuple(row) for row in await session.execute(query)]
    assert result.added == 4
    assert sorted(found) == [
        (agency, slot, date.fromisoformat(due), due)
        for agency in ("SNV", "STP")
        for slot, due in (("2023-Q1", "2023-03-31"), ("2023-Q2", "2023-06-30"))
    ]


async def test_agencies_stand_in_the_order_of_the_paper(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"), agencies=("STP", "SNV"))), on="2023-03-07")

    async with database.read() as session:
        stored = await session.scalars(select(AssignmentRow.agency).order_by(AssignmentRow.id))
        assert list(stored) == ["STP", "SNV"]


async def test_a_plan_that_does_not_name_an_agency_that_owes_something_is_not_brought_in(
    database: Database,
) -> None:
    wanted = plan(task("1.1", ONGOING), task("1.2", ONGOING, agencies=("STP", "SNV")))
    unnamed = replace(wanted, agencies={"STP": wanted.agencies["STP"]})

    with pytest.raises(LookupError):
        await bring_in(database, unnamed, on="2023-03-07")

    assert await rows(database) == {}


async def test_the_same_plan_again_changes_nothing(database: Database) -> None:
    wanted = plan(task("1.1", dated("2023-03-31", "2023-06-30")), with_report=True)
    await bring_in(database, wanted, on="2023-03-07")

    again = await bring_in(database, wanted, on="2023-03-08")

    assert not again.changed
    assert len(await rows(database)) == 3


async def test_what_is_snoozed_stays_so_and_its_last_reminder_stays_too(database: Database) -> None:
    wanted = plan(task("1.1", dated("2023-03-31")), task("1.2", dated("2023-03-31")))
    await bring_in(database, wanted, on="2023-03-13")
    async with database.write() as session:
        for number, until in ((1, date(2023, 3, 20)), (2, date(2023, 4, 20))):
            row = await session.get_one(AssignmentRow, number)
            row.snoozed_until, row.next_milestone_on = until, date(2023, 3, 24)

    await bring_in(database, wanted, on="2023-03-14")

    found = await rows(database)
    assert found[("1.1", "")].next_milestone_on == date(2023, 3, 24)
    assert found[("1.2", "")].next_milestone_on == date(2023, 3, 31)


async def test_a_moved_due_day_re_arms_and_keeps_the_assignment(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    before = (await rows(database))[("1.1", "")]

    result = await bring_in(database, plan(task("1.1", dated("2023-06-30"))), on="2023-03-08")

    after = (await rows(database))[("1.1", "")]
    assert result.moved == 1
    assert after.id == before.id
    assert after.due == date(2023, 6, 30)
    assert after.next_milestone_on == date(2023, 5, 31)


async def test_progress_stays_when_the_file_changes(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    await finish(database, (await rows(database))[("1.1", "")].id)

    await bring_in(database, plan(task("1.1", dated("2023-06-30")), task("1.2", ONGOING)), on="2023-03-09")

    row = (await rows(database))[("1.1", "")]
    assert row.state is State.DONE
    assert row.document == "1/KH"
    assert row.next_milestone_on is None


async def test_a_removed_row_is_retired_and_comes_back_with_its_progress(database: Database) -> None:
    both = plan(task("1.1", dated("2023-03-31")), task("1.2", dated("2023-04-28")))
    await bring_in(database, both, on="2023-03-07")
    await finish(database, (await rows(database))[("1.2", "")].id)

    gone = await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-08")
    async with database.read() as session:
        listed = [entry.code for entry in await entries(session)]
    back = await bring_in(database, both, on="2023-03-09")

    assert (gone.retired, back.returned) == (1, 1)
    assert listed == ["1.1"]
    assert (await rows(database))[("1.2", "")].state is State.DONE


async def test_an_output_that_begins_to_recur_keeps_the_progress_of_the_same_due_day(
    database: Database,
) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    await finish(database, (await rows(database))[("1.1", "")].id)

    await bring_in(database, plan(task("1.1", dated("2023-03-31", "2023-06-30"))), on="2023-03-09")

    found = await rows(database)
    assert {slot: row.state for (_, slot), row in found.items()} == {
        "2023-Q1": State.DONE,
        "2023-Q2": State.OPEN,
    }


async def test_a_plan_that_the_settings_no_longer_name_is_retired_whole(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-07")

    async with database.write() as session:
        retired = await retire_missing_plans(session, ["another"], now=at("2023-03-08"))

    async with database.read() as session:
        assert await entries(session) == []
    assert retired == ["thu-2023"]


async def test_a_due_day_that_moves_nearer_is_told_at_the_next_scan(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-12-29"))), on="2023-03-07")

    await bring_in(database, plan(task("1.1", dated("2023-03-10"))), on="2023-03-08")

    row = (await rows(database))[("1.1", "")]
    # 10/3 less 3 days is 7/3: missed by a day, and due to be told.
    assert row.next_milestone_on == date(2023, 3, 7)
