"""A Message as Telegram wants it: HTML text within its limits, and an inline keyboard.

Limits: 4096 characters after entities are parsed, 100 entities (Bot API, sendMessage); counted in UTF-16 units, as
Telegram counts offsets, which is never less than what it allows.
"""

import re
from dataclasses import replace
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.message import Block, Choice, Line, Message, Span, Style, Tone, block, italic, line

REPEAT_MARK = block(line(italic("(gửi lại, có thể anh/chị đã nhận)")))
_MAX_TEXT = 4096
_MAX_ENTITIES = 90
# Telegram itself makes an entity of each /command, @name, #tag and link.
_MADE_BY_TELEGRAM = re.compile(r"(?<!\S)[/#]\w|@\w|[a-z]\.[a-z]")
_TAGS = {Style.BOLD: "b", Style.ITALIC: "i", Style.CODE: "code"}
_TONES = {Tone.YES: KeyboardButtonStyle.SUCCESS, Tone.NO: None, Tone.PLAIN: None}


def split(message: Message) -> list[Message]:
    """The message in pieces within Telegram's limits; the choices go under the last."""
    room = _MAX_TEXT - _length(REPEAT_MARK) - 2
    pieces: list[list[Block]] = [[]]
    used = entities = 0
    for item in (part for whole in message.blocks for part in _fitting(whole, room)):
        length, count = _length(item) + 2, _entities(item)
        if pieces[-1] and (used + length > room or entities + count > _MAX_ENTITIES):
            pieces.append([])
            used = entities = 0
        pieces[-1].append(item)
        used, entities = used + length, entities + count
    return [
        Message(blocks=tuple(blocks), choices=message.choices if number == len(pieces) else ())
        for number, blocks in enumerate(pieces, start=1)
    ]


def to_html(message: Message) -> str:
    """Blocks with an empty line between them; everything that is not ours is escaped."""
    return "\n\n".join("\n".join(_line_html(item) for item in part.lines) for part in message.blocks)


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    rows = message.rows()
    if not rows:
        return None
    return InlineKeyboardMarkup([[_button(choice) for choice in row] for row in rows])


def marked_as_repeat(message: Message) -> Message:
    return replace(message, blocks=(REPEAT_MARK, *message.blocks))


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


def _fitting(whole: Block, room: int) -> list[Block]:
    """A block that no message could hold is cut between its lines, and a line that none could hold in itself."""
    if _length(whole) <= room:
        return [whole]
    parts: list[Block] = []
    for item in whole.lines:
        cut = item if _line_length(item) <= room else _cut(item, room)
        if parts and _length(parts[-1]) + 1 + _line_length(cut) <= room:
            parts[-1] = replace(parts[-1], lines=(*parts[-1].lines, cut))
        else:
            parts.append(Block(lines=(cut,), about=whole.about, choices=() if parts else whole.choices))
    return parts


def _cut(item: Line, room: int) -> Line:
    kept: list[Span] = []
    left = room - 1
    for span in item:
        # A character is at most two units: half the room is safe to take without looking closer.
        text = span.text if _units(span.text) <= left else span.text[: left // 2] + "…"
        kept.append(Span(text=text, style=span.style))
        left -= _units(text)
        if text != span.text:
            break
    return tuple(kept)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _line_length(item: Line) -> int:
    return sum(_units(span.text) for span in item)


def _length(item: Block) -> int:
    return sum(_line_length(part) + 1 for part in item.lines) - 1


def _entities(item: Block) -> int:
    spans = [span for part in item.lines for span in part]
    styled = sum(span.style is not Style.PLAIN for span in spans)
    return styled + sum(len(_MADE_BY_TELEGRAM.findall(span.text)) for span in spans)
