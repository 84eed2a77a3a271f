import pytest

from store.states import Role, State
from store.tables import AssignmentRow
from tests.bot.office import Office, action_of, labels, plain

LATE = (
    "⛔ Cơ quan đang quá hạn · Thứ Hai 13/03/2023\n"
    "3 cơ quan, 4 việc; lâu nhất 41 ngày (Sở Thông tin và Truyền thông).\n"
    "\n"
    "🏛 Sở Thông tin và Truyền thông: 2 việc, lâu nhất 41 ngày\n"
    "⛔ 6.5 Công bố kết quả đánh giá Bộ chỉ số chỉ đạo, điều… · tháng 1 · quá hạn 41 ngày\n"
    "⛔ 6.5 Công bố kết quả đánh giá Bộ chỉ số chỉ đạo, điều… · tháng 2 · quá hạn 13 ngày\n"
    "\n"
    "🏛 Văn phòng UBND tỉnh: 1 việc, lâu nhất 41 ngày\n"
    "⛔ 2.1a Xây dựng và triển khai thực hiện Kế hoạch kiểm… · quá hạn 41 ngày\n"
    "\n"
    "🏛 Sở Nội vụ: 1 việc, lâu nhất 13 ngày\n"
    "⛔ 7.2a Xây dựng và tổ chức thực hiện Kế hoạch tuyên… · quá hạn 13 ngày\n"
)


async def test_a_leader_reads_who_is_late_by_agency_and_cannot_remind(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    assert plain(await office.say("/late")) == LATE + "[Tình hình chung] [Toàn tỉnh]"


async def test_the_standing_office_can_remind_from_the_list(office: Office) -> None:
    await office.bind_standing_office()

    message = await office.say("/late")

    assert plain(message) == LATE + (
        "[Đôn đốc STTTT] [Đôn đốc VPUB] [Đôn đốc SNV]\n[Tình hình chung] [Toàn tỉnh]"
    )
    assert action_of(message, "Đôn đốc VPUB") == "run:/remind VPUB"


@pytest.mark.parametrize("words", ["/late VPUB", "/late văn phòng ubnd tỉnh", "/late_vpub"])
async def test_one_agency_can_be_named(office: Office, words: str) -> None:
    await office.bind("", role=Role.LEADER)

    shown = plain(await office.say(words))

    assert shown.startswith(
        "⛔ Văn phòng UBND tỉnh quá hạn · Thứ Hai 13/03/2023\n1 cơ quan, 1 việc; lâu nhất 41 ngày"
    )
    assert "6.5" not in shown


async def test_an_agency_that_nobody_knows_is_asked_for_again(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    assert plain(await office.say("/late sở thú")).startswith("Không có cơ quan “sở thú” trong kế hoạch.")


async def test_when_nobody_is_late_it_says_so(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    assert plain(await office.say("/late STP")) == (
        "⛔ Sở Tư pháp quá hạn · Thứ Hai 13/03/2023\nKhông có việc nào quá hạn.\n[Tình hình chung] [Toàn tỉnh]"
    )


async def test_what_was_handed_in_too_late_and_waits_for_approval_is_named_but_nobody_is_reminded_of_it(
    office: Office,
) -> None:
    await office.bind_standing_office()
    entry = await office.entry("VPUB", "2.1a")
    async with office.database.write() as session:
        row = await session.get_one(AssignmentRow, entry.id)
        row.state, row.done_at = State.SUBMITTED, office.now

    message = await office.say("/late")

    assert (
        "✅ 2.1a Xây dựng và triển khai thực hiện Kế hoạch kiểm… · đã báo xong ngày 13/03/2023, chờ duyệt"
        in (plain(message))
    )
    assert "Đôn đốc VPUB" not in labels(message)
