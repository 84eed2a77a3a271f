from dataclasses import replace

import pytest

from store.states import Role, State
from store.tables import AssignmentRow
from tests.bot.office import PLAN, Office, labels, open_office, plain


async def test_status_has_the_official_figures_then_areas_then_agencies_with_the_worst_first(
    office: Office,
) -> None:
    await office.bind("STP", "SNV")
    await office.tap(await office.say("/done 7.2a 3/KH-SNV"), "Xác nhận")
    await office.tap(await office.say("/done bc q1 snv"), "Thôi")
    office.chat = "200"
    await office.bind("", role=Role.LEADER)

    first = await office.say("/status")
    second = (await office.tap(first, "Sau")).message

    assert plain(first) == (
        "📊 Tình hình chung · Thứ Hai 13/03/2023\n"
        "Kế hoạch 192/KH-UBND ngày 20/12/2022\n"
        "Đạt 3% kế hoạch: đã xong 1/29 việc có thời hạn.\n"
        "Trang 1/2\n"
        "\n"
        "✅ Hoàn thành đúng hạn: 0\n"
        "☑️ Hoàn thành quá hạn: 1\n"
        "⏳ Chưa hoàn thành, trong hạn: 25\n"
        "⛔ Chưa hoàn thành, quá hạn: 3\n"
        "🔁 Không có thời hạn: 5\n"
        "Tổng cộng: 34\n"
        "\n"
        "📂 Theo lĩnh vực\n"
        "Lĩnh vực 1: Cải cách thể chế · —\n"
        "1 việc không có thời hạn\n"
        "\n"
        "Lĩnh vực 2: Cải cách TTHC · 0%\n"
        "Xong 0 · chưa xong 11 (quá hạn 1)\n"
        "\n"
        "Lĩnh vực 6: Xây dựng chính quyền điện tử, chính quyền số · 0%\n"
        "Xong 0 · chưa xong 12 (quá hạn 2)\n"
        "\n"
        "Lĩnh vực 7: Công tác chỉ đạo điều hành · 50%\n"
        "Xong 1 (quá hạn 1) · chưa xong 1\n"
        "\n"
        "Báo cáo định kỳ · 0%\n"
        "Xong 0 · chưa xong 4\n"
        "\n"
        "🏛 Theo cơ quan\n"
        "Sở Thông tin và Truyền thông (STTTT) · 0%\n"
        "Xong 0 · chưa xong 12 (quá hạn 2)\n"
        "\n"
        "Văn phòng UBND tỉnh (VPUB) · 0%\n"
        "Xong 0 · chưa xong 7 (quá hạn 1)\n"
        "[Cơ quan quá hạn] [Toàn tỉnh]\n"
        "[Sau ›]"
    )
    assert "🏛 Theo cơ quan (tiếp)\nSở Tư pháp (STP) · 0%\n" in plain(second)


@pytest.mark.parametrize(
    "words", ["/status 2", "/status lĩnh vực 2", "tinh hinh linh vuc 2", "/status lv 2", "/status_2"]
)
async def test_one_area_is_shown_by_agency(office: Office, words: str) -> None:
    await office.bind("", role=Role.LEADER)

    shown = plain(await office.say(words))

    assert shown.startswith("📊 2. Cải cách TTHC · Thứ Hai 13/03/2023\n")
    assert "Đạt 0% kế hoạch: đã xong 0/11 việc có thời hạn." in shown
    assert "🏛 Theo cơ quan\nVăn phòng UBND tỉnh (VPUB) · 0%\nXong 0 · chưa xong 7 (quá hạn 1)" in shown
    assert "Theo lĩnh vực" not in shown


@pytest.mark.parametrize("words", ["/status báo cáo", "/status bc"])
async def test_the_reports_are_an_area_too(office: Office, words: str) -> None:
    await office.bind("", role=Role.LEADER)

    assert plain(await office.say(words)).startswith("📊 Báo cáo định kỳ · ")


