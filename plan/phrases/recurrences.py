"""Recurrences: hằng quý, định kỳ quý, 6 tháng và năm, 02 tuần một lần, mỗi năm 1 lần, 02 lần/năm, báo cáo quý."""

from dataclasses import replace

from plan.phrases.calendar import Point, Unit
from plan.phrases.dates import numeral, quarter_number
from plan.phrases.lexicon import Lexicon
from plan.phrases.nodes import Every, Found
from plan.phrases.tokens import Phrase
from plan.phrases.words import EVERY, NEXT, QUY_WORDS, REPORTS

_UNIT_WORDS = {
    "ngày": Unit.DAY, "tuần": Unit.WEEK, "tháng": Unit.MONTH, "quý": Unit.QUARTER, "quí": Unit.QUARTER,
    "năm": Unit.YEAR, "cả năm": Unit.YEAR,
}  # fmt: skip
_UNITS = Lexicon(*_UNIT_WORDS)
_PERIODIC = Lexicon(
    "định kỳ", "định kỳ theo", "định kỳ vào", "định kỳ báo cáo", "báo cáo định kỳ", "định kỳ báo cáo theo"
)
_EACH_OF = (
    (Unit.QUARTER, Lexicon("các quý", "4 quý", "04 quý")),
    (Unit.MONTH, Lexicon("các tháng", "12 tháng")),
)
_MONTHS = {1: Unit.MONTH, 3: Unit.QUARTER, 6: Unit.HALF, 9: Unit.SPAN, 12: Unit.YEAR}
_HEADS = Lexicon(EVERY, _PERIODIC, "theo", "cuối", "mỗi", "cứ", "các")
_SOLE = Lexicon("một lần", "1 lần", "01 lần")
_NOT_AFTER_YEAR = Lexicon("học", "tài chính", "âm lịch", "ngày", "tuần", "giờ")


def every_at(p: Phrase, i: int) -> Found | None:
    """Read a recurrence at `i`, with the list of units that it goes on with, and the year it runs in."""
    found = _period_end(p, i) or _times(p, i) or _interval(p, i) or _chain(p, i)
    headless = (
        found is not None and not p.seq(i, _HEADS) and not p.is_number(i) and label_at(p, i) is not None
    )
    if headless:  # "báo cáo quý, 6 tháng" names reports
        return None
    if found is None or not isinstance(found.node, Every):
        return None
    with_year = _with_year(p, found.node, found.end)
    return Found(node=with_year.node, end=with_year.end, doubts=found.doubts)


def _period_end(p: Phrase, i: int) -> Found | None:
    """ "cuối mỗi quý"; "cuối quý" alone may be one quarter or each."""
    k = p.seq(i, "cuối", "vào cuối", "đến cuối", "hết")
    each = p.opt(k, "mỗi", "hằng", "hàng", "từng", "các", "của mỗi", "của các") if k else 0
    unit = _unit(p, each) if k and (each > k or not p.seq(i, "hết")) else None
    if unit is None or unit[0] not in {Unit.MONTH, Unit.QUARTER}:
        return None
    doubts = () if each > k else (f"'{p.show(i, unit[1])}' does not say which one",)
    return Found(node=Every(units=(unit[0],)), end=unit[1], doubts=doubts)


def _with_year(p: Phrase, every: Every, end: int) -> Found:
    """ "hằng quý năm 2024", "hằng tháng trong năm"."""
    k = p.seq(end, "năm", "trong năm", "của năm", "trong cả năm")
    if not k or Unit.YEAR in every.units:
        return Found(node=every, end=end)
    if year := p.year(k):
        if p.sign(k + 1, "-"):
            return Found(node=every, end=end)
        point = Point(unit=Unit.YEAR, year=year)
        return Found(node=replace(every, point=point), end=k + 1)
    if p.seq(end, "trong năm", "của năm", "trong cả năm") and not p.seq(k, _NOT_AFTER_YEAR, NEXT):
        return Found(node=every, end=k)
    return Found(node=every, end=end)


