"""A row of items cut into clauses; what belongs to a purpose, an event or a period of data is left out."""

from collections.abc import Sequence
from itertools import pairwise

from plan.phrases.calendar import NoSuchDayError, Point, Unit, span
from plan.phrases.dues import Notes
from plan.phrases.nodes import Break, Dated, Every, Gap, Item, Mark, Rule
from plan.phrases.placed import Placed
from plan.phrases.words import MarkKind

ENDS = frozenset({Gap.SENTENCE, Gap.ITEM, Gap.DASH, Gap.SLASH})


def clauses_of(items: Sequence[Item], notes: Notes) -> list[list[Placed]]:
    """Dated items by clause. What follows "để" or an event is no due day."""
    clauses: list[list[Placed]] = [[]]
    gaps: set[Gap] = set()
    purpose = event = False
    seen = False
    for item in items:
        match item:
            case Break(gap=gap):
                gaps.add(gap)
                purpose = purpose or gap is Gap.PURPOSE
                event = event and gap is not Gap.COMMA
                if gap in ENDS:
                    clauses.append([])
                    gaps, purpose, event = {gap}, False, False
            case Mark(kind=MarkKind.EVENT | MarkKind.SINCE_EVENT):
                event = True
                gaps.add(Gap.WORD)
            case Dated() | Every():
                firm = isinstance(item, Dated) and item.bound and not item.within
                if (purpose and seen) or (event and not firm):
                    notes.doubt("a date that belongs to a purpose or an event was left out")
                else:
                    clauses[-1].append(Placed(item=item, gaps=frozenset(gaps)))
                    seen = True
                gaps = set()
            case _:
                gaps.add(Gap.WORD)
    _leave_out_windows(clauses, notes)
    _check_years(clauses, notes)
    return _joined([clause for clause in clauses if clause])


def _leave_out_windows(clauses: list[list[Placed]], notes: Notes) -> None:
    """The days from which data is taken are a deadline only when no other is named."""
    windows = [isinstance(one.item, Dated) and one.item.window for clause in clauses for one in clause]
    if any(windows) and not all(windows):
        notes.doubt("a period of data stands beside a due day")
        for clause in clauses:
            clause[:] = [one for one in clause if not (isinstance(one.item, Dated) and one.item.window)]


def _joined(clauses: list[list[Placed]]) -> list[list[Placed]]:
    """A recurrence and, after a semicolon, nothing but its day: one clause in two halves."""
    joined: list[list[Placed]] = []
    for clause in clauses:
        before = joined[-1] if joined else []
        only_every = bool(before) and all(isinstance(one.item, Every) and not one.is_label for one in before)
        only_rules = all(
            isinstance(one.item, Dated) and not isinstance(one.item.node, Point) for one in clause
        )
        if only_every and only_rules and Gap.ITEM not in clause[0].gaps:
            before.extend(clause)
        else:
            joined.append(clause)
    return joined


def _check_years(clauses: list[list[Placed]], notes: Notes) -> None:
    """Dates without a year lie in the plan's year, unless the phrase speaks of other years only."""
    items = [one.item for clause in clauses for one in clause]
    points = _points(items)
    written = {p.year for p in points if p.year is not None}
    if any(not p.has_year for p in points):
        _check_order(points, notes)
    if not written or notes.plan_year in written:
        return
    for clause in clauses:
        own = _points([one.item for one in clause])
        is_framed = any(p.unit is Unit.YEAR and p.year in written for p in own)
        if not is_framed and any(not p.has_year for p in own):
            notes.lose("a date without a year beside dates of another year")
    if any(isinstance(i, Every) or isinstance(i.node, Rule) for i in items):
        notes.doubt("a recurrence without a year beside dates of another year")


def _points(items: Sequence[Dated | Every]) -> list[Point]:
    return [
        i.node
        for i in items
        if isinstance(i, Dated) and isinstance(i.node, Point) and not (i.label or i.scope)
    ]


def _check_order(points: list[Point], notes: Notes) -> None:
    """A date without a year that comes before its left neighbour may belong to the next year."""
    try:
        for left, right in pairwise(points):
            backwards = span(right, notes.plan_year).last < span(left, notes.plan_year).first
            if backwards and not right.has_year and left.unit is not Unit.YEAR:
                notes.doubt("the dates do not run forward; one of them may lie in the next year")
    except NoSuchDayError as error:
        notes.lose(str(error))
