"""/ask: a lead names agencies, a day and what it needs; they hear of it, answer, and the lead sees who has."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.commands.ask_words import AskWords, read_ask
from bot.message import Message, from_json
from plan.assignments import DutyKind
from store.asks import asks_of, close_needless
from store.states import Role
from store.tables import AgencyRow, AssignmentRow, OutboxRow
from tests.bot.office import MORNING, PLAN, Office, labels, plain, put_plan

LEAD, SUPPORT, OTHER, STANDING = "100", "200", "300", "400"
TODAY = date(2023, 3, 13)
AGENCIES = [
    AgencyRow(code="SYT", name="Sở Y tế", kind="so", aliases=[]),
    AgencyRow(code="SGDDT", name="Sở Giáo dục và Đào tạo", kind="so", aliases=["Sở GD&ĐT"]),
    AgencyRow(code="SVHTTDL", name="Sở Văn hóa, Thể thao và Du lịch", kind="so", aliases=["Sở VHTT&DL"]),
    AgencyRow(code="HKS", name="UBND huyện Kế Sách", kind="huyen", aliases=["huyện Kế Sách"]),
    AgencyRow(code="HLP", name="UBND huyện Long Phú", kind="huyen", aliases=["huyện Long Phú"]),
]


@pytest.fixture
async def town(office: Office) -> Office:
    """Sở Tư pháp leads 2.6a; Sở Thông tin và Truyền thông and Sở Nội vụ have chats too."""
    for chat, agency in ((LEAD, "STP"), (SUPPORT, "STTTT"), (OTHER, "SNV")):
        office.chat = chat
        await office.bind(agency)
    office.chat = LEAD
    return office


async def heard(office: Office, agency: str) -> list[str]:
    """The notes that agency's chat got, oldest first."""
    chat = {"STP": LEAD, "STTTT": SUPPORT, "SNV": OTHER}[agency]
    async with office.database.read() as session:
        rows = await session.scalars(
            select(OutboxRow).order_by(OutboxRow.id).where(OutboxRow.key.like("ask%"))
        )
        ids = {LEAD: 1, SUPPORT: 2, OTHER: 3}
        return [plain(from_json(row.body or {})) for row in rows if row.chat_id == ids[chat]]


async def support_rows(office: Office) -> list[AssignmentRow]:
    async with office.database.read() as session:
        return list(
            await session.scalars(
                select(AssignmentRow).where(AssignmentRow.kind == DutyKind.SUPPORT).order_by(AssignmentRow.id)
            )
        )


async def asked(office: Office, text: str = "/ask 2.6a STTTT, SNV 20/3 gửi danh mục") -> Message:
    office.chat = LEAD
    return (await office.tap(await office.say(text), "Xác nhận")).message


async def answer(office: Office, chat: str, text: str = "/done 2.6a ask1 12/CV đã gửi") -> Message:
    office.chat = chat
    return (await office.tap(await office.say(text), "Xác nhận")).message


# What people type


def codes(read: AskWords) -> list[str]:
    return [agency.code for agency in read.agencies]


@pytest.mark.parametrize(
    ("text", "agencies", "day", "note"),
    [
        ("SYT, SGDDT 10/6 gửi danh mục", ["SYT", "SGDDT"], (6, 10), "gửi danh mục"),
        ("SYT, Sở GD&ĐT trước 10/6 gửi danh mục", ["SYT", "SGDDT"], (6, 9), "gửi danh mục"),
        ("syt và sở giáo dục và đào tạo đến ngày 10/6/2023", ["SYT", "SGDDT"], (6, 10), None),
        ("10/6 so y te; so gd&dt: gửi biểu mẫu, số liệu", ["SYT", "SGDDT"], (6, 10), "gửi biểu mẫu, số liệu"),
        (
            "Sở Văn hóa, Thể thao và Du lịch, SYT 10-06-2023 họp",
            ["SVHTTDL", "SYT"],
            (6, 10),
            "họp",
        ),
        ("sở y tê 10/6", ["SYT"], (6, 10), None),
        ("SYT gửi danh mục chậm nhất 10/6", ["SYT"], (6, 10), "gửi danh mục"),
        (
            "SYT gửi báo cáo theo kết luận ngày 05/3 trước ngày 10/6",
            ["SYT"],
            (6, 9),
            "gửi báo cáo theo kết luận ngày 05/3",
        ),
        ("SYT, SYT 10/6", ["SYT"], (6, 10), None),
        ("SYT ngày 10 tháng 6 gửi danh mục", ["SYT"], (6, 10), "gửi danh mục"),
        ("SYT đến hết 10 tháng 6 năm 2023 gửi danh mục", ["SYT"], (6, 10), "gửi danh mục"),
        ("SYT trước 2023-06-10 gửi danh mục", ["SYT"], (6, 9), "gửi danh mục"),
    ],
)
def test_agencies_a_day_and_a_note_are_read_in_any_order(
    text: str, agencies: list[str], day: tuple[int, int], note: str | None
) -> None:
    read = read_ask(text, AGENCIES, TODAY)

    assert (codes(read), read.day, read.note) == (agencies, date(2023, *day), note)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SYT 31/6", "Không có ngày 31/6 trong lịch."),
        ("SYT 13/3", "Ngày 13/03/2023 không sau hôm nay."),
        ("SYT 10/3", "Ngày 10/03/2023 không sau hôm nay."),
        ("SYT trước 14/3", "Ngày 13/03/2023 không sau hôm nay."),
        ("SYT 10/6/2022", "Ngày 10/06/2022 không sau hôm nay."),
    ],
)
def test_a_day_that_cannot_be_asked_for_says_why(text: str, why: str) -> None:
    assert read_ask(text, AGENCIES, TODAY).no_day == why


