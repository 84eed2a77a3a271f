"""/extend: asking for a later day, which changes nothing until the standing office agrees."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.listing import due_words, status_line
from bot.message import Message
from bot.request import Person
from store.states import RequestKind, RequestState, Role
from store.tables import RequestRow
from tests.bot.heard import heard
from tests.bot.office import PLAN, Office, labels, plain, put_plan

STP, SNV = "100", "900"


@pytest.fixture
async def two(office: Office) -> Office:
    """Sở Tư pháp's chat, where the test begins, and the standing office's."""
    office.chat = SNV
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    office.chat = STP
    await office.bind("STP")
    return office


async def requests_of(office: Office) -> list[RequestRow]:
    async with office.database.read() as session:
        return list(await session.scalars(select(RequestRow).order_by(RequestRow.id)))


async def confirm(office: Office, question: Message) -> Message:
    return (await office.tap(question, "Xác nhận")).message


async def test_asking_is_proposed_first_and_changes_nothing(two: Office) -> None:
    question = await two.say("xin gia hạn 2.6a đến 30/9/2023 vì chờ văn bản của Trung ương")

    assert plain(question) == (
        "Xin gia hạn việc này?\n"
        "\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 31/03 · còn 18 ngày\n"
        "\n"
        "Xin đến: Thứ Bảy 30/09/2023\n"
        "Thứ Bảy 30/09 là ngày nghỉ: nhắc trước vào Thứ Sáu 29/09, nộp được đến hết Thứ Hai 02/10.\n"
        "Lý do: chờ văn bản của Trung ương\n"
        "[Xác nhận] [Thôi]"
    )
    assert await requests_of(two) == []
    assert await heard(two, SNV) == []


async def test_a_yes_puts_it_before_the_standing_office_and_the_day_stays(two: Office) -> None:
    answer = await two.tap(await two.say("/extend 2.6a 30/6 chờ văn bản"), "Xác nhận")

    assert answer.edits_tapped
    shown = plain(answer.message)
    assert shown.startswith("✅ Đã gửi đề nghị gia hạn.\n\n2.6a ")
    assert shown.endswith(
        "Sở Nội vụ (cơ quan thường trực) sẽ trả lời; kết quả báo ở đây.\n"
        "Trong lúc chờ, hạn 31/03 giữ nguyên.\n"
        "[Hoàn tác]"
    )
    (request,) = await requests_of(two)
    assert (request.kind, request.state, request.office) == (
        RequestKind.EXTENSION,
        RequestState.WAITING,
        "SNV",
    )
    assert (request.details["due"], request.details["reason"]) == ("2023-06-30", "chờ văn bản")
    assert (await two.entry("STP", "2.6a")).due == date(2023, 3, 31)
    written = (await two.audit())[-1]
    assert (written.action, written.person_name, written.subject) == (
        "extend_ask",
        "Nguyễn Văn A",
        "chờ văn bản",
    )


async def test_the_standing_office_hears_all_that_it_needs_to_decide(two: Office) -> None:
    await confirm(two, await two.say("/extend 2.6a 30/6 chờ văn bản"))

    assert await heard(two, SNV) == [
        "📨 Đề nghị 1: xin gia hạn\n"
        "🏛 Sở Tư pháp\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 31/03 · còn 18 ngày\n"
        "Xin đến: Thứ Sáu 30/06/2023\n"
        "Lý do: chờ văn bản\n"
        "Chưa gia hạn lần nào\n"
        "Người gửi: Nguyễn Văn A\n"
        "[Đồng ý] [Không đồng ý]"
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "/extend 2.6a 30/6 chờ văn bản",
        "/extend 30/6 2.6a chờ văn bản",
        "/extend 2.6a chờ văn bản 30/6/2023",
        "/extend 2.6a ngày 30 tháng 6, lý do: chờ văn bản",
        "/extend_2_6a 30.06.2023 chờ văn bản",
        "giahan 2.6a từ 31/3 đến 30/6 do chờ văn bản",
        "lùi hạn 2,6A vì chờ văn bản nên xin lùi đến hết ngày 30/6",
        "gia hạn 2.6a trước 1/7 vì chờ văn bản",
    ],
)
async def test_code_day_and_reason_are_read_in_any_order(two: Office, typed: str) -> None:
    question = plain(await two.say(typed))

    assert "Xin đến: Thứ Sáu 30/06/2023\nLý do: chờ văn bản\n" in question


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/extend", "Anh/chị xin gia hạn việc nào, đến ngày nào, vì sao?"),
        ("/extend 2.6a", "Anh/chị xin gia hạn 2.6a đến ngày nào?"),
        ("/extend 2.6a chờ văn bản", "Anh/chị xin gia hạn 2.6a đến ngày nào?"),
        ("/extend 2.6a 30/6", "Anh/chị ghi thêm lý do xin gia hạn, ví dụ: /extend 2.6a 30/06/2023 "),
        ("/extend 2.6a 30/6 vì", "Anh/chị ghi thêm lý do xin gia hạn"),
        ("/extend 2.6a 31/9 chờ văn bản", "Không có ngày 31/9."),
        ("/extend 2.6a 29/2/2023 chờ văn bản", "Không có ngày 29/2/2023."),
        ("/extend 2.6a chờ văn bản 15/4 và 20/5", "Chưa rõ xin đến ngày nào: 15/4 hay 20/5."),
        (
            "/extend 2.6a 31/3 chờ",
            "Ngày xin gia hạn phải sau hạn hiện nay (31/03/2023); 31/03/2023 thì không.",
        ),
        ("/extend 2.6b 15/1 chờ", "Ngày xin gia hạn phải sau hạn hiện nay (31/12/2023)"),
        ("/extend 2.6a 30/6/2032 chờ", "Ngày 30/06/2032 xa quá."),
        ("/extend 1.1a 30/6 chờ", "1.1a chưa có ngày nên chưa cần xin gia hạn."),
        ("/extend 7.2a 30/6 chờ", "7.2a do Sở Nội vụ chủ trì, không phải việc của Sở Tư pháp."),
        ("/extend 2.9a 30/6 chờ", "Không có việc mã “2.9a”."),
    ],
)
async def test_what_is_missing_or_wrong_is_said_and_nothing_is_asked(
    two: Office, typed: str, words: str
) -> None:
    answer = await two.say(typed)

    assert plain(answer).startswith(words)
    assert "Xác nhận" not in labels(answer)


async def test_a_day_of_the_next_year_is_pointed_out_when_the_plans_year_is_too_early(two: Office) -> None:
    hint = plain(await two.say("/extend 2.6b 15/1 chờ"))
    question = plain(await two.say("/extend 2.6b 15/1/2024 chờ"))

    assert "Nếu là năm khác, anh/chị ghi cả năm: 15/1/2024" in hint
    assert "Xin đến: Thứ Hai 15/01/2024" in question


async def test_what_is_late_can_be_asked_for_only_until_after_today(two: Office) -> None:
    two.now += timedelta(days=40)

    passed = plain(await two.say("/extend 2.6a 20/4 chờ"))
    later = plain(await two.say("/extend 2.6a 30/6 chờ"))

    assert passed.startswith("Ngày xin gia hạn phải sau hôm nay; 20/04/2023 đã qua hoặc là hôm nay.")
    assert "Hạn 31/03 · quá hạn 22 ngày" in later


async def test_of_several_outputs_one_is_picked_and_the_day_goes_along(two: Office) -> None:
    which = await two.say("/extend 2.6 15/1/2024 chờ văn bản")
    question = await two.tap(which, "2.6b")
    await confirm(two, question.message)

    (request,) = await requests_of(two)
    assert request.assignment_id == (await two.entry("STP", "2.6b")).id
    assert request.details["due"] == "2024-01-15"


async def test_several_at_once_are_one_note_with_a_button_for_each(two: Office) -> None:
    which = await two.say("/extend 2.6 15/1/2024 chờ văn bản")
    await confirm(two, (await two.tap(which, "Tất cả (2)")).message)

    (note,) = await heard(two, SNV)
    assert note.startswith("📨 Có 2 đề nghị mới chờ duyệt\n\nĐề nghị 1: xin gia hạn")
    assert note.endswith(
        "[Đồng ý 2.6a] [Từ chối 2.6a] [Xem 2.6a]\n"
        "[Đồng ý 2.6b] [Từ chối 2.6b] [Xem 2.6b]\n"
        "[Đồng ý tất cả (2)]"
    )


@pytest.mark.parametrize("name", ["bc", "báo cáo"])
async def test_a_report_is_extended_by_its_period(two: Office, name: str) -> None:
    question = plain(await two.say(f"/extend {name} quý III 25/9 chờ số liệu"))

    assert "Quý III/2023" in question
    assert "Xin đến: Thứ Hai 25/09/2023\nLý do: chờ số liệu" in question


async def test_a_second_request_says_so_and_takes_the_place_of_the_first(two: Office) -> None:
    await confirm(two, await two.say("/extend 2.6a 30/6 chờ văn bản"))

    question = await two.say("/extend 2.6a 15/7 chờ văn bản mới")
    await confirm(two, question)

    assert "Thay cho đề nghị đang chờ (xin đến 30/06/2023)." in plain(question)
    assert [(row.state, row.reason) for row in await requests_of(two)] == [
        (RequestState.WITHDRAWN, "thay bằng đề nghị 2"),
        (RequestState.WAITING, None),
    ]


async def test_without_a_chat_of_the_office_the_request_waits_and_that_is_said(office: Office) -> None:
    await office.bind("STP")

    answer = plain(await confirm(office, await office.say("/extend 2.6a 30/6 chờ văn bản")))
    office.chat = SNV
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    waiting = plain(await office.say("/approve"))

    assert "Sở Nội vụ (cơ quan thường trực) chưa kết nối ở đây nên chưa nhận được tin" in answer
    assert "Đề nghị 1: xin gia hạn" in waiting


async def test_a_request_can_be_taken_back_until_it_is_decided(two: Office) -> None:
    sent = await confirm(two, await two.say("/extend 2.6a 30/6 chờ văn bản"))

    first = await two.tap(sent, "Hoàn tác")
    again = await two.tap(sent, "Hoàn tác")
    two.chat = SNV
    decided = plain(await two.say("/approve 1"))

    assert (plain(first.message), first.edits_tapped) == ("↩️ Đã rút lại đề nghị gia hạn.", True)
    assert plain(again.message).startswith("Không rút lại được nữa")
    assert decided.startswith("Đề nghị 1 đã được rút lại ngày 13/03/2023 (Nguyễn Văn A)")
    assert (await two.audit())[-1].action == "extend_withdraw"
    assert (await two.entry("STP", "2.6a")).extensions == 0


async def test_taking_back_the_first_leaves_the_second_alone(two: Office) -> None:
    first = await confirm(two, await two.say("/extend 2.6a 30/6 chờ văn bản"))
    await confirm(two, await two.say("/extend 2.6a 15/7 chờ văn bản"))

    answer = await two.tap(first, "Hoàn tác")

    assert plain(answer.message).startswith("Không rút lại được nữa")
    assert [row.state for row in await requests_of(two)] == [RequestState.WITHDRAWN, RequestState.WAITING]


async def test_what_was_done_before_the_yes_is_asked_for_no_more(two: Office) -> None:
    question = await two.say("/extend 2.6a 30/6 chờ văn bản")
    await confirm(two, await two.say("/done 2.6a"))

    answer = plain(await confirm(two, question))

    assert answer.startswith("Đã có người ghi nhận từ trước")
    assert await requests_of(two) == []


@pytest.mark.parametrize("text", ["/done 2.6a", "/waive 2.1b"])
async def test_what_is_closed_waits_for_no_later_day(two: Office, text: str) -> None:
    code = text.split()[1]
    two.chat = "101"
    await two.bind("VPUB")
    await confirm(two, await two.say(f"/extend {code} q1 30/6 chờ văn bản"))
    two.chat = SNV
    told = len(await heard(two, SNV))

    two.chat = "101"
    await confirm(two, await two.say(f"{text} q1 không có"))

    (request,) = await requests_of(two)
    assert (request.state, request.reason) == (RequestState.WITHDRAWN, "việc không còn để mở")
    assert len(await heard(two, SNV)) == told
    two.chat = SNV
    assert plain(await two.say("/approve")).startswith("Không có đề nghị nào")


async def test_a_day_that_came_before_the_yes_is_asked_for_no_more(two: Office) -> None:
    question = await two.say("/extend 2.6a 1/4 chờ văn bản")
    async with two.database.write() as session:
        later = replace(PLAN.tasks[3].outputs[0], deadline=PLAN.tasks[3].outputs[1].deadline)
        moved = replace(PLAN.tasks[3], outputs=(later, PLAN.tasks[3].outputs[1]))
        await put_plan(session, replace(PLAN, tasks=(*PLAN.tasks[:3], moved, *PLAN.tasks[4:])))

    answer = plain(await confirm(two, question))

    assert answer.startswith("Ngày xin gia hạn phải sau hạn hiện nay (31/12/2023)")
    assert await requests_of(two) == []


async def test_a_day_that_was_set_later_before_the_yes_needs_no_asking(two: Office) -> None:
    question = await two.say("/extend 2.6a 30/6 chờ văn bản")
    two.chat = SNV
    await confirm(two, await two.say("/setdue STP 2.6a 15/7"))
    two.chat = STP

    shown = plain(await confirm(two, question))

    assert shown.startswith("Ngày xin gia hạn phải sau hạn hiện nay (15/07/2023); 30/06/2023 thì không.")
    assert await requests_of(two) == []


async def test_a_yes_of_a_chat_that_was_disconnected_meanwhile_asks_for_nothing(two: Office) -> None:
    question = await two.say("/extend 2.6a 30/6 chờ văn bản")
    await two.unbind()

    await confirm(two, question)

    assert await requests_of(two) == []


async def test_a_standing_office_alone_has_nothing_to_extend(two: Office) -> None:
    two.chat = SNV

    answer = plain(await two.say("/extend 2.6a 30/6 chờ văn bản"))

    assert answer.startswith("Lệnh này không dùng được ở cuộc trò chuyện này")


async def test_the_reason_holds_nothing_hidden_and_has_an_end(two: Office) -> None:
    two.person = Person(id="8", name="x")

    await confirm(two, await two.say("/extend 2.6a 30/6 <b>chờ</b> \u202e\x07" + "á" * 4000))

    (request,) = await requests_of(two)
    reason = request.details["reason"]
    assert reason.startswith("<b>chờ</b> á")
    assert len(reason) == 500


async def test_lists_say_that_a_day_was_extended_and_from_which(two: Office) -> None:
    entry = replace(
        await two.entry("STP", "2.6a"),
        due=date(2023, 6, 30),
        remind_by=date(2023, 6, 30),
        late_after=date(2023, 6, 30),
        extensions=1,
    )

    on_its_day = "".join(span.text for span in status_line(entry, date(2023, 6, 30), tappable=False))

    assert due_words(entry) == "hạn 30/06 (gia hạn lần 1, hạn gốc 31/03)"
    assert due_words(replace(entry, plan_due=None)) == "hạn 30/06 (gia hạn lần 1)"
    assert due_words(replace(entry, plan_due=entry.due)) == "hạn 30/06"
    assert on_its_day == "Hạn hôm nay 30/06 · gia hạn lần 1, hạn gốc 31/03"
