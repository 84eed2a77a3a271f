from dataclasses import replace
from datetime import date

import pytest

from bot.codes import read_code
from bot.commands.menu import Command
from bot.commands.typed import read_typed
from bot.commands.which import Which, of_period
from bot.listing import (
    Standing,
    done_choice,
    done_command,
    done_words,
    entry_lines,
    periods_of,
    sections,
    short_line,
    standing,
    status_line,
    what_is_left,
)
from bot.message import Line
from bot.periods import Period
from bot.wording import runs
from plan.assignments import DutyKind
from store.agenda import Entry
from store.states import State
from tests.bot.entries import QUARTER_1, QUARTER_3, TUYEN_TRUYEN, done, due_on, without_day

SATURDAY = date(2023, 9, 16)


def text(line: Line) -> str:
    return "".join(span.text for span in line)


@pytest.mark.parametrize(
    ("due", "today", "words", "where"),
    [
        (date(2023, 3, 31), date(2023, 3, 28), "còn 3 ngày", Standing.SOON),
        (date(2023, 3, 31), date(2023, 3, 30), "còn 1 ngày", Standing.SOON),
        (date(2023, 3, 31), date(2023, 3, 31), "hạn hôm nay", Standing.TODAY),
        (date(2023, 3, 31), date(2023, 4, 1), "quá hạn 1 ngày", Standing.LATE),
        (date(2023, 3, 31), date(2023, 4, 5), "quá hạn 5 ngày", Standing.LATE),
        (SATURDAY, date(2023, 9, 13), "còn 3 ngày", Standing.SOON),
        (
            SATURDAY,
            date(2023, 9, 15),
            "hạn rơi vào ngày nghỉ (Thứ Bảy 16/09), nên nộp hôm nay",
            Standing.TODAY,
        ),
        (
            SATURDAY,
            date(2023, 9, 16),
            "hạn hôm nay (ngày nghỉ), nộp được đến hết Thứ Hai 18/09",
            Standing.TODAY,
        ),
        (SATURDAY, date(2023, 9, 17), "nộp được đến hết Thứ Hai 18/09", Standing.TODAY),
        (SATURDAY, date(2023, 9, 18), "hạn chuyển sang hôm nay", Standing.TODAY),
        (SATURDAY, date(2023, 9, 19), "quá hạn 1 ngày", Standing.LATE),
        (
            date(2023, 12, 31),
            date(2023, 12, 30),
            "còn 1 ngày, nộp được đến hết Thứ Ba 02/01/2024",
            Standing.TODAY,
        ),
    ],
)
def test_what_is_left_counts_from_the_last_good_day(
    due: date, today: date, words: str, where: Standing
) -> None:
    entry = due_on(due)

    assert what_is_left(entry, today) == words
    assert standing(entry, today) is where


@pytest.mark.parametrize(
    ("kind", "words", "where"),
    [
        (DutyKind.ONGOING, "thường xuyên, không có hạn cụ thể", Standing.ONGOING),
        (DutyKind.ADHOC, "đột xuất, khi có yêu cầu", Standing.ADHOC),
        (DutyKind.EXTERNAL, "chưa có ngày: cần người xem văn bản để ấn định", Standing.EXTERNAL),
    ],
)
def test_what_has_no_day_says_why(kind: DutyKind, words: str, where: Standing) -> None:
    entry = without_day(kind)

    assert what_is_left(entry, date(2023, 3, 13)) == words
    assert standing(entry, date(2023, 3, 13)) is where


