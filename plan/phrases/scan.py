"""From tokens to items: at each position the first rule that matches takes its tokens; the rest is a doubt."""

from plan.phrases.bounds import Bound, bound_at
from plan.phrases.calendar import Point, Unit
from plan.phrases.documents import document_at
from plan.phrases.lexicon import Lexicon
from plan.phrases.lists import Group, group_at
from plan.phrases.marks import Read, duration_at, gap_at, leftover_at, mark_at, time_at
from plan.phrases.nodes import (
    After,
    Break,
    Dated,
    Doubt,
    Every,
    Gap,
    Item,
    Mark,
    Rule,
    Start,
    UnreadableError,
)
from plan.phrases.recurrences import every_at, label_at
from plan.phrases.tokens import Phrase
from plan.phrases.words import DANGLING, DOING, ORDINALS, REPORTS, SINCE, SINCE_THEN, MarkKind

_SCOPES = Lexicon(
    "giai đoạn", "trong giai đoạn", "cho giai đoạn", "cả giai đoạn", "thuộc giai đoạn", "thời kỳ"
)
_TERMS = Lexicon("nhiệm kỳ", "khóa", "khoá")
_WINDOWS = Lexicon("chốt số liệu", "số liệu", "lấy số liệu", "số liệu báo cáo")
_BLOCKING = frozenset({MarkKind.LATER, MarkKind.SCHOOL, MarkKind.SESSION, MarkKind.FESTIVAL})
Several = tuple[list[Item], int]


def scan(p: Phrase, plan_year: int) -> list[Item]:
    """All items of a phrase, in order. Unreadable dates become fatal doubts."""
    items: list[Item] = []
    i = 0
    while i < len(p):
        try:
            taken, end = _item(p, i, plan_year)
            if _dangles(p, i, taken, items):
                items.append(Doubt(reason=f"'{p.show(i - 1, end)}' was not read together", fatal=False))
            items.extend(taken)
            i = end
        except UnreadableError as error:
            items.append(Doubt(reason=str(error), fatal=True))
            i += 1
    return items


def _dangles(p: Phrase, i: int, taken: list[Item], items: list[Item]) -> bool:
    """Whether a word such as "từ" stands unread right in front of a date or recurrence."""
    unread = bool(items) and isinstance(items[-1], Break) and items[-1].gap in {Gap.WORD, Gap.DOING}
    return unread and isinstance(taken[0], Dated | Every) and p.ends(i, DANGLING)


def _item(p: Phrase, i: int, plan_year: int) -> Several:
    for rule in (
        _blocking,
        _ordinal,
        _document,
        _scope,
        _named_term,
        _since,
        _after,
        _recurring,
        _bounded,
        _plain_date,
    ):
        taken = rule(p, i, plan_year)
        if taken is not None:
            return taken
    single = _single(p, i)
    return [single[0]], single[1]


def _blocking(p: Phrase, i: int, _plan_year: int) -> Several | None:
    """Wordings that hold a time word which is not a date: "các năm tiếp theo", "cuối năm học", "kỳ họp"."""
    read = mark_at(p, i)
    if read is None or not isinstance(read[0], Mark) or read[0].kind not in _BLOCKING:
        return None
    return [read[0]], read[1]


def _ordinal(p: Phrase, i: int, _plan_year: int) -> Several | None:
    """Đợt 1, lần 2: a number that is no day; "đợt 1/2023" is no month."""
    if not p.ends(i, ORDINALS) or not 1 <= len(p.digits(i)) <= 2 or p.sign(i + 1, "%"):
        return None
    if p.sign(i + 1, "/-.") and p.is_number(i + 2) and not p.gap(i + 2):
        raise UnreadableError(f"'{p.show(i - 1, i + 3)}' is not a date")
    return [Break(gap=Gap.WORD)], i + 1


