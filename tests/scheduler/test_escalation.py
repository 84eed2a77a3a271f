"""What is late for long is told to the standing office and to leaders, each step once, in the chat's one morning message."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from bot.morning import morning_message
from plan.assignments import DutyKind
from plan.hours import OfficeHours
from plan.milestones import Escalation, Overseer, ReminderRules
from plan.vietnam import day_of
from scheduler.scan import ScanResult, scan_if_owed
from store import notices
from store.changes import Actor, due_values, look_anew, mark_done, open_row, write
from store.database import Database
from store.states import NoticeState, OutboxState, Role
from store.tables import AssignmentRow, BindingRow, ChatRow, NoticeRow, OutboxRow
from store.timetable import Timetable
from tests.bot.office import plain
from tests.scheduler.desk import LAN, Desk
from tests.scheduler.overseeing import led_by, many, plan_of
from tests.worlds import TIMETABLE, WALL, at, bound_chat, bring_in, dated, plan, task

FRIDAY = dated("2023-03-31")
ACTOR = Actor(person="9", name="Cán bộ", chat_id=1)


async def scan_on(
    database: Database, day: str, *, timetable: Timetable = TIMETABLE, hour: str = "07:30"
) -> ScanResult | None:
    now = at(day, hour)
    if OfficeHours().scan_day(now, timetable.calendar) is None:
        return None
    return await scan_if_owed(database, timetable, day=day_of(now), now=now, wall=WALL)


async def told_to(database: Database, chat: ChatRow) -> list[str]:
    """The milestones of which a chat has notices, in the order in which it got them."""
    async with database.read() as session:
        return list(
            await session.scalars(
                select(NoticeRow.milestone).where(NoticeRow.chat_id == chat.id).order_by(NoticeRow.id)
            )
        )


async def said_to(database: Database, chat: ChatRow, day: str) -> str:
    """What the chat's message of that morning would say at this moment; "" when nothing."""
    async with database.read() as session:
        rows = await session.scalars(
            select(OutboxRow.id).where(
                OutboxRow.chat_id == chat.id, OutboxRow.morning == date.fromisoformat(day)
            )
        )
        [message] = list(rows) or [0]
        spoken = (await notices.spoken(session, [message])).get(message, [])
    written = morning_message(spoken, date.fromisoformat(day))
    return plain(written) if written else ""


async def settle_all(database: Database, state: OutboxState, notice: NoticeState) -> None:
    async with database.write() as session:
        await session.execute(
            update(OutboxRow).where(OutboxRow.state == OutboxState.QUEUED).values(state=state)
        )
        await session.execute(
            update(NoticeRow).where(NoticeRow.state == NoticeState.PENDING).values(state=notice)
        )


async def bound_office(database: Database, address: str = "50") -> ChatRow:
    return await bound_chat(database, address, "SNV", role=Role.STANDING_OFFICE)


async def bound_leader(database: Database, address: str = "60") -> ChatRow:
    return await bound_chat(database, address, "", role=Role.LEADER)


DAYS = ("2023-04-03", "2023-04-06", "2023-04-07", "2023-04-10", "2023-04-13", "2023-04-14", "2023-04-17")


async def test_the_office_hears_on_the_seventh_day_the_leader_on_the_fourteenth_each_once(
    database: Database,
) -> None:
    await bring_in(database, plan(task("1.1", FRIDAY)), on="2023-03-07")
    agency = await bound_chat(database, "1", "STP")
    office, leader = await bound_office(database), await bound_leader(database)
    heard: dict[str, list[int]] = {}

    for day in DAYS:
        result = await scan_on(database, day)
        heard[day] = [] if result is None else [notice.chat_id for notice in result.told]

    assert [day for day, chats in heard.items() if office.id in chats] == ["2023-04-07"]
    assert [day for day, chats in heard.items() if leader.id in chats] == ["2023-04-14"]
    assert [day for day, chats in heard.items() if agency.id in chats] == [
        "2023-04-03",
        "2023-04-07",
        "2023-04-10",
        "2023-04-14",
        "2023-04-17",
    ]
    assert await told_to(database, office) == ["escalated-7"]
    assert await told_to(database, leader) == ["escalated-14"]


async def test_a_leader_reads_it_by_agency_and_has_nothing_to_mark_as_done(database: Database) -> None:
    tasks = (
        task("1.1", FRIDAY),
        task("2.1", FRIDAY, agencies=("STP", "SNV")),
    )
    await bring_in(database, plan(*tasks), on="2023-03-07")
    leader = await bound_leader(database)

    await scan_on(database, "2023-04-14")

    assert await said_to(database, leader, "2023-04-14") == (
        "🔔 Thứ Sáu 14/04/2023\n"
        "📣 Quá hạn lâu, cần đôn đốc: 3 việc của 2 cơ quan.\n"
        "\n"
        "🏛 Sở Tư pháp\n"
        "⛔ 1.1 Nhiệm vụ 1.1 · quá hạn 14 ngày\n"
        "⛔ 2.1 Nhiệm vụ 2.1 · quá hạn 14 ngày\n"
        "\n"
        "🏛 Sở Nội vụ\n"
        "⛔ 2.1 Nhiệm vụ 2.1 · quá hạn 14 ngày\n"
        "[Cơ quan quá hạn]"
    )


