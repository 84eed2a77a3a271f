"""One clause: which of its dates narrows which of its periods, and what days follow.

Wide items (a recurrence, a month, a quarter, a year) are narrowed by the fine ones (a day, a rule) that follow them:
"Hằng quý, chậm nhất ngày 20 tháng cuối quý". Joined by "và" they stand side by side.
"""

from dataclasses import dataclass, field, replace

from plan.phrases.calendar import NoSuchDayError, Period, Point, Span, Unit, period_of, span
from plan.phrases.dues import (
    Due,
    Notes,
    due_of,
    dues_of_every,
    dues_of_rule,
    last_good_day,
    periods_by_default,
    periods_of_every,
)
from plan.phrases.nodes import Anchor, Bare, Dated, Every, Gap, Rule

_APART = frozenset({Gap.WORD})


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A dated item or recurrence with what stands between it and the one before."""

    item: Dated | Every
    gaps: frozenset[Gap]

    @property
    def is_wide(self) -> bool:
        """Whether it is a period or recurrence and not a day."""
        if isinstance(self.item, Every):
            return True
        return isinstance(self.item.node, Point) and not self.item.node.is_day

    @property
    def is_label(self) -> bool:
        """Whether a noun stands right in front, so that it may name that noun and not a deadline."""
        return self.item.label

    @property
    def joined(self) -> bool:
        """Whether "và" alone joins it to the one before."""
        return bool(self.gaps & {Gap.AND, Gap.OR}) and not self.gaps & {Gap.WORD, Gap.COLON, Gap.OPEN}


@dataclass(kw_only=True)
class Group:
    """Wide items and the fine ones that narrow them."""

    wide: list[Placed] = field(default_factory=list)
    fine: list[Placed] = field(default_factory=list)


def dues_of_clause(placed: list[Placed], notes: Notes) -> tuple[list[Due], list[Due]]:
    """The due days of a clause, and those that count only when the whole phrase has no other (names of reports)."""
    sure: list[Due] = []
    spare: list[Due] = []
    for group in _grouped(placed, notes):
        if group.fine:
            sure.extend(_narrowed(group, notes))
            continue
        labels = [w for w in group.wide if w.is_label]
        others = [w for w in group.wide if not w.is_label]
        if others:
            sure.extend(_wide_alone(others, notes))
        else:
            spare.extend(_labels_alone(labels, notes))
    return sure, spare


def _grouped(placed: list[Placed], notes: Notes) -> list[Group]:
    groups = [Group()]
    for one in placed:
        current = groups[-1]
        if one.is_wide:
            if current.fine:
                current = Group()
                groups.append(current)
            current.wide.append(one)
            continue
        is_own = one.joined and isinstance(one.item, Dated) and isinstance(one.item.node, Point)
        if is_own and current.wide and not current.fine and not all(w.is_label for w in current.wide):
            current = Group()
            groups.append(current)
        current.fine.append(one)
    if len(groups) > 1 and not groups[-1].fine and _belongs_to_front(groups[-2], groups[-1], notes):
        groups[-2].wide.extend(groups[-1].wide)
        groups.pop()
    return groups


def _belongs_to_front(front: Group, behind: Group, notes: Notes) -> bool:
    """Whether wide items at the end of a clause say again what the days before them meant
    ("ngày 15, hằng tháng"; "trước ngày 15/6 (Quý II)")."""
    first = behind.wide[0]
    if first.joined or front.wide or len(behind.wide) > 1:
        return False
    if first.is_label:
        return True
    if isinstance(first.item, Every):
        rules = [f for f in front.fine if isinstance(f.item, Dated) and not isinstance(f.item.node, Point)]
        return bool(rules) or first.item.units == (Unit.YEAR,) or not first.gaps & _APART
    if first.gaps & _APART or (Gap.COMMA in first.gaps and not first.item.within):
        return False
    return _holds_all(first.item, front.fine, notes)


def _holds_all(wide: Dated, fine: list[Placed], notes: Notes) -> bool:
    covered = _span(wide, notes)
    days = [last_good_day(f.item, notes) for f in fine if isinstance(f.item, Dated)]
    return covered is not None and all(d is not None and covered.first <= d <= covered.last for d in days)


def _span(dated: Dated, notes: Notes) -> Span | None:
    if not isinstance(dated.node, Point):
        return None
    try:
        whole = span(dated.node, notes.plan_year)
        if isinstance(dated.start, Point):
            return Span(first=span(dated.start, notes.plan_year).first, last=whole.last)
    except NoSuchDayError as error:
        notes.lose(str(error))
        return None
    return whole


def _narrowed(group: Group, notes: Notes) -> list[Due]:
    """The fine items of a group in the light of its wide ones."""
    everys = [w.item for w in group.wide if isinstance(w.item, Every)]
    periods = [w for w in group.wide if isinstance(w.item, Dated)]
    rules = [f.item for f in group.fine if isinstance(f.item, Dated) and not isinstance(f.item.node, Point)]
    days = [f for f in group.fine if isinstance(f.item, Dated) and isinstance(f.item.node, Point)]
    dues: list[Due] = []
    if rules:
        dues.extend(_ruled(rules, everys, periods, notes))
        if days and group.wide:
            notes.doubt("a rule and a date stand together")
        return dues + [due for f in days if isinstance(f.item, Dated) for due in due_of(f.item, notes)]
    _check_number(everys, days, notes)
    year = _year_above(periods)
    for placed in days:
        if isinstance(placed.item, Dated):
            dues.extend(due_of(_in_year(placed.item, year), notes))
    return dues + _periods_beside(periods, group.fine[0], dues, notes)


def _ruled(rules: list[Dated], everys: list[Every], periods: list[Placed], notes: Notes) -> list[Due]:
    """Rules ("ngày 20 tháng cuối quý") over the recurrences or periods that they belong to."""
    anchors = [r.node.anchor for r in rules if isinstance(r.node, Rule)]
    dues: list[Due] = []
    for dated in rules:
        rule = dated.node
        if isinstance(rule, Bare):
            borrowed = anchors[0] if anchors and anchors[0].unit is Unit.MONTH else None
            if not anchors or borrowed is None:
                borrowed = Anchor(unit=Unit.MONTH, place=0)
                if not everys and not periods:
                    notes.lose("a day is given without its month")
                    return []
            rule = Rule(days=rule.days, anchor=borrowed)
        if not isinstance(rule, Rule):
            continue
        if rule.anchor.shift < 0:
            notes.lose("a day before the period of report is no deadline")
        dues.extend(
            dues_of_rule(rule, _periods(rule.anchor, everys, periods, notes), exclusive=dated.exclusive, notes=notes)
        )
    return dues


def _periods(anchor: Anchor, everys: list[Every], periods: list[Placed], notes: Notes) -> list[Period]:
    found = [period for every in everys for period in periods_of_every(every, notes)]
    year = notes.plan_year
    for placed in periods:
        if not isinstance(placed.item, Dated) or not isinstance(placed.item.node, Point) or placed.item.scope:
            continue
        point = placed.item.node
        if placed.item.start is not None:
            notes.lose("a rule for a day stands beside a range")
        if point.unit is Unit.YEAR and anchor.unit is not None:
            year = point.in_year(notes.plan_year)
            continue
        whole = period_of(point, notes.plan_year)
        if whole is None:
            notes.lose("the day does not go with the period")
        else:
            found.append(whole)
    if everys and not found:
        notes.lose("the day does not go with the recurrence")
        return []
    return found or periods_by_default(anchor, year)


def _check_number(everys: list[Every], days: list[Placed], notes: Notes) -> None:
    """A recurrence with days by name needs one for each of its turns; a yearly one takes any."""
    for every in everys:
        if every.units == (Unit.YEAR,) or (every.label and every.units == (Unit.HALF,)) or every.counted:
            continue
        turns = {due.day for due in dues_of_every(every, notes)}
        if len(turns) != len(days):
            notes.doubt("the recurrence has more turns than the phrase has days")


def _year_above(periods: list[Placed]) -> int | None:
    """The year that a wide "năm 2024:" lends to the dates under it."""
    for placed in periods:
        item = placed.item
        if isinstance(item, Dated) and isinstance(item.node, Point) and item.node.unit is Unit.YEAR:
            return item.node.year if item.start is None and not item.scope and not item.label else None
    return None


def _in_year(dated: Dated, year: int | None) -> Dated:
    if year is None or not isinstance(dated.node, Point) or dated.node.has_year:
        return dated
    return replace(dated, node=replace(dated.node, year=year))


def _periods_beside(periods: list[Placed], fine: Placed, dues: list[Due], notes: Notes) -> list[Due]:
    """Periods in front of days: the frame of the days, the name of a report, or dates of their own."""
    own: list[Due] = []
    for placed in periods:
        item = placed.item
        covered = _span(item, notes) if isinstance(item, Dated) else None
        if not isinstance(item, Dated) or covered is None or item.scope or not isinstance(item.node, Point):
            continue
        inside = all(covered.first <= due.day <= covered.last for due in dues)
        if item.window:
            notes.doubt("a period of data stands beside a due day")
        elif item.label or (not inside and fine.gaps & {Gap.COLON, Gap.OPEN}):
            _check_distance(item, covered, dues, notes)
        elif inside and item.start is None and (item.node.unit is Unit.YEAR or not fine.gaps & _APART):
            if fine.gaps & _APART:
                notes.doubt("a date inside a year that is also named")
        else:
            notes.doubt("a period and a day stand together")
            own.extend(due_of(item, notes))
    return own


def _check_distance(item: Dated, covered: Span, dues: list[Due], notes: Notes) -> None:
    """The day of a report lies near the period that it reports on."""
    if not item.report or item.node == Point(unit=Unit.YEAR):
        return
    for due in dues:
        if due.day < covered.first or (due.day - covered.last).days > 62:
            notes.doubt("the day is far from the period that the report is for")


def _wide_alone(wide: list[Placed], notes: Notes) -> list[Due]:
    """Periods and recurrences without days."""
    dues: list[Due] = []
    everys = [w.item for w in wide if isinstance(w.item, Every)]
    ranges = [w.item for w in wide if isinstance(w.item, Dated) and w.item.start is not None and not w.item.scope]
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
        return _recurrence_with_periods(everys, dated, notes)
    year = _year_above(dated)
    kept: list[Placed] = []
    for k, placed in enumerate(dated):
        item = placed.item
        if not isinstance(item, Dated):
            continue
        others = [o for n, o in enumerate(dated) if n != k]
        if not _frames(placed, k, dated, notes):
            narrow = isinstance(item.node, Point) and item.node.unit is not Unit.YEAR
            kept.append(replace(placed, item=_in_year(item, year)) if narrow and others and year else placed)
    return everys + kept


def _frames(placed: Placed, k: int, dated: list[Placed], notes: Notes) -> bool:
    """Whether a period is only the frame of its neighbour."""
    item = placed.item
    if not isinstance(item, Dated) or not isinstance(item.node, Point) or item.node.unit is Unit.MONTH:
        return False
    before = dated[k - 1] if k else None
    after = dated[k + 1] if k + 1 < len(dated) else None
    if after is not None and not after.joined and _is_inside(after, placed, notes):
        if after.gaps & {Gap.COLON, Gap.OPEN}:
            return True
        if item.node.unit is Unit.YEAR and not item.exclusive:
            if after.gaps & _APART or not item.within:
                notes.doubt("a period inside a year that is also named")
            return True
        notes.doubt("a period lies inside another")
    elif before is not None and not placed.joined and _is_inside(before, placed, notes):
        if item.within and not placed.gaps & _APART:
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
    inner, outer = _span(_in_year(narrow.item, year), notes), _span(wide.item, notes)
    return inner is not None and outer is not None and outer.holds(inner)


def _recurrence_with_periods(everys: list[Placed], dated: list[Placed], notes: Notes) -> list[Placed]:
    """ "Hằng năm (tháng 12)" narrows; "hằng quý và năm 2023" stands side by side; a range limits the turns."""
    yearly = all(isinstance(w.item, Every) and w.item.units == (Unit.YEAR,) for w in everys)
    is_narrow = all(
        isinstance(w.item, Dated) and isinstance(w.item.node, Point) and w.item.node.unit is not Unit.YEAR for w in dated
    )
    counted = all(isinstance(w.item, Every) and w.item.counted for w in everys)
    if (yearly or counted) and is_narrow and not any(w.joined for w in dated[:1]):
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
    covered = _span(within, notes)
    if covered is None:
        return []
    return [due for e in everys for due in dues_of_every(e, notes) if covered.first <= due.day <= covered.last]


def _labels_alone(labels: list[Placed], notes: Notes) -> list[Due]:
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
