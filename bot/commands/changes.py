"""The changes of assignments that a person can propose, by the command that proposes them."""

from bot.commands import ask, done, extend, progress, remind, setdue, snooze, waive
from bot.commands.proposing import Change

CHANGES: dict[str, Change] = {
    change.command.value: change
    for change in (
        ask.CHANGE,
        done.CHANGE,
        extend.CHANGE,
        progress.CHANGE,
        remind.CHANGE,
        setdue.CHANGE,
        snooze.CHANGE,
        waive.CHANGE,
    )
}
