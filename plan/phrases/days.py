"""Days and what they hang on: ngày 15/6, ngày 20 tháng 6 năm 2023, ngày 20 tháng cuối quý, ngày 5 hằng tháng."""

from plan.phrases.calendar import LAST, NO_SUCH_DAY, Point, Unit, span
from plan.phrases.calendar import NoSuchDayError as _NoSuchDay
from plan.phrases.dates import month, numeric, quarter_number, relative_year, year_tail
from plan.phrases.lexicon import Lexicon
from plan.phrases.nodes import Anchor, Bare, Found, Rule, UnreadableError
from plan.phrases.tokens import Phrase
from plan.phrases.words import BEFORE, NEXT, WEEKDAYS

_DAY_WORDS = Lexicon("ngày", "các ngày", "mùng", "mồng", "ngày mùng", "ngày mồng", "hôm", "ngày là")
_MONTHLY = Lexicon(
    "hằng tháng", "hàng tháng", "mỗi tháng", "từng tháng", "các tháng", "tháng báo cáo", "tháng này"
)
_PLACES = (
    (LAST, Lexicon("cuối", "cuối cùng", "thứ ba", "thứ 3")),
    (0, Lexicon("đầu", "đầu tiên", "thứ nhất", "thứ 1")),
    (1, Lexicon("giữa", "thứ hai", "thứ 2")),
)
_PERIODS = Lexicon("kỳ báo cáo", "kỳ", "quý báo cáo", "kỳ thực hiện báo cáo")
_OF_EACH = Lexicon(
    "trong",
    "trong mỗi",
    "thuộc",
    "của",
    "mỗi",
    "của mỗi",
    "hằng",
    "hàng",
    "của hằng",
    "của hàng",
    "từng",
    "của từng",
    "các",
    "của các",
)


def weekday(p: Phrase, i: int) -> tuple[int, int]:
    """Monday 0 to Sunday 6, and the position after; the position is 0 when there is none."""
    for number, names in enumerate(WEEKDAYS):
        if end := p.seq(i, names):
            return number, end
    return 0, 0


def day(p: Phrase, i: int, plan_year: int, *, bound: bool) -> Found | None:
    """A day, with or without "ngày". `bound`: a word such as "trước" stands in front."""
    name, after_name = weekday(p, i)
    start = after_name + 1 if after_name and p.sign(after_name, ",") else after_name or i
    k = p.seq(start, _DAY_WORDS)
    k = k + 1 if k and p.sign(k, ":") else k
    if after_name and not k and not (found := numeric(p, start, plan_year) if p.is_number(start) else None):
        return None
    found = _after_word(p, k, plan_year) if k else _without_word(p, start, plan_year, bound=bound)
    if found is None or not after_name:
        return found
    return _checked(found, name, plan_year)


def _checked(found: Found, name: int, plan_year: int) -> Found | None:
    """The day of the week must fit the date."""
    if not isinstance(found.node, Point) or found.node.unit is not Unit.DAY:
        return None
    try:
        fits = span(found.node, plan_year).first.weekday() == name
    except _NoSuchDay as error:
        raise UnreadableError(str(error)) from error
    doubts = () if fits else ("the day of the week does not fit the date",)
    return Found(node=found.node, end=found.end, doubts=found.doubts + doubts)


def _after_word(p: Phrase, k: int, plan_year: int) -> Found | None:
    if end := p.seq(k, "cuối", "cuối cùng", "làm việc cuối cùng"):
        return _last_day(p, k, end)
    if not p.is_number(k):
        return None
    found = numeric(p, k, plan_year)
    if found is None and _dotted(p, k):
        raise UnreadableError(f"'{p.show(k, k + 3)}' is not clearly a date")
    if found is not None:
        if isinstance(found.node, Point) and found.node.unit is not Unit.DAY:
            raise UnreadableError(f"'ngày {p.show(k, found.end)}' is not a day")
        return found
    if (number := p.number(k, 1, 31)) is None:
        raise UnreadableError(f"'ngày {p.show(k, k + 1)}' {NO_SUCH_DAY}")
    return day_number(p, k, plan_year) or Found(node=Bare(days=(number,)), end=k + 1)


def _dotted(p: Phrase, k: int) -> bool:
    return p.sign(k + 1, ".") and not p.gap(k + 1) and not p.gap(k + 2) and p.is_number(k + 2)


