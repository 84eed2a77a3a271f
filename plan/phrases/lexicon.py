"""A set of wordings that can be looked up by their first word, so that reading stays linear."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from plan.text import fold

Shape = tuple[str, tuple[str, ...]]


@lru_cache(maxsize=8192)
def shape(word: str) -> Shape:
    """A word without its diacritics, and the diacritics (a stroke through d counts as one)."""
    decomposed = unicodedata.normalize("NFD", word)
    marks = [char for char in decomposed if unicodedata.combining(char)] + ["đ"] * word.count("đ")
    return fold(word), tuple(sorted(marks))


class Lexicon:
    """Wordings in order, spelled with their diacritics; other lexicons may be among them."""

    def __init__(self, *phrases: "str | Lexicon") -> None:
        self.phrases: tuple[str, ...] = tuple(
            phrase for given in phrases for phrase in ((given,) if isinstance(given, str) else given)
        )
        self.by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in self.phrases:
            words = tuple(phrase.split())
            self.by_first.setdefault(shape(words[0])[0], []).append(words)
        self.lengths = sorted({len(phrase.split()) for phrase in self.phrases})

    def __iter__(self) -> Iterator[str]:
        return iter(self.phrases)