def _single(p: Phrase, i: int) -> Read:
    for rule in (_dangling_bound, mark_at, duration_at, time_at, gap_at):
        read = rule(p, i)
        if read is not None:
            return read
    return leftover_at(p, i)


def _document(p: Phrase, i: int, plan_year: int) -> Several | None:
    k = p.opt(i, "theo")
    found = document_at(p, k, plan_year)
    if found is None:
        return None
    items: list[Item] = [Mark(kind=MarkKind.RULE)] if k > i else [Break(gap=Gap.WORD)]
    if found[1]:
        items.append(Doubt(reason=f"'{p.show(i, found[0])}': the date may be the document's", fatal=False))
    return items, found[0]


def _scope(p: Phrase, i: int, plan_year: int) -> Several | None:
    """Giai đoạn 2022-2025: the frame of a programme, a deadline only when nothing else is said."""
    k = p.seq(i, _SCOPES)
    k = p.opt(k, "từ", "từ năm", "năm") if k else 0
    group = group_at(p, k, plan_year, bound=True) if k and (p.year(k) or p.seq(k, "năm")) else None
    if group is None:
        return None
    items: list[Item] = [Dated(node=part.node, start=part.start, scope=True) for part in group.parts]
    return items + _doubts(group.doubts), group.end


def _named_term(p: Phrase, i: int, plan_year: int) -> Several | None:
    """Nhiệm kỳ 2021-2026: the name of a council's term, never a deadline."""
    k = p.seq(i, _TERMS)
    group = group_at(p, k, plan_year, bound=True) if k and p.year(k) else None
    if group is None:
        return ([Break(gap=Gap.WORD)], k) if k and p.seq(i, "nhiệm kỳ") and not p.is_number(k) else None
    return [
        Break(gap=Gap.WORD),
        Doubt(reason=f"'{p.show(i, group.end)}' names a term", fatal=False),
    ], group.end


def _since(p: Phrase, i: int, plan_year: int) -> Several | None:
    """Từ … đến … is a range, từ … alone a beginning without an end."""
    k = p.seq(i, SINCE)
    if not k or (not p.tokens[i].marks and p.seq(i, "từ") and p.seq(i - 1, "đầu", "thông", "vật", "thứ")):
        return None
    clock = bound_at(p, k)
    k_first = clock.end if clock is not None and not clock.exclusive else k
    group = group_at(p, k_first, plan_year, bound=True, bare_year=True, since=True)
    if group is None:
        return None
    window = p.ends(i, _WINDOWS) or bool(p.seq(i, "tính từ"))
    first = group.parts[0]
    until_clock = clock is not None and any(p.seq(t, "đến", "tới") for t in range(k, clock.end))
    if first.start is not None or until_clock:
        return _of_group(
            p,
            i,
            group,
            bound=Bound(end=k, exclusive=False, bare_year=False, within=True, about=False),
            window=window,
        ), group.end
    if not isinstance(first.node, Point):
        raise UnreadableError(f"'{p.show(i, group.end)}' has a beginning and no end")
    end = p.opt(group.end, SINCE_THEN)
    return [Start(point=first.node), *_doubts(group.doubts)], end


def _after(p: Phrase, i: int, plan_year: int) -> Several | None:
    """Sau ngày 30/6: no last day follows from it."""
    k = p.seq(i, "sau", "ngay sau")
    if not k or (p.has_marks and p.tokens[i].marks):
        return None
    group = group_at(p, k, plan_year, bound=True)
    return ([After()], group.end) if group is not None else None


def _recurring(p: Phrase, i: int, _plan_year: int) -> Several | None:
    found = every_at(p, i)
    if found is None or not isinstance(found.node, Every):
        return None
    return [found.node, *_doubts(found.doubts)], found.end