def _last_day(p: Phrase, k: int, end: int) -> Found | None:
    """Ngày cuối cùng của tháng, của tháng cuối quý; with a month by name it is a part of that month."""
    if p.seq(k, "làm việc"):
        raise UnreadableError("the last working day depends on the days off")
    anchor = anchor_at(p, end)
    if anchor is not None and isinstance(anchor[0], Anchor):
        return Found(node=Rule(days=(LAST,), anchor=anchor[0]), end=anchor[1])
    if (end_month := p.seq(end, "tháng")) and not p.is_number(end_month):
        return Found(node=Rule(days=(LAST,), anchor=Anchor(unit=Unit.MONTH, place=LAST)), end=end_month)
    end_quarter = p.seq(p.opt(end, _OF_EACH), "quý")
    if end_quarter and quarter_number(p, end_quarter) is None:
        return Found(node=Rule(days=(LAST,), anchor=Anchor(unit=Unit.QUARTER, place=LAST)), end=end_quarter)
    return None


def _without_word(p: Phrase, i: int, plan_year: int, *, bound: bool) -> Found | None:
    """15/6/2023, "20 tháng 11 năm 2023", "15 hằng tháng"."""
    if not p.is_number(i):
        return None
    found = numeric(p, i, plan_year)
    if found is not None:
        return found
    if p.number(i, 1, 31) is None:
        return None
    found = day_number(p, i, plan_year)
    if found is None or bound:
        return found
    if not isinstance(found.node, Point):
        return found if isinstance(found.node, Rule) and not found.node.anchor.shift else None
    if found.node.year is not None:
        return found
    return Found(
        node=found.node, end=found.end, doubts=(*found.doubts, f"'{p.show(i, found.end)}' may not be a day")
    )


def day_number(p: Phrase, k: int, plan_year: int) -> Found | None:
    """The number of a day at `k` with its month or rule behind it."""
    number = p.number(k, 1, 31)
    if number is None:
        return None
    j = k + 2 if p.sign(k + 1, "/,") and p.seq(k + 2, "tháng", "hằng", "hàng") else k + 1
    anchor = anchor_at(p, j)
    if anchor is not None:
        node, end = anchor
        if isinstance(node, Anchor):
            doubts: tuple[str, ...] = (
                ("'tháng này' means no certain month",) if p.seq(end - 2, "tháng này") else ()
            )
            return Found(node=Rule(days=(number,), anchor=node), end=end, doubts=doubts)
        year, shift, end, doubts = (
            (node.year, node.shift, end, ()) if node.has_year else year_tail(p, end, plan_year)
        )
        return Found(
            node=Point(unit=Unit.DAY, day=number, month=node.month, year=year, shift=shift),
            end=end,
            doubts=doubts,
        )
    j = p.opt(j, "của", "các", "trong", "vào", "của các", "trong các", "vào các")
    named = month(p, j, plan_year) if p.seq(j, "tháng") else None
    if named is None or not isinstance(named.node, Point):
        return None
    if p.seq(named.end, "tháng"):  # "6 tháng 12 tháng"
        return None
    point = named.node
    return Found(
        node=Point(unit=Unit.DAY, day=number, month=point.month, year=point.year, shift=point.shift),
        end=named.end,
        doubts=() if point.year is not None and p.year(named.end - 1) else named.doubts,
    )


def anchor_at(p: Phrase, j: int) -> tuple[Anchor | Point, int] | None:
    """The month that a day hangs on: of each month, the next month, the last month of a quarter or report period."""
    if end := _monthly(p, j):
        return Anchor(unit=Unit.MONTH, place=LAST), end
    k = p.seq(p.opt(j, "của", "vào", "trong", "ở"), "tháng")
    if not k:
        return None
    if end := p.seq(k, "sau"):
        if not p.has_marks:
            raise UnreadableError("'thang sau' may be June or the next month")
        return Anchor(unit=Unit.MONTH, place=0, shift=1), p.opt(end, _AFTER_PERIOD)
    if end := p.seq(k, NEXT):
        return Anchor(unit=Unit.MONTH, place=0, shift=1), p.opt(end, _AFTER_PERIOD)
    if end := p.seq(k, "trước kỳ báo cáo", "liền trước kỳ báo cáo"):
        return Anchor(unit=Unit.MONTH, place=LAST, shift=-1), end
    if (end := p.seq(k, BEFORE)) and not (p.is_number(end) or p.seq(end, "ngày", "khi", "tháng")):
        return Anchor(unit=Unit.MONTH, place=LAST, shift=-1), end
    for place, words in _PLACES:
        if end := p.seq(k, words):
            return _month_of_period(p, end, place)
    return None