@pytest.mark.parametrize(
    ("entry", "today", "words"),
    [
        (TUYEN_TRUYEN, date(2023, 2, 25), "Hạn 28/02 · còn 3 ngày · /done_7_2a"),
        (TUYEN_TRUYEN, date(2023, 2, 28), "Hạn hôm nay 28/02 · /done_7_2a"),
        (TUYEN_TRUYEN, date(2023, 3, 5), "Hạn 28/02 · quá hạn 5 ngày · /done_7_2a"),
        (due_on(SATURDAY), date(2023, 9, 13), "Hạn Thứ Bảy 16/09 · còn 3 ngày · /done_7_2a"),
        (
            due_on(SATURDAY),
            date(2023, 9, 15),
            "Hạn rơi vào ngày nghỉ (Thứ Bảy 16/09), nên nộp hôm nay · /done_7_2a",
        ),
        (
            due_on(SATURDAY),
            date(2023, 9, 18),
            "Hạn Thứ Bảy 16/09 · hạn chuyển sang hôm nay · /done_7_2a",
        ),
        (QUARTER_1, date(2023, 3, 13), "Nộp chậm nhất 16/03 · còn 3 ngày · /done_bc_q1"),
        (
            QUARTER_1,
            date(2023, 3, 14),
            "Nộp chậm nhất 16/03 · còn 2 ngày · chốt số liệu hôm nay · /done_bc_q1",
        ),
        (due_on(date(2024, 1, 2)), date(2023, 12, 29), "Hạn 02/01/2024 · còn 4 ngày · /done_7_2a"),
        (
            replace(TUYEN_TRUYEN, progress=60, progress_note="đã lấy ý kiến"),
            date(2023, 3, 5),
            "Hạn 28/02 · quá hạn 5 ngày · 60% · /done_7_2a",
        ),
        (
            replace(without_day(DutyKind.ONGOING), progress=0),
            date(2023, 3, 5),
            "Thường xuyên, không có hạn cụ thể · 0% · /done_7_2a",
        ),
        (
            replace(done(TUYEN_TRUYEN), progress=60),
            date(2023, 4, 3),
            "✅ đã xong ngày 31/03/2023",
        ),
        (done(TUYEN_TRUYEN, "15/KH-UBND"), date(2023, 4, 3), "✅ đã xong ngày 31/03/2023, số 15/KH-UBND"),
    ],
)
def test_the_last_line_says_until_when_and_what_to_tap(entry: Entry, today: date, words: str) -> None:
    assert text(status_line(entry, today)) == words


def test_an_assignment_is_three_lines() -> None:
    entry = replace(
        due_on(date(2023, 3, 31)), code="2.1b", slot="2023-Q1", period="quý I", title="Xây dựng " * 20
    )

    lines = [text(line) for line in entry_lines(entry, date(2023, 3, 28))]

    assert lines == [
        "2.1b " + ("Xây dựng " * 9).strip() + "…",
        "Kế hoạch · quý I",
        "Hạn 31/03 · còn 3 ngày · /done_2_1b_q1",
    ]


def test_a_report_tells_its_data_window() -> None:
    lines = [text(line) for line in entry_lines(QUARTER_3, date(2023, 9, 13))]

    assert lines[1] == "Quý III/2023 · số liệu từ 15/12/2022 đến 14/09/2023, chốt 14/09"


def test_done_says_when_in_vietnam_and_nobodys_name() -> None:
    assert done_words(done(TUYEN_TRUYEN)) == "đã xong ngày 31/03/2023"


@pytest.mark.parametrize(
    ("slot", "tapped", "typed"),
    [
        ("", "/done_7_2a", "xong 7.2a"),
        ("2023-Q1", "/done_7_2a_q1", "xong 7.2a q1"),
        ("2023-M03", "/done_7_2a_t3", "xong 7.2a t3"),
        ("2023-H1", "/done_7_2a_6t", "xong 7.2a 6 tháng"),
        ("2023-H2", "/done_7_2a_6tc", "xong 7.2a 6 tháng cuối năm"),
        ("2023-9M", "/done_7_2a_9t", "xong 7.2a 9 tháng"),
        ("2023-Y", "/done_7_2a_nam", "xong 7.2a năm"),
        ("2023-03-31", "/done_7_2a_n3103", "xong 7.2a 31/03"),
        ("2024-03-31", "/done_7_2a_n3103_2024", "xong 7.2a 31/03 2024"),
        ("2024-Q1", "/done_7_2a_q1_2024", "xong 7.2a q1 2024"),
        ("2024-H2", "/done_7_2a_6tc_2024", "xong 7.2a 6 tháng cuối năm 2024"),
        ("nam", "/done_7_2a_nam", "xong 7.2a năm"),
        ("ask-1", "/done_7_2a_ask1", "xong 7.2a phối hợp 1"),
    ],
)
def test_what_is_tapped_or_typed_names_the_same_period(slot: str, tapped: str, typed: str) -> None:
    own = replace(TUYEN_TRUYEN, slot=slot)
    others = replace(TUYEN_TRUYEN, slot="2023-M11")

    command = done_command(own)

    assert (command.text, command.typed) == (tapped, typed)
    for words in (tapped, typed):
        read = read_typed(words, bot_name="nhacviec_bot")
        assert read is not None
        assert read.command is Command.DONE
        code = read_code(read.args, {"7.2a": "7.2a"})
        assert code.code == "7.2a"
        if slot:
            assert of_period([others, own], code.rest) == Which(found=(own,))


