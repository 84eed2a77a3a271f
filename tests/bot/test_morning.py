from dataclasses import replace
from datetime import date

import pytest

from bot.message import Message, from_json, to_json
from bot.morning import morning_message
from plan.assignments import DutyKind
from store.agenda import Entry
from store.notices import NoticedEntry
from tests.bot.entries import QUARTER_1, QUARTER_3, TUYEN_TRUYEN, due_on, without_day
from tests.bot.office import plain

MONDAY = date(2023, 3, 13)


def noticed(entry: Entry, planned_on: date = MONDAY, *milestones: str) -> NoticedEntry:
    return NoticedEntry(entry=entry, planned_on=planned_on, notices=(1,), milestones=milestones)


KIEM_TRA = replace(
    due_on(date(2023, 3, 31)),
    id=2,
    code="7.3a1",
    task="7.3a",
    title="Kiểm tra CCHC",
    heading="Hoạt động kiểm tra",
)
CONG_BO = replace(
    due_on(date(2023, 3, 13)),
    id=3,
    code="6.5",
    task="6.5",
    title="Công bố kết quả đánh giá Bộ chỉ số",
    product="Thông báo/Công văn chỉ đạo",
    slot="2023-M02",
    period="tháng 2",
)


def test_a_morning_looks_like_this() -> None:
    message = morning_message(
        [
            noticed(QUARTER_1),
            noticed(KIEM_TRA, date(2023, 3, 1)),
            noticed(CONG_BO),
            noticed(TUYEN_TRUYEN),
        ],
        MONDAY,
    )

    assert message is not None
    assert plain(message) == (
        "🔔 Sở Nội vụ · Thứ Hai 13/03/2023\n"
        "Nhắc hôm nay: 1 việc quá hạn, 1 việc hạn hôm nay, 2 việc sắp đến hạn.\n"
        "\n"
        "⛔ Quá hạn\n"
        "7.2a Xây dựng và tổ chức thực hiện Kế hoạch tuyên truyền CCHC năm 2023\n"
        "Kế hoạch\n"
        "Hạn 28/02 · quá hạn 13 ngày · /done_7_2a\n"
        "\n"
        "⏰ Hạn hôm nay\n"
        "6.5 Công bố kết quả đánh giá Bộ chỉ số\n"
        "Thông báo/Công văn chỉ đạo · tháng 2\n"
        "Hạn hôm nay 13/03 · /done_6_5_t2\n"
        "\n"
        "🗓 Sắp đến hạn\n"
        "7.3a1 Kiểm tra CCHC\n"
        "Kế hoạch\n"
        "Hạn 31/03 · còn 18 ngày · /done_7_3a1\n"
        "Nhắc muộn: lẽ ra ngày 01/03\n"
        "\n"
        "📊 Báo cáo\n"
        "BC Báo cáo tình hình, kết quả thực hiện công tác CCHC\n"
        "Quý I/2023 · số liệu từ 15/12/2022 đến 14/03/2023, chốt 14/03\n"
        "Nộp chậm nhất 16/03 · còn 3 ngày · /done_bc_q1\n"
        "Nhập số liệu tại https://ktxh.soctrang.gov.vn\n"
        "[✅ 7.2a] [✅ 6.5 tháng 2] [✅ 7.3a1]\n"
        "[✅ BC quý I]\n"
        "[Việc đến hạn] [Các kỳ báo cáo]"
    )


def test_every_block_names_its_assignment_and_the_first_has_the_header() -> None:
    message = morning_message([noticed(KIEM_TRA), noticed(TUYEN_TRUYEN), noticed(QUARTER_1)], MONDAY)

    assert message is not None
    assert [block.about for block in message.blocks] == [(1,), (2,), (9,)]
    assert message.blocks[0].lines[0][0].text.startswith("🔔")


def test_a_friday_before_a_due_saturday_asks_for_it_today() -> None:
    message = morning_message([noticed(QUARTER_3, date(2023, 9, 15))], date(2023, 9, 15))

    assert message is not None
    assert "⏰ Hạn hôm nay" in plain(message)
    assert "Hạn rơi vào ngày nghỉ (Thứ Bảy 16/09), nên nộp hôm nay" in plain(message)


def test_a_late_report_comes_first_with_its_data_window() -> None:
    message = morning_message(
        [noticed(QUARTER_1, date(2023, 3, 20)), noticed(KIEM_TRA, date(2023, 3, 20))], date(2023, 3, 20)
    )

    assert message is not None
    words = plain(message)
    assert words.index("⛔ Quá hạn\nBC") < words.index("số liệu từ 15/12/2022") < words.index("🗓 Sắp đến hạn")


def test_several_agencies_in_one_chat_are_grouped() -> None:
    other = replace(KIEM_TRA, id=5, agency="STP", agency_name="Sở Tư pháp")

    message = morning_message([noticed(TUYEN_TRUYEN), noticed(other), noticed(KIEM_TRA)], MONDAY)

    assert message is not None
    assert plain(message).startswith(
        "🔔 Thứ Hai 13/03/2023\n🏛 Sở Nội vụ\nNhắc hôm nay: 1 việc quá hạn, 1 việc sắp đến hạn.\n\n⛔"
    )
    assert "\n\n🏛 Sở Tư pháp\nNhắc hôm nay: 1 việc sắp đến hạn.\n\n🗓 Sắp đến hạn\n7.3a1" in plain(message)
    assert [block.about for block in message.blocks] == [(1,), (2,), (5,)]


