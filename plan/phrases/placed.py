"""A dated item in its place in a clause, and the days that it covers."""

from dataclasses import dataclass, field, replace

from plan.phrases.calendar import NoSuchDayError, Point, Span, Unit, span
from plan.phrases.dues import Notes
from plan.phrases.nodes import Dated, Every, Gap

APART = frozenset({Gap.WORD})


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

    @property
    def names_what_went_before(self) -> bool:
        """ "trước ngày 15/6 (báo cáo 6 tháng)", "trước ngày 15/6 đối với báo cáo 6 tháng"."""
        if not self.item.label or Gap.CLOSE in self.gaps:
            return False
        return Gap.OPEN in self.gaps or (Gap.REGARDING in self.gaps and Gap.COMMA not in self.gaps)


@dataclass(kw_only=True)
class Group:
    """Wide items and the fine ones that narrow them."""

    wide: list[Placed] = field(default_factory=list)
    fine: list[Placed] = field(default_factory=list)
    closed: bool = False


def span_of(dated: Dated, notes: Notes) -> Span | None:
    """The days of an item, from the start of a range on; None, noted, when there are none."""
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


def year_above(periods: list[Placed]) -> int | None:
    """The year that a wide "năm 2024:" lends to the dates under it."""
    for placed in periods:
        item = placed.item
        if not isinstance(item, Dated) or item.exclusive:
            continue
        if isinstance(item.node, Point) and item.node.unit is Unit.YEAR:
            return item.node.year if item.start is None and not item.scope and not item.label else None
    return None


def in_year(dated: Dated, year: int | None) -> Dated:
    """The item in a year that its frame names, unless it names one itself."""
    if year is None or not isinstance(dated.node, Point) or dated.node.has_year:
        return dated
    return replace(dated, node=replace(dated.node, year=year))
