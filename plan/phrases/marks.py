"""Everything in a phrase that is not a date: set wordings, lengths of time, breaks, and what nobody has read."""

from plan.phrases.bounds import clock_at
from plan.phrases.calendar import Unit
from plan.phrases.dates import numeral
from plan.phrases.days import weekday
from plan.phrases.lexicon import Lexicon
from plan.phrases.nodes import Break, Doubt, Duration, Every, Gap, Item, Mark
from plan.phrases.tokens import Phrase
from plan.phrases.words import (
    COUNTED,
    DOING,
    DOUBTFUL_WORDS,
    FATAL_WORDS,
    HARMLESS,
    MARKS,
    NUMBERED,
    PURPOSE,
    QUY_WORDS,
    ROMANS,
    SINCE_THEN,
)

Read = tuple[Item, int]

_GAPS = {
    ";": Gap.SENTENCE, ".": Gap.SENTENCE, ",": Gap.COMMA, ":": Gap.COLON, "(": Gap.OPEN, "[": Gap.OPEN, ")": Gap.CLOSE,
    "]": Gap.CLOSE, "/": Gap.SLASH, "•": Gap.ITEM, "&": Gap.AND, "!": Gap.SENTENCE, "?": Gap.SENTENCE,
}  # fmt: skip
_LENGTHS = Lexicon(
    "ngày làm việc", "ngày", "tháng", "tuần", "năm", "giờ", "quý", "phút", "giờ làm việc", "ngày đêm", "kỳ"
)
_DURATION_HEADS = Lexicon(
    "trong vòng", "trong thời hạn", "trong thời gian", "sau", "trước", "tối đa", "tối thiểu", "ít nhất"
)
_NEAR = Lexicon(FATAL_WORDS, DOUBTFUL_WORDS, "đến", "từ", "và", "vào", "trong")
_EACH = Lexicon("mỗi", "hàng", "hằng", "từng", "các", "kỳ", "của")


def mark_at(p: Phrase, i: int) -> Read | None:
    """The longest set wording at `i`."""
    best, which = 0, None
    for kind, words in MARKS.items():
        end = p.seq(i, words)
        if end > best:
            best, which = end, kind
    harmless = p.seq(i, HARMLESS)
    if which is None or harmless > best:
        return (Break(gap=Gap.WORD), harmless) if harmless else None
    return Mark(kind=which), best


def duration_at(p: Phrase, i: int) -> Read | None:
    """ "30 ngày", "trong vòng 03 tháng", "năm ngày": a length, not a date."""
    k = p.opt(i, _DURATION_HEADS)
    k = p.opt(k, "không quá", "khoảng", "ít nhất", "tối đa")
    if p.is_number(k):
        after = k + 1
        after = after + 2 if p.sign(after, "-") and p.is_number(after + 1) else after
    else:
        word = numeral(p, k)
        if word is None:
            return None
        after = word[1]
    end = p.seq(after, _LENGTHS)
    if not end or p.is_number(end):
        return None
    if k == i and p.seq(after, "tháng") == end and p.number(i, 1, 12) in {3, 6, 9, 12}:
        return Doubt(
            reason=f"'{p.show(i, end)}' may be a part of the year or a length of time", fatal=True
        ), end
    return Duration(), end


def time_at(p: Phrase, i: int) -> Read | None:
    """A time of day, or a day of the week, that no date has claimed."""
    k = p.opt(
        i,
        "trước",
        "chậm nhất",
        "đến",
        "vào",
        "từ",
        "chậm nhất là",
        "trước lúc",
        "vào lúc",
        "lúc",
        "trước ngày",
    )
    k = k + 1 if p.sign(k, ",") and k > i else k
    clock = clock_at(p, k)
    k_day = p.opt(
        clock[0] if clock is not None else k, "ngày", "vào", "chiều", "sáng", "vào ngày", "hằng", "hàng"
    )
    _name, end = weekday(p, k_day)
    if end and not p.seq(i, "lần", "kỳ"):
        return Every(units=(Unit.WEEK,)), p.opt(
            end, "hằng tuần", "hàng tuần", "mỗi tuần", "của tuần", "cuối tuần"
        )
    return (Break(gap=Gap.WORD), clock[0]) if clock is not None else None


