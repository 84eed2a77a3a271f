from datetime import date

import pytest

from store.states import Role
from store.tables import AssignmentRow
from tests.bot.office import Office, action_of, labels, plain


async def test_due_shows_late_and_soon_and_says_how_much_more_there_is(office: Office) -> None:
    await office.bind_standing_office()

    assert plain(await office.say("/due")) == (
        "📋 Sở Nội vụ · Thứ Hai 13/03/2023\n"
        "1 việc quá hạn, 2 việc trong 30 ngày tới, 2 việc chưa có ngày cụ thể.\n"
        "\n"
        "⛔ Quá hạn\n"
        "7.2a Xây dựng và tổ chức thực hiện Kế hoạch tuyên truyền CCHC năm 2023\n"
        "Kế hoạch\n"
        "Hạn 28/02 · quá hạn 13 ngày · /done_7_2a\n"
        "\n"
        "🗓 Trong 30 ngày tới\n"
        "BC Báo cáo tình hình, kết quả thực hiện công tác CCHC\n"
        "Quý I/2023 · số liệu từ 15/12/2022 đến 14/03/2023, chốt 14/03\n"
        "Nộp chậm nhất 16/03 · còn 3 ngày · /done_bc_q1\n"
        "\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 31/03 · còn 18 ngày · /done_2_6a\n"
        "\n"
        "🔁 Thường xuyên\n"
        "2.2 Công bố TTHC mới ban hành được sửa đổi, bổ sung…\n"
        "\n"
        "⚡ Đột xuất, khi có yêu cầu\n"
        "7.3b Kiểm tra công vụ\n"
        "\n"
        "Ngoài ra còn 3 việc hạn sau ngày 12/04: /due_all\n"
        "[✅ 7.2a] [✅ BC quý I] [✅ 2.6a]\n"
        "[Toàn tỉnh]"
    )


async def test_what_has_no_day_is_told_in_a_line_with_its_progress_and_is_never_late(office: Office) -> None:
    await office.bind("STP")
    entry = await office.entry("STP", "1.1a")
    async with office.database.write() as session:
        (await session.get_one(AssignmentRow, entry.id)).progress = 60

    shown = plain(await office.say("/due"))

    assert "⏳ Chờ văn bản, chưa có ngày\n1.1a Xây dựng và triển khai Kế hoạch theo dõi thi… · 60%\n" in shown
    assert "quá hạn" not in shown
    assert "✅ 1.1a" not in shown


async def test_an_asked_for_number_of_days_leaves_out_what_has_no_day_but_counts_it(office: Office) -> None:
    await office.bind("STP")

    shown = plain(await office.say("/due 7"))

    assert "🔁" not in shown
    assert "Ngoài ra còn 3 việc hạn sau ngày 20/03 và 2 việc chưa có ngày cụ thể: /due_all" in shown


async def test_what_waited_for_a_paper_is_listed_like_any_other_once_it_has_a_day(office: Office) -> None:
    await office.bind("STP")
    entry = await office.entry("STP", "1.1a")
    async with office.database.write() as session:
        row = await session.get_one(AssignmentRow, entry.id)
        row.set_due = row.due = row.remind_by = row.late_after = date(2023, 3, 20)

    message = await office.say("/due")

    assert "Hạn 20/03 · còn 7 ngày · /done_1_1a" in plain(message)
    assert action_of(message, "✅ 1.1a") == "run:/done 1.1a"


@pytest.mark.parametrize(
    "words",
    [
        "/due",
        "due",
        "DUE",
        "/due@nhacviec_bot",
        "@nhacviec_bot /due",
        "hạn",
        "/han",
        "đến hạn",
        "den han",
        "/due 30",
    ],
)
async def test_due_is_understood_in_many_ways(office: Office, words: str) -> None:
    await office.bind("STP")

    assert plain(await office.say(words)) == plain(await office.say("/due"))


@pytest.mark.parametrize("words", ["/due 7", "/due_7", "/due7", "han 7", "hạn 7 ngày", "han tuan nay"])
async def test_due_can_look_some_days_ahead(office: Office, words: str) -> None:
    await office.bind("STP")

    assert "1 việc trong 7 ngày tới." in plain(await office.say(words))


async def test_due_today_alone(office: Office) -> None:
    await office.bind("STP")

    assert "Không có việc nào quá hạn hay đến hạn hôm nay." in plain(await office.say("/due 0"))