async def test_a_chat_that_is_both_gets_one_message_with_its_own_part_first(database: Database) -> None:
    await bring_in(
        database,
        plan(task("1.1", FRIDAY), task("7.1", dated("2023-04-07"), agencies=("SNV",))),
        on="2023-03-07",
    )
    chat = await bound_chat(database, "1", "SNV")
    await bound_office(database, "1")

    await scan_on(database, "2023-04-07")

    words = await said_to(database, chat, "2023-04-07")
    assert words.startswith("🔔 Sở Nội vụ · Thứ Sáu 07/04/2023\nNhắc hôm nay: 1 việc hạn hôm nay.\n")
    own, above = words.split("📣 Quá hạn lâu, cần đôn đốc: 1 việc của 1 cơ quan.\n")
    assert "/done_7_1" in own
    assert "🏛 Sở Tư pháp\n⛔ 1.1 Nhiệm vụ 1.1" in above
    assert words.endswith("[Việc đến hạn] [Cơ quan quá hạn]")


async def test_what_a_chat_owes_itself_is_said_once_though_it_is_escalated(database: Database) -> None:
    await bring_in(database, plan(task("7.1", FRIDAY, agencies=("SNV",))), on="2023-03-07")
    chat = await bound_chat(database, "1", "SNV")
    await bound_office(database, "1")

    await scan_on(database, "2023-04-07")

    words = await said_to(database, chat, "2023-04-07")
    assert await told_to(database, chat) == ["late-2023-04-07", "escalated-7"]
    assert words.count("Nhiệm vụ 7.1") == 1
    assert "📣" not in words


async def test_what_is_closed_or_waits_for_approval_is_escalated_no_more(database: Database) -> None:
    await bring_in(database, plan(task("1.1", FRIDAY), task("2.1", FRIDAY)), on="2023-03-07")
    office, leader = await bound_office(database), await bound_leader(database)
    await scan_on(database, "2023-04-07")
    async with database.write() as session:
        for number, submitted in ((1, False), (2, True)):
            await mark_done(
                session,
                assignment_id=number,
                document=None,
                note=None,
                actor=replace(ACTOR, chat_id=office.id),
                now=at("2023-04-07"),
                submitted=submitted,
            )

    still_said = await said_to(database, office, "2023-04-07")
    await scan_on(database, "2023-04-14")

    assert still_said == ""
    assert await told_to(database, leader) == []


async def test_a_moved_due_day_starts_anew(database: Database) -> None:
    await bring_in(database, plan(task("1.1", FRIDAY)), on="2023-03-07")
    office = await bound_office(database)
    await scan_on(database, "2023-04-07")
    async with database.write() as session:
        row = await open_row(session, 1)
        assert row is not None
        values = due_values(date(2023, 4, 28), TIMETABLE)
        await write(
            session, row, "setdue", values, actor=replace(ACTOR, chat_id=office.id), now=at("2023-04-07")
        )
        look_anew(row, TIMETABLE, date(2023, 4, 7))

    still_said = await said_to(database, office, "2023-04-07")
    for day in ("2023-04-14", "2023-05-04", "2023-05-05"):
        await scan_on(database, day)

    # 28/4 + 7 days is Friday 5/5.
    assert still_said == ""
    assert await told_to(database, office) == ["escalated-7", "escalated-7"]
    assert "quá hạn 7 ngày" in await said_to(database, office, "2023-05-05")


async def test_the_part_of_a_supporting_agency_is_not_escalated(database: Database) -> None:
    await bring_in(database, plan(task("1.1", FRIDAY)), on="2023-03-07")
    async with database.write() as session:
        await session.execute(update(AssignmentRow).values(kind=DutyKind.SUPPORT))
    agency, office, leader = (
        await bound_chat(database, "1", "STP"),
        await bound_office(database),
        await bound_leader(database),
    )

    for day in DAYS:
        await scan_on(database, day)

    assert await told_to(database, office) + await told_to(database, leader) == []
    assert await told_to(database, agency) == ["late-2023-04-03", "late-2023-04-10", "late-2023-04-17"]


async def test_a_step_missed_while_the_bot_was_away_is_told_and_says_that_it_is_late(
    database: Database,
) -> None:
    await bring_in(database, plan(task("1.1", FRIDAY)), on="2023-03-07")
    office = await bound_office(database)

    await scan_on(database, "2023-04-11")

    assert await told_to(database, office) == ["escalated-7"]
    assert "nhắc muộn: lẽ ra 07/04" in await said_to(database, office, "2023-04-11")


