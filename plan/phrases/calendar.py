"""Points and periods of the calendar as a phrase names them, and the days they stand for.

Đầu, giữa, cuối of a month or a year: Bộ luật Dân sự 2015, Điều 146.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, IntEnum

ROMAN = ("", "I", "II", "III", "IV")
LAST = -1  # as a day: the last one of the month
NO_SUCH_DAY = "does not exist"  # in every reason that says so


class Unit(IntEnum):
    """Sizes, so that wider compares greater. SPAN is a number of months ("9 tháng đầu năm")."""

    DAY = 0
    WEEK = 1
    MONTH = 2
    QUARTER = 3
    HALF = 4
    SPAN = 5
    YEAR = 6


class Part(Enum):
    """A place inside a month, quarter or year. COUNT_DAYS, COUNT_WEEKS: the first n of them; WEEK: the n-th one."""

    START = "đầu"
    MIDDLE = "giữa"
    END = "cuối"
    FIRST_HALF = "nửa đầu"
    SECOND_HALF = "nửa cuối"
    COUNT_DAYS = "ngày đầu"
    COUNT_WEEKS = "tuần đầu"
    WEEK = "tuần"


@dataclass(frozen=True, kw_only=True)
class Point:
    """A day or a period as written. `year` is the year in the text; `shift` says "năm sau" (1), "năm trước" (-1),
    "năm nay" (0); both None: the words leave the year open. For SPAN, `months` counts from the year's start, or
    from its end when `from_end`."""

    unit: Unit
    day: int = 0
    month: int = 0
    quarter: int = 0
    months: int = 0
    from_end: bool = False
    part: Part | None = None
    part_count: int = 1
    year: int | None = None
    shift: int | None = None

    @property
    def is_day(self) -> bool:
        """Whether it is as narrow as a day or some days, and not a whole period."""
        return self.unit is Unit.DAY or self.part is not None

    @property
    def has_year(self) -> bool:
        """Whether the words settle the year."""
        return self.year is not None or self.shift is not None

    def in_year(self, plan_year: int) -> int:
        """The year that it lies in."""
        return self.year if self.year is not None else plan_year + (self.shift or 0)


@dataclass(frozen=True, kw_only=True)
class Span:
    """From `first` to `last`, both included."""

    first: date
    last: date

    def holds(self, other: "Span") -> bool:
        """Whether `other` ends inside."""
        return self.first <= other.last <= self.last


@dataclass(frozen=True, kw_only=True)
class Period:
    """One period of a recurrence: `months` months from `month` of `year`."""

    unit: Unit
    year: int
    month: int
    months: int
    key: str
    name: str


class NoSuchDayError(ValueError):
    """A day that is in no calendar; the text says which."""


def last_day(year: int, month: int) -> int:
    """The number of days of a month."""
    return calendar.monthrange(year, month)[1]


def shifted(year: int, month: int, months: int) -> tuple[int, int]:
    """The month that lies `months` later."""
    index = year * 12 + month - 1 + months
    return index // 12, index % 12 + 1


def span(point: Point, plan_year: int) -> Span:
    """The days that a point covers. Raises NoSuchDayError for 31/9 and its like."""
    year = point.in_year(plan_year)
    if point.unit is Unit.DAY:
        return _one(year, point.month, point.day)
    first, months = _months(point, year)
    end_year, end_month = shifted(year, first, months - 1)
    whole = Span(first=date(year, first, 1), last=date(end_year, end_month, last_day(end_year, end_month)))
    return whole if point.part is None else _part(point, whole, months)


def _one(year: int, month: int, day: int) -> Span:
    if not (1 <= month <= 12 and 1 <= day <= last_day(year, month)):
        raise NoSuchDayError(f"{day}/{month}/{year} {NO_SUCH_DAY}")
    return Span(first=date(year, month, day), last=date(year, month, day))


def _months(point: Point, year: int) -> tuple[int, int]:
    """First month and number of months of a period."""
    match point.unit:
        case Unit.MONTH:
            if not 1 <= point.month <= 12:
                raise NoSuchDayError(f"month {point.month}/{year} {NO_SUCH_DAY}")
            return point.month, 1
        case Unit.QUARTER:
            return point.quarter * 3 - 2, 3
        case Unit.SPAN | Unit.HALF:
            return (13 - point.months if point.from_end else 1), point.months
        case _:
            return 1, 12


def _part(point: Point, whole: Span, months: int) -> Span:
    """Đầu, giữa, cuối and the weeks of a period."""
    first, last = whole.first, whole.last
    half = (
        _before_month(first, months)
        if months % 2 == 0
        else first.replace(month=first.month + months // 2, day=15)
    )
    match point.part:
        case Part.START:
            return Span(first=first, last=first)
        case Part.MIDDLE:
            return Span(first=half, last=half)
        case Part.FIRST_HALF:
            return Span(first=first, last=half)
        case Part.SECOND_HALF:
            return Span(first=half + timedelta(days=1), last=last)
        case Part.COUNT_DAYS:
            return Span(first=first, last=first + timedelta(days=point.part_count - 1))
        case Part.COUNT_WEEKS:
            return Span(first=first, last=first + timedelta(days=7 * point.part_count - 1))
        case Part.WEEK:
            start = first + timedelta(days=7 * point.part_count - 7)
            return Span(first=start, last=start + timedelta(days=6))
        case _:
            return Span(first=last, last=last)


def _before_month(first: date, months: int) -> date:
    year, month = shifted(first.year, first.month, months // 2)
    return date(year, month, 1) - timedelta(days=1)


def periods_of(unit: Unit, year: int) -> tuple[Period, ...]:
    """The periods of a year that a recurrence runs through; SPAN stands for the nine months."""
    match unit:
        case Unit.MONTH:
            return tuple(_period(unit, year, m, 1, f"{year}-M{m:02}", f"tháng {m}") for m in range(1, 13))
        case Unit.QUARTER:
            return tuple(
                _period(unit, year, q * 3 - 2, 3, f"{year}-Q{q}", f"quý {ROMAN[q]}") for q in range(1, 5)
            )
        case Unit.HALF:
            return (
                _period(unit, year, 1, 6, f"{year}-H1", "6 tháng đầu năm"),
                _period(unit, year, 7, 6, f"{year}-H2", "6 tháng cuối năm"),
            )
        case Unit.SPAN:
            return (_period(unit, year, 1, 9, f"{year}-9M", "9 tháng đầu năm"),)
        case Unit.YEAR:
            return (_period(unit, year, 1, 12, f"{year}-Y", f"năm {year}"),)
        case _:
            return ()


def _period(unit: Unit, year: int, month: int, months: int, key: str, name: str) -> Period:
    return Period(unit=unit, year=year, month=month, months=months, key=key, name=name)


def period_of(point: Point, plan_year: int) -> Period | None:
    """The period that a point names as a whole, if it is one that recurs."""
    if point.is_day:
        return None
    year = point.in_year(plan_year)
    first, months = _months(point, year)
    unit = {1: Unit.MONTH, 3: Unit.QUARTER, 6: Unit.HALF, 9: Unit.SPAN, 12: Unit.YEAR}.get(months)
    if unit is None:
        return None
    return next((p for p in periods_of(unit, year) if (p.month, p.months) == (first, months)), None)
