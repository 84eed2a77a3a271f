"""The standing office's list: what it has to see to, in one note of the morning, and each thing as often as it should be."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, update

from bot.message import from_json
from bot.telegram.render import split
from plan.milestones import ReminderRules
from scheduler.office_list import first_look
from store.database import Database
from store.states import NoticeState, OutboxState, RequestKind, RequestState
from store.tables import ChatRow, NoticeRow, OutboxRow, RequestRow
from tests.scheduler.overseeing import EXTERNAL, THIRD_QUARTER, Mornings, led_by, plan_of
from tests.worlds import TIMETABLE, WALL, at, bound_chat, bring_in, dated, task

NO_DIGEST = replace(TIMETABLE, rules=ReminderRules(weekly_digest=False))


@pytest.fixture
def mornings(database: Database) -> Mornings:
    """Without the digest, so that notes have the list only."""
    return Mornings(database=database, timetable=NO_DIGEST)


async def ask(database: Database, *, asked_at: datetime, state: RequestState = RequestState.WAITING) -> None:
    async with database.write() as session:
        chat = await session.scalar(select(ChatRow.id).limit(1))
        session.add(
            RequestRow(
                kind=RequestKind.EXTENSION,
                state=state,
                office="SNV",
                chat_id=chat or 0,
                person="9",
                person_name="Cán bộ",
                asked_at=asked_at,
            )
        )


async def fail_all(database: Database) -> None:
    """The morning messages in line are given up: their chats have blocked the bot."""
    async with database.write() as session:
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.state == OutboxState.QUEUED, OutboxRow.morning.is_not(None))
            .values(state=OutboxState.FAILED, error="forbidden: bot was blocked by the user")
        )
        await session.execute(
            update(NoticeRow).where(NoticeRow.state == NoticeState.PENDING).values(state=NoticeState.FAILED)
        )


async def test_a_morning_with_nothing_to_see_to_is_silent(mornings: Mornings) -> None:
    await bring_in(mornings.database, plan_of(task("1.1", dated("2023-12-29"))), on="2023-03-07")
    office = await mornings.office()

    await mornings.scan("2023-03-13", "2023-03-14", "2023-03-20", "2023-04-03")

    assert await mornings.notes(office) == []


async def test_a_note_comes_with_the_first_scan_of_the_day_only(mornings: Mornings) -> None:
    await bring_in(mornings.database, plan_of(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    office = await mornings.office()

    await mornings.scan("2023-03-13")
    async with mornings.database.read() as session:
        assert await first_look(session, at("2023-03-13").date(), now=at("2023-03-13"), wall=WALL) is None
    await mornings.scan("2023-03-13", hour="09:00")

    assert len(await mornings.notes(office)) == 1


# --- agencies that nobody speaks for ---


async def test_who_has_no_chat_is_named_at_the_beginning_of_a_week_and_when_a_milestone_is_missed(
    mornings: Mornings,
) -> None:
    # 31/3 is a Friday: milestones on 17/3, 24/3, 28/3, 30/3 and 31/3. STP has no chat, SNV has one.
    tasks = (task("1.1", dated("2023-03-31"), agencies=("STP", "SNV")), task("2.1", dated("2023-04-14")))
    await bring_in(mornings.database, plan_of(*tasks), on="2023-03-14")
    await bound_chat(mornings.database, "1", "SNV")
    office = await mornings.office()
    await mornings.scan("2023-03-17")

    weekly = await mornings.note(office, "2023-03-20")
    silent = await mornings.note(office, "2023-03-21")
    missed = await mornings.note(office, "2023-03-24")

    assert weekly == (
        "📋 Thứ Hai 20/03/2023: việc cần xem\n"
        "\n"
        "🔕 1 cơ quan có việc quá hạn hoặc đến hạn trong 30 ngày nhưng không có nơi nhận lời nhắc.\n"
        "• Sở Tư pháp: 2 việc\n"
        "Tạo mã mời: /invite STP\n"
        "[Nơi nhận]"
    )
    assert silent == ""
    assert (
        "🔕 1 cơ quan có việc cần nhắc hôm nay nhưng không có nơi nhận lời nhắc.\n• Sở Tư pháp: 1 việc\n"
        in missed
    )


async def test_who_was_cut_off_stands_first_and_is_said_to_be(mornings: Mornings) -> None:
    tasks = (task("1.1", dated("2023-03-31"), agencies=("STP", "SNV")), task("2.1", dated("2023-03-31")))
    await bring_in(mornings.database, plan_of(*tasks), on="2023-03-14")
    blocked = await bound_chat(mornings.database, "1", "SNV")
    office = await mornings.office()
    async with mornings.database.write() as session:
        (await session.get_one(ChatRow, blocked.id)).suspended = "blocked"

    note = await mornings.note(office, "2023-03-17")

    assert "• Sở Nội vụ: 1 việc (bot bị chặn hoặc bị xóa khỏi nhóm)\n• Sở Tư pháp: 2 việc\n" in note


async def test_the_week_begins_with_its_first_scan(mornings: Mornings) -> None:
    """1/5 to 3/5 are off; in the other week the bot was away until Wednesday."""
    await bring_in(mornings.database, plan_of(task("1.1", dated("2023-05-29"))), on="2023-03-07")
    office = await mornings.office()
    await mornings.scan("2023-04-24", "2023-04-25")
    before = len(await mornings.notes(office))

    after_holidays = await mornings.note(office, "2023-05-04")
    next_day = await mornings.note(office, "2023-05-05")
    after_absence = await mornings.note(office, "2023-05-10")

    assert before == 0
    assert "🔕" in after_holidays
    assert next_day == ""
    assert "🔕" in after_absence


async def test_a_chat_that_blocked_the_bot_is_none_within_reach(mornings: Mornings) -> None:
    await bring_in(mornings.database, plan_of(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    chat = await bound_chat(mornings.database, "1", "STP")
    office = await mornings.office()
    heard = await mornings.note(office, "2023-03-13")
    async with mornings.database.write() as session:
        await session.execute(update(ChatRow).where(ChatRow.id == chat.id).values(suspended="blocked"))

    unheard = await mornings.note(office, "2023-03-20")

    assert "🔕" not in heard
    assert "• Sở Tư pháp: 1 việc" in unheard


# --- what waits for a day ---


async def test_what_waits_for_a_document_is_listed_once_a_month_with_an_example(mornings: Mornings) -> None:
    tasks = (
        task("1.1", EXTERNAL, agencies=("STP", "SNV")),
        *(task(f"3.{number}", EXTERNAL) for number in range(1, 7)),
    )
    await bring_in(mornings.database, plan_of(*tasks), on="2023-03-01")
    office = await mornings.office()
    await mornings.scan("2023-03-31")
    before = await mornings.notes(office)

    april = await mornings.note(office, "2023-04-03")
    later = [await mornings.note(office, day) for day in ("2023-04-04", "2023-04-10", "2023-04-28")]
    may = await mornings.note(office, "2023-05-04")

    assert len(before) == 1
    assert april == (
        "📋 Thứ Hai 03/04/2023: việc cần xem\n"
        "\n"
        "⏳ 7 việc chờ văn bản, chưa có ngày.\n"
        "• 1.1 Kế hoạch (Sở Nội vụ và 1 cơ quan khác)\n"
        "• 3.1 Kế hoạch (Sở Tư pháp)\n"
        "• 3.2 Kế hoạch (Sở Tư pháp)\n"
        "• 3.3 Kế hoạch (Sở Tư pháp)\n"
        "• 3.4 Kế hoạch (Sở Tư pháp)\n"
        "và 2 việc khác: /setdue\n"
        "Khi có văn bản: /setdue 1.1 03/05/2023"
    )
    assert later == ["", "", ""]
    assert "⏳ 7 việc" in may


# --- too much at once ---


async def test_a_week_with_too_much_for_one_agency_is_told_once_beforehand(mornings: Mornings) -> None:
    # The week 11/9–17/9 has the report (16/9) and three tasks of STP; SNV has two and no report.
    tasks = (
        task("1.1", dated("2023-09-11")),
        task("2.1", dated("2023-09-15"), agencies=("STP", "SNV")),
        task("3.1", dated("2023-09-17"), agencies=("STP", "SNV")),
        task("4.1", dated("2023-09-18")),
    )
    wanted = plan_of(*tasks, periods=(THIRD_QUARTER,), owed_by=("STP",))
    await bring_in(mornings.database, wanted, on="2023-08-21")
    for address, agency in (("1", "STP"), ("2", "SNV")):
        await bound_chat(mornings.database, address, agency)
    office = await mornings.office()
    await mornings.scan("2023-08-21")

    too_early = await mornings.note(office, "2023-08-28")
    beforehand = await mornings.note(office, "2023-09-05")
    that_week = await mornings.note(office, "2023-09-11")

    assert too_early == ""
    assert beforehand == (
        "📋 Thứ Ba 05/09/2023: việc cần xem\n"
        "\n"
        "📌 Nhiều việc cùng tuần\n"
        "• Sở Tư pháp: 3 việc và báo cáo quý III/2023 cùng tuần 11/09–17/09"
    )
    assert that_week == ""


async def test_a_chat_that_was_told_of_neither_week_hears_of_both(mornings: Mornings) -> None:
    tasks = [task(f"1.{day}", dated(f"2023-09-{day}")) for day in (11, 13, 15, 18, 20, 22)]
    await bring_in(mornings.database, plan_of(*tasks), on="2023-08-21")
    await bound_chat(mornings.database, "1", "STP")
    await mornings.scan("2023-09-05")
    office = await mornings.office()

    first = await mornings.note(office, "2023-09-11")
    second = await mornings.note(office, "2023-09-18")

    assert "3 việc cùng tuần 11/09–17/09\n• Sở Tư pháp: 3 việc cùng tuần 18/09–24/09" in first
    assert second == ""


# --- requests ---


async def test_requests_that_wait_for_more_than_two_working_days_are_counted(mornings: Mornings) -> None:
    await bring_in(mornings.database, plan_of(task("1.1", dated("2023-12-29"))), on="2023-03-07")
    office = await mornings.office()
    await ask(mornings.database, asked_at=at("2023-03-09", "15:00"))  # Thursday
    await ask(mornings.database, asked_at=at("2023-03-13", "15:00"))
    await ask(mornings.database, asked_at=at("2023-03-07"), state=RequestState.ACCEPTED)

    monday = await mornings.note(office, "2023-03-13")
    tuesday = await mornings.note(office, "2023-03-14")
    thursday = await mornings.note(office, "2023-03-16")

    assert monday == ""
    assert "📨 1 đề nghị đã chờ quá 2 ngày làm việc.\nXem và trả lời: /approve" in tuesday
    assert "📨 2 đề nghị" in thursday
    assert thursday.endswith("[Duyệt đề nghị]")


# --- what did not arrive ---


async def test_what_did_not_arrive_is_told_once_to_every_chat_of_the_office(mornings: Mornings) -> None:
    await bring_in(mornings.database, plan_of(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    await bound_chat(mornings.database, "1", "STP")
    offices = [await mornings.office("50"), await mornings.office("51")]
    await mornings.scan("2023-03-13")
    await mornings.scan("2023-03-17")
    await fail_all(mornings.database)

    await mornings.scan("2023-03-20", "2023-03-21")

    for office in offices:
        told = [note for note in await mornings.notes(office) if "chưa tới nơi" in note]
        assert len(told) == 1
        assert told[0].startswith("⚠️ 20/03/2023: lời nhắc chưa tới nơi.\n")
        assert "• Sở Tư pháp: 1 việc\nbot bị chặn" in told[0]


async def test_what_fails_in_the_course_of_a_day_is_on_the_next_mornings_list(mornings: Mornings) -> None:
    await bring_in(
        mornings.database,
        plan_of(task("1.1", dated("2023-03-31")), task("2.1", dated("2023-04-20"))),
        on="2023-03-07",
    )
    await bound_chat(mornings.database, "1", "STP")
    office = await mornings.office()
    await mornings.scan("2023-03-17")
    await mornings.scan("2023-03-20")
    async with mornings.database.write() as session:
        # It was in doubt until now.
        await session.execute(
            update(OutboxRow).where(OutboxRow.morning.is_not(None)).values(state=OutboxState.FAILED)
        )
        await session.execute(update(NoticeRow).values(state=NoticeState.FAILED))

    await mornings.scan("2023-03-20", hour="10:00")
    same_day = await mornings.notes(office)
    await mornings.scan("2023-03-21")

    assert not [note for note in same_day if "chưa tới nơi" in note]
    assert "⚠️ 21/03/2023: lời nhắc chưa tới nơi." in (await mornings.notes(office))[-1]


async def test_what_does_not_fit_is_told_the_next_morning(mornings: Mornings) -> None:
    agencies = tuple(f"A{number}" for number in range(10))
    await bring_in(
        mornings.database, plan_of(led_by(task("1.1", dated("2023-03-31")), *agencies)), on="2023-03-07"
    )
    for number, agency in enumerate(agencies):
        await bound_chat(mornings.database, str(number), agency)
    office = await mornings.office()
    await mornings.scan("2023-03-17")
    await fail_all(mornings.database)

    first = await mornings.note(office, "2023-03-20")
    second = await mornings.note(office, "2023-03-21")
    third = await mornings.note(office, "2023-03-22")

    named = [[number for number in range(10) if f"số {number}:" in note] for note in (first, second, third)]
    assert named == [[0, 1, 2, 3, 4, 5, 6, 7], [8, 9], []]
    assert "báo tiếp vào sáng làm việc sau" in first


async def test_an_escalation_that_did_not_arrive_is_not_said_of_the_agencies(mornings: Mornings) -> None:
    await bring_in(mornings.database, plan_of(task("1.1", dated("2023-03-10"))), on="2023-03-07")
    await bound_chat(mornings.database, "1", "STP")
    office, leader = await mornings.office(), await mornings.leader()
    await mornings.scan("2023-03-24")
    async with mornings.database.write() as session:
        await session.execute(update(ChatRow).where(ChatRow.id == leader.id).values(suspended="blocked"))
        leaders = select(NoticeRow.outbox_id).where(NoticeRow.milestone == "escalated-14")
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(leaders))
            .values(state=OutboxState.FAILED, error="blocked")
        )
        await session.execute(
            update(NoticeRow).where(NoticeRow.milestone == "escalated-14").values(state=NoticeState.FAILED)
        )

    told = await mornings.note(office, "2023-03-27")

    assert "• Chuyển lên lãnh đạo, cơ quan thường trực: 1 việc" in told
    assert "Sở Tư pháp: 1 việc" not in told


async def test_an_office_without_a_chat_of_its_own_hears_it_through_its_agency(mornings: Mornings) -> None:
    await bring_in(mornings.database, plan_of(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    await bound_chat(mornings.database, "1", "STP")
    agency = await bound_chat(mornings.database, "2", "SNV")
    await mornings.scan("2023-03-17")
    await fail_all(mornings.database)

    told = await mornings.note(agency, "2023-03-20")

    assert "⚠️ 20/03/2023: lời nhắc chưa tới nơi." in told


async def test_another_plans_office_and_leaders_do_not_get_the_list(mornings: Mornings) -> None:
    await bring_in(mornings.database, plan_of(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    other, leader = await mornings.office("51", "STP"), await mornings.leader()

    await mornings.scan("2023-03-13", "2023-03-14")

    assert await mornings.notes(other) == []
    assert await mornings.notes(leader) == []


async def test_a_morning_with_everything_at_its_worst_is_one_message(database: Database) -> None:
    mornings = Mornings(database=database)
    agencies = tuple(f"A{number}" for number in range(12))
    tasks = (
        *(led_by(task(f"1.{n}", dated("2023-03-10")), *agencies) for n in range(1, 4)),
        *(led_by(task(f"2.{n}", dated("2023-04-05")), *agencies) for n in range(1, 4)),
        *(led_by(task(f"3.{n}", dated("2023-04-12")), *agencies) for n in range(1, 4)),
        *(led_by(task(f"4.{n}", EXTERNAL), *agencies) for n in range(1, 9)),
    )
    await bring_in(database, plan_of(*tasks), on="2023-03-07")
    for number, agency in enumerate(agencies[:10]):
        await bound_chat(database, str(number), agency)
    office = await mornings.office("90")
    await mornings.leader("90")
    await mornings.scan("2023-03-31")
    await fail_all(database)
    async with database.write() as session:
        await session.execute(update(ChatRow).where(ChatRow.id != office.id).values(suspended="blocked"))
    await ask(database, asked_at=at("2023-03-07"))

    words = await mornings.note(office, "2023-04-03")

    async with database.read() as session:
        bodies = list(await session.scalars(select(OutboxRow.body).where(OutboxRow.chat_id == office.id)))
    [*_, body] = [body for body in bodies if body is not None]
    for section in ("⚠️", "📨", "🔕", "📌", "⏳", "📊", "⛔"):
        assert section in words
    assert len(split(from_json(body))) == 1
