"""Which command a person means by what they typed: with or without the slash, in English or Vietnamese, with or without
diacritics, with the rest joined by underscores as in a command that can be tapped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.codes import clean
from bot.commands.menu import COMMANDS, Command
from bot.commands.start import is_invite_code
from bot.commands.subject import Subject, leading, read_subject
from plan.text import fold

_MOST_WORDS = 4
# What can be said after what it is about, and of these what can be said after a word or two of courtesy.
_CHANGES = frozenset({
    Command.DONE,
    Command.PROGRESS,
    Command.WAIVE,
    Command.SNOOZE,
    Command.EXTEND,
    Command.ASK,
    Command.UNDO,
})  # fmt: skip
_AFTER_ITS_SUBJECT = _CHANGES | {Command.HISTORY, Command.TASK}
_QUOTES = "“”\"'"
_PERCENT = re.compile(r"[0-9]{1,3} ?(?:%|phan tram)")
_GLUED = re.compile(r"([a-z]+)(\d.*)")
# Without its diacritics it would be the beginning of "hoàn tất", "hoàn chỉnh".
_SPELT = {"hoãn": "hoannhac"}


@dataclass(frozen=True, kw_only=True)
class Typed:
    """`command` with what follows it; without a command, `words` and `rests` are ways to read a mistyped one, or `about` is
    the code of which `args` says nothing that was understood."""

    command: Command | None
    args: str = ""
    words: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()
    about: str | None = None


class _Said(NamedTuple):
    """A command that was found at the beginning of some words, and the words after it."""

    command: Command
    args: str


def read_typed(text: str, *, bot_name: str) -> Typed | None:
    """None when the words are for another bot. Never fails, whatever was typed."""
    words = _unquoted(clean(text)).split()
    mention = f"@{bot_name}".casefold()
    words = [word for word in words if word.casefold() != mention]
    if not words:
        return Typed(command=Command.HELP)
    first, at, name = words[0].partition("@")
    if at and first.startswith("/"):
        if f"@{name}".casefold() != mention:
            return None
        words[0] = first
    words[0] = words[0].lstrip("/\\")
    words = [word for word in words if word]
    if not words:
        return Typed(command=Command.HELP)
    return _by_its_subject(words) or _by_name(words) or _politely(words) or _mistyped(words)


def _unquoted(text: str) -> str:
    """Without the quotation marks in which a command was shown and copied."""
    return text.strip(_QUOTES) if text.startswith(tuple(_QUOTES)) else text


def _by_its_subject(words: list[str]) -> Typed | None:
    """A code alone asks for the task, "2.6a xong" and "báo cáo quý 1 đã nộp" say what is done, "2.6a 60%" how far it is; an
    invite alone is an invite."""
    if len(words) == 1 and is_invite_code(words[0]):
        return Typed(command=Command.START, args=words[0])
    subject = read_subject(words)
    if subject.count == 0:
        return None
    about, after = " ".join(words[: subject.count]), words[subject.count :]
    if not after:
        return (
            Typed(command=Command.TASK, args=about)
            if subject.codes == 1
            else _of_unknown_deed(words, subject)
        )
    said = _said_after(after, subject)
    if said is not None:
        return Typed(command=said.command, args=f"{about} {said.args}".strip())
    return _of_unknown_deed(words, subject)


def _of_unknown_deed(words: Sequence[str], subject: Subject) -> Typed | None:
    if subject.code is None:
        return None
    rest = list(words)
    rest.remove(subject.code)
    return Typed(command=None, args=" ".join(rest), about=subject.code)


def _said_after(words: list[str], subject: Subject) -> _Said | None:
    """What is said of the subject. Of several codes only that they are done."""
    possible = _AFTER_ITS_SUBJECT if subject.codes < 2 else {Command.DONE}
    found = [said for said in _sayings(words) if said.command in possible]
    if found:
        # "đề nghị gia hạn" asks for a later day, not for support.
        return next((said for said in found if said.command is Command.EXTEND), found[0])
    percent = words[leading(words) :]
    if subject.codes < 2 and _PERCENT.match(fold(" ".join(percent[:3]))):
        return _Said(command=Command.PROGRESS, args=" ".join(percent))
    return None


def _politely(words: list[str]) -> Typed | None:
    """A change with words of courtesy before it: "em xin gia hạn 2.6a …", "cho hoãn nhắc 2.6a"."""
    found = next((said for said in _sayings(words) if said.command in _CHANGES), None)
    return Typed(command=found.command, args=found.args) if found is not None else None


def _sayings(words: Sequence[str]) -> list[_Said]:
    """The commands with which the words begin, with and without the words that lead to them."""
    found = [_by_name(list(words[skipped:])) for skipped in range(min(leading(words), len(words) - 1) + 1)]
    return [_Said(command=one.command, args=one.args) for one in found if one and one.command]


def _by_name(words: list[str]) -> Typed | None:
    known = [(COMMANDS[name], args) for name, args in _readings(words) if name in COMMANDS]
    if known:
        command, args = known[0]
        # "tìm kiểm soát" is not "tìm kiếm": what is looked for may begin like another name of the command.
        return Typed(command=command, args=known[-1][1] if command is Command.FIND else args)
    glued = _GLUED.fullmatch(words[0].casefold())
    if glued is not None and glued[1] in COMMANDS:
        rest = words[0][len(glued[1]) :]
        return Typed(command=COMMANDS[glued[1]], args=" ".join([rest, *words[1:]]))
    return None


def _mistyped(words: list[str]) -> Typed:
    readings = _readings(words)
    return Typed(
        command=None,
        words=tuple(name for name, _ in readings),
        rests=tuple(args for _, args in readings),
    )


def _readings(words: list[str]) -> list[tuple[str, str]]:
    """Ways to cut the beginning off as a command's name, longest first: ("baocao", "quy I"), ("bao", "cao quy I")."""
    readings = [
        (_name(" ".join(words[:count])), " ".join(words[count:]))
        for count in range(min(_MOST_WORDS, len(words)), 1, -1)
    ]
    parts = words[0].split("_")
    for count in range(min(_MOST_WORDS, len(parts)), 0, -1):
        tail = "_".join(parts[count:])
        readings.append((_name(" ".join(parts[:count])), " ".join([*([tail] if tail else []), *words[1:]])))
    return readings


def _name(text: str) -> str:
    spelt = _SPELT.get(text.casefold().strip(".,;:!?"))
    return spelt or fold(text).replace(" ", "").strip(".,;:!?")
