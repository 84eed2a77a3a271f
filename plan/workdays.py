"""Working days of Vietnamese public offices.

Monday to Friday without public holidays (Bộ luật Lao động 2019, Điều 112), from the library `holidays`, corrected by the
swapped days that the government announces every year and the operator lists in config/working_days.yaml.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import holidays

_SATURDAY = 5
_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The year's days off, and its Saturdays and Sundays that are worked instead of a weekday."""
    calendar = _vietnam()(years=year)
    return frozenset(calendar), frozenset(calendar.weekend_workdays)


@cache
def _vietnam() -> Any:
    """The library's class for Vietnam, from its file by itself: the package around it loads the calendars of 250 countries,
    eight megabytes of memory for nothing. Raises ImportError when the library has moved it."""
    file = Path(holidays.__file__).parent / "countries" / "vietnam.py"
    spec = spec_from_file_location("holidays_of_vietnam", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"the library holidays has no {file}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Vietnam


@dataclass(frozen=True)
class WorkingCalendar:
    """Answers which days are worked. `extra_off` and `extra_worked` win over the library."""

    extra_off: frozenset[date] = frozenset()
    extra_worked: frozenset[date] = frozenset()

    @classmethod
    def with_swaps(cls, *, off: Iterable[date] = (), worked: Iterable[date] = ()) -> "WorkingCalendar":
        return cls(frozenset(off), frozenset(worked))

    def is_working_day(self, day: date) -> bool:
        if day in self.extra_worked:
            return True
        if day in self.extra_off:
            return False
        off, worked = _public_holidays(day.year)
        if day in worked:
            return True
        return day.weekday() < _SATURDAY and day not in off

    def on_or_before(self, day: date) -> date:
        """The last working day on or before `day`."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def on_or_after(self, day: date) -> date:
        """The first working day on or after `day`."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def after(self, day: date) -> date:
        """The first working day after `day`."""
        return self.on_or_after(day + _DAY)

    def before(self, day: date) -> date:
        """The last working day before `day`."""
        return self.on_or_before(day - _DAY)

    def remind_by(self, due: date) -> date:
        """The last day on which a reminder for `due` still finds people at work."""
        return self.on_or_before(due)

    def late_after(self, due: date) -> date:
        """The day after which what is due on `due` is late: a term that ends on a day off ends at the close of the
        next working day (Bộ luật Dân sự 2015, Điều 148 khoản 5)."""
        return self.on_or_after(due)
