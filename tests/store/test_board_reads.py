"""What the board reads of the store: the overview in one pass, what is due within days, and how delivery is."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from store import deliveries
from store.agenda import entries
from store.database import Database
from store.figures import Figures, figures, placed_figures
from store.outbox import queue
from store.states import ChatKind, NoticeState, OutboxKind, OutboxState, Role, State
from store.tables import AssignmentRow, ChatRow, NoticeRow
from tests.bot.office import MORNING, PLAN, put_plan
from tests.worlds import WALL, bound_chat

TODAY = date(2023, 6, 13)
STATES = (State.OPEN, State.DONE, State.SUBMITTED, State.WAIVED, State.OPEN)


@pytest.fixture
async def year(database: Database) -> Database:
    """The small plan with assignments in every state, some of them reported late."""
    async with database.write() as session:
        await put_plan(session, PLAN)
        for number, row in enumerate(await session.scalars(select(AssignmentRow).order_by(AssignmentRow.id))):
            row.state = STATES[number % len(STATES)]
            if row.state is not State.OPEN:
                row.done_at = MORNING + timedelta(days=9 * number)
                row.document_date = row.due if number % 3 == 0 else None
    return database


async def test_the_overview_in_one_pass_is_that_of_the_assignments_one_by_one(year: Database) -> None:
    async with year.read() as session:
        found = await placed_figures(
            session, ["cchc-2023"], today=TODAY, soon_until=TODAY + timedelta(days=7)
        )
        everything = await entries(session)

    assert len(found) > 5
    for place in found:
        own = [
            one
            for one in everything
            if (one.plan_key, one.area, one.agency) == (place.plan_key, place.area, place.agency)
        ]
        soon = [
            one
            for one in own
            if one.is_open and one.due and not one.is_late(TODAY) and one.due <= TODAY + timedelta(days=7)
        ]
        assert (place.figures, place.soon) == (figures(own, TODAY), len(soon))
    assert sum((place.figures for place in found), Figures()) == figures(everything, TODAY)


async def test_of_other_plans_it_says_nothing(year: Database) -> None:
    async with year.read() as session:
        assert await placed_figures(session, ["other"], today=TODAY, soon_until=TODAY) == []
        assert await placed_figures(session, [], today=TODAY, soon_until=TODAY) == []


async def test_assignments_are_narrowed_by_plan_day_and_state(year: Database) -> None:
    first, last = date(2023, 6, 1), date(2023, 6, 30)
    async with year.read() as session:
        everything = await entries(session)
        of_june = await entries(session, plans=["cchc-2023"], due_from=first, due_until=last)
        unfinished = await entries(session, due_until=TODAY, unfinished_only=True)
        elsewhere = await entries(session, plans=["other"])

    dated = [(one, one.due) for one in everything if one.due is not None]
    assert of_june
    assert {one.id for one in of_june} == {one.id for one, due in dated if first <= due <= last}
    assert {one.id for one in unfinished} == {
        one.id for one, due in dated if due <= TODAY and one.state in (State.OPEN, State.SUBMITTED)
    }
    assert {one.state for one in unfinished} == {State.OPEN, State.SUBMITTED}
    assert elsewhere == []


async def _failed(database: Database, chat: ChatRow, *, milestone: str = "due-7") -> None:
    """A morning message to that chat about an assignment of Sở Tư pháp that was given up."""
    async with database.write() as session:
        owed = await session.scalar(
            select(AssignmentRow.id).where(AssignmentRow.agency == "STP", AssignmentRow.due.is_not(None))
        )
        message = queue(
            session, chat_id=chat.id, kind=OutboxKind.NOTICE, wall=WALL, key=milestone, morning=TODAY
        )
        message.state, message.error, message.settled_at = OutboxState.FAILED, "Forbidden: blocked", WALL
        await session.flush()
        session.add(
            NoticeRow(
                assignment_id=owed,
                milestone=milestone,
                due=TODAY,
                chat_id=chat.id,
                planned_on=TODAY,
                state=NoticeState.FAILED,
                outbox_id=message.id,
            )
        )


async def test_what_did_not_arrive_is_told_with_its_agencies_to_who_oversees_them(year: Database) -> None:
    await _failed(year, await bound_chat(year, "77", "STP"))
    await _failed(year, await bound_chat(year, "78", "SNV"), milestone="escalated-7")

    async with year.read() as session:
        escalated, own = await deliveries.undelivered(session, ["cchc-2023"], most=10)
        others = await deliveries.undelivered(session, ["other"], most=10)
        newest = await deliveries.undelivered(session, ["cchc-2023"], most=1)

    assert (own.agencies, own.assignments, own.error, own.at) == (
        ("Sở Tư pháp",),
        1,
        "Forbidden: blocked",
        WALL,
    )
    assert (own.is_escalation, escalated.is_escalation) == (False, True)
    assert others == []
    assert newest == [escalated]


async def test_chats_out_of_reach_and_agencies_without_one_are_told_apart(year: Database) -> None:
    gone = [
        await bound_chat(year, "-5", "STP", group=True),
        await bound_chat(year, "78", "", role=Role.LEADER),
        await bound_chat(year, "79", "SNV", role=Role.STANDING_OFFICE),
        await bound_chat(year, "80", "STP", role=Role.STANDING_OFFICE),
    ]
    await bound_chat(year, "77", "VPUB")
    async with year.write() as session:
        for chat in gone:
            (await session.get_one(ChatRow, chat.id)).suspended = "kicked"

    async with year.read() as session:
        out_of_reach = await deliveries.out_of_reach(session, ["cchc-2023"])
        without = await deliveries.without_chat(session, ["cchc-2023"])

    assert [(one.role, one.agency, one.kind, one.why) for one in out_of_reach] == [
        (Role.LEADER, "", ChatKind.PRIVATE, "kicked"),
        (Role.STANDING_OFFICE, "SNV", ChatKind.PRIVATE, "kicked"),
        (Role.OFFICER, "STP", ChatKind.GROUP, "kicked"),
    ]
    assert [one.code for one in without] == ["SNV", "STTTT"]


async def test_what_waits_is_counted_by_kind_with_the_oldest(year: Database) -> None:
    chat = await bound_chat(year, "77", "STP")
    async with year.write() as session:
        for minutes in (1, 4):
            queue(session, chat_id=chat.id, kind=OutboxKind.NOTE, wall=WALL - timedelta(minutes=minutes))
        sent = queue(session, chat_id=chat.id, kind=OutboxKind.REPLY, wall=WALL)
        sent.state = OutboxState.SENT

    async with year.read() as session:
        found = await deliveries.in_line(session)

    assert {kind: (one.count, one.since) for kind, one in found.items()} == {
        OutboxKind.NOTE: (2, WALL - timedelta(minutes=4))
    }
