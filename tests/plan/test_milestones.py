"""The ladder of milestones, laid out by hand from the calendar of 2023."""

from datetime import date, timedelta
from itertools import islice, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.milestones import (
    DueDates,
    LateRhythm,
    ReminderRules,
    ladder,
    last_reached,
    never_missed,
    next_after,
    snoozed_to,
)
from plan.workdays import WorkingCalendar

CALENDAR = WorkingCalendar()
RULES = ReminderRules()
DUE_DAYS = st.dates(date(2023, 1, 15), date(2025, 12, 31))


def days(due: str, *, cutoff: str | None = None, until: str) -> dict[str, str]:
    dates = DueDates.of(
        date.fromisoformat(due), CALENDAR, cutoff=date.fromisoformat(cutoff) if cutoff else None
    )
    end = date.fromisoformat(until)
    return {
        step.day.isoformat(): step.name
        for step in takewhile(lambda step: step.day <= end, ladder(dates, RULES, CALENDAR))
    }


def test_a_task_due_on_a_working_day_has_six_milestones_and_then_every_monday() -> None:
    # 31/3/2023 is a Friday; 1/5 (Monday) is a holiday, its milestone comes on Friday 28/4.
    assert days("2023-03-31", until="2023-05-15") == {
        "2023-03-01": "due-30",
        "2023-03-17": "due-14",
        "2023-03-24": "due-7",
        "2023-03-28": "due-3",
        "2023-03-30": "due-1",
        "2023-03-31": "due-0",
        "2023-04-03": "late-2023-04-03",
        "2023-04-10": "late-2023-04-10",
        "2023-04-17": "late-2023-04-17",
        "2023-04-24": "late-2023-04-24",
        "2023-04-28": "late-2023-04-28",
        "2023-05-08": "late-2023-05-08",
        "2023-05-15": "late-2023-05-15",
    }


def test_a_task_due_on_a_sunday_counts_from_the_friday_and_is_late_after_the_holiday() -> None:
    # 31/12/2023 is a Sunday: remind_by is Friday 29/12, late_after Tuesday 2/1/2024.
    assert days("2023-12-31", until="2024-01-15") == {
        "2023-11-29": "due-30",
        "2023-12-15": "due-14",
        "2023-12-22": "due-7",
        "2023-12-26": "due-3",
        "2023-12-28": "due-1",
        "2023-12-29": "due-0",
        "2024-01-03": "late-2024-01-03",
        "2024-01-08": "late-2024-01-08",
        "2024-01-15": "late-2024-01-15",
    }


def test_milestones_on_days_off_move_before_and_the_nearer_one_takes_the_day() -> None:
    # 30/4/2023: off from 29/4 to 3/5, remind_by Friday 28/4; 14 days before is 14/4, 3 days before 25/4.
    # 30 days before is 29/3, 7 days before 21/4, 1 day before 27/4.
    assert days("2023-04-30", until="2023-04-28") == {
        "2023-03-29": "due-30",
        "2023-04-14": "due-14",
        "2023-04-21": "due-7",
        "2023-04-25": "due-3",
        "2023-04-27": "due-1",
        "2023-04-28": "due-0",
    }
    # Monday 3/4: 3 days before is Friday 31/3, 1 day before (Sunday) moves there too and is nearer.
    assert days("2023-04-03", until="2023-04-03") == {
        "2023-03-03": "due-30",
        "2023-03-20": "due-14",
        "2023-03-27": "due-7",
        "2023-03-31": "due-1",
        "2023-04-03": "due-0",
    }


@pytest.mark.parametrize(
    ("cutoff", "due", "until", "expected"),
    [
        (
            "2023-03-14",
            "2023-03-16",
            "2023-03-21",
            {
                "2023-03-10": "cutoff-3",
                "2023-03-13": "due-3",
                "2023-03-14": "cutoff-0",
                "2023-03-15": "due-1",
                "2023-03-16": "due-0",
                "2023-03-17": "late-2023-03-17",
                "2023-03-20": "late-2023-03-20",
                "2023-03-21": "late-2023-03-21",
            },
        ),
        (
            "2023-06-14",
            "2023-06-16",
            "2023-06-19",
            {
                "2023-06-09": "cutoff-3",
                "2023-06-13": "due-3",
                "2023-06-14": "cutoff-0",
                "2023-06-15": "due-1",
                "2023-06-16": "due-0",
                "2023-06-19": "late-2023-06-19",
            },
        ),
        (
            # Due on a Saturday: last heard of on Friday 15/9, silent on Monday 18/9, late from Tuesday 19/9.
            "2023-09-14",
            "2023-09-16",
            "2023-09-20",
            {
                "2023-09-11": "cutoff-3",
                "2023-09-13": "due-3",
                "2023-09-14": "cutoff-0",
                "2023-09-15": "due-0",
                "2023-09-19": "late-2023-09-19",
                "2023-09-20": "late-2023-09-20",
            },
        ),
    ],
)
def test_a_report_is_heard_of_before_its_cutoff_and_its_due_day_and_every_working_day_while_late(
    cutoff: str, due: str, until: str, expected: dict[str, str]
) -> None:
    assert days(due, cutoff=cutoff, until=until) == expected


def test_of_several_missed_milestones_the_latest_counts() -> None:
    dates = DueDates.of(date(2023, 3, 31), CALENDAR)

    reached = last_reached(dates, RULES, CALENDAR, today=date(2023, 3, 27))
    following = next_after(dates, RULES, CALENDAR, today=date(2023, 3, 27))

    assert reached is not None
    assert reached.name == "due-7"
    assert following.name == "due-3"


