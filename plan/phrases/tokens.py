"""First step: a phrase as people type it becomes a row of tokens that can be asked "are you the word trước?"."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import Enum

from plan.phrases.lexicon import Lexicon, shape

# A word of the grammar that is often typed with a mark missing: any part of its marks will do.
_OFTEN_MISTYPED = frozenset({"trước", "tháng", "ngày", "quý", "cuối", "hằng", "chậm", "nhất"})
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－~→"), "-")
_BULLETS = dict.fromkeys(map(ord, "•●▪‣◦·✓*○■"), "•")
_QUOTES = dict.fromkeys(map(ord, "\"'“”‘’«»`"), " ")
_RUN = re.compile(r"(?P<space>\s+)|(?P<number>\d+)|(?P<word>(?:[^\W\d_][̀-ͯ]*)+)|(?P<sign>.)", re.DOTALL)
# Words that are written against a number without a space and still mean what they say ("năm2023", "17h00").
_BEFORE_NUMBER = frozenset(
    ["ngay", "thang", "quy", "qui", "nam", "t", "q", "truoc", "den", "tu", "va", "h", "g", "gio"]
)
_AFTER_NUMBER = frozenset(["h", "g", "gio", "ngay", "thang", "nam", "phut", "lan", "va", "den"])
# A dash at the start of a line begins an item, unless it may be a range that was broken over two lines.
_LINE_BULLET = re.compile(r"(?<=[:;.])\s*\n[^\S\n]*[-+•](?=\s)")
_LATER_BULLET = re.compile(r"\n[^\S\n]*[-+•](?=\s)")
_ELLIPSIS = re.compile(r"\.{3,}")
_GLUED_QUARTER = re.compile(r"(quy|qui|q)(i|ii|iii|iv)")


class Kind(Enum):
    """What a token is made of."""

    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """`bare` is the folded text, `marks` its diacritics; `gap` says that space stood before it, `odd` that letters
    stick to a number in a way that no one can be sure of ("l5")."""

    text: str
    bare: str
    marks: tuple[str, ...]
    kind: Kind
    gap: bool
    odd: bool = False


def _reads(token: Token, word: str) -> bool:
    """Whether a typed token is `word`: spelled so, with its marks in another place (Qúy), or without any."""
    bare, marks = shape(word)
    if token.bare != bare:
        return False
    if not token.marks or token.marks == marks:
        return True
    return word in _OFTEN_MISTYPED and not Counter(token.marks) - Counter(marks)


class Phrase:
    """The tokens of one phrase. Positions past the end are allowed everywhere and match nothing.

    Matching methods give the position after the match, or 0 when there is none.
    """

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(_plain(text))
        self.has_marks = any(token.marks for token in self.tokens)
        first = self.tokens[0] if self.tokens else None
        self.is_bulleted = first is not None and first.text in "-+•"

    def __len__(self) -> int:
        return len(self.tokens)

    def at(self, i: int) -> Token | None:
        """The token at `i`, or None outside."""
        return self.tokens[i] if 0 <= i < len(self.tokens) else None

    def gap(self, i: int) -> bool:
        """Whether space, or nothing more, stands before position `i`."""
        token = self.at(i)
        return token is None or token.gap

    def _reads_at(self, i: int, words: tuple[str, ...]) -> bool:
        if i + len(words) > len(self.tokens):
            return False
        return all(_reads(self.tokens[i + k], word) for k, word in enumerate(words))

    def match(self, i: int, *phrases: str | Lexicon) -> tuple[int, str]:
        """The longest of `phrases` (words with their diacritics) at `i`: the position after it, and itself."""
        best, which = 0, ""
        if not 0 <= i < len(self.tokens):
            return best, which
        first = self.tokens[i].bare
        for given in phrases:
            candidates = [tuple(given.split())] if isinstance(given, str) else given.by_first.get(first, ())
            for words in candidates:
                if i + len(words) > best and self._reads_at(i, words):
                    best, which = i + len(words), " ".join(words)
        return best, which

    def seq(self, i: int, *phrases: str | Lexicon) -> int:
        """Like `match`, only the position."""
        return self.match(i, *phrases)[0]

    def ends(self, i: int, *phrases: str | Lexicon) -> bool:
        """Whether one of `phrases` stands right in front of position `i`."""
        for given in phrases:
            for length in [len(given.split())] if isinstance(given, str) else given.lengths:
                start = i - length
                if start < 0:
                    continue
                first = self.tokens[start].bare
                candidates = (
                    [tuple(given.split())] if isinstance(given, str) else given.by_first.get(first, ())
                )
                if any(len(words) == length and self._reads_at(start, words) for words in candidates):
                    return True
        return False

    def opt(self, i: int, *phrases: str | Lexicon) -> int:
        """Like `seq`, but stay at `i` when nothing matches."""
        return self.seq(i, *phrases) or i

    def sign(self, i: int, signs: str) -> bool:
        """Whether one of the characters of `signs` stands at `i`."""
        token = self.at(i)
        return token is not None and token.kind is Kind.SIGN and token.text in signs

    def is_word(self, i: int) -> bool:
        """Whether letters stand at `i`."""
        token = self.at(i)
        return token is not None and token.kind is Kind.WORD

    def is_number(self, i: int) -> bool:
        """Whether digits stand at `i`, trusted or not."""
        token = self.at(i)
        return token is not None and token.kind is Kind.NUMBER

    def digits(self, i: int) -> str:
        """The digits at `i`; "" when there is no number there, or one that cannot be trusted."""
        token = self.at(i)
        return token.text if token is not None and token.kind is Kind.NUMBER and not token.odd else ""

    def number(self, i: int, low: int, high: int) -> int | None:
        """The number at `i` when it lies within low..high and has at most two digits."""
        digits = self.digits(i)
        if not 1 <= len(digits) <= 2:
            return None
        return int(digits) if low <= int(digits) <= high else None

    def year(self, i: int) -> int | None:
        """A year in four digits at `i`, 1990 to 2099."""
        digits = self.digits(i)
        return int(digits) if len(digits) == 4 and 1990 <= int(digits) <= 2099 else None

    def show(self, i: int, j: int) -> str:
        """The words from `i` to before `j`, for a reason that a person reads."""
        return "".join((" " if t.gap and k else "") + t.text for k, t in enumerate(self.tokens[i:j]))


def _plain(text: str) -> str:
    """One way of writing dashes, bullets, digits and spaces; no invisible characters; lower case."""
    text = text.translate(_DASHES).translate(_BULLETS).translate(_QUOTES)
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = _ELLIPSIS.sub(" ", text.replace("\r", "\n"))
    text, bullets = _LINE_BULLET.subn(" • ", text)
    if bullets or text.lstrip()[:1] in {"-", "+", "•"}:
        text = _LATER_BULLET.sub(" • ", text)
    return unicodedata.normalize("NFC", text.casefold())


def _tokens(text: str) -> list[Token]:
    raw: list[Token] = []
    gap = True
    for match in _RUN.finditer(text):
        kind, piece = match.lastgroup, match.group()
        if kind == "space":
            gap = True
        elif kind == "word":
            raw.extend(_word(piece, gap))
            gap = False
        else:
            is_number = kind == "number" and piece.isascii()
            token_kind = Kind.NUMBER if kind == "number" else Kind.SIGN
            raw.append(
                Token(
                    text=piece,
                    bare=piece,
                    marks=(),
                    kind=token_kind,
                    gap=gap,
                    odd=kind == "number" and not is_number,
                )
            )
            gap = False
    return [_judged(raw, i) for i in range(len(raw))]


def _word(piece: str, gap: bool) -> list[Token]:
    bare, marks = shape(piece)
    glued = _GLUED_QUARTER.fullmatch(bare)
    if glued is None or bare == "qui":
        return [Token(text=piece, bare=bare, marks=marks, kind=Kind.WORD, gap=gap)]
    head, roman = glued.groups()
    return [
        Token(text=piece[: len(head)], bare=head, marks=marks, kind=Kind.WORD, gap=gap),
        Token(text=roman, bare=roman, marks=(), kind=Kind.WORD, gap=False),
    ]


def _judged(raw: list[Token], i: int) -> Token:
    """A number that sticks to letters is trusted only where offices do write so."""
    token = raw[i]
    if token.kind is not Kind.NUMBER or token.odd:
        return token
    before = raw[i - 1] if i and not token.gap else None
    after = raw[i + 1] if i + 1 < len(raw) and not raw[i + 1].gap else None
    odd = before is not None and before.kind is Kind.WORD and before.bare not in _BEFORE_NUMBER
    if after is not None and after.kind is Kind.WORD and after.bare not in _AFTER_NUMBER:
        part_of_date = len(token.text) == 4 or (before is not None and before.text == "/")
        odd = odd or not (part_of_date and len(after.bare) > 1)
    if not odd:
        return token
    return Token(text=token.text, bare=token.bare, marks=(), kind=Kind.NUMBER, gap=token.gap, odd=True)
