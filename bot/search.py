"""Finding outputs of the plan by words: without diacritics, with typos, abbreviations written out or not.

Pure: texts in, a ranking out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from plan.text import fold

_LEAST_ALIKE = 78.0
# Of three words one may be missing, of two none.
_LEAST_SCORE = 66.0
# Short words are mistyped into each other too easily.
_FUZZY_FROM = 4
_PHRASE_BONUS = 20.0
_WORD = re.compile(r"\w+")
# Officers write either; the plan mostly the short one.
_ABBREVIATIONS = {
    "tthc": "thu tuc hanh chinh",
    "cchc": "cai cach hanh chinh",
    "cntt": "cong nghe thong tin",
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "dvc": "dich vu cong",
    "cbccvc": "can bo cong chuc vien chuc",
    "qppl": "quy pham phap luat",
    "vbqppl": "van ban quy pham phap luat",
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """A text that is searched, and how much a find in it counts (up to 1)."""

    text: str
    weight: float


def words_of(text: str) -> list[str]:
    """The words of a text, folded, each once, with abbreviations and what they stand for."""
    words = [long for word in _WORD.findall(fold(text)) for long in (word, *_long(word))]
    return list(dict.fromkeys(words))


def _long(word: str) -> list[str]:
    return _ABBREVIATIONS[word].split() if word in _ABBREVIATIONS else []


def score(query: str, fields: Iterable[Field]) -> float:
    """How well the fields answer a query, 0 when not well enough: the mean of its words' likeness to the nearest words of
    the fields, and more when a field has the query as it stands."""
    phrase = _spoken(query)
    wanted = list(dict.fromkeys(phrase.split()))
    if not wanted:
        return 0.0
    best = dict.fromkeys(wanted, 0.0)
    found_whole = 0.0
    for field in fields:
        known = words_of(field.text)
        for word in wanted:
            best[word] = max(best[word], _likeness(word, known) * field.weight)
        if f" {phrase} " in f" {_spoken(field.text)} ":
            found_whole = max(found_whole, field.weight)
    mean = sum(best.values()) / len(wanted)
    return mean + _PHRASE_BONUS * found_whole if mean >= _LEAST_SCORE else 0.0


def _spoken(text: str) -> str:
    """The words in their order, abbreviations written out."""
    return " ".join(_ABBREVIATIONS.get(word, word) for word in _WORD.findall(fold(text)))


def _likeness(word: str, known: Sequence[str]) -> float:
    if word in known:
        return 100.0
    if len(word) < _FUZZY_FROM:
        return 0.0
    # What one types on a phone stops short: "tuyen" finds "tuyentruyen" no less than "tuyen truyen".
    if any(other.startswith(word) for other in known):
        return 95.0
    near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE)
    return near[1] if near is not None else 0.0


def document_key(text: str) -> str:
    """The form in which document numbers meet: "15 / KH-UBND" and "15/kh-ubnd" are one."""
    return re.sub(r"\s", "", fold(text)).replace("–", "-")
