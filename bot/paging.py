"""A list longer than a screen, turned over in place: the same command asked again for another page.

Nothing is kept between two pages: a page shows the state at the moment at which it is asked for.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.message import Block, Choice, Message, bold, line
from bot.wording import ACTION_LIMIT

_MOST_ITEMS = 8
# The smallest channel takes 2000 characters, its numbered choices among them; the rest is left for a mark of repetition.
_MOST_CHARACTERS = 1900
_LEAST_ROOM = 600
# "12. " before a label and the end of its line; between two items stands an empty line.
_AROUND_CHOICE = 5
_BETWEEN_ITEMS = 2
_PAGE_LINE = "Trang 99/99"
_BACK, _ON = "‹ Trước", "Sau ›"


def page_of(whole: Message, number: int, typed: str) -> Message:
    """Page `number` (from 1; beyond the last it is the last) of a list whose first block is its head. `typed` is the command
    that gives the list again; one too long for a choice leaves the list whole. An item is never divided, and a page that
    begins within a section repeats its headings."""
    head, *items = whole.blocks or (Block(lines=()),)
    pages = _pages(items, max(_MOST_CHARACTERS - _around(head, whole.choices), _LEAST_ROOM))
    if len(pages) < 2 or len(_action(len(pages), typed).encode()) > ACTION_LIMIT:
        return whole
    number = min(max(number, 1), len(pages))
    shown = replace(head, lines=(*head.lines, line(f"Trang {number}/{len(pages)}")))
    return Message(
        blocks=(shown, *pages[number - 1]),
        choices=(*whole.choices, _turning(number, len(pages), typed)),
    )


def _pages(items: Sequence[Block], room: int) -> list[list[Block]]:
    pages: list[list[Block]] = [[]]
    used = 0
    section: tuple[str, ...] = ()
    for item in items:
        shown = item
        if pages[-1] and (len(pages[-1]) == _MOST_ITEMS or used + _length(item) > room):
            pages.append([])
            used = 0
            shown = _continued(item, section)
        pages[-1].append(shown)
        used += _length(shown)
        section = item.section
    return pages


def _continued(item: Block, before: tuple[str, ...]) -> Block:
    """The item as a page begins with it, after one that stood under the headings `before`."""
    repeated = []
    for heading, known in zip(item.section, before, strict=False):
        if heading != known:
            break
        repeated.append(line(bold(f"{heading} (tiếp)")))
    return replace(item, lines=(*repeated, *item.lines))


def _around(head: Block, choices: Sequence[Sequence[Choice]]) -> int:
    """How many characters every page spends on what is not an item."""
    labels = [choice.label for row in choices for choice in row] + [_BACK, _ON]
    return _length(head) + len(_PAGE_LINE) + 1 + _length_of_choices(labels)


def _length(item: Block) -> int:
    text = sum(sum(len(span.text) for span in part) + 1 for part in item.lines)
    return text + _BETWEEN_ITEMS + _length_of_choices([choice.label for choice in item.choices])


def _length_of_choices(labels: Sequence[str]) -> int:
    return sum(len(label) + _AROUND_CHOICE for label in labels)


def _turning(number: int, count: int, typed: str) -> tuple[Choice, ...]:
    back = [Choice(label=_BACK, action=_action(number - 1, typed))] if number > 1 else []
    on = [Choice(label=_ON, action=_action(number + 1, typed))] if number < count else []
    return (*back, *on)


def _action(number: int, typed: str) -> str:
    return f"page:{number}:{typed}"
