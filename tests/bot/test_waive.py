from dataclasses import replace
from datetime import date

import pytest
import pytest_asyncio

from bot.commands.waive import can_be_waived
from plan.assignments import DutyKind
from tests.bot.entries import QUARTER_1, TUYEN_TRUYEN
from tests.bot.office import PLAN, Office, once, output, plain, put_plan, task


@pytest_asyncio.fixture
async def office(office: Office) -> Office:
    """The office, with a task that is owed "nếu có" only."""
    if_any = task(
        "1.2",
        "Sắp xếp, kiện toàn cơ cấu tổ chức bên trong (nếu có)",
        (output("1.2", "Quyết định", "Trong năm 2023", once(date(2023, 12, 31))),),
        ("STP",),
    )
    async with office.database.write() as session:
        await put_plan(session, replace(PLAN, tasks=(*PLAN.tasks, if_any)))
    return office


async def confirmed(office: Office, typed: str) -> str:
    return plain((await office.tap(await office.say(typed), "Xác nhận")).message)


@pytest.mark.parametrize(
    ("changed", "allowed"),
    [
        ({}, False),
        ({"title": "Rà soát cơ cấu tổ chức (nếu có)"}, True),
        ({"product": "Quyết định (nếu có)."}, True),
        ({"product": "Báo cáo, nếu có"}, True),
        ({"title": "Báo cáo nếu có yêu cầu của Bộ Nội vụ"}, False),
        ({"slot": "2023-Q1", "period": "quý I"}, True),
        ({"kind": DutyKind.SUPPORT, "slot": "support", "title": "Gửi danh mục (nếu có)"}, False),
    ],
)
def test_only_what_the_paper_leaves_open_can_be_waived(changed: dict[str, str], allowed: bool) -> None:
    assert can_be_waived(replace(TUYEN_TRUYEN, **changed)) is allowed  # type: ignore[arg-type]


def test_reports_are_never_waived() -> None:
    assert not can_be_waived(replace(QUARTER_1, title="Báo cáo (nếu có)"))


async def test_a_period_is_waived_with_its_reason(office: Office) -> None:
    await office.bind("VPUB")

    question = await office.say("/waive 2.1b quý I không có hồ sơ")
    answer = await office.tap(question, "Xác nhận")

    assert plain(question).startswith("Ghi nhận không phát sinh?\n\n2.1b ")
    assert plain(answer.message) == (
        "✅ Đã ghi nhận không phát sinh.\n"
        "\n"
        "2.1b Xây dựng và triển khai thực hiện Kế hoạch kiểm soát, rà soát TTHC năm 2023\n"
        "Báo cáo kết quả thực hiện · quý I · hạn 31/03\n"
        "\n"
        "Lý do: không có hồ sơ\n"
        "[Hoàn tác]"
    )
    entry = await office.entry("VPUB", "2.1b", "2023-Q1")
    assert (entry.state.value, entry.note, entry.done_at) == ("waived", "không có hồ sơ", office.now)
    assert (await office.audit())[-1].action == "waive"
    shown = plain(await office.say("/task 2.1b"))
    assert "Quý I: hạn 31/03 · ✅ không phát sinh, ghi ngày 13/03/2023\n  Ghi chú: không có hồ sơ" in shown


@pytest.mark.parametrize(
    "typed",
    ["không phát sinh 1.2 không sắp xếp", "kps 1.2 không sắp xếp", "1.2 không phát sinh không sắp xếp"],
)
async def test_it_is_understood_in_many_words(office: Office, typed: str) -> None:
    await office.bind("STP")

    await confirmed(office, typed)

    assert (await office.entry("STP", "1.2")).note == "không sắp xếp"
    assert await office.done_codes() == ["STP 1.2"]


async def test_it_can_be_taken_back(office: Office) -> None:
    await office.bind("STP")
    written = (await office.tap(await office.say("/waive 1.2 không sắp xếp"), "Xác nhận")).message

    undone = await office.tap(written, "Hoàn tác")

    assert plain(undone.message).startswith("↩️ Đã hoàn tác, việc lại để mở.")
    entry = await office.entry("STP", "1.2")
    assert (entry.is_open, entry.note, entry.done_at) == (True, None, None)


async def test_of_several_periods_one_is_picked(office: Office) -> None:
    await office.bind("STTTT")

    which = await office.say("/waive 6.5 không có số liệu")
    picked = await office.tap(which, "6.5 · tháng 3")

    assert plain(which).startswith("Phần nào của 6.5?")
    await office.tap(picked.message, "Xác nhận")
    assert await office.done_codes() == ["STTTT 6.5 2023-M03"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/waive", "Anh/chị cho biết mã việc, ví dụ: /waive 2.3 quý I không có hồ sơ"),
        (
            "/waive 1.2",
            "Anh/chị ghi lý do không phát sinh sau mã việc giúp, ví dụ: /waive 1.2 không có hồ sơ",
        ),
        ("/waive 2.6a không làm", "2.6a là việc phải có sản phẩm theo kế hoạch"),
        ("/waive 2.6a không làm", "/extend 2.6a 30/04 chờ văn bản"),
        ("/waive 2.6a không làm", "trao đổi với Sở Nội vụ giúp"),
        ("/waive bc quý I không có gì", "Báo cáo định kỳ thì kỳ nào cũng phải nộp"),
        ("/waive báo cáo quý I không có gì", "Báo cáo định kỳ thì kỳ nào cũng phải nộp"),
        ("/waive 2.2 không có gì", "2.2 là việc phải có sản phẩm"),
        ("/waive 7.2a không làm", "7.2a do Sở Nội vụ chủ trì"),
    ],
)
async def test_what_must_be_done_says_what_to_do_instead(office: Office, typed: str, words: str) -> None:
    await office.bind("STP")

    assert words in plain(await office.say(typed))
    assert [entry.action for entry in await office.audit()] == ["bind"]


async def test_a_reason_is_asked_for_with_the_period_that_was_typed(office: Office) -> None:
    await office.bind("VPUB")

    assert "ví dụ: /waive 2.1b quý II không có hồ sơ" in plain(await office.say("/waive 2.1b quý II"))


async def test_what_was_done_meanwhile_stays_done(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/waive 1.2 không sắp xếp")
    await confirmed(office, "/done 1.2 15/QĐ-UBND")

    answer = await office.tap(question, "Xác nhận")

    assert "Đã có người ghi nhận từ trước" in plain(answer.message)
    assert (await office.entry("STP", "1.2")).document == "15/QĐ-UBND"


async def test_another_chats_question_finds_nothing(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/waive 1.2 không sắp xếp")
    office.chat = "200"
    await office.bind("VPUB")

    answer = await office.tap(question, "Xác nhận")

    assert plain(answer.message).startswith("Lựa chọn này không dùng được nữa.")
    assert await office.done_codes() == []
