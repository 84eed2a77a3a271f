"""What `read_deadline` promises, phrase by phrase; the long tables are in the files beside this one."""

import csv
from datetime import date
from pathlib import Path

import pytest

from plan.deadlines import Deadline, DeadlineKind, read_deadline

EXAMPLES = Path(__file__).parents[1] / "data" / "deadline_phrases.csv"
# Examples that are read and still leave something to a person: a weekly meeting, a list elsewhere, an event outside.
LEFT_TO_A_PERSON = ("Định kỳ 02 tuần một lần", "Theo thời hạn cụ thể", "Trước tháng 3/2027 (sau khi")


def examples() -> list[tuple[str, int, str]]:
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        return [(row["phrase"], int(row["plan_year"]), row["expected"]) for row in csv.DictReader(file)]


def read(phrase: str, plan_year: int = 2023) -> Deadline:
    return read_deadline(phrase, plan_year=plan_year)


def days(deadline: Deadline) -> list[str]:
    return [occurrence.due.isoformat() for occurrence in deadline.occurrences]


def named(deadline: Deadline) -> list[tuple[str, str]]:
    return [(occurrence.key, occurrence.period) for occurrence in deadline.occurrences]


@pytest.mark.parametrize(("phrase", "plan_year", "expected"), examples())
def test_the_examples_of_the_design_come_out_right(phrase: str, plan_year: int, expected: str) -> None:
    deadline = read(phrase, plan_year)

    assert (";".join(days(deadline)) or deadline.kind.name) == expected
    assert deadline.needs_review == phrase.startswith(LEFT_TO_A_PERSON)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        (
            "Hàng quý",
            [("2023-Q1", "quý I"), ("2023-Q2", "quý II"), ("2023-Q3", "quý III"), ("2023-Q4", "quý IV")],
        ),
        ("6 tháng, năm", [("2023-H1", "6 tháng đầu năm"), ("2023-Y", "năm 2023")]),
        ("Tháng 3, 12/2023", [("2023-M03", "tháng 3"), ("2023-M12", "tháng 12")]),
        ("9 tháng đầu năm", [("2023-9M", "9 tháng đầu năm")]),
        ("Tháng 01/2024", [("2024-M01", "tháng 1/2024")]),
        ("Trước ngày 15/6", [("2023-06-14", "")]),
        ("Quý II-III/2023", [("2023-09-30", "")]),
        ("trước tháng 10/2023", [("2023-09-30", "")]),
    ],
)
def test_periods_have_names_for_good_and_names_for_people(
    phrase: str, expected: list[tuple[str, str]]
) -> None:
    deadline = read(phrase)

    assert named(deadline) == expected


def test_periods_that_end_on_one_day_are_one_occurrence_named_by_the_widest() -> None:
    deadline = read("- Tháng 01/2023 - Định kỳ hàng quý và năm 2023")

    assert [key for key, _ in named(deadline)] == ["2023-M01", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Y"]


def test_a_rule_keeps_the_name_of_its_period_when_the_day_falls_into_the_next_one() -> None:
    deadline = read("Trước ngày 03 tháng đầu quý sau")

    assert (days(deadline)[-1], named(deadline)[-1]) == ("2024-01-02", ("2023-Q4", "quý IV"))


def test_two_days_of_one_period_have_keys_of_their_own() -> None:
    deadline = read("Ngày 10 và ngày 20 hằng tháng")

    assert len({key for key, _ in named(deadline)}) == 24
    assert named(deadline)[:2] == [("2023-01-10", "tháng 1"), ("2023-01-20", "tháng 1")]


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        ("Hoàn thành chậm nhất 31/9/2023", "does not exist"),
        ("29/02/2023", "does not exist"),
        ("32/13/2023", "does not exist"),
        ("Quý V/2023", "does not exist"),
        ("31/3, 31/6, 30/9, 31/12", "31/6/2023 does not exist"),
        ("Công văn số 12/6/2023", "document or a date"),
        ("l5/6/2023", "not read"),
        ("Hàng quý, trước ngày 15", "does not go with"),
        ("từ ngày 15/12 đến ngày 14/3", "does not run forward"),
        ("Trước ngày 15/6 ít nhất 5 ngày", "length of time"),
        ("Trình kỳ họp giữa năm 2023", "session"),
        ("Năm học 2023-2024", "school"),
        ("", "no date"),
    ],
)
def test_what_could_be_wrong_has_no_date_and_says_why(phrase: str, word: str) -> None:
    deadline = read(phrase)

    assert (deadline.kind, deadline.occurrences) == (DeadlineKind.EXTERNAL, ())
    assert deadline.needs_review
    assert word in (deadline.reason or "")


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("15/6/2032", date(2032, 6, 15)),
        ("Tháng 12 năm trước", date(2022, 12, 31)),
        ("15/6/23", date(2023, 6, 15)),
        ("Tháng 6 (sau khi có hướng dẫn của Bộ)", date(2023, 6, 30)),
        ("Tháng 02/2023 - Tháng 12/2023", date(2023, 12, 31)),
    ],
)
def test_a_date_that_may_be_meant_otherwise_stands_but_asks_for_a_look(phrase: str, day: date) -> None:
    deadline = read(phrase)

    assert [occurrence.due for occurrence in deadline.occurrences] == [day]
    assert deadline.needs_review


def test_a_leap_day_exists_in_its_year() -> None:
    assert days(read("29/02/2024", 2024)) == ["2024-02-29"]


def test_six_as_a_word_and_the_next_month_are_kept_apart_and_without_marks_nothing_is_guessed() -> None:
    assert days(read("ngày 15 tháng sáu")) == ["2023-06-15"]
    assert days(read("ngày 15 tháng sau"))[0] == "2023-02-15"
    assert read("ngay 15 thang sau").kind is DeadlineKind.EXTERNAL


def test_lines_with_dashes_are_items_and_a_broken_range_asks_for_a_look() -> None:
    listed = read("Hoàn thành:\n- Tháng 3/2023\n- Tháng 9/2023")
    broken = read("Tháng 3/2023\n- Tháng 9/2023")

    assert (days(listed), listed.needs_review) == (["2023-03-31", "2023-09-30"], False)
    assert (days(broken), broken.needs_review) == (["2023-09-30"], True)


def test_a_text_that_is_no_phrase_is_not_read() -> None:
    deadline = read("Trước ngày 15/6/2023. " * 200)

    assert (deadline.kind, deadline.needs_review) == (DeadlineKind.EXTERNAL, True)
