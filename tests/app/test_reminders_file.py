"""config/reminders.yaml: what is shipped, and what is said about mistakes in it."""

from pathlib import Path

import pytest

from config.rules import HERE, read_reminders
from plan.milestones import Escalation, Overseer, ReminderRules
from plan.problems import PlanRejected

SHIPPED = (HERE / "reminders.yaml").read_text(encoding="utf-8")
STEPS = "  - { days_late: 7,  to: standing_office }\n  - { days_late: 14, to: leader }\n"


def changed(folder: Path, old: str, new: str) -> Path:
    assert old in SHIPPED
    path = folder / "reminders.yaml"
    path.write_text(SHIPPED.replace(old, new), encoding="utf-8")
    return path


def line_of(path: Path, words: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def test_the_file_that_is_shipped_says_what_the_program_takes_for_granted() -> None:
    assert read_reminders().rules() == ReminderRules()


def test_an_operator_may_choose_other_steps_or_none(tmp_path: Path) -> None:
    other = changed(tmp_path, STEPS, "  - { days_late: 3, to: leader }\n")
    assert read_reminders(other).rules().escalation == (Escalation(days_late=3, to=Overseer.LEADER),)

    none = changed(tmp_path, "escalation:\n" + STEPS, "escalation: []\n")
    assert read_reminders(none).rules().escalation == ()


def test_an_office_may_do_without_the_digest(tmp_path: Path) -> None:
    path = changed(tmp_path, "weekly_digest: true", "weekly_digest: false")

    assert not read_reminders(path).rules().weekly_digest


MISTAKES = {
    "nobody we know": (
        "to: leader",
        "to: leaders",
        "escalation[1].to: expected 'standing_office' or 'leader', found \"leaders\": did you mean \"leader\"?",
    ),
    "late by no day": ("days_late: 14", "days_late: 0", "escalation[1].days_late: must be at least 1"),
    "late by years": ("days_late: 14", "days_late: 1000", "escalation[1].days_late: must be at most 365"),
    "another key": (
        "days_late: 14",
        "day_late: 14",
        'escalation[1].day_late: unknown key "day_late": did you mean "days_late"?',
    ),
    "a step and no list": (
        "escalation:\n" + STEPS,
        "escalation: { days_late: 14, to: leader }\n",
        "escalation: expected a list ([…] or lines with a dash), found keys with values",
    ),
    "a digest now and then": (
        "weekly_digest: true",
        "weekly_digest: sometimes",
        'standing_office.weekly_digest: expected true or false, found "sometimes"',
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_file_line_and_field(tmp_path: Path, mistake: str) -> None:
    old, new, words = MISTAKES[mistake]
    path = changed(tmp_path, old, new)

    with pytest.raises(PlanRejected) as rejected:
        read_reminders(path)

    said = [str(problem) for problem in rejected.value.problems]
    place = f"{path}:{line_of(path, new.splitlines()[0])}: "
    assert [one for one in said if one.startswith(place + words)], said
