"""Reading a document's number and its date, as officers type them: "15/KH-UBND ngày 20/02/2023"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from plan.text import fold, mirror

NUMBER_LIMIT = 60
# A day without a year is the last such day, but a year is not guessed back by more than this.
_MOST_BACK = timedelta(days=183)


class DayFault(StrEnum):
    """Why a day is not taken for a document's date."""

    NO_SUCH_DAY = "no such day"
    FUTURE = "in the future"
    TOO_EARLY = "too early"


@dataclass(frozen=True, kw_only=True)
class DocumentDays:
    """The days on which a document can have been signed, both ends included."""

    earliest: date
    today: date


@dataclass(frozen=True, kw_only=True)
class Document:
    """What a text says about a document. `fault` says why the date `written` was not taken: it is never repaired. `loose` is
    a date that stands in `rest` because nothing says that it is the document's."""

    number: str | None = None
    dated: date | None = None
    written: str | None = None
    fault: DayFault | None = None
    loose: str | None = None
    rest: str = ""


# Abbreviations in a document's number (Nghị định 30/2020/NĐ-CP, Phụ lục III), folded; then those of other offices' papers.
_KINDS = frozenset({
    "nq", "qd", "ct", "qc", "qyd", "tc", "tb", "hd", "ctr", "kh", "pa", "da", "bc", "bb", "ttr", "cd", "bgn", "btt",
    "guq", "gm", "ggt", "gnp", "pg", "pc", "pb",
    "nd", "tt", "kl", "cv",
})  # fmt: skip
_NUMBER = re.compile(
    r"(?:(?<!\w)(?:số|so)\s*:?\s*)?(?<![\w/.,-])"
    r"(?P<number>\d{1,6}[a-zđ]?\s?/\s?(?:\d{4}\s?/\s?)?(?P<symbol>(?P<kind>[a-zđ]{1,9})(?:[-–][\w&.]{1,20}){0,4})"
    r"|\d{1,6}-(?P<party>[a-zđ]{2,4}/[a-zđ]{2,8}))(?![\w/])",
    re.IGNORECASE,
)
_DAY = (
    r"(?:(?P<day>\d{1,2})(?P<by>\s?[/.-]\s?)(?P<month>\d{1,2})(?:\s?[/.-]\s?(?P<year>\d{1,6}))?"
    r"|(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})-(?P<iso_day>\d{1,2})"
    r"|(?P<said_day>\d{1,2})\s?(?:thang|thg)\s?(?P<said_month>\d{1,2})(?:[\s,/]*(?:nam\s?)?(?P<said_year>\d{4,6}))?)"
    r"(?![\w/]|[.-]\d)"
)
_SIGNED = r"(?:ky|de|ra|ban hanh|phat hanh)"
_NGAY = r"(?P<ngay>(?<!\w)ngay\s?:?\s?)"
_AFTER_NUMBER = re.compile(rf"[\s,;:.()–—-]*(?:{_SIGNED}\s)?{_NGAY}?{_DAY}(?:\s?\))?")
_ANYWHERE = re.compile(rf"{_NGAY}?(?<![\w/.-]){_DAY}")
_PERIOD = r"(?:q(?:uy)?\s?(?:iv|i{1,3}|[1-4])|t(?:hang)?\s?\d{1,2}|\d{1,2}\s?t(?:hang)?|nam)(?:[\s/]*(?:nam\s?)?20\d\d)?"
# What may stand before a date that is the document's own: nothing, a comma, a word for signing or for a document, a period.
_INTRODUCED = re.compile(
    r"(?:^|[,;:.(–—-]|(?<!\w)(?:"
    rf"{_SIGNED}|van ban|vb|cong van|cv|quyet dinh|ke hoach|bao cao|to trinh|thong bao|{_PERIOD}))\s*$"
)
_BETWEEN = " ,;:.(–—-"
# "2/3 đơn vị" is a count.
_COUNTED = re.compile(
    r"\s(?:ho so|don vi|co quan|so|huyen|xa|phuong|thu tuc|tthc|nhiem vu|san pham|van ban|nguoi)(?!\w)"
)


def read_document(
    text: str,
    days: DocumentDays | None = None,
    is_period: Callable[[int, int, int | None], bool] | None = None,
) -> Document:
    """Take the number and, with `days`, its date. The date is what stands beside the number ("20-2-2023" too), else a full
    date or one after "ngày" that no other word claims ("đã gửi ngày 20/02" is a note), unless it `is_period` (day, month,
    year if said) of what is owed. Never fails."""
    found = _find_number(text)
    number = _written_number(found) if found else None
    start, end = found.span() if found else (0, 0)
    day = _find_day(mirror(text), found, is_period) if days is not None else None
    cut = sorted([(start, end), *([day.span] if day is not None else [])], reverse=True)
    rest = text
    for begins, ends in cut:
        rest = rest[:begins] + " " + rest[ends:]
    if days is None or day is None:
        return Document(number=number, loose=_loose(rest) if days is not None else None, rest=rest)
    dated, fault = _resolve(day, days)
    return Document(number=number, dated=dated, written=day.words(text), fault=fault, rest=rest)


