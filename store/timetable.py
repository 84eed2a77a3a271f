"""When the scan looks at an assignment: the operator's rules laid over the working calendar."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial

from plan.hours import OfficeHours
from plan.milestones import DueDates, Milestone, ReminderRules, last_reached, next_after, snoozed_to
from plan.workdays import WorkingCalendar


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """What decides when the scan looks at an assignment: the operator's rules, the working calendar, and the hours at which
    the bot speaks unasked."""

    rules: ReminderRules
    calendar: WorkingCalendar
    hours: OfficeHours = field(default_factory=OfficeHours)

    def first_look(self, dates: DueDates, today: date) -> date:
        """For an assignment of which nobody has heard yet: its latest milestone so far, else its first."""
        reached = last_reached(dates, self.rules, self.calendar, today=today)
        return reached.day if reached else self.next_look(dates, today)

    def next_look(self, dates: DueDates, today: date) -> date:
        return next_after(dates, self.rules, self.calendar, today=today).day

    def snoozed(self, dates: DueDates, *, looked_at: date, until: date) -> Milestone:
        """With which milestone an assignment goes on that is snoozed until that day; `looked_at` is the day on which it
        would be looked at otherwise. The last one before it is due is never left out."""
        return snoozed_to(dates, self.rules, self.calendar, looked_at=looked_at, until=until)


class Looks:
    """The timetable on one day. Many assignments share their dates: each date is looked at once."""

    def __init__(self, timetable: Timetable, today: date) -> None:
        self.today = today
        self.first: Callable[[DueDates], date] = cache(partial(timetable.first_look, today=today))
        self.next: Callable[[DueDates], date] = cache(partial(timetable.next_look, today=today))
        self._snoozed = timetable.snoozed

    def snoozed(self, dates: DueDates, *, until: date) -> date:
        return self._snoozed(dates, looked_at=self.next(dates), until=until).day