def test_a_day_early_in_the_next_year_is_meant_late_in_this_one() -> None:
    assert read_ask("SYT 10/1", AGENCIES, date(2023, 12, 20)).day == date(2024, 1, 10)


def test_a_strange_name_is_never_taken_for_a_note() -> None:
    read = read_ask("SYT, SXYZ 10/6 gửi danh mục", AGENCIES, TODAY)

    assert (codes(read), read.strange) == (["SYT"], "SXYZ")


def test_a_name_that_may_be_several_is_asked_about() -> None:
    read = read_ask("SYT, UBND huyện 10/6", AGENCIES, TODAY)

    assert read.strange == "UBND huyện"
    assert [agency.code for agency in read.perhaps] == ["HKS", "HLP"]


async def test_a_part_of_one_name_is_enough(town: Office) -> None:
    assert "Gửi: Sở Thông tin và Truyền thông" in plain(await town.say("/ask 2.6a truyền thông 20/3 gửi"))


# Asking


async def test_the_question_names_agencies_day_and_note_and_changes_nothing(town: Office) -> None:
    question = await town.say("phối hợp 2.6a sở nội vụ và STTTT trước 21/3 gửi danh mục")

    assert plain(question) == (
        "Gửi đề nghị phối hợp?\n"
        "\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh\n"
        "Hạn 31/03 · còn 18 ngày\n"
        "\n"
        "Gửi: Sở Nội vụ; Sở Thông tin và Truyền thông\n"
        "Hạn trả lời: Thứ Hai 20/03/2023 (trước ngày 21/03)\n"
        "Nội dung: gửi danh mục\n"
        "[Xác nhận] [Thôi]"
    )
    assert await support_rows(town) == []
    assert await heard(town, "SNV") == []


async def test_after_a_yes_each_agency_has_its_part_and_hears_how_to_answer(town: Office) -> None:
    said = await asked(town)

    first, second = await support_rows(town)
    lead = await town.entry("STP", "2.6a")
    assert plain(said).startswith("✅ Đã gửi đề nghị phối hợp.")
    assert [(row.agency, row.slot, row.due, row.set_due) for row in (first, second)] == [
        ("STTTT", "ask-1", date(2023, 3, 20), date(2023, 3, 20)),
        ("SNV", "ask-1", date(2023, 3, 20), date(2023, 3, 20)),
    ]
    assert (first.asked_by, first.parent_id, first.period) == ("STP", lead.id, "gửi danh mục")
    [note] = await heard(town, "STTTT")
    assert note == (
        "🤝 Sở Tư pháp đề nghị Sở Thông tin và Truyền thông phối hợp 2.6a.\n"
        "Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Nội dung: gửi danh mục\n"
        "Hạn: Thứ Hai 20/03/2023\n"
        "\n"
        "Xong thì nhắn: /done_2_6a_ask1, hoặc gõ cả số văn bản, nội dung, ví dụ:\n"
        "/done 2.6a 15/CV-STTTT đã gửi\n"
        "[Chi tiết 2.6a]"
    )
    written = [row for row in await town.audit() if row.action == "ask"]
    assert [(row.assignment_id, row.person_name) for row in written] == [
        (first.id, "Nguyễn Văn A"),
        (second.id, "Nguyễn Văn A"),
    ]


async def test_an_agency_without_a_chat_is_named_before_the_yes(town: Office) -> None:
    assert "Chưa kết nối với bot, anh/chị báo trực tiếp: Văn phòng UBND tỉnh" in plain(
        await town.say("/ask 2.6a VPUB 20/3")
    )


async def test_everyone_means_the_supporting_agencies_that_the_plan_names(town: Office) -> None:
    await asked(town, "/ask 2.6a tất cả 20/3 gửi danh mục")

    assert [row.agency for row in await support_rows(town)] == ["VPUB"]


