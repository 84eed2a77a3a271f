"""Reading what officers type: codes and what stands beside them, in any order, with or without diacritics."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz, process

from bot.documents import DayFault, DocumentDays, read_document
from bot.periods import Period, periods_in
from plan.text import fold, mirror

NOTE_LIMIT = 500

# Controls, format characters (zero width, bidirectional), lone surrogates, private use: never kept, never answered.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_EDGE = " \t.,;:!?-–—"


def clean(text: str, limit: int | None = None) -> str:
    """The words on one line, without invisible and control characters, cut to `limit` characters."""
    composed = unicodedata.normalize("NFC", text)
    seen = (
        " " if char.isspace() else char
        for char in composed
        if char.isspace() or unicodedata.category(char) not in _HIDDEN
    )
    return " ".join("".join(seen).split())[:limit].rstrip()


def shorten(text: str, limit: int) -> str:
    """The text cut at a word to about `limit` characters, with an ellipsis when something is left out."""
    if len(text) <= limit:
        return text
    head = text[: limit + 1]
    at_word = head.rsplit(" ", 1)[0] if " " in head else head[:limit]
    return at_word.rstrip(_EDGE) + "…"


def code_key(text: str) -> str:
    """The one form in which typed and printed codes meet: "2_6A", "2,6a" and "2.6a" are "2.6a"."""
    return re.sub(r"[._,\-]+", ".", fold(text)).strip(".")


def code_stem(code: str) -> str:
    """What stands before the letters: "2.6a" is of "2.6", "7.3a1" of "7.3"; a code without letters is its own."""
    return re.sub(r"(?<=\d)[a-z]\d*$", "", code_key(code))


def code_command(code: str) -> str:
    """The code as part of a command that can be tapped: "7.2a" is "7_2a"."""
    return re.sub(r"[^a-z0-9]+", "_", fold(code)).strip("_")


_REPORT_WORDS = ["bao", "cao"]


def says_report(words: Sequence[str]) -> bool:
    """Whether the words begin with "báo cáo"."""
    return [fold(word) for word in words[:2]] == _REPORT_WORDS


@dataclass(frozen=True, kw_only=True)
class CodeReading:
    """A code found in what was typed. `code` is the known one; without it `word` is what may have been meant as one.
    `rest` is the text without it."""

    code: str | None
    word: str | None
    rest: str


@dataclass(frozen=True, kw_only=True)
class CodesReading:
    """The codes of a list: `codes` are known ones as printed, `strange` have the form of a code and are not known. `periods`
    are those that stand behind a code within the list ("BC quý I, 2.1b"). `rest` is the text without all of them."""

    codes: tuple[str, ...]
    strange: tuple[str, ...]
    rest: str
    periods: Mapping[str, Period] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Spot:
    """A known code at some word: how many words it takes, and what was glued behind it ("2_1b_q1")."""

    code: str
    word: str
    taken: int = 1
    suffix: tuple[str, ...] = ()


_SURE_CODE = re.compile(r"\d{1,2}[.,]\d{1,2}(?:[a-z]\d?)?")
_CODE_LIKE = re.compile(r"\d{1,2}[._,-]?\d{1,2}[a-z]?\d?|\d{1,2}[a-z]\d?")


def read_code(text: str, known: Mapping[str, str]) -> CodeReading:
    """Find a code. `known` maps code keys to codes as printed; the first known one counts, wherever it
    stands, unless the text begins with a code that is unknown: nobody's "2.9a" may become another's "2.6a"."""
    words = text.split()
    if words and code_key(words[0]) not in known and _SURE_CODE.fullmatch(mirror(words[0].strip(_EDGE))):
        return CodeReading(code=None, word=words[0].strip(_EDGE), rest=" ".join(words[1:]))
    for index in range(len(words)):
        spot = _spot(words, index, known)
        if spot is not None:
            rest = [*words[:index], *spot.suffix, *words[index + spot.taken :]]
            return CodeReading(code=spot.code, word=spot.word, rest=" ".join(rest))
    like = [item for item in words if _CODE_LIKE.fullmatch(mirror(item.strip(_EDGE)))]
    if not words:
        return CodeReading(code=None, word=None, rest="")
    likeliest = like[0] if like else words[0]
    rest = list(words)
    rest.remove(likeliest)
    return CodeReading(code=None, word=likeliest.strip(_EDGE) or None, rest=" ".join(rest))


def _spot(words: Sequence[str], index: int, known: Mapping[str, str]) -> _Spot | None:
    bare = words[index].strip("“”\"'()[]" + _EDGE)
    if not bare or "/" in bare or _is_day(words, index):
        return None
    after = words[index + 1].rstrip(_EDGE) if index + 1 < len(words) else ""
    with_letter = code_key(bare + after) if len(after) == 1 else ""
    if with_letter in known:
        return _Spot(code=known[with_letter], word=bare, taken=2)
    parts = bare.split("_")
    for end in range(len(parts), 0, -1):
        key = code_key("_".join(parts[:end]))
        if key in known:
            suffix = "_".join(parts[end:])
            return _Spot(code=known[key], word=bare, suffix=(suffix,) if suffix else ())
    return None


_GLUED_CODES = re.compile(
    r"\d{1,2}\.\d{1,2}[a-z]?\d?(?:[,;+&/]\d{1,2}\.\d{1,2}[a-z]?\d?)+[,;]?", re.IGNORECASE
)
_BETWEEN_CODES = frozenset({"va", "+", "&", ",", ";"})


def read_codes(text: str, known: Mapping[str, str]) -> CodesReading:
    """Find the first list of codes ("2.6a, 2.6b và 7.2a", or one alone); a code that stands apart from it belongs to the
    note. Without a known one in the text there is none, unless it begins with a code that is unknown."""
    words = [part for word in text.split() for part in _unglued(word)]
    spots = {index: spot for index in range(len(words)) if (spot := _spot(words, index, known))}
    start = 0 if _is_strange(words, 0) else min(spots, default=None)
    if start is None:
        return CodesReading(codes=(), strange=(), rest=text)
    while start > 0 and _is_strange(words, start - 1):
        start -= 1
    codes: list[str] = []
    strange: list[str] = []
    periods: dict[str, Period] = {}
    suffix: tuple[str, ...] = ()
    at = end = start
    while at < len(words) and not suffix:
        spot = spots.get(at)
        if spot is not None and (not codes or spot.word[0].isdigit() or _is_listed(words, at)):
            codes.append(spot.code)
            at = end = at + spot.taken
            suffix = spot.suffix
            period, count = _period_within(words, at)
            ahead = _past_between(words, at + count)
            goes_on = ahead in spots and spots[ahead].code not in codes and _is_listed(words, ahead)
            if period is not None and (goes_on or _is_strange(words, ahead)):
                periods[spot.code] = period
                at = end = at + count
        elif _is_strange(words, at):
            strange.append(words[at].strip(_EDGE))
            at = end = at + 1
        elif fold(words[at]) in _BETWEEN_CODES:
            at += 1
        else:
            break
    return CodesReading(
        codes=tuple(dict.fromkeys(codes)),
        strange=tuple(dict.fromkeys(strange)),
        periods=periods,
        rest=" ".join([*words[:start], *suffix, *words[end:]]),
    )


def _period_within(words: Sequence[str], start: int) -> tuple[Period | None, int]:
    """The period with which the words from `start` on begin, and how many of them it takes."""
    text = " ".join(words[start:])
    found, begins, ends = next(iter(periods_in(text)), (None, 0, 0))
    return (found, len(text[:ends].split())) if begins == 0 else (None, 0)


def _past_between(words: Sequence[str], index: int) -> int:
    while index < len(words) and fold(words[index]) in _BETWEEN_CODES:
        index += 1
    return index


def _is_listed(words: Sequence[str], index: int) -> bool:
    """Whether what comes before says that the list goes on: "BC, BCLV", "2.6a và BC". Without that, letters are a note."""
    before = words[index - 1]
    return before[-1:] in (",", ";") or fold(before) in _BETWEEN_CODES


def _unglued(word: str) -> list[str]:
    return re.split(r"[,;+&/]", word.strip(",;")) if _GLUED_CODES.fullmatch(word) else [word]


def _is_strange(words: Sequence[str], index: int) -> bool:
    """Whether a word is certainly meant as a code; whether it is known has been asked before."""
    if index >= len(words) or _is_day(words, index):
        return False
    return _SURE_CODE.fullmatch(mirror(words[index].strip(_EDGE))) is not None


def _is_day(words: Sequence[str], index: int) -> bool:
    """Whether what could be a code is a day: "ngày 2.6"."""
    after_ngay = index > 0 and fold(words[index - 1]) == "ngay"
    return after_ngay and re.fullmatch(r"\d{1,2}[.,-]\d{1,2}", words[index].strip(_EDGE)) is not None


def looks_like_code(word: str) -> bool:
    """Whether a word has the form of a code ("2.9", "26a"), known or not."""
    return _CODE_LIKE.fullmatch(mirror(word)) is not None


def nearest_codes(word: str, known: Iterable[str], *, limit: int = 4) -> list[str]:
    """Known codes that a mistyped one may have meant, the likeliest first."""
    key = code_key(word)[:20]
    choices = {code: code_key(code) for code in known}
    found = process.extract(key, choices, scorer=fuzz.ratio, score_cutoff=60, limit=limit)
    return [code for _, _, code in found]


@dataclass(frozen=True, kw_only=True)
class Details:
    """What was typed beside the code. `strange_period` stands where a period is expected but is none of those owed. Of the
    document's date see bot.documents.Document."""

    period: Period | None
    strange_period: str | None
    document: str | None
    note: str | None
    dated: date | None = None
    written_day: str | None = None
    day_fault: DayFault | None = None
    loose_day: str | None = None


