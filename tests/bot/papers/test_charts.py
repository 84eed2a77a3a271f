"""Charts: what is drawn is what was counted, the same data give the same bytes, and nothing is too small for a phone."""

import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers.charts import (
    PARTS,
    SHOWN_AGENCIES,
    Bar,
    burn_up,
    by_agency,
    by_area,
    summed,
    widths,
    worst_first,
)
from store.burn_up import BurnUp, Steps
from store.figures import Column, Figures

TODAY = date(2023, 6, 20)
ABOUT = "Kế hoạch 192/KH-UBND ngày 20/12/2022"
SOME = Figures(done_in_term=44, done_late=9, open_in_term=112, open_late=16, undated=18)
CURVE = BurnUp(
    planned=Steps(days=(date(2023, 1, 31), date(2023, 3, 31), date(2023, 12, 31)), counts=(2, 40, 90)),
    finished=Steps(days=(date(2022, 12, 30), date(2023, 3, 30)), counts=(1, 31)),
)
NOTHING = BurnUp(planned=Steps(), finished=Steps())
FIGURES = st.builds(Figures, **{column.value: st.integers(0, 500) for column in Column})
BARS = st.lists(st.builds(Bar, name=st.text(max_size=120), figures=FIGURES), max_size=40)


def size(picture: bytes) -> tuple[int, int]:
    """Width and height that a PNG names itself."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def agencies(count: int) -> list[Bar]:
    return [Bar(name=f"Sở số {number}", figures=replace(SOME, open_late=number)) for number in range(count)]


@given(FIGURES)
def test_the_parts_of_a_bar_add_up_to_its_figures(figures: Figures) -> None:
    counts = Bar(name="x", figures=figures).counts

    assert len(counts) == len(PARTS)
    assert sum(counts) == figures.total
    assert counts[0] + counts[1] == figures.done
    assert counts[2] + counts[3] == figures.not_done


@given(st.lists(st.integers(0, 5000), min_size=6, max_size=6))
def test_every_part_has_room_for_its_number_and_the_more_the_wider(counts: list[int]) -> None:
    found = widths(counts, 992)

    assert sum(found) == pytest.approx(992 if any(counts) else 0)
    for count, width in zip(counts, found, strict=True):
        assert width >= 20 * len(str(count)) if count else width == 0
    by_count = sorted(zip(counts, found, strict=True))
    assert all(one[1] <= other[1] + 1e-6 for one, other in pairwise(by_count))


def test_parts_with_room_enough_are_as_wide_as_their_share() -> None:
    assert widths([25, 0, 75], 1000) == [250, 0, 750]


@given(BARS)
def test_of_many_agencies_the_worst_are_shown_and_the_rest_is_summed(bars: list[Bar]) -> None:
    shown = worst_first(bars)

    assert len(shown) == min(len(bars), SHOWN_AGENCIES + 1)
    assert summed(shown) == summed(bars)
    named = shown if len(bars) == len(shown) else shown[:-1]
    late = [bar.figures.open_late for bar in named]
    assert late == sorted(late, reverse=True)
    assert len(bars) == len(shown) or shown[-1].name == f"{len(bars) - SHOWN_AGENCIES} cơ quan còn lại"


def test_parts_are_told_apart_without_their_colours() -> None:
    # Green and white have no hatch; the numbers' boxes are white, and so is what never arose.
    assert len({(part.hatch, part.colour in ("#FFFFFF",)) for part in PARTS}) == len(PARTS)
    assert len({part.words for part in PARTS}) == len({part.colour for part in PARTS}) == len(PARTS)


def test_all_are_1080_wide_and_no_taller_than_a_phone_shows_in_two_screens() -> None:
    area = by_area(
        [Bar(name=f"{number}. Cải cách", figures=SOME) for number in range(1, 9)], about=ABOUT, today=TODAY
    )
    agency = by_agency(agencies(140), about=ABOUT, today=TODAY)
    year = burn_up(CURVE, year=2023, about=ABOUT, today=TODAY)

    assert [size(picture)[0] for picture in (area, agency, year)] == [1080] * 3
    assert all(size(picture)[1] <= 2400 for picture in (area, agency, year))


def test_the_same_data_give_the_same_bytes_in_whatever_thread() -> None:
    def drawn(_number: int) -> tuple[bytes, bytes]:
        return by_agency(agencies(9), about=ABOUT, today=TODAY), burn_up(
            CURVE, year=2023, about=ABOUT, today=TODAY
        )

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(drawn, range(6)))

    assert len(found) == 1
    assert b"matplotlib" not in next(iter(found))[0].lower()


def test_other_data_give_another_picture() -> None:
    later = replace(CURVE, finished=Steps(days=(date(2023, 3, 30),), counts=(32,)))

    assert burn_up(CURVE, year=2023, about=ABOUT, today=TODAY) != burn_up(
        later, year=2023, about=ABOUT, today=TODAY
    )


@pytest.mark.parametrize("today", [date(2022, 6, 1), TODAY, date(2025, 1, 1)])
def test_nothing_is_drawn_of_nothing(today: date) -> None:
    assert size(by_area([], about=ABOUT, today=today))[0] == 1080
    assert size(by_agency([Bar(name="", figures=Figures())], about="", today=today))[0] == 1080
    for curve in (NOTHING, CURVE):
        assert size(burn_up(curve, year=2023, about=ABOUT, today=today))[0] == 1080


@pytest.mark.parametrize("name", ["$x^2$", "Sở $", "<b>", "\\frac{", "a" * 300, "Ủy ban " * 40, "\n\n"])
def test_names_are_written_as_they_are(name: str) -> None:
    assert size(by_area([Bar(name=name, figures=SOME)], about=name, today=TODAY))[0] == 1080


def test_vietnamese_has_all_its_letters() -> None:
    # A letter that the font does not have is a warning, and warnings are errors here.
    letters = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    bars = [Bar(name=letters[start : start + 30], figures=SOME) for start in range(0, len(letters), 30)]

    assert by_area(
        [*bars, *(replace(bar, name=bar.name.upper()) for bar in bars)], about="“…” – ·", today=TODAY
    )


def test_a_count_is_what_it_was_at_the_end_of_the_day() -> None:
    steps = CURVE.planned

    assert [
        steps.by(day) for day in (date(2023, 1, 30), date(2023, 1, 31), date(2023, 6, 1), date(2024, 1, 1))
    ] == [
        0,
        2,
        40,
        90,
    ]
    assert (Steps().by(TODAY), Steps().total, steps.total) == (0, 0, 90)
