"""/setdue: the standing office sets the day of what has none, corrects one, or takes a set day away again."""

from dataclasses import replace
from datetime import date

import pytest

from bot.message import Message
from plan.deadlines import DeadlineKind
from store.states import Role
from store.tables import AssignmentRow
from tests.bot.heard import heard
from tests.bot.office import PLAN, Office, labels, output, plain, put_plan, task, undated

STP, SNV = "100", "900"


@pytest.fixture
async def two(office: Office) -> Office:
    """Sở Tư pháp's chat and the standing office's, where the test begins. 1.9 waits for a document at three agencies."""
    waiting = task(
        "1.9",
        "Triển khai văn bản của Trung ương",
        (output("1.9", "Kế hoạch", "Khi có văn bản", undated(DeadlineKind.EXTERNAL)),),
        ("STP", "SNV", "VPUB"),
    )
    async with office.database.write() as session:
        await put_plan(session, replace(PLAN, tasks=(*PLAN.tasks, waiting)))
    office.chat = STP
    await office.bind("STP")
    office.chat = SNV
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    return office


async def confirm(office: Office, question: Message) -> Message:
    return (await office.tap(question, "Xác nhận")).message


async def row_of(office: Office, agency: str, code: str, slot: str = "") -> AssignmentRow:
    entry = await office.entry(agency, code, slot)
    async with office.database.read() as session:
        return await session.get_one(AssignmentRow, entry.id)


async def days_of(office: Office, code: str) -> dict[str, date | None]:
    return {agency: (await office.entry(agency, code)).due for agency in ("STP", "SNV", "VPUB")}


async def test_the_question_names_everybody_whom_it_is_about_and_changes_nothing(two: Office) -> None:
    question = await two.say("/setdue 1.9 30/9/2023")

    assert plain(question) == (
        "Ấn định ngày cho việc này?\n"
        "\n"
        "1.9 Triển khai văn bản của Trung ương\n"
        "Kế hoạch\n"
        "🏛 Sở Nội vụ; Sở Tư pháp; Văn phòng UBND tỉnh: chưa có ngày\n"
        "\n"
        "Hạn mới: Thứ Bảy 30/09/2023\n"
        "Thứ Bảy 30/09 là ngày nghỉ: nhắc trước vào Thứ Sáu 29/09, nộp được đến hết Thứ Hai 02/10.\n"
        "[Xác nhận] [Thôi]"
    )
    assert await days_of(two, "1.9") == {"STP": None, "SNV": None, "VPUB": None}


async def test_a_yes_sets_the_day_for_all_that_owe_it_and_reminders_begin(two: Office) -> None:
    answer = await two.tap(await two.say("/setdue 1.9 30/9/2023"), "Xác nhận")

    assert answer.edits_tapped
    assert plain(answer.message) == (
        "✅ Đã ấn định hạn 30/09/2023.\n"
        "\n"
        "1.9 Triển khai văn bản của Trung ương\n"
        "Kế hoạch\n"
        "🏛 Sở Nội vụ; Sở Tư pháp; Văn phòng UBND tỉnh: đang có hạn Thứ Bảy 30/09\n"
        "\n"
        "Chưa kết nối ở đây nên chưa nhận được tin: Sở Nội vụ; Văn phòng UBND tỉnh.\n"
        "[Hoàn tác]"
    )
    row = await row_of(two, "STP", "1.9")
    assert (row.set_due, row.due, row.remind_by, row.late_after) == (
        date(2023, 9, 30),
        date(2023, 9, 30),
        date(2023, 9, 29),
        date(2023, 10, 2),
    )
    assert row.next_milestone_on == date(2023, 8, 30)
    assert (await days_of(two, "1.9"))["VPUB"] == date(2023, 9, 30)
    assert [entry.action for entry in await two.audit()][-3:] == ["setdue"] * 3


async def test_who_was_told_of_a_day_is_not_reminded_of_it_at_once(two: Office) -> None:
    await two.tap(await two.say("/setdue 1.9 STP 30/3/2023"), "Xác nhận")

    row = await row_of(two, "STP", "1.9")
    assert row.next_milestone_on == date(2023, 3, 16)


async def test_the_agencies_chats_hear_of_their_own(two: Office) -> None:
    await confirm(two, await two.say("/setdue 1.9 30/6/2023"))

    assert await heard(two, STP) == [
        "🗓 Ấn định hạn: Thứ Sáu 30/06/2023\n"
        "\n"
        "🏛 Sở Tư pháp\n"
        "1.9 Triển khai văn bản của Trung ương\n"
        "Kế hoạch\n"
        "Hạn 30/06 · còn 109 ngày · /done_1_9\n"
        "\n"
        "Sở Nội vụ (cơ quan thường trực) ấn định."
    ]


