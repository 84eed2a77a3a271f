"""What the bot says, before a channel gives it a form: blocks of lines and choices under them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

_ITEM_CHOICES_IN_A_ROW = 3


class Style(StrEnum):
    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"


class Tone(StrEnum):
    """What a choice does: goes on, goes back, or neither."""

    YES = "yes"
    NO = "no"
    PLAIN = "plain"


@dataclass(frozen=True, kw_only=True)
class Span:
    """A run of text in one style. `typed` is what a person writes where nothing can be tapped, of a command that can be
    tapped elsewhere: "xong 2.6a" of "/done_2_6a"."""

    text: str
    style: Style = Style.PLAIN
    typed: str | None = None


Line = tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer that a person can give. `action` is at most 64 bytes and carries no authority. `number` is what a person
    writes to choose it, where choices cannot be tapped; it is given when the message leaves."""

    label: str
    action: str
    tone: Tone = Tone.PLAIN
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class Block:
    """Lines that stay together: a long message is split between blocks, never inside one. `about` are the assignments
    (ids) that a morning message speaks of here, `choices` what can be done about this item: they stand under the message,
    so each names its item. `section` are the headings under which it stands, the outermost first: the section's first
    block has them among its lines, and a page that begins within the section repeats them. `news` is the id of the
    message that waited for another one to take it along, and that is told by this block."""

    lines: tuple[Line, ...]
    about: tuple[int, ...] = ()
    choices: tuple[Choice, ...] = ()
    section: tuple[str, ...] = ()
    news: int | None = None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A file that goes with a message: which kind (bot.press), and what it is about. It is made when the message leaves."""

    kind: str
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A whole message; `choices` are rows of buttons, or numbered answers where there are no buttons."""

    blocks: tuple[Block, ...]
    choices: tuple[tuple[Choice, ...], ...] = ()
    paper: Paper | None = None

    def rows(self) -> tuple[tuple[Choice, ...], ...]:
        """All rows of choices under the message: those of its items first, some in a row, none twice."""
        of_items = list(dict.fromkeys(choice for item in self.blocks for choice in item.choices))
        in_rows = (
            tuple(of_items[start : start + _ITEM_CHOICES_IN_A_ROW])
            for start in range(0, len(of_items), _ITEM_CHOICES_IN_A_ROW)
        )
        return (*in_rows, *self.choices)

    def with_choices(self, change: Callable[[Choice], Choice]) -> "Message":
        """The message with every choice changed so."""

        def changed(choices: Iterable[Choice]) -> tuple[Choice, ...]:
            return tuple(change(choice) for choice in choices)

        return replace(
            self,
            blocks=tuple(replace(item, choices=changed(item.choices)) for item in self.blocks),
            choices=tuple(changed(row) for row in self.choices),
        )


def bold(text: str) -> Span:
    return Span(text=text, style=Style.BOLD)


def italic(text: str) -> Span:
    return Span(text=text, style=Style.ITALIC)


def code(text: str) -> Span:
    return Span(text=text, style=Style.CODE)


def tappable(command: str, *, typed: str) -> Span:
    """A command that can be tapped, and how it is written by hand."""
    return Span(text=command, typed=typed)


def line(*parts: str | Span) -> Line:
    """A line from words and styled spans."""
    return tuple(Span(text=part) if isinstance(part, str) else part for part in parts)


def block(
    *lines: Line | str,
    about: tuple[int, ...] = (),
    choices: Iterable[Choice] = (),
    section: tuple[str, ...] = (),
) -> Block:
    return Block(
        lines=tuple(line(item) if isinstance(item, str) else item for item in lines),
        about=about,
        choices=tuple(choices),
        section=section,
    )


def message(
    *blocks: Block | str, choices: Iterable[Iterable[Choice]] = (), paper: Paper | None = None
) -> Message:
    return Message(
        blocks=tuple(block(item) if isinstance(item, str) else item for item in blocks),
        choices=tuple(tuple(row) for row in choices),
        paper=paper,
    )


_ADAPTER = TypeAdapter(Message)


def first_lines(value: Message) -> Iterator[str]:
    """How each of its blocks begins, as plain words."""
    return ("".join(span.text for span in part.lines[0]) for part in value.blocks if part.lines)


def to_json(value: Message) -> dict[str, Any]:
    """The form in which the outbox keeps a message."""
    dumped: dict[str, Any] = _ADAPTER.dump_python(value, mode="json", exclude_defaults=True)
    return dumped


def from_json(value: dict[str, Any]) -> Message:
    return _ADAPTER.validate_python(value)
