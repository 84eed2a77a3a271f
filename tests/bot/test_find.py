from dataclasses import replace
from datetime import date

import pytest

from bot.message import Message
from bot.search import Field, score
from store.states import Role
from tests.bot.office import PLAN, Office, labels, once, output, plain, put_plan, task


def found(message: Message) -> list[str]:
    """The codes found, in their order."""
    lines = ["".join(span.text for span in line) for block in message.blocks[1:] for line in block.lines]
    return [text.split()[0] for text in lines if text[:1].isdigit() or text.startswith("BC ")]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("tuyên truyền", "7.2a"),
        ("tuyen truyen", "7.2a"),
        ("tuyn truyen", "7.2a"),
        ("TUYÊN TRUYỀN cchc", "7.2a"),
        ("cải cách hành chính tuyên truyền", "7.2a"),
        ("kiểm soát thủ tục", "2.1a"),
        ("thủ tục hành chính nội bộ", "2.6a"),
        ("tthc noi bo", "2.6a"),
        ("phương án đơn giản hóa", "2.6b"),
        ("hoạt động kiểm tra", "7.3b"),
        ("chính quyền số", "6.5"),
        ("thi hành pháp luật", "1.1a"),
        ("2.6b", "2.6b"),
        ("2.6", "2.6a"),
        ("báo cáo tình hình", "BC"),
    ],
)
async def test_words_find_what_the_paper_says(office: Office, query: str, first: str) -> None:
    await office.bind("", role=Role.LEADER)

    assert found(await office.say(f"/find {query}"))[0] == first


@pytest.mark.parametrize(
    ("query", "text", "better"),
    [
        ("kiểm tra", "Kiểm tra công vụ", "Kiểm soát, thanh tra"),
        ("nội bộ", "TTHC nội bộ", "Bộ Nội vụ"),
        ("rà soát", "rà soát thủ tục", "rà soat thủ tục khác"),
    ],
)
def test_what_stands_so_in_the_text_is_nearer(query: str, text: str, better: str) -> None:
    assert score(query, [Field(text=text, weight=1)]) >= score(query, [Field(text=better, weight=1)])


def test_unrelated_words_find_nothing() -> None:
    assert score("trời đẹp quá", [Field(text="Kế hoạch tuyên truyền", weight=1)]) == 0
    assert score("", [Field(text="Kế hoạch", weight=1)]) == 0
    assert score("☃ …", [Field(text="Kế hoạch", weight=1)]) == 0


async def test_own_assignments_come_first_and_the_paper_of_others_after(office: Office) -> None:
    await office.bind("SNV")

    message = await office.say("/find TTHC")

    shown = plain(message)
    assert shown.startswith("🔎 “TTHC”: 5 việc\n\nCủa đơn vị mình\n2.2 Công bố TTHC ")
    assert found(message) == ["2.2", "2.6a", "2.6b", "2.1a", "2.1b"]
    assert "\n\nCủa cơ quan khác\n2.1a Xây dựng" in shown
    assert "Kế hoạch · /task_2_1a" in shown
    assert "hạn" not in shown


@pytest.mark.parametrize(
    "typed",
    [
        "tìm tuyên truyền",
        "tìm kiếm tuyên truyền",
        "tim kiem tuyen truyen",
        "tìm việc tuyên truyền",
        "/tim tuyen truyen",
    ],
)
async def test_it_is_understood_in_vietnamese(office: Office, typed: str) -> None:
    await office.bind("SNV")

    assert found(await office.say(typed)) == ["7.2a", "7.2b"]


async def test_what_is_looked_for_may_begin_like_the_command(office: Office) -> None:
    await office.bind("VPUB")

    message = await office.say("tìm kiểm soát thủ tục")

    assert plain(message).startswith("🔎 “kiểm soát thủ tục”")
    assert found(message)[0] == "2.1a"


async def test_a_tap_opens_what_was_found(office: Office) -> None:
    await office.bind("STP")

    assert "/task_7_2a" in plain(await office.say("/find tuyên truyền"))
    assert plain(await office.say("/task_7_2a")).startswith("📌 7.2 ")


async def test_document_numbers_are_found_among_what_may_be_seen(office: Office) -> None:
    await office.bind("STP")
    await office.tap(await office.say("/done 2.6a 15/KH-UBND"), "Xác nhận")
    own = plain(await office.say("/find 15/kh-ubnd"))
    office.chat = "200"
    await office.bind("VPUB")
    others = plain(await office.say("/find 15/KH-UBND"))
    office.chat = "300"
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    overseen = plain(await office.say("tìm 15/kh"))

    assert "Theo số văn bản\n2.6a " in own
    assert "✅ đã xong ngày 13/03/2023, số 15/KH-UBND · /task_2_6a" in own
    assert "không thấy việc nào" in others
    assert "Sở Tư pháp · Quyết định công bố" in overseen


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/find", "Anh/chị muốn tìm gì trong kế hoạch?\n\nVí dụ: /find tuyên truyền"),
        ("/find a", "“a” ngắn quá, anh/chị gõ thêm chữ giúp."),
        ("/find sở", "“sở” ngắn quá"),
        ("/find - / !", "ngắn quá"),
        ("/find thời tiết hôm nay", "“thời tiết hôm nay”: không thấy việc nào."),
        ("/find " + "☃" * 90, "ngắn quá"),
        ("/find " + "xyzt " * 300, "không thấy việc nào"),
    ],
)
async def test_what_finds_nothing_says_what_to_try(office: Office, typed: str, words: str) -> None:
    await office.bind("STP")

    shown = plain(await office.say(typed))

    assert words in shown
    assert "Ví dụ: /find tuyên truyền" in shown


async def test_many_are_cut_to_the_nearest_and_turned_over(office: Office) -> None:
    many = tuple(
        task(
            f"5.{number}",
            f"Sắp xếp tài sản công đợt {number}",
            (output(f"5.{number}", "Báo cáo", "Năm 2023", once(date(2023, 12, 31))),),
            ("STP",),
        )
        for number in range(1, 26)
    )
    areas = (*PLAN.areas, replace(PLAN.areas[0], number=5, name="Tài chính công"))
    async with office.database.write() as session:
        await put_plan(session, replace(PLAN, areas=areas, tasks=(*PLAN.tasks, *many)))
    await office.bind("STP")

    first = await office.say("/find tài sản")
    second = (await office.tap(first, "Sau ›")).message

    assert plain(first).startswith(
        "🔎 “tài sản”: 25 việc\nXem 20 việc gần nhất; gõ thêm từ để thu hẹp.\nTrang 1/3\n"
    )
    assert len(found(first)) == len(found(second)) == 8
    assert labels(second) == ["‹ Trước", "Sau ›"]
