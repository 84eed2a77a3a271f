"""Ranges, of which the end counts: 15-20/6/2023, từ tháng 3 đến tháng 6, 28/6-5/7/2026.

Start and end lend each other what they leave out. A range that would run backwards is refused.
"""

from dataclasses import dataclass, replace

from plan.phrases.bounds import clock_at
from plan.phrases.calendar import NoSuchDayError, Point, Unit, span
from plan.phrases.dates import numeric
from plan.phrases.days import day_number
from plan.phrases.elements import element_at
from plan.phrases.nodes import Bare, Found, Gap, Node, Rule, UnreadableError
from plan.phrases.tokens import Phrase
from plan.phrases.words import UNTIL


@dataclass(frozen=True, kw_only=True)
class Part:
    """One element of a list: a date, or a range from `start` to it."""

    node: Point | Rule | Bare
    start: Point | Rule | Bare | None = None
    before: Gap | None = None
    exclusive: bool = False


Ranged = tuple[Part, int, tuple[str, ...]]


def ranged_at(
    p: Phrase, i: int, plan_year: int, before: Node | None, *, bound: bool, bare_year: bool, since: bool
) -> Ranged | None:
    """One element of a list, as a range where a dash or "đến" follows. `since`: "từ" stands in front."""
    first = element_at(p, i, plan_year, before, bound=bound, bare_year=bare_year) or _number_of_range(
        p, i, plan_year
    )
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
    if is_dash and not since and _could_be_two(first.node, second.node, spaced=p.gap(k)):
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
        return Found(
            node=Point(unit=Unit.MONTH, month=number), end=i + 1, doubts=("months without the word 'tháng'",)
        )
    return Found(node=Bare(days=(number,)), end=i + 1)


def _connector(p: Phrase, i: int, *, since: bool) -> tuple[int, bool, bool] | None:
    """A dash or "đến" between two dates: the position after, whether it is a dash, whether the end is exclusive.
    In a bulleted phrase a dash between spaces begins the next item."""
    if p.sign(i, "-"):
        spaced = p.gap(i) and p.gap(i + 1)
        return None if spaced and p.is_bulleted and not since else (i + 1, True, False)
    k = i + 1 if p.sign(i, ",") and p.seq(i + 1, UNTIL) else i
    end = p.seq(k, UNTIL)
    return (end, False, bool(p.seq(end - 1, "trước"))) if end else None


def _is_late_year(first: Node, second: Node) -> bool:
    """ "Quý I - 2023": a year behind a dash where a date has none."""
    if not (isinstance(first, Point) and isinstance(second, Point)):
        return False
    return second.unit is Unit.YEAR and first.unit is not Unit.YEAR and not first.has_year


def _could_be_two(first: Node, second: Node, *, spaced: bool) -> bool:
    """ "Tháng 02/2023 - Tháng 12/2023" names the year twice, as two items of a list would."""
    if not (isinstance(first, Point) and isinstance(second, Point)) or first.unit is Unit.DAY:
        return False
    if first.unit is not second.unit:
        return True
    return spaced and first.year == second.year and first.year is not None and first.unit is not Unit.YEAR


def _matched(
    first: Point | Rule | Bare, second: Point | Rule | Bare, plan_year: int, doubts: list[str], *, shown: str
) -> tuple[Point | Rule | Bare, Point | Rule | Bare]:
    """Start and end of a range with all that they lend each other. Raises when they do not go together."""
    match first, second:
        case Bare(), Point(unit=Unit.DAY):
            if first.days[0] > second.day:
                raise UnreadableError(f"'{shown}' does not run forward")
            return replace(second, day=first.days[0]), second
        case ((Bare() | Rule()), (Bare() | Rule())):
            return first, second
        case Point(), Point():
            return _in_order(first, second, plan_year, doubts, shown=shown), second
        case ((Rule() | Bare()), _):
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
