"""Cutting a message into pieces that a channel takes: between its items wherever that is possible.

What a piece may hold is the channel's own question, `fits`, asked of a whole piece: so that whatever the channel adds to it
(choices in words, a repeat's mark) is counted by who adds it.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

from bot.message import Block, Choice, Line, Message, Paper, Span, block, italic, line

REPEAT_MARK = block(line(italic("(gửi lại, có thể anh/chị đã nhận)")))
Fits = Callable[[Message], bool]


def units(text: str) -> int:
    """Length in UTF-16 code units, which is never less than in characters."""
    return len(text.encode("utf-16-le")) // 2


def marked_as_repeat(message: Message) -> Message:
    """The message with the words before it that it was perhaps received before."""
    return replace(message, blocks=(REPEAT_MARK, *message.blocks))


def split(message: Message, fits: Fits) -> list[Message]:
    """The message in pieces that fit, in order. A block that fits into one is never cut; an item's choices go under its
    last part, the message's under the last piece, beside the last block if they fit there."""
    if fits(message):
        return [message]
    pieces = [Message(blocks=())]
    for part in (part for whole in message.blocks for part in _parts(whole, fits)):
        longer = replace(pieces[-1], blocks=(*pieces[-1].blocks, part))
        if not pieces[-1].blocks or fits(longer):
            pieces[-1] = longer
        else:
            pieces.append(Message(blocks=(part,)))
    return _with_paper([*pieces[:-1], *_with_choices(pieces[-1], message.choices, fits)], message.paper, fits)


def _with_paper(pieces: list[Message], paper: Paper | None, fits: Fits) -> list[Message]:
    """With the last piece, or by itself when its words are too long to stand under a file."""
    if paper is None:
        return pieces
    if fits(last := replace(pieces[-1], paper=paper)):
        return [*pieces[:-1], last]
    return [*pieces, Message(blocks=(), paper=paper)]


def _with_choices(last: Message, rows: tuple[tuple[Choice, ...], ...], fits: Fits) -> list[Message]:
    if fits(whole := replace(last, choices=rows)):
        return [whole]
    if len(last.blocks) > 1 and fits(asking := Message(blocks=last.blocks[-1:], choices=rows)):
        return [replace(last, blocks=last.blocks[:-1]), asking]
    pieces = [last]
    for row in (part for whole_row in rows for part in _parts_of_row(whole_row, fits)):
        longer = replace(pieces[-1], choices=(*pieces[-1].choices, row))
        if fits(longer):
            pieces[-1] = longer
        else:
            pieces.append(Message(blocks=(), choices=(row,)))
    return pieces


def _parts_of_row(row: tuple[Choice, ...], fits: Fits) -> list[tuple[Choice, ...]]:
    return [row] if fits(Message(blocks=(), choices=(row,))) else [(choice,) for choice in row]


def _parts(whole: Block, fits: Fits) -> list[Block]:
    """A block that no message could hold is cut between its lines, and a line that none could hold in itself."""
    if _alone(whole, fits):
        return [whole]
    empty = replace(whole, lines=(), choices=())
    of_lines = [replace(empty, lines=(_shortened(item, fits),)) for item in whole.lines]
    of_choices = [replace(empty, choices=(choice,)) for choice in whole.choices]
    parts: list[Block] = []
    for more in (*of_lines, *of_choices):
        if parts and _alone(longer := _joined(parts[-1], more), fits):
            parts[-1] = longer
        else:
            parts.append(more)
    return parts


def _joined(part: Block, more: Block) -> Block:
    return replace(part, lines=(*part.lines, *more.lines), choices=(*part.choices, *more.choices))


def _shortened(item: Line, fits: Fits) -> Line:
    """The line, or as much of its beginning as one message holds."""
    if _alone(block(item), fits):
        return item
    lengths = range(sum(len(span.text) for span in item))
    too_long = bisect_left(lengths, True, key=lambda length: not _alone(block(_first(item, length)), fits))
    return _first(item, too_long - 1)


def _first(item: Line, length: int) -> Line:
    """The first characters of a line; a command that is cut would be another one and is left out."""
    kept: list[Span] = []
    for span in item:
        if len(span.text) > length:
            return (*kept, Span(text=("" if span.typed else span.text[:length]) + "…", style=span.style))
        kept.append(span)
        length -= len(span.text)
    return item


def _alone(part: Block, fits: Fits) -> bool:
    return fits(Message(blocks=(part,)))
