"""The week in figures, to the standing office and to leaders: once a week, and in one note with the list."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.office_morning import office_morning
from plan.assignments import DutyKind
from plan.milestones import ReminderRules
from store import week
from store.changes import Actor, mark_done
from store.database import Database
from store.office_list import OfficeList
from store.states import State
from store.tables import AssignmentRow
from store.week import Owed, clashes, figures
from tests.bot.office import plain
from tests.scheduler.overseeing import Mornings, led_by, plan_of
from tests.worlds import QUARTER, TIMETABLE, at, bound_chat, bring_in, dated, task

MONDAY = date(2023, 3, 13)


def owed(
    due: str | None = None,
    *,
    agency: str = "Sở Tư pháp",
    kind: DutyKind = DutyKind.DATES,
    period: str = "",
    done_on: str | None = None,
    state: State | None = None,
) -> Owed:
    day = date.fromisoformat(due) if due else None
    return Owed(
        agency=agency,
        kind=kind,
        period=period,
        due=day,
        late_after=TIMETABLE.calendar.late_after(day) if day else None,
        state=state or (State.DONE if done_on else State.OPEN),
        done_on=date.fromisoformat(done_on) if done_on else None,
    )


def report(due: str, *, agency: str = "Sở Tư pháp", done_on: str | None = None) -> Owed:
    return owed(due, agency=agency, kind=DutyKind.REPORT, period="Quý I/2023", done_on=done_on)


@pytest.fixture
def mornings(database: Database) -> Mornings:
    return Mornings(database=database)


async def a_plan(database: Database) -> None:
    """1.1 was due on 28/2, 2.1 on 3/3 and is done since 8/3, 3.1 is due on 17/3, and the report on 16/3."""
    tasks = (
        task("1.1", dated("2023-02-28")),
        task("2.1", dated("2023-03-03")),
        task("3.1", dated("2023-03-17"), agencies=("STP", "SNV")),
    )
    await bring_in(database, plan_of(*tasks, periods=(QUARTER,), owed_by=("STP", "SNV")), on="2023-03-07")
    chats = [await bound_chat(database, str(number), code) for number, code in ((1, "STP"), (2, "SNV"))]
    async with database.write() as session:
        await mark_done(
            session,
            assignment_id=2,
            document=None,
            note=None,
            actor=Actor(person="9", name="Cán bộ", chat_id=chats[0].id),
            now=at("2023-03-08"),
        )


DIGEST = (
    "📊 Tuần 13/03–19/03/2023\n"
    "Đã xong 1/2 việc đã đến hạn (50%). Tuần trước xong 1 việc.\n"
    "\n"
    "⛔ Quá hạn: 1 việc của 1 cơ quan\n"
    "• Sở Tư pháp: 1 việc, lâu nhất 13 ngày\n"
    "\n"
    "🗓 Tuần này đến hạn: 2 việc chưa xong của 2 cơ quan\n"
    "📄 Báo cáo quý I/2023, nộp chậm nhất 16/03: đã nộp 0/2\n"
    "[Cơ quan quá hạn] [Tình hình chung]"
)


async def test_on_monday_the_office_and_the_leaders_read_how_the_plan_stands(mornings: Mornings) -> None:
    await a_plan(mornings.database)
    await mornings.scan("2023-03-10")
    office, leader = await mornings.office(), await mornings.leader()

    await mornings.scan("2023-03-13", "2023-03-14", "2023-03-15")

    assert await mornings.notes(office) == [DIGEST]
    assert await mornings.notes(leader) == [DIGEST]


async def test_every_week_has_one_also_when_monday_is_off_or_missed(mornings: Mornings) -> None:
    await a_plan(mornings.database)
    leader = await mornings.leader()

    # 1/5 to 3/5 are off; on 8/5 and 9/5 the bot was away.
    await mornings.scan("2023-04-24", "2023-04-25", "2023-05-04", "2023-05-05", "2023-05-10", "2023-05-11")

    heads = [note.splitlines()[0] for note in await mornings.notes(leader)]
    assert heads == ["📊 Tuần 24/04–30/04/2023", "📊 Tuần 01/05–07/05/2023", "📊 Tuần 08/05–14/05/2023"]


async def test_with_a_list_it_is_one_note_what_has_to_be_seen_to_first(mornings: Mornings) -> None:
    await a_plan(mornings.database)
    await bring_in(
        mornings.database,
        plan_of(task("1.1", dated("2023-02-28")), led_by(task("5.1", dated("2023-03-17")), "A1")),
        on="2023-03-07",
    )
    office = await mornings.office()
    await mornings.leader("50")

    [told] = [await mornings.note(office, "2023-03-13")]

    assert told.startswith("📋 Thứ Hai 13/03/2023: việc cần xem\n\n🔕 1 cơ quan")
    assert "\n\n📊 Tuần 13/03–19/03/2023\n" in told
    assert len(await mornings.notes(office)) == 1


async def test_an_office_that_wants_no_digest_gets_none_and_neither_do_leaders(database: Database) -> None:
    mornings = Mornings(
        database=database, timetable=replace(TIMETABLE, rules=ReminderRules(weekly_digest=False))
    )
    await a_plan(database)
    office, leader = await mornings.office(), await mornings.leader()

    await mornings.scan("2023-03-13")

    assert await mornings.notes(office) == await mornings.notes(leader) == []


async def test_an_office_reads_of_its_own_plans_only_and_a_leader_of_all(mornings: Mornings) -> None:
    await a_plan(mornings.database)
    other = replace(
        plan_of(task("1.1", dated("2023-03-15"), agencies=("SNV",))), key="khac-2023", standing_office="STP"
    )
    await bring_in(mornings.database, other, on="2023-03-07")
    own, others, leader = await mornings.office(), await mornings.office("51", "STP"), await mornings.leader()

    await mornings.scan("2023-03-13")

    due = [
        next(line for line in note.splitlines() if line.startswith("🗓"))
        for chat in (own, others, leader)
        for note in await mornings.notes(chat)
    ]
    assert due == [
        "🗓 Tuần này đến hạn: 2 việc chưa xong của 2 cơ quan",
        "🗓 Tuần này đến hạn: 1 việc chưa xong của 1 cơ quan",
        "🗓 Tuần này đến hạn: 3 việc chưa xong của 2 cơ quan",
    ]


def test_a_plan_that_has_not_begun_has_no_digest() -> None:
    assert office_morning(MONDAY, OfficeList(), figures([owed("2023-03-24")], MONDAY)) is None


def test_late_agencies_come_with_the_most_and_the_longest_first_and_are_cut() -> None:
    rows = [
        owed("2023-03-06", agency="Sở A"),
        owed("2023-03-01", agency="Sở B"),
        owed("2023-03-09", agency="Sở C"),
        owed("2023-03-08", agency="Sở C"),
        *(owed("2023-03-09", agency=f"Sở {letter}") for letter in "DEFG"),
        owed("2023-03-01", agency="Sở H", state=State.SUBMITTED),
    ]

    words = office_morning(MONDAY, OfficeList(), figures(rows, MONDAY))

    assert words is not None
    assert (
        "⛔ Quá hạn: 8 việc của 7 cơ quan\n"
        "• Sở C: 2 việc, lâu nhất 5 ngày\n"
        "• Sở B: 1 việc, lâu nhất 12 ngày\n"
        "• Sở A: 1 việc, lâu nhất 7 ngày\n"
        "• Sở D: 1 việc, lâu nhất 4 ngày\n"
        "• Sở E: 1 việc, lâu nhất 4 ngày\n"
        "và 2 cơ quan khác: /late\n"
    ) in plain(words)


def test_a_report_that_waits_for_approval_is_handed_in_but_not_closed() -> None:
    rows = [
        report("2023-03-16", done_on="2023-03-10"),
        replace(report("2023-03-16", done_on="2023-03-10"), state=State.SUBMITTED),
        report("2023-03-16"),
    ]

    found = figures(rows, MONDAY)

    [this_week] = found.reports
    assert (this_week.handed_in, this_week.owed) == (2, 3)
    assert found.done_last_week == 1


def test_the_digest_counts_as_the_overview_does() -> None:
    waived = replace(owed("2023-03-06", done_on="2023-03-06"), state=State.WAIVED)
    late_document = replace(
        owed("2023-03-01", state=State.SUBMITTED),
        done_on=date(2023, 3, 10),
        document_date=date(2023, 3, 6),
    )
    in_time = replace(late_document, document_date=date(2023, 3, 1))

    found = figures([waived, late_document, in_time], MONDAY)

    assert (found.done, found.ended, found.done_last_week) == (0, 2, 0)
    assert [(one.count, one.longest) for one in found.late] == [(1, 5)]


async def test_what_a_lead_asked_of_others_is_in_no_figure_of_the_week(mornings: Mornings) -> None:
    await a_plan(mornings.database)
    async with mornings.database.write() as session:
        first = await session.scalar(select(AssignmentRow).order_by(AssignmentRow.id))
        assert first is not None
        for number in range(3):
            day = date(2023, 3, 1)
            session.add(
                AssignmentRow(
                    item_id=first.item_id,
                    agency="SNV",
                    slot=f"ask-{number}",
                    period="",
                    kind=DutyKind.SUPPORT,
                    due=day,
                    remind_by=day,
                    late_after=day,
                    asked_by="STP",
                    parent_id=first.id,
                )
            )

    async with mornings.database.read() as session:
        rows = await week.owed(session, None, until=date(2023, 3, 26), done_since=at("2023-03-06"))

    assert DutyKind.SUPPORT not in {row.kind for row in rows}
    assert "Sở Nội vụ" not in {one.agency for one in figures(rows, MONDAY).late}


def test_the_percentage_is_of_what_has_ended_and_100_only_when_nothing_is_missing() -> None:
    closed = [owed("2023-03-06", done_on="2023-03-01")] * 199
    early = [owed("2023-03-30", done_on="2023-03-01")]

    assert figures([*closed, owed("2023-03-06"), *early], MONDAY).percent == 99
    assert figures([*closed, *early], MONDAY).percent == 100


@pytest.mark.parametrize(
    ("rows", "clashing"),
    [
        ([owed("2023-03-13")] * 2, False),
        ([owed("2023-03-13")] * 3, True),
        ([owed("2023-03-13"), owed("2023-03-19"), report("2023-03-16")], True),
        ([owed("2023-03-12"), owed("2023-03-19"), report("2023-03-16")], False),
        ([owed("2023-03-13")] * 2 + [owed("2023-03-13", done_on="2023-03-10")], False),
        ([owed("2023-03-13")] * 2 + [owed("2023-03-13", agency="Sở Nội vụ")], False),
        ([owed("2023-03-13")] * 2 + [owed()], False),
    ],
)
def test_three_of_one_agency_in_one_week_are_too_much_at_once(rows: list[Owed], clashing: bool) -> None:
    assert bool(clashes(rows, {MONDAY})) is clashing
    assert clashes(rows, {MONDAY + timedelta(days=14)}) == []


async def test_two_processes_that_scan_at_the_same_moment_tell_it_once(
    postgresql: Database, postgresql_store_url: str
) -> None:
    mornings = Mornings(database=postgresql)
    await a_plan(postgresql)
    office = await mornings.office()
    other = Database(postgresql_store_url)
    try:
        await asyncio.gather(mornings.scan("2023-03-13"), Mornings(database=other).scan("2023-03-13"))
    finally:
        await other.close()

    assert len(await mornings.notes(office)) == 1