async def test_a_group_of_the_plan_is_not_guessed_at(town: Office) -> None:
    tasks = [
        replace(one, support=("Các cơ quan có liên quan",)) if one.code == "2.6" else one
        for one in PLAN.tasks
    ]
    async with town.database.write() as session:
        await put_plan(session, replace(PLAN, tasks=tuple(tasks)))

    answered = plain(await town.say("/ask 2.6a tất cả 20/3"))

    assert "không rõ gồm những cơ quan nào" in answered
    assert "/ask 2.6a SYT" in answered


async def test_a_day_after_the_leads_own_is_warned_of_but_allowed(town: Office) -> None:
    question = await town.say("/ask 2.6a SNV 10/6")

    assert "⚠️ Sau hạn của chính việc 2.6a (31/03)." in plain(question)
    await town.tap(question, "Xác nhận")
    assert len(await support_rows(town)) == 1


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("/ask", "Anh/chị cho biết mã việc"),
        ("/ask 2.6a SNV", "Anh/chị cần chậm nhất ngày nào?"),
        ("/ask 2.6a 20/3", "Anh/chị đề nghị cơ quan nào?"),
        ("/ask 2.6a SNV 31/2", "Không có ngày 31/2 trong lịch. Chưa gửi đề nghị."),
        ("/ask 2.6a ABCXYZ 20/3", "Chưa rõ “ABCXYZ” là cơ quan nào, nên chưa gửi đề nghị."),
        ("/ask 2.6a STP 20/3", "Không có cơ quan nào khác để đề nghị."),
        ("/ask 7.2a STTTT 20/3", "7.2a do Sở Nội vụ chủ trì, không phải việc của Sở Tư pháp."),
    ],
)
async def test_what_cannot_be_asked_says_what_to_type(town: Office, text: str, answered: str) -> None:
    assert plain(await town.say(text)).startswith(answered)


async def test_who_was_asked_does_not_ask_on_in_the_leads_name(town: Office) -> None:
    await asked(town)
    town.chat = SUPPORT

    assert "không phải việc của Sở Thông tin và Truyền thông" in plain(await town.say("/ask 2.6a SNV 20/3"))


async def test_of_several_outputs_one_is_picked_and_the_rest_is_kept(town: Office) -> None:
    which = await town.say("/ask 2.6 SNV 20/3 gửi danh mục")

    question = (await town.tap(which, "2.6b")).message
    await town.tap(question, "Xác nhận")

    [row] = await support_rows(town)
    assert row.parent_id == (await town.entry("STP", "2.6b")).id


async def test_a_second_ask_of_the_same_agency_has_a_slot_of_its_own(town: Office) -> None:
    await asked(town, "/ask 2.6a SNV 20/3 gửi danh mục")
    await asked(town, "/ask 2.6a SNV 24/3 góp ý dự thảo")

    assert [row.slot for row in await support_rows(town)] == ["ask-1", "ask-2"]


async def test_a_yes_after_the_lead_is_done_asks_nobody(town: Office) -> None:
    question = await town.say("/ask 2.6a SNV 20/3")
    await town.tap(await town.say("/done 2.6a 1/QĐ"), "Xác nhận")

    assert "không ghi thêm" in plain((await town.tap(question, "Xác nhận")).message)
    assert await support_rows(town) == []


async def test_a_yes_after_the_day_has_come_asks_nobody(town: Office) -> None:
    question = await town.say("/ask 2.6a SNV 14/3")
    town.now = MORNING + timedelta(hours=23)

    assert "Ngày trả lời đã qua" in plain((await town.tap(question, "Xác nhận")).message)
    assert await support_rows(town) == []


# Answering


async def test_it_is_listed_with_who_asks_for_what(town: Office) -> None:
    await asked(town)
    town.chat = SUPPORT

    assert ("Phối hợp với Sở Tư pháp: gửi danh mục\nHạn 20/03 · còn 7 ngày · /done_2_6a_ask1") in plain(
        await town.say("/due")
    )


async def test_the_lead_hears_of_an_answer_and_who_is_silent(town: Office) -> None:
    await asked(town)

    await answer(town, SUPPORT)

    assert await heard(town, "STP") == [
        "✅ Sở Thông tin và Truyền thông đã trả lời phối hợp 2.6a.\n"
        "Nội dung: gửi danh mục\n"
        "Đã xong ngày 13/03/2023, số 12/CV\n"
        "Ghi chú: đã gửi\n"
        "\n"
        "Còn chờ: Sở Nội vụ\n"
        "[Phối hợp 2.6a]"
    ]


