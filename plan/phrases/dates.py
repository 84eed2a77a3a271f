"""Dates that stand by themselves: 15/6/2023, 06/2023, 2023-06-15, tháng 6, quý II/2023, 6 tháng đầu năm, năm 2023."""

from plan.phrases.calendar import NO_SUCH_DAY, Point, Unit
from plan.phrases.nodes import Found, UnreadableError
from plan.phrases.tokens import Phrase
from plan.phrases.words import BEFORE, EVERY_YEAR, NEXT, NUMERAL_VALUES, NUMERALS, ROMANS, THIS

Tail = tuple[int | None, int | None, int, tuple[str, ...]]  # year, shift, end, doubts


_MOST_PARTS = 4  # more numbers than a date has, to see that it is none


def numeric(p: Phrase, i: int, plan_year: int) -> Found | None:
    """15/6, 15/6/2023, 6/2023, 15.6.2023, 15-6-2023, 2023-06-15. Raises UnreadableError for 32/13."""
    for sign in "/.-":
        parts, end = _parts(p, i, sign)
        if len(parts) == 1 or (sign == "-" and len(parts) == 2):
            continue
        if sign == "." and len(parts) == 2 and len(parts[1]) != 4:
            continue
        return _from_parts(p, parts, i, end, plan_year)
    return None


def _parts(p: Phrase, i: int, sign: str) -> tuple[list[str], int]:
    """Numbers joined by a sign; slashes may be doubled and have spaces about them, the others not."""
    parts, end = [p.digits(i)], i + 1
    while parts[-1] and p.sign(end, sign) and len(parts) <= _MOST_PARTS:
        k = end
        while p.sign(k, sign) and sign == "/":
            k += 1
        if sign != "/":
            k += 1
            if p.gap(end) or p.gap(k):
                break
        if not p.digits(k):
            break
        parts.append(p.digits(k))
        end = k + 1
    return parts, end


def _from_parts(p: Phrase, parts: list[str], i: int, end: int, plan_year: int) -> Found:
    shown = p.show(i, end)
    sizes = tuple(len(part) for part in parts)
    if max(sizes) > 4 or 3 in sizes or sizes.count(4) > 1 or len(sizes) > 3:
        raise UnreadableError(f"'{shown}' is not a date")
    numbers = [int(part) for part in parts]
    if sizes[-1] == 4:
        year = _plausible(numbers[-1], shown)
        if len(numbers) == 2:
            return Found(node=Point(unit=Unit.MONTH, month=_month(numbers[0], shown), year=year), end=end)
        return Found(node=_day(numbers[0], numbers[1], year, shown), end=end)
    if len(numbers) == 3 and sizes[0] == 4:
        return Found(node=_day(numbers[2], numbers[1], _plausible(numbers[0], shown), shown), end=end)
    if len(numbers) == 3:
        year = _short_year(parts[2], plan_year, shown)
        return Found(
            node=_day(numbers[0], numbers[1], year, shown), end=end, doubts=(f"'{shown}': two-digit year",)
        )
    if sizes[0] == 4:
        raise UnreadableError(f"'{shown}' is not a date")
    point = _day(numbers[0], numbers[1], None, shown)
    year_, shift, end, doubts = year_tail(p, end, plan_year, of_day=True)
    return Found(
        node=Point(unit=Unit.DAY, day=point.day, month=point.month, year=year_, shift=shift),
        end=end,
        doubts=doubts,
    )


def _day(day: int, month: int, year: int | None, shown: str) -> Point:
    _month(month, shown)
    if not 1 <= day <= 31:
        raise UnreadableError(f"'{shown}' {NO_SUCH_DAY}")
    return Point(unit=Unit.DAY, day=day, month=month, year=year)


def _month(month: int, shown: str) -> int:
    if not 1 <= month <= 12:
        raise UnreadableError(f"'{shown}' {NO_SUCH_DAY}: there is no month {month}")
    return month


def _plausible(year: int, shown: str) -> int:
    if not 1990 <= year <= 2099:
        raise UnreadableError(f"'{shown}': the year cannot be right")
    return year


def _short_year(digits: str, plan_year: int, shown: str) -> int:
    year = 2000 + int(digits)
    if len(digits) != 2 or int(digits) <= 12 or not plan_year - 1 <= year <= plan_year + 6:
        raise UnreadableError(f"'{shown}' is not a date")
    return year


def year_tail(p: Phrase, i: int, plan_year: int, *, of_day: bool = False) -> Tail:
    """The year behind a day, month or quarter: "/2023", "năm 2023", "năm sau", "hằng năm", or none."""
    for k in (i, p.opt(i, "của", "trong")):
        relative = relative_year(p, k)
        if relative is not None:
            return None, relative[0], relative[1], ()
        k_year = p.seq(k, "năm")
        if k_year and k > i and not p.is_word(k_year) and not p.is_number(k_year):
            return None, 0, k_year, ()
        if k_year and (year := p.year(k_year)):
            return year, None, k_year + 1, ()
    doubts: tuple[str, ...] = ()
    k = i
    if p.sign(k, ",") and p.seq(k + 1, "năm") and p.year(k + 2):
        doubts = () if of_day else (f"'{p.show(i - 1, k + 3)}': one date or two",)
        return p.year(k + 2), None, k + 3, doubts
    while p.sign(k, "/"):
        k += 1
    after_slash = k > i
    k = p.opt(k, "năm") if after_slash else k
    if not after_slash and p.sign(k, ".-") and not p.gap(k) and not p.gap(k + 1) and p.year(k + 1):
        if of_day and p.sign(k, "."):
            return None, None, i, ()
        following = p.at(k + 2)
        if following is None or following.gap or following.text not in "/-":
            return p.year(k + 1), None, k + 2, (("year after a dash",) if of_day else ())
    year = p.year(k)
    if year and (after_slash or not of_day) and not _is_left_of_range(p, k):
        return year, None, k + 1, ()
    if after_slash and len(p.digits(k)) == 2 and not of_day:
        shown = p.show(i - 1, k + 1)
        return _short_year(p.digits(k), plan_year, shown), None, k + 1, (f"'{shown}': two-digit year",)
    if after_slash and (end := p.seq(k - 1 if p.seq(k - 1, "năm") else k, EVERY_YEAR, "năm")):
        return None, 0, end, ()
    return None, None, i, ()