def _unit(p: Phrase, i: int) -> tuple[Unit, int] | None:
    """A unit without a number of its own ("quý" but not "quý I"), or "6 tháng"."""
    count, k = (p.number(i, 1, 12), i + 1) if p.is_number(i) else (numeral(p, i) or (None, i))
    if (
        count
        and (end := p.seq(k, "tháng"))
        and not p.seq(end, "đầu", "cuối", "sau", "kể từ")
        and not p.is_number(end)
    ):
        unit = _MONTHS.get(count)
        return (unit, end) if unit is not None else None
    if count == 1 and (end := p.seq(k, "quý", "năm", "tuần")):
        return _UNIT_WORDS[p.match(k, _UNITS)[1]], end
    end, word = p.match(i, _UNITS)
    if not end or p.is_number(end):
        return None
    unit_ = _UNIT_WORDS[word]
    is_other = (
        (unit_ is Unit.QUARTER and (quarter_number(p, end) is not None or p.seq(i, QUY_WORDS)))
        or (unit_ is Unit.YEAR and p.seq(end, _NOT_AFTER_YEAR))
        or (unit_ is Unit.MONTH and numeral(p, end) and not p.seq(end, _SOLE) and not p.seq(end, "năm"))
    )
    return None if is_other else (unit_, end)


def _bare_unit(p: Phrase, i: int) -> tuple[Unit | None, int]:
    """The unit at `i`, whatever follows it."""
    end, word = p.match(i, _UNITS)
    return (_UNIT_WORDS[word] if end else None), end


def _chain(p: Phrase, i: int) -> Found | None:
    """ "hằng quý, 6 tháng và năm", "quý, năm", "theo quý", "các quý"."""
    headed = p.seq(i, EVERY)
    periodic = 0 if headed else _periodic(p, i)
    k = headed or periodic or p.seq(i, "theo", "theo từng")
    first = _unit(p, k or i)
    if first is None:
        return _each(p, i)
    units, end = [first[0]], first[1]
    while (following := _next_unit(p, end)) is not None:
        units.append(following[0])
        end = following[1]
    if not k and len(units) == 1:
        return None
    if len(units) == 1:
        end = p.opt(end, _SOLE)
    return Found(node=Every(units=_unique(units)), end=end)


def _periodic(p: Phrase, i: int) -> int:
    end = p.seq(i, _PERIODIC)
    return end + 1 if end and p.sign(end, ":") else end


def _next_unit(p: Phrase, end: int) -> tuple[Unit, int] | None:
    k = end
    while p.sign(k, ",/&-+"):
        k += 1
    if p.sign(end, "-") and (p.gap(end) or p.gap(end + 1)):
        return None
    k = p.opt(k, "và", "hoặc")
    if k == end:
        return None
    k = p.opt(k, EVERY, "báo cáo", "cả")
    following = _unit(p, k)
    if following is None or p.seq(following[1], "lần", "nay"):
        return None
    if following[0] is Unit.YEAR and p.seq(following[1], NEXT) and not p.seq(following[1], "sau khi"):
        return None
    if following[0] is Unit.MONTH and p.seq(following[1], "cuối", "đầu", NEXT):
        return None
    return following


def _each(p: Phrase, i: int) -> Found | None:
    """ "các quý trong năm", "các tháng trong năm"."""
    for unit, names in _EACH_OF:
        end = p.seq(i, names)
        if end and (close := p.seq(end, "trong năm")):
            return Found(node=Every(units=(unit,)), end=end if p.year(close) else close)
    return None


def _unique(units: list[Unit]) -> tuple[Unit, ...]:
    return tuple(dict.fromkeys(units))


