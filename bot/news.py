"""What rides with a message to a sparing chat (store.riders): news under what it says by itself."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.message import Block, Line, Message, block, bold, italic, line, message
from bot.pieces import REPEAT_MARK

# More of it would bury the answer; the rest rides with the next message.
_MOST = 6


@dataclass(frozen=True, kw_only=True)
class News:
    """A message that is told with another one; `id` is the rider's. `marked`: as perhaps received."""

    id: int
    message: Message
    marked: bool = False


def with_news(main: Message | None, news: Sequence[News]) -> Message | None:
    """The message with the news under it; `main` None: there is nothing but news."""
    if not news:
        return main
    told, later = news[:_MOST], len(news) - _MOST
    heading = block(line(bold("📨 Tin mới")))
    more = [block(line(italic(f"Còn {later} tin nữa, sẽ gửi kèm lần sau.")))] if later > 0 else []
    about = [heading, *(part for one in told for part in _blocks(one)), *more]
    if main is None:
        return message(*about)
    return replace(main, blocks=(*main.blocks, *about))


def without_news(whole: Message, *, but: Collection[int], marked: Collection[int] = ()) -> Message:
    """A message without the riders in it, `but` those that still ride; of these some are `marked` as perhaps received."""
    kept = (part for part in whole.blocks if part.news is None or part.news in but)
    return replace(whole, blocks=tuple(_marked(part) if part.news in marked else part for part in kept))


def _marked(part: Block) -> Block:
    mark = REPEAT_MARK.lines
    return part if part.lines[: len(mark)] == mark else replace(part, lines=(*mark, *part.lines))


def riders_in(piece: Message) -> frozenset[int]:
    """The riders of which this piece tells something."""
    return frozenset(part.news for part in piece.blocks if part.news is not None)


def left_of(rider: int, pieces: Sequence[Message]) -> Message | None:
    """What these pieces have still to say of a rider, as a message of its own; None when that is nothing."""
    parts = [replace(part, news=None) for piece in pieces for part in piece.blocks if part.news == rider]
    return message(*parts) if parts else None


def as_one(note: Message) -> Message:
    """A note in one block, which no message breaks, with its choices under it."""
    lines: list[Line] = []
    for part in note.blocks:
        lines += [*([line()] if lines else []), *part.lines]
    choices = [choice for row in note.rows() for choice in row]
    about = tuple(number for part in note.blocks for number in part.about)
    return message(block(*lines, about=about, choices=choices))


def _blocks(news: News) -> Iterable[Block]:
    """The last one says that the rider ends with it."""
    first, *rest = news.message.blocks
    *others, last = (_marked(first) if news.marked else first, *rest)
    return (*others, replace(last, news=news.id))
