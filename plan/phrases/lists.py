"""Dates side by side: lists (tháng 3, 6 và 9/2023) and ranges (15-20/6/2023, từ tháng 3 đến tháng 6).

The parts of a list or range lend each other what they leave out: the year, the month, the rule.
"""

from dataclasses import dataclass, replace

from plan.phrases.bounds import clock_at
from plan.phrases.calendar import NoSuchDayError, Point, Unit, span
from plan.phrases.dates import first_months, month, numeric, part_of, quarter, quarter_number, year, year_tail
from plan.phrases.days import day, day_number, month_rule
from plan.phrases.nodes import Bare, Found, Gap, Node, Rule, UnreadableError
from plan.phrases.tokens import Phrase
from plan.phrases.words import EVERY_YEAR, UNTIL

_AFTER_BARE_NUMBER = (
    "và", "hoặc", "của", "năm", "trong", "đến", "tới", *EVERY_YEAR, "hằng tháng", "hàng tháng", "mỗi tháng", "cho",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Part:
    """One element of a list: a date, or a range from `start` to it."""

    node: Point | Rule | Bare
    start: Point | Rule | Bare | None = None
    before: Gap | None = None
    exclusive: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """A whole list and the position after it."""

    parts: tuple[Part, ...]
    end: int
    doubts: tuple[str, ...]


def group_at(
    p: Phrase, i: int, plan_year: int, *, bound: bool, bare_year: bool = False, exclusive: bool = False, since: bool = False
) -> Group | None:
    """Read a list of dates and ranges at `i`. `since`: "từ" stands in front, so the first one must be a range
    or stand alone."""
    first = _ranged(p, i, plan_year, None, bound=bound, bare_year=bare_year, since=since)
    if first is None:
        return None
    parts, end, doubts = [first[0]], first[1], list(first[2])
    while not (since and parts[0].start is None):
        separator = _separator(p, end, exclusive=exclusive)
        if separator is None:
            break
        gap, k = separator
        following = _ranged(p, k, plan_year, parts[-1].node, bound=True, bare_year=False, since=False)
        if following is None:
            break
        parts.append(replace(following[0], before=gap))
        end = following[1]
        doubts.extend(following[2])
        if gap is Gap.SENTENCE and p.seq(k, "ngày"):
            doubts.append("whether 'trước' also governs what follows the semicolon")
    lent, more = _lend(parts, plan_year)
    return Group(parts=tuple(lent), end=end, doubts=(*doubts, *more))


def _separator(p: Phrase, i: int, *, exclusive: bool) -> tuple[Gap, int] | None:
    if p.sign(i, ",&+"):
        gap = Gap.AND if not p.sign(i, ",") or p.seq(i + 1, "và") else Gap.COMMA
        return gap, p.opt(i + 1, "và", "vào", "trong")
    if p.sign(i, ";") and exclusive:
        return Gap.SENTENCE, i + 1
    if end := p.seq(i, "và", "và trong", "và vào", "cùng"):
        return Gap.AND, end
    if end := p.seq(i, "hoặc", "hay"):
        return Gap.OR, end
    return None


def element_at(p: Phrase, i: int, plan_year: int, before: Node | None, *, bound: bool, bare_year: bool) -> Found | None:
    """One date; `before` is its left neighbour in the list, whose unit a bare number takes over."""
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
            if number is None or not 1 <= number[0] <= 4 or (p.is_number(i) and not _ends_number(p, number[1])):
                return None
            y, shift, end, doubts = year_tail(p, number[1], plan_year)
            return Found(node=Point(unit=Unit.QUARTER, quarter=number[0], year=y, shift=shift), end=end, doubts=doubts)
        case Point(unit=Unit.MONTH, part=None):
            count = p.number(i, 1, 12)
            if count is None or not _ends_number(p, i + 1):
                return None
            y, shift, end, doubts = year_tail(p, i + 1, plan_year)
            return Found(node=Point(unit=Unit.MONTH, month=count, year=y, shift=shift), end=end, doubts=doubts)
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
    while k > 0 and (p.sign(k, ",") or p.seq(k, "và") or p.number(k, 1, 12) is not None):
        k -= 1
    return bool(p.seq(k, "tháng"))


def _ends_number(p: Phrase, k: int) -> bool:
    if p.at(k) is None or p.seq(k, *_AFTER_BARE_NUMBER):
        return True
    return p.sign(k, ",;.)(:/-&+") and not p.sign(k, "%")


Ranged = tuple[Part, int, tuple[str, ...]]


def _ranged(
    p: Phrase, i: int, plan_year: int, before: Node | None, *, bound: bool, bare_year: bool, since: bool
) -> Ranged | None:
    first = element_at(p, i, plan_year, before, bound=bound, bare_year=bare_year) or _number_of_range(p, i, plan_year)
    if first is None or not isinstance(first.node, Point | Rule | Bare):
        return None
    connector = _connector(p, first.end, since=since)
    alone = Part(node=first.node), first.end, first.doubts
    if connector is None:
        return alone
    k, is_dash, exclusive = connector
    clock = clock_at(p, k)
    k = clock[0] if clock is not None else k
    second = element_at(p, k, plan_year, first.node, bound=True, bare_year=not is_dash)
    if second is None or not isinstance(second.node, Point | Rule | Bare):
        return alone
    if is_dash and _is_late_year(first.node, second.node):
        raise UnreadableError(f"'{p.show(i, second.end)}' may be a date with its year or a period")
    doubts = [*first.doubts, *second.doubts]
    start, node = _matched(first.node, second.node, plan_year, doubts, shown=p.show(i, second.end))
    if is_dash and p.gap(k) and not since and _could_be_two(first.node, second.node):
        doubts.append(f"'{p.show(i, second.end)}': one period or two dates")
    return Part(node=node, start=start, exclusive=exclusive), second.end, tuple(doubts)


def _number_of_range(p: Phrase, i: int, plan_year: int) -> Found | None:
    """The "15" of "15-20/6/2023", the "3" of "3-6/2023"."""
    number = p.number(i, 1, 31)
    connector = _connector(p, i + 1, since=True)
    if number is None or connector is None or not p.is_number(k := connector[0]):
        return None
    following = numeric(p, k, plan_year) or day_number(p, k, plan_year)
    if following is None:
        return None
    if isinstance(following.node, Point) and following.node.unit is Unit.MONTH:
        if number > 12:
            raise UnreadableError(f"'{p.show(i, following.end)}' is not a date")
        return Found(node=Point(unit=Unit.MONTH, month=number), end=i + 1, doubts=("months without the word 'tháng'",))
    return Found(node=Bare(days=(number,)), end=i + 1)


def _connector(p: Phrase, i: int, *, since: bool) -> tuple[int, bool, bool] | None:
    """A dash or "đến" between two dates: the position after, whether it is a dash, whether the end is exclusive.
    In a bulleted phrase a dash between spaces begins the next item."""
    if p.sign(i, "-"):
        spaced = p.gap(i) and p.gap(i + 1)
        return None if spaced and p.is_bulleted and not since else (i + 1, True, False)
    k = i + 1 if p.sign(i, ",") and p.seq(i + 1, *UNTIL) else i
    end = p.seq(k, *UNTIL)
    return (end, False, bool(p.seq(end - 1, "trước"))) if end else None


def _is_late_year(first: Node, second: Node) -> bool:
    """ "Quý I - 2023": a year behind a dash where a date has none."""
    if not (isinstance(first, Point) and isinstance(second, Point)):
        return False
    return second.unit is Unit.YEAR and first.unit is not Unit.YEAR and not first.has_year


def _could_be_two(first: Node, second: Node) -> bool:
    """ "Tháng 02/2023 - Tháng 12/2023" names the year twice, as two items of a list would."""
    if not (isinstance(first, Point) and isinstance(second, Point)) or first.unit is Unit.DAY:
        return False
    return first.unit is not second.unit or (first.year == second.year and first.year is not None and first.unit is not Unit.YEAR)


def _matched(
    first: Point | Rule | Bare, second: Point | Rule | Bare, plan_year: int, doubts: list[str], *, shown: str
) -> tuple[Point | Rule | Bare, Point | Rule | Bare]:
    """Start and end of a range with all that they lend each other. Raises when they do not go together."""
    match first, second:
        case Bare(), Point(unit=Unit.DAY):
            if first.days[0] > second.day:
                raise UnreadableError(f"'{shown}' does not run forward")
            return replace(second, day=first.days[0]), second
        case (Bare() | Rule()), (Bare() | Rule()):
            return first, second
        case Point(), Point():
            return _in_order(first, second, plan_year, doubts, shown=shown), second
        case (Rule() | Bare()), _:
            raise UnreadableError(f"'{shown}': the beginning does not go with the end")
        case _:
            if not isinstance(second, Rule):
                raise UnreadableError(f"'{shown}': the end has no month")
            return first, second


def _in_order(first: Point, second: Point, plan_year: int, doubts: list[str], *, shown: str) -> Point:
    """The start, in a year in which it comes before the end. A range that would turn backwards is refused."""
    try:
        end = span(second, plan_year).last
        start = first if first.has_year else replace(first, year=second.in_year(plan_year))
        if span(start, plan_year).first <= end:
            if first.has_year and not second.has_year and first.in_year(plan_year) != plan_year:
                doubts.append(f"'{shown}': the year of the end is not said")
            return start
        if not first.has_year and second.has_year:
            return replace(first, year=second.in_year(plan_year) - 1)
    except NoSuchDayError as error:
        raise UnreadableError(str(error)) from error
    raise UnreadableError(f"'{shown}' does not run forward")


def _lend(parts: list[Part], plan_year: int) -> tuple[list[Part], list[str]]:
    """From right to left: a list says its year, month or rule at the end ("tháng 11, 12/2023")."""
    doubts: list[str] = []
    lent = list(parts)
    for k in range(len(lent) - 2, -1, -1):
        left, right = lent[k].node, lent[k + 1].node
        match left, right:
            case Bare(), Point(unit=Unit.DAY):
                lent[k] = replace(lent[k], node=replace(right, day=left.days[0]))
            case Bare(), Rule():
                lent[k] = replace(lent[k], node=Rule(days=left.days, anchor=right.anchor))
            case Point(), Point() if not left.has_year and right.has_year and left.unit is not Unit.YEAR:
                lent[k] = replace(lent[k], node=_year_from(left, right, plan_year, doubts))
            case _:
                pass
    return lent, doubts


def _year_from(left: Point, right: Point, plan_year: int, doubts: list[str]) -> Point:
    if right.unit is Unit.YEAR and right.shift == 0:
        return left
    taken = replace(left, year=right.year, shift=right.shift)
    try:
        if span(taken, plan_year).last <= span(right, plan_year).last:
            return taken
    except NoSuchDayError as error:
        raise UnreadableError(str(error)) from error
    doubts.append("the dates of a list do not run forward")
    return replace(left, year=right.in_year(plan_year) - 1)
