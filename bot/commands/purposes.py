"""The commands that a chat may give, by what they are for: what /help and the channel's own menu show."""

from collections.abc import Collection

from bot.commands.menu import MENU, Command
from bot.rights import Verdict, judge
from store.states import Role

_C = Command
_PURPOSES: tuple[tuple[str, tuple[Command, ...]], ...] = (
    ("Xem việc", (_C.DUE, _C.OVERDUE, _C.TASK, _C.FIND, _C.HISTORY, _C.REPORTS, _C.CALENDAR)),
    ("Ghi nhận", (_C.DONE, _C.UNDO, _C.PROGRESS, _C.WAIVE, _C.SNOOZE)),
    ("Đề nghị", (_C.EXTEND, _C.ASK)),
    ("Kết nối", (_C.START, _C.WHO, _C.HANDOVER, _C.GROUP, _C.LEAVE)),
)
_PURPOSES_OF_OVERSEERS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        "Tình hình",
        (
            _C.STATUS,
            _C.CHART,
            _C.REPORT,
            _C.LATE,
            _C.AGENCY,
            _C.BOARD,
            _C.DUE,
            _C.OVERDUE,
            _C.REPORTS,
            _C.CALENDAR,
            _C.TASK,
            _C.FIND,
            _C.HISTORY,
        ),
    ),
    ("Ghi nhận", (_C.DONE, _C.PROGRESS, _C.WAIVE, _C.SNOOZE)),
    ("Đề nghị", (_C.EXTEND, _C.ASK)),
    ("Đôn đốc", (_C.REMIND, _C.PREVIEW, _C.HOLD, _C.RELEASE)),
    ("Duyệt", (_C.APPROVE, _C.REFUSE, _C.SETDUE, _C.UNDO)),
    ("Kết nối", (_C.INVITE, _C.BINDINGS, _C.REVOKE, _C.START, _C.WHO, _C.HANDOVER, _C.GROUP, _C.LEAVE)),
)
DESCRIPTIONS = {item.command: item.description for item in MENU}
OVERSEERS = frozenset({Role.STANDING_OFFICE, Role.LEADER})


def purposes(roles: Collection[Role]) -> list[tuple[str, list[Command]]]:
    """The commands that a chat with those roles may give, by purpose."""
    groups = _PURPOSES_OF_OVERSEERS if OVERSEERS.intersection(roles) else _PURPOSES
    allowed = [
        (name, [command for command in commands if judge(command, roles) is Verdict.YES])
        for name, commands in groups
    ]
    return [(name, commands) for name, commands in allowed if commands]


def menu_of(roles: Collection[Role]) -> list[tuple[str, str]]:
    """The same as one list of (command, description), with help at its end."""
    commands = [command for _, some in purposes(roles) for command in some]
    return [(command.value, DESCRIPTIONS[command]) for command in (*commands, Command.HELP)]