def gap_at(p: Phrase, i: int) -> Read | None:
    """Signs and connecting words."""
    token = p.at(i)
    if token is None:
        return None
    if token.text in _GAPS:
        return Break(gap=_GAPS[token.text]), i + 1
    if token.text in "-+" and p.sign(i, "-+"):
        return Break(gap=Gap.ITEM if p.is_bulleted or i == 0 else Gap.DASH), i + 1
    if end := p.seq(i, "và", "cùng với", "đồng thời"):
        return Break(gap=Gap.AND), end
    if end := p.seq(i, "hoặc", "hay"):
        return Break(gap=Gap.OR), end
    if end := p.seq(i, "đối với", "của báo cáo", "cho báo cáo"):
        return Break(gap=Gap.REGARDING), end if p.seq(i, "đối với") else end - 2
    if end := p.seq(i, PURPOSE):
        return Break(gap=Gap.PURPOSE), end
    if end := p.seq(i, SINCE_THEN):
        return Break(gap=Gap.WORD), end
    if end := p.seq(i, DOING):
        return Break(gap=Gap.DOING), end
    return None


def leftover_at(p: Phrase, i: int) -> Read:
    """Last resort: a plain word passes, a number or a time word that nobody has read is a doubt."""
    token = p.tokens[i]
    if p.is_number(i):
        return _number(p, i)
    if not p.is_word(i):
        is_number_like = any(char.isnumeric() for char in token.text)
        return (
            Doubt(reason=f"'{token.text}' was not read", fatal=True)
            if is_number_like
            else Break(gap=Gap.WORD)
        ), i + 1
    exact = bool(token.marks) or not p.has_marks or token.text in {"sau"}
    if token.text in ROMANS and len(token.text) > 1:
        return Doubt(reason=f"'{token.text}' was not read", fatal=True), i + 1
    if exact and not p.seq(i, QUY_WORDS):
        if p.seq(i, FATAL_WORDS):
            return Doubt(reason=f"'{p.show(i, i + 2)}' was not read", fatal=True), i + 1
        if p.seq(i, DOUBTFUL_WORDS):
            apart = not (p.is_number(i - 1) or p.seq(i - 1, "của", "đến", "tới", "và") or p.seq(i + 1, _EACH))
            return Doubt(reason=f"'{p.show(i, i + 2)}' was not read", fatal=not apart), i + 1
    return Break(gap=Gap.WORD), i + 1


def _number(p: Phrase, i: int) -> Read:
    """Numbers that count something else than time are plain words; one beside a date could be part of it."""
    end = i + 1
    while p.sign(end, ".,") and not p.gap(end) and not p.gap(end + 1) and p.is_number(end + 1):
        end += 2
    if p.sign(end, "%") or p.seq(end, "phần trăm"):
        return Break(gap=Gap.WORD), end + 1
    if p.tokens[i].odd or p.sign(end, "/-") or p.sign(i - 1, "/-."):
        return Doubt(reason=f"'{p.show(i, end + 1)}' was not read", fatal=True), end
    if p.seq(end, COUNTED) or p.ends(i, NUMBERED):
        return Break(gap=Gap.WORD), end
    is_marker = p.sign(end, ".)") and (i == 0 or p.sign(i - 1, ";.(•"))
    if is_marker:
        return Break(gap=Gap.ITEM), end + 1
    inside_words = p.is_word(i - 1) and p.is_word(end) and not _touches_time(p, i)
    return Doubt(reason=f"the number {p.show(i, end)} was not read", fatal=not inside_words), end


def _touches_time(p: Phrase, i: int) -> bool:
    return bool(p.seq(i - 1, _NEAR) or p.seq(i + 1, _NEAR))
