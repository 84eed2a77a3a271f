"""Who may do what: the table of roles and commands. docs/rights.md shows the same table, cell by cell.

Rights come from what a chat is bound as. A choice has none of its own: they are looked at again when it is made.
"""

from collections.abc import Collection
from enum import StrEnum

from bot.commands.menu import Command
from store.states import Role

_READERS = frozenset({Role.OFFICER, Role.STANDING_OFFICE, Role.LEADER})
_OVERSEERS = frozenset({Role.STANDING_OFFICE, Role.LEADER})
_OFFICER = frozenset({Role.OFFICER})
_OFFICE = frozenset({Role.STANDING_OFFICE})
_BOUND = frozenset(Role)

# Also for chats that are bound as nothing.
OPEN_TO_ALL = frozenset({Command.HELP, Command.START, Command.WHO})
ALLOWED: dict[Command, frozenset[Role]] = {
    Command.DUE: _READERS,
    Command.OVERDUE: _READERS,
    Command.DONE: _OFFICER,
    Command.UNDO: _OFFICER | _OFFICE,
    Command.PROGRESS: _OFFICER,
    Command.WAIVE: _OFFICER,
    Command.SNOOZE: _OFFICER,
    Command.EXTEND: _OFFICER,
    Command.ASK: _OFFICER,
    Command.TASK: _READERS,
    Command.FIND: _READERS,
    Command.HISTORY: _READERS,
    Command.REPORTS: _READERS,
    Command.CALENDAR: _READERS,
    Command.STATUS: _OVERSEERS,
    Command.CHART: _OVERSEERS,
    Command.REPORT: _OVERSEERS,
    Command.LATE: _OVERSEERS,
    Command.AGENCY: _OVERSEERS,
    Command.BOARD: _OVERSEERS,
    Command.APPROVE: _OFFICE,
    Command.REFUSE: _OFFICE,
    Command.SETDUE: _OFFICE,
    Command.REMIND: _OFFICE,
    Command.PREVIEW: _OFFICE,
    Command.HOLD: _OFFICE,
    Command.RELEASE: _OFFICE,
    Command.INVITE: _OFFICE,
    Command.BINDINGS: _OFFICE,
    Command.REVOKE: _OFFICE,
    Command.WHO: _BOUND,
    Command.HANDOVER: _OFFICER,
    Command.LEAVE: _BOUND,
    Command.GROUP: _BOUND,
    Command.HELP: _BOUND,
    Command.START: _BOUND,
}
# What changes nothing: any member of a group may ask for it. An invite's code is an authority of its own.
READS = frozenset({
    Command.DUE,
    Command.OVERDUE,
    Command.TASK,
    Command.FIND,
    Command.HISTORY,
    Command.REPORTS,
    Command.STATUS,
    Command.CHART,
    Command.REPORT,
    Command.LATE,
    Command.AGENCY,
    Command.BOARD,
    Command.PREVIEW,
    Command.BINDINGS,
    Command.WHO,
    Command.HELP,
    Command.START,
})  # fmt: skip
# A single member of a group must not disconnect it or loosen its rules, whatever the group's setting.
ADMINS_ALWAYS = frozenset({Command.LEAVE, Command.HANDOVER, Command.GROUP})


class Verdict(StrEnum):
    """Whether a chat may give a command, and if not, why."""

    YES = "yes"
    NOT_BOUND = "not bound"
    NOT_ITS_ROLE = "not its role"


def judge(command: Command, roles: Collection[Role]) -> Verdict:
    """Whether a chat with those roles may give the command."""
    if command in OPEN_TO_ALL:
        return Verdict.YES
    if not roles:
        return Verdict.NOT_BOUND
    return Verdict.YES if ALLOWED[command].intersection(roles) else Verdict.NOT_ITS_ROLE


def admins_only(command: Command, *, group_is_strict: bool) -> bool:
    """Whether in a group only its admins may give the command; `group_is_strict` is the group's setting."""
    return command in ADMINS_ALWAYS or (group_is_strict and command not in READS)
