"""A list longer than a screen, turned over in place: the same command asked again for another page.

Nothing is kept between two pages: a page shows the state at the moment at which it is asked for.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.message import Block, Choice, Message, line
from bot.wording import ACTION_LIMIT

_MOST_ITEMS = 8
_MOST_CHARACTERS = 1500


def page_of(whole: Message, number: int, typed: str) -> Message:
    """Page `number` (from 1; beyond the last it is the last) of a list whose first block is its head. `typed` is the command
    that gives the list again; one too long for a button leaves the list whole."""
    head, *items = whole.blocks or (Block(lines=()),)
    pages = _pages(items)
    if len(pages) < 2 or len(_action(len(pages), typed).encode()) > ACTION_LIMIT:
        return whole
    number = min(max(number, 1), len(pages))
    shown = replace(head, lines=(*head.lines, line(f"Trang {number}/{len(pages)}")))
    return Message(
        blocks=(shown, *pages[number - 1]),
        choices=(*whole.choices, _turning(number, len(pages), typed)),
    )


def _pages(items: Sequence[Block]) -> list[list[Block]]:
    pages: list[list[Block]] = [[]]
    used = 0
    for item in items:
        length = sum(len(span.text) for part in item.lines for span in part)
        if pages[-1] and (len(pages[-1]) == _MOST_ITEMS or used + length > _MOST_CHARACTERS):
            pages.append([])
            used = 0
        pages[-1].append(item)
        used += length
    return pages


def _turning(number: int, count: int, typed: str) -> tuple[Choice, ...]:
    back = [Choice(label="‹ Trước", action=_action(number - 1, typed))] if number > 1 else []
    on = [Choice(label="Sau ›", action=_action(number + 1, typed))] if number < count else []
    return (*back, *on)


def _action(number: int, typed: str) -> str:
    return f"page:{number}:{typed}"