def _find_number(text: str) -> re.Match[str] | None:
    for found in _NUMBER.finditer(text):
        kind, symbol = found["kind"], found["symbol"]
        named = found["party"] or "-" in symbol or "–" in symbol or fold(kind) in _KINDS
        if named or (len(kind) > 1 and kind.isupper()):
            return found
    return None


def _written_number(found: re.Match[str]) -> str:
    number = re.sub(r"\s", "", found["number"]).rstrip(".")
    if number.casefold() == number:
        number = number.upper()
    return number[:NUMBER_LIMIT]


@dataclass(frozen=True, kw_only=True)
class _Day:
    """A date as written: day, month, and the year's digits if there are any; `span` is what to cut out with it."""

    day: int
    month: int
    year: str | None
    after_ngay: bool
    span: tuple[int, int]
    written: tuple[int, int]

    def words(self, text: str) -> str:
        start, end = self.written
        return text[start:end].strip(" .,;")


def _day_of(found: re.Match[str]) -> _Day | None:
    """None for what only looks like a date: "2.6" is a code, "90/95" a count."""
    day = found["day"] or found["said_day"] or found["iso_day"]
    month = found["month"] or found["said_month"] or found["iso_month"]
    year = found["year"] or found["said_year"] or found["iso_year"]
    after_ngay = found["ngay"] is not None
    if year is None and not after_ngay:
        impossible = not (1 <= int(day) <= 31 and 1 <= int(month) <= 12)
        if (
            impossible
            or _COUNTED.match(found.string, found.end())
            or (found["day"] and "/" not in found["by"])
        ):
            return None
    of_day = next(name for name in ("day", "said_day", "iso_year") if found[name])
    to = max(found.end(name) for name in ("month", "year", "said_month", "said_year", "iso_day"))
    return _Day(
        day=int(day),
        month=int(month),
        year=year,
        after_ngay=after_ngay,
        span=found.span(),
        written=(found.start(of_day), to),
    )


def _find_day(
    seen: str, number: re.Match[str] | None, is_period: Callable[[int, int, int | None], bool] | None
) -> _Day | None:
    if number is not None:
        after = _AFTER_NUMBER.match(seen, number.end())
        day = _day_of(after) if after else None
        if day is not None:
            return day
        seen = seen[: number.start()] + ";" * (number.end() - number.start()) + seen[number.end() :]
    for day in _days_in(seen):
        start, end = day.span
        beside = (
            number is not None and end <= number.start() and not seen[end : number.start()].strip(_BETWEEN)
        )
        if _INTRODUCED.search(seen[:start]) is None or not (beside or day.after_ngay or day.year):
            continue
        if is_period is None or not is_period(day.day, day.month, int(day.year) if day.year else None):
            return day
    return None


def _days_in(seen: str) -> Iterator[_Day]:
    for found in _ANYWHERE.finditer(seen):
        day = _day_of(found)
        if day is not None:
            yield day


def _loose(rest: str) -> str | None:
    for day in _days_in(mirror(rest)):
        if day.after_ngay or day.year:
            return day.words(rest)
    return None


def _resolve(day: _Day, days: DocumentDays) -> tuple[date | None, DayFault | None]:
    """A year of two digits is of this century; without one it is the last such day on or before today, if that is at most
    half a year ago, else this year's, which has not come yet."""
    found = _dated(day, days.today)
    if found is None:
        return None, DayFault.NO_SUCH_DAY
    if found > days.today:
        return None, DayFault.FUTURE
    return (None, DayFault.TOO_EARLY) if found < days.earliest else (found, None)


def _dated(day: _Day, today: date) -> date | None:
    if day.year is not None:
        if len(day.year) not in (2, 4):
            return None
        return _real(int(day.year) + (2000 if len(day.year) == 2 else 0), day)
    this_year, last_year = _real(today.year, day), _real(today.year - 1, day)
    if this_year is not None and this_year <= today:
        return this_year
    if last_year is not None and today - last_year <= _MOST_BACK:
        return last_year
    return this_year


def _real(year: int, day: _Day) -> date | None:
    try:
        return date(year, day.month, day.day)
    except ValueError:
        return None
