from datetime import timedelta

from bot.message import Message
from store.states import Role
from tests.bot.office import Office, action_of, labels, plain


def codes(message: Message) -> list[str]:
    return [
        "".join(span.text for span in line).split()[0]
        for block in message.blocks[1:]
        for line in block.lines
        if line and line[0].text[:1].isdigit()
    ]


async def test_what_is_late_is_listed_most_late_first_with_a_button_each(office: Office) -> None:
    await office.bind("SNV")
    office.now += timedelta(days=23)

    message = await office.say("/overdue")

    assert plain(message) == (
        "⛔ Việc quá hạn · Sở Nội vụ\n"
        "Thứ Tư 05/04/2023\n"
        "3 việc quá hạn, lâu nhất xếp trước.\n"
        "\n"
        "7.2a Xây dựng và tổ chức thực hiện Kế hoạch tuyên truyền CCHC năm 2023\n"
        "Kế hoạch\n"
        "Hạn 28/02 · quá hạn 36 ngày · /done_7_2a\n"
        "\n"
        "BC Báo cáo tình hình, kết quả thực hiện công tác CCHC\n"
        "Quý I/2023 · số liệu từ 15/12/2022 đến 14/03/2023, chốt 14/03\n"
        "Nộp chậm nhất 16/03 · quá hạn 20 ngày · /done_bc_q1\n"
        "\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 31/03 · quá hạn 5 ngày · /done_2_6a\n"
        "[✅ 7.2a] [✅ BC quý I] [✅ 2.6a]"
    )
    question = await office.tap(message, "✅ 2.6a")
    assert plain(question.message).startswith("Ghi nhận đã xong?")


async def test_it_is_understood_in_vietnamese(office: Office) -> None:
    await office.bind("STP")
    office.now += timedelta(days=23)

    expected = plain(await office.say("/overdue"))

    assert "2 việc quá hạn" in expected
    for words in ("quá hạn", "viec qua han", "/quahan", "trễ hạn"):
        assert plain(await office.say(words)) == expected


async def test_when_nothing_is_late_it_says_so(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/overdue")

    assert plain(message) == "⛔ Việc quá hạn · Sở Tư pháp\nKhông có việc nào quá hạn.\n[Việc đến hạn]"


async def test_what_is_finished_or_waived_is_not_late(office: Office) -> None:
    await office.bind("VPUB")
    office.now += timedelta(days=23)
    for typed in ("/done 2.6a", "/waive 2.1b quý I không có hồ sơ"):
        await office.tap(await office.say(typed), "Xác nhận")

    assert codes(await office.say("/overdue")) == ["2.1a"]


async def test_with_several_agencies_each_item_names_its_own(office: Office) -> None:
    await office.bind("STP", "SNV")
    office.now += timedelta(days=23)

    shown = plain(await office.say("/overdue"))

    assert "🏛 Sở Nội vụ\n7.2a " in shown
    assert "🏛 Sở Tư pháp\n2.6a " in shown


async def test_a_leader_sees_the_whole_plan_by_agency(office: Office) -> None:
    await office.bind("", role=Role.LEADER)
    office.now += timedelta(days=23)

    first = await office.say("/overdue")
    second = await office.tap(first, "Sau ›")

    assert plain(first).startswith(
        "⛔ Việc quá hạn · toàn kế hoạch\n"
        "Thứ Tư 05/04/2023\n"
        "11 việc quá hạn của 4 cơ quan, lâu nhất xếp trước.\n"
        "Trang 1/2\n"
        "\n"
        "🏛 Văn phòng UBND tỉnh\n"
        "2.1a "
    )
    assert "/done" not in plain(first)
    assert action_of(first, "Xem VPUB") == "run:/agency VPUB"
    assert second.edits_tapped
    assert plain(second.message).count("🏛") == 3


async def test_a_standing_office_with_tasks_of_its_own_sees_these_first(office: Office) -> None:
    await office.bind_standing_office()
    office.now += timedelta(days=23)

    own = await office.say("/overdue")
    everybody = (await office.tap(own, "Mọi cơ quan")).message
    one = await office.say("/overdue STP")

    assert plain(own).startswith("⛔ Việc quá hạn · Sở Nội vụ\n")
    assert plain(everybody).startswith("⛔ Việc quá hạn · toàn kế hoạch\n")
    assert action_of(everybody, "Đôn đốc VPUB") == "run:/remind VPUB"
    assert plain(one).startswith("⛔ Việc quá hạn · Sở Tư pháp\nThứ Tư 05/04/2023\n2 việc quá hạn, ")
    assert "Không rõ cơ quan “XYZ”" in plain(await office.say("/overdue XYZ"))


async def test_an_officer_never_sees_another_agencys(office: Office) -> None:
    await office.bind("STP")
    office.now += timedelta(days=23)

    for typed in ("/overdue VPUB", "/overdue all"):
        message = await office.say(typed)
        assert plain(message).startswith("⛔ Việc quá hạn · Sở Tư pháp\n")
        assert "Mọi cơ quan" not in labels(message)
