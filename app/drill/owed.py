"""What the drill's chats are owed, worked out from the plan's paper and the rules of milestones alone: neither the store
nor the bot is asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.codes import code_command
from bot.periods import period_of_slot
from plan.assignments import duties
from plan.milestones import Milestone, last_reached
from plan.model import Plan
from store.timetable import Timetable


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One line of one morning's message: the agency, the day, and the command by which it is said to be done."""

    agency: str
    day: date
    command: str


@dataclass(frozen=True, kw_only=True)
class Closed:
    """Somebody said on that day, after the morning, that it is done."""

    agency: str
    command: str


def command_of(code: str, slot: str, plan_year: int) -> str:
    """What the bot offers to tap, such as "/done_2_3_q1"."""
    period = period_of_slot(slot)
    parts = ["/done", code_command(code)]
    if period is not None:
        parts.append(period.key)
        if period.year not in (None, plan_year):
            parts.append(str(period.year))
    return "_".join(parts)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A reminder and the milestone that it is for; one that was missed is told on a later day than its own."""

    reminder: Reminder
    milestone: Milestone

    @property
    def comes_late(self) -> bool:
        return self.milestone.day < self.reminder.day


def steps(
    plan: Plan, timetable: Timetable, mornings: Iterable[date], closed: Mapping[Closed, date]
) -> Iterator[Step]:
    """What those mornings have to say to the agencies: of several milestones since the morning before, of one
    assignment, the latest. What is closed on a day is told on that morning still."""
    dated = [
        (duty, duty.dates, Closed(agency=duty.agency, command=command_of(duty.code, duty.slot, plan.year)))
        for duty in duties(plan, timetable.calendar)
        if duty.dates is not None
    ]
    told: dict[tuple[str, str, str], str] = {}
    for day in mornings:
        for duty, dates, name in dated:
            if name in closed and closed[name] < day:
                continue
            milestone = last_reached(dates, timetable.rules, timetable.calendar, today=day)
            if milestone is None or told.get(duty.identity) == milestone.name:
                continue
            told[duty.identity] = milestone.name
            yield Step(
                reminder=Reminder(agency=duty.agency, day=day, command=name.command), milestone=milestone
            )