@pytest.mark.parametrize("words", ["/status STP", "/status sở tư pháp", "/status_stp", "tinh hinh tu phap"])
async def test_one_agency_is_shown_by_area(office: Office, words: str) -> None:
    await office.bind_standing_office()

    message = await office.say(words)

    assert plain(message).startswith("📊 Sở Tư pháp · Thứ Hai 13/03/2023\n")
    assert "Lĩnh vực 2: Cải cách TTHC · 0%\nXong 0 · chưa xong 2" in plain(message)
    assert "Theo cơ quan" not in plain(message)
    assert labels(message) == ["Việc quá hạn, nơi nhận", "Việc đến hạn"]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/status 9", "Kế hoạch không có lĩnh vực 9.\n\nCác lĩnh vực: 1, 2, 6, 7. Ví dụ: /status 1"),
        (
            "/status sở thú",
            "Không có cơ quan “sở thú” trong kế hoạch.\n\nGõ mã hoặc tên cơ quan, ví dụ: /status SNV",
        ),
        ("/status so tu phat", "Anh/chị muốn xem cơ quan nào?\n[Sở Tư pháp]"),
    ],
)
async def test_what_is_neither_area_nor_agency_is_helped(office: Office, words: str, answer: str) -> None:
    await office.bind("", role=Role.LEADER)

    assert plain(await office.say(words)).startswith(answer)


async def test_what_waits_for_approval_or_did_not_arise_has_a_line_of_its_own(office: Office) -> None:
    await office.bind("", role=Role.LEADER)
    for agency, code, state in (
        ("STP", "2.6a", State.SUBMITTED),
        ("SNV", "2.6a", State.WAIVED),
        ("STP", "2.2", State.DONE),
    ):
        entry = await office.entry(agency, code)
        async with office.database.write() as session:
            row = await session.get_one(AssignmentRow, entry.id)
            row.state, row.done_at = state, office.now

    shown = plain(await office.say("/status"))

    assert "Đạt 0% kế hoạch: đã xong 0/28 việc có thời hạn." in shown
    assert "✅ Không có thời hạn, đã hoàn thành: 1\n⭕ Không phát sinh: 1\nTổng cộng: 34\n" in shown
    assert "📨 Chờ duyệt: 1 (đã tính là chưa hoàn thành)" in shown


async def test_an_officer_has_no_overview(office: Office) -> None:
    await office.bind("STP")

    for words in ("/status", "/late", "/agency STP", "tình hình"):
        assert plain(await office.say(words)).startswith("Lệnh này không dùng được ở cuộc trò chuyện này")


async def test_each_plan_has_its_own_figures_and_a_standing_office_sees_its_own_only() -> None:
    other = replace(PLAN, key="cds-2023", document="9/KH-UBND ngày 05/01/2023", standing_office="STTTT")
    async with open_office(PLAN, other) as office:
        await office.bind("", role=Role.LEADER)
        first = await office.say("/status")
        pages = [first, *[(await office.touch(f"page:{number}:/status")).message for number in (2, 3)]]
        everything = "\n".join(plain(page) for page in pages)

        office.chat = "200"
        await office.bind("STTTT", role=Role.STANDING_OFFICE)
        own = plain(await office.say("/status"))

    assert plain(first).startswith("📊 Tình hình chung · Thứ Hai 13/03/2023\nTrang 1/")
    assert "📘 Kế hoạch 192/KH-UBND ngày 20/12/2022\nĐạt 0% kế hoạch" in everything
    assert "📘 Kế hoạch 9/KH-UBND ngày 05/01/2023\nĐạt 0% kế hoạch" in everything
    assert "📘 Kế hoạch 192/KH-UBND ngày 20/12/2022 (tiếp)" in everything
    assert "Kế hoạch 9/KH-UBND ngày 05/01/2023\nĐạt" in own
    assert "192/KH-UBND" not in own
