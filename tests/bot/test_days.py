from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.days import days_in, read_day, read_leading_day, slashed


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("30/6", date(2023, 6, 30), ""),
        ("30/06/2024 chờ văn bản", date(2024, 6, 30), "chờ văn bản"),
        ("30/6/24", date(2024, 6, 30), ""),
        ("đến 30/6/2023 vì chờ văn bản", date(2023, 6, 30), "vì chờ văn bản"),
        ("den het ngay 30/6 vi cho van ban", date(2023, 6, 30), "vi cho van ban"),
        ("ngày 30 tháng 6 chờ văn bản", date(2023, 6, 30), "chờ văn bản"),
        ("Ngày 30 Tháng 6 Năm 2024", date(2024, 6, 30), ""),
        ("30 tháng 6", date(2023, 6, 30), ""),
        ("ngày 30 tháng 6/2024, chờ", date(2024, 6, 30), ", chờ"),
        ("30/6 năm 2024", date(2024, 6, 30), ""),
        ("ngày 6 tháng 9", date(2023, 9, 6), ""),
        ("30.6.2023 chờ", date(2023, 6, 30), "chờ"),
        ("30-6-2023", date(2023, 6, 30), ""),
        ("2023-06-30", date(2023, 6, 30), ""),
        ("vì chờ văn bản, lùi sang 30/6.", date(2023, 6, 30), "vì chờ văn bản, lùi ."),
        ("từ 31/3 đến 30/6 chờ văn bản", date(2023, 6, 30), "chờ văn bản"),
        ("30/6 vì văn bản ngày 15/4 chưa có", date(2023, 6, 30), "vì văn bản ngày 15/4 chưa có"),
        ("vì mới có 2/3 đơn vị gửi, xin đến 30/6", date(2023, 6, 30), "vì mới có 2/3 đơn vị gửi, xin"),
        ("trước ngày 01/7", date(2023, 6, 30), ""),
        ("đến trước 1/1/2024", date(2023, 12, 31), ""),
        ("30/6 30/6", date(2023, 6, 30), "30/6"),
    ],
)
def test_a_day_is_read_wherever_it_stands(text: str, day: date, rest: str) -> None:
    reading = read_day(text, year=2023)

    assert (reading.day, reading.rest) == (day, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "chờ văn bản",
        "2.6a",
        "quý III",
        "15/KH-UBND",
        "13/2026/QĐ-UBND",
        "15/6/BC",
        "báo cáo 6 tháng 1 lần",
        "28/6-5/7",
        "30/612",
        "1.30/6",
        "30/6/20233",
        "30.6",
    ],
)
def test_what_is_no_day_is_not_read_as_one(text: str) -> None:
    reading = read_day(text, year=2023)

    assert (reading.day, reading.unreal, reading.rest) == (None, None, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("31/9", "31/9"),
        ("đến 31/9/2023 chờ", "31/9/2023"),
        ("ngày 31 tháng 9", "31 tháng 9"),
        ("29/2", "29/2"),
        ("0/6", "0/6"),
        ("30/13", "30/13"),
        ("30/6/0001", "30/6/0001"),
        ("30/6/9999", "30/6/9999"),
    ],
)
def test_a_day_that_does_not_exist_is_named_and_never_repaired(text: str, words: str) -> None:
    reading = read_day(text, year=2023)

    assert (reading.day, reading.unreal) == (None, words)


def test_among_several_days_nobody_guesses() -> None:
    reading = read_day("chờ văn bản 15/4 và 20/5", year=2023)

    assert (reading.day, reading.several) == (None, ("15/4", "20/5"))


def test_a_day_inside_a_sentence_is_part_of_it_where_a_day_may_be_left_out() -> None:
    inside = read_leading_day("cần bổ sung văn bản ngày 15/4", year=2023)
    leading = read_leading_day("15/4 cần bổ sung", year=2023)
    towards = read_leading_day("cần bổ sung, hạn mới 15/4", year=2023)

    assert (inside.day, inside.rest) == (None, "cần bổ sung văn bản ngày 15/4")
    assert (leading.day, leading.rest) == (date(2023, 4, 15), "cần bổ sung")
    assert (towards.day, towards.rest) == (date(2023, 4, 15), "cần bổ sung,")


_PIECES = st.sampled_from(
    ["31", "30", "6", "02", "00", "9999", "2023", "/", ".", "-", " ", "đến", "trước", "ngày", "tháng", "năm"]
)


@given(text=st.one_of(st.text(), st.lists(_PIECES).map("".join)))
@example(text="trước 1/1/2000")
def test_whatever_is_typed_only_real_days_are_read_and_nothing_fails(text: str) -> None:
    for reading in (read_day(text, year=2023), read_leading_day(text, year=2023)):
        assert reading.day is None or 1999 <= reading.day.year < 2100
        assert reading.day is None or reading.unreal is None
    assert all(text[day.start : day.end].endswith(day.words) for day in days_in(text, year=2023))


@given(day=st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_read_in_every_form(day: date) -> None:
    short, full = f"{day.day}/{day.month}", f"{day:%d/%m/%Y}"
    in_words = f"ngày {day.day} tháng {day.month}"

    for text in (short, full, in_words, f"{in_words} năm {day.year}", f"{day:%d-%m-%Y}", day.isoformat()):
        assert read_day(text, year=day.year).day == day


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("SYT ngày 25 tháng 3 gửi", "SYT ngày 25/3 gửi"),
        ("đến hết 25 thg 3 năm 2023", "đến hết 25/3/2023"),
        ("2023-03-25", "25/03/2023"),
        ("31 tháng 9", "31/9"),
        ("6 tháng 1 lần", "6 tháng 1 lần"),
        ("trước 25/3", "trước 25/3"),
    ],
)
def test_a_day_in_words_is_written_with_slashes_and_never_repaired(typed: str, written: str) -> None:
    assert slashed(typed) == written
