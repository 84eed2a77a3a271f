"""Days in the light of the periods in front of them: "Hằng quý, chậm nhất ngày 20 tháng cuối quý"."""

from plan.phrases.calendar import Period, Point, Span, Unit, period_of
from plan.phrases.dues import (
    Due,
    Notes,
    due_of,
    dues_of_every,
    dues_of_rule,
    periods_by_default,
    periods_of_every,
)
from plan.phrases.nodes import Anchor, Bare, Dated, Every, Gap, Rule
from plan.phrases.placed import APART, Group, Placed, in_year, span_of, year_above


def narrowed(group: Group, notes: Notes) -> list[Due]:
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
    year = year_above(periods)
    for placed in days:
        if isinstance(placed.item, Dated):
            dues.extend(due_of(in_year(placed.item, year), notes))
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
                if any(placed.is_label for placed in periods):
                    notes.doubt("the month of the day may only name a report")
                if not everys and not periods:
                    notes.lose("a day is given without its month")
                    return []
            rule = Rule(days=rule.days, anchor=borrowed)
        if not isinstance(rule, Rule):
            continue
        if rule.anchor.shift < 0:
            notes.lose("a day before the period of report is no deadline")
        dues.extend(
            dues_of_rule(
                rule, _periods(rule.anchor, everys, periods, notes), exclusive=dated.exclusive, notes=notes
            )
        )
    return dues


def _periods(anchor: Anchor, everys: list[Every], periods: list[Placed], notes: Notes) -> list[Period]:
    found = [period for every in everys for period in periods_of_every(every, notes)]
    year = notes.plan_year
    if anchor.unit is Unit.QUARTER and everys and all(period.unit is Unit.YEAR for period in found):
        # "tháng cuối quý hằng năm": each quarter, every year; a report of the year would be another matter.
        if any(every.label for every in everys):
            notes.doubt("the day does not go with the recurrence")
        return periods_by_default(anchor, found[0].year if found else year)
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


def _periods_beside(periods: list[Placed], fine: Placed, dues: list[Due], notes: Notes) -> list[Due]:
    """Periods in front of days: the frame of the days, the name of a report, or dates of their own."""
    own: list[Due] = []
    for placed in periods:
        item = placed.item
        covered = span_of(item, notes) if isinstance(item, Dated) else None
        if not isinstance(item, Dated) or covered is None or item.scope or not isinstance(item.node, Point):
            continue
        inside = all(covered.first <= due.day <= covered.last for due in dues)
        if item.window:
            notes.doubt("a period of data stands beside a due day")
        elif item.label or (not inside and fine.gaps & {Gap.COLON, Gap.OPEN}):
            _check_distance(item, covered, dues, notes)
        elif inside and item.start is None and (item.node.unit is Unit.YEAR or not fine.gaps & APART):
            if fine.gaps & APART:
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
