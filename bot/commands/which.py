"""Which assignments a person's words name: by code, or "báo cáo", and by period where there are several."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.codes import says_report, take_period
from bot.commands.asked import Answer, Asked
from bot.commands.menu import Command
from bot.commands.proposing import named
from bot.listing import periods_of
from store.agenda import Entry


@dataclass(frozen=True, kw_only=True)
class Which:
    """The assignments that were named, open or not, and the rest of the words; or the answer when none is named.
    `strange_period` was typed as a period and is none of theirs."""

    found: tuple[Entry, ...] = ()
    rest: str = ""
    strange_period: str | None = None
    instead: Answer | None = None

    @property
    def still_open(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.found if entry.is_open)


async def which(asked: Asked, command: Command, owed: Sequence[Entry]) -> Which:
    """Those of `owed` that are meant; what belongs to others or is unknown has its answer."""
    words = asked.args.split()
    reports = [entry for entry in owed if entry.is_report]
    if reports and says_report(words):
        return of_period(reports, " ".join(words[2:]))
    meant = await named(asked, command, owed)
    return Which(instead=meant.instead) if meant.instead else of_period(meant.found, meant.rest)


def of_period(found: Sequence[Entry], text: str) -> Which:
    """Those of the period that the text names. Of a single one the period needs no telling: it is then no period."""
    reading = take_period(
        text,
        lambda period: len(found) > 1 and any(period.covers(own) for e in found for own in periods_of(e)),
    )
    period = reading.period
    if period is not None:
        found = [entry for entry in found if any(period.covers(own) for own in periods_of(entry))]
    return Which(found=tuple(found), rest=reading.rest, strange_period=reading.strange)
