"""The operator's files made into what the rooms below work with."""

from dataclasses import dataclass

from config.rules import read_reminders, read_working_days
from config.settings import Settings
from scheduler.hours import OfficeHours
from store.sync import Timetable


@dataclass(frozen=True, kw_only=True)
class Rules:
    """When to look at assignments, and at which hours to speak."""

    timetable: Timetable
    hours: OfficeHours


def read_rules(settings: Settings) -> Rules:
    """Raises PlanRejected when one of the files does not fit."""
    reminders = read_reminders(settings.nhacviec_reminders)
    calendar = read_working_days(settings.nhacviec_working_days).calendar()
    hours = reminders.hours
    return Rules(
        timetable=Timetable(rules=reminders.rules(), calendar=calendar),
        hours=OfficeHours(scan_at=hours.scan, opens=hours.open, closes=hours.close),
    )
