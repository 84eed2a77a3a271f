"""When an agency should hear about an assignment: the ladder of milestones before and after its due day.

Pure rules over (dates of the assignment, rules of the operator, working calendar). A milestone on a day off moves to the
working day before it; of two on one day the nearer to the due day stays. What is late for long is told to those who oversee
the plan too: an escalation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from heapq import merge
from itertools import takewhile

from plan.workdays import WorkingCalendar

ESCALATED = "escalated-"


class LateRhythm(StrEnum):
    """How often a late assignment is asked for, after the first working day on which it is late."""

    MONDAYS = "mondays"
    WORKING_DAYS = "working-days"


class Overseer(StrEnum):
    """Who hears of what is late for long."""

    STANDING_OFFICE = "standing_office"
    LEADER = "leader"


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Who hears of an assignment that is late by so many days."""

    days_late: int
    to: Overseer


@dataclass(frozen=True, kw_only=True)
class ReminderRules:
    """The operator's choice of milestones, in days before the named date, and of what those who oversee a plan hear unasked
    (config/reminders.yaml)."""

    task_before_remind_by: tuple[int, ...] = (30, 14, 7, 3, 1, 0)
    task_while_late: LateRhythm = LateRhythm.MONDAYS
    report_before_cutoff: tuple[int, ...] = (3, 0)
    report_before_due: tuple[int, ...] = (3, 1, 0)
    report_while_late: LateRhythm = LateRhythm.WORKING_DAYS
    escalation: tuple[Escalation, ...] = (
        Escalation(days_late=7, to=Overseer.STANDING_OFFICE),
        Escalation(days_late=14, to=Overseer.LEADER),
    )
    weekly_digest: bool = True


@dataclass(frozen=True, kw_only=True)
class DueDates:
    """The dates of one assignment. `cutoff` (chốt số liệu) is there for reports only."""

    due: date
    remind_by: date
    late_after: date
    cutoff: date | None = None

    @classmethod
    def of(cls, due: date, calendar: WorkingCalendar, *, cutoff: date | None = None) -> "DueDates":
        return cls(
            due=due, remind_by=calendar.remind_by(due), late_after=calendar.late_after(due), cutoff=cutoff
        )

    @classmethod
    def if_dated(
        cls, due: date | None, remind_by: date | None, late_after: date | None, cutoff: date | None
    ) -> "DueDates | None":
        """From dates as they are kept; None for what has no due day."""
        if due is None or remind_by is None or late_after is None:
            return None
        return cls(due=due, remind_by=remind_by, late_after=late_after, cutoff=cutoff)


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """One point of the ladder. `name` is stable for one due day: "due-7", "cutoff-0", "late-2023-04-10"; of those who
    oversee the plan "escalated-7"."""

    name: str
    day: date

    @property
    def is_late(self) -> bool:
        return self.name.startswith("late-")


def without_escalation(rules: ReminderRules) -> ReminderRules:
    """The same rules for what is told to nobody but its agency."""
    return replace(rules, escalation=())


def ladder(dates: DueDates, rules: ReminderRules, calendar: WorkingCalendar) -> Iterator[Milestone]:
    """All milestones of the agency by day, without end: once late, an open assignment is asked for until it is closed. On a
    day on which others are told how late it is, so is the agency."""
    yield from before_late(dates, rules, calendar)
    rhythm = rules.task_while_late if dates.cutoff is None else rules.report_while_late
    escalated = (_late(step.day) for _, step in _escalations(dates, rules, calendar))
    last = dates.late_after
    for milestone in merge(_while_late(dates, rhythm, calendar), escalated, key=lambda step: step.day):
        if milestone.day > last:
            last = milestone.day
            yield milestone


def escalated(
    dates: DueDates, rules: ReminderRules, calendar: WorkingCalendar, *, today: date
) -> dict[Overseer, Milestone]:
    """Who should have heard by `today` how late it is, and each one's latest milestone: days late count from `late_after`,
    and it is told on the working day on or after that day."""
    return {to: step for to, step in _escalations(dates, rules, calendar) if step.day <= today}