@pytest.mark.parametrize("words", ["/due all", "/due_all", "han tat ca", "hạn tất cả"])
async def test_due_all_has_sections_for_what_has_no_day(office: Office, words: str) -> None:
    await office.bind("STP")

    shown = plain(await office.say(words))

    assert "4 việc còn hạn, 2 việc chưa có ngày cụ thể." in shown
    assert "🗓 Còn hạn\nBC" in shown
    assert "Hạn Chủ Nhật 31/12 · còn 293 ngày · /done_2_6b" in shown
    assert "🔁 Thường xuyên\n2.2 " in shown
    assert "⏳ Chờ văn bản, chưa có ngày\n1.1a " in shown
    assert "Ngoài ra" not in shown


@pytest.mark.parametrize(
    ("words", "codes"), [("/due 2.6", ["2.6a", "2.6b"]), ("/due 2.6a", ["2.6a"]), ("/due_2_6a", ["2.6a"])]
)
async def test_due_of_a_code_shows_it_alone(office: Office, words: str, codes: list[str]) -> None:
    await office.bind("STP")

    message = await office.say(words)

    assert [block.lines[0][0].text for block in message.blocks[1:]] == codes
    assert action_of(message, "Chi tiết 2.6") == "run:/task 2.6"


async def test_due_of_a_code_and_period(office: Office) -> None:
    await office.bind("STTTT")

    shown = plain(await office.say("/due 6.5 tháng 3"))

    assert "tháng 3" in shown
    assert "tháng 4" not in shown


