"""The hours of the day at which the bot speaks unasked."""

from dataclasses import dataclass
from datetime import date, datetime, time

from plan.vietnam import instant_of, local
from plan.workdays import WorkingCalendar


@dataclass(frozen=True, kw_only=True)
class OfficeHours:
    """On working days: the morning scan from `scan_at` on, notices between `opens` and `closes`, Vietnam time."""

    scan_at: time = time(7, 30)
    opens: time = time(7, 0)
    closes: time = time(17, 30)

    def notices_for(self, now: datetime, calendar: WorkingCalendar) -> date | None:
        """The working day whose notices may leave at `now`; None outside the hours."""
        here = local(now)
        if self.opens <= here.time() <= self.closes and calendar.is_working_day(here.date()):
            return here.date()
        return None

    def scan_day(self, now: datetime, calendar: WorkingCalendar) -> date | None:
        """The working day to scan for at `now`; None before its scan, after its close, and on days off."""
        day = self.notices_for(now, calendar)
        return day if day is not None and local(now).time() >= self.scan_at else None

    def next_opening(self, now: datetime, calendar: WorkingCalendar) -> datetime:
        """The first moment after `now` at which the hours of notices begin."""
        here = local(now)
        still_today = here.time() < self.opens and calendar.is_working_day(here.date())
        return instant_of(here.date() if still_today else calendar.after(here.date()), self.opens)

    def next_notices(self, now: datetime, calendar: WorkingCalendar) -> date:
        """The working day on which a notice leaves that is queued at `now`: today's until it closes, else the next."""
        here = local(now)
        if here.time() <= self.closes and calendar.is_working_day(here.date()):
            return here.date()
        return calendar.after(here.date())
