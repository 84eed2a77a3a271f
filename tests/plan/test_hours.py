"""The hours of the day at which the bot speaks unasked."""

from datetime import datetime

import pytest

from plan.hours import OfficeHours
from plan.workdays import WorkingCalendar
from tests.worlds import at


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (at("2023-03-07", "06:50"), at("2023-03-07", "07:00")),
        (at("2023-03-07", "07:00"), at("2023-03-08", "07:00")),
        (at("2023-03-07", "18:00"), at("2023-03-08", "07:00")),
        (at("2023-03-10", "12:00"), at("2023-03-13", "07:00")),
        (at("2023-03-11", "06:00"), at("2023-03-13", "07:00")),
    ],
)
def test_the_next_opening_is_today_s_before_it_and_else_the_next_working_day_s(
    now: datetime, opening: datetime
) -> None:
    assert OfficeHours().next_opening(now, WorkingCalendar()) == opening
