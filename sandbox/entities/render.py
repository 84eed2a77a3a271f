"""Formatted text as safe HTML for the chat page."""

from collections.abc import Iterable
from html import escape

from sandbox.json_types import JsonObject

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_SAFE_SCHEMES = ("http://", "https://", "tg://")


def render_html(text: str, entities: Iterable[JsonObject]) -> str:
    """Escaped text with tags for its entities; nothing in the text can become markup of the page.

    Entities that cross each other are closed and opened again, so that tags always nest.
    """
    units = text.encode("utf-16-le", "surrogatepass")
    total = len(units) // 2
    spans = sorted(
        (
            (_number(one, "offset"), min(total, _number(one, "offset") + _number(one, "length")), one)
            for one in entities
        ),
        key=lambda span: (span[0], -span[1]),
    )
    edges = sorted({0, total, *(edge for begin, end, _ in spans for edge in (begin, end))})
    pieces: list[str] = []
    open_now: list[tuple[int, str]] = []
    upcoming = iter([*spans, (total + 1, total + 1, {})])
    following = next(upcoming)
    for begin, end in zip(edges, [*edges[1:], total], strict=True):
        kept = [one for one in open_now if one[0] > begin]
        first_closed = next((i for i, one in enumerate(open_now) if one[0] <= begin), len(open_now))
        pieces.extend(_closing(tag) for _, tag in reversed(open_now[first_closed:]))
        pieces.extend(tag for _, tag in kept[first_closed:])
        open_now = kept
        while following[0] == begin and begin < total:
            piece = units[begin * 2 : following[1] * 2].decode("utf-16-le", "replace")
            tag = _opening(following[2], piece)
            pieces.append(tag)
            open_now.append((following[1], tag))
            following = next(upcoming)
        pieces.append(escape(units[begin * 2 : end * 2].decode("utf-16-le", "replace")))
    pieces.extend(_closing(tag) for _, tag in reversed(open_now))
    return "".join(pieces)


def _opening(entity: JsonObject, covered: str) -> str:
    kind = str(entity.get("type", ""))
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>"
    if kind == "text_link" and str(entity.get("url", "")).startswith(_SAFE_SCHEMES):
        return _anchor(str(entity["url"]))
    if kind == "url":
        return _anchor(covered if covered.startswith(("http://", "https://")) else f"https://{covered}")
    if kind == "email":
        return _anchor(f"mailto:{covered}")
    return f'<span class="{escape(kind)}">'


def _anchor(address: str) -> str:
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">'


def _closing(opening: str) -> str:
    return f"</{opening[1:].partition(' ')[0].rstrip('>')}>"


def _number(entity: JsonObject, name: str) -> int:
    value = entity.get(name)
    return value if isinstance(value, int) else 0
