from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.commands.snooze import read_until
from plan.milestones import DueDates
from plan.vietnam import day_of
from store.tables import AssignmentRow
from tests.bot.office import TIMETABLE, Office, plain

MONDAY = date(2023, 3, 13)


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("", date(2023, 3, 16)),
        ("vì bận", date(2023, 3, 16)),
        ("3 ngày", date(2023, 3, 16)),
        ("3ngay", date(2023, 3, 16)),
        ("3", date(2023, 3, 16)),
        ("đến 20/3", date(2023, 3, 20)),
        ("20/3", date(2023, 3, 20)),
        ("20-03-2023", date(2023, 3, 20)),
        ("20/3/23", date(2023, 3, 20)),
        ("20.3", date(2023, 3, 20)),
        ("ngày 20 tháng 3", date(2023, 3, 20)),
        ("chủ nhật", date(2023, 3, 19)),
        ("thứ sáu tuần sau", date(2023, 3, 24)),
        ("hai tuần", date(2023, 3, 27)),
        ("1 tuần", date(2023, 3, 20)),
        ("tuần sau", date(2023, 3, 20)),
        ("mai", date(2023, 3, 14)),
        ("đến thứ Sáu", date(2023, 3, 17)),
        ("thứ 2", date(2023, 3, 20)),
        ("30 ngày", date(2023, 4, 12)),
    ],
)
def test_until_when_is_read_in_many_words(typed: str, until: date) -> None:
    reading = read_until(typed, MONDAY)

    assert (reading.until, reading.wrong) == (until, None)


def test_at_the_end_of_a_year_a_day_is_in_the_next() -> None:
    assert read_until("05/01", date(2023, 12, 28)).until == date(2024, 1, 5)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("31 ngày", "nhiều nhất 30 ngày"),
        ("5 tuần", "nhiều nhất 30 ngày"),
        ("999999 ngày", "nhiều nhất 30 ngày"),
        ("20/6", "nhiều nhất 30 ngày"),
        ("0 ngày", "phải sau hôm nay"),
        ("13/3", "phải sau hôm nay"),
        ("10/3", "phải sau hôm nay, 10/03/2023 thì không được"),
        ("31/2", "Không có ngày 31/2."),
        ("45/20", "Không có ngày 45/20."),
        ("3 lần", "Chưa rõ anh/chị muốn hoãn đến bao giờ."),
        ("-3 ngày", "Chưa rõ"),
        ("cuối tháng", "Chưa rõ"),
        ("sang quý sau", "Chưa rõ"),
        ("20/3 hay 21/3", "Chưa rõ hoãn đến ngày nào: 20/3 hay 21/3."),
    ],
)
def test_what_is_no_snooze_is_refused(typed: str, words: str) -> None:
    reading = read_until(typed, MONDAY)

    assert reading.until is None
    assert reading.wrong is not None
    assert words in reading.wrong


async def next_look(office: Office, code: str, *, agency: str = "STP", slot: str = "") -> date | None:
    entry = await office.entry(agency, code, slot)
    async with office.database.read() as session:
        found: date | None = await session.scalar(
            select(AssignmentRow.next_milestone_on).where(AssignmentRow.id == entry.id)
        )
        return found


async def told_up_to_now(office: Office) -> None:
    """As if the scan of today had been."""
    today = day_of(office.now)
    async with office.database.write() as session:
        for row in await session.scalars(select(AssignmentRow)):
            dates = DueDates.if_dated(row.due, row.remind_by, row.late_after, row.cutoff)
            row.next_milestone_on = TIMETABLE.next_look(dates, today) if dates else None