def _interval(p: Phrase, i: int) -> Found | None:
    """ "02 tuần một lần", "6 tháng/lần", "cứ 3 tháng", "mỗi quý một lần"."""
    k = p.opt(i, "cứ", "cứ mỗi", "định kỳ", "mỗi", "hằng", "hàng")
    count, after = (p.number(k, 1, 31), k + 1) if p.is_number(k) else (numeral(p, k) or (1, k))
    if not p.seq(after, _UNITS):
        count, after = 1, k
    if count is None:
        return None
    unit, end = _bare_unit(p, after)
    if unit is None:
        return None
    slash = p.sign(end, "/")
    close = p.seq(end + 1, "lần", _SOLE) if slash else 0
    times = 1
    if not close and (number := _count(p, end)) is not None:
        times, close = number
    if not close:
        return None
    if times > 1:
        return _counted(unit, times, close) if count == 1 else None
    if unit is Unit.MONTH:
        whole = _MONTHS.get(count)
        if whole is None or whole is Unit.SPAN:
            return Found(node=Every(units=(), counted=True), end=close)
        return Found(node=Every(units=(whole,)), end=close)
    if count == 1 or unit in {Unit.DAY, Unit.WEEK}:
        return Found(node=Every(units=(unit,)), end=close)
    return Found(node=Every(units=(), counted=True), end=close)


def _count(p: Phrase, i: int) -> tuple[int, int] | None:
    """ "(ít nhất) 02 lần"."""
    k = p.opt(i, "ít nhất", "tối thiểu", "báo cáo")
    count, after = (p.number(k, 1, 31), k + 1) if p.is_number(k) else (numeral(p, k) or (None, k))
    end = p.seq(after, "lần")
    return (count, end) if count and end else None


def _times(p: Phrase, i: int) -> Found | None:
    """ "02 lần/năm", "1 lần mỗi quý", "ít nhất 01 lần trong năm"."""
    counted = _count(p, i)
    if counted is None:
        return None
    k = counted[1]
    k = (
        k + 1
        if p.sign(k, "/")
        else p.seq(k, "mỗi", "một", "trong", "trên", "hằng", "hàng", "trong một", "trong mỗi")
    )
    unit, end = _bare_unit(p, k) if k else (None, 0)
    return _counted(unit, counted[0], end) if unit is not None else None


def _counted(unit: Unit, times: int, end: int) -> Found:
    """So many times in a period: once is the period itself; otherwise the days stay open."""
    if times == 1:
        return Found(node=Every(units=(unit,)), end=end)
    split = {(Unit.YEAR, 2): Unit.HALF, (Unit.YEAR, 4): Unit.QUARTER, (Unit.YEAR, 12): Unit.MONTH}.get(
        (unit, times)
    )
    return Found(node=Every(units=(split,) if split is not None else (), counted=True, times=times), end=end)


_NO_NOUN = Lexicon(
    "và", "trong", "các", "trước", "sau", "của", "cả", "đầu", "cuối", "giữa", "hết", "đến", "kết thúc",
)  # fmt: skip


def label_at(p: Phrase, i: int) -> Found | None:
    """A unit that hangs on a noun: "báo cáo quý", "kế hoạch năm", "sơ kết 6 tháng"."""
    if i == 0 or p.sign(i - 1, ";,.(-•:+)"):
        return _headline(p, i)
    if not p.is_word(i - 1) or p.seq(i - 1, _NO_NOUN):
        return None
    unit = _unit(p, i)
    if unit is None or unit[0] in {Unit.DAY, Unit.WEEK}:
        return None
    if p.has_marks and p.is_word(i) and not p.tokens[i].marks:  # "miền Nam" is not a year
        return None
    report = p.ends(i, REPORTS)
    units: list[Unit] = [unit[0]]
    end = unit[1]
    while (following := _next_unit(p, end)) is not None:
        units.append(following[0])
        end = following[1]
    return Found(node=Every(units=_unique(units), label=True, report=report), end=end)


def _headline(p: Phrase, i: int) -> Found | None:
    """ "6 tháng: trước ngày 15/6; năm: trước ngày 15/12": a period in front of its day."""
    unit = _unit(p, i)
    if unit is None or unit[0] in {Unit.DAY, Unit.WEEK}:
        return None
    if not (p.sign(unit[1], ":(") or p.seq(unit[1], "trước", "chậm nhất", "gửi trước", "muộn nhất", "hạn")):
        return None
    return Found(node=Every(units=(unit[0],), label=True), end=unit[1])