def _is_left_of_range(p: Phrase, k: int) -> bool:
    """A bare year that a dash joins to another year is not the tail of what stands before it."""
    return p.sign(k + 1, "-") and p.year(k + 2) is not None and not p.sign(k - 1, "/")


def relative_year(p: Phrase, i: int) -> tuple[int, int] | None:
    """How many years from the plan's year, and the position after: năm sau, năm trước, hằng năm, của kỳ báo cáo."""
    if end := p.seq(i, EVERY_YEAR, "cùng năm", "của kỳ báo cáo", "kỳ báo cáo", "thuộc kỳ báo cáo"):
        return 0, end
    k = p.seq(i, "năm")
    if not k:
        return None
    if (end := p.seq(k, NEXT)) and not _begins_time(p, end):
        return 1, p.opt(end, "năm kế hoạch", "năm báo cáo", "kỳ báo cáo", "của kỳ báo cáo")
    if (end := p.seq(k, BEFORE)) and not _begins_time(p, end):
        return -1, p.opt(end, "năm kế hoạch", "năm báo cáo", "kỳ báo cáo", "của kỳ báo cáo", "năm thực hiện")
    if end := p.seq(k, THIS):
        return 0, end
    return None


def _begins_time(p: Phrase, i: int) -> bool:
    """Whether "trước" or "sau" belongs to what follows: "báo cáo năm | trước ngày 10/12"."""
    if p.seq(i, "năm kế hoạch", "năm báo cáo"):
        return False
    return p.is_number(i) or bool(
        p.seq(i, "ngày", "tháng", "quý", "khi", "năm", "các", "thời", "giờ", "hoặc", "đó")
    )


def numeral(p: Phrase, i: int) -> tuple[int, int] | None:
    """A number written as a word and the position after it; only where marks leave no doubt which one it is."""
    end, word = p.match(i, NUMERALS)
    if not end:
        return None
    token = p.tokens[end - 1]
    if not token.marks and token.bare in {"tu", "nam", "sau"}:
        return None
    return NUMERAL_VALUES[word], end


def month(p: Phrase, i: int, plan_year: int) -> Found | None:
    """Tháng 6, tháng 6/2023, T12/2023, tháng mười."""
    k = p.seq(i, "tháng")
    short = 0
    if not k and p.seq(i, "t"):
        short = k = i + 2 if p.sign(i + 1, ".") else i + 1
        if not p.is_number(k) or p.gap(k):
            return None
    if not k:
        return None
    if p.digits(k) and len(p.digits(k)) <= 2:
        number, end = int(p.digits(k)), k + 1
    else:
        word = numeral(p, k)
        if word is None or p.seq(word[1], "lần", "tháng") or (word[0] == 5 and p.is_number(word[1])):
            return None
        if word[0] == 5:
            raise UnreadableError("'tháng năm' may be May or a month and a year")
        number, end = word
    shown = p.show(i, end)
    _month(number, shown)
    year, shift, end, doubts = year_tail(p, end, plan_year)
    if short and 2 <= number <= 7 and year is None:
        raise UnreadableError(f"'{shown}' may be a month or a day of the week")
    return Found(node=Point(unit=Unit.MONTH, month=number, year=year, shift=shift), end=end, doubts=doubts)


def quarter(p: Phrase, i: int, plan_year: int) -> Found | None:
    """Quý II, quý 2/2023, Q.IV/2023."""
    k = p.seq(i, "quý", "quí")
    if not k and p.seq(i, "q"):
        k = i + 2 if p.sign(i + 1, ".") else i + 1
    if not k:
        return None
    found = quarter_number(p, k)
    if found is None:
        return None
    number, end = found
    if not 1 <= number <= 4:
        raise UnreadableError(f"'{p.show(i, end)}' {NO_SUCH_DAY}")
    year, shift, end, doubts = year_tail(p, end, plan_year)
    return Found(
        node=Point(unit=Unit.QUARTER, quarter=number, year=year, shift=shift), end=end, doubts=doubts
    )


def quarter_number(p: Phrase, k: int) -> tuple[int, int] | None:
    """The number of a quarter in Roman or Arabic digits or in letters."""
    token = p.at(k)
    if token is None:
        return None
    if token.text in ROMANS:
        return ROMANS[token.text], k + 1
    if p.digits(k) and len(p.digits(k)) <= 2:
        return int(p.digits(k)), k + 1
    word = numeral(p, k)
    if word is None or word[0] > 4 or p.seq(word[1], "lần"):
        return None
    return word


def year(p: Phrase, i: int) -> Found | None:
    """Năm 2023, 2023, năm nay, năm sau."""
    k = p.seq(i, "năm", "năm ngân sách")
    if number := p.year(k or i):
        return Found(node=Point(unit=Unit.YEAR, year=number), end=(k or i) + 1)
    relative = relative_year(p, i) if k else None
    if relative is None:
        return None
    return Found(node=Point(unit=Unit.YEAR, shift=relative[0]), end=relative[1])
