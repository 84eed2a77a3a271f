"""A Message as Zalo wants it: plain text within its limit, the styles beside it, and choices as lines with numbers.

Limit: 1-2000 characters (Zalo Bot Platform, sendMessage); counted in UTF-16 units, as the platform counts the positions of
`text_styles`, which is never less than characters.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.message import Choice, Line, Message, Span, Style, line
from bot.pieces import marked_as_repeat, units
from bot.pieces import split as cut_to_fit
from bot.zalo.api import TextStyle

_MAX_TEXT = 2000
_MAX_LABEL = 200
_WIDEST_NUMBER = 999
_ANSWER_BY_NUMBER = "Trả lời bằng số:"
_NUMBERS_ABOVE = "Trả lời bằng số để chọn."
_CODES = {Style.BOLD: "b", Style.ITALIC: "i"}


@dataclass(frozen=True, kw_only=True)
class Written:
    """What sendMessage takes: the text as people see it and where it is styled."""

    text: str
    styles: tuple[TextStyle, ...]


def split(message: Message) -> list[Message]:
    """The message in pieces within Zalo's limit, with room for numbers that are not given yet. A choice that stands under an
    item is not among those under the message."""
    of_items = {_said(choice) for item in message.blocks for choice in item.choices}
    others = (tuple(choice for choice in row if _said(choice) not in of_items) for row in message.choices)
    return cut_to_fit(replace(message, choices=tuple(row for row in others if row)), _fits)


def write(message: Message) -> Written:
    """Blocks with an empty line between them, an item's choices right under it, the others at the end."""
    text: list[str] = []
    styles: list[TextStyle] = []
    at = 0
    for number, paragraph in enumerate(_paragraphs(message)):
        for place, item in enumerate(paragraph):
            between = "\n" if place else "\n\n" if number else ""
            for span in (Span(text=between), *item):
                shown = _shown(span)
                length = units(shown)
                if length and span.style in _CODES:
                    styles.append(TextStyle(start=at, length=length, styles=(_CODES[span.style],)))
                text.append(shown)
                at += length
    return Written(text="".join(text), styles=tuple(styles))


def _shown(span: Span) -> str:
    """What is to be typed stands in quotation marks: "xong 2.6a" in a line about 2.6a would say that it is done."""
    return span.text if span.typed is None else f"“{span.typed}”"


def _paragraphs(message: Message) -> list[list[Line]]:
    told: set[tuple[str, str]] = set()
    paragraphs = [
        [*item.lines, *(line("   ", _numbered(choice)) for choice in _untold(item.choices, told))]
        for item in message.blocks
    ]
    numbers_above = bool(told)
    others = _untold((choice for row in message.choices for choice in row), told)
    if others:
        paragraphs.append([line(_ANSWER_BY_NUMBER), *(line(_numbered(choice)) for choice in others)])
    elif numbers_above:
        paragraphs.append([line(_NUMBERS_ABOVE)])
    return [paragraph for paragraph in paragraphs if paragraph]


def _untold(choices: Iterable[Choice], told: set[tuple[str, str]]) -> list[Choice]:
    """The choices that were not told yet; now they are."""
    new = []
    for choice in choices:
        if _said(choice) not in told:
            told.add(_said(choice))
            new.append(choice)
    return new


def _said(choice: Choice) -> tuple[str, str]:
    return choice.label, choice.action


def _numbered(choice: Choice) -> str:
    label = choice.label if len(choice.label) <= _MAX_LABEL else choice.label[: _MAX_LABEL - 1] + "…"
    return f"{choice.number}. {label}" if choice.number is not None else f"• {label}"


def _fits(piece: Message) -> bool:
    """Whether Zalo takes it, also as a repeat and with the longest numbers."""
    widest = piece.with_choices(lambda choice: replace(choice, number=_WIDEST_NUMBER))
    return units(write(marked_as_repeat(widest)).text) <= _MAX_TEXT