async def test_a_snooze_asks_first_and_says_when_reminders_go_on(office: Office) -> None:
    await office.bind("STP")
    await told_up_to_now(office)

    question = await office.say("/snooze 2.6a 7 ngày")
    answer = await office.tap(question, "Xác nhận")

    assert plain(question) == (
        "Hoãn nhắc?\n"
        "\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 31/03 · còn 18 ngày\n"
        "\n"
        "Hoãn nhắc đến Thứ Hai 20/03\n"
        "Nhắc lại: Thứ Sáu 24/03\n"
        "[Xác nhận] [Thôi]"
    )
    assert plain(answer.message).startswith("✅ Đã hoãn nhắc.\n")
    assert "Nhắc lại: Thứ Sáu 24/03\n[Hoàn tác]" in plain(answer.message)
    assert (await office.entry("STP", "2.6a")).snoozed_until == date(2023, 3, 20)
    assert await next_look(office, "2.6a") == date(2023, 3, 24)
    assert (await office.audit())[-1].action == "snooze"
    assert "  Hoãn nhắc đến 20/03\n" in plain(await office.say("/task 2.6a"))


@pytest.mark.parametrize(
    "typed", ["hoãn nhắc 2.6a 7 ngày", "hoan nhac 7 ngay 2.6a", "2.6a hoãn nhắc 7 ngày", "/snooze 2.6a 20/3"]
)
async def test_a_snooze_is_understood_in_many_words(office: Office, typed: str) -> None:
    await office.bind("STP")
    await told_up_to_now(office)

    await office.tap(await office.say(typed), "Xác nhận")

    assert (await office.entry("STP", "2.6a")).snoozed_until == date(2023, 3, 20)


async def test_a_snooze_never_goes_past_the_last_milestone_before_due(office: Office) -> None:
    await office.bind("STP")
    await told_up_to_now(office)

    await office.tap(await office.say("/snooze 2.6a 30 ngày"), "Xác nhận")

    assert (await office.entry("STP", "2.6a")).snoozed_until == date(2023, 3, 31)
    assert await next_look(office, "2.6a") == date(2023, 3, 31)


async def test_a_report_is_told_on_its_cutoff_day_whatever_was_snoozed(office: Office) -> None:
    await office.bind("STP")

    await office.tap(await office.say("/snooze báo cáo quý I 10 ngày"), "Xác nhận")

    # Today's reminder (due-3) is silenced, that of the cutoff on 14/3 is not.
    assert await next_look(office, "BC", slot="q1") == date(2023, 3, 14)


async def test_a_snooze_can_be_taken_back(office: Office) -> None:
    await office.bind("STP")
    await told_up_to_now(office)
    written = (await office.tap(await office.say("/snooze 2.6a 7 ngày"), "Xác nhận")).message

    undone = await office.tap(written, "Hoàn tác")

    assert plain(undone.message).startswith("↩️ Đã hoàn tác, lịch nhắc trở lại như trước.\n")
    assert (await office.entry("STP", "2.6a")).snoozed_until is None
    assert await next_look(office, "2.6a") == MONDAY


async def test_a_shorter_snooze_takes_the_place_of_a_longer_one(office: Office) -> None:
    await office.bind("STP")
    await told_up_to_now(office)
    await office.tap(await office.say("/snooze 2.6a 14 ngày"), "Xác nhận")

    await office.tap(await office.say("/snooze 2.6a 7 ngày"), "Xác nhận")

    assert await next_look(office, "2.6a") == date(2023, 3, 24)


async def test_progress_taken_back_leaves_a_snooze_alone(office: Office) -> None:
    await office.bind("STP")
    await told_up_to_now(office)
    written = (await office.tap(await office.say("/progress 2.6a 60%"), "Xác nhận")).message
    await office.tap(await office.say("/snooze 2.6a 7 ngày"), "Xác nhận")

    await office.tap(written, "Hoàn tác")

    assert (await office.entry("STP", "2.6a")).progress is None
    assert await next_look(office, "2.6a") == date(2023, 3, 24)


async def test_when_nothing_would_come_anyway_it_says_so(office: Office) -> None:
    await office.bind("STP")
    await told_up_to_now(office)

    shown = plain(await office.say("/snooze 2.6a"))

    assert shown.startswith("Từ nay đến 16/03 không có lời nhắc nào của 2.6a: lần nhắc tới là Thứ Sáu 17/03.")
    assert "ví dụ: /snooze 2.6a 7 ngày" in shown
    assert [entry.action for entry in await office.audit()] == ["bind"]


