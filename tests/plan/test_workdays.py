"""Working days against the government's published days off, 2023 to 2026."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.rules import read_working_days
from plan.workdays import WorkingCalendar

_FILE = Path(__file__).parent.parent / "data" / "holidays_vn.csv"
PUBLISHED = list(csv.DictReader(_FILE.read_text(encoding="utf-8").splitlines()))
DAYS = st.dates(date(2022, 1, 1), date(2027, 12, 31))


@pytest.fixture(scope="module")
def calendar() -> WorkingCalendar:
    return read_working_days().calendar()


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row['date']} {row['kind']}")
def test_published_days_off_and_swapped_days_are_known(
    row: dict[str, str], calendar: WorkingCalendar
) -> None:
    worked = calendar.is_working_day(date.fromisoformat(row["date"]))

    assert worked is (row["kind"] == "work_swapped")


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_no_other_weekday_is_off_and_no_other_weekend_is_worked(year: int, calendar: WorkingCalendar) -> None:
    off = {row["date"] for row in PUBLISHED if row["kind"] == "off"}
    swapped = {row["date"] for row in PUBLISHED if row["kind"] == "work_swapped"}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]

    wrong = [
        day
        for day in days
        if calendar.is_working_day(day)
        is not ((day.weekday() < 5 and day.isoformat() not in off) or day.isoformat() in swapped)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("due", "remind_by", "late_after"),
    [
        ("2023-03-16", "2023-03-16", "2023-03-16"),
        ("2023-06-16", "2023-06-16", "2023-06-16"),
        # Saturdays: people hear on the Friday, and are late only after the Monday.
        ("2023-09-16", "2023-09-15", "2023-09-18"),
        ("2023-12-16", "2023-12-15", "2023-12-18"),
        # 31/12/2023 is a Sunday, 1/1/2024 a holiday.
        ("2023-12-31", "2023-12-29", "2024-01-02"),
        # 29/4 to 3/5/2023 were off.
        ("2023-04-30", "2023-04-28", "2023-05-04"),
        # Tết 2023: 20 to 26 January.
        ("2023-01-25", "2023-01-19", "2023-01-27"),
        # 4/5/2024 was a Saturday that was worked.
        ("2024-05-05", "2024-05-04", "2024-05-06"),
    ],
)
def test_a_due_day_off_is_reminded_before_and_late_after_the_next_working_day(
    due: str, remind_by: str, late_after: str, calendar: WorkingCalendar
) -> None:
    day = date.fromisoformat(due)

    assert calendar.remind_by(day).isoformat() == remind_by
    assert calendar.late_after(day).isoformat() == late_after


@given(day=DAYS)
def test_the_three_dates_of_a_due_day_stand_in_order_on_working_days(day: date) -> None:
    calendar = WorkingCalendar()

    assert calendar.remind_by(day) <= day <= calendar.late_after(day)
    assert calendar.is_working_day(calendar.remind_by(day))
    assert calendar.is_working_day(calendar.late_after(day))


@given(day=DAYS)
def test_before_and_after_are_the_neighbouring_working_days(day: date) -> None:
    calendar = WorkingCalendar()

    assert calendar.before(day) < day < calendar.after(day)
    between = (day - calendar.before(day)).days + (calendar.after(day) - day).days
    worked = [
        calendar.before(day) + timedelta(days=n)
        for n in range(1, between)
        if calendar.is_working_day(calendar.before(day) + timedelta(days=n))
    ]
    assert worked in ([], [day])


def test_the_operators_swaps_win_over_the_library() -> None:
    calendar = WorkingCalendar.with_swaps(off=[date(2027, 3, 1)], worked=[date(2027, 3, 6)])

    assert not calendar.is_working_day(date(2027, 3, 1))
    assert calendar.is_working_day(date(2027, 3, 6))
