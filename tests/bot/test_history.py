from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from bot.request import Person
from plan.vietnam import instant_of
from store.changes import Actor, audit_event
from store.chats import find_chat
from store.states import NoticeState, Role
from store.tables import NoticeRow
from tests.bot.office import PLAN, Office, labels, once, plain, put_plan


async def confirmed(office: Office, typed: str) -> str:
    return plain((await office.tap(await office.say(typed), "Xác nhận")).message)


async def event(
    office: Office, action: str, *, subject: str = "", after: dict[str, Any] | None = None
) -> None:
    entry = await office.entry("STP", "2.6a")
    async with office.database.write() as session:
        chat = await find_chat(session, channel="telegram", address=office.chat)
        assert chat is not None
        await audit_event(
            session,
            action,
            actor=Actor(person="9", name="Trần B", chat_id=chat.id),
            now=office.now,
            subject=subject,
            assignment_id=entry.id,
            after=after,
        )


async def reminder(office: Office, day: date, state: NoticeState, *, chat_id: int = 1) -> None:
    entry = await office.entry("STP", "2.6a")
    async with office.database.write() as session:
        session.add(
            NoticeRow(
                assignment_id=entry.id,
                milestone=f"{day}-{state}",
                due=date(2023, 3, 31),
                chat_id=chat_id,
                planned_on=day,
                state=state,
                settled_at=instant_of(day, time(7, 31)),
            )
        )


async def test_everything_is_told_oldest_first_with_who_did_it(office: Office) -> None:
    await office.bind("STP")
    await confirmed(office, "/progress 2.6a 60% đã lấy ý kiến")
    office.now += timedelta(days=1)
    office.person = Person(id="8", name="Lê Thị C")
    written = (await office.tap(await office.say("/done 2.6a 15/KH-UBND đã gửi"), "Xác nhận")).message
    office.now += timedelta(hours=1)
    await office.tap(written, "Hoàn tác")

    assert plain(await office.say("/history 2.6a")) == (
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 31/03 · còn 17 ngày · 60%\n"
        "🔔 Chưa nhắc lần nào.\n"
        "\n"
        "13/03/2023 07:30 · Nguyễn Văn A ghi tiến độ 60%: đã lấy ý kiến\n"
        "\n"
        "14/03/2023 07:30 · Lê Thị C báo xong, số 15/KH-UBND: đã gửi (đã hoàn tác)\n"
        "\n"
        "14/03/2023 08:30 · Lê Thị C hoàn tác “báo xong”"
    )


async def test_reminders_are_counted_by_day_and_what_did_not_arrive_does_not_count(office: Office) -> None:
    await office.bind("STP")
    await reminder(office, date(2023, 3, 24), NoticeState.SENT)
    await reminder(office, date(2023, 3, 1), NoticeState.SENT)
    await reminder(office, date(2023, 3, 28), NoticeState.FAILED)
    await reminder(office, date(2023, 3, 30), NoticeState.SENT)
    await reminder(office, date(2023, 3, 30), NoticeState.FAILED)
    await reminder(office, date(2023, 3, 31), NoticeState.PENDING)
    await reminder(office, date(2023, 3, 31), NoticeState.DROPPED)

    shown = plain(await office.say("/history 2.6a"))

    assert "🔔 Đã nhắc 3 lần: 01/03, 24/03, 30/03\n" in shown
    assert "⚠️ Không gửi được 1 lần: 28/03 (không tính là đã nhắc)" in shown
    assert "Chưa có ai ghi gì." in shown


@pytest.mark.parametrize(
    ("action", "subject", "words"),
    [
        ("remind", "", "Trần B đôn đốc"),
        ("remind", "gửi trước 10 giờ", "Trần B đôn đốc: gửi trước 10 giờ"),
        ("evidence", "anh.jpg", "Trần B gửi tệp hoặc ảnh kèm theo: anh.jpg"),
        ("ask", "", "Trần B đề nghị cơ quan khác phối hợp"),
        ("extend_ask", "chờ văn bản", "Trần B xin gia hạn đến 30/06/2023: chờ văn bản"),
        ("extend_accept", "", "Trần B đồng ý gia hạn đến 30/06/2023"),
        ("approve", "", "Trần B duyệt"),
        ("return", "thiếu chữ ký", "Trần B trả lại, việc để mở: thiếu chữ ký"),
        ("setdue", "", "Trần B ấn định hạn 30/06/2023"),
        ("undo", "snooze", "Trần B hoàn tác “hoãn nhắc”"),
        ("undo", "", "Trần B hoàn tác"),
        ("something-of-tomorrow", "x", "Trần B cập nhật việc này"),
    ],
)
async def test_every_action_has_words_and_an_unknown_one_does_no_harm(
    office: Office, action: str, subject: str, words: str
) -> None:
    await office.bind("STP")

    await event(office, action, subject=subject, after={"due": "2023-06-30"})

    assert plain(await office.say("/history 2.6a")).endswith(f"13/03/2023 07:30 · {words}")


