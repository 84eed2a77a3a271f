"""Days as people type them: "30/6", "30/6/2023", "ngày 30 tháng 6", "đến hết 30-6-2023", among other words.

A day that does not exist (31/9) is never repaired, and of several nobody guesses which is meant.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_EDGE = " \t.,;:!?-–—"
# What calendars are sure of, and no slip of the finger reaches.
_YEARS = range(2000, 2100)
# "6 tháng 1 lần" is no day: without "ngày" these are numbers of months.
_SPANS = frozenset({3, 6, 9})
_DAY = re.compile(
    r"(?<![\w./,-])"
    r"(?P<until>(?:[đd][eế]n|t[oớ]i|sang|th[aà]nh|h[aạ]n\s+m[oớ]i)(?:\s+h[eế]t)?\s+|h[eế]t\s+)?"
    r"(?P<before>tr[uư][oớ]c\s+)?"
    r"(?P<named>ng[aà]y\s+)?"
    r"(?:"
    r"(?P<d1>[0-9]{1,2})/(?P<m1>[0-9]{1,2})(?:/(?P<y1>[0-9]{4}|[0-9]{2})|\s+n[aă]m\s+(?P<n1>[0-9]{4}))?"
    r"|(?P<d2>[0-9]{1,2})(?P<mark>[.-])(?P<m2>[0-9]{1,2})(?P=mark)(?P<y2>[0-9]{4})"
    r"|(?P<d3>[0-9]{1,2})\s+(?:th[aá]ng|thg\.?)\s*(?P<m3>[0-9]{1,2})(?:(?:\s*/\s*|\s+)(?:n[aă]m\s+)?(?P<y3>[0-9]{4}))?"
    r"|(?P<y4>[0-9]{4})-(?P<m4>[0-9]{1,2})-(?P<d4>[0-9]{1,2})"
    r")(?![\w/])(?![.,-][0-9])",
    re.IGNORECASE,
)
_FROM = re.compile(r"(?:^|\s)t[uừ]\s*$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class TypedDay:
    """A day where it stands in a text. `day` is None when there is no such day; "trước 01/4" is 31/3. `words` are those of
    the day alone, from `at` on, `towards`: words such as "đến" before it say that it is a term."""

    day: date | None
    words: str
    towards: bool
    year_typed: bool
    start: int
    at: int
    end: int


@dataclass(frozen=True, kw_only=True)
class DayReading:
    """The day that a text means, and the `rest` of the text. Without it: `unreal` are the words that look like a day and
    are none, `several` those of days among which the text does not choose."""

    rest: str
    day: date | None = None
    year_typed: bool = False
    unreal: str | None = None
    several: tuple[str, ...] = ()


def days_in(text: str, *, year: int) -> list[TypedDay]:
    """All days in a text, in their order; `year` is that of days typed without one. Never fails."""
    found = (_typed_day(match, year) for match in _DAY.finditer(text))
    return [day for day in found if day is not None]


def read_day(text: str, *, year: int) -> DayReading:
    """The one day that a text means: the only one, the only one with "đến", or the one with which it begins."""
    found = days_in(text, year=year)
    meant = [day for day in found if day.towards] or found
    if not meant:
        return DayReading(rest=text)
    first = meant[0]
    if len({(day.day, day.words) for day in meant}) > 1 and (first.towards or not _begins(text, first)):
        return DayReading(rest=text, several=tuple(day.words for day in meant))
    return _taken(text, first, found)


def read_leading_day(text: str, *, year: int) -> DayReading:
    """As `read_day`, but a day in the middle of a sentence is part of the sentence: only one with "đến" before it, or the
    one with which the text begins."""
    found = days_in(text, year=year)
    if any(day.towards or _begins(text, day) for day in found):
        return read_day(text, year=year)
    return DayReading(rest=text)


def slashed(text: str) -> str:
    """The text with days in words or as on a computer ("25 tháng 3 năm 2023", "2023-03-25") as "25/3/2023"."""

    def written(match: re.Match[str]) -> str:
        found, part = _typed_day(match, 2000), match.groupdict()
        form = next((n for n in "34" if part[f"d{n}"]), None)
        if found is None or form is None:
            return match[0]
        day = "/".join(part[name + form] for name in "dmy" if part[name + form])
        return match.string[match.start() : found.at] + day

    return _DAY.sub(written, text)


def _typed_day(match: re.Match[str], year: int) -> TypedDay | None:
    part = match.groupdict()
    day, month = (int(next(part[f"{name}{n}"] for n in range(1, 5) if part[f"{name}{n}"])) for name in "dm")
    typed = part["y1"] or part["n1"] or part["y2"] or part["y3"] or part["y4"]
    until = part["until"] is not None or part["before"] is not None
    if part["d3"] and day in _SPANS and not (part["named"] or until or typed):
        return None
    in_year = int(typed) if typed else year
    real = _real_day(in_year + 2000 if typed and len(typed) == 2 else in_year, month, day)
    if real is not None and part["before"]:
        real -= timedelta(days=1)
    starts = [match.start(f"{name}{n}") for name in "dy" for n in range(1, 5) if part.get(f"{name}{n}")]
    return TypedDay(
        day=real,
        words=match.string[min(starts) : match.end()],
        towards=until,
        year_typed=typed is not None,
        start=match.start(),
        at=min(starts),
        end=match.end(),
    )


def _real_day(year: int, month: int, day: int) -> date | None:
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _begins(text: str, day: TypedDay) -> bool:
    return not text[: day.start].strip(_EDGE)


def _taken(text: str, chosen: TypedDay, found: list[TypedDay]) -> DayReading:
    """The text without the day, and without the "từ 31/3" before its "đến 30/6"."""
    start = chosen.start
    before = next((day for day in reversed(found) if day.end <= start), None)
    if chosen.towards and before is not None and not text[before.end : start].strip():
        opening = _FROM.search(text[: before.start])
        start = opening.start() if opening else start
    rest = " ".join(f"{text[:start]} {text[chosen.end :]}".split())
    if chosen.day is None:
        return DayReading(rest=rest, unreal=chosen.words)
    return DayReading(rest=rest, day=chosen.day, year_typed=chosen.year_typed)