async def test_due_of_an_unknown_code_offers_the_nearest(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/due 2.6c")

    assert action_of(message, "/due 2.6a") == "run:/due 2.6a"


async def test_due_of_another_agencys_code_says_whose_it_is(office: Office) -> None:
    await office.bind("STP")

    assert plain(await office.say("/due 7.2a")).startswith("7.2a do Sở Nội vụ chủ trì")


async def test_another_agencys_list_is_refused_politely(office: Office) -> None:
    await office.bind("STP")

    shown = plain(await office.say("/due SNV"))

    assert shown.startswith("Ở đây chỉ xem được việc của Sở Tư pháp.")
    assert "7.2a" not in shown


@pytest.mark.parametrize(
    "words", ["/due STP", "/due sở tư pháp", "/due so tu phap", "/due tư pháp", "/due_stp"]
)
async def test_the_standing_office_sees_another_agencys_list_and_cannot_tap_it_done(
    office: Office, words: str
) -> None:
    await office.bind_standing_office()

    shown = plain(await office.say(words))

    assert shown.startswith("📋 Sở Tư pháp · Thứ Hai 13/03/2023")
    assert "2.6a" in shown
    assert "/done" not in shown


async def test_the_standing_office_can_look_further_at_another_agency(office: Office) -> None:
    await office.bind_standing_office()

    assert "⏳ Chờ văn bản" in plain(await office.say("/due STP all"))


async def test_a_mistyped_agency_is_offered(office: Office) -> None:
    await office.bind_standing_office()

    assert "Sở Tư pháp" in labels(await office.say("/due so tu phat"))


async def test_ones_own_agency_may_be_named(office: Office) -> None:
    await office.bind("STP")

    assert plain(await office.say("/due STP")) == plain(await office.say("/due"))


async def test_words_that_are_nothing_get_examples(office: Office) -> None:
    await office.bind("STP")

    assert plain(await office.say("/due khi nào nhỉ")).startswith("Chưa hiểu anh/chị muốn xem việc nào.")


async def test_several_agencies_in_one_chat_are_grouped(office: Office) -> None:
    await office.bind("STTTT", "VPUB")

    shown = plain(await office.say("/due"))

    assert shown.startswith("📋 Sở Thông tin và Truyền thông; Văn phòng UBND tỉnh · ")
    assert "🏛 Sở Thông tin và Truyền thông\n⛔ Quá hạn\n6.5 " in shown
    assert "🏛 Văn phòng UBND tỉnh\n⛔ Quá hạn\n2.1a " in shown


@pytest.mark.parametrize(
    "words", ["/due", "/due tỉnh", "toàn tỉnh", "/due all tinh", "/due_tinh", "hạn toàn tỉnh 30"]
)
async def test_an_overseer_without_agencies_sees_the_whole_plan_by_agency(office: Office, words: str) -> None:
    await office.bind("", role=Role.LEADER)

    shown = plain(await office.say(words if "due" in words or "hạn" in words else f"/due {words}"))

    assert shown == (
        "📋 Toàn tỉnh · Thứ Hai 13/03/2023\n"
        "4 việc quá hạn, 7 việc trong 30 ngày tới; 4 cơ quan.\n"
        "\n"
        "🏛 Sở Thông tin và Truyền thông: 2 việc quá hạn, 1 việc trong 30 ngày tới\n"
        "⛔ 6.5 Công bố kết quả đánh giá Bộ chỉ số chỉ đạo, điều… · tháng 1 · quá hạn 41 ngày\n"
        "⛔ 6.5 Công bố kết quả đánh giá Bộ chỉ số chỉ đạo, điều… · tháng 2 · quá hạn 13 ngày\n"
        "🗓 6.5 Công bố kết quả đánh giá Bộ chỉ số chỉ đạo, điều… · tháng 3 · hạn 31/03\n"
        "\n"
        "🏛 Sở Nội vụ: 1 việc quá hạn, 2 việc trong 30 ngày tới\n"
        "⛔ 7.2a Xây dựng và tổ chức thực hiện Kế hoạch tuyên… · quá hạn 13 ngày\n"
        "🗓 BC Báo cáo tình hình, kết quả thực hiện công tác… · Quý I/2023 · hạn 16/03\n"
        "🗓 2.6a Thực hiện hiệu quả công tác rà soát, đơn giản… · hạn 31/03\n"
        "\n"
        "🏛 Văn phòng UBND tỉnh: 1 việc quá hạn, 2 việc trong 30 ngày tới\n"
        "⛔ 2.1a Xây dựng và triển khai thực hiện Kế hoạch kiểm… · quá hạn 41 ngày\n"
        "🗓 2.1b Xây dựng và triển khai thực hiện Kế hoạch kiểm… · quý I · hạn 31/03\n"
        "🗓 2.6a Thực hiện hiệu quả công tác rà soát, đơn giản… · hạn 31/03\n"
        "\n"
        "🏛 Sở Tư pháp: 2 việc trong 30 ngày tới\n"
        "🗓 BC Báo cáo tình hình, kết quả thực hiện công tác… · Quý I/2023 · hạn 16/03\n"
        "🗓 2.6a Thực hiện hiệu quả công tác rà soát, đơn giản… · hạn 31/03\n"
        "\n"
        "Ngoài ra còn 18 việc hạn sau ngày 12/04 và 5 việc chưa có ngày cụ thể: /due_tinh_all\n"
        "[Cơ quan quá hạn] [Tình hình chung]"
    )


async def test_everything_of_the_whole_plan_can_be_asked_for(office: Office) -> None:
    await office.bind_standing_office()

    shown = plain(await office.say("/due_tinh_all"))

    assert shown.startswith("📋 Toàn tỉnh · Thứ Hai 13/03/2023\n4 việc quá hạn, 25 việc còn hạn, ")
    assert "Ngoài ra" not in shown


@pytest.mark.parametrize("words", ["/due tỉnh", "/due toàn tỉnh 7", "/due_tinh_all"])
async def test_an_officer_does_not_see_the_whole_plan(office: Office, words: str) -> None:
    await office.bind("STP")

    shown = plain(await office.say(words))

    assert shown.startswith("Ở đây chỉ xem được việc của Sở Tư pháp.")
    assert "2.1a" not in shown


async def test_an_overseer_sees_how_far_everyone_is_with_one_code(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    message = await office.say("/due 2.6a")

    assert plain(message) == (
        "📌 2.6 Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống hành chính nhà nước "
        "trên địa bàn tỉnh\n"
        "\n"
        "2.6a\n"
        "🏛 Sở Tư pháp: hạn 31/03 · còn 18 ngày\n"
        "🏛 Văn phòng UBND tỉnh: hạn 31/03 · còn 18 ngày\n"
        "🏛 Sở Nội vụ: hạn 31/03 · còn 18 ngày\n"
        "[Chi tiết 2.6]"
    )


async def test_an_item_button_asks_about_exactly_that_item(office: Office) -> None:
    await office.bind("STP", "STTTT")
    message = await office.say("/due")

    answer = await office.tap(message, "✅ 6.5 tháng 3")

    assert plain(answer.message).startswith("Ghi nhận đã xong?")
    assert "tháng 3" in plain(answer.message)
    assert await office.done_codes() == []


async def test_nobody_gets_buttons_for_another_agencys_items(office: Office) -> None:
    await office.bind_standing_office()

    for words in ("/due STP", "/due tỉnh", "/due STP all"):
        assert not any(label.startswith("✅") for label in labels(await office.say(words)))


async def test_a_standing_office_hears_who_leads_a_code_of_a_plan_that_it_does_not_steer(
    office: Office,
) -> None:
    await office.bind("VPUB", role=Role.STANDING_OFFICE)

    assert plain(await office.say("/due 7.2a")).startswith("7.2a do Sở Nội vụ chủ trì.\n")
    assert plain(await office.say("/due")) == "Chưa có kế hoạch nào đang được theo dõi."
    assert plain(await office.say("/due tỉnh")) == "Chưa có kế hoạch nào đang được theo dõi."