_AFTER_PERIOD = Lexicon("kỳ báo cáo", "của kỳ báo cáo", "liền kề", "tháng báo cáo", "quý báo cáo", "kỳ")


def _monthly(p: Phrase, j: int) -> int:
    k = p.opt(j, "của", "vào", "trong")
    end = p.seq(k, _MONTHLY)
    if end and not (p.is_number(end) or p.sign(end, ":") or p.seq(end, "cuối", "đầu", "giữa", "thứ")):
        return end
    if end := p.seq(k, "tháng thuộc kỳ báo cáo", "tháng cuối thuộc kỳ báo cáo"):
        return end
    end = p.seq(j, "của tháng", "trong tháng", "vào tháng") or (
        p.seq(j, "tháng") if p.sign(j - 1, "/") else 0
    )
    return end if end and not (p.is_word(end) or p.is_number(end)) else 0


def _month_of_period(p: Phrase, end: int, place: int) -> tuple[Anchor | Point, int] | None:
    """ "(tháng cuối) của mỗi quý sau", "(tháng đầu) quý III", "(tháng cuối) năm"."""
    k = p.opt(end, _OF_EACH)
    unit: Unit | None = None
    after = p.seq(k, _PERIODS) if not p.seq(k, "kỳ họp") else 0
    if not after and (after := p.seq(k, "quý", "quí")):
        unit = Unit.QUARTER
        numbered = quarter_number(p, after)
        if numbered is not None:
            return _named_quarter(p, numbered, place)
    if not after and (year_end := p.seq(k, "năm")) and place != 1:
        number = 1 if place == 0 else 12
        if p.year(year_end) or relative_year(p, k):
            return Point(unit=Unit.MONTH, month=number), k
        return Point(unit=Unit.MONTH, month=number, shift=0), year_end
    if not after:
        return None
    after = p.opt(after, "thuộc kỳ báo cáo", "báo cáo", "của kỳ báo cáo")
    shift = 0
    if (nxt := p.seq(after, NEXT)) and not p.seq(nxt, "khi"):
        shift, after = 1, nxt
    elif (prev := p.seq(after, BEFORE)) and not (p.is_number(prev) or p.seq(prev, "ngày", "khi", "tháng")):
        shift, after = -1, prev
    return Anchor(unit=unit, place=place, shift=shift), after


def _named_quarter(p: Phrase, numbered: tuple[int, int], place: int) -> tuple[Point, int]:
    number, end = numbered
    k = p.opt(end + 1, "quý", "quí") if p.sign(end, ",-&+/") or p.seq(end, "và", "đến") else 0
    if k and quarter_number(p, k) is not None and not p.year(k):
        raise UnreadableError("a month of several quarters by name was not read")
    if not 1 <= number <= 4:
        raise UnreadableError(f"quarter {number} {NO_SUCH_DAY}")
    return Point(unit=Unit.MONTH, month=number * 3 - 2 + (2 if place == LAST else place)), end


def month_rule(p: Phrase, i: int, plan_year: int) -> Found | None:
    """ "tháng cuối quý" without a day: the end of that month of each quarter, or of one quarter."""
    if not p.seq(i, "tháng"):
        return None
    anchor = anchor_at(p, i)
    if anchor is None:
        return None
    node, end = anchor
    if p.seq(i - 1, "các", "những"):
        raise UnreadableError(f"'{p.show(i - 1, end)}' gives no certain month")
    if isinstance(node, Anchor):
        if node.unit is Unit.MONTH:
            return None
        return Found(node=Rule(days=(LAST,), anchor=node), end=end)
    if node.has_year:
        return Found(node=node, end=end)
    year, shift, end, doubts = year_tail(p, end, plan_year)
    return Found(
        node=Point(unit=Unit.MONTH, month=node.month, year=year, shift=shift), end=end, doubts=doubts
    )
