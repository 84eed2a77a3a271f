"""/approve and /refuse: what the standing office decides, once, and who hears of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.commands.deciding import DECISIONS
from bot.conversation import Conversation
from bot.message import Message
from bot.options import Options
from bot.request import Person
from bot.wording import fits
from store.states import RequestState, Role, State
from store.tables import AssignmentRow, RequestRow
from tests.bot.heard import heard, notes
from tests.bot.office import ENTRANCES, PLAN, TIMETABLE, Office, labels, plain, put_plan

STP, STP_TOO, SNV, SNV_TOO = "100", "101", "900", "901"


@pytest.fixture
async def two(office: Office) -> Office:
    """Sở Tư pháp's chat and the standing office's, where the test begins; a done needs approval."""
    office.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(approves_done=True)
    )
    office.chat = STP
    await office.bind("STP")
    office.chat = SNV
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    return office


async def says(office: Office, chat: str, text: str) -> Message:
    before, office.chat = office.chat, chat
    try:
        return await office.say(text)
    finally:
        office.chat = before


async def asks(office: Office, text: str, chat: str = STP) -> Message:
    """The chat gives the command and confirms it."""
    before, office.chat = office.chat, chat
    try:
        return (await office.tap(await office.say(text), "Xác nhận")).message
    finally:
        office.chat = before


async def row_of(office: Office, agency: str, code: str) -> AssignmentRow:
    entry = await office.entry(agency, code)
    async with office.database.read() as session:
        return await session.get_one(AssignmentRow, entry.id)


async def states(office: Office) -> list[RequestState]:
    async with office.database.read() as session:
        return list(await session.scalars(select(RequestRow.state).order_by(RequestRow.id)))


async def test_the_list_has_what_waits_the_oldest_first_with_a_row_of_buttons_each(two: Office) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    await asks(two, "/done 2.6b 20/KH-UBND đã gửi")

    assert plain(await two.say("/approve")) == (
        "📥 2 đề nghị đang chờ\n"
        "\n"
        "Đề nghị 1: xin gia hạn\n"
        "🏛 Sở Tư pháp\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 31/03 · còn 18 ngày\n"
        "Xin đến: Thứ Sáu 30/06/2023\n"
        "Lý do: chờ văn bản\n"
        "Chưa gia hạn lần nào\n"
        "Người gửi: Nguyễn Văn A\n"
        "\n"
        "Đề nghị 2: duyệt việc đã báo xong\n"
        "🏛 Sở Tư pháp\n"
        "2.6b Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định phê duyệt phương án đơn giản hóa TTHC nội bộ\n"
        "Hạn Chủ Nhật 31/12\n"
        "✅ đã báo xong ngày 13/03/2023, chờ duyệt, số 20/KH-UBND\n"
        "Ghi chú: đã gửi\n"
        "Người gửi: Nguyễn Văn A\n"
        "[Đồng ý 1] [Từ chối 1] [Xem 2.6a]\n"
        "[Đồng ý 2] [Từ chối 2] [Xem 2.6b]"
    )


async def test_a_long_list_is_turned_over(two: Office) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    async with two.database.write() as session:
        row = (await session.scalars(select(RequestRow))).one()
        for _ in range(20):
            session.add(
                RequestRow(
                    kind=row.kind,
                    office="SNV",
                    assignment_id=row.assignment_id,
                    chat_id=row.chat_id,
                    person="7",
                    person_name="A",
                    details=row.details,
                    asked_at=two.now,
                )
            )

    message = await two.say("/approve")

    assert "Trang 1/" in plain(message)
    assert labels(message)[-1] == "Sau ›"


async def test_nothing_waits(two: Office) -> None:
    assert plain(await two.say("duyệt")) == "Không có đề nghị nào đang chờ."


async def test_an_accepted_extension_moves_the_day_and_reminders_start_anew(two: Office) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    entry = await two.entry("STP", "2.6a")
    async with two.database.write() as session:
        row = await session.get_one(AssignmentRow, entry.id)
        row.snoozed_until, row.next_milestone_on = date(2023, 4, 10), date(2023, 4, 10)

    answer = plain(await two.say("/approve 1"))

    assert answer == (
        "✅ Đã đồng ý gia hạn đến 30/06/2023.\n"
        "\n"
        "🏛 Sở Tư pháp\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 30/06 (gia hạn lần 1, hạn gốc 31/03) · còn 109 ngày\n"
        "\n"
        "Đã báo cho Sở Tư pháp."
    )
    row = await row_of(two, "STP", "2.6a")
    assert (row.plan_due, row.set_due, row.due, row.remind_by, row.late_after) == (
        date(2023, 3, 31),
        *[date(2023, 6, 30)] * 4,
    )
    assert (row.extensions, row.snoozed_until, row.next_milestone_on) == (1, None, date(2023, 5, 31))
    written = (await two.audit())[-1]
    assert (written.action, written.subject, written.assignment_id) == (
        "extend_accept",
        "chờ văn bản",
        row.id,
    )
    assert await states(two) == [RequestState.ACCEPTED]
    assert "gia hạn lần 1, hạn gốc 31/03" in plain(await says(two, STP, "/task 2.6a"))


async def test_the_agencys_chats_hear_of_it_by_nobodys_name(two: Office) -> None:
    two.chat = STP_TOO
    await two.bind("STP")
    two.chat = SNV
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    two.person = Person(id="9", name="Trần Thị B")

    await two.say("/approve 1")

    told = (
        "✅ Được gia hạn đến 30/06/2023.\n"
        "\n"
        "🏛 Sở Tư pháp\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 30/06 (gia hạn lần 1, hạn gốc 31/03) · còn 109 ngày · /done_2_6a\n"
        "\n"
        "Sở Nội vụ (cơ quan thường trực) đồng ý.\n"
        "[Việc đến hạn]"
    )
    assert await heard(two, STP) == [told]
    assert await heard(two, STP_TOO) == [told]


async def test_a_second_extension_is_the_second_and_the_office_sees_the_first(two: Office) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    await two.say("/approve 1")
    await asks(two, "/extend 2.6a 31/7 vẫn chờ văn bản")

    waiting = plain(await two.say("/approve"))
    answer = plain(await two.say("/approve 2"))

    assert "Hạn 30/06 (gia hạn lần 1, hạn gốc 31/03)" in waiting
    assert "Đã gia hạn 1 lần" in waiting
    assert "Hạn 31/07 (gia hạn lần 2, hạn gốc 31/03)" in answer


async def test_a_yes_by_the_button_of_the_note_takes_the_notes_place(two: Office) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    await asks(two, "/extend 2.6b 15/1/2024 chờ văn bản")
    first, _ = await notes(two, SNV)

    answer = await two.tap(first, "Đồng ý")

    assert answer.edits_tapped
    assert plain(answer.message).startswith("✅ Đã đồng ý gia hạn đến 30/06/2023.")
    assert labels(answer.message) == ["Đề nghị còn chờ (1)"]


async def test_a_no_needs_a_reason_and_offers_some(two: Office) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    (note,) = await notes(two, SNV)

    why = await two.tap(note, "Không đồng ý")
    answer = await two.tap(why.message, "Chưa đủ căn cứ")

    assert plain(why.message).startswith("Lý do không đồng ý đề nghị 1?\n\n🏛 Sở Tư pháp\n2.6a ")
    assert not why.edits_tapped
    assert "hoặc gõ: /refuse 1 lý do" in plain(why.message)
    assert len(labels(why.message)) == 3
    assert answer.edits_tapped
    assert plain(answer.message).startswith("Đã từ chối gia hạn đến 30/06/2023.")
    assert await states(two) == [RequestState.REFUSED]
    row = await row_of(two, "STP", "2.6a")
    assert (row.due, row.extensions) == (date(2023, 3, 31), 0)


async def test_a_refusal_with_words_of_ones_own_is_told_and_written_down(two: Office) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")

    await two.say("không đồng ý đề nghị số 1: đã có văn bản ngày 15/4")

    (told,) = await heard(two, STP)
    assert told.startswith("❌ Chưa được gia hạn đến 30/06/2023.\n\n🏛 Sở Tư pháp\n2.6a ")
    assert "Hạn 31/03 · còn 18 ngày · /done_2_6a" in told
    assert "Sở Nội vụ (cơ quan thường trực) không đồng ý. Lý do: đã có văn bản ngày 15/4" in told
    written = (await two.audit())[-1]
    assert (written.action, written.subject, written.person) == (
        "extend_refuse",
        "đã có văn bản ngày 15/4",
        "7",
    )


def test_every_ready_reason_fits_its_button() -> None:
    for decision in DECISIONS.values():
        assert decision.reasons
        assert all(fits(f"/refuse 999999999 {reason}") for reason in decision.reasons)


@pytest.mark.parametrize("late", ["/approve 1", "/refuse 1 muộn rồi", "/refuse 1"])
async def test_of_two_who_decide_the_second_hears_what_the_first_has_decided(two: Office, late: str) -> None:
    two.chat = SNV_TOO
    await two.bind("SNV", role=Role.STANDING_OFFICE)
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    first, second = Person(id="8", name="Trần Thị B"), Person(id="9", name="Lê Văn C")

    two.person = first
    await says(two, SNV, "/refuse 1 chưa đủ căn cứ")
    two.person = second
    answer = plain(await says(two, SNV_TOO, late))

    assert answer == (
        "Đề nghị 1 đã bị từ chối ngày 13/03/2023 (Trần Thị B), không có gì thay đổi thêm.\n"
        "Lý do: chưa đủ căn cứ"
    )
    assert await states(two) == [RequestState.REFUSED]
    assert len(await heard(two, STP)) == 1


@pytest.mark.parametrize("text", ["/approve 1", "/refuse 1 không", "/approve", "run"])
async def test_an_officers_chat_sees_and_decides_nothing(two: Office, text: str) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    (note,) = await notes(two, SNV)

    two.chat = STP
    answer = (await two.tap(note, "Đồng ý")).message if text == "run" else await two.say(text)

    assert plain(answer).startswith("Lệnh này không dùng được ở cuộc trò chuyện này")
    assert await states(two) == [RequestState.WAITING]


async def test_another_plans_standing_office_finds_nothing(two: Office) -> None:
    async with two.database.write() as session:
        await put_plan(session, replace(PLAN, key="ktra-2023", standing_office="VPUB"))
    two.chat = "950"
    await two.bind("VPUB", role=Role.STANDING_OFFICE)
    question = await says(two, STP, "/extend 2.6a 30/6 chờ văn bản")
    two.chat = STP
    picked = await two.tap(question, "cchc-2023")
    await two.tap(picked.message, "Xác nhận")

    two.chat = "950"
    waiting = plain(await two.say("/approve"))
    decided = plain(await two.say("/approve 1"))

    assert waiting == "Không có đề nghị nào đang chờ."
    assert decided == "Không có đề nghị số 1."
    assert await states(two) == [RequestState.WAITING]


@pytest.mark.parametrize(
    "text", ["/approve abc", "/approve 2.6a", "/refuse", "/refuse abc", "/approve 1 abc"]
)
async def test_without_a_number_the_list_says_how_to_name_one(two: Office, text: str) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")

    answer = plain(await two.say(text))

    assert answer.startswith("📥 1 đề nghị đang chờ\nAnh/chị ghi số của đề nghị")
    assert await states(two) == [RequestState.WAITING]


@pytest.mark.parametrize("text", ["/approve 1", "/refuse 1 muộn"])
async def test_what_was_done_meanwhile_needs_no_later_day(two: Office, text: str) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    await asks(two, "/done 2.6a")

    answer = plain(await two.say(text))

    assert answer.startswith("Đề nghị 1 đã được rút lại ngày 13/03/2023 (Nguyễn Văn A)")
    assert "Lý do: việc không còn để mở" in answer
    assert (await states(two))[0] is RequestState.WITHDRAWN


async def test_what_left_the_plan_meanwhile_is_closed(two: Office) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    await two.retire(await two.entry("STP", "2.6a"))

    waiting = plain(await two.say("/approve"))
    answer = plain(await two.say("/approve 1"))

    assert "Việc này không còn trong kế hoạch." in waiting
    assert answer.startswith("Việc này không còn trong kế hoạch. Đề nghị gia hạn được khép lại.")


async def test_an_asked_day_that_has_passed_is_not_accepted_and_the_request_waits_on(two: Office) -> None:
    await asks(two, "/extend 2.6a 10/4 chờ văn bản")
    two.now += timedelta(days=40)

    answer = plain(await two.say("/approve 1"))

    assert answer.startswith("Ngày xin 10/04/2023 đã qua, nên không đồng ý đề nghị 1 được nữa.")
    assert await states(two) == [RequestState.WAITING]
    assert (await two.entry("STP", "2.6a")).due == date(2023, 3, 31)


async def test_an_agency_without_a_chat_is_named(two: Office) -> None:
    await asks(two, "/extend 2.6a 30/6 chờ văn bản")
    await two.unbind()
    await two.bind("SNV", role=Role.STANDING_OFFICE)

    answer = plain(await two.say("/approve 1"))

    assert "Sở Tư pháp chưa có cuộc trò chuyện nào nhận được tin" in answer


async def test_a_done_waits_for_approval_and_is_not_reminded(two: Office) -> None:
    answer = plain(await asks(two, "/done 2.6a 15/KH-UBND"))

    assert answer.startswith("✅ Đã báo xong, chờ Sở Nội vụ (cơ quan thường trực) duyệt.\n\n2.6a ")
    row = await row_of(two, "STP", "2.6a")
    assert (row.state, row.done_at, row.next_milestone_on) == (State.SUBMITTED, two.now, None)
    (note,) = await heard(two, SNV)
    assert note.startswith("📨 Đề nghị 1: duyệt việc đã báo xong\n🏛 Sở Tư pháp\n2.6a ")
    assert "đã báo xong ngày 13/03/2023, chờ duyệt, số 15/KH-UBND" in note
    assert "chờ duyệt" in plain(await says(two, STP, "/task 2.6a"))


async def test_without_the_option_a_done_is_done(two: Office) -> None:
    two.conversation = Conversation(entrances=ENTRANCES, timetable=TIMETABLE, options=Options())

    await asks(two, "/done 2.6a")

    assert (await two.entry("STP", "2.6a")).state is State.DONE
    assert await states(two) == []


async def test_an_approved_done_was_done_when_it_was_reported(two: Office) -> None:
    await asks(two, "/done 2.6a 15/KH-UBND")
    two.now += timedelta(days=3)

    answer = plain(await two.say("/approve 1"))

    assert answer.startswith("✅ Đã duyệt.\n🏛 Sở Tư pháp\n2.6a ")
    entry = await two.entry("STP", "2.6a")
    assert (entry.state, entry.document) == (State.DONE, "15/KH-UBND")
    assert entry.done_at == datetime(2023, 3, 13, 0, 30, tzinfo=UTC)
    assert (await two.audit())[-1].action == "approve"
    (told,) = await heard(two, STP)
    assert told.startswith("✅ Đã được duyệt.\n\n🏛 Sở Tư pháp\n2.6a ")
    assert "Sở Nội vụ (cơ quan thường trực) đã duyệt." in told


async def test_all_that_one_yes_reported_is_approved_at_once(two: Office) -> None:
    which = await says(two, STP, "/done 2.6")
    two.chat = STP
    question = await two.tap(which, "Tất cả (2)")
    await two.tap(question.message, "Xác nhận")
    two.chat = SNV
    (note,) = await notes(two, SNV)

    answer = plain((await two.tap(note, "Đồng ý tất cả (2)")).message)

    assert answer.count("✅ Đã duyệt.") == 2
    assert await two.done_codes() == ["STP 2.6a", "STP 2.6b"]
    assert await states(two) == [RequestState.ACCEPTED] * 2


async def test_a_returned_done_is_open_again_with_its_reason(two: Office) -> None:
    await asks(two, "/done 2.6a 15/KH-UBND")

    answer = plain(await two.say("/refuse 1 thiếu chữ ký ở văn bản ngày 15/4"))

    assert answer.startswith("↩️ Đã trả lại, việc để mở.\n\n🏛 Sở Tư pháp\n2.6a ")
    row = await row_of(two, "STP", "2.6a")
    assert (row.state, row.done_at, row.document, row.set_due) == (State.OPEN, None, None, None)
    assert row.next_milestone_on is not None
    written = (await two.audit())[-1]
    assert (written.action, written.subject) == ("return", "thiếu chữ ký ở văn bản ngày 15/4")
    (told,) = await heard(two, STP)
    assert told.startswith("↩️ Bị trả lại, việc để mở.\n\n🏛 Sở Tư pháp\n2.6a ")
    assert "không duyệt. Lý do: thiếu chữ ký ở văn bản ngày 15/4" in told


async def test_a_returned_done_can_get_a_new_day(two: Office) -> None:
    await asks(two, "/done 2.6a")

    answer = plain(await two.say("/refuse 1 14/4 cần bổ sung văn bản"))

    assert "Lý do: cần bổ sung văn bản\nHạn mới: Thứ Sáu 14/04/2023\n" in answer
    row = await row_of(two, "STP", "2.6a")
    assert (row.due, row.set_due, row.extensions) == (date(2023, 4, 14), date(2023, 4, 14), 0)
    assert "Hạn mới: Thứ Sáu 14/04/2023" in (await heard(two, STP))[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/refuse 1 31/4 cần bổ sung", "Không có ngày 31/4."),
        ("/refuse 1 1/3 cần bổ sung", "Hạn mới phải sau hôm nay; 01/03/2023 thì không."),
        ("/refuse 1 14/4", "Anh/chị ghi thêm lý do trả lại"),
        ("/refuse 1 đến 14/4 hoặc đến 15/4", "Chưa rõ hạn mới là ngày nào: 14/4 hay 15/4."),
    ],
)
async def test_a_return_with_a_wrong_day_changes_nothing(two: Office, text: str, words: str) -> None:
    await asks(two, "/done 2.6a")

    answer = plain(await two.say(text))

    assert answer.startswith(words)
    assert await states(two) == [RequestState.WAITING]
    assert (await two.entry("STP", "2.6a")).state is State.SUBMITTED


async def test_taking_a_submitted_done_back_withdraws_its_request(two: Office) -> None:
    written = await asks(two, "/done 2.6a")

    two.chat = STP
    await two.tap(written, "Hoàn tác")
    decided = plain(await says(two, SNV, "/approve 1"))

    assert (await two.entry("STP", "2.6a")).state is State.OPEN
    assert decided.startswith("Đề nghị 1 đã được rút lại ngày 13/03/2023")


async def test_an_approved_done_is_not_taken_back_by_the_officer(two: Office) -> None:
    written = await asks(two, "/done 2.6a")
    await two.say("/approve 1")

    two.chat = STP
    answer = plain((await two.tap(written, "Hoàn tác")).message)

    assert answer.startswith("Không hoàn tác được nữa")
    assert (await two.entry("STP", "2.6a")).state is State.DONE


async def test_a_done_without_a_chat_of_the_office_waits_and_that_is_said(office: Office) -> None:
    office.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(approves_done=True)
    )
    office.chat = STP
    await office.bind("STP")

    answer = plain(await asks(office, "/done 2.6a"))

    assert "Sở Nội vụ chưa kết nối ở đây nên chưa nhận được tin." in answer
    assert await states(office) == [RequestState.WAITING]