def test_a_morning_with_nothing_to_say_is_no_message() -> None:
    assert morning_message([], MONDAY) is None


def test_a_morning_can_be_kept_in_the_outbox() -> None:
    message = morning_message([noticed(TUYEN_TRUYEN)], MONDAY)

    assert message is not None
    assert from_json(to_json(message)) == message


def test_on_the_cutoff_day_the_top_of_the_message_says_so() -> None:
    cutoff = date(2023, 3, 14)

    message = morning_message([noticed(QUARTER_1, cutoff), noticed(KIEM_TRA, cutoff)], cutoff)

    assert message is not None
    assert plain(message).splitlines()[2] == "Hôm nay chốt số liệu báo cáo Quý I/2023."


def test_the_rest_of_a_long_message_says_that_it_goes_on() -> None:
    message = morning_message([noticed(KIEM_TRA)], MONDAY, continued=True)

    assert message is not None
    assert plain(message).startswith("🔔 Sở Nội vụ · Thứ Hai 13/03/2023 (tiếp theo)\n\n🗓 Sắp đến hạn\n7.3a1")


def test_a_long_morning_has_buttons_for_what_is_late_or_due_today_first() -> None:
    soon = [replace(KIEM_TRA, id=100 + number, code=f"1.{number}") for number in range(11)]
    other = replace(TUYEN_TRUYEN, id=200, code="3.1", agency="STP", agency_name="Sở Tư pháp")

    message = morning_message([noticed(entry) for entry in (*soon, TUYEN_TRUYEN, other, CONG_BO)], MONDAY)

    assert message is not None
    buttons = [choice.label for item in message.blocks for choice in item.choices]
    assert len(buttons) == 12
    assert {"✅ 7.2a", "✅ 3.1", "✅ 6.5 tháng 2"} < set(buttons)


CUTOFF = date(2023, 3, 14)
FIELDS_REPORT = replace(QUARTER_1, id=10, code="BCLV", task="BCLV", title="Báo cáo theo lĩnh vực")


def undated(*codes: str, agency: str = "SNV", plan_key: str = "cchc-2023") -> list[Entry]:
    ongoing = replace(without_day(DutyKind.ONGOING), id=100, agency=agency, plan_key=plan_key)
    return [replace(ongoing, code=code, task=code) for code in codes]


def test_with_a_cutoff_an_agency_is_asked_for_a_line_of_progress() -> None:
    message = morning_message(
        [noticed(QUARTER_1, CUTOFF, "cutoff-0"), noticed(KIEM_TRA, CUTOFF, "due-14")],
        CUTOFF,
        undated=undated("1.1a", "2.2"),
    )

    assert message is not None
    assert (
        "Quý I/2023 · số liệu từ 15/12/2022 đến 14/03/2023, chốt 14/03\n"
        "Nộp chậm nhất 16/03 · còn 2 ngày · chốt số liệu hôm nay · /done_bc_q1\n"
        "Nhập số liệu tại https://ktxh.soctrang.gov.vn\n"
        "✍️ Kèm báo cáo, đề nghị ghi một dòng tiến độ cho việc không có hạn: 1.1a, 2.2\n"
        "Ví dụ: /progress 1.1a đã ban hành 2 quyết định\n"
    ) in plain(message)
    assert [block.about for block in message.blocks] == [(2,), (9,)]


def test_of_many_without_a_day_five_are_named() -> None:
    codes = [f"1.{number}" for number in range(1, 9)]

    message = morning_message([noticed(QUARTER_1, CUTOFF, "cutoff-3")], CUTOFF, undated=undated(*codes))

    assert message is not None
    assert "không có hạn: 1.1, 1.2, 1.3, 1.4, 1.5 và 3 việc khác (/due all)\n" in plain(message)


@pytest.mark.parametrize(
    ("milestone", "others"),
    [
        ("due-1", undated("2.2")),
        ("cutoff-0", []),
        ("cutoff-0", undated("2.2", agency="STP")),
        ("cutoff-0", undated("2.2", plan_key="khac")),
    ],
)
def test_progress_is_not_asked_for_without_a_cutoff_or_of_anything_else(
    milestone: str, others: list[Entry]
) -> None:
    message = morning_message([noticed(QUARTER_1, CUTOFF, milestone)], CUTOFF, undated=others)

    assert message is not None
    assert "✍️" not in plain(message)


def test_of_two_reports_the_last_one_asks_also_when_the_message_goes_on() -> None:
    both = [noticed(QUARTER_1, CUTOFF, "cutoff-0"), noticed(FIELDS_REPORT, CUTOFF, "cutoff-0")]

    whole = morning_message(both, CUTOFF, undated=undated("2.2"))
    rest = morning_message(both[1:], CUTOFF, continued=True, undated=undated("2.2"))

    assert whole is not None
    assert rest is not None
    asking = [block.about for block in whole.blocks if "/progress" in plain(Message(blocks=(block,)))]
    assert asking == [(10,)]
    assert plain(rest).count("✍️") == 1


def test_the_rest_of_a_message_of_escalations_says_so() -> None:
    message = morning_message([noticed(TUYEN_TRUYEN, MONDAY, "escalated-7")], MONDAY, continued=True)

    assert message is not None
    assert plain(message).startswith(
        "🔔 Thứ Hai 13/03/2023 (tiếp theo)\n📣 Quá hạn lâu, cần đôn đốc.\n\n🏛 Sở Nội vụ\n⛔ 7.2a"
    )
    assert [block.about for block in message.blocks] == [(1,)]
