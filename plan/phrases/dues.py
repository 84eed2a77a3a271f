"""From items to due days: what one date, one rule or one recurrence gives in the plan's year."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from plan.phrases.calendar import (
    LAST,
    NoSuchDayError,
    Part,
    Period,
    Point,
    Unit,
    last_day,
    period_of,
    periods_of,
    shifted,
    span,
)
from plan.phrases.nodes import Anchor, Dated, Every, Rule


@dataclass(frozen=True, kw_only=True)
class Due:
    """One due day. `unit` is the width of its period; `turn`: one turn of a recurrence; `recurring`: of one without
    a day of its own; `firm`: a word such as "trước" stands in front; `doubtful`: it may only name a report."""

    day: date
    key: str
    name: str
    unit: Unit
    turn: bool = False
    recurring: bool = False
    firm: bool = False
    doubtful: bool = False

    @property
    def of_year(self) -> bool:
        """Whether it is no more than the end of a year."""
        return self.unit is Unit.YEAR and not self.firm


@dataclass(kw_only=True)
class Notes:
    """What is found out while reading: reasons for a person to look; `lost` when no date may be given."""

    plan_year: int
    reasons: list[str] = field(default_factory=list)
    lost: bool = False

    def doubt(self, reason: str) -> None:
        """Note a reason; dates stay."""
        if reason not in self.reasons:
            self.reasons.append(reason)

    def lose(self, reason: str) -> None:
        """Note a reason for which no date may be given."""
        self.doubt(reason)
        self.lost = True


def last_good_day(dated: Dated, notes: Notes) -> date | None:
    """The last day on which a dated item is met; None, noted, when it names no day."""
    if not isinstance(dated.node, Point):
        notes.lose("a day is given without its month")
        return None
    try:
        covered = span(dated.node, notes.plan_year)
    except NoSuchDayError as error:
        notes.lose(str(error))
        return None
    if not dated.exclusive:
        return covered.last
    if dated.node.part is Part.END:
        notes.doubt("'trước cuối' may include the last day")
    return covered.first - timedelta(days=1)


def due_of(dated: Dated, notes: Notes) -> list[Due]:
    """The due day of a date or of a whole period."""
    day = last_good_day(dated, notes)
    if day is None or not isinstance(dated.node, Point):
        return []
    period = period_of(dated.node, notes.plan_year) if dated.start is None and not dated.exclusive else None
    firm = dated.exclusive or (dated.bound and not dated.within)
    if period is None:
        whole_year = dated.node.unit is Unit.YEAR and not dated.node.is_day and not dated.exclusive
        return [
            Due(day=day, key=day.isoformat(), name="", unit=Unit.YEAR if whole_year else Unit.DAY, firm=firm)
        ]
    return [
        Due(
            day=day,
            key=period.key,
            name=_name(period, notes),
            unit=period.unit,
            firm=firm and period.unit is not Unit.YEAR,
        )
    ]


def _name(period: Period, notes: Notes) -> str:
    other_year = period.year != notes.plan_year and period.unit is not Unit.YEAR
    return f"{period.name}/{period.year}" if other_year else period.name


def periods_of_every(every: Every, notes: Notes) -> list[Period]:
    """The periods that a recurrence runs through. Among others, "6 tháng" is the first half only."""
    year = every.point.in_year(notes.plan_year) if every.point is not None else notes.plan_year
    found: list[Period] = []
    for unit in every.units:
        periods = periods_of(unit, year)
        alone = every.label or len(every.units) > 1
        found.extend(periods[:1] if unit is Unit.HALF and alone else periods)
    return found


def dues_of_every(every: Every, notes: Notes) -> list[Due]:
    """The ends of the periods of a recurrence."""
    return [
        Due(day=day, key=period.key, name=_name(period, notes), unit=period.unit, turn=True, recurring=True)
        for period in periods_of_every(every, notes)
        for day in (_end(period),)
    ]


def _end(period: Period) -> date:
    year, month = shifted(period.year, period.month, period.months - 1)
    return date(year, month, last_day(year, month))


def periods_by_default(anchor: Anchor, year: int) -> list[Period]:
    """A day of "tháng cuối kỳ báo cáo" without a period: reports are quarterly."""
    return list(periods_of(Unit.MONTH if anchor.unit is Unit.MONTH else Unit.QUARTER, year))


def dues_of_rule(rule: Rule, periods: list[Period], *, exclusive: bool, notes: Notes) -> list[Due]:
    """The days of a rule in each of the periods."""
    dues: list[Due] = []
    for period in periods:
        offset = _offset(rule.anchor, period)
        if offset is None:
            notes.lose("the day does not go with the recurrence")
            return []
        for number in rule.days:
            day = _in_month(
                *shifted(period.year, period.month, offset), number, exclusive=exclusive, notes=notes
            )
            dues.append(
                Due(
                    day=day, key=period.key, name=_name(period, notes), unit=period.unit, turn=True, firm=True
                )
            )
    return dues


def _offset(anchor: Anchor, period: Period) -> int | None:
    """Months from the period's first month to the one that the rule means."""
    if anchor.unit is Unit.MONTH and not anchor.shift and period.months != 1:
        return None
    if anchor.unit is Unit.QUARTER and (
        period.months < 3 or (not anchor.shift and anchor.place != LAST and period.months > 3)
    ):
        return None
    length = {Unit.MONTH: 1, Unit.QUARTER: 3, None: period.months}[anchor.unit]
    place = length - 1 if anchor.place == LAST else anchor.place
    if anchor.shift > 0:
        return period.months + place
    if anchor.shift < 0:
        return place - length
    return period.months - 1 if anchor.place == LAST else anchor.place


def _in_month(year: int, month: int, number: int, *, exclusive: bool, notes: Notes) -> date:
    end = last_day(year, month)
    if number == LAST:
        return date(year, month, end)
    if number > end:
        notes.doubt(f"{number}/{month}/{year} does not exist: the last day of that month stands in")
        return date(year, month, end)
    return date(year, month, number) - timedelta(days=1 if exclusive else 0)
