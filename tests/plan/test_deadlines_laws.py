"""Laws that hold for any text, and for any phrase that the grammar can say."""

import re
import unicodedata
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plan.deadlines import DeadlineKind, read_deadline
from plan.text import fold

WORDS = (
    "trước sau từ đến hết ngày tháng quý năm tuần kỳ hằng mỗi định kỳ đầu giữa cuối 1 2 3 6 9 12 15 20 30 31 2023 2024 "
    "I II III IV / - . , ; : ( ) và hoặc báo cáo chậm nhất trong vào của để 15/6 31/12/2023 6/2023 31/9 lần một khi sáu "
    "kể giờ 17h00 T12 Q.IV 0 % số QĐ-TTg giai đoạn nhiệm vụ theo quy định thường xuyên đột xuất l5 2032"
)
PIECES = WORDS.split()
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))
years = st.integers(min_value=2020, max_value=2035)
real_days = st.dates(min_value=date(2023, 1, 1), max_value=date(2023, 12, 31))
points = st.one_of(
    real_days.map(lambda day: f"ngày {day.day}/{day.month}/2023"),
    real_days.map(lambda day: f"ngày {day.day} tháng {day.month} năm 2023"),
    st.integers(1, 12).map(lambda month: f"tháng {month}/2023"),
    st.sampled_from(["I", "II", "III", "IV"]).map(lambda quarter: f"quý {quarter}/2023"),
    st.just("năm 2023"),
)
bounds = st.sampled_from(["", "trước ", "chậm nhất ", "đến hết ", "hoàn thành trước ", "trong "])
rules = st.builds(
    "{}ngày {} {}".format,
    st.sampled_from(["trước ", "chậm nhất ", ""]),
    st.integers(2, 28),
    st.sampled_from(["hằng tháng", "tháng cuối quý", "của tháng cuối kỳ báo cáo", "tháng đầu quý sau"]),
)
phrases = st.one_of(
    st.builds("{}{}".format, bounds, points), rules, st.sampled_from(["hằng quý", "6 tháng, năm"])
)


@settings(deadline=None)
@given(texts, years)
def test_any_text_gets_an_answer_that_is_whole(text: str, year: int) -> None:
    deadline = read_deadline(text, plan_year=year)

    days = [occurrence.due for occurrence in deadline.occurrences]
    assert (deadline.kind is DeadlineKind.DATES) == bool(days)
    assert days == sorted(set(days))
    assert len({occurrence.key for occurrence in deadline.occurrences}) == len(days)
    assert deadline.needs_review == (deadline.reason is not None)


@settings(deadline=None)
@given(texts, years)
def test_a_day_read_for_certain_lies_in_the_years_that_a_plan_looks_ahead(text: str, year: int) -> None:
    deadline = read_deadline(text, plan_year=year)

    if not deadline.needs_review:
        assert all(year <= occurrence.due.year <= year + 6 for occurrence in deadline.occurrences)


@settings(deadline=None)
@given(texts, years)
def test_spaces_and_capitals_do_not_matter(text: str, year: int) -> None:
    spaced = re.sub(r"[ \u00a0]+", "   ", text)

    deadline = read_deadline(text, plan_year=year)

    if "\n" not in text and "\r" not in text:
        assert read_deadline(f"  {spaced} ", plan_year=year) == deadline
    if text.upper().casefold() == text.casefold():
        assert read_deadline(text.upper(), plan_year=year) == deadline


@settings(deadline=None)
@given(texts, years)
def test_the_way_in_which_letters_are_composed_does_not_matter(text: str, year: int) -> None:
    decomposed = unicodedata.normalize("NFD", text)

    assert read_deadline(decomposed, plan_year=year) == read_deadline(
        unicodedata.normalize("NFC", text), plan_year=year
    )


@settings(deadline=None)
@given(phrases)
def test_a_phrase_without_diacritics_means_the_same(phrase: str) -> None:
    spelled = read_deadline(phrase, plan_year=2023)

    folded = read_deadline(fold(phrase), plan_year=2023)

    assert (folded.kind, folded.occurrences) == (spelled.kind, spelled.occurrences)
    assert folded.needs_review >= spelled.needs_review


@settings(deadline=None)
@given(points)
def test_before_a_point_is_before_its_first_day(point: str) -> None:
    covered = read_deadline(point, plan_year=2023).occurrences[0].due

    before = read_deadline(f"trước {point}", plan_year=2023).occurrences[0].due

    assert before < covered
    if point.startswith("ngày"):
        assert covered - before == timedelta(days=1)


@settings(deadline=None)
@given(points, bounds)
def test_plain_phrases_are_read_for_certain(point: str, bound: str) -> None:
    deadline = read_deadline(bound + point, plan_year=2023)

    before_the_plan = any(occurrence.due.year < 2023 for occurrence in deadline.occurrences)
    assert deadline.needs_review == before_the_plan


@settings(deadline=None)
@given(phrases, st.sampled_from(["xyz 31/9/2023", "l5/6", "5 ngày trước", "trong tháng", "32/13"]))
def test_something_unreadable_beside_a_date_takes_the_certainty_away(phrase: str, noise: str) -> None:
    deadline = read_deadline(f"{phrase}, {noise}", plan_year=2023)

    assert deadline.needs_review
