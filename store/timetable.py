"""When the scan looks at an assignment: the operator's rules laid over the working calendar."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from plan.hours import OfficeHours
from plan.milestones import DueDates, ReminderRules, last_reached, next_after
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

    def look_from(self, dates: DueDates, day: date) -> date:
        """The first milestone on or after that day: how a snoozed assignment goes on."""
        return self.next_look(dates, day - timedelta(days=1))
