"""How a plan's file differs from the plan in force: what comes, goes and changes, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from plan.model import Plan, Task
from store.changes import due_values
from store.database import Database
from store.difference import (
    ChangeKind,
    Difference,
    DutyChange,
    TextChange,
    difference_of,
    from_json,
    to_json,
)
from store.states import State
from store.tables import AssignmentRow
from tests.worlds import AGENCIES, ONGOING, TIMETABLE, bring_in, dated, plan, task

MARCH, JUNE = date(2023, 3, 31), date(2023, 6, 30)
ONE = task("1.1", dated("2023-03-31"))


async def between(database: Database, before: Plan, after: Plan) -> Difference:
    await bring_in(database, before, on="2023-03-07")
    async with database.read() as session:
        return await difference_of(session, after, TIMETABLE.calendar)


def change(kind: ChangeKind, *, code: str = "1.1", agency: str = "STP", **more: object) -> DutyChange:
    fields: dict[str, object] = {
        "title": f"Nhiệm vụ {code}",
        "agency_name": AGENCIES[agency].name,
        "period": "",
        "is_open": True,
    }
    return DutyChange(kind=kind, code=code, agency=agency, **(fields | more))  # type: ignore[arg-type]


def with_output(one: Task, **texts: str) -> Task:
    return replace(one, outputs=(replace(one.outputs[0], **texts),))  # type: ignore[arg-type]


async def test_the_same_plan_is_no_difference(sqlite: Database) -> None:
    whole = plan(task("1.1", dated("2023-03-31", "2023-06-30")), task("1.2", ONGOING), with_report=True)

    assert (await between(sqlite, whole, whole)).is_empty


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (
            plan(ONE),
            plan(ONE, task("1.2", dated("2023-06-30"))),
            [change(ChangeKind.NEW, code="1.2", new_due=JUNE)],
        ),
        (
            plan(ONE, task("1.2", dated("2023-06-30"))),
            plan(ONE),
            [change(ChangeKind.RETIRED, code="1.2", old_due=JUNE)],
        ),
        (
            plan(ONE),
            plan(task("1.1", dated("2023-06-30"))),
            [change(ChangeKind.MOVED, old_due=MARCH, new_due=JUNE)],
        ),
        (plan(ONE), plan(task("1.1", ONGOING)), [change(ChangeKind.MOVED, old_due=MARCH)]),
        # An output that begins to recur goes on as the period of the same day.
        (
            plan(ONE),
            plan(task("1.1", dated("2023-03-31", "2023-06-30"))),
            [change(ChangeKind.NEW, new_due=JUNE, period="kỳ 2")],
        ),
    ],
)
async def test_what_comes_goes_and_moves(
    sqlite: Database, before: Plan, after: Plan, changes: list[DutyChange]
) -> None:
    assert list((await between(sqlite, before, after)).duties) == changes


async def test_another_lead_is_a_new_assignment_and_a_retired_one(sqlite: Database) -> None:
    found = await between(sqlite, plan(ONE), plan(task("1.1", dated("2023-03-31"), agencies=("SNV",))))

    assert found.duties == (
        change(ChangeKind.NEW, agency="SNV", new_due=MARCH),
        change(ChangeKind.RETIRED, old_due=MARCH),
    )
    assert found.texts == (TextChange(code="1.1", field="lead", old="Sở Tư pháp", new="Sở Nội vụ"),)


async def test_another_cutoff_is_a_change_of_the_report(sqlite: Database) -> None:
    before = plan(ONE, with_report=True)
    later = tuple(replace(period, cutoff=date(2023, 3, 15)) for period in before.report_periods)

    [moved] = (await between(sqlite, before, replace(before, report_periods=later))).duties

    assert (moved.code, moved.old_due, moved.new_due) == ("BC", date(2023, 3, 16), date(2023, 3, 16))
    assert (moved.old_cutoff, moved.new_cutoff) == (date(2023, 3, 14), date(2023, 3, 15))


async def test_changed_texts_are_told_field_by_field(sqlite: Database) -> None:
    after = plan(with_output(replace(ONE, title="Nhiệm vụ khác"), product="Báo cáo"))

    found = await between(sqlite, plan(ONE), after)

    assert found.duties == ()
    assert found.texts == (
        TextChange(code="1.1", field="title", old="Nhiệm vụ 1.1", new="Nhiệm vụ khác"),
        TextChange(code="1.1", field="product", old="Kế hoạch", new="Báo cáo"),
    )


async def test_the_plans_own_words_and_agencies_names_count(sqlite: Database) -> None:
    renamed = AGENCIES | {"STP": replace(AGENCIES["STP"], name="Sở Tư pháp tỉnh")}
    after = replace(plan(ONE), standing_office="STP", agencies=renamed)

    assert (await between(sqlite, plan(ONE), after)).texts == (
        TextChange(code=None, field="standing_office", old="Sở Nội vụ", new="Sở Tư pháp tỉnh"),
        TextChange(code=None, field="agency", old="Sở Tư pháp", new="Sở Tư pháp tỉnh"),
    )


async def test_aliases_and_agencies_that_owe_nothing_change_nothing(sqlite: Database) -> None:
    known = AGENCIES | {"STP": replace(AGENCIES["STP"], aliases=("Tư pháp",))}
    more = known | {"SYT": replace(AGENCIES["STP"], code="SYT", name="Sở Y tế", aliases=())}

    assert (await between(sqlite, plan(ONE), replace(plan(ONE), agencies=more))).is_empty


async def test_a_day_that_people_set_is_no_difference_until_the_file_names_another_one(
    sqlite: Database,
) -> None:
    await bring_in(sqlite, plan(ONE), on="2023-03-07")
    async with sqlite.write() as session:
        row = (await session.scalars(select(AssignmentRow))).one()
        for name, value in due_values(date(2023, 4, 14), TIMETABLE).items():
            setattr(row, name, value)
    async with sqlite.read() as session:
        same = await difference_of(session, plan(ONE), TIMETABLE.calendar)
        other = await difference_of(session, plan(task("1.1", dated("2023-06-30"))), TIMETABLE.calendar)

    assert same.is_empty
    assert other.duties == (change(ChangeKind.MOVED, old_due=MARCH, new_due=JUNE, set_due=date(2023, 4, 14)),)


async def test_what_is_done_is_marked_so(sqlite: Database) -> None:
    await bring_in(sqlite, plan(ONE, task("1.2", ONGOING)), on="2023-03-07")
    async with sqlite.write() as session:
        (await session.get_one(AssignmentRow, 1)).state = State.DONE
    async with sqlite.read() as session:
        found = await difference_of(session, plan(task("1.2", ONGOING)), TIMETABLE.calendar)

    assert found.duties == (change(ChangeKind.RETIRED, old_due=MARCH, is_open=False),)


async def test_a_row_that_returns_is_new_again(database: Database) -> None:
    await bring_in(database, plan(ONE, task("1.2", ONGOING)), on="2023-03-07")
    await bring_in(database, plan(ONE), on="2023-03-08")
    async with database.read() as session:
        found = await difference_of(session, plan(ONE, task("1.2", ONGOING)), TIMETABLE.calendar)

    assert [(one.kind, one.code) for one in found.duties] == [(ChangeKind.NEW, "1.2")]


def test_a_difference_is_kept_and_read_again() -> None:
    difference = Difference(
        duties=(change(ChangeKind.MOVED, old_due=MARCH, new_due=JUNE, set_due=JUNE),),
        texts=(TextChange(code=None, field="title", old="a", new="b"),),
    )

    assert from_json(to_json(difference)) == difference
