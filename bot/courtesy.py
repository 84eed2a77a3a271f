"""What people say around their words, as on the phone: "dạ ok em nhé", "2 nha chị", "cảm ơn em"."""

from collections.abc import Sequence

from plan.text import fold

_EDGE = " .,;:!?…"
# Around a word or a number that answers; they change nothing of what it says.
_BEFORE = frozenset({"da", "vang", "em", "thi", "uh"})
_AFTER = frozenset({
    "em", "anh", "chi", "ban", "bot", "a", "ah", "oi", "nhe", "nha", "nghe", "nghen", "hen", "luon", "di", "roi",
})  # fmt: skip
# "xong rồi nhé": neither a code nor a note.
_ROUNDING_OFF = frozenset({
    "roi", "nhe", "nha", "a", "ah", "em", "anh", "chi", "oi", "het", "ca", "ok", "da", "xong", "duoc", "luon", "bot", "viec",
    "hoan", "thanh", "cam", "on",
})  # fmt: skip
_THANKS = _ROUNDING_OFF | {"vang", "nhieu", "ban", "nhan", "thanks", "thank", "tks", "you"}


def is_courtesy(text: str) -> bool:
    """Whether the words only round off what was said."""
    return _only(text, _ROUNDING_OFF)


def is_thanks(text: str) -> bool:
    """Whether that is all that was said: thanks, "dạ", a thumb."""
    return _only(text, _THANKS)


def without_courtesy(text: str) -> Sequence[str]:
    """What was said, as it was spelt, in lower case and without punctuation at its words' edges; and the same with less and
    less courtesy around it. One word is left."""
    words = [bare for word in text.casefold().split() if (bare := word.strip(_EDGE))]
    forms = [" ".join(words)]
    while len(words) > 1 and (fold(words[-1]) in _AFTER or fold(words[0]) in _BEFORE):
        words = words[:-1] if fold(words[-1]) in _AFTER else words[1:]
        forms.append(" ".join(words))
    return forms


def _only(text: str, known: frozenset[str]) -> bool:
    words = ("".join(char for char in word if char.isalnum()) for word in fold(text).split())
    return known.issuperset(word for word in words if word)
