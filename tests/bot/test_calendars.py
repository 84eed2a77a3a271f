"""What the calendar of a chat shows, and what becomes of its days when people move, finish and drop what is owed."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import select

from bot.calendars import TOLD_FOR, calendar_of
from bot.conversation import Conversation
from bot.options import Options
from bot.papers.calendar import Calendar, Event, ics
from plan.assignments import DutyKind, duties
from plan.deadlines import Deadline
from plan.load import load_plan
from plan.model import Plan
from store.chats import bindings_of, find_chat
from store.states import Role, State
from store.tables import AssignmentRow, ItemRow
from tests.bot.office import ENTRANCES, PLAN, TIMETABLE, Office, monthly, once, open_office, put_plan

DATA = Path(__file__).parents[2] / "data" / "tasks.yaml"


async def calendar_in(office: Office, chat: str = "100") -> Calendar:
    async with office.database.read() as session:
        row = await find_chat(session, channel="telegram", address=chat)
        assert row is not None
        return await calendar_of(session, await bindings_of(session, row.id), TIMETABLE, now=office.now)


async def event_of(office: Office, beginning: str, chat: str = "100") -> Event:
    """The one whose summary begins so, marks aside."""
    events = (await calendar_in(office, chat)).events
    [found] = [event for event in events if event.summary.removeprefix("✅ ").startswith(beginning)]
    return found


async def says(office: Office, text: str) -> None:
    """Say it and confirm it."""
    await office.tap(await office.say(text), "Xác nhận")


@pytest.fixture
async def steered(office: Office) -> Office:
    """Chat 100 is Sở Tư pháp's, chat 200 the standing office's."""
    await office.bind("STP")
    office.chat = "200"
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    return office


async def test_an_agency_has_its_due_days_and_cutoffs(office: Office) -> None:
    await office.bind("STP")

    events = (await calendar_in(office)).events

    assert [(event.day.isoformat(), event.summary) for event in events] == [
        ("2023-03-16", "BC Báo cáo tình hình, kết quả thực hiện công tác CCHC (Quý I/2023) – hạn nộp"),
        ("2023-03-14", "BC Báo cáo tình hình, kết quả thực hiện công tác CCHC (Quý I/2023) – chốt số liệu"),
        ("2023-03-31", "2.6a Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh – hạn"),
        ("2023-09-16", "BC Báo cáo tình hình, kết quả thực hiện công tác CCHC (Quý III/2023) – hạn nộp"),
        ("2023-09-14", "BC Báo cáo tình hình, kết quả thực hiện công tác CCHC (Quý III/2023) – chốt số liệu"),
        ("2023-12-31", "2.6b Quyết định phê duyệt phương án đơn giản hóa TTHC nội bộ – hạn"),
    ]
    assert {(event.sequence, event.modified, event.is_cancelled) for event in events} == {(0, None, False)}


async def test_an_event_tells_the_period_the_window_and_what_a_day_off_means(office: Office) -> None:
    await office.bind("STP")

    events = (await calendar_in(office)).events
    quarter = next(event for event in events if "Quý III/2023) – hạn" in event.summary)

    assert quarter.description.splitlines() == [
        "Nhiệm vụ: Báo cáo tình hình, kết quả thực hiện công tác CCHC",
        "Kỳ: Quý III/2023",
        "Số liệu: từ 15/06/2023 đến 14/09/2023",
        "Hạn: 16/09/2023",
        "Thứ Bảy 16/09 là ngày nghỉ: nhắc trước vào Thứ Sáu 15/09, nộp được đến hết Thứ Hai 18/09.",
        "Cơ quan: Sở Tư pháp",
        "Kế hoạch: 192/KH-UBND ngày 20/12/2022",
    ]


def mornings(event: Event) -> list[tuple[date, timedelta]]:
    """The days on which it rings, and the hour."""
    return [
        (event.day + timedelta(days=alarm.days), timedelta(seconds=alarm.seconds)) for alarm in event.alarms
    ]


async def test_it_rings_on_the_mornings_of_the_last_milestones(office: Office) -> None:
    await office.bind("STP")
    at = timedelta(hours=7, minutes=30)

    task = await event_of(office, "2.6a")
    events = (await calendar_in(office)).events
    report, cutoff = (
        next(event for event in events if f"Quý III/2023) – {what}" in event.summary)
        for what in ("hạn", "chốt")
    )

    assert mornings(task) == [(date(2023, 3, day), at) for day in (24, 28, 30, 31)]
    # The Saturday itself finds nobody at work.
    assert mornings(report) == [(date(2023, 9, 13), at), (date(2023, 9, 15), at)]
    assert mornings(cutoff) == [(date(2023, 9, 11), at), (date(2023, 9, 14), at)]


async def test_a_day_that_moves_is_the_same_event_with_a_higher_number(steered: Office) -> None:
    before = await event_of(steered, "2.6a")
    await says(steered, "/setdue 2.6a STP 30/6/2023")
    moved = await event_of(steered, "2.6a")
    await says(steered, "/setdue 2.6a STP bỏ")
    back = await event_of(steered, "2.6a")

    assert before.uid == moved.uid == back.uid
    assert (moved.day, back.day) == (date(2023, 6, 30), before.day)
    assert before.sequence < moved.sequence < back.sequence
    assert moved.modified == steered.now
    assert "Hạn trước đó: 31/03/2023" in moved.description


async def test_an_extension_and_its_undoing_are_numbered_on(steered: Office) -> None:
    await says(steered, "/setdue 2.6a STP 30/6/2023")
    moved = await event_of(steered, "2.6a")
    await says(steered, "/undo 2.6a")

    undone = await event_of(steered, "2.6a")

    assert (undone.uid, undone.day) == (moved.uid, date(2023, 3, 31))
    assert undone.sequence > moved.sequence


async def test_a_day_that_the_file_moves_is_the_same_event_with_a_higher_number(office: Office) -> None:
    await office.bind("VPUB")
    before = await event_of(office, "2.1a")
    moved_plan = with_output("2.1a", once(date(2023, 4, 28)))

    async with office.database.write() as session:
        await put_plan(session, moved_plan)
        await put_plan(session, moved_plan)

    moved = await event_of(office, "2.1a")
    assert (moved.uid, moved.day) == (before.uid, date(2023, 4, 28))
    assert moved.sequence == before.sequence + 1


def with_output(code: str, deadline: Deadline) -> Plan:
    tasks = tuple(
        replace(
            one,
            outputs=tuple(
                replace(output, deadline=deadline) if output.code == code else output
                for output in one.outputs
            ),
        )
        for one in PLAN.tasks
    )
    return replace(PLAN, tasks=tasks)


async def test_what_is_done_stays_with_its_mark_and_rings_no_more(office: Office) -> None:
    await office.bind("STP")
    before = await event_of(office, "2.6a")

    await says(office, "/done 2.6a 15/KH-UBND")

    done = await event_of(office, "2.6a")
    assert done.summary == f"✅ {before.summary}"
    assert (done.uid, done.day, done.is_cancelled, done.alarms) == (before.uid, before.day, False, ())
    assert done.sequence > before.sequence


async def test_what_is_noted_only_is_no_revision(office: Office) -> None:
    await office.bind("STP")
    before = await event_of(office, "2.6a")

    await says(office, "/progress 2.6a 60% đã lấy ý kiến")
    await says(office, "/snooze 2.6a 3 ngày")

    assert await event_of(office, "2.6a") == before


async def test_what_is_waived_is_cancelled(office: Office) -> None:
    await office.bind("VPUB")
    before = await _quarter(office, "quý II)")

    await says(office, "/waive 2.1b quý II không có hồ sơ")

    waived = await _quarter(office, "quý II)")
    assert (waived.uid, waived.day, waived.is_cancelled) == (before.uid, before.day, True)
    assert waived.sequence > before.sequence


async def _quarter(office: Office, period: str) -> Event:
    [found] = [
        event
        for event in (await calendar_in(office)).events
        if event.summary.startswith("2.1b") and period in event.summary
    ]
    return found


async def test_what_leaves_the_plan_is_cancelled_and_comes_back_with_it(office: Office) -> None:
    await office.bind("STP")
    before = await event_of(office, "2.6a")
    without = replace(PLAN, tasks=tuple(one for one in PLAN.tasks if one.code != "2.6"))

    async with office.database.write() as session:
        await put_plan(session, without)
    gone = await event_of(office, "2.6a")
    async with office.database.write() as session:
        await put_plan(session, PLAN)
    again = await event_of(office, "2.6a")

    assert [one.is_cancelled for one in (before, gone, again)] == [False, True, False]
    assert before.uid == gone.uid == again.uid
    assert before.sequence < gone.sequence < again.sequence


async def test_what_loses_its_day_is_cancelled_on_the_day_that_it_had(steered: Office) -> None:
    steered.chat = "200"
    await says(steered, "/setdue 1.1a 30/6/2023")
    dated = await event_of(steered, "1.1a")

    await says(steered, "/setdue 1.1a bỏ")

    undated = await event_of(steered, "1.1a")
    assert (undated.uid, undated.day, undated.is_cancelled) == (dated.uid, date(2023, 6, 30), True)
    assert undated.sequence > dated.sequence


async def test_a_cancellation_is_told_for_a_while_only(office: Office) -> None:
    await office.bind("VPUB")
    await says(office, "/waive 2.1b quý II không có hồ sơ")

    office.now += TOLD_FOR + timedelta(seconds=1)

    assert not [event for event in (await calendar_in(office)).events if "quý II)" in event.summary]


async def test_what_never_had_a_day_is_in_no_calendar(office: Office) -> None:
    await office.bind("STP")

    summaries = [event.summary for event in (await calendar_in(office)).events]

    assert not [one for one in summaries if one.startswith(("1.1a", "2.2"))]


async def test_what_a_lead_asks_for_is_in_the_calendar_of_who_is_asked(office: Office) -> None:
    await office.bind("STP")
    await says(office, "/ask 2.6a STTTT 20/3 gửi danh mục")
    office.chat = "300"
    await office.bind("STTTT")

    asked = await event_of(office, "2.6a", "300")

    assert asked.summary == "2.6a phối hợp với Sở Tư pháp: gửi danh mục – hạn"
    assert asked.day == date(2023, 3, 20)
    assert "Nội dung phối hợp: gửi danh mục" in asked.description


async def test_of_several_agencies_each_event_says_whose_it_is(office: Office) -> None:
    await office.bind("STP", "VPUB")

    events = [event for event in (await calendar_in(office)).events if "2.6a" in event.summary]

    assert [event.summary.split(" · ")[0] for event in events] == ["STP", "VPUB"]
    assert len({event.uid for event in events}) == 2


async def test_a_chat_that_is_bound_to_nothing_has_an_empty_calendar(office: Office) -> None:
    await office.bind("STP")
    await office.unbind()

    calendar = await calendar_in(office)

    assert (calendar.name, list(calendar.events)) == ("Nhắc việc", [])


async def test_who_oversees_a_plan_has_one_event_for_each_output_and_day_with_how_many_are_done(
    steered: Office,
) -> None:
    steered.chat = "100"
    await says(steered, "/done 2.6a 15/KH-UBND")

    event = await event_of(steered, "2.6a", "200")

    assert event.summary == "2.6a Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh – hạn (1/3 xong)"
    assert "Đã xong: 1/3 cơ quan" in event.description
    assert "Sở Tư pháp" not in event.description
    assert mornings(event) == [(date(2023, 3, 31), timedelta(hours=7, minutes=30))]


async def test_a_day_that_is_set_for_some_is_an_event_of_its_own_and_goes_with_them(steered: Office) -> None:
    [before] = await _overseen(steered, "2.6a")
    await says(steered, "/setdue 2.6a STP 30/6/2023")
    first, second = await _overseen(steered, "2.6a")
    await says(steered, "/setdue 2.6a STP bỏ")
    back, left = await _overseen(steered, "2.6a")

    assert (first.uid, first.day) == (before.uid, before.day)
    assert first.summary.endswith("(0/2 xong)")
    assert (second.day, second.is_cancelled) == (date(2023, 6, 30), False)
    assert (back.uid, back.is_cancelled) == (before.uid, False)
    assert (left.uid, left.day, left.is_cancelled) == (second.uid, second.day, True)
    assert left.sequence > second.sequence


async def _overseen(office: Office, code: str) -> list[Event]:
    events = (await calendar_in(office, "200")).events
    return sorted((event for event in events if event.summary.startswith(code)), key=lambda event: event.day)


async def test_what_all_have_done_has_its_mark(steered: Office) -> None:
    async with steered.database.write() as session:
        query = select(AssignmentRow).join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        for row in await session.scalars(query.where(ItemRow.code == "2.6a")):
            row.state, row.done_at = State.DONE, steered.now

    event = await event_of(steered, "2.6a", "200")

    assert event.summary.startswith("✅ 2.6a")
    assert event.alarms == ()


async def test_a_standing_office_has_its_own_work_once(office: Office) -> None:
    await office.bind_standing_office()

    events = (await calendar_in(office)).events

    assert len([event for event in events if "7.2a" in event.summary]) == 1
    # What others owe too is there as its own, and as a whole.
    assert len([event for event in events if "2.6a" in event.summary]) == 2


async def test_a_plan_that_recurs_has_an_event_for_each_period(office: Office) -> None:
    await office.bind("STTTT")

    events = [event for event in (await calendar_in(office)).events if event.summary.startswith("6.5")]

    assert [event.day for event in events] == [one.due for one in monthly().occurrences]
    assert len({event.uid for event in events}) == 12


Owed = list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def real() -> Plan:
    """The plan of 2023."""
    return load_plan(DATA)[0]


@pytest.fixture
async def province(real: Plan) -> AsyncIterator[Office]:
    async with open_office(real) as office:
        yield office


def owed_by(plan: Plan) -> Owed:
    """What the plan says is due when: agency, code, day."""
    return [
        (duty.agency, duty.code, duty.dates.due.isoformat())
        for duty in duties(plan, TIMETABLE.calendar)
        if duty.dates is not None
    ]


def days_in(file: bytes, what: str) -> Counter[tuple[str, str]]:
    """Code and day of its events, as another library reads them."""
    found = IcsCalendarStream.calendar_from_ics(file.decode()).events
    return Counter(
        (str(event.summary).split()[0], str(event.dtstart))
        for event in found
        if str(event.summary).split(" – ")[-1].startswith(what)
    )


@pytest.mark.parametrize("agency", ["STP", "SNV", "VPUB", "TXVC"])
async def test_the_real_plan_of_an_agency_has_its_days(province: Office, real: Plan, agency: str) -> None:
    own = Counter((code, day) for owner, code, day in owed_by(real) if owner == agency)
    await province.bind(agency)

    file = ics(await calendar_in(province), made_at=datetime(2023, 3, 13, tzinfo=UTC))

    assert own
    assert days_in(file, "hạn") == own


async def test_the_real_plan_as_a_whole_has_each_output_and_day_once(province: Office, real: Plan) -> None:
    await province.bind("SNV", role=Role.STANDING_OFFICE)

    file = ics(await calendar_in(province), made_at=datetime(2023, 3, 13, tzinfo=UTC))

    assert days_in(file, "hạn") == Counter({(code, day) for _, code, day in owed_by(real)})
    assert days_in(file, "chốt số liệu") == Counter(
        {
            (duty.code, duty.dates.cutoff.isoformat())
            for duty in duties(real, TIMETABLE.calendar)
            if duty.kind is DutyKind.REPORT and duty.dates is not None and duty.dates.cutoff is not None
        }
    )
    uids = [str(event["UID"]) for event in icalendar.Calendar.from_ical(file).walk("VEVENT")]
    assert len(uids) == len(set(uids))


async def test_when_the_day_is_set_for_all_the_plans_day_is_cancelled(steered: Office) -> None:
    [before] = await _overseen(steered, "2.6a")

    await says(steered, "/setdue 2.6a 30/6/2023")

    left, moved = await _overseen(steered, "2.6a")
    assert (left.uid, left.day, left.is_cancelled) == (before.uid, before.day, True)
    assert (moved.day, moved.is_cancelled, left.sequence) == (date(2023, 6, 30), False, 3)


async def test_what_waits_for_approval_is_not_marked_as_done_and_does_not_ring(steered: Office) -> None:
    steered.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(approves_done=True)
    )
    steered.chat = "100"
    await says(steered, "/done 2.6a 15/KH-UBND")

    own, overseen = await event_of(steered, "2.6a"), await event_of(steered, "2.6a", "200")

    assert own.summary.endswith(" – hạn (chờ duyệt)")
    assert not own.summary.startswith("✅")
    assert (own.alarms, own.is_cancelled) == ((), False)
    assert "Đã xong: 0/3 cơ quan, 1 chờ duyệt" in overseen.description