@pytest.mark.parametrize(
    ("entry", "label", "typed"),
    [
        (TUYEN_TRUYEN, "✅ 7.2a", "/done 7.2a"),
        (replace(TUYEN_TRUYEN, period="tháng 2"), "✅ 7.2a", "/done 7.2a"),
        (replace(TUYEN_TRUYEN, slot="2023-Q1", period="quý I"), "✅ 7.2a quý I", "/done 7.2a q1"),
        (
            replace(TUYEN_TRUYEN, slot="2024-Q1", period="quý I/2024"),
            "✅ 7.2a quý I/2024",
            "/done 7.2a q1 2024",
        ),
        (replace(TUYEN_TRUYEN, slot="2023-H2", period="6 tháng cuối năm"), "✅ 7.2a 6tc", "/done 7.2a 6tc"),
        (replace(TUYEN_TRUYEN, slot="2023-03-31"), "✅ 7.2a n3103", "/done 7.2a n3103"),
        (QUARTER_1, "✅ BC quý I", "/done BC q1"),
        (replace(QUARTER_1, slot="nam", period="năm 2023"), "✅ BC năm", "/done BC nam"),
    ],
)
def test_the_button_of_an_item_names_its_period_where_there_are_several(
    entry: Entry, label: str, typed: str
) -> None:
    assert done_choice(entry) == runs(label, typed)


@pytest.mark.parametrize(
    "entry",
    [
        done(TUYEN_TRUYEN),
        without_day(DutyKind.ONGOING),
        without_day(DutyKind.EXTERNAL),
        replace(TUYEN_TRUYEN, state=State.SUBMITTED),
        replace(TUYEN_TRUYEN, code="7." + "a" * 60),
    ],
)
def test_what_cannot_be_tapped_done_has_no_button(entry: Entry) -> None:
    assert done_choice(entry) is None


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (TUYEN_TRUYEN, "⛔ 7.2a Xây dựng và tổ chức thực hiện Kế hoạch tuyên… · quá hạn 13 ngày"),
        (
            replace(due_on(date(2023, 3, 13)), title="Kiểm tra", period="tháng 3"),
            "⏰ 7.2a Kiểm tra · tháng 3 · hạn hôm nay",
        ),
        (replace(due_on(date(2023, 4, 3)), title="Kiểm tra"), "🗓 7.2a Kiểm tra · hạn 03/04"),
        (replace(without_day(DutyKind.ONGOING), title="Kiểm tra", progress=60), "7.2a Kiểm tra · 60%"),
        (
            replace(done(TUYEN_TRUYEN, "1/BC"), title="Kiểm tra"),
            "✅ 7.2a Kiểm tra · đã xong ngày 31/03/2023, số 1/BC",
        ),
    ],
)
def test_a_short_line_says_where_it_stands(entry: Entry, words: str) -> None:
    assert text(short_line(entry, date(2023, 3, 13))) == words


def test_a_period_can_be_asked_for_by_its_name_too() -> None:
    entry = replace(QUARTER_1, slot="ky1")

    assert periods_of(entry) == {Period(key="ky1", year=2023), Period(key="q1", year=2023)}
    assert periods_of(replace(TUYEN_TRUYEN, period="tháng 2")) == {Period(key="t2", year=2023)}


def test_sections_go_from_late_to_undated() -> None:
    entries = [
        without_day(DutyKind.EXTERNAL),
        due_on(date(2023, 4, 30)),
        due_on(date(2023, 3, 31)),
        due_on(date(2023, 2, 28)),
    ]

    found = [kind for kind, _ in sections(entries, date(2023, 3, 31))]

    assert found == [Standing.LATE, Standing.TODAY, Standing.SOON, Standing.EXTERNAL]
