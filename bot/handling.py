"""What became of a command, in words for logs and figures: its name and how it ended, and nothing that was said."""

from dataclasses import dataclass
from enum import StrEnum

from bot.commands.asked import Answer


class Outcome(StrEnum):
    """REFUSED: by the rights of the chat or the group. PARKED: it could not be handled. IGNORED: it was for another bot."""

    ANSWERED = "answered"
    REFUSED = "refused"
    PARKED = "parked"
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True)
class Handled:
    """`command` is its published name; "none" for words that are no command, and for what could not be handled."""

    command: str
    outcome: Outcome


PARKED = Handled(command="none", outcome=Outcome.PARKED)


def handled(answer: Answer | None) -> Handled:
    """What became of the words or the tap that got this answer."""
    if answer is None:
        return Handled(command="none", outcome=Outcome.IGNORED)
    command = answer.command.value if answer.command is not None else "none"
    return Handled(command=command, outcome=Outcome.REFUSED if answer.refused else Outcome.ANSWERED)
