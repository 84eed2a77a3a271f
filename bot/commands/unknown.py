"""What nobody can be sure to have understood: the nearest command or code as choices."""

from collections.abc import Callable, Iterable

from rapidfuzz.distance import OSA

from bot.codes import code_key, nearest_codes, shorten
from bot.commands.asked import Answer
from bot.commands.menu import COMMANDS, MENU, Command
from bot.commands.typed import Typed
from bot.message import Choice, message
from bot.wording import SEE_DUE, SEE_HELP, fits, runs

_ECHO_LIMIT = 40
_DEEDS = (("Báo xong", Command.DONE), ("Ghi tiến độ", Command.PROGRESS), ("Chi tiết", Command.TASK))
_MOST_TYPOS = 2
_LEAST_ALIKE = 0.6
# "hôm" is no mistyped "nhóm", nor "trời" a "rời": nobody should be led to these by the first word of a sentence.
_NOT_BY_SHORT_WORDS = frozenset({Command.GROUP, Command.LEAVE})
_SHORT = 4
_EXAMPLES = {item.command: item.example for item in MENU}


def unknown_words(typed: Typed, may: Callable[[Command], bool]) -> Answer:
    """For a message that begins with no command: those that it may have meant, of what this chat `may` do."""
    if typed.about is not None:
        return _unknown_deed(typed.about, typed.args, may)
    meant: dict[Command, str] = {}
    for word, rest in zip(typed.words, typed.rests, strict=True):
        for command in _nearest_commands(word):
            if may(command):
                meant.setdefault(command, rest)
    if not meant:
        return Answer(
            message=message(
                "Xin lỗi, chưa hiểu ý anh/chị. Việc hay dùng:",
                choices=[[SEE_DUE, SEE_HELP]],
            )
        )
    asked = " hay ".join(f"/{command.value}" for command in meant)
    rows = [[_run(command, rest)] for command, rest in meant.items()]
    return Answer(message=message(f"Có phải ý anh/chị là {asked}?", choices=rows))


def _unknown_deed(code: str, rest: str, may: Callable[[Command], bool]) -> Answer:
    """For words that begin with a code and do not say what is to be done about it."""
    bare = code.strip(",;")
    rows = []
    for label, command in _DEEDS:
        text = f"/{command.value} {code} {rest}".strip() if command is not Command.TASK else f"/task {bare}"
        if not fits(text):
            text = f"/{command.value} {bare}"
        if may(command) and fits(text):
            rows.append([runs(label, text)])
    said = shorten(rest, _ECHO_LIMIT)
    return Answer(
        message=message(f"Chưa rõ anh/chị muốn ghi gì cho {bare}: “{said}”. Chọn giúp:", choices=rows)
    )


def _run(command: Command, rest: str) -> Choice:
    typed = f"/{command.value} {rest}".strip()
    if not fits(typed):
        typed = f"/{command.value}"
    return runs(shorten(typed, _ECHO_LIMIT), typed)


def _nearest_commands(word: str) -> list[Command]:
    scored: list[tuple[int, Command]] = []
    for name, command in COMMANDS.items():
        # An invite is typed by hand, and three letters are anything's neighbour.
        if command is Command.START or len(word) < 2:
            continue
        if command in _NOT_BY_SHORT_WORDS and len(name) <= _SHORT:
            continue
        # "hoan" of "hoãn nhắc", "hoàn tác", "hoàn thành" is nearer to these than to "hạn".
        begun = len(word) >= _SHORT and name.startswith(word)
        typos = 0 if begun else OSA.distance(word, name)
        alike = 1 - typos / max(len(word), len(name))
        if typos <= _MOST_TYPOS and alike >= _LEAST_ALIKE:
            scored.append((typos, command))
    best = min((typos for typos, _ in scored), default=0)
    return list(dict.fromkeys(command for typos, command in scored if typos == best))[:3]


def unknown_code(command: Command, word: str | None, rest: str, known: Iterable[str]) -> Answer:
    """For a code that the agency does not have: its nearest ones, which run the same command when chosen."""
    if not word:
        which = f"Anh/chị cho biết mã việc, ví dụ: {_EXAMPLES[command]}"
        return Answer(message=message(which, choices=[[SEE_DUE]]))
    near = nearest_codes(word, sorted(set(known), key=code_key))
    if not near:
        return Answer(
            message=message(
                f"Không có việc mã “{shorten(word, _ECHO_LIMIT)}”. Mã có dạng 2.6a, như trên phụ lục kế hoạch.",
                choices=[[SEE_DUE]],
            )
        )
    lost = False
    rows = []
    for code in near:
        typed = f"/{command.value} {code} {rest}".strip()
        if not fits(typed):
            typed, lost = f"/{command.value} {code}", True
        rows.append([runs(f"/{command.value} {code}", typed)])
    hint = ["Anh/chị gõ lại số văn bản và ghi chú giúp."] if lost and command is Command.DONE else []
    return Answer(
        message=message(
            f"Không có việc mã “{shorten(word, _ECHO_LIMIT)}”. Có phải ý anh/chị là:", *hint, choices=rows
        )
    )
