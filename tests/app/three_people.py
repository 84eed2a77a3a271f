"""A year of three people, as a story by month: the focal officer of Sở Tư pháp (a group and a chat of their own), the one of
UBND huyện Kế Sách, the standing office at Sở Nội vụ; and a leader who only reads.

What an answer must say is beside what was typed; "¬" begins what it may not say.
"""

import re
from dataclasses import dataclass

import httpx

from store.states import Role
from tests.app.province import Chat, Province, expect
from tests.app.town import Seen
from tests.web.boarding import come_in, text_of

LAN, MINH, TUAN, HAI, HAI_SUCCESSOR, LEADER = 1001, 1002, 1003, 1004, 1005, 1006
STP_GROUP = -2001


@dataclass(kw_only=True)
class People:
    """Their chats: the standing office's, the group and the officer's own of Sở Tư pháp, Kế Sách's, and the leader's."""

    office: Chat
    stp: Chat
    minh: Chat
    hks: Chat
    leader: Chat


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What /status counts: the columns and their total; `done` of `dated` in its head."""

    columns: dict[str, int]
    total: int
    done: int
    dated: int

    @classmethod
    def read(cls, text: str) -> "Figures":
        counted = re.search(r"Trang 1/\d+\n\n((?:.+: \d+\n)+)", text)
        head = re.search(r"đã xong (\d+)/(\d+) việc có thời hạn", text)
        assert counted is not None, text
        assert head is not None, text
        lines = [line.rsplit(": ", 1) for line in counted[1].splitlines()]
        columns = {name: int(count) for name, count in lines}
        return cls(total=columns.pop("Tổng cộng"), columns=columns, done=int(head[1]), dated=int(head[2]))


async def live(province: Province) -> tuple[Figures, Figures]:
    """March to December 2023; the figures at its end as the standing office and the leader see them."""
    people = await connect(province)
    await march(province, people)
    await april(province, people)
    await may(province, people)
    await june(province, people)
    await july(province, people)
    await september(province, people)
    await october(province, people)
    return await december(province, people)


async def connect(province: Province) -> People:
    """6 March: the operator invites the standing office, and it everybody else."""
    office = await province.private(LAN, "Lan (Sở Nội vụ)")
    code = await province.operators_invite(Role.STANDING_OFFICE, "SNV")
    await office.says("/due", "chưa kết nối với cơ quan nào", "/start MÃ-MỜI")
    await office.says(f"/start {code}", "✅ Đã kết nối kênh cơ quan thường trực (Sở Nội vụ).")
    await office.says("/help", "đang phục vụ cơ quan thường trực", "/approve", "¬/done")
    await office.photographed("help")
    stp = await province.group(STP_GROUP, "CCHC Sở Tư pháp", (MINH, "Minh"), (TUAN, "Tuấn"))
    minh = await province.private(MINH, "Minh")
    hks = await province.private(HAI, "Hải (Kế Sách)")
    leader = await province.private(LEADER, "Lãnh đạo tỉnh")
    await office.says("/invite", "Ví dụ: /invite STP", "chưa có nơi nhận tin")
    for words, chat in (
        ("Sở Nội vụ", office),
        ("STP", stp),
        ("sở tư pháp", minh),
        ("HKS", hks),
        ("lãnh đạo", leader),
    ):
        invited = await office.says(f"/invite {words}", "/start ")
        if chat is hks:
            await office.photographed("invite")
        [code] = set(re.findall(r"/start (\S+)", invited.text))
        await chat.says(f"/start {code}", "✅ Đã kết nối")
    await minh.says("/help", "đang phục vụ Sở Tư pháp", "/extend", "¬/approve")
    await leader.says("/help", "đang phục vụ lãnh đạo", "/late", "¬/done")
    await stp.says("/who", "Nhóm này đang kết nối với:\n• Sở Tư pháp", "mọi thành viên đều được ghi nhận")
    await stp.photographed("who")
    await office.says("/who", "• Cơ quan thường trực (Sở Nội vụ)", "• Sở Nội vụ · từ 06/03/2023")
    await office.says("/bindings", "Kết nối của 33 cơ quan")
    await office.photographed("bindings")
    return People(office=office, stp=stp, minh=minh, hks=hks, leader=leader)


async def march(province: Province, people: People) -> None:
    """The first reminders, the first reports, and the first who is late."""
    office, stp, minh, hks, leader = people.office, people.stp, people.minh, people.hks, people.leader
    for chat in (office, stp, minh, hks, leader):
        await chat.hears()
    await province.comes("03-07")
    await office.hears("Sở Nội vụ", "7.2a", "⏳ 2 việc chờ văn bản, chưa có ngày.")
    await leader.hears("📊 Tuần 06/03–12/03/2023")
    for chat in (stp, minh):
        await chat.hears("Nhắc hôm nay: 2 việc sắp đến hạn.", "/done_2_3_q1", "/done_2_6a")
    await hks.hears("🔔 UBND huyện Kế Sách · Thứ Ba 07/03/2023", "/done_2_6a", "¬BC")
    await stp.pinned("21 việc còn hạn. Đã xong 0 việc.")
    await stp.photographed("morning")
    await province.comes("03-07", "09:00")
    await stp.hears_nothing()
    await _first_day(stp)

    await province.comes("03-09", "15:00")
    await office.says("/preview", "Dự kiến nhắc lúc 07:30 Thứ Sáu 10/03/2023", "cơ quan sẽ nhận.")
    await office.photographed("preview")
    await office.says("/hold HKS", "⏸ Đã giữ lại lời nhắc Thứ Sáu 10/03 của UBND huyện Kế Sách.")
    await office.photographed("hold")
    await province.comes("03-10")
    await stp.hears("/done_bc_q1", "đề nghị ghi một dòng tiến độ cho việc không có hạn: 1.1a, 1.1b, 2.2, 4.4")
    await hks.hears_nothing()
    await office.says("/release HKS", "▶️ Đã cho gửi lời nhắc Thứ Sáu 10/03")
    await province.comes("03-10", "07:45")
    await hks.hears("/done_bc_q1", "¬Nhắc muộn")

    await province.comes("03-13")
    await office.hears("📊 Tuần 13/03–19/03/2023", "Báo cáo quý I/2023, nộp chậm nhất 16/03: đã nộp 0/35")
    await office.photographed("digest")
    await leader.hears("📊 Tuần 13/03–19/03/2023", "⛔ Quá hạn: ")
    await hks.says("hoãn nhắc 2.6a 5 ngày", "Hoãn nhắc đến Thứ Bảy 18/03", "Nhắc lại: Thứ Sáu 24/03")
    await hks.photographed("snooze")
    await hks.taps("Xác nhận", "✅ Đã hoãn nhắc.")
    await province.town.blocks(hks.number)
    await province.comes("03-14")
    if province.on_zalo:
        # It does not tell that a person has blocked the bot: that is found out when the next message is refused.
        await province.comes("03-15")
    await office.hears("UBND huyện Kế Sách: 1 việc")
    await office.photographed("morning-list")
    await province.town.unblocks(hks.number)
    if province.on_zalo:
        await hks.says("hạn", "📋 UBND huyện Kế Sách")
    await stp.hears("Hôm nay chốt số liệu báo cáo Quý I/2023.")
    several = await stp.says("/done BC, BCLV quý I 20/BC-STP 14/3/2023", "BC Báo cáo", "BCLV Báo cáo")
    expect(several.text, ("Số văn bản: 20/BC-STP", "Ngày văn bản: 14/03/2023", "¬Ghi chú"), "two at once")
    await stp.photographed("done-several")
    await stp.taps("Xác nhận", "✅ Đã ghi nhận xong.", "đúng hạn")
    await stp.pinned("Đã xong 2 việc.")

    await province.comes("03-17")
    await stp.hears("2.6a", "¬BCLV")
    await hks.hears("Nhắc hôm nay: 1 việc quá hạn, 1 việc sắp đến hạn.", "¬2.6a")
    await hks.says("/overdue", "1 việc quá hạn, lâu nhất xếp trước.", "quá hạn 1 ngày · /done_bc_q1")
    await hks.photographed("overdue")
    await office.says("/late", "⛔ Cơ quan đang quá hạn · Thứ Sáu 17/03/2023")
    await office.photographed("late")
    await office.says("/remind HKS đề nghị gửi trong hôm nay", "Đôn đốc 1 việc của 1 cơ quan?")
    await office.photographed("remind")
    await office.taps("Xác nhận", "📣 Đang gửi đôn đốc 1 việc của 1 cơ quan.")
    await hks.hears("📣 Sở Nội vụ (cơ quan thường trực) đôn đốc:\nđề nghị gửi trong hôm nay", "/done_bc_q1")
    await hks.photographed("reminded")
    await office.says("/remind HKS", "Hôm nay đã đôn đốc rồi, không gửi thêm: UBND huyện Kế Sách (BC).")
    await _what_is_late_goes_up(province, people)
    await _two_ask_for_time(province, people)


async def _first_day(stp: Chat) -> None:
    """What the group of Sở Tư pháp tries out on its first morning."""
    await stp.says("/due", "4 việc trong 30 ngày tới, 4 việc chưa có ngày cụ thể.", "Ngoài ra còn 17 việc")
    await stp.photographed("due")
    await stp.says("/due all", "Trang 1/3")
    await stp.taps("Sau ›", "Trang 2/3", "Hạn Thứ Bảy 30/09")
    await stp.says("/task 2.6a", "Thời gian: “Hoàn thành trước ngày 01/4/2023”\n• Hạn 31/03 · còn 24 ngày")
    await stp.photographed("task")
    await stp.says("/progress 2.6a 60% đã lấy ý kiến các phòng", "Ghi tiến độ?", "Tiến độ: 60%")
    await stp.photographed("progress")
    await stp.taps("Xác nhận", "✅ Đã ghi tiến độ.")
    await stp.says("/find kiểm soát thủ tục", "🔎 “kiểm soát thủ tục”: 6 việc", "/task_2_1a")
    await stp.photographed("find")
    await stp.says("/reports", "Số liệu từ 15/12/2022 đến 14/03/2023, chốt 14/03", "/done_bclv_nam")
    await stp.photographed("reports")
    await stp.says("/calendar", "📅 Đường dẫn lịch của cuộc trò chuyện này", "Google Lịch", ".ics")
    await stp.says("/lich", "chưa có nơi nào dùng")
    await stp.taps("Tắt đường dẫn", "Đã tắt đường dẫn lịch.")
    asked = await stp.says(
        "/done 2.6a 15/KH-STP 06/3/2023 đã công bố trên cổng",
        "Số văn bản: 15/KH-STP\nNgày văn bản: 06/03/2023\nGhi chú: đã công bố trên cổng",
    )
    await stp.photographed("done")
    await stp.sends("photos", "trang-1.png", "📎 Đã nhận 1 tệp", reply_to=asked.id)
    done = await stp.taps("Xác nhận", "✅ Đã ghi nhận xong.", "đúng hạn", "📎 1 tệp")
    if not stp.province.on_zalo:
        pdf = "15-kh-stp.pdf"
        await stp.sends("documents", pdf, f"📎 Đã lưu 1 tệp kèm 2.6a: {pdf}", reply_to=done.id, who=TUAN)
        await stp.says("/history 2.6a", "Tuấn gửi tệp")
    await stp.pinned("20 việc còn hạn. Đã xong 1 việc.", "¬2.6a")
    await stp.says("/history 2.6a", "Minh ghi tiến độ 60%", "Minh báo xong, số 15/KH-STP", "Minh gửi tệp")
    await stp.photographed("history")
    await stp.says("/undo 2.6a", "2.6a")
    await stp.photographed("undo")
    await stp.taps("Xác nhận", "↩️ Đã hoàn tác, việc lại để mở.", "60%")
    await stp.pinned("21 việc còn hạn. Đã xong 0 việc.")


async def _what_is_late_goes_up(province: Province, people: People) -> None:
    """After 7 days to the standing office, after 14 to the leader."""
    office, hks, leader = people.office, people.hks, people.leader
    await province.comes("03-23")
    await office.hears("📣 Quá hạn lâu, cần đôn đốc", "Nộp chậm nhất 16/03 · quá hạn 7 ngày\n🏛 ")
    await office.photographed("escalation")
    await leader.hears("¬🏛 UBND huyện Kế Sách")
    await hks.hears("quá hạn 7 ngày")
    await province.comes("03-30")
    await leader.hears("📣 Quá hạn lâu, cần đôn đốc", "Nộp chậm nhất 16/03 · quá hạn 14 ngày\n🏛 ")
    await leader.photographed("escalation-leader")
    await office.hears("¬🏛 UBND huyện Kế Sách")
    await hks.hears("quá hạn 14 ngày")
    await hks.says("/done BC quý I 31/BC-UBND 29/3/2023", "quá hạn 13 ngày theo ngày văn bản")
    await hks.taps("Xác nhận", "✅ Đã ghi nhận xong.")


async def _two_ask_for_time(province: Province, people: People) -> None:
    """One gets it, the other does not, and hears why."""
    office, stp, hks = people.office, people.stp, people.hks
    await province.comes("03-31")
    await hks.hears("Nhắc hôm nay: 2 việc hạn hôm nay.")
    await hks.says("/extend 2.6a 28/4 chờ ý kiến Văn phòng UBND tỉnh", "Xin đến: Thứ Sáu 28/04/2023")
    await hks.photographed("extend")
    await hks.taps("Xác nhận", "✅ Đã gửi đề nghị gia hạn.", "Trong lúc chờ, hạn 31/03 giữ nguyên.")
    await stp.says("/extend 2.3 quý I 30/6 chưa rà soát xong", "Xin đến: Thứ Sáu 30/06/2023")
    await stp.taps("Xác nhận", "✅ Đã gửi đề nghị gia hạn.")
    await office.hears("📨 Đề nghị 1: xin gia hạn\n🏛 UBND huyện Kế Sách", "📨 Đề nghị 2: xin gia hạn")
    await office.says("/approve", "UBND huyện Kế Sách", "Sở Tư pháp")
    await office.photographed("approve")
    await office.taps("Đồng ý", "✅ Đã đồng ý gia hạn đến 28/04/2023.", "🏛 UBND huyện Kế Sách")
    await office.says("/refuse 2", "Lý do không đồng ý đề nghị 2?")
    await office.photographed("refuse")
    await office.says("/refuse 2 báo cáo quý không lùi được", "Đã từ chối gia hạn đến 30/06/2023.")
    await hks.hears("28/04")
    await hks.photographed("extended")
    await stp.hears("báo cáo quý không lùi được")


async def april(province: Province, people: People) -> None:
    """What was given is reminded of on its new day; two agencies are asked for their part."""
    office, stp, hks = people.office, people.stp, people.hks
    await province.comes("04-03")
    await hks.hears("⛔ Quá hạn\n2.3", "¬2.6a")
    await stp.hears("⛔ Quá hạn\n2.3")

    await province.comes("04-10", "09:00")
    await stp.says("/done 2.3 quý I 30/QĐ-STP 10/4/2023", "quá hạn 10 ngày theo ngày văn bản")
    await stp.taps("Xác nhận")
    await stp.says("/ask 1.3a HKS, SNV 20/4 gửi danh mục", "Hạn trả lời: Thứ Năm 20/04/2023")
    await stp.photographed("ask")
    await stp.taps("Xác nhận")
    await hks.hears("🤝 Sở Tư pháp đề nghị UBND huyện Kế Sách phối hợp 1.3a.", "Nội dung: gửi danh mục")
    await hks.photographed("asked")
    await office.hears("🤝 Sở Tư pháp đề nghị Sở Nội vụ phối hợp 1.3a.")
    await office.says("/done 1.3a 90/SNV-CCHC 10/4/2023", "Phối hợp với Sở Tư pháp: gửi danh mục")
    await office.taps("Xác nhận", "✅ Đã ghi nhận xong.")
    await stp.hears("Sở Nội vụ", "1.3a")
    await province.comes("04-17")
    await hks.hears("1.3a")
    await office.hears("¬1.3a")
    await hks.says("/done 1.3a 45/UBND-TP 17/4/2023")
    await hks.taps("Xác nhận")
    await stp.hears("UBND huyện Kế Sách", "1.3a")
    await stp.says("/ask 1.3a", "🤝 2/2 đề nghị phối hợp đã được trả lời.")
    await stp.photographed("ask-answered")

    await province.comes("04-21")
    await hks.hears("2.6a", "Hạn 28/04 (gia hạn lần 1, hạn gốc 31/03)")
    await province.comes("04-27")
    await hks.hears("2.6a")
    await hks.says("xong 2.6a 52/QĐ-UBND 26/4/2023")
    await hks.taps("Xác nhận", "hạn 28/04 (gia hạn lần 1, hạn gốc 31/03) · đúng hạn")


async def may(province: Province, people: People) -> None:
    """A day for what had none, and a quarter in which nothing arose."""
    office, stp, hks = people.office, people.stp, people.hks
    await province.comes("05-04", "10:00")
    await stp.hears()
    await office.says("/setdue", "⏳ 2 việc chờ văn bản, chưa có ngày.", "1.1b")
    await office.says("/setdue 1.1a 31/5/2023", "Thứ Tư 31/05/2023", "Sở Tư pháp")
    await office.photographed("setdue")
    await office.taps("Xác nhận")
    await stp.hears("🗓 Ấn định hạn: Thứ Tư 31/05/2023", "Sở Nội vụ (cơ quan thường trực) ấn định.")
    await province.comes("05-24")
    await stp.hears("Hạn 31/05 · còn 7 ngày · /done_1_1a")
    await hks.says("/waive 2.3 quý II không có thủ tục cần kiến nghị", "Ghi nhận không phát sinh?", "quý II")
    await hks.photographed("waive")
    await hks.taps("Xác nhận", "✅ Đã ghi nhận không phát sinh.")


async def sees_the_board(given: Seen, status: Seen, channel: str) -> None:
    """By the link that the bot gave; the board says what /status said a moment ago."""
    link = next(word for word in given.text.split() if word.startswith("http"))
    async with httpx.AsyncClient(base_url=link.partition("/board")[0], trust_env=False) as browser:
        assert (await come_in(browser, link)).status_code == 303
        page = text_of(await browser.get("/board/"))
        metrics = (await browser.get("/metrics")).text
    assert counts(status.text) == counts(page)
    assert 'nhacviec_commands_total{command="board",outcome="answered"} 1.0' in metrics
    assert f'nhacviec_messages_total{{channel="{channel}",kind="reply",outcome="Sent"}}' in metrics


def counts(text: str) -> set[str]:
    """The figures of the whole plan with their names."""
    names = (
        "Hoàn thành đúng hạn|Hoàn thành quá hạn|Chưa hoàn thành, trong hạn|Chưa hoàn thành, quá hạn|Tổng cộng"
    )
    found = set(re.findall(rf"(?:{names}): \d+", text))
    assert len(found) == 5, text
    return found


async def june(province: Province, people: People) -> None:
    """In the group only its admin may answer now; and those above look at all of it."""
    office, stp, leader = people.office, people.stp, people.leader
    await province.comes("06-13")
    if province.on_zalo:
        await stp.says("/group admins", "không biết ai là quản trị")
        await stp.says("/done BC 6 tháng 61/BC-STP 13/6/2023", who=TUAN)
        await stp.taps("Xác nhận", "✅ Đã ghi nhận xong.", who=TUAN)
    else:
        await stp.says("/group admins", "chỉ quản trị viên của nhóm được ghi nhận")
        await stp.photographed("group")
        await stp.says("/done BC 6t", "chỉ dành cho quản trị viên của nhóm; chưa có gì", who=TUAN)
        await stp.says("/due", "📋 Sở Tư pháp · Thứ Ba 13/06/2023", who=TUAN)
        await stp.says("/done BC 6 tháng 61/BC-STP 13/6/2023")
        await stp.taps("Xác nhận", "chỉ dành cho quản trị viên", who=TUAN)
        await stp.taps("Xác nhận", "✅ Đã ghi nhận xong.")
        await stp.says("/group all", "mọi thành viên đều được ghi nhận")
    await office.says("/status", "📊 Tình hình chung · Thứ Ba 13/06/2023", "📂 Theo lĩnh vực")
    await office.photographed("status")
    await office.says("/agency STP", "đã xong 4/22 việc", "Nơi nhận: 1 nhóm, 1 cuộc trò chuyện riêng.")
    await office.photographed("agency")
    seen = await leader.says("/status", "📊 Tình hình chung")
    await leader.says("/late", "⛔ Cơ quan đang quá hạn")
    await leader.says("/report", "không gửi được tệp" if province.on_zalo else "báo cáo kỳ nào?")
    if not province.on_zalo:
        await leader.taps("Quý I", "Báo cáo Quý I")
    await leader.says("/chart", *(["không gửi được hình"] if province.on_zalo else ["biểu đồ nào?"]))
    await sees_the_board(await leader.says("/board", "Liên kết dùng một lần"), seen, province.channel)
    await leader.says("/done 2.6a", "cần quyền khác")
    await leader.pinned("📊 Toàn tỉnh", "Cập nhật 07:30 ngày 13/06/2023")
    await leader.photographed("pinned")


async def july(province: Province, people: People) -> None:
    """The plan's file is edited: only who it concerns hears of it, after the standing office's yes."""
    office, stp, hks, leader = people.office, people.stp, people.hks, people.leader
    await province.comes("07-11", "09:00")
    for chat in (office, stp, hks, leader):
        await chat.hears()
    before = ['      - { code: "1.3b", product: Báo cáo kết quả thực hiện }', "    schedule: Trong năm 2023"]
    after = [before[0], "    schedule: Tháng 11/2023"]
    await province.edits_plan("\n".join(before), "\n".join(after))
    await office.hears("1.3a", "31/12", "30/11")
    await office.photographed("plan-change")
    await stp.hears_nothing()
    await office.taps("Áp dụng", "Kế hoạch mới có hiệu lực sau ít giây")
    await province.looks_at_plan()
    await stp.hears("📝 Kế hoạch thay đổi: 2 việc của Sở Tư pháp.", "hạn 31/12 → 30/11", "1.3b")
    await office.hears("✅ Đã áp dụng tệp kế hoạch mới.", "Đã báo 1 cơ quan liên quan.")
    await stp.photographed("plan-changed")
    await hks.hears_nothing()
    await stp.says("/task 1.3a", "Thời gian: “Tháng 11/2023”\n• Tháng 11: hạn 30/11")


async def september(province: Province, people: People) -> None:
    """Kế Sách has a new officer."""
    hks = people.hks
    await province.comes("09-06", "15:00")
    handed = await hks.says("bàn giao", "Mã bàn giao UBND huyện Kế Sách", "cho đến lúc đó chưa có gì đổi")
    await hks.photographed("handover")
    [code] = set(re.findall(r"/start (\S+)", handed.text))
    successor = await province.private(HAI_SUCCESSOR, "Thảo (Kế Sách)")
    await successor.says(f"/start {code}", "✅ Đã kết nối với UBND huyện Kế Sách.")
    await successor.photographed("handed-over")
    await hks.hears("✅ Đã bàn giao UBND huyện Kế Sách cho nơi nhận mới.")
    await hks.says("/due", "chưa kết nối với cơ quan nào")
    people.hks, former = successor, hks
    await province.comes("09-13")
    await people.hks.hears("/done_bc_q3")
    await former.hears_nothing()


async def october(province: Province, people: People) -> None:
    """One place less: the group is enough."""
    minh = people.minh
    await province.comes("10-05", "16:00")
    await minh.hears()
    await minh.says("/leave", "Sở Tư pháp")
    await minh.photographed("leave")
    await minh.taps("Xác nhận", "✅ Đã ngừng kết nối với Sở Tư pháp.")
    await minh.says("/due", "chưa kết nối với cơ quan nào")
    await province.comes("10-09")
    await minh.hears_nothing()


async def december(province: Province, people: People) -> tuple[Figures, Figures]:
    """The year's report; a leader goes; all of it adds up."""
    office, stp, leader = people.office, people.stp, people.leader
    await province.comes("12-13")
    await stp.hears()
    await stp.says("/done BC, BCLV năm 120/BC-STP 13/12/2023", "BC Báo cáo", "BCLV Báo cáo")
    await stp.taps("Xác nhận", "✅ Đã ghi nhận xong.")
    await province.comes("12-29", "16:00")
    await leader.hears()
    seen_by_office = await office.says("/status", "📊 Tình hình chung · Thứ Sáu 29/12/2023")
    seen_by_leader = await leader.says("/status")
    await office.says("/revoke lãnh đạo", "Ngắt kết nối với kênh lãnh đạo?")
    await office.photographed("revoke")
    await office.taps("Xác nhận", "✅")
    await leader.hears("kết nối")
    await leader.says("/status", "chưa kết nối với cơ quan nào")
    return Figures.read(seen_by_office.text), Figures.read(seen_by_leader.text)
