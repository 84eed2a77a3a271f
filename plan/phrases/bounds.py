"""Words in front of a date: trước, chậm nhất, đến hết, trong … and the time of day that may stand among them."""

from dataclasses import dataclass

from plan.phrases.lexicon import Lexicon
from plan.phrases.tokens import Phrase
from plan.phrases.words import ABOUT, EXCLUSIVE, FILLERS, INCLUSIVE

_HALF_DAYS = Lexicon("sáng", "chiều", "trưa", "tối", "cùng ngày", "hành chính")
_OFFICE_HOURS = Lexicon(
    "giờ hành chính", "hết giờ làm việc", "hết giờ hành chính", "giờ làm việc", "cuối giờ chiều", "cuối giờ"
)


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What stands in front of a date. `exclusive`: the day before is the last good one; `bare_year`: "năm" without
    a number may follow (trong năm, hết năm); `within`: only "trong" and the like; `about`: a guess."""

    end: int
    exclusive: bool
    bare_year: bool
    within: bool
    about: bool


# Words that only place an action in a period, and do not say that something is due by then.
_FRAMING = frozenset(
    [
        "trong",
        "ngay trong",
        "vào",
        "cả",
        "trong cả",
        "toàn",
        "các",
        "là",
        "kết thúc",
        "hết",
        "hoàn thành",
        "xong",
        "tại",
    ]
)
_MOST_WORDS = 6  # of bound words in a row; more is no language
_BARE_YEAR_AFTER = frozenset(
    [
        *("trong", "cả", "hết", "trong cả", "toàn", "đến hết", "ngay trong", "hoàn thành trong", "kết thúc"),
        *("từ nay đến hết", "xong trong"),
    ]
)


def bound_at(p: Phrase, i: int) -> Bound | None:
    """The longest run of bound words at `i`; None when there is not even one."""
    k, exclusive, midnight, timed, settled, about, within = i, False, False, False, False, False, True
    last, steps = "", 0
    while True:
        clock = clock_at(p, k)
        if clock is not None:
            k, midnight, timed = clock[0], midnight or clock[1], True
            k = k + 1 if p.sign(k, ",") else k
            continue
        step, word = p.match(k, INCLUSIVE, EXCLUSIVE, ABOUT, FILLERS)
        if not step or steps == _MOST_WORDS:
            break
        steps += 1
        within = within and word in _FRAMING
        exclusive = exclusive or word in EXCLUSIVE.phrases
        settled = settled or " hoặc " in word or word == "trước và trong"
        about = about or word in ABOUT.phrases
        k, last = step, word
        if p.sign(k, ":") and word not in {"trong", "vào"}:
            k += 1
    if not last:
        return None
    return Bound(
        end=k,
        exclusive=exclusive and not settled and (midnight or not timed),
        bare_year=last in _BARE_YEAR_AFTER,
        within=within,
        about=about,
    )


def clock_at(p: Phrase, i: int) -> tuple[int, bool] | None:
    """A time of day ("17 giờ 00", "17h00", "17:00"), the position after it, and whether it is midnight."""
    if end := p.seq(i, _OFFICE_HOURS):
        return end, False
    k = p.opt(i, "lúc", "từ lúc")
    hour = p.number(k, 0, 24)
    if hour is None:
        return None
    if p.sign(k + 1, ":") and not p.gap(k + 1) and not p.gap(k + 2):
        minute, end = p.number(k + 2, 0, 59), k + 3
        if minute is None or len(p.digits(k + 2)) != 2:
            return None
        end = p.opt(end, "giờ")
    elif unit := p.seq(k + 1, "giờ", "h", "g"):
        minute, end = 0, unit
        if (after := p.number(unit, 0, 59)) is not None and not p.sign(unit + 1, "/.-"):
            minute, end = after, p.opt(unit + 1, "phút", "p")
    else:
        return None
    return p.opt(end, _HALF_DAYS), hour == 0 and minute == 0
