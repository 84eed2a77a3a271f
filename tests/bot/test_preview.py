"""/preview: the next scan, told beforehand; by agency, with why, where to, and what is held back."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from bot.commands.preview import milestone_words
from plan.milestones import ESCALATED, LateRhythm, Milestone, ReminderRules
from scheduler.scan import scan_if_owed
from store import chats
from store.agenda import Entry, entries
from store.changes import Actor, mark_done
from store.states import NoticeState, OutboxState, Role
from store.tables import AssignmentRow, NoticeRow, OutboxRow
from tests.bot.entries import QUARTER_1, TUYEN_TRUYEN, due_on
from tests.bot.office import DEPARTMENTS, TIMETABLE, Office, labels, plain
from tests.worlds import at

LINE = re.compile(r"^• (\S+)", re.MULTILINE)


@pytest.fixture
async def desk(office: Office) -> Office:
    """The standing office's chat, and one of Sở Tư pháp."""
    office.chat = "300"
    await office.bind("STP")
    office.chat = "100"
    await office.bind_standing_office()
    office.now = at("2023-03-13", "06:00")
    return office


async def scan(office: Office, day: str) -> dict[str, list[str]] | None:
    """The codes that a scan tells each agency of, chats counted once; its messages leave."""
    result = await scan_if_owed(
        office.database, TIMETABLE, day=date.fromisoformat(day), now=at(day), wall=office.now
    )
    if result is None:
        return None
    async with office.database.write() as session:
        by_id = {entry.id: entry for entry in await entries(session)}
        for row in await session.scalars(select(OutboxRow)):
            row.state = OutboxState.SENT
        for notice in await session.scalars(select(NoticeRow)):
            notice.state = NoticeState.SENT
    told: dict[str, list[str]] = {}
    above = {notice.assignment_id for notice in result.told if notice.milestone.startswith(ESCALATED)}
    if above:
        told["above"] = [by_id[number].code for number in above]
    own = [notice for notice in result.told if not notice.milestone.startswith(ESCALATED)]
    for number in dict.fromkeys(notice.assignment_id for notice in own):
        told.setdefault(by_id[number].agency, []).append(by_id[number].code)
    return {agency: sorted(codes) for agency, codes in told.items()}


async def shown(office: Office) -> dict[str, list[str]]:
    """The codes that all pages of a preview say will be sent to an agency."""
    answer = await office.hear("/preview")
    assert answer is not None
    pages = [plain(answer.message)]
    while "Sau ›" in labels(answer.message):
        answer = await office.tap(answer.message, "Sau ›")
        pages.append(plain(answer.message))
    found: dict[str, list[str]] = {}
    for part in "\n\n".join(pages).split("\n\n"):
        name = re.match(r"🏛 .+ \((\w+)\)", part)
        if part.startswith("📣"):
            found.setdefault("above", []).extend(LINE.findall(part))
        if name and "chưa có nơi nhận" not in part:
            found.setdefault(name[1], []).extend(LINE.findall(part))
    return {agency: sorted(codes) for agency, codes in found.items()}


async def test_it_says_to_whom_what_and_why(desk: Office) -> None:
    assert plain(await desk.say("/preview")) == (
        "🔭 Dự kiến nhắc lúc 07:30 Thứ Hai 13/03/2023\n"
        "5 việc, 2 cơ quan sẽ nhận.\n"
        "2 cơ quan chưa có nơi nhận.\n"
        "\n"
        "🏛 Sở Nội vụ (SNV) · 3 việc · 1 nơi nhận\n"
        "• 7.2a · hạn 28/02 · quá hạn 13 ngày, nhắc mỗi thứ Hai\n"
        "• BC · Quý I/2023 · nộp chậm nhất 16/03 · còn 3 ngày\n"
        "• 2.6a · hạn 31/03 · còn 18 ngày · nhắc muộn, lẽ ra ngày 01/03\n"
        "\n"
        "🏛 Sở Thông tin và Truyền thông (STTTT) · 3 việc · chưa có nơi nhận\n"
        "• 6.5 · tháng 1 · hạn 31/01 · quá hạn 41 ngày, nhắc mỗi thứ Hai\n"
        "• 6.5 · tháng 2 · hạn 28/02 · quá hạn 13 ngày, nhắc mỗi thứ Hai\n"
        "• 6.5 · tháng 3 · hạn 31/03 · còn 18 ngày · nhắc muộn, lẽ ra ngày 01/03\n"
        "\n"
        "🏛 Sở Tư pháp (STP) · 2 việc · 1 nơi nhận\n"
        "• BC · Quý I/2023 · nộp chậm nhất 16/03 · còn 3 ngày\n"
        "• 2.6a · hạn 31/03 · còn 18 ngày · nhắc muộn, lẽ ra ngày 01/03\n"
        "\n"
        "🏛 Văn phòng UBND tỉnh (VPUB) · 3 việc · chưa có nơi nhận\n"
        "• 2.1a · hạn 31/01 · quá hạn 41 ngày, nhắc mỗi thứ Hai\n"
        "• 2.1b · quý I · hạn 31/03 · còn 18 ngày · nhắc muộn, lẽ ra ngày 01/03\n"
        "• 2.6a · hạn 31/03 · còn 18 ngày · nhắc muộn, lẽ ra ngày 01/03\n"
        "\n"
        "📣 Quá hạn lâu, báo cả cấp trên\n"
        "• 2.1a · Văn phòng UBND tỉnh · quá hạn 41 ngày → cơ quan thường trực\n"
        "• 6.5 · Sở Thông tin và Truyền thông · quá hạn 41 ngày → cơ quan thường trực\n"
        "• 6.5 · Sở Thông tin và Truyền thông · quá hạn 13 ngày → cơ quan thường trực\n"
        "• 7.2a · Sở Nội vụ · quá hạn 13 ngày → cơ quan thường trực\n"
        "[Giữ lại SNV] [Giữ lại STTTT] [Giữ lại STP]\n"
        "[Giữ lại VPUB]\n"
        "[Giữ lại tất cả]"
    )


