"""Dates side by side: tháng 3, 6 và 9/2023; trước ngày 15/3, 15/6; quý I, quý III.

From right to left the parts lend each other what they leave out: the year, the month, the rule.
"""

from dataclasses import dataclass, replace

from plan.phrases.bounds import bound_at
from plan.phrases.calendar import NoSuchDayError, Point, Unit, span
from plan.phrases.nodes import Bare, Gap, Node, Rule, UnreadableError
from plan.phrases.ranges import Part, ranged_at
from plan.phrases.tokens import Phrase


@dataclass(frozen=True, kw_only=True)
class Group:
    """A whole list and the position after it."""

    parts: tuple[Part, ...]
    end: int
    doubts: tuple[str, ...]


def group_at(
    p: Phrase,
    i: int,
    plan_year: int,
    *,
    bound: bool,
    bare_year: bool = False,
    exclusive: bool = False,
    since: bool = False,
) -> Group | None:
    """Read a list of dates and ranges at `i`. `since`: "từ" stands in front, so the first one must be a range
    or stand alone."""
    first = ranged_at(p, i, plan_year, None, bound=bound, bare_year=bare_year, since=since)
    if first is None:
        return None
    parts, end, doubts = [first[0]], first[1], list(first[2])
    while not (since and parts[0].start is None):
        separator = _separator(p, end, exclusive=exclusive)
        if separator is None:
            break
        gap, k = separator
        following = ranged_at(p, k, plan_year, parts[-1].node, bound=True, bare_year=False, since=False)
        if following is None:
            break
        if exclusive and _is_wide(following[0].node) and not _is_wide(parts[-1].node):
            if not p.sign(following[1], ":(") and bound_at(p, following[1]) is None:
                doubts.append("whether 'trước' governs the whole list")
            break
        parts.append(replace(following[0], before=gap))
        end = following[1]
        doubts.extend(following[2])
        if gap is Gap.SENTENCE and p.seq(k, "ngày"):
            doubts.append("whether 'trước' also governs what follows the semicolon")
    if exclusive and len(parts) > 1 and parts[-1].before is not Gap.AND and _goes_on(p, end):
        doubts.append("whether 'trước' governs the whole list")
    lent, more = _lend(parts, plan_year)
    return Group(parts=tuple(lent), end=end, doubts=(*doubts, *more))


def _is_wide(node: Node) -> bool:
    return isinstance(node, Point) and not node.is_day


def _goes_on(p: Phrase, end: int) -> bool:
    """Whether plain words follow, so that the last date may begin another statement."""
    return p.is_word(end) and not p.seq(
        end, "hằng", "hàng", "đối", "của", "và", "hoặc", "để", "cho", "gửi", "đến"
    )


def _separator(p: Phrase, i: int, *, exclusive: bool) -> tuple[Gap, int] | None:
    if p.sign(i, ",&+"):
        gap = Gap.AND if not p.sign(i, ",") or p.seq(i + 1, "và") else Gap.COMMA
        return gap, p.opt(i + 1, "và", "vào", "trong")
    if p.sign(i, ";") and exclusive and (p.is_number(i + 1) or p.seq(i + 1, "ngày")):
        return Gap.SENTENCE, i + 1
    if end := p.seq(i, "và", "và trong", "và vào", "cùng"):
        return Gap.AND, end
    if end := p.seq(i, "hoặc", "hay"):
        return Gap.OR, end
    return None


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
