from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.conversation import Conversation
from bot.message import Message
from bot.options import Options
from bot.request import Person
from plan.model import Report, ReportPeriod
from store.states import State
from tests.bot.office import ENTRANCES, PLAN, TIMETABLE, Office, action_of, labels, plain, put_plan


async def confirm(office: Office, message: Message) -> Message:
    return (await office.tap(message, "Xác nhận")).message


async def test_done_asks_first_and_changes_nothing(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/done 2.6a 15/KH-UBND đã gửi qua trục liên thông")

    assert plain(message) == (
        "Ghi nhận đã xong?\n"
        "\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 31/03 · còn 18 ngày\n"
        "\n"
        "Số văn bản: 15/KH-UBND\n"
        "Ghi chú: đã gửi qua trục liên thông\n"
        "[Xác nhận] [Thôi]"
    )
    assert await office.done_codes() == []


async def test_a_yes_makes_it_so(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/done 2.6a 15/KH-UBND đã gửi")

    answer = await office.tap(question, "Xác nhận")

    assert answer.edits_tapped
    assert plain(answer.message) == (
        "✅ Đã ghi nhận xong.\n"
        "\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh · hạn 31/03 · đúng hạn\n"
        "\n"
        "Số văn bản: 15/KH-UBND\n"
        "Ghi chú: đã gửi\n"
        "[Hoàn tác]"
    )
    entry = await office.entry("STP", "2.6a")
    assert (entry.document, entry.note, entry.done_at) == ("15/KH-UBND", "đã gửi", office.now)
    written = (await office.audit())[-1]
    assert (written.action, written.person, written.person_name) == ("done", "7", "Nguyễn Văn A")


async def test_a_no_lets_it_be(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/done 2.6a")

    answer = await office.tap(question, "Thôi")
    later = await office.tap(question, "Xác nhận")

    assert (plain(answer.message), answer.edits_tapped) == ("Đã thôi, chưa ghi gì.", True)
    assert "không có gì thay đổi" in plain(later.message)
    assert await office.done_codes() == []


async def test_undo_opens_it_again(office: Office) -> None:
    await office.bind("STP")
    written = await confirm(office, await office.say("/done 2.6a 15/KH-UBND"))

    answer = await office.tap(written, "Hoàn tác")

    assert answer.edits_tapped
    assert plain(answer.message).startswith("↩️ Đã hoàn tác, việc lại để mở.\n\n2.6a ")
    assert await office.done_codes() == []
    assert (await office.entry("STP", "2.6a")).document is None


async def test_undo_works_once_and_for_a_week(office: Office) -> None:
    await office.bind("STP")
    first = await confirm(office, await office.say("/done 2.6a"))
    await office.tap(first, "Hoàn tác")
    second = await confirm(office, await office.say("/done 2.6a"))

    again = await office.tap(first, "Hoàn tác")
    office.now += timedelta(days=8)
    late = await office.tap(second, "Hoàn tác")

    for answer in (again, late):
        assert plain(answer.message).startswith("Không hoàn tác được nữa")
        assert not answer.edits_tapped
    assert await office.done_codes() == ["STP 2.6a"]


async def test_of_two_officers_who_tap_at_once_the_second_hears_that_it_is_done(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/done 2.6a 15/KH-UBND")
    await office.tap(question, "Xác nhận")

    second = await office.tap(question, "Xác nhận")

    assert not second.edits_tapped
    assert plain(second.message).startswith("Đã có người ghi nhận từ trước, không ghi thêm.")
    assert "✅ đã xong ngày 13/03/2023, số 15/KH-UBND" in plain(second.message)
    assert [entry.action for entry in await office.audit()] == ["bind", "done"]


async def test_of_two_questions_about_one_assignment_the_second_changes_nothing(office: Office) -> None:
    await office.bind("STP")
    first, second = await office.say("/done 2.6a 15/KH-UBND"), await office.say("/done 2.6a 16/KH-UBND")
    await office.tap(first, "Xác nhận")

    answer = await office.tap(second, "Xác nhận")

    assert answer.edits_tapped
    assert "Đã có người ghi nhận từ trước" in plain(answer.message)
    assert (await office.entry("STP", "2.6a")).document == "15/KH-UBND"


async def test_what_is_done_says_when_and_with_what(office: Office) -> None:
    await office.bind("STP")
    await confirm(office, await office.say("/done 2.6a 15/KH-UBND"))

    shown = plain(await office.say("/done 2.6a"))

    assert "✅ đã xong ngày 13/03/2023, số 15/KH-UBND" in shown
    assert "Nguyễn Văn A" not in shown


@pytest.mark.parametrize("action", ["yes:1", "no:1", "pick:1:0", "undo:1", "yes:999999999"])
async def test_a_button_of_another_chat_finds_nothing(office: Office, action: str) -> None:
    await office.bind("STP")
    await office.say("/done 2.6a")
    office.chat = "200"
    await office.bind("STP")

    answer = await office.touch(action)

    assert "không dùng được nữa" in plain(answer.message)
    assert await office.done_codes() == []


async def test_a_button_older_than_a_day_has_expired(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/done 2.6a")
    office.now += timedelta(hours=25)

    answer = await office.tap(question, "Xác nhận")

    assert answer.edits_tapped
    assert "quá 24 giờ" in plain(answer.message)
    assert await office.done_codes() == []


async def test_a_chat_that_lost_its_agency_cannot_confirm(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/done 2.6a")
    await office.unbind()
    await office.bind("VPUB")

    answer = await office.tap(question, "Xác nhận")

    assert "không còn kết nối với Sở Tư pháp" in plain(answer.message)
    assert await office.done_codes() == []


async def test_a_chat_that_lost_its_agency_cannot_undo(office: Office) -> None:
    await office.bind("STP")
    written = await confirm(office, await office.say("/done 2.6a"))
    await office.unbind()
    await office.bind("VPUB")

    answer = await office.tap(written, "Hoàn tác")

    assert "không còn kết nối với Sở Tư pháp" in plain(answer.message)
    assert await office.done_codes() == ["STP 2.6a"]


async def test_what_left_the_plan_is_not_closed(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/done 2.6a")
    await office.retire(await office.entry("STP", "2.6a"))

    answer = await office.tap(question, "Xác nhận")

    assert "không còn trong kế hoạch" in plain(answer.message)


async def test_several_outputs_are_asked_about(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/done 2.6 15/KH-UBND")

    assert plain(message).startswith("Anh/chị đã xong phần nào của 2.6?")
    assert labels(message) == [
        "2.6a · hạn 31/03 · Quyết định công bố TTHC nội bộ của Chủ…",
        "2.6b · hạn 31/12 · Quyết định phê duyệt phương án đơn giản…",
        "Tất cả (2)",
        "Thôi",
    ]


async def test_a_picked_output_still_needs_a_yes(office: Office) -> None:
    await office.bind("STP")
    message = await office.say("/done 2.6 15/KH-UBND đã gửi")

    question = await office.tap(message, "2.6b")

    assert question.edits_tapped
    assert await office.done_codes() == []
    await confirm(office, question.message)
    assert await office.done_codes() == ["STP 2.6b"]
    assert (await office.entry("STP", "2.6b")).note == "đã gửi"


async def test_all_outputs_of_a_task_are_closed_and_opened_together(office: Office) -> None:
    await office.bind("STP")
    question = await office.tap(await office.say("/done 2.6"), "Tất cả")

    written = await confirm(office, question.message)
    closed = await office.done_codes()
    undone = await office.tap(written, "Hoàn tác")

    assert closed == ["STP 2.6a", "STP 2.6b"]
    assert await office.done_codes() == []
    assert "2.6a" in plain(undone.message)
    assert "2.6b" in plain(undone.message)


async def test_a_question_of_which_cannot_be_answered_with_yes(office: Office) -> None:
    await office.bind("STP")
    message = await office.say("/done 2.6")
    proposal = action_of(message, "Thôi").removeprefix("no:")

    for action in (f"yes:{proposal}", f"pick:{proposal}:7"):
        answer = await office.touch(action)
        assert "không dùng được" in plain(answer.message)

    assert await office.done_codes() == []


async def test_several_periods_are_asked_about_without_an_all(office: Office) -> None:
    await office.bind("VPUB")

    message = await office.say("/done 2.1b")

    assert labels(message) == [
        "2.1b · quý I · hạn 31/03 · Báo cáo kết quả thực hiện",
        "2.1b · quý II · hạn 30/06 · Báo cáo kết quả thực hiện",
        "2.1b · quý III · hạn 30/09 · Báo cáo kết quả thực hiện",
        "2.1b · quý IV · hạn 31/12 · Báo cáo kết quả thực hiện",
        "Thôi",
    ]


async def test_many_periods_show_the_first_and_how_to_name_another(office: Office) -> None:
    await office.bind("STTTT")

    message = await office.say("/done 6.5")

    assert len(labels(message)) == 9
    assert "Kỳ khác: gõ cả kỳ, ví dụ /done_6_5_t12" in plain(message)


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        ("/done_2_1b_q1", "VPUB 2.1b 2023-Q1"),
        ("/DONE_2_1B_Q2", "VPUB 2.1b 2023-Q2"),
        ("done_2_1b_q1", "VPUB 2.1b 2023-Q1"),
        ("/done 2.1b quý III", "VPUB 2.1b 2023-Q3"),
        ("xong 2.1b quy 4", "VPUB 2.1b 2023-Q4"),
        ("/xong quý I 2.1b", "VPUB 2.1b 2023-Q1"),
        ("2.1a xong", "VPUB 2.1a"),
        ("đã xong 2.1a", "VPUB 2.1a"),
        ("hoàn thành 2.2", "VPUB 2.2"),
        ("xong2.1a", "VPUB 2.1a"),
        ("/done_2_6a@nhacviec_bot", "VPUB 2.6a"),
    ],
)
async def test_done_is_understood_in_many_ways(office: Office, words: str, closed: str) -> None:
    await office.bind("VPUB")

    await confirm(office, await office.say(words))

    assert await office.done_codes() == [closed]


@pytest.mark.parametrize(
    "words", ["/done_bc_q1", "/done bc quý I", "xong báo cáo quý 1", "/done BC q1 12/BC-STP"]
)
async def test_a_report_is_closed_by_its_period(office: Office, words: str) -> None:
    await office.bind("STP")

    await confirm(office, await office.say(words))

    assert await office.done_codes() == ["STP BC q1"]


async def test_period_number_and_note_are_taken_from_one_line(office: Office) -> None:
    await office.bind("VPUB")

    await confirm(office, await office.say("/done 2.1b quý I 15/BC-VPUBND gửi ngày 20/02/2023"))

    entry = await office.entry("VPUB", "2.1b", "2023-Q1")
    assert (entry.document, entry.note) == ("15/BC-VPUBND", "gửi ngày 20/02/2023")


async def test_a_year_in_a_note_stays_there_when_there_is_one_assignment(office: Office) -> None:
    await office.bind("VPUB")

    await confirm(office, await office.say("/done 2.1a kế hoạch năm 2023"))

    assert (await office.entry("VPUB", "2.1a")).note == "kế hoạch năm 2023"


async def test_a_period_that_is_not_owed_is_told(office: Office) -> None:
    await office.bind("VPUB")

    message = await office.say("/done 2.1b tháng 5")

    assert plain(message).startswith("2.1b không có kỳ “tháng 5”.")


async def test_an_unknown_code_offers_the_nearest_with_what_was_typed(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/done 26a 15/KH-UBND")

    assert plain(message).startswith("Không có việc mã “26a”. Có phải ý anh/chị là:")
    assert action_of(message, "/done 2.6a") == "run:/done 2.6a 15/KH-UBND"
    question = await office.tap(message, "/done 2.6a")
    assert "Số văn bản: 15/KH-UBND" in plain(question.message)


async def test_a_note_too_long_for_a_button_is_asked_for_again(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/done 26a " + "đã gửi " * 30)

    assert "gõ lại số văn bản và ghi chú" in plain(message)


async def test_a_code_of_another_agency_says_whose_it_is(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/done 7.2a")

    assert plain(message).startswith("7.2a do Sở Nội vụ chủ trì, không phải việc của Sở Tư pháp.")


async def test_done_alone_shows_what_could_be_meant(office: Office) -> None:
    await office.bind("STP")

    shown = plain(await office.say("/done"))

    assert shown.startswith("Anh/chị đã xong việc nào?")
    assert "/done_2_6a" in shown
    assert "/done_2_6b" not in shown


async def test_with_several_agencies_the_choices_name_them(office: Office) -> None:
    await office.bind("STP", "VPUB")

    message = await office.say("/done_2_6a")

    assert [label.split(" · ")[0] for label in labels(message)] == ["STP", "VPUB", "Thôi"]
    question = await office.tap(message, "VPUB")
    assert "🏛 Văn phòng UBND tỉnh" in plain(question.message)
    await confirm(office, question.message)
    assert await office.done_codes() == ["VPUB 2.6a"]


async def test_a_note_holds_no_markup_and_nothing_hidden(office: Office) -> None:
    await office.bind("STP")

    await confirm(office, await office.say("/done 2.6a <b>đậm</b> \u202egnol\u200b \x07" + "á" * 4000))

    note = (await office.entry("STP", "2.6a")).note
    assert note is not None
    assert note.startswith("<b>đậm</b> gnol á")
    assert len(note) == 500


async def test_a_name_on_the_channel_may_be_anything(office: Office) -> None:
    await office.bind("STP")
    office.person = Person(id="8", name="\u202e\ud800" + "x" * 1000)

    await confirm(office, await office.say("/done 2.6a"))

    assert (await office.audit())[-1].person_name == "x" * 200


async def test_one_code_of_two_plans_is_asked_about(office: Office) -> None:
    async with office.database.write() as session:
        await put_plan(session, replace(PLAN, key="ktra-2023"))
    await office.bind("STP")

    message = await office.say("/done_2_6a")

    assert plain(message).startswith("Anh/chị đã xong việc nào?")
    assert [label.split(" · ")[0] for label in labels(message)] == ["cchc-2023", "ktra-2023", "Thôi"]


@pytest.mark.parametrize(
    "words",
    [
        "xong 7.2a 15/KH-UBND ngày 20/02/2023",
        "/done 15/KH-UBND 7.2a 20-2-2023 đã trình",
        "xong 7.2a số 15/KH-UBND, ngày 20 tháng 02 năm 2023",
        "7.2a xong 15/KH-UBND 20/2",
        "/done 7.2a 20/02/2023 15/KH-UBND",
    ],
)
async def test_a_documents_date_is_kept_however_it_is_typed(office: Office, words: str) -> None:
    await office.bind("SNV")

    question = await office.say(words)
    await confirm(office, question)

    assert "Ngày văn bản: 20/02/2023" in plain(question)
    entry = await office.entry("SNV", "7.2a")
    assert (entry.document, entry.document_date) == ("15/KH-UBND", date(2023, 2, 20))
    assert not entry.was_late


@pytest.mark.parametrize(
    ("dated", "verdict"),
    [("28/02/2023", "đúng hạn"), ("01/03/2023", "quá hạn 1 ngày"), ("03/03/2023", "quá hạn 3 ngày")],
)
async def test_the_documents_date_decides_whether_it_was_on_time(
    office: Office, dated: str, verdict: str
) -> None:
    await office.bind("SNV")

    question = await office.say(f"/done 7.2a 15/KH-UBND {dated}")
    answer = await confirm(office, question)

    assert f"Hạn 28/02 · {verdict} theo ngày văn bản" in plain(question)
    assert f"Kế hoạch · hạn 28/02 · {verdict}" in plain(answer)


async def test_of_a_day_off_lateness_counts_from_the_next_working_day(office: Office) -> None:
    await office.bind("STP")
    office.now = datetime(2023, 9, 20, 1, 0, tzinfo=UTC)

    on_monday = await office.say("/done bc quý III 12/BC-STP 18/9/2023")
    on_tuesday = await office.say("/done bc quý III 12/BC-STP 19/9/2023")

    assert "đúng hạn theo ngày văn bản" in plain(on_monday)
    assert "quá hạn 1 ngày theo ngày văn bản" in plain(on_tuesday)


async def test_what_is_reported_late_without_a_date_says_how_to_give_it(office: Office) -> None:
    await office.bind("SNV")

    question = await office.say("/done 7.2a 15/KH-UBND")
    answer = await confirm(office, question)

    assert "Hạn 28/02 · quá hạn 13 ngày" in plain(question)
    hint = "Văn bản ký trong hạn? Gõ cả ngày ký, ví dụ: /done 7.2a 15/KH-UBND 28/02/2023"
    assert hint in plain(question)
    assert "hạn 28/02 · quá hạn 13 ngày" in plain(answer)
    assert (await office.entry("SNV", "7.2a")).was_late


async def test_a_date_that_stays_in_the_note_is_told(office: Office) -> None:
    await office.bind("STP")

    question = await office.say("/done 2.6a 15/KH-UBND đã gửi ngày 20/02/2023")

    assert "Ghi chú: đã gửi ngày 20/02/2023" in plain(question)
    assert "Ngày 20/02/2023 đang là ghi chú." in plain(question)


@pytest.mark.parametrize(
    ("dated", "why"),
    [
        ("31/9/2023", "Ngày “31/9/2023” không có trong lịch."),
        ("29/2", "Ngày “29/2” không có trong lịch."),
        ("20/02/20023", "Ngày “20/02/20023” không có trong lịch."),
        ("14/03/2023", "Ngày văn bản “14/03/2023” chưa đến (hôm nay 13/03/2023)."),
        ("ngày 14 tháng 3", "Ngày văn bản “14 tháng 3” chưa đến (hôm nay 13/03/2023)."),
        ("31/12/2021", "Ngày văn bản “31/12/2021” sớm quá so với kế hoạch năm 2023."),
    ],
)
@pytest.mark.parametrize("codes", ["2.6a", "2.6a 2.6b"])
async def test_a_date_that_cannot_be_is_refused(office: Office, codes: str, dated: str, why: str) -> None:
    await office.bind("STP")

    message = await office.say(f"/done {codes} 15/KH-UBND {dated}")

    assert plain(message) == (
        f"{why}\n\nAnh/chị xem lại và gõ lại giúp, ví dụ: /done 2.6a 15/KH-UBND 13/03/2023. Chưa ghi gì.\n"
    ).rstrip("\n")
    assert labels(message) == []


async def test_the_documents_date_survives_the_question_of_which(office: Office) -> None:
    await office.bind("STP")
    message = await office.say("/done 2.6 15/KH-UBND 20/02/2023")

    question = await office.tap(message, "2.6b")
    await confirm(office, question.message)

    assert (await office.entry("STP", "2.6b")).document_date == date(2023, 2, 20)


@pytest.mark.parametrize(
    "words",
    ["/done 2.6a 2.6b 15/KH-UBND", "xong 2.6a, 2.6b 15/KH-UBND", "2.6a và 2.6b xong 15/KH-UBND"],
)
async def test_several_codes_are_one_question_one_yes_and_one_undo(office: Office, words: str) -> None:
    await office.bind("STP")

    question = await office.say(words)
    written = await confirm(office, question)
    closed = await office.done_codes()
    await office.tap(written, "Hoàn tác")

    assert plain(question).startswith("Ghi nhận đã xong?\n\n2.6a ")
    assert "\n\n2.6b " in plain(question)
    assert closed == ["STP 2.6a", "STP 2.6b"]
    assert (await office.audit())[-1].action == "undo"
    assert await office.done_codes() == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("/done 2.6a 7.2a 15/KH-UBND", "• 7.2a do Sở Nội vụ chủ trì."),
        ("/done 9.9a, 2.6a 15/KH-UBND", "• Không có việc mã “9.9a”."),
    ],
)
async def test_a_code_of_a_list_that_is_not_ours_stops_it_and_the_rest_is_offered(
    office: Office, words: str, named: str
) -> None:
    await office.bind("STP")

    message = await office.say(words)
    question = await office.tap(message, "Chỉ ghi 2.6a")
    await confirm(office, question.message)

    assert plain(message).startswith("Chưa ghi gì: có mã không phải việc của Sở Tư pháp.\n" + named)
    assert labels(message) == ["Chỉ ghi 2.6a", "Thôi"]
    assert await office.done_codes() == ["STP 2.6a"]
    assert (await office.entry("STP", "2.6a")).document == "15/KH-UBND"


async def test_a_list_of_codes_that_are_all_unknown_offers_nothing(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/done 9.9a 9.9b")

    assert plain(message).endswith("• Không có việc mã “9.9a”.\n• Không có việc mã “9.9b”.")
    assert labels(message) == []


async def test_a_code_of_a_list_that_names_several_is_asked_for_on_its_own(office: Office) -> None:
    await office.bind("VPUB")

    message = await office.say("/done 2.1a 2.1b")

    assert plain(message).startswith("Chưa ghi gì: có mã gồm nhiều việc.")
    assert "• 2.1b: 2.1b quý I, 2.1b quý II" in plain(message)
    assert labels(message) == ["/done 2.1b"]


async def test_a_period_counts_for_the_code_of_a_list_that_has_it(office: Office) -> None:
    await office.bind("VPUB")

    await confirm(office, await office.say("/done 2.1a, 2.1b quý I 15/BC-VPUBND"))

    assert await office.done_codes() == ["VPUB 2.1a", "VPUB 2.1b 2023-Q1"]


async def test_what_of_a_list_is_done_already_is_named_beside_the_question(office: Office) -> None:
    await office.bind("STP")
    await confirm(office, await office.say("/done 2.6a"))

    question = await office.say("/done 2.6a 2.6b")
    await confirm(office, question)
    again = await office.say("/done 2.6a 2.6b")

    assert "Đã ghi nhận từ trước:\n2.6a " in plain(question)
    assert await office.done_codes() == ["STP 2.6a", "STP 2.6b"]
    assert plain(again).count("✅ đã xong") == 2


async def test_a_list_has_a_limit(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/done " + " ".join(f"1.{number}" for number in range(1, 12)))

    assert plain(message).startswith("Mỗi lần ghi nhận được nhiều nhất 10 mã.")


async def test_a_code_in_a_note_closes_nothing(office: Office) -> None:
    await office.bind("STP")

    await confirm(office, await office.say("/done 2.6a thay cho 2.6b"))

    assert await office.done_codes() == ["STP 2.6a"]


async def two_reports(office: Office) -> None:
    periods = (
        *PLAN.report_periods,
        ReportPeriod(
            key="6t",
            name="6 tháng đầu năm 2023",
            data_from=date(2022, 12, 15),
            cutoff=date(2023, 6, 14),
            due=date(2023, 6, 16),
        ),
    )
    more = Report(code="BCLV", title="Báo cáo theo lĩnh vực", owed_by=("Sở Tư pháp",), agencies=("STP",))
    async with office.database.write() as session:
        await put_plan(session, replace(PLAN, report_periods=periods, reports=(*PLAN.reports, more)))
    await office.bind("STP")


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        ("/done quý I 12/BC-STP", "STP BC q1"),
        ("/done 12/BC-STP quy 1", "STP BC q1"),
        ("xong quý III", "STP BC q3"),
        ("/done bao cao quy I 12/BC-STP", "STP BC q1"),
    ],
)
async def test_a_period_alone_names_the_report(office: Office, words: str, closed: str) -> None:
    await office.bind("STP")

    await confirm(office, await office.say(words))

    assert await office.done_codes() == [closed]
    code, slot = closed.split()[1:]
    assert (await office.entry("STP", code, slot)).note is None


async def test_a_period_without_a_report_names_what_else_is_owed_for_it(office: Office) -> None:
    await office.bind("VPUB")

    await confirm(office, await office.say("/done quý II 15/BC-VPUBND"))

    assert await office.done_codes() == ["VPUB 2.1b 2023-Q2"]


async def test_of_several_reports_of_a_period_it_is_asked_which_or_all(office: Office) -> None:
    await two_reports(office)

    message = await office.say("/done 6 tháng 12/BC-STP")
    question = await office.tap(message, "Tất cả (2)")
    await confirm(office, question.message)

    assert [label.split(" · ")[0] for label in labels(message)] == ["BC", "BCLV", "Tất cả (2)", "Thôi"]
    assert await office.done_codes() == ["STP BC 6t", "STP BCLV 6t"]


async def test_each_of_several_codes_may_have_its_own_period(office: Office) -> None:
    await two_reports(office)

    await confirm(office, await office.say("/done BC quý I, BCLV 6 tháng 5/BC"))

    assert await office.done_codes() == ["STP BC q1", "STP BCLV 6t"]
    entry = await office.entry("STP", "BC", "q1")
    assert (entry.document, entry.note) == ("5/BC", None)


async def test_a_code_of_a_list_whose_period_is_not_owed_is_asked_for_on_its_own(office: Office) -> None:
    await two_reports(office)

    message = await office.say("/done BC quý II, BCLV 6 tháng 5/BC")

    assert plain(message).startswith("Chưa ghi gì: có mã gồm nhiều việc.")
    assert labels(message) == ["/done BC"]


async def test_a_period_that_nothing_is_owed_for_is_told(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/done quý II 12/BC-STP")

    assert plain(message).startswith("Sở Tư pháp không có báo cáo hay việc nào của kỳ “quý II”.")
    assert labels(message) == ["Các kỳ báo cáo", "Việc đến hạn"]


async def test_a_document_alone_asks_for_the_code(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/done 15/KH-UBND ngày 20/02/2023")

    assert plain(message).startswith("Anh/chị cho biết mã việc")


async def test_where_the_standing_office_approves_a_done_is_handed_to_it(office: Office) -> None:
    office.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(approves_done=True)
    )
    await office.bind("STP")

    answer = await confirm(office, await office.say("/done 2.6a 15/KH-UBND"))
    shown = plain(await office.say("/done 2.6a"))

    assert plain(answer).startswith("✅ Đã báo xong, chờ Sở Nội vụ (cơ quan thường trực) duyệt.")
    assert (await office.entry("STP", "2.6a")).state is State.SUBMITTED
    assert "chờ duyệt" in shown


async def test_of_one_output_of_two_agencies_it_asks_for_the_agency(office: Office) -> None:
    await office.bind("STP", "VPUB")

    assert plain(await office.say("/done 2.6a")).startswith("2.6a của cơ quan nào?")


async def test_the_example_of_a_late_report_names_its_period(office: Office) -> None:
    await office.bind("STP")
    office.now += timedelta(days=30)

    assert "ví dụ: /done BC q1 15/KH-UBND 16/03/2023" in plain(await office.say("/done bc q1"))
