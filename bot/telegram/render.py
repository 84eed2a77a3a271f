"""A Message as Telegram wants it: HTML text within its limits, and an inline keyboard.

Limits: 4096 characters after entities are parsed, under a file 1024, and 100 entities (Bot API, sendMessage, sendDocument);
counted in UTF-16 units, as Telegram counts offsets, which is never less than what it allows.
"""

import re
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.message import Choice, Line, Message, Span, Style, Tone
from bot.pieces import marked_as_repeat, units
from bot.pieces import split as cut_to_fit

_MAX_TEXT, _MAX_CAPTION = 4096, 1024
_MAX_ENTITIES = 90
# Telegram itself makes an entity of each /command, @name, #tag and link.
_MADE_BY_TELEGRAM = re.compile(r"(?<!\S)[/#]\w|@\w|[a-z]\.[a-z]")
_TAGS = {Style.BOLD: "b", Style.ITALIC: "i", Style.CODE: "code"}
_TONES = {Tone.YES: KeyboardButtonStyle.SUCCESS, Tone.NO: None, Tone.PLAIN: None}


def split(message: Message) -> list[Message]:
    """The message in pieces within Telegram's limits; the choices go under the last."""
    return cut_to_fit(message, _fits)


def to_html(message: Message) -> str:
    """Blocks with an empty line between them; everything that is not ours is escaped."""
    return "\n\n".join("\n".join(_line_html(item) for item in part.lines) for part in message.blocks)


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    rows = message.rows()
    if not rows:
        return None
    return InlineKeyboardMarkup([[_button(choice) for choice in row] for row in rows])


def _button(choice: Choice) -> InlineKeyboardButton:
    return InlineKeyboardButton(choice.label, callback_data=choice.action, style=_TONES[choice.tone])


def _line_html(item: Line) -> str:
    return "".join(_span_html(span) for span in item)


def _span_html(span: Span) -> str:
    text = escape(span.text, quote=False)
    if span.style is Style.PLAIN:
        return text
    tag = _TAGS[span.style]
    return f"<{tag}>{text}</{tag}>"


def _fits(piece: Message) -> bool:
    """Whether Telegram takes it, also as a repeat. Choices are buttons and take no room. No words of one block are given up
    for its entities: those above the limit are merely not shown as such."""
    marked = marked_as_repeat(piece)
    if len(piece.blocks) > 1 and _entities(marked) > _MAX_ENTITIES:
        return False
    return units(_visible(marked)) <= (_MAX_TEXT if piece.paper is None else _MAX_CAPTION)


def _visible(message: Message) -> str:
    return "\n\n".join(
        "\n".join("".join(span.text for span in item) for item in part.lines) for part in message.blocks
    )


def _entities(message: Message) -> int:
    spans = [span for part in message.blocks for item in part.lines for span in item]
    styled = sum(span.style is not Style.PLAIN for span in spans)
    return styled + sum(len(_MADE_BY_TELEGRAM.findall(span.text)) for span in spans)