def read_details(text: str, is_owed: Callable[[Period], bool], days: DocumentDays | None = None) -> Details:
    """Take a document number, with `days` its date, a period that `is_owed`, and what is left as the note."""
    document = read_document(
        text, days, lambda day, month, year: is_owed(Period(key=f"n{day:02}{month:02}", year=year))
    )
    reading = take_period(document.rest, is_owed)
    return Details(
        period=reading.period,
        strange_period=reading.strange,
        document=document.number,
        note=note_of(reading.rest),
        dated=document.dated,
        written_day=document.written,
        day_fault=document.fault,
        loose_day=document.loose,
    )


@dataclass(frozen=True, kw_only=True)
class PeriodReading:
    """A period taken out of what was typed, and the rest. `strange` stands where a period is expected but is none of those
    owed."""

    period: Period | None
    strange: str | None
    rest: str


def take_period(text: str, is_owed: Callable[[Period], bool]) -> PeriodReading:
    """Take a period that `is_owed`. Amid other words it stays in the rest too, which would make no sense without it."""
    strange = None
    for found, start, end in periods_in(text):
        if is_owed(found):
            rest = text[:start] + " " + text[end:] if _at_edge(text, start, end) else text
            return PeriodReading(period=found, strange=None, rest=rest.strip())
        if not text[:start].strip(_EDGE):
            strange = text[start:end]
    return PeriodReading(period=None, strange=strange, rest=text)


def note_of(text: str) -> str | None:
    """What was typed as a note, cut to what is kept of one; None when there is nothing."""
    return clean(text).strip(_EDGE)[:NOTE_LIMIT].rstrip() or None


def _at_edge(text: str, start: int, end: int) -> bool:
    return not text[:start].strip(_EDGE) or not text[end:].strip(_EDGE)