async def test_the_day_of_the_next_look_is_never_beyond_an_escalation(database: Database) -> None:
    await bring_in(database, plan(task("1.1", FRIDAY)), on="2023-03-07")
    looks = []

    for day in ("2023-04-03", "2023-04-07", "2023-04-10", "2023-04-14"):
        await scan_on(database, day)
        async with database.read() as session:
            looks.append(await session.scalar(select(AssignmentRow.next_milestone_on)))

    assert looks == [date(2023, 4, 7), date(2023, 4, 10), date(2023, 4, 14), date(2023, 4, 17)]
    assert all(earlier < later for earlier, later in pairwise(looks) if earlier and later)


async def test_another_offices_chat_and_one_that_is_not_bound_any_more_hear_nothing(
    database: Database,
) -> None:
    await bring_in(database, plan(task("1.1", FRIDAY)), on="2023-03-07")
    office = await bound_office(database)
    other = await bound_chat(database, "51", "STP", role=Role.STANDING_OFFICE)
    await scan_on(database, "2023-04-07")
    async with database.write() as session:
        await session.execute(
            update(BindingRow).where(BindingRow.chat_id == office.id).values(ended_at=at("2023-04-07"))
        )

    assert await told_to(database, other) == []
    assert await said_to(database, office, "2023-04-07") == ""


async def test_a_failed_escalation_is_tried_again_at_the_next_look(database: Database) -> None:
    await bring_in(database, plan(task("1.1", FRIDAY)), on="2023-03-07")
    office = await bound_office(database)
    await scan_on(database, "2023-04-07")
    await settle_all(database, OutboxState.FAILED, NoticeState.FAILED)

    await scan_on(database, "2023-04-10")

    assert await told_to(database, office) == ["escalated-7"]
    assert "Nhiệm vụ 1.1" in await said_to(database, office, "2023-04-10")


async def test_one_step_for_office_and_leader_is_one_notice_in_a_chat_that_is_both(
    database: Database,
) -> None:
    both = tuple(Escalation(days_late=7, to=to) for to in Overseer)
    timetable = replace(TIMETABLE, rules=ReminderRules(escalation=both))
    await bring_in(database, plan(task("1.1", FRIDAY)), on="2023-03-07")
    chat = await bound_office(database)
    await bound_leader(database, "50")

    await scan_on(database, "2023-04-07", timetable=timetable)

    assert await told_to(database, chat) == ["escalated-7"]


@pytest.mark.parametrize("rules", [ReminderRules(escalation=())])
async def test_without_steps_nobody_but_the_agency_hears(database: Database, rules: ReminderRules) -> None:
    timetable = replace(TIMETABLE, rules=rules)
    await bring_in(database, plan(task("1.1", FRIDAY)), on="2023-03-07")
    office, leader = await bound_office(database), await bound_leader(database)

    for day in DAYS:
        await scan_on(database, day, timetable=timetable)

    assert await told_to(database, office) + await told_to(database, leader) == []


async def test_both_parts_leave_as_one_message_and_all_its_notices_are_sent(desk: Desk) -> None:
    """1.1 and 2.1 of Sở Tư pháp are due on 10/3, 7.1 of Sở Nội vụ on 17/3."""
    await bring_in(
        desk.database,
        plan(
            task("1.1", dated("2023-03-10")),
            task("2.1", dated("2023-03-10")),
            task("7.1", dated("2023-03-17"), agencies=("SNV",)),
        ),
        on="2023-03-07",
    )
    await bound_chat(desk.database, str(LAN), "SNV", role=Role.STANDING_OFFICE)
    for day in ("2023-03-13", "2023-03-17"):
        await desk.scan(day)
        await desk.deliver(after=86400)

    told = [text for text in await desk.town.texts(LAN) if "17/03/2023" in text.splitlines()[0]]

    [one] = told
    assert one.index("/done_7_1") < one.index("📣 Quá hạn lâu, cần đôn đốc: 2 việc của 1 cơ quan.")
    assert set(await desk.notice_states()) == {NoticeState.SENT}


async def test_what_many_agencies_have_not_done_is_told_once_for_all_of_them_and_counts_for_each(
    desk: Desk,
) -> None:
    agencies = many(12)
    tasks = (
        led_by(task("1.1", FRIDAY), *agencies),
        led_by(task("2.1", FRIDAY), "A1", "A2"),
    )
    await bring_in(desk.database, plan_of(*tasks), on="2023-03-07")
    async with desk.database.write() as session:
        session.add(
            BindingRow(chat_id=desk.chats[LAN], role=Role.LEADER, agency="", bound_at=at("2023-03-07"))
        )

    await desk.scan("2023-04-14")
    await desk.deliver()

    [text] = [text for text in await desk.town.texts(LAN) if "📣" in text]
    assert "📣 Quá hạn lâu, cần đôn đốc: 14 việc của 12 cơ quan." in text
    assert text.count("Nhiệm vụ 1.1") == 1
    assert "🏛 12 cơ quan: " in text
    assert " và 4 cơ quan khác: /late" in text
    assert text.count("Nhiệm vụ 2.1") == 2
    assert len(text.splitlines()) < 30
    async with desk.database.read() as session:
        states = await session.scalars(
            select(NoticeRow.state).where(NoticeRow.milestone.startswith("escalated-"))
        )
    assert Counter(states) == {NoticeState.SENT: 14}