async def test_the_lead_hears_when_an_answer_is_taken_back(town: Office) -> None:
    await asked(town)
    said = await answer(town, SUPPORT)

    await town.tap(said, "Hoàn tác")

    assert (await heard(town, "STP"))[-1].startswith("↩️ Sở Thông tin và Truyền thông đã hoàn tác")


async def test_a_chat_that_leads_and_supports_the_same_output_is_asked_which(town: Office) -> None:
    await asked(town)
    town.chat = OTHER

    which = await town.say("/done 2.6a")

    assert [label.split(" · ")[1] for label in labels(which)[:2]] == [
        "phối hợp với Sở Tư pháp: gửi danh mục",
        "hạn 31/03",
    ]
    assert not any(label.startswith("Tất cả") for label in labels(which))


async def test_without_agencies_the_lead_sees_who_has_answered(town: Office) -> None:
    await asked(town)
    await answer(town, SUPPORT)
    town.chat = LEAD

    seen = plain(await town.say("/ask 2.6a"))

    assert seen.startswith("🤝 1/2 đề nghị phối hợp đã được trả lời.")
    assert seen.endswith(
        "“gửi danh mục”\n"
        "• Sở Nội vụ · hạn 20/03/2023 · chưa trả lời\n"
        "• ✅ Sở Thông tin và Truyền thông · đã xong ngày 13/03/2023, số 12/CV"
    )


async def test_the_task_shows_the_asks_to_lead_and_standing_office_and_counts_none(town: Office) -> None:
    await asked(town)
    town.chat = STANDING
    await town.bind("SNV", role=Role.STANDING_OFFICE)
    of_office = plain(await town.say("/task 2.6a"))
    town.chat = LEAD
    of_lead = plain(await town.say("/task 2.6a"))

    assert "• Sở Nội vụ · hạn 20/03/2023 · chưa trả lời\n  gửi danh mục" in of_lead
    assert "• Sở Nội vụ · hạn 20/03/2023 · chưa trả lời\n  Sở Tư pháp: gửi danh mục" in of_office
    assert "Toàn tỉnh: 0/3 cơ quan đã xong" in of_office


# What ends an ask


async def test_an_ask_that_was_taken_back_is_gone_and_told_and_an_answered_one_stays(town: Office) -> None:
    said = await asked(town)
    await answer(town, SUPPORT)
    town.chat = LEAD

    taken_back = (await town.tap(said, "Hoàn tác")).message

    assert plain(taken_back) == (
        "↩️ Đã thôi đề nghị phối hợp. Không phải trả lời nữa:\n"
        "• Sở Nội vụ\n"
        "\n"
        "Đã trả lời nên giữ nguyên:\n"
        "• Sở Thông tin và Truyền thông"
    )
    assert [row.retired for row in await support_rows(town)] == [False, True]
    assert (await heard(town, "SNV"))[-1].startswith("Sở Tư pháp: không cần phối hợp 2.6a nữa.")
    assert (await heard(town, "SNV"))[-1:] == (await heard(town, "SNV"))[1:]


def _undo_of(said: Message) -> str:
    return next(choice.action for row in said.rows() for choice in row if choice.label == "Hoàn tác")


async def test_another_chat_cannot_take_it_back(town: Office) -> None:
    said = await asked(town)
    town.chat = OTHER

    await town.touch(_undo_of(said))

    assert [row.retired for row in await support_rows(town)] == [False, False]


async def test_when_the_lead_is_done_the_silent_are_told_that_they_need_not_answer(town: Office) -> None:
    await asked(town)
    await answer(town, SUPPORT)
    town.chat = LEAD

    await town.tap(await town.say("/done 2.6a 1/QĐ-UBND"), "Xác nhận")

    assert [row.retired for row in await support_rows(town)] == [False, True]
    assert "không cần phối hợp 2.6a nữa" in (await heard(town, "SNV"))[-1]
    assert len(await heard(town, "STTTT")) == 1


async def test_asks_of_a_retired_assignment_are_closed(town: Office) -> None:
    await asked(town)
    without = [one for one in PLAN.tasks if one.code != "2.6"]
    async with town.database.write() as session:
        await put_plan(session, replace(PLAN, tasks=tuple(without)))

        closed = await close_needless(session, now=town.now)
        again = await close_needless(session, now=town.now)
    rows = await support_rows(town)
    async with town.database.read() as session:
        left = await asks_of(session, [row.parent_id or 0 for row in rows])

    assert [one.agency for one in closed] == ["STTTT", "SNV"]
    assert (again, left) == ([], [])


async def test_the_plans_file_leaves_open_asks_alone(town: Office) -> None:
    await asked(town)

    async with town.database.write() as session:
        await put_plan(session, PLAN)

    assert [row.retired for row in await support_rows(town)] == [False, False]
