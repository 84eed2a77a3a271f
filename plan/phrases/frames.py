"""Periods and recurrences without days: which of them is only the frame of another."""

from dataclasses import replace

from plan.phrases.calendar import Point, Unit
from plan.phrases.dues import Due, Notes, due_of, dues_of_every
from plan.phrases.nodes import Dated, Every, Gap
from plan.phrases.placed import APART, Placed, in_year, span_of, year_above


def wide_alone(wide: list[Placed], notes: Notes) -> list[Due]:
    """Periods and recurrences without days."""
    dues: list[Due] = []
    everys = [w.item for w in wide if isinstance(w.item, Every)]
    ranges = [
        w.item for w in wide if isinstance(w.item, Dated) and w.item.start is not None and not w.item.scope
    ]
    if everys and len(ranges) == 1 and len(everys) + 1 == len(wide):
        return _limited(everys, ranges[0], notes)
    for placed in _without_frames(wide, notes):
        if isinstance(placed.item, Every):
            dues.extend(dues_of_every(placed.item, notes))
        else:
            dues.extend(due_of(placed.item, notes))
    return dues


def _without_frames(wide: list[Placed], notes: Notes) -> list[Placed]:
    """Leave out what only frames the others: the year about its months, the range in which a recurrence runs."""
    everys = [w for w in wide if isinstance(w.item, Every)]
    dated = [w for w in wide if isinstance(w.item, Dated)]
    if everys and dated:
        return _recurrence_with_periods(wide, everys, dated, notes)
    year = year_above(dated)
    kept: list[Placed] = []
    for k, placed in enumerate(dated):
        item = placed.item
        if not isinstance(item, Dated):
            continue
        others = [o for n, o in enumerate(dated) if n != k]
        if not _frames(placed, k, dated, notes):
            narrow = isinstance(item.node, Point) and item.node.unit is not Unit.YEAR
            kept.append(replace(placed, item=in_year(item, year)) if narrow and others and year else placed)
    return everys + kept


def _frames(placed: Placed, k: int, dated: list[Placed], notes: Notes) -> bool:
    """Whether a period is only the frame of its neighbour."""
    item = placed.item
    if not isinstance(item, Dated) or not isinstance(item.node, Point) or item.node.unit is Unit.MONTH:
        return False
    if item.verb and item.node.unit is Unit.YEAR and len(dated) > 1:
        notes.doubt("a year behind a verb may name the work and not its day")
        return True
    before = dated[k - 1] if k else None
    after = dated[k + 1] if k + 1 < len(dated) else None
    if after is not None and not after.joined and _is_inside(after, placed, notes):
        if after.gaps & {Gap.COLON, Gap.OPEN}:
            return True
        if item.node.unit is Unit.YEAR and not item.exclusive:
            if after.gaps & APART or not item.within:
                notes.doubt("a period inside a year that is also named")
            return True
        notes.doubt("a period lies inside another")
    elif before is not None and not placed.joined and _is_inside(before, placed, notes):
        if item.within and not placed.gaps & APART:
            return True
        if placed.gaps & {Gap.OPEN}:
            return True
    return False


def _is_inside(narrow: Placed, wide: Placed, notes: Notes) -> bool:
    if not (isinstance(narrow.item, Dated) and isinstance(wide.item, Dated)):
        return False
    if not (isinstance(narrow.item.node, Point) and isinstance(wide.item.node, Point)):
        return False
    if narrow.item.node.unit >= wide.item.node.unit or wide.item.start is not None:
        return False
    year = wide.item.node.year
    inner, outer = span_of(in_year(narrow.item, year), notes), span_of(wide.item, notes)
    return inner is not None and outer is not None and outer.holds(inner)


def _recurrence_with_periods(
    wide: list[Placed], everys: list[Placed], dated: list[Placed], notes: Notes
) -> list[Placed]:
    """ "Hằng năm (tháng 12)" narrows; "hằng quý và năm 2023" stands side by side; a range limits the turns."""
    yearly = all(isinstance(w.item, Every) and w.item.units == (Unit.YEAR,) for w in everys)
    is_narrow = all(
        isinstance(w.item, Dated) and isinstance(w.item.node, Point) and w.item.node.unit is not Unit.YEAR
        for w in dated
    )
    counted = all(isinstance(w.item, Every) and w.item.counted for w in everys)
    if (yearly or counted) and is_narrow and not any(w.joined for w in dated[:1]):
        return dated
    first = dated[0]
    spelled_out = bool(first.gaps & {Gap.OPEN, Gap.COLON}) or (
        isinstance(first.item, Dated) and first.item.within
    )
    if is_narrow and isinstance(wide[0].item, Every) and spelled_out and not first.joined:
        turns = {due.day for w in everys if isinstance(w.item, Every) for due in dues_of_every(w.item, notes)}
        if len(turns) != len(dated):
            notes.doubt("the recurrence has more turns than the phrase has dates")
        return dated
    kept: list[Placed] = []
    for placed in dated:
        item = placed.item
        if not isinstance(item, Dated) or not isinstance(item.node, Point):
            continue
        year = item.node.in_year(notes.plan_year)
        if item.start is not None:
            notes.lose("a recurrence and a range stand together")
        elif item.node.unit is Unit.YEAR and year != notes.plan_year and not placed.joined:
            notes.doubt("the recurrence has an end in another year")
        else:
            kept.append(placed)
    return everys + kept


def _limited(everys: list[Every], within: Dated, notes: Notes) -> list[Due]:
    """The turns of recurrences inside a range: "hằng tháng từ tháng 3 đến tháng 9"."""
    covered = span_of(within, notes)
    if covered is None:
        return []
    return [
        due for e in everys for due in dues_of_every(e, notes) if covered.first <= due.day <= covered.last
    ]


def labels_alone(labels: list[Placed], notes: Notes) -> list[Due]:
    """A report by name and no day: its period's end, for a report that recurs; otherwise a person must look."""
    dues: list[Due] = []
    for placed in labels:
        item = placed.item
        if isinstance(item, Every):
            if item.report:
                dues.extend(dues_of_every(item, notes))
            continue
        if isinstance(item.node, Point) and (item.report or item.node.unit is not Unit.YEAR):
            dues.extend(replace(due, doubtful=True) for due in due_of(item, notes))
    return dues