@pytest.mark.parametrize(
    ("typed", "agencies"),
    [
        ("/setdue 1.9 STP 30/6/2023", {"STP"}),
        ("/setdue 30/6 1.9 cho Sở Tư pháp", {"STP"}),
        ("dathan 1.9 so tu phap ngày 30 tháng 6", {"STP"}),
        ("ấn định ngày 1.9 STP, SNV 30/6", {"STP", "SNV"}),
        ("/setdue 1.9 STP SNV 30/6", {"STP", "SNV"}),
        ("/setdue 1.9 STP và SNV hạn 30/6", {"STP", "SNV"}),
        ("/setdue 1.9 tất cả đến 30/6", {"STP", "SNV", "VPUB"}),
        ("/setdue 1.9 30/6", {"STP", "SNV", "VPUB"}),
    ],
)
async def test_one_several_or_all_agencies_are_meant(two: Office, typed: str, agencies: set[str]) -> None:
    await confirm(two, await two.say(typed))

    found = await days_of(two, "1.9")
    assert {agency for agency, day in found.items() if day == date(2023, 6, 30)} == agencies


async def test_alone_it_lists_what_waits_for_a_day(two: Office) -> None:
    before = await two.say("/setdue")
    for code in ("1.1a", "1.9"):
        await confirm(two, await two.say(f"/setdue {code} 30/6"))
    after = await two.say("/setdue")

    assert plain(before).startswith(
        "⏳ 2 việc chờ văn bản, chưa có ngày.\n"
        "Anh/chị gõ mã việc và ngày, ví dụ: /setdue 1.1a 30/6/2023 · /setdue 1.1a STP 30/6/2023\n"
    )
    assert "1.9 Triển khai văn bản của Trung ương\nKế hoạch · /task_1_9" in plain(before)
    assert plain(after).startswith("Không có việc nào chờ ấn định ngày.")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/setdue 1.1a", "Anh/chị ấn định 1.1a ngày nào?"),
        ("/setdue 1.1a 31/9", "Không có ngày 31/9."),
        ("/setdue 1.1a 30/6 15/7 20/8", "Chưa rõ “15/7 20/8” là cơ quan nào."),
        ("/setdue 1.1a STP 30/6 15/7", "Chưa rõ ngày nào: 30/6 hay 15/7."),
        ("/setdue 1.1a 30/6/2050", "Ngày 30/06/2050 xa quá."),
        ("/setdue 1.1a SNV 30/6", "Sở Nội vụ không chủ trì 1.1a."),
        ("/setdue 1.1a abcxyz 30/6", "Chưa rõ “abcxyz” là cơ quan nào."),
        ("/setdue 2.2 30/6", "2.2 là việc thường xuyên theo kế hoạch"),
        ("/setdue 9.9a 30/6", "Không có việc mã “9.9a”."),
        ("/setdue 1.1a bỏ", "1.1a không có ngày nào do cơ quan thường trực ấn định."),
        ("/setdue bc quý III 1/9", "Hạn nộp 01/09/2023 trước ngày chốt số liệu 14/09/2023."),
    ],
)
async def test_what_is_missing_or_wrong_is_said_and_nothing_is_set(
    two: Office, typed: str, words: str
) -> None:
    answer = await two.say(typed)

    assert plain(answer).startswith(words)
    assert "Xác nhận" not in labels(answer)


async def test_a_nearly_right_name_is_offered(two: Office) -> None:
    answer = await two.say("/setdue 1.9 sở tư phsp 30/6")
    question = plain((await two.tap(answer, "Sở Tư pháp")).message)

    assert "🏛 Sở Tư pháp: chưa có ngày\n\nHạn mới: Thứ Sáu 30/06/2023" in question


async def test_a_correction_names_the_day_that_it_has(two: Office) -> None:
    question = await two.say("/setdue 2.6a STP 14/4")
    await confirm(two, question)

    assert "🏛 Sở Tư pháp: đang có hạn 31/03\n\nHạn mới: Thứ Sáu 14/04/2023" in plain(question)
    assert (await days_of(two, "2.6a")) == {
        "STP": date(2023, 4, 14),
        "SNV": date(2023, 3, 31),
        "VPUB": date(2023, 3, 31),
    }
    assert "Trước đó: hạn 31/03" in (await heard(two, STP))[0]


async def test_a_day_that_has_passed_is_pointed_out(two: Office) -> None:
    question = plain(await two.say("/setdue 1.1a 1/3"))

    assert "Ngày này đã qua: việc sẽ tính là quá hạn." in question