def _bounded(p: Phrase, i: int, plan_year: int) -> Several | None:
    bound = bound_at(p, i)
    if bound is None:
        return None
    group = group_at(
        p, bound.end, plan_year, bound=True, bare_year=bound.bare_year, exclusive=bound.exclusive
    )
    if group is None:
        return None
    items = _of_group(p, i, group, bound=bound, window=False)
    if end := p.seq(group.end, SINCE_THEN):
        return [Start(point=None), *_doubts(group.doubts)], end
    if bound.about:
        items.append(Doubt(reason="the date is only planned or approximate", fatal=False))
    return items, group.end


def _plain_date(p: Phrase, i: int, plan_year: int) -> Several | None:
    if p.is_number(i) and p.sign(i - 1, "/-.:") and not p.gap(i):
        raise UnreadableError(f"'{p.show(i - 2, i + 1)}' was not read")
    found = label_at(p, i)
    group = group_at(p, i, plan_year, bound=False)
    if group is None:
        if found is None or not isinstance(found.node, Every):
            return None
        return [found.node], found.end
    if end := p.seq(group.end, SINCE_THEN):
        return [Start(point=None), *_doubts(group.doubts)], end
    items = _of_group(p, i, group, bound=None, window=False)
    if _may_be_a_fraction(p, i, group):
        items.append(Doubt(reason=f"'{p.show(i, group.end)}' may not be a date", fatal=False))
    return items, group.end


def _may_be_a_fraction(p: Phrase, i: int, group: Group) -> bool:
    """ "3/4 số xã", "hỗ trợ 24/7"."""
    first = group.parts[0].node
    is_day = isinstance(first, Point) and first.unit is Unit.DAY and not first.has_year
    return is_day and p.is_number(i) and (p.is_word(i - 1) or p.is_word(group.end))


def _of_group(p: Phrase, i: int, group: Group, *, bound: Bound | None, window: bool) -> list[Item]:
    exclusive = bound is not None and bound.exclusive
    label, report = (False, False) if bound is not None else _hangs_on(p, i)
    units = {isinstance(part.node, Point) and part.node.unit > Unit.DAY for part in group.parts}
    if exclusive and len(units) > 1:
        raise UnreadableError(f"'{p.show(i, group.end)}': whether 'trước' governs the whole list")
    items: list[Item] = []
    for part in group.parts:
        if part.before is not None:
            items.append(Break(gap=Gap.AND if part.before is Gap.SENTENCE else part.before))
        items.append(
            Dated(
                node=part.node,
                start=part.start,
                exclusive=exclusive or part.exclusive,
                bound=bound is not None,
                within=bound is not None and bound.within,
                label=label,
                report=report,
                verb=bound is None and not label and p.ends(i, DOING),
                window=window,
            )
        )
    if label and any(isinstance(part.node, Point) and part.node.part is not None for part in group.parts):
        items.append(Doubt(reason=f"'{p.show(i, group.end)}' may only be part of a name", fatal=False))
    if exclusive and any(isinstance(part.node, Rule) and min(part.node.days) < 0 for part in group.parts):
        raise UnreadableError(f"'{p.show(i, group.end)}' gives no certain day")
    return items + _doubts(group.doubts)


def _hangs_on(p: Phrase, i: int) -> tuple[bool, bool]:
    """Whether a plain noun stands right in front, and whether it is a report."""
    if p.is_number(i - 1) and not p.sign(i - 1, "%"):
        return True, False
    if not p.is_word(i - 1) or p.seq(i - 1, "và", "hoặc", "các"):
        return False, False
    report = p.ends(i, REPORTS)
    return report or not p.ends(i, DOING), report


def _dangling_bound(p: Phrase, i: int) -> Read | None:
    """ "trước" with no date behind it that could be read."""
    if not p.seq(i, "trước") or mark_at(p, i) is not None or time_at(p, i) is not None:
        return None
    return Doubt(reason=f"'{p.show(i, i + 4)}' was not read", fatal=True), i + 1


def _doubts(reasons: tuple[str, ...]) -> list[Item]:
    return [Doubt(reason=reason, fatal=False) for reason in reasons]
