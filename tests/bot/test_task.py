from datetime import timedelta

from bot.conversation import Conversation
from bot.options import Options
from store.states import Role
from tests.bot.office import ENTRANCES, TIMETABLE, Office, plain


async def test_a_task_is_shown_in_full(office: Office) -> None:
    await office.bind("STP")

    assert plain(await office.say("/task 2.6")) == (
        "📌 2.6 · Lĩnh vực 2: Cải cách TTHC\n"
        "Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống hành chính nhà nước trên "
        "địa bàn tỉnh\n"
        "\n"
        "Sản phẩm 2.6a: Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Thời gian: “Hoàn thành trước ngày 01/4/2023”\n"
        "• Hạn 31/03 · còn 18 ngày · /done_2_6a\n"
        "\n"
        "Sản phẩm 2.6b: Quyết định phê duyệt phương án đơn giản hóa TTHC nội bộ\n"
        "Thời gian: “Giai đoạn 2022-2025 Trong năm 2023, hoàn thành trước ngày 01/01/2024.”\n"
        "• Hạn Chủ Nhật 31/12 · còn 293 ngày · /done_2_6b\n"
        "\n"
        "Chủ trì: Sở Tư pháp; Văn phòng UBND tỉnh; Sở Nội vụ\n"
        "Phối hợp: Văn phòng UBND tỉnh"
    )


async def test_an_output_is_shown_alone_and_by_many_names(office: Office) -> None:
    await office.bind("STP")
    expected = plain(await office.say("/task 2.6a"))

    assert "2.6b" not in expected
    for words in ("/task_2_6a", "việc 2.6a", "/viec 2,6A", "2.6a", "chi tiết 2.6a"):
        assert plain(await office.say(words)) == expected


async def test_every_period_has_its_state(office: Office) -> None:
    await office.bind("VPUB")
    question = await office.say("/done_2_1b_q1 15/BC-VPUBND đã gửi")
    await office.tap(question, "Xác nhận")

    shown = plain(await office.say("/task 2.1b"))

    assert "• Quý I: hạn 31/03 · ✅ đã xong ngày 13/03/2023, số 15/BC-VPUBND\n  Ghi chú: đã gửi\n" in shown
    assert "• Quý II: hạn 30/06 · còn 109 ngày · /done_2_1b_q2" in shown


async def test_what_waits_for_a_paper_says_that_a_person_must_look(office: Office) -> None:
    await office.bind("STP")

    shown = plain(await office.say("/task 1.1"))

    assert "Thời gian: “Theo quy định Trung ương”" in shown
    assert "• Chưa có ngày: cần người xem văn bản để ấn định" in shown


async def test_a_heading_of_the_paper_is_shown(office: Office) -> None:
    await office.bind_standing_office()

    shown = plain(await office.say("/task 7.3b"))

    assert "Công tác chỉ đạo điều hành\nHoạt động kiểm tra\nKiểm tra công vụ" in shown
    assert "• Đột xuất, khi có yêu cầu" in shown


async def test_another_agencys_task_is_on_paper_but_its_state_is_not_shown(office: Office) -> None:
    await office.bind("STP")

    shown = plain(await office.say("/task 7.2"))

    assert "Xây dựng và tổ chức thực hiện Kế hoạch tuyên truyền CCHC năm 2023" in shown
    assert "Sở Tư pháp không chủ trì việc này." in shown
    assert "quá hạn" not in shown
    assert "/done" not in shown


async def test_the_standing_office_sees_how_far_the_agencies_are(office: Office) -> None:
    await office.bind("STP")
    await office.tap(await office.say("/done 2.6a"), "Xác nhận")
    office.chat = "200"
    await office.bind_standing_office()

    assert "Toàn tỉnh: 1/3 cơ quan đã xong" in plain(await office.say("/task 2.6a"))