async def test_of_several_outputs_or_periods_one_is_picked_for_all_agencies(two: Office) -> None:
    which = await two.say("/setdue 2.6 14/4")
    question = await two.tap(which, "2.6a")
    await confirm(two, question.message)

    assert labels(which)[0].startswith("2.6a · hạn 31/03")
    assert set((await days_of(two, "2.6a")).values()) == {date(2023, 4, 14)}
    assert set((await days_of(two, "2.6b")).values()) == {date(2023, 12, 31)}


async def test_a_period_can_be_typed(two: Office) -> None:
    await confirm(two, await two.say("/setdue 2.1b quý I 14/4"))

    assert (await two.entry("VPUB", "2.1b", "2023-Q1")).due == date(2023, 4, 14)
    assert (await two.entry("VPUB", "2.1b", "2023-Q2")).due == date(2023, 6, 30)


async def test_a_set_day_can_be_taken_back_and_the_agencies_hear_of_it(two: Office) -> None:
    answer = await confirm(two, await two.say("/setdue 1.9 30/6"))

    undone = await two.tap(answer, "Hoàn tác")

    assert undone.edits_tapped
    assert plain(undone.message).startswith("↩️ Đã hoàn tác, hạn trở lại như trước.\n\n1.9 ")
    row = await row_of(two, "STP", "1.9")
    assert (row.set_due, row.due, row.remind_by, row.late_after, row.next_milestone_on) == (None,) * 5
    assert (await heard(two, STP))[1].startswith("🗓 Hạn trở lại như trước\n\n🏛 Sở Tư pháp\n1.9 ")


@pytest.mark.parametrize("typed", ["/setdue 1.9 bỏ", "/setdue 1.9 bo", "/setdue 1.9 STP, SNV, VPUB xóa"])
async def test_a_set_day_is_cleared(two: Office, typed: str) -> None:
    await confirm(two, await two.say("/setdue 1.9 30/6"))

    question = await two.say(typed)
    answer = await confirm(two, question)

    assert plain(question).startswith("Bỏ ngày đã ấn định?\n\n1.9 ")
    assert plain(answer).startswith("✅ Đã bỏ ngày đã ấn định.")
    row = await row_of(two, "STP", "1.9")
    assert (row.set_due, row.due, row.late_after, row.next_milestone_on) == (None,) * 4


async def test_clearing_gives_back_the_plans_day(two: Office) -> None:
    await confirm(two, await two.say("/setdue 2.6a STP 14/4"))

    await confirm(two, await two.say("/setdue 2.6a bỏ"))

    row = await row_of(two, "STP", "2.6a")
    assert (row.set_due, row.due, row.remind_by) == (None, date(2023, 3, 31), date(2023, 3, 31))
    assert row.next_milestone_on is not None


async def test_what_is_done_keeps_its_day(two: Office) -> None:
    two.chat = STP
    await confirm(two, await two.say("/done 1.1a"))
    two.chat = SNV

    answer = plain(await two.say("/setdue 1.1a 30/6"))

    assert "✅ đã xong ngày 13/03/2023" in answer
    assert (await two.entry("STP", "1.1a")).due is None


async def test_only_the_standing_office_sets_days(two: Office) -> None:
    question = await two.say("/setdue 1.1a 30/6")
    two.chat = STP

    typed = plain(await two.say("/setdue 1.1a 30/6"))
    tapped = plain((await two.tap(question, "Xác nhận")).message)

    assert typed.startswith("Lệnh này không dùng được ở cuộc trò chuyện này")
    assert tapped.startswith("Lựa chọn này không dùng được nữa")
    assert (await two.entry("STP", "1.1a")).due is None


async def test_an_office_that_does_not_steer_the_plan_any_more_sets_nothing(two: Office) -> None:
    two.chat = "950"
    await two.bind("STP", role=Role.STANDING_OFFICE)
    await two.bind("STP")
    async with two.database.write() as session:
        await put_plan(session, replace(PLAN, standing_office="STP"))
    question = await two.say("/setdue 1.1a 30/6")
    async with two.database.write() as session:
        await put_plan(session, PLAN)

    answer = plain(await confirm(two, question))

    assert answer.startswith("Cuộc trò chuyện này không còn là cơ quan thường trực của kế hoạch")
    assert (await two.entry("STP", "1.1a")).due is None


async def test_a_chat_that_steers_no_plan_finds_no_code(two: Office) -> None:
    two.chat = "950"
    await two.bind("VPUB", role=Role.STANDING_OFFICE)

    answer = plain(await two.say("/setdue 1.1a 30/6"))

    assert answer.startswith("Không có việc mã “1.1a”.")


async def test_a_report_period_that_is_still_to_come_does_not_keep_a_nearer_one_from_being_set(
    two: Office,
) -> None:
    question = await two.say("/setdue bc 20/3")

    assert "Hạn mới: Thứ Hai 20/03/2023" in plain(question)