async def test_what_is_kept_in_another_form_does_no_harm_either(office: Office) -> None:
    await office.bind("STP")

    for action in ("done", "waive", "progress", "snooze", "setdue", "extend_ask", "undo"):
        await event(office, action, after=None)
    await event(office, "extend_ask", after={"due": ["30/6"]})

    shown = plain(await office.say("/history 2.6a"))
    assert "Trần B bỏ hạn đã ấn định" in shown
    assert "Trần B xin gia hạn đến (chưa rõ ngày)" in shown


async def test_snoozed_and_waived_are_told(office: Office) -> None:
    await office.bind("VPUB")
    await confirmed(office, "/snooze 2.1b quý I 10 ngày")
    await confirmed(office, "/waive 2.1b quý I không có hồ sơ")

    shown = plain(await office.say("/history 2.1b quý I"))

    assert "Nguyễn Văn A hoãn nhắc đến 23/03/2023\n" in shown
    assert shown.endswith("Nguyễn Văn A ghi nhận không phát sinh: không có hồ sơ")


async def test_of_several_periods_one_is_chosen(office: Office) -> None:
    await office.bind("VPUB")

    message = await office.say("lịch sử 2.1b")

    assert plain(message).startswith(
        "Lịch sử 2.1b: anh/chị muốn xem phần nào?\n"
        "0/4 đã xong.\n"
        "\n"
        "2.1b · quý I\n"
        "Hạn 31/03 · còn 18 ngày\n"
        "/history_2_1b_q1"
    )
    assert "quý I" in plain(await office.say("/history_2_1b_q1"))
    assert "Không có kỳ “tháng 5”." in plain(await office.say("/history 2.1b tháng 5"))


async def test_the_standing_office_sees_every_agency_and_names_one(office: Office) -> None:
    await office.bind("STP")
    await confirmed(office, "/done 2.6a 15/KH-UBND")
    office.chat = "200"
    await office.bind("SNV", role=Role.STANDING_OFFICE)

    every = plain(await office.say("/history 2.6a"))
    one = plain(await office.say("/history_2_6a_stp"))

    assert every.startswith("Lịch sử 2.6a: anh/chị muốn xem phần nào?\n3 cơ quan, 1/3 đã xong.\n")
    assert "Sở Tư pháp · 2.6a\n✅ đã xong ngày 13/03/2023, số 15/KH-UBND\n/history_2_6a_stp" in every
    assert "🏛 Sở Tư pháp\n" in one
    assert one.endswith("Nguyễn Văn A báo xong, số 15/KH-UBND")
    assert plain(await office.say("/history 2.6a Sở Tư pháp")) == one
    assert plain(await office.say("/history 2.6a so tu phap")) == one
    assert "Không thấy 2.6a của “STTTT”" in plain(await office.say("/history 2.6a STTTT"))


async def test_a_leader_sees_every_agency_too(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    assert "3 cơ quan, 0/3 đã xong." in plain(await office.say("/history 2.6a"))


async def test_an_officer_sees_their_own_agencys_only(office: Office) -> None:
    await office.bind("STP")
    await confirmed(office, "/done 2.6a 15/KH-UBND")
    office.chat = "200"
    await office.bind("VPUB")

    own = plain(await office.say("/history 2.6a"))
    others = plain(await office.say("/history 2.6a STP"))

    assert own.endswith("Chưa có ai ghi gì.")
    assert others.startswith("Không thấy 2.6a của “STP” trong những việc xem được ở đây.")
    assert "7.2a do Sở Nội vụ chủ trì" in plain(await office.say("/history 7.2a"))
    for shown in (own, others):
        assert "15/KH-UBND" not in shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/history", "Anh/chị cho biết mã việc, ví dụ: /history 2.6a"),
        ("/history 9.9", "Không có việc mã “9.9”."),
    ],
)
async def test_what_names_nothing_says_what_to_type(office: Office, typed: str, words: str) -> None:
    await office.bind("STP")

    assert words in plain(await office.say(typed))


async def test_a_long_history_is_turned_over(office: Office) -> None:
    await office.bind("STP")
    for _ in range(12):
        await event(office, "remind")

    first = await office.say("/history 2.6a")

    assert "Trang 1/2" in plain(first)
    assert labels(first) == ["Sau ›"]


async def test_what_the_plans_file_did_is_told_too_but_not_that_it_brought_the_assignment(
    office: Office,
) -> None:
    await office.bind("STP")
    before = plain(await office.say("/history 2.6a"))
    moved = once(date(2023, 4, 14))
    tasks = [
        replace(
            one, outputs=tuple(replace(o, deadline=moved) if o.code == "2.6a" else o for o in one.outputs)
        )
        for one in PLAN.tasks
    ]
    async with office.database.write() as session:
        await put_plan(session, replace(PLAN, tasks=tuple(tasks)))

    after = plain(await office.say("/history 2.6a"))

    assert "Chưa có ai ghi gì." in before
    assert "13/03/2023 07:30 · Theo kế hoạch, hạn là 14/04/2023" in after
