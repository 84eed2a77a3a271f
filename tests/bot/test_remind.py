"""/remind: what is meant, the question before it, what is queued after a yes, and that nobody is asked twice a day."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from bot.message import Message
from store.changes import Actor, mark_done
from store.chats import find_chat, suspend
from store.states import OutboxKind, OutboxState, Role
from store.tables import NoticeRow, OutboxRow
from tests.bot.office import DEPARTMENTS, PLAN, Office, labels, once, output, plain, put_plan, task
from tests.worlds import at

ALREADY = "Hôm nay đã đôn đốc rồi, không gửi thêm: Sở Tư pháp (2.6a)."


@pytest.fixture
async def desk(office: Office) -> Office:
    """The standing office's chat at nine on a Monday, and a chat each of Sở Tư pháp and Sở Thông tin."""
    for chat, agency in (("300", "STP"), ("400", "STTTT")):
        office.chat = chat
        await office.bind(agency)
    office.chat = "100"
    await office.bind_standing_office()
    office.now = at("2023-03-13", "09:00")
    return office


async def confirm(office: Office, typed: str) -> Message:
    answer = await office.tap(await office.say(typed), "Xác nhận")
    assert answer.edits_tapped
    return answer.message


async def queued(office: Office) -> list[OutboxRow]:
    async with office.database.read() as session:
        found = await session.scalars(
            select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE).order_by(OutboxRow.id)
        )
        return list(found)


async def noticed(office: Office) -> list[NoticeRow]:
    async with office.database.read() as session:
        return list(await session.scalars(select(NoticeRow).order_by(NoticeRow.id)))


