"""Reading what officers type: codes, periods, document numbers, in any order, with or without diacritics."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from plan.text import fold

NOTE_LIMIT = 500
DOCUMENT_LIMIT = 60

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


@dataclass(frozen=True, kw_only=True)
class Period:
    """A period as people name it: "q1", "t3", "6t", "6tc", "9t", "nam", "n3103"; `year` when they said it. "ask1" is the
    first time that a lead asked for support."""

    key: str
    year: int | None = None

    def covers(self, other: "Period") -> bool:
        """Whether what was typed can mean `other`."""
        return self.key == other.key and (self.year is None or other.year in (None, self.year))


_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_PERIOD = re.compile(
    r"(?<![\w./-])(?:"
    r"(?:quy[ ._]?|q[ ._]?)0?(?P<quarter>iv|i{1,3}|[1-4])"
    r"|(?:thang[ ._]?|thg[ ._]?|t[._]?)(?P<month>1[0-2]|0?[1-9])"
    r"|(?P<half>0?6|sau|0?9|chin)[ ._]?(?:thang|t)(?P<second>(?:[ _]?cuoi(?:[ _]nam)?|c))?(?:[ _]?dau(?:[ _]nam)?)?"
    r"|(?:ngay )?(?P<day>[0-3]?\d)/(?P<of>1[0-2]|0?[1-9])"
    r"|n(?P<ddmm>[0-3]\d[01]\d)"
    r"|(?:ask|phoi hop)[ ._-]?(?P<ask>[1-9]\d?)"
    r"|(?P<whole>(?:ca[ _])?nam)"
    r")(?:[ /_]?(?:nam[ _])?(?P<year>20\d\d))?(?![\w/])"
)
_SLOT = re.compile(
    r"(?P<year>\d{4})-(?:Q(?P<q>[1-4])|M(?P<m>\d\d)|H(?P<h>[12])|(?P<y>Y)|(?P<months>\d)M|(?P<mm>\d\d)-(?P<dd>\d\d))"
)


def period_of_slot(slot: str) -> Period | None:
    """How people name a slot ("2023-Q1", "q1"); None for what is due once."""
    if not slot:
        return None
    found = _SLOT.fullmatch(slot)
    if found is None:
        return Period(key=re.sub(r"[^a-z0-9]+", "", fold(slot)))
    year = int(found["year"])
    if found["q"]:
        return Period(key=f"q{found['q']}", year=year)
    if found["m"]:
        return Period(key=f"t{int(found['m'])}", year=year)
    if found["h"]:
        return Period(key="6t" if found["h"] == "1" else "6tc", year=year)
    if found["months"]:
        return Period(key=f"{found['months']}t", year=year)
    if found["y"]:
        return Period(key="nam", year=year)
    return Period(key=f"n{found['dd']}{found['mm']}", year=year)


def periods_in(text: str) -> Iterable[tuple[Period, int, int]]:
    """Periods named in a text, with where they start and end in it."""
    for found in _PERIOD.finditer(_mirror(text)):
        yield _period(found), found.start(), found.end()


def _period(found: re.Match[str]) -> Period:
    year = int(found["year"]) if found["year"] else None
    if found["quarter"]:
        return Period(key=f"q{_QUARTERS[found['quarter']]}", year=year)
    if found["month"]:
        return Period(key=f"t{int(found['month'])}", year=year)
    if found["half"]:
        if found["half"][-1] in "9n":
            return Period(key="9t", year=year)
        return Period(key="6tc" if found["second"] else "6t", year=year)
    if found["day"]:
        return Period(key=f"n{int(found['day']):02}{int(found['of']):02}", year=year)
    if found["ask"]:
        return Period(key=f"ask{found['ask']}", year=year)
    if found["ddmm"]:
        return Period(key=f"n{found['ddmm']}", year=year)
    return Period(key="nam", year=year)


def _mirror(text: str) -> str:
    """The folded text, character for character in the place of the original."""
    folded = (char if char == " " else fold(char) for char in text)
    return "".join(char if len(char) == 1 else "¤" for char in folded)


@dataclass(frozen=True, kw_only=True)
class CodeReading:
    """A code found in what was typed. `code` is the known one; without it `word` is what may have been meant as one.
    `rest` is the text without it."""

    code: str | None
    word: str | None
    rest: str


_SURE_CODE = re.compile(r"\d{1,2}[.,]\d{1,2}(?:[a-z]\d?)?")
_CODE_LIKE = re.compile(r"\d{1,2}[._,-]?\d{1,2}[a-z]?\d?|\d{1,2}[a-z]\d?")


def read_code(text: str, known: Mapping[str, str]) -> CodeReading:
    """Find a code. `known` maps code keys to codes as printed; the first known one counts, wherever it
    stands, unless the text begins with a code that is unknown: nobody's "2.9a" may become another's "2.6a"."""
    words = text.split()
    if words and code_key(words[0]) not in known and _SURE_CODE.fullmatch(_mirror(words[0].strip(_EDGE))):
        return CodeReading(code=None, word=words[0].strip(_EDGE), rest=" ".join(words[1:]))
    for index, word in enumerate(words):
        bare = word.strip("“”\"'()[]" + _EDGE)
        if not bare or "/" in bare:
            continue
        after = words[index + 1] if index + 1 < len(words) else ""
        with_letter = code_key(bare + after) if len(after) == 1 else ""
        if with_letter in known:
            rest = [*words[:index], *words[index + 2 :]]
            return CodeReading(code=known[with_letter], word=bare, rest=" ".join(rest))
        parts = bare.split("_")
        for end in range(len(parts), 0, -1):
            key = code_key("_".join(parts[:end]))
            if key in known:
                suffix = "_".join(parts[end:])
                rest = [*words[:index], *([suffix] if suffix else []), *words[index + 1 :]]
                return CodeReading(code=known[key], word=bare, rest=" ".join(rest))
    like = [item for item in words if _CODE_LIKE.fullmatch(_mirror(item.strip(_EDGE)))]
    if not words:
        return CodeReading(code=None, word=None, rest="")
    likeliest = like[0] if like else words[0]
    rest = list(words)
    rest.remove(likeliest)
    return CodeReading(code=None, word=likeliest.strip(_EDGE) or None, rest=" ".join(rest))


def looks_like_code(word: str) -> bool:
    """Whether a word has the form of a code ("2.9", "26a"), known or not."""
    return _CODE_LIKE.fullmatch(_mirror(word)) is not None


def nearest_codes(word: str, known: Iterable[str], *, limit: int = 4) -> list[str]:
    """Known codes that a mistyped one may have meant, the likeliest first."""
    key = code_key(word)[:20]
    choices = {code: code_key(code) for code in known}
    found = process.extract(key, choices, scorer=fuzz.ratio, score_cutoff=60, limit=limit)
    return [code for _, _, code in found]


@dataclass(frozen=True, kw_only=True)
class Details:
    """What was typed beside the code. `strange_period` stands where a period is expected but is none of those owed."""

    period: Period | None
    strange_period: str | None
    document: str | None
    note: str | None


def read_details(text: str, is_owed: Callable[[Period], bool]) -> Details:
    """Take a document number, a period that `is_owed`, and what is left as the note."""
    document, text = _take_document(text)
    reading = take_period(text, is_owed)
    return Details(
        period=reading.period,
        strange_period=reading.strange,
        document=document,
        note=note_of(reading.rest),
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


# Abbreviations in a document's number (Nghị định 30/2020/NĐ-CP, Phụ lục III), folded; then those of other offices' papers.
_KINDS = frozenset({
    "nq", "qd", "ct", "qc", "qyd", "tc", "tb", "hd", "ctr", "kh", "pa", "da", "bc", "bb", "ttr", "cd", "bgn", "btt",
    "guq", "gm", "ggt", "gnp", "pg", "pc", "pb",
    "nd", "tt", "kl", "cv",
})  # fmt: skip
_DOCUMENT = re.compile(
    r"(?:(?<!\w)(?:số|so)\s*:?\s*)?(?<![\w/.,-])"
    r"(?P<number>\d{1,6}[a-zđ]?\s?/\s?(?:\d{4}\s?/\s?)?(?P<symbol>(?P<kind>[a-zđ]{1,9})(?:[-–][\w&.]{1,20}){0,4})"
    r"|\d{1,6}-(?P<party>[a-zđ]{2,4}/[a-zđ]{2,8}))(?![\w/])",
    re.IGNORECASE,
)


def _take_document(text: str) -> tuple[str | None, str]:
    for found in _DOCUMENT.finditer(text):
        kind, symbol = found["kind"], found["symbol"]
        named = found["party"] or "-" in symbol or "–" in symbol or fold(kind) in _KINDS
        if not named and not (len(kind) > 1 and kind.isupper()):
            continue
        number = re.sub(r"\s", "", found["number"]).rstrip(".")
        if number.casefold() == number:
            number = number.upper()
        return number[:DOCUMENT_LIMIT], text[: found.start()] + " " + text[found.end() :]
    return None, text
