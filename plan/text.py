"""Vietnamese text folded to a form in which typed and printed words meet."""

import unicodedata

_D_STROKE = str.maketrans({"đ": "d", "Đ": "D"})


def fold(text: str) -> str:
    """Lower case, without diacritics, with single spaces: "Sở  Tư pháp" and "so tu phap" fold to the same."""
    decomposed = unicodedata.normalize("NFD", text.translate(_D_STROKE))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


def mirror(text: str) -> str:
    """The folded text, character for character in the place of the original."""
    folded = (char if char == " " else fold(char) for char in text)
    return "".join(char if len(char) == 1 else "¤" for char in folded)