async def test_what_waits_for_approval_is_not_counted_as_done(office: Office) -> None:
    office.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(approves_done=True)
    )
    await office.bind("STP")
    await office.tap(await office.say("/done 2.6a"), "Xác nhận")
    office.chat = "200"
    await office.bind_standing_office()

    assert "Toàn tỉnh: 0/3 cơ quan đã xong, 1 chờ duyệt" in plain(await office.say("/task 2.6a"))


async def test_a_report_is_shown_with_its_windows(office: Office) -> None:
    await office.bind("STP")

    shown = plain(await office.say("/task bc"))

    assert "• Quý I/2023: nộp chậm nhất 16/03 · còn 3 ngày · /done_bc_q1\n  Số liệu từ 15/12/2022" in shown


async def test_task_alone_and_unknown_codes_are_helped(office: Office) -> None:
    await office.bind("STP")

    assert plain(await office.say("/task")) == "Anh/chị cho biết mã việc, ví dụ: /task 2.6a\n[Việc đến hạn]"
    assert "Không có việc mã “2.6x”" in plain(await office.say("/task 2.6x"))
    assert "Mã có dạng 2.6a" in plain(await office.say("/task 99.99"))


async def test_reports_shows_every_period(office: Office) -> None:
    await office.bind("STP")
    await office.tap(await office.say("/done_bc_q1 12/BC-STP"), "Xác nhận")

    expected = (
        "📊 Báo cáo định kỳ · Sở Tư pháp\n"
        "Nhập số liệu tại https://ktxh.soctrang.gov.vn\n"
        "\n"
        "Quý I/2023\n"
        "Số liệu từ 15/12/2022 đến 14/03/2023, chốt 14/03\n"
        "• BC ✅ đã xong ngày 13/03/2023, số 12/BC-STP\n"
        "\n"
        "Quý III/2023\n"
        "Số liệu từ 15/06/2023 đến 14/09/2023, chốt 14/09\n"
        "• BC nộp chậm nhất Thứ Bảy 16/09 · còn 187 ngày · /done_bc_q3\n"
        "[✅ BC quý III]"
    )
    for words in ("/reports", "báo cáo", "/baocao", "bao_cao", "kỳ báo cáo"):
        assert plain(await office.say(words)) == expected


async def test_an_overseer_sees_how_many_agencies_handed_a_report_in_and_who_is_missing(
    office: Office,
) -> None:
    await office.bind("STP")
    await office.tap(await office.say("/done_bc_q1 12/BC-STP"), "Xác nhận")
    office.chat = "200"
    await office.bind("", role=Role.LEADER)
    office.now += timedelta(days=7)

    expected = (
        "📊 Báo cáo định kỳ · Toàn tỉnh\n"
        "Nhập số liệu tại https://ktxh.soctrang.gov.vn\n"
        "\n"
        "Quý I/2023 · nộp chậm nhất 16/03\n"
        "Số liệu từ 15/12/2022 đến 14/03/2023, chốt 14/03\n"
        "• BC 1/2 cơ quan đã nộp\n"
        "⛔ Quá hạn 1 cơ quan: SNV\n"
        "\n"
        "Quý III/2023 · nộp chậm nhất Thứ Bảy 16/09\n"
        "Số liệu từ 15/06/2023 đến 14/09/2023, chốt 14/09\n"
        "• BC 0/2 cơ quan đã nộp\n"
        "[Cơ quan quá hạn] [Tình hình chung]"
    )
    assert plain(await office.say("/reports")) == expected
    office.chat = "300"
    await office.bind_standing_office()
    own = await office.say("/reports")
    assert plain(own).startswith("📊 Báo cáo định kỳ · Sở Nội vụ\n")
    assert plain((await office.tap(own, "Toàn tỉnh")).message) == expected


async def test_an_agency_without_reports_hears_so(office: Office) -> None:
    await office.bind("VPUB")

    assert "không có báo cáo định kỳ" in plain(await office.say("/reports"))


async def test_an_overseer_without_agencies_reads_the_task_and_how_far_everyone_is(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    shown = plain(await office.say("/task 2.6a"))

    assert "Toàn tỉnh: 0/3 cơ quan đã xong" in shown
    assert "không chủ trì việc này" not in shown
