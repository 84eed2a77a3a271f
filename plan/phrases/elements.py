"""One date of a list, which may take its unit from its left neighbour: (tháng 3), 6; (quý I), II; (ngày 10), 20."""

from dataclasses import replace

from plan.phrases.calendar import Point, Unit
from plan.phrases.dates import month, quarter, quarter_number, year, year_tail
from plan.phrases.days import day, day_number, month_rule
from plan.phrases.lexicon import Lexicon
from plan.phrases.nodes import Bare, Found, Node, Rule, UnreadableError
from plan.phrases.parts import first_months, part_of
from plan.phrases.tokens import Phrase
from plan.phrases.words import EVERY_YEAR

_AFTER_BARE_NUMBER = Lexicon(
    "và", "hoặc", "của", "năm", "trong", "đến", "tới", EVERY_YEAR, "hằng tháng", "hàng tháng", "mỗi tháng", "cho",
)  # fmt: skip
_FAR = 60  # tokens; no list of months is longer


def element_at(
    p: Phrase, i: int, plan_year: int, before: Node | None, *, bound: bool, bare_year: bool
) -> Found | None:
    """One date; `before` is its left neighbour in the list, whose unit a bare number takes over."""
    if isinstance(before, Point) and before.unit is Unit.DAY and p.seq(i, "tháng") and _said_in_words(p, i):
        found = month(p, i, plan_year)
        if found is not None and isinstance(found.node, Point):
            point = replace(found.node, unit=Unit.DAY, day=before.day)
            return Found(
                node=point,
                end=found.end,
                doubts=(*found.doubts, f"'{p.show(i, found.end)}' stands without a day"),
            )
    if isinstance(before, Point) and before.unit is Unit.QUARTER and before.part is None and p.is_number(i):
        found = _quarter_again(p, i, plan_year, before)
        if found is not None:
            return found
    found = (
        part_of(p, i, plan_year)
        or month_rule(p, i, plan_year)
        or first_months(p, i)
        or day(p, i, plan_year, bound=bound or before is not None)
        or month(p, i, plan_year)
        or quarter(p, i, plan_year)
        or _year(p, i, bare_year=bare_year or before is not None)
    )
    if found is not None or before is None:
        return found
    return _bare_months(p, i) or _continued(p, i, plan_year, before)


def _year(p: Phrase, i: int, *, bare_year: bool) -> Found | None:
    found = year(p, i)
    end = p.seq(i, "năm", "cả năm")
    if found is not None or not bare_year or not end:
        return found
    if p.is_number(end) or p.seq(end, "học", "ngày", "tháng", "tuần", "tài chính", "âm lịch", "đơn vị"):
        return None
    return Found(node=Point(unit=Unit.YEAR, shift=0), end=end)


def _bare_months(p: Phrase, i: int) -> Found | None:
    """ "6 tháng" in a list of periods is the first half of the year."""
    count, end = p.number(i, 1, 12), p.seq(i + 1, "tháng")
    if count not in {3, 6, 9} or not end or p.is_number(end) or p.seq(end, "sau", "đầu", "cuối", "một lần"):
        return None
    return Found(node=Point(unit=Unit.SPAN, months=count), end=end)


def _continued(p: Phrase, i: int, plan_year: int, before: Node) -> Found | None:
    """ "(tháng 3), 6": a bare number goes on in the unit of its left neighbour when nothing else claims it."""
    match before:
        case Point(unit=Unit.QUARTER):
            number = quarter_number(p, i)
            if (
                number is None
                or not 1 <= number[0] <= 4
                or (p.is_number(i) and not _ends_number(p, number[1]))
            ):
                return None
            y, shift, end, doubts = year_tail(p, number[1], plan_year)
            return Found(
                node=Point(unit=Unit.QUARTER, quarter=number[0], year=y, shift=shift), end=end, doubts=doubts
            )
        case Point(unit=Unit.MONTH, part=None):
            count = p.number(i, 1, 12)
            if count is None or not _ends_number(p, i + 1):
                return None
            y, shift, end, doubts = year_tail(p, i + 1, plan_year)
            return Found(
                node=Point(unit=Unit.MONTH, month=count, year=y, shift=shift), end=end, doubts=doubts
            )
        case Point(unit=Unit.DAY, day=number) if _said_in_words(p, i):
            count = p.number(i, 1, 12)
            if count is None or not _ends_number(p, i + 1):
                return None
            y, shift, end, doubts = year_tail(p, i + 1, plan_year)
            point = Point(unit=Unit.DAY, day=number, month=count, year=y, shift=shift)
            return Found(node=point, end=end, doubts=doubts)
        case Bare() | Rule():
            found = day_number(p, i, plan_year)
            number_ = p.number(i, 1, 31)
            if found is not None or number_ is None or not _ends_number(p, i + 1):
                return found
            return Found(node=Bare(days=(number_,)), end=i + 1)
        case _:
            return None


def _quarter_again(p: Phrase, i: int, plan_year: int, before: Point) -> Found | None:
    """ "(quý 3) và 4/2023" goes on with quarters; after a Roman number it could be a month."""
    if not p.sign(i + 1, "/") or p.year(i + 2) is None:
        return None
    if not p.is_number(i - 2):
        raise UnreadableError(f"'{p.show(i - 2, i + 3)}' may be a quarter or a month")
    return _continued(p, i, plan_year, before)


def _said_in_words(p: Phrase, i: int) -> bool:
    """Whether the months before position `i` were written "tháng 3, 6" and not "15/3"."""
    k = i - 1
    while k > max(0, i - _FAR) and (p.sign(k, ",") or p.seq(k, "và") or p.number(k, 1, 12) is not None):
        k -= 1
    return bool(p.seq(k, "tháng"))


def _ends_number(p: Phrase, k: int) -> bool:
    if p.at(k) is None or p.seq(k, _AFTER_BARE_NUMBER):
        return True
    return p.sign(k, ",;.)(:/-&+") and not p.sign(k, "%")
