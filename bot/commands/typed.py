"""Which command a person means by what they typed: with or without the slash, in English or Vietnamese, with or without
diacritics, with the rest joined by underscores as in a command that can be tapped."""

import re
from dataclasses import dataclass
from itertools import takewhile

from bot.codes import clean, looks_like_code
from bot.commands.menu import COMMANDS, Command
from bot.commands.start import is_invite_code
from plan.text import fold

_MOST_WORDS = 3
_AFTER_A_CODE = frozenset({
    Command.DONE,
    Command.PROGRESS,
    Command.WAIVE,
    Command.SNOOZE,
    Command.HISTORY,
})  # fmt: skip
_PERCENT = re.compile(r"[0-9]{1,3} ?(?:%|phan tram)")
_GLUED = re.compile(r"([a-z]+)(\d.*)")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """`command` with what follows it; without a command, `words` and `rests` are ways to read a mistyped one."""

    command: Command | None
    args: str = ""
    words: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()


def read_typed(text: str, *, bot_name: str) -> Typed | None:
    """None when the words are for another bot. Never fails, whatever was typed."""
    words = clean(text).split()
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
    return _lone_code(words) or _by_name(words) or _mistyped(words)


def _lone_code(words: list[str]) -> Typed | None:
    """A code alone asks for the task, "2.6a xong" and "2.6a, 2.6b xong" say what is done, "2.6a 60%" how far it is; an invite
    alone is an invite."""
    if len(words) == 1 and is_invite_code(words[0]):
        return Typed(command=Command.START, args=words[0])
    if not looks_like_code(words[0].rstrip(",;")) or words[0].isdigit():
        return None
    if len(words) == 1:
        return Typed(command=Command.TASK, args=words[0])
    count = sum(1 for _ in takewhile(_is_of_list, words))
    after = _by_name(words[count:]) if count < len(words) else None
    if after is not None and after.command in _AFTER_A_CODE and (count == 1 or after.command is Command.DONE):
        return Typed(command=after.command, args=" ".join([*words[:count], after.args]).strip())
    if _PERCENT.match(fold(" ".join(words[1:3]))):
        return Typed(command=Command.PROGRESS, args=" ".join(words))
    return None


def _is_of_list(word: str) -> bool:
    code = word.rstrip(",;")
    return (looks_like_code(code) and not code.isdigit()) or fold(word) in ("va", "+", "&")


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
    return fold(text).replace(" ", "").strip(".,;:!?")
