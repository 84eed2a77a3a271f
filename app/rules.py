"""The operator's files made into what the rooms below work with."""

from dataclasses import dataclass

from bot.options import Options
from config.rules import read_reminders, read_working_days
from config.settings import Settings
from plan.hours import OfficeHours
from store.timetable import Timetable


@dataclass(frozen=True, kw_only=True)
class Rules:
    """When to look at assignments, at which hours to speak, and what was chosen for the conversation."""

    timetable: Timetable
    options: Options
    confirms_plan_changes: bool


def read_rules(settings: Settings) -> Rules:
    """Raises PlanRejected when one of the files does not fit."""
    reminders = read_reminders(settings.nhacviec_reminders)
    calendar = read_working_days(settings.nhacviec_working_days).calendar()
    hours = OfficeHours(
        scan_at=reminders.hours.scan, opens=reminders.hours.open, closes=reminders.hours.close
    )
    return Rules(
        timetable=Timetable(rules=reminders.rules(), calendar=calendar, hours=hours),
        options=Options(
            confirms_bindings=reminders.standing_office.confirms_bindings,
            approves_done=reminders.standing_office.approves_done,
            public_url=settings.nhacviec_public_url,
        ),
        confirms_plan_changes=reminders.standing_office.confirms_plan_changes,
    )
