"""What a person should look at in a plan that can be used."""

from pathlib import Path

from plan.check import review
from plan.load import load_plan
from plan.problems import Severity
from tests.plan.small_plan import AGENCIES, TASKS, edited, write_plan


def remarks(folder: Path, *, tasks: str = TASKS, agencies: str = AGENCIES) -> list[tuple[Severity, str]]:
    _, problems = load_plan(write_plan(folder, tasks=tasks, agencies=agencies))
    return [(problem.severity, str(problem).replace(f"{folder}/", "")) for problem in problems]


def test_a_plan_in_which_everybody_and_every_date_is_known_gives_no_remark(tmp_path: Path) -> None:
    assert remarks(tmp_path) == []


def test_a_group_without_members_that_owes_something_is_a_warning(tmp_path: Path) -> None:
    agencies = edited(AGENCIES, ", members: [HKS]", "")

    assert remarks(tmp_path, agencies=agencies) == [
        (
            Severity.WARNING,
            'agencies.yaml:7: groups[1]: group HUYEN "UBND cấp huyện" has no members: '
            "nobody in it is reminded of task 2.1",
        ),
        (Severity.WARNING, "tasks.yaml:28: tasks[1].lead: no agency at all is reminded of task 2.1"),
    ]


def test_a_group_without_members_that_owes_nothing_is_a_note(tmp_path: Path) -> None:
    agencies = AGENCIES + "  - { code: TW, name: Các cơ quan trung ương }\n"

    assert remarks(tmp_path, agencies=agencies) == [
        (
            Severity.NOTE,
            'agencies.yaml:8: groups[2]: group TW "Các cơ quan trung ương" has no members; '
            "it owes nothing in this plan",
        )
    ]


def test_a_group_for_which_another_answers_is_a_note(tmp_path: Path) -> None:
    agencies = AGENCIES + "  - { code: XA, name: UBND cấp xã, kinds: [xa], falls_to: [HUYEN] }\n"

    assert remarks(tmp_path, agencies=agencies) == [
        (
            Severity.NOTE,
            'agencies.yaml:8: groups[2]: group XA "UBND cấp xã" has no members of its own; '
            "HUYEN answers for it",
        )
    ]


def test_a_duty_of_agencies_that_the_plan_leaves_open_is_a_warning(tmp_path: Path) -> None:
    agencies = AGENCIES + "  - { code: LQ, name: Các cơ quan có liên quan, unnamed: true }\n"
    tasks = edited(TASKS, "[Sở Tư pháp]", "[Sở Tư pháp, các cơ quan có liên quan]")

    assert remarks(tmp_path, tasks=tasks, agencies=agencies) == [
        (
            Severity.WARNING,
            'tasks.yaml:20: tasks[0].lead: task 1.1 is owed by "các cơ quan có liên quan", '
            "which names no agency: nobody is reminded for it",
        )
    ]


def test_open_names_that_only_support_need_no_look(tmp_path: Path) -> None:
    agencies = AGENCIES + "  - { code: LQ, name: Các cơ quan có liên quan, unnamed: true }\n"
    tasks = edited(TASKS, "support: [Sở Nội vụ", "support: [các cơ quan có liên quan")

    assert remarks(tmp_path, tasks=tasks, agencies=agencies) == []


def test_a_date_that_others_set_is_a_warning(tmp_path: Path) -> None:
    tasks = edited(TASKS, "schedule: Quý I/2023", "schedule: Theo quy định Trung ương")

    assert remarks(tmp_path, tasks=tasks) == [
        (
            Severity.WARNING,
            'tasks.yaml:19: tasks[0].schedule: schedule "Theo quy định Trung ương": '
            "no date can be known from the words; the standing office has to set one",
        )
    ]


def test_a_phrase_that_is_not_understood_is_a_warning_with_its_words(tmp_path: Path) -> None:
    tasks = edited(TASKS, "schedule: Quý I/2023", "schedule: khi hoa phượng nở")

    (remark,) = remarks(tmp_path, tasks=tasks)

    assert remark[0] is Severity.WARNING
    assert remark[1].startswith('tasks.yaml:19: tasks[0].schedule: schedule "khi hoa phượng nở": ')


def test_a_date_far_from_the_plans_year_is_a_warning(tmp_path: Path) -> None:
    tasks = edited(TASKS, "schedule: Tháng 12/2023", "schedule: Tháng 12/2032")

    assert (
        Severity.WARNING,
        'tasks.yaml:27: tasks[1].schedule: schedule "Tháng 12/2032": '
        "2032-12-31 is neither in 2023 nor in the next year",
    ) in remarks(tmp_path, tasks=tasks)


def test_a_phrase_that_several_outputs_share_is_spoken_of_once(tmp_path: Path) -> None:
    tasks = edited(TASKS, "schedule: Tháng 12/2023", "schedule: Theo quy định Trung ương")
    tasks = edited(tasks, ", schedule: Tháng 01/2023", "")

    assert len(remarks(tmp_path, tasks=tasks)) == 1


def test_without_lines_a_remark_names_its_subject(tmp_path: Path) -> None:
    tasks = edited(TASKS, "schedule: Quý I/2023", "schedule: Theo quy định Trung ương")
    plan, _ = load_plan(write_plan(tmp_path, tasks=tasks))

    (remark,) = review(plan)

    assert (remark.file, remark.line, remark.field) == ("thu-2023", None, "output 1.1")