def last_reached(
    dates: DueDates, rules: ReminderRules, calendar: WorkingCalendar, *, today: date
) -> Milestone | None:
    """The latest milestone on or before `today`; the earlier ones have lost their use."""
    reached = None
    for milestone in takewhile(lambda step: step.day <= today, ladder(dates, rules, calendar)):
        reached = milestone
    return reached


def next_after(dates: DueDates, rules: ReminderRules, calendar: WorkingCalendar, *, today: date) -> Milestone:
    """The first milestone after `today`. There is always one."""
    return next(step for step in ladder(dates, rules, calendar) if step.day > today)


def never_missed(dates: DueDates, rules: ReminderRules, calendar: WorkingCalendar) -> list[Milestone]:
    """Those that must be told even of an assignment that its agency has snoozed: the last one on or before `remind_by`, of a
    report also the last one on or before its cutoff, and the first one while it is late."""
    before = before_late(dates, rules, calendar)
    rhythm = rules.task_while_late if dates.cutoff is None else rules.report_while_late
    first_late = next(_while_late(dates, rhythm, calendar))
    last = [
        max((step for step in before if step.day <= end), key=lambda step: step.day, default=first_late)
        for end in (dates.cutoff, dates.remind_by)
        if end is not None
    ]
    return sorted({*last, first_late}, key=lambda step: step.day)


def snoozed_to(
    dates: DueDates, rules: ReminderRules, calendar: WorkingCalendar, *, looked_at: date, until: date
) -> Milestone:
    """With which milestone reminders go on when there are to be none before `until`: the first one from then on, but none
    of those that must be told is left out. `looked_at` is the day of the next milestone without a snooze."""
    pending = [step for step in never_missed(dates, rules, calendar) if step.day >= looked_at]
    wanted = next(step for step in ladder(dates, rules, calendar) if step.day >= max(until, looked_at))
    return min([*pending, wanted], key=lambda step: step.day)


def before_late(dates: DueDates, rules: ReminderRules, calendar: WorkingCalendar) -> list[Milestone]:
    """The milestones of the agency up to the due day, by day. A report's are counted from its cutoff ("cutoff-3") and from
    its due day ("due-3")."""
    if dates.cutoff is None:
        wanted = [("due", dates.remind_by, days) for days in rules.task_before_remind_by]
    else:
        wanted = [("cutoff", dates.cutoff, days) for days in rules.report_before_cutoff]
        wanted += [("due", dates.due, days) for days in rules.report_before_due]
    # In the order from far to near, so that the nearer one takes the day.
    wanted.sort(key=lambda item: (item[1] - timedelta(days=item[2]), item[0] == "due", -item[2]))
    by_day = {
        calendar.on_or_before(anchor - timedelta(days=days)): f"{name}-{days}"
        for name, anchor, days in wanted
    }
    return [Milestone(name=name, day=day) for day, name in sorted(by_day.items())]


def _while_late(dates: DueDates, rhythm: LateRhythm, calendar: WorkingCalendar) -> Iterator[Milestone]:
    first = calendar.after(dates.late_after)
    yield _late(first)
    last = first
    for day in _mondays_after(first) if rhythm is LateRhythm.MONDAYS else _days_after(first):
        asked_on = calendar.on_or_before(day)
        if asked_on > last:
            last = asked_on
            yield _late(asked_on)


def _escalations(
    dates: DueDates, rules: ReminderRules, calendar: WorkingCalendar
) -> list[tuple[Overseer, Milestone]]:
    """By day."""
    return [
        (
            rule.to,
            Milestone(
                name=f"{ESCALATED}{rule.days_late}",
                day=calendar.on_or_after(dates.late_after + timedelta(days=rule.days_late)),
            ),
        )
        for rule in sorted(rules.escalation, key=lambda rule: rule.days_late)
    ]


def _mondays_after(day: date) -> Iterator[date]:
    monday = day + timedelta(days=7 - day.weekday())
    while True:
        yield monday
        monday += timedelta(days=7)


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        yield day


def _late(day: date) -> Milestone:
    return Milestone(name=f"late-{day.isoformat()}", day=day)