def test_before_the_first_milestone_there_is_nothing_to_say() -> None:
    dates = DueDates.of(date(2023, 12, 31), CALENDAR)

    assert last_reached(dates, RULES, CALENDAR, today=date(2023, 3, 7)) is None
    assert next_after(dates, RULES, CALENDAR, today=date(2023, 3, 7)).day == date(2023, 11, 29)


def test_the_operator_may_choose_other_days_and_another_rhythm() -> None:
    rules = ReminderRules(task_before_remind_by=(2, 0), task_while_late=LateRhythm.WORKING_DAYS)
    dates = DueDates.of(date(2023, 3, 31), CALENDAR)

    steps = [step.day.isoformat() for step in islice(ladder(dates, rules, CALENDAR), 4)]

    assert steps == ["2023-03-29", "2023-03-31", "2023-04-03", "2023-04-04"]


@given(due=DUE_DAYS, is_report=st.booleans())
def test_milestones_stand_on_different_working_days_in_order(due: date, is_report: bool) -> None:
    dates = DueDates.of(due, CALENDAR, cutoff=due - timedelta(days=2) if is_report else None)

    steps = list(islice(ladder(dates, RULES, CALENDAR), 40))

    found = [step.day for step in steps]
    assert found == sorted(set(found))
    assert all(CALENDAR.is_working_day(day) for day in found)
    assert len({step.name for step in steps}) == len(steps)


@given(due=DUE_DAYS, is_report=st.booleans())
def test_the_last_reminder_before_is_on_the_last_working_day_and_none_is_called_late_too_early(
    due: date, is_report: bool
) -> None:
    dates = DueDates.of(due, CALENDAR, cutoff=due - timedelta(days=2) if is_report else None)

    steps = list(islice(ladder(dates, RULES, CALENDAR), 40))

    assert max(step.day for step in steps if not step.is_late) == dates.remind_by
    assert min(step.day for step in steps if step.is_late) == CALENDAR.after(dates.late_after)


def test_what_no_snooze_may_silence() -> None:
    task = DueDates.of(date(2023, 3, 31), CALENDAR)
    report = DueDates.of(date(2023, 3, 16), CALENDAR, cutoff=date(2023, 3, 14))

    assert [step.name for step in never_missed(task, RULES, CALENDAR)] == ["due-0", "late-2023-04-03"]
    assert [step.name for step in never_missed(report, RULES, CALENDAR)] == [
        "cutoff-0",
        "due-0",
        "late-2023-03-17",
    ]


def test_without_reminders_before_it_is_due_only_the_first_one_while_late_is_sure() -> None:
    rules = ReminderRules(task_before_remind_by=())
    dates = DueDates.of(date(2023, 3, 31), CALENDAR)

    assert [step.name for step in never_missed(dates, rules, CALENDAR)] == ["late-2023-04-03"]


@pytest.mark.parametrize(
    ("cutoff", "due", "looked_at", "until", "expected"),
    [
        (None, "2023-03-31", "2023-03-17", "2023-03-16", "due-14"),
        (None, "2023-03-31", "2023-03-17", "2023-03-17", "due-14"),
        (None, "2023-03-31", "2023-03-17", "2023-03-18", "due-7"),
        (None, "2023-03-31", "2023-03-24", "2023-03-29", "due-1"),
        (None, "2023-03-31", "2023-03-24", "2023-04-20", "due-0"),
        # The last one before it is due has been told: the first one while late comes too.
        (None, "2023-03-31", "2023-04-03", "2023-04-20", "late-2023-04-03"),
        # 31/12/2023 is a Sunday: the last reminder is on Friday 29/12.
        (None, "2023-12-31", "2023-12-15", "2023-12-31", "due-0"),
        ("2023-03-14", "2023-03-16", "2023-03-10", "2023-03-13", "due-3"),
        ("2023-03-14", "2023-03-16", "2023-03-10", "2023-03-20", "cutoff-0"),
        ("2023-03-14", "2023-03-16", "2023-03-15", "2023-03-20", "due-0"),
    ],
)
def test_a_snooze_goes_on_with_the_first_milestone_from_then_on_and_never_past_the_last(
    cutoff: str | None, due: str, looked_at: str, until: str, expected: str
) -> None:
    dates = DueDates.of(
        date.fromisoformat(due), CALENDAR, cutoff=date.fromisoformat(cutoff) if cutoff else None
    )

    found = snoozed_to(
        dates,
        RULES,
        CALENDAR,
        looked_at=date.fromisoformat(looked_at),
        until=date.fromisoformat(until),
    )

    assert found.name == expected


@given(due=DUE_DAYS, is_report=st.booleans(), before=st.integers(0, 60), days=st.integers(1, 400))
def test_no_snooze_silences_the_last_reminder_before_it_is_due(
    due: date, is_report: bool, before: int, days: int
) -> None:
    dates = DueDates.of(due, CALENDAR, cutoff=due - timedelta(days=2) if is_report else None)
    looked_at = dates.remind_by - timedelta(days=before)

    found = snoozed_to(dates, RULES, CALENDAR, looked_at=looked_at, until=looked_at + timedelta(days=days))

    assert looked_at <= found.day <= dates.remind_by
    if dates.cutoff is not None and looked_at <= CALENDAR.on_or_before(dates.cutoff):
        assert found.day <= dates.cutoff
