"""A bot that is away now and then tells the same as one that never is, but for what has lost its use meanwhile."""

import asyncio
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from app.drill.owed import Closed, Step, steps
from app.rules import read_rules
from config.settings import Settings
from plan.load import load_plan
from tests.app.town import Seen
from tests.app.year_interrupted import (
    SCAN,
    Presence,
    downtimes,
    live_through_with_downtimes,
    working_days,
)
from tests.app.year_lived import Year
from tests.app.year_on_paper import LADDERS, answers_on_paper, ladder_on_paper

SETTINGS = Settings()
PLAN, _ = load_plan(SETTINGS.nhacviec_plans[0])
TIMETABLE = read_rules(SETTINGS).timetable
DAYS = working_days(downtimes())


def command(about: str) -> str:
    """ "/done_2_3_q1" for "2.3 q1"."""
    return "/done_" + about.lower().replace(".", "_").replace(" ", "_")


def closed_by(days: list[Presence]) -> dict[Closed, date]:
    """When the officers' answers were heard: on paper's day, or the first afternoon after it."""
    afternoons = [one.day for one in days if one.answers]
    return {
        Closed(agency=agency, command=command(about)): next(day for day in afternoons if day >= answered)
        for agency, closed in answers_on_paper().items()
        for about, answered in closed.items()
        if answered <= afternoons[-1]
    }


CLOSED = closed_by(DAYS)
UNINTERRUPTED = list(steps(PLAN, TIMETABLE, [one.day for one in DAYS], CLOSED))
INTERRUPTED = list(steps(PLAN, TIMETABLE, [one.day for one in DAYS if one.looks_at], CLOSED))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return asyncio.run(live_through_with_downtimes(tmp_path_factory.mktemp("year"), downtimes()))


def items_in(messages: list[Seen]) -> list[tuple[date, str, bool]]:
    """Day, command, and whether it says that it comes late, of every item."""
    return [
        (message.at.date(), word, "Nhắc muộn: lẽ ra ngày" in item)
        for message in messages
        for item in message.text.split("\n\n")
        for word in item.split()
        if word.startswith("/done_")
    ]


def identity(step: Step) -> tuple[str, str, str]:
    return (step.reminder.agency, step.reminder.command, step.milestone.name)


@pytest.mark.parametrize("agency", LADDERS)
def test_what_the_rules_give_for_a_year_without_downtime_is_what_was_worked_out_on_paper(
    agency: str,
) -> None:
    on_paper = {
        Closed(agency=one, command=command(about)): day
        for one, closed in answers_on_paper().items()
        for about, day in closed.items()
    }

    told = [
        (step.reminder.day, step.reminder.command, step.milestone.name)
        for step in steps(PLAN, TIMETABLE, [one.day for one in DAYS], on_paper)
        if step.reminder.agency == agency
    ]

    assert sorted(told) == sorted(
        (one.day, command(one.about), one.milestone) for one in ladder_on_paper(LADDERS[agency])
    )


def test_with_downtime_only_milestones_are_missing_of_which_a_later_one_is_told_or_that_were_closed() -> None:
    told = {identity(step): step.reminder.day for step in INTERRUPTED}
    present = {one.day for one in DAYS if one.looks_at}

    missing = [step for step in UNINTERRUPTED if identity(step) not in told]

    assert missing
    assert set(told) <= {identity(step) for step in UNINTERRUPTED}
    for step in UNINTERRUPTED:
        if step.reminder.day in present:
            assert told[identity(step)] == step.reminder.day
    for step in missing:
        back = min(day for day in present if day > step.reminder.day)
        of_it = Closed(agency=step.reminder.agency, command=step.reminder.command)
        later = [
            other
            for other in INTERRUPTED
            if (other.reminder.agency, other.reminder.command) == (of_it.agency, of_it.command)
            and other.reminder.day == back
            and other.milestone.day > step.milestone.day
        ]
        assert later or CLOSED[of_it] < back


def test_every_notice_is_told_on_its_day_or_on_the_first_morning_after_the_downtime(year: Year) -> None:
    told = {
        (agency, command(one.about), one.milestone, one.day)
        for agency, notices in year.told.items()
        for one in notices
    }

    assert told == {(*identity(step), step.reminder.day) for step in INTERRUPTED}
    assert len(year.notice_keys) == len(set(year.notice_keys)) == len(INTERRUPTED)


def test_the_chats_say_each_once_and_what_comes_late_says_so(year: Year) -> None:
    for agency, messages in year.unasked.items():
        owed = Counter(
            (step.reminder.day, step.reminder.command, step.comes_late)
            for step in INTERRUPTED
            if step.reminder.agency == agency
        )

        assert Counter(items_in(messages)) == owed, agency


def test_a_chat_gets_one_message_a_morning_also_after_days_away(year: Year) -> None:
    first_mornings = {
        one.day
        for before, one in pairwise(DAYS)
        if one.looks_at and (before.looks_at is None or one.looks_at != SCAN)
    }

    assert set(year.mornings.values()) == {1}
    assert len(first_mornings & {day for _, day in year.mornings}) > 3
    assert year.uncertain == 0