async def test_it_says_exactly_what_the_scans_of_many_days_then_tell(desk: Office) -> None:
    async def finish_2_6a() -> None:
        entry = await desk.entry("STP", "2.6a")
        async with desk.database.write() as session:
            actor = Actor(person="7", name="Nguyễn Văn A", chat_id=1)
            await mark_done(
                session, assignment_id=entry.id, document=None, note=None, actor=actor, now=desk.now
            )

    async def snooze_2_6a() -> None:
        entry = await desk.entry("SNV", "2.6a")
        async with desk.database.write() as session:
            row = await session.get_one(AssignmentRow, entry.id)
            row.next_milestone_on = row.snoozed_until = date(2023, 3, 20)

    async def let_the_office_of_communications_in() -> None:
        desk.chat = "400"
        await desk.bind("STTTT")
        desk.chat = "100"

    for day in ("2023-03-13", "2023-03-14", "2023-03-15", "2023-03-16", "2023-03-17", "2023-03-20"):
        desk.now = at(day, "06:30")
        match day:
            case "2023-03-14":
                await snooze_2_6a()
            case "2023-03-15":
                await desk.say("/hold STP")
            case "2023-03-16":
                await let_the_office_of_communications_in()
            case "2023-03-17":
                await finish_2_6a()

        seen = await shown(desk)

        assert seen == await scan(desk, day), day
        if day == "2023-03-15":
            assert "STP" not in seen
        if day == "2023-03-16":
            assert "BC" in seen["STP"]


async def test_after_todays_scan_it_is_about_the_next_working_day(desk: Office) -> None:
    desk.now = at("2023-03-10", "08:00")
    await scan(desk, "2023-03-10")

    assert plain(await desk.say("/preview")).startswith("🔭 Dự kiến nhắc lúc 07:30 Thứ Hai 13/03/2023")


async def test_on_a_day_off_it_is_about_the_next_working_day(desk: Office) -> None:
    desk.now = at("2023-03-11", "06:00")

    assert plain(await desk.say("/preview")).startswith("🔭 Dự kiến nhắc lúc 07:30 Thứ Hai 13/03/2023")


async def test_an_agency_is_held_back_and_let_go_by_its_button(desk: Office) -> None:
    before = await desk.say("/preview")

    answer = (await desk.tap(before, "Giữ lại STP")).message
    held = await desk.say("/preview")
    await desk.tap(held, "Cho gửi STP")
    after = await desk.say("/preview")

    assert plain(answer).startswith("⏸ Đã giữ lại lời nhắc Thứ Hai 13/03 của Sở Tư pháp.")
    assert "3 việc, 1 cơ quan sẽ nhận.\n2 cơ quan chưa có nơi nhận.\n1 cơ quan đang giữ lại." in plain(held)
    assert "⏸ Sở Tư pháp (STP) · 2 việc · 1 nơi nhận · đang giữ lại" in plain(held)
    assert labels(held)[-2:] == ["Cho gửi tất cả", "Giữ lại tất cả"]
    assert plain(after) == plain(before)


async def test_what_is_still_held_back_today_is_said_with_the_way_to_let_it_go(desk: Office) -> None:
    await desk.say("/hold STP")
    await scan(desk, "2023-03-13")
    desk.now = at("2023-03-13", "09:00")

    text = plain(await desk.say("/preview"))

    assert "Dự kiến nhắc lúc 07:30 Thứ Ba 14/03/2023" in text
    assert "Hôm nay còn giữ lại: Sở Tư pháp. Cho gửi ngay: /release" in text
    # Due on the 13th and the 1st, and not told yet.
    assert "• 2.6a · hạn 31/03 · còn 17 ngày · nhắc muộn, lẽ ra ngày 01/03" in text