def asked_about(message: Message) -> dict[str, list[str]]:
    """The codes in question of each agency."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in plain(message).splitlines():
        if line.startswith("🏛 "):
            name = line.removeprefix("🏛 ")
        elif line.startswith("• "):
            found.setdefault(name, []).append(line.split(" ")[1])
    return found


async def test_a_code_means_every_agency_that_still_owes_it(desk: Office) -> None:
    assert plain(await desk.say("/remind 2.6a")) == (
        "Đôn đốc 2 việc của 2 cơ quan?\n"
        "\n"
        "🏛 Sở Tư pháp\n"
        "• 2.6a · hạn 31/03 · còn 18 ngày\n"
        "\n"
        "🏛 Sở Nội vụ\n"
        "• 2.6a · hạn 31/03 · còn 18 ngày\n"
        "\n"
        "Gửi ngay sau khi anh/chị xác nhận.\n"
        "\n"
        "Chưa có nơi nhận: Văn phòng UBND tỉnh.\n"
        "[Xác nhận] [Thôi]"
    )
    assert await queued(desk) == []


@pytest.mark.parametrize(
    ("typed", "about", "text"),
    [
        ("/remind 2.6a STP nộp trước 15 giờ", {"Sở Tư pháp": ["2.6a"]}, "nộp trước 15 giờ"),
        ("/remind STP 2.6a nộp trước 15 giờ", {"Sở Tư pháp": ["2.6a"]}, "nộp trước 15 giờ"),
        ("đôn đốc việc 2.6a của sở tư pháp: nộp gấp", {"Sở Tư pháp": ["2.6a"]}, "nộp gấp"),
        ("nhac 2_6A so tu phap", {"Sở Tư pháp": ["2.6a"]}, None),
        ("/remind_2_6a", {"Sở Tư pháp": ["2.6a"], "Sở Nội vụ": ["2.6a"]}, None),
        ("/remind 2.6", {"Sở Tư pháp": ["2.6a"], "Sở Nội vụ": ["2.6a"]}, None),
        ("/remind STP, SNV 2.6a", {"Sở Tư pháp": ["2.6a"], "Sở Nội vụ": ["2.6a"]}, None),
        ("/remind 6.5", {"Sở Thông tin và Truyền thông": ["6.5", "6.5", "6.5"]}, None),
        ("/remind BC STP nộp ngay", {"Sở Tư pháp": ["BC"]}, "nộp ngay"),
        ("/remind SNV", {"Sở Nội vụ": ["7.2a"]}, None),
        ("/remind nội vụ nộp 7.2a ngay", {"Sở Nội vụ": ["7.2a"]}, None),
        ("/remind SNV nộp 2.6a trước", {"Sở Nội vụ": ["7.2a"]}, "nộp 2.6a trước"),
        ("/remind 1.1a", {"Sở Tư pháp": ["1.1a"]}, None),
        ("/remind 1.1", {"Sở Tư pháp": ["1.1a"]}, None),
        ("/remind 2.2 STP", {"Sở Tư pháp": ["2.2"]}, None),
    ],
)
async def test_code_agencies_and_words_are_read_in_any_order(
    desk: Office, typed: str, about: dict[str, list[str]], text: str | None
) -> None:
    question = await desk.say(typed)

    assert asked_about(question) == about
    if text is not None:
        assert f"Lời nhắn: {text}\n" in plain(question)


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("/remind", "Anh/chị đôn đốc việc nào, cơ quan nào?"),
        ("/remind nhanh lên nhé", "Anh/chị đôn đốc việc nào, cơ quan nào?"),
        ("/remind 2.6x", "Không có việc mã “2.6x”. Có phải ý anh/chị là:"),
        ("/remind STP 2.9a", "Không có việc mã “2.9a”. Có phải ý anh/chị là:"),
        ("/remind so tu phsp", "Anh/chị đôn đốc cơ quan nào?"),
        (
            "/remind 7.2a VPUB",
            "7.2a không phải việc của Văn phòng UBND tỉnh. Cơ quan có việc này: Sở Nội vụ.",
        ),
        ("/remind 2.6b", "2.6b chưa đến lúc đôn đốc"),
        (
            "/remind STP",
            "Sở Tư pháp không có việc quá hạn hay đến hạn hôm nay. Gần nhất: BC, nộp chậm nhất 16/03.",
        ),
        ("/remind 2.6a VPUB", "Không có gì để gửi.\n\nChưa có nơi nhận: Văn phòng UBND tỉnh."),
    ],
)
async def test_what_cannot_be_followed_sends_nothing_and_says_what_to_do(
    desk: Office, typed: str, begins: str
) -> None:
    answer = await desk.say(typed)

    assert plain(answer).startswith(begins)
    assert "Xác nhận" not in labels(answer)
    assert await queued(desk) == []


async def test_what_is_done_already_is_not_asked_for(desk: Office) -> None:
    entry = await desk.entry("SNV", "7.2a")
    async with desk.database.write() as session:
        actor = Actor(person="7", name="Nguyễn Văn A", chat_id=1)
        await mark_done(
            session, assignment_id=entry.id, document="15/KH", note=None, actor=actor, now=desk.now
        )

    assert "✅ đã xong ngày 13/03/2023, số 15/KH" in plain(await desk.say("/remind 7.2a"))


async def test_a_yes_queues_one_message_a_chat_with_its_notices(desk: Office) -> None:
    answer = await confirm(desk, "/remind 2.6a nộp trước 15 giờ")

    assert plain(answer) == (
        "📣 Đang gửi đôn đốc 2 việc của 2 cơ quan.\n"
        "\n"
        "🏛 Sở Tư pháp: 2.6a\n"
        "🏛 Sở Nội vụ: 2.6a\n"
        "\n"
        "Lời nhắn: nộp trước 15 giờ\n"
        "\n"
        "Tin nào không tới nơi sẽ có trong danh sách sáng ngày làm việc kế tiếp.\n"
    ).rstrip("\n")
    rows = await queued(desk)
    assert [(row.morning, row.state) for row in rows] == [(date(2023, 3, 13), OutboxState.QUEUED)] * 2
    assert "Sở Nội vụ (cơ quan thường trực) đôn đốc:" in str(rows[0].body)
    assert "nộp trước 15 giờ" in str(rows[0].body)
    assert [(one.milestone, one.due) for one in await noticed(desk)] == [
        ("nudge-2023-03-13", date(2023, 3, 31))
    ] * 2


async def test_each_assignment_has_it_in_its_history(desk: Office) -> None:
    await confirm(desk, "/remind 2.6a nộp trước 15 giờ")

    written = [entry for entry in await desk.audit() if entry.action == "remind"]
    assert [entry.assignment_id for entry in written] == [
        (await desk.entry("STP", "2.6a")).id,
        (await desk.entry("SNV", "2.6a")).id,
    ]
    assert {(entry.person_name, entry.subject) for entry in written} == {("Nguyễn Văn A", "nộp trước 15 giờ")}
    assert written[0].after == {"day": "2023-03-13", "chats": 1}


async def test_a_no_sends_nothing(desk: Office) -> None:
    question = await desk.say("/remind 2.6a")

    await desk.tap(question, "Thôi")

    assert await queued(desk) == []
    assert "đã được dùng rồi" in plain((await desk.tap(question, "Xác nhận")).message)


async def test_an_assignment_is_asked_for_once_a_day(desk: Office) -> None:
    await confirm(desk, "/remind 2.6a STP")

    again = await desk.say("/remind 2.6a STP")
    for_the_others = await desk.say("/remind 2.6a")
    desk.now = at("2023-03-14", "09:00")
    the_next_day = await desk.say("/remind 2.6a STP")

    assert plain(again) == f"Không có gì để gửi.\n\n{ALREADY}"
    assert asked_about(for_the_others) == {"Sở Nội vụ": ["2.6a"]}
    assert ALREADY in plain(for_the_others)
    assert "Xác nhận" in labels(the_next_day)


async def test_of_two_questions_about_one_assignment_the_second_sends_nothing(desk: Office) -> None:
    first, second = await desk.say("/remind 2.6a STP"), await desk.say("/remind STP 2.6a")
    await desk.tap(first, "Xác nhận")

    answer = await desk.tap(second, "Xác nhận")

    assert plain(answer.message) == f"Không có gì để gửi.\n\n{ALREADY}"
    assert len(await queued(desk)) == 1


async def test_what_was_done_before_the_yes_is_left_out(desk: Office) -> None:
    question = await desk.say("/remind 2.6a")
    entry = await desk.entry("STP", "2.6a")
    async with desk.database.write() as session:
        actor = Actor(person="7", name="Nguyễn Văn A", chat_id=1)
        await mark_done(session, assignment_id=entry.id, document=None, note=None, actor=actor, now=desk.now)

    answer = plain((await desk.tap(question, "Xác nhận")).message)

    assert answer.startswith("📣 Đang gửi đôn đốc 1 việc của 1 cơ quan.\n\n🏛 Sở Nội vụ: 2.6a")
    assert "Không còn để mở, không gửi: 2.6a." in answer
    assert len(await queued(desk)) == 1


async def test_an_agency_that_went_out_of_reach_before_the_yes_is_named(desk: Office) -> None:
    question = await desk.say("/remind 2.6a")
    async with desk.database.write() as session:
        chat = await find_chat(session, channel="telegram", address="300")
        assert chat is not None
        await suspend(session, chat.id, "blocked")

    answer = plain((await desk.tap(question, "Xác nhận")).message)

    assert "Chưa có nơi nhận: Sở Tư pháp." in answer
    assert len(await queued(desk)) == 1


@pytest.mark.parametrize(
    ("day", "hour", "when", "morning"),
    [
        ("2023-03-13", "06:59", "07:00 ngày 13/03/2023", date(2023, 3, 13)),
        ("2023-03-13", "17:31", "07:00 ngày 14/03/2023", date(2023, 3, 14)),
        ("2023-03-10", "20:00", "07:00 ngày 13/03/2023", date(2023, 3, 13)),
        ("2023-03-11", "09:00", "07:00 ngày 13/03/2023", date(2023, 3, 13)),
    ],
)
async def test_outside_the_hours_it_says_when_it_leaves(
    desk: Office, day: str, hour: str, when: str, morning: date
) -> None:
    desk.now = at(day, hour)

    question = plain(await desk.say("/remind 2.6a STP"))
    answer = plain(await confirm(desk, "/remind 2.6a STP"))
    again = plain(await desk.say("/remind 2.6a STP"))

    assert f"Ngoài giờ gửi tin: sẽ gửi lúc {when}." in question
    assert answer.startswith(f"📣 Đã ghi: sẽ gửi lúc {when} đôn đốc 1 việc của 1 cơ quan.")
    assert [row.morning for row in await queued(desk)] == [morning]
    assert again.startswith("Không có gì để gửi.")


async def test_two_agencies_of_one_chat_get_one_message(desk: Office) -> None:
    desk.chat = "300"
    await desk.bind("VPUB")
    desk.chat = "100"

    await confirm(desk, "/remind 2.6a STP, VPUB")

    assert len(await queued(desk)) == 1
    assert len(await noticed(desk)) == 2


async def test_every_chat_of_an_agency_gets_it(desk: Office) -> None:
    desk.chat = "500"
    await desk.bind("STP")
    desk.chat = "100"

    await confirm(desk, "/remind 2.6a STP")

    assert len({row.chat_id for row in await queued(desk)}) == 2
    assert ALREADY in plain(await desk.say("/remind 2.6a STP"))


async def test_what_has_no_due_day_is_asked_for_once_a_day_too(desk: Office) -> None:
    await confirm(desk, "/remind 1.1a")

    again = await desk.say("/remind 1.1a")

    assert [(one.milestone, one.due) for one in await noticed(desk)] == [
        ("nudge-2023-03-13", date(2023, 3, 13))
    ]
    assert plain(again).startswith("Không có gì để gửi.\n\nHôm nay đã đôn đốc rồi")


async def test_the_words_are_kept_plain_and_short(desk: Office) -> None:
    await confirm(desk, "/remind 2.6a STP <b>gấp</b> \u202e" + "á" * 2000)

    [row] = await queued(desk)
    [entry] = [entry for entry in await desk.audit() if entry.action == "remind"]
    assert entry.subject.startswith("<b>gấp</b> á")
    assert len(entry.subject) == 500
    assert "\u202e" not in str(row.body)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER])
async def test_others_remind_nobody(desk: Office, role: Role) -> None:
    desk.chat = "900"
    await desk.bind("STP" if role is Role.OFFICER else "", role=role)

    assert plain(await desk.say("/remind 2.6a")).startswith("Lệnh này không dùng được")


async def test_another_plans_standing_office_reminds_of_nothing_of_this_one(desk: Office) -> None:
    desk.chat = "900"
    await desk.bind("STP", role=Role.STANDING_OFFICE)

    by_code = await desk.say("/remind 2.6a")
    by_agency = await desk.say("/remind SNV")

    assert "Xác nhận" not in labels(by_code) + labels(by_agency)
    assert plain(by_agency).startswith("Sở Nội vụ không còn việc nào trong kế hoạch mà ở đây theo dõi.")


async def test_a_chat_that_steers_no_more_sends_nothing_by_an_old_button(desk: Office) -> None:
    question = await desk.say("/remind 2.6a")
    await desk.unbind()
    await desk.bind("STP", role=Role.STANDING_OFFICE)
    await desk.bind("SNV")
    await desk.bind("STP")

    answer = await desk.tap(question, "Xác nhận")

    assert plain(answer.message).startswith("Không có gì để gửi.")
    assert await queued(desk) == []


async def test_a_button_of_another_chat_finds_nothing(desk: Office) -> None:
    await desk.say("/remind 2.6a")
    desk.chat = "200"
    await desk.bind_standing_office()

    for action in ("yes:1", "undo:1", "pick:1:0"):
        assert "không dùng được nữa" in plain((await desk.touch(action)).message)
    assert await queued(desk) == []


async def test_what_many_agencies_owe_is_asked_about_in_a_few_lines(desk: Office) -> None:
    for chat, agency in (("500", "VPUB"),):
        desk.chat = chat
        await desk.bind(agency)
    desk.chat = "100"
    everywhere = task(
        "1.9",
        "Triển khai",
        (output("1.9", "Kế hoạch", "Tháng 3", once(date(2023, 3, 31))),),
        tuple(DEPARTMENTS),
    )
    async with desk.database.write() as session:
        await put_plan(session, replace(PLAN, tasks=(*PLAN.tasks, everywhere)))

    question = plain(await desk.say("/remind 1.9"))

    assert question.startswith(
        "Đôn đốc 4 việc của 4 cơ quan?\n\n• 1.9 · hạn 31/03 · còn 18 ngày\n🏛 4 cơ quan: "
    )
    assert question.count("1.9") == 1
