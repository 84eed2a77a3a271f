"""Parts of a year, quarter or month: 6 tháng đầu năm, giữa tháng 5, cuối quý II, tuần đầu tháng 6."""

from plan.phrases.calendar import Part, Point, Unit
from plan.phrases.dates import month, numeral, quarter, relative_year, year
from plan.phrases.lexicon import Lexicon
from plan.phrases.nodes import Found, UnreadableError
from plan.phrases.tokens import Phrase


def first_months(p: Phrase, i: int) -> Found | None:
    """6 tháng đầu năm 2023, 6 tháng cuối năm, 9 tháng đầu năm."""
    small = p.number(i, 1, 12)
    count, k = (small, i + 1) if small else (numeral(p, i) or (0, 0))
    if not count or not (k := p.seq(k, "tháng")):
        return None
    end = p.seq(k, "đầu", "cuối")
    if not end or p.seq(end, "quý", "kỳ", "của", "tư"):
        return None
    from_end = bool(p.seq(k, "cuối"))
    unit = Unit.SPAN
    year, shift, end = _named_year(p, end)
    point = Point(unit=unit, months=count, from_end=from_end, year=year, shift=shift)
    return Found(node=point, end=end)


def _named_year(p: Phrase, i: int) -> tuple[int | None, int | None, int]:
    """ "năm 2023", "năm sau", "năm", "/2023", or nothing, behind "6 tháng đầu"."""
    relative = relative_year(p, i)
    if relative is not None:
        return None, relative[0], relative[1]
    k = p.opt(i, "năm")
    k = k + 1 if p.sign(k, "/") and p.year(k + 1) else k
    if year := p.year(k):
        return year, None, k + 1
    return None, None, k


def part_of(p: Phrase, i: int, plan_year: int) -> Found | None:
    """Giữa tháng 5/2023, cuối quý II, đầu năm, tuần đầu tháng 6, 10 ngày đầu tháng 6."""
    head = _part_head(p, i)
    if head is None:
        return None
    part, count, k = head
    k = p.opt(k, "của")
    inner = month(p, k, plan_year) or quarter(p, k, plan_year) or year(p, k)
    if inner is None and (end := p.seq(k, "năm")) and not p.seq(k, "năm học"):
        inner = Found(node=Point(unit=Unit.YEAR, shift=0), end=end)
    if inner is None or not isinstance(inner.node, Point):
        return None
    whole = inner.node
    point = Point(
        unit=whole.unit, month=whole.month, quarter=whole.quarter, part=part, part_count=count,
        year=whole.year, shift=whole.shift,
    )  # fmt: skip
    return Found(
        node=point,
        end=inner.end,
        doubts=inner.doubts + _part_doubts(part, whole.unit, p.show(i, inner.end)),
    )


def _part_head(p: Phrase, i: int) -> tuple[Part, int, int] | None:
    for part, words in _PART_WORDS:
        if end := p.seq(i, words):
            return part, 1, end
    for days, word in ((10, "thượng tuần"), (20, "trung tuần")):
        if end := p.seq(i, word):
            return Part.COUNT_DAYS, days, end
    if end := p.seq(i, "tuần", "tuần thứ"):
        nth = p.number(end, 1, 5)
        place = (nth, end + 1) if nth else numeral(p, end)
        return (Part.WEEK, place[0], place[1]) if place is not None and place[0] <= 4 else None
    if count := p.number(i, 1, 28):
        if (end := p.seq(i + 1, "tuần đầu", "tuần đầu tiên")) and count <= 4:
            return Part.COUNT_WEEKS, count, end
        if end := p.seq(i + 1, "ngày đầu", "ngày đầu tiên"):
            return Part.COUNT_DAYS, count, end
        if end := p.seq(i + 1, "ngày cuối", "ngày cuối cùng", "tuần cuối", "tuần cuối cùng"):
            return Part.END, 1, end
    return None


_PART_WORDS = (
    (Part.START, Lexicon("đầu", "ngày đầu", "ngày đầu tiên")),
    (Part.MIDDLE, Lexicon("giữa")),
    (Part.END, Lexicon("cuối", "ngày cuối", "ngày cuối cùng", "vào cuối")),
    (Part.FIRST_HALF, Lexicon("nửa đầu", "nửa đầu của")),
    (Part.SECOND_HALF, Lexicon("nửa cuối", "nửa sau")),
    (Part.WEEK, Lexicon("tuần đầu", "tuần đầu tiên", "tuần thứ nhất")),
    (Part.END, Lexicon("tuần cuối", "tuần cuối cùng", "hạ tuần")),
)


def _part_doubts(part: Part, unit: Unit, shown: str) -> tuple[str, ...]:
    """The Civil Code settles đầu, giữa, cuối of a month and giữa, cuối of a year; the rest is usage."""
    settled = part is Part.END or unit is Unit.MONTH or (unit is Unit.YEAR and part is not Part.START)
    weeks = part in {Part.WEEK, Part.COUNT_WEEKS} or "tuần" in shown or "tuan" in shown
    if unit is not Unit.MONTH and part in {Part.WEEK, Part.COUNT_WEEKS, Part.COUNT_DAYS}:
        raise UnreadableError(f"'{shown}' gives no certain day")
    return () if settled and not weeks else (f"'{shown}' gives no certain day",)