async def test_an_agency_with_nothing_to_hear_is_shown_while_it_is_held_back(desk: Office) -> None:
    await scan(desk, "2023-03-13")
    desk.now = at("2023-03-13", "18:00")
    await desk.say("/hold STP 17/3")
    await scan(desk, "2023-03-14")
    await scan(desk, "2023-03-15")
    await scan(desk, "2023-03-16")
    desk.now = at("2023-03-16", "18:00")
    async with desk.database.write() as session:
        for entry in await entries(session, agencies=["STP"]):
            (await session.get_one(AssignmentRow, entry.id)).next_milestone_on = None

    text = plain(await desk.say("/preview"))

    assert "⏸ Sở Tư pháp (STP) · đang giữ lại, chưa có việc nào cần nhắc" in text


async def test_with_nothing_to_tell_it_says_so(desk: Office) -> None:
    async with desk.database.write() as session:
        for entry in await entries(session):
            (await session.get_one(AssignmentRow, entry.id)).next_milestone_on = None

    assert plain(await desk.say("/preview")) == (
        "🔭 Dự kiến nhắc lúc 07:30 Thứ Hai 13/03/2023\nKhông có lời nhắc nào sẽ gửi."
    )


async def test_a_chat_out_of_reach_is_no_place_to_send_to(desk: Office) -> None:
    async with desk.database.write() as session:
        chat = await chats.find_chat(session, channel="telegram", address="300")
        assert chat is not None
        await chats.suspend(session, chat.id, "blocked")

    assert "🏛 Sở Tư pháp (STP) · 2 việc · chưa có nơi nhận" in plain(await desk.say("/preview"))


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER])
async def test_others_may_not_see_it(office: Office, role: Role) -> None:
    await office.bind("STP" if role is Role.OFFICER else "", role=role)

    assert plain(await office.say("/preview")).startswith("Lệnh này không dùng được")


async def test_another_plans_standing_office_sees_nothing_of_it(office: Office) -> None:
    await office.bind("STP")
    await office.bind("STP", role=Role.STANDING_OFFICE)
    office.now = at("2023-03-13", "06:00")

    text = plain(await office.say("/preview"))

    assert "Không có lời nhắc nào sẽ gửi." in text
    assert not any(f"({code})" in text for code in DEPARTMENTS)


DAILY = ReminderRules(task_while_late=LateRhythm.WORKING_DAYS)
DUE = due_on(date(2023, 3, 31))
ON_SATURDAY = due_on(date(2023, 9, 16))


@pytest.mark.parametrize(
    ("entry", "name", "day", "words"),
    [
        (DUE, "due-7", "2023-03-24", "còn 7 ngày"),
        (DUE, "due-0", "2023-03-31", "đến hạn"),
        (DUE, "late-2023-04-03", "2023-04-03", "quá hạn 3 ngày, nhắc mỗi thứ Hai"),
        (ON_SATURDAY, "due-0", "2023-09-15", "còn 1 ngày"),
        (ON_SATURDAY, "due-0", "2023-09-18", "hạn là ngày nghỉ, nộp được đến hết 18/09/2023"),
        (QUARTER_1, "cutoff-0", "2023-03-14", "chốt số liệu"),
        (QUARTER_1, "cutoff-3", "2023-03-10", "còn 4 ngày đến ngày chốt số liệu"),
        (QUARTER_1, "cutoff-0", "2023-03-15", "còn 1 ngày"),
        (QUARTER_1, "late-2023-03-17", "2023-03-17", "quá hạn 1 ngày, nhắc mỗi ngày làm việc"),
        (TUYEN_TRUYEN, "something-else", "2023-03-01", "quá hạn 1 ngày"),
    ],
)
def test_a_milestone_in_words(entry: Entry, name: str, day: str, words: str) -> None:
    on = date.fromisoformat(day)

    assert milestone_words(entry, Milestone(name=name, day=on), on, ReminderRules()) == words


def test_a_daily_rhythm_is_named() -> None:
    on = date(2023, 4, 3)
    milestone = Milestone(name="late-2023-04-03", day=on)

    assert milestone_words(DUE, milestone, on, DAILY) == "quá hạn 3 ngày, nhắc mỗi ngày làm việc"


async def test_the_preview_of_an_agency_that_is_named_shows_it_alone(desk: Office) -> None:
    whole = plain(await desk.say("/preview"))

    shown = plain(await desk.say("/preview so tu phap"))

    assert "🏛 Sở Tư pháp (STP)" in shown
    assert len(re.findall("^[🏛⏸] ", whole, re.MULTILINE)) > 1
    assert len(re.findall("^[🏛⏸] ", shown, re.MULTILINE)) == 1
    assert "Giữ lại tất cả" not in shown


async def test_what_is_held_is_told_to_nobody_above_either(desk: Office) -> None:
    before = await desk.say("/preview")
    await desk.say("/hold tất cả")

    after = await desk.say("/preview")

    assert "📣 Quá hạn lâu" in plain(before)
    assert "📣 Quá hạn lâu" not in plain(after)