@pytest.mark.parametrize(
    ("days_on", "typed", "words"),
    [
        (0, "/snooze", "Anh/chị cho biết mã việc, ví dụ: /snooze 2.6a 3 ngày"),
        (0, "/snooze 2.6a 31/2", "Không có ngày 31/2. Anh/chị gõ lại giúp, ví dụ: /snooze 2.6a 3 ngày"),
        (0, "/snooze 2.6b 5 ngày", "lần nhắc tới là Thứ Tư 29/11. Chưa có gì thay đổi."),
        (0, "/snooze 2.2", "2.2 không có hạn cụ thể nên không có lời nhắc để hoãn."),
        (0, "/snooze 1.1a", "1.1a không có hạn cụ thể nên"),
        (1, "/snooze bc q1", "là lần cuối trước ngày chốt số liệu hoặc hạn nộp"),
        (0, "/snooze 7.2a", "7.2a do Sở Nội vụ chủ trì"),
        (23, "/snooze 2.6a", "2.6a quá hạn 5 ngày nên không hoãn nhắc được."),
        (23, "/snooze 2.6a", "xin gia hạn, ví dụ: /extend 2.6a 05/05 chờ văn bản"),
        (18, "/snooze 2.6a", "(Thứ Sáu 31/03) là lần cuối trước hạn, nên không hoãn được."),
    ],
)
async def test_what_cannot_be_snoozed_says_why_and_what_to_do(
    office: Office, days_on: int, typed: str, words: str
) -> None:
    await office.bind("STP")
    async with office.database.write() as session:
        for row in await session.scalars(select(AssignmentRow).where(AssignmentRow.due == date(2023, 3, 31))):
            row.next_milestone_on = date(2023, 3, 31)
    office.now += timedelta(days=days_on)

    assert words in plain(await office.say(typed))


async def test_a_yes_that_comes_too_late_changes_nothing(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/snooze bc q1 1 ngày")
    office.now += timedelta(hours=23)

    answer = await office.tap(question, "Xác nhận")

    assert answer.edits_tapped
    assert plain(answer.message).startswith("Đã đến ngày nhắc lại (14/03/2023), nên chưa hoãn gì.")
    assert (await office.entry("STP", "BC", "q1")).snoozed_until is None


async def test_what_was_done_meanwhile_is_not_snoozed(office: Office) -> None:
    await office.bind("STP")
    await told_up_to_now(office)
    question = await office.say("/snooze 2.6a 7 ngày")
    await office.tap(await office.say("/done 2.6a"), "Xác nhận")

    answer = await office.tap(question, "Xác nhận")

    assert "Đã có người ghi nhận từ trước" in plain(answer.message)


async def test_only_what_would_be_told_until_then_is_snoozed(office: Office) -> None:
    await office.bind("VPUB")
    await told_up_to_now(office)

    question = await office.say("/snooze 2.1b 20/3")

    # The reminders of the later quarters begin in May.
    assert plain(question).startswith("Hoãn nhắc?\n\n2.1b ")
    assert "quý I\nHạn 31/03" in plain(question)


async def test_of_several_agencies_one_is_picked(office: Office) -> None:
    await office.bind("STP", "VPUB")
    await told_up_to_now(office)

    which = await office.say("/snooze 2.6a 7 ngày")
    picked = await office.tap(which, "VPUB")

    assert "Lời nhắc cuối trước hạn vẫn được gửi." in plain(which)
    written = await office.tap(picked.message, "Xác nhận")
    assert "Nhắc lại: Thứ Sáu 24/03" in plain(written.message)
    assert (await office.entry("STP", "2.6a")).snoozed_until is None
    assert (await office.entry("VPUB", "2.6a")).snoozed_until == date(2023, 3, 20)
