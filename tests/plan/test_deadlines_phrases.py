"""Some hundreds of phrases with their meaning, from the file of the same name."""

import calendar
from datetime import date
from pathlib import Path

import pytest

from plan.deadlines import Deadline, DeadlineKind, read_deadline

YEAR = 2023
ROWS = [
    line
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def meaning(deadline: Deadline) -> str:
    """A deadline in the words of the file."""
    days = [occurrence.due for occurrence in deadline.occurrences]
    if not days:
        return deadline.kind.value + (" ?" if deadline.needs_review else "")
    if deadline.needs_review:
        return "?"
    if [(day.year, day.month) for day in days] == [(YEAR, month) for month in range(1, 13)]:
        if len({day.day for day in days}) == 1:
            return f"monthly {days[0].day}"
        if all(day.day == calendar.monthrange(day.year, day.month)[1] for day in days):
            return "monthly last"
    return ", ".join(_short(day) for day in days)


def _short(day: date) -> str:
    return f"{day.day}/{day.month}" + ("" if day.year == YEAR else f"/{day.year}")


@pytest.mark.parametrize("row", ROWS)
def test_a_phrase_means_what_the_table_says(row: str) -> None:
    phrase, _, expected = row.partition(" => ")

    deadline = read_deadline(phrase, plan_year=YEAR)

    assert meaning(deadline) == expected


def test_the_table_has_no_phrase_twice() -> None:
    phrases = [row.partition(" => ")[0] for row in ROWS]

    assert len(phrases) == len(set(phrases))
    assert DeadlineKind.DATES.value not in {row.partition(" => ")[2] for row in ROWS}
