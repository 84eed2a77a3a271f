from dataclasses import replace
from datetime import timedelta

import pytest

from bot.message import Message
from bot.request import Person
from tests.bot.office import PLAN, Office, action_of, labels, plain, put_plan


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
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh · hạn 31/03\n"
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
