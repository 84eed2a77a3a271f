import pytest

from store.states import ChatKind, NoticeState, Role
from store.tables import AssignmentRow, ChatRow, NoticeRow
from tests.bot.office import Office, action_of, labels, plain


async def test_an_agency_at_a_glance(office: Office) -> None:
    office.kind = ChatKind.GROUP
    await office.bind("VPUB")
    await office.tap(await office.say("/done 2.6a 3/QĐ"), "Xác nhận")
    entry = await office.entry("VPUB", "2.1a")
    async with office.database.write() as session:
        session.add(
            NoticeRow(
                assignment_id=entry.id,
                milestone="due",
                due=entry.due,
                chat_id=1,
                planned_on=entry.due,
                state=NoticeState.SENT,
                settled_at=office.now,
            )
        )
    office.chat, office.kind = "200", ChatKind.PRIVATE
    await office.bind_standing_office()

    message = await office.say("/agency VPUB")

    assert plain(message) == (
        "🏛 Văn phòng UBND tỉnh · Thứ Hai 13/03/2023\n"
        "Đạt 14% kế hoạch: đã xong 1/7 việc có thời hạn.\n"
        "\n"
        "✅ Hoàn thành đúng hạn: 1\n"
        "☑️ Hoàn thành quá hạn: 0\n"
        "⏳ Chưa hoàn thành, trong hạn: 5\n"
        "⛔ Chưa hoàn thành, quá hạn: 1\n"
        "🔁 Không có thời hạn: 1\n"
        "Tổng cộng: 8\n"
        "\n"
        "💬 Nơi nhận: 1 nhóm.\n"
        "Nhắc gần nhất: 13/03/2023\n"
        "Ghi nhận gần nhất: 13/03/2023 (2.6a)\n"
        "\n"
        "⛔ Quá hạn: 1 việc\n"
        "⛔ 2.1a Xây dựng và triển khai thực hiện Kế hoạch kiểm… · quá hạn 41 ngày\n"
        "\n"
        "🗓 Trong 30 ngày tới: 1 việc\n"
        "🗓 2.1b Xây dựng và triển khai thực hiện Kế hoạch kiểm… · quý I · hạn 31/03\n"
        "[Đôn đốc VPUB] [Việc đến hạn] [Theo lĩnh vực]"
    )
    assert action_of(message, "Đôn đốc VPUB") == "run:/remind VPUB"


async def test_an_agency_without_a_chat_is_offered_an_invite_by_the_standing_office(office: Office) -> None:
    await office.bind_standing_office()

    message = await office.say("/agency STP")

    assert "⚠️ Chưa có nơi nhận lời nhắc.\nNhắc gần nhất: chưa có\nGhi nhận gần nhất: chưa có" in plain(
        message
    )
    assert action_of(message, "Tạo mã mời") == "run:/invite STP"


async def test_a_leader_only_reads(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    for agency in ("STP", "VPUB"):
        assert labels(await office.say(f"/agency {agency}")) == ["Việc đến hạn", "Theo lĩnh vực"]


async def test_chats_out_of_reach_are_pointed_out(office: Office) -> None:
    await office.bind("STP")
    async with office.database.write() as session:
        (await session.get_one(ChatRow, 1)).suspended = "blocked"
    office.chat = "200"
    await office.bind("", role=Role.LEADER)

    shown = plain(await office.say("/agency STP"))

    assert "💬 Nơi nhận: 1 cuộc trò chuyện riêng.\n⚠️ Không gửi được tới 1 nơi.\n" in shown


async def test_what_another_chat_wrote_down_is_not_the_agencys_own_doing(office: Office) -> None:
    await office.bind("STP", "SNV")
    await office.tap(await office.say("/done 7.2a"), "Xác nhận")
    office.chat = "200"
    await office.bind("", role=Role.LEADER)

    assert "Ghi nhận gần nhất: chưa có" in plain(await office.say("/agency STP"))
    assert "Ghi nhận gần nhất: 13/03/2023 (7.2a)" in plain(await office.say("/agency SNV"))


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/agency", "Anh/chị muốn xem cơ quan nào?\n\nGõ mã hoặc tên cơ quan, ví dụ: /agency SNV"),
        ("/agency sở thú", "Không có cơ quan “sở thú” trong kế hoạch."),
        ("co quan so tu phat", "Anh/chị muốn xem cơ quan nào?\n[Sở Tư pháp]"),
    ],
)
async def test_without_a_known_agency_it_asks_which(office: Office, words: str, answer: str) -> None:
    await office.bind("", role=Role.LEADER)

    assert plain(await office.say(words)).startswith(answer)


async def test_what_has_a_day_set_by_the_office_is_among_what_is_near(office: Office) -> None:
    await office.bind("", role=Role.LEADER)
    entry = await office.entry("STP", "1.1a")
    async with office.database.write() as session:
        row = await session.get_one(AssignmentRow, entry.id)
        row.set_due = row.due = row.remind_by = row.late_after = office.now.date()

    assert "⏰ Hạn hôm nay: 1 việc\n⏰ 1.1a " in plain(await office.say("/agency STP"))
