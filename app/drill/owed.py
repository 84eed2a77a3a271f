"""What the drill's chats are owed, worked out from the plan's paper and the rules of milestones alone: neither the store
nor the bot is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.codes import code_command, period_of_slot
from plan.assignments import duties
from plan.milestones import last_reached
from plan.model import Plan
from store.sync import Timetable


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


def reminders(
    plan: Plan, timetable: Timetable, days: Iterable[date], closed: Mapping[Closed, date]
) -> list[Reminder]:
    """What the mornings of those days have to say to the agencies, the first of them with what was missed before."""
    dated = [
        (duty, duty.dates, Closed(agency=duty.agency, command=command_of(duty.code, duty.slot, plan.year)))
        for duty in duties(plan, timetable.calendar)
        if duty.dates is not None
    ]
    told: dict[tuple[str, str, str], str] = {}
    owed = []
    for day in days:
        for duty, dates, name in dated:
            if name in closed and closed[name] < day:
                continue
            milestone = last_reached(dates, timetable.rules, timetable.calendar, today=day)
            if milestone is None or told.get(duty.identity) == milestone.name:
                continue
            told[duty.identity] = milestone.name
            owed.append(Reminder(agency=duty.agency, day=day, command=name.command))
    return owed
