"""Plan files to a Plan: what a right one gives, and what each kind of mistake is answered with."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plan.deadlines import DeadlineKind
from plan.load import MAX_PROBLEMS, load_plan, plan_digest
from plan.model import ReportPeriod
from plan.problems import PlanRejected, Severity
from tests.plan import mistakes
from tests.plan.small_plan import AGENCIES, TASKS, edited, write_plan


def rejections(path: Path) -> list[str]:
    """Everything the plan at `path` is rejected for, without the folder."""
    with pytest.raises(PlanRejected) as rejected:
        load_plan(path)
    return [str(problem).replace(f"{path.parent}/", "") for problem in rejected.value.problems]


def test_a_right_plan_is_loaded_whole(tmp_path: Path) -> None:
    path = write_plan(tmp_path)

    plan, problems = load_plan(path)

    assert problems == ()
    assert (plan.key, plan.year, plan.title) == ("thu-2023", 2023, "Kế hoạch thử")
    assert (plan.document, plan.standing_office) == ("1/KH-UBND ngày 20/12/2022", "SNV")
    assert plan.report_address is None
    assert [(area.number, area.name) for area in plan.areas] == [
        (1, "Cải cách thể chế"),
        (2, "Cải cách TTHC"),
    ]
    assert plan.report_periods[0] == ReportPeriod(
        key="q1",
        name="Quý I/2023",
        data_from=date(2022, 12, 15),
        cutoff=date(2023, 3, 14),
        due=date(2023, 3, 16),
    )
    assert plan.reports[0].agencies == ("SNV", "STP")
    assert list(plan.agencies) == ["SNV", "STP", "HKS"]
    assert list(plan.groups) == ["SBN", "HUYEN"]


def test_a_task_with_one_product_has_one_output_of_its_own_code(tmp_path: Path) -> None:
    plan, _ = load_plan(write_plan(tmp_path))

    task = plan.tasks[0]

    assert (task.code, task.area, task.title, task.heading) == ("1.1", 1, "Xây dựng kế hoạch", None)
    assert (task.lead, task.lead_agencies) == (("Sở Tư pháp",), ("STP",))
    assert task.support == ("Sở Nội vụ", "Sở, ban, ngành")
    assert [(output.code, output.product, output.schedule) for output in task.outputs] == [
        ("1.1", "Kế hoạch của UBND tỉnh", "Quý I/2023")
    ]
    assert task.outputs[0].deadline.kind is DeadlineKind.DATES


def test_an_output_without_a_schedule_has_that_of_its_task(tmp_path: Path) -> None:
    plan, _ = load_plan(write_plan(tmp_path))

    assert [(output.code, output.schedule) for output in plan.tasks[1].outputs] == [
        ("2.1a", "Tháng 01/2023"),
        ("2.1b", "Tháng 12/2023"),
    ]


def test_codes_of_agencies_do_for_names_and_the_other_way_round(tmp_path: Path) -> None:
    tasks = edited(
        edited(TASKS, "[Sở Tư pháp]", "[stp]"), "standing_office: SNV", "standing_office: so noi vu"
    )

    plan, _ = load_plan(write_plan(tmp_path, tasks=tasks))

    assert plan.tasks[0].lead_agencies == ("STP",)
    assert plan.standing_office == "SNV"


def test_unquoted_codes_keep_their_last_zero(tmp_path: Path) -> None:
    tasks = edited(edited(TASKS, 'code: "1.1"', "code: 1.10"), 'code: "2.1"', "code: 2.1")

    plan, _ = load_plan(write_plan(tmp_path, tasks=tasks))

    assert [task.code for task in plan.tasks] == ["1.10", "2.1"]


@pytest.mark.parametrize(("old", "new", "line", "answer"), mistakes.IN_TASKS)
def test_a_mistake_in_the_tasks_file_is_answered_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, answer: str
) -> None:
    found = rejections(write_plan(tmp_path, tasks=edited(TASKS, old, new)))

    assert any(said.startswith(f"tasks.yaml:{line}: {answer}") for said in found), found


@pytest.mark.parametrize(("old", "new", "line", "answer"), mistakes.IN_AGENCIES)
def test_a_mistake_in_the_agencies_file_is_answered_with_its_place(
    tmp_path: Path, old: str, new: str, line: int | None, answer: str
) -> None:
    found = rejections(write_plan(tmp_path, agencies=edited(AGENCIES, old, new)))

    place = f"agencies.yaml:{line}" if line else "agencies.yaml"
    assert any(said.startswith(f"{place}: {answer}") for said in found), found


def test_agencies_that_cannot_be_read_are_not_blamed_on_the_names(tmp_path: Path) -> None:
    assert rejections(write_plan(tmp_path, agencies="- a\n")) == [
        "agencies.yaml:1: expected keys with values, found a list"
    ]


def test_mistakes_of_both_files_come_together_in_reading_order(tmp_path: Path) -> None:
    tasks = edited(TASKS, "year: 2023", "year: 2023\nyears: 2024")
    tasks = edited(tasks, "due: 2023-03-16", "due: 2023-03-13")
    tasks = edited(tasks, "[Sở Tư pháp]", "[Sở Tư pháo]")
    tasks = edited(tasks, 'code: "2.1a"', 'code: "2.2a"')
    agencies = edited(AGENCIES, "[HKS]", "[HKX]")

    found = rejections(write_plan(tmp_path, tasks=tasks, agencies=agencies))

    assert [line.split(": ")[0] for line in found] == [
        "agencies.yaml:7",
        "tasks.yaml:3",
        "tasks.yaml:9",
        "tasks.yaml:21",
        "tasks.yaml:26",
    ]


def test_one_task_wrong_in_several_ways_is_told_all_of_them(tmp_path: Path) -> None:
    tasks = edited(TASKS, '  - code: "1.1"', '  - cod: "1.1"')
    tasks = edited(tasks, "lead: [Sở Tư pháp]", "lead: [Sở Tư pháo, {}]")

    found = rejections(write_plan(tmp_path, tasks=tasks))

    assert found == [
        'tasks.yaml:16: tasks[0].cod: unknown key "cod": did you mean "code"?',
        'tasks.yaml:16: tasks[0].code: "code" is missing',
        'tasks.yaml:20: tasks[0].lead[0]: unknown name "Sở Tư pháo": did you mean "Sở Tư pháp" (STP)?',
        "tasks.yaml:20: tasks[0].lead[1]: expected text, found keys with values",
    ]


def test_more_problems_than_anybody_reads_are_counted(tmp_path: Path) -> None:
    names = ", ".join(f"Phòng {n}" for n in range(MAX_PROBLEMS + 50))

    found = rejections(write_plan(tmp_path, tasks=edited(TASKS, "[Sở Tư pháp]", f"[{names}]")))

    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1] == "tasks.yaml: and at least 51 more problems"


@pytest.mark.parametrize(
    ("tasks", "answer"),
    [
        (b"", "tasks.yaml: the file is empty"),
        (b"- a\n", "tasks.yaml:1: expected keys with values, found a list"),
        (b"text\n", 'tasks.yaml:1: expected keys with values, found "text"'),
        (TASKS.encode("utf-16"), "tasks.yaml:1: byte 1 of this line is 0xFF"),
        (TASKS.encode("ascii", "replace") + b"\xe9\n", "tasks.yaml:29: byte 1 of this line is 0xE9"),
        (b"a: 1\n" * 500_000, "tasks.yaml: a plan file is at most 2 MB; this one is 2.4 MB"),
    ],
)
def test_a_file_that_is_no_plan_is_rejected(tmp_path: Path, tasks: bytes, answer: str) -> None:
    assert rejections(write_plan(tmp_path, tasks=tasks))[0].startswith(answer)


def test_a_missing_file_is_rejected(tmp_path: Path) -> None:
    assert rejections(tmp_path / "tasks.yaml") == ["tasks.yaml: no such file"]
    assert rejections(write_plan(tmp_path, agencies=None)) == [
        "tasks.yaml:5: agencies: agencies.yaml: no such file"
    ]


def test_what_only_needs_a_look_comes_with_the_plan(tmp_path: Path) -> None:
    tasks = edited(TASKS, "product: Báo cáo }", "product: Báo cáo, schedule: Tháng 11/2023 }")
    tasks = edited(tasks, "[UBND cấp huyện]", "[UBND cấp huyện, HUYEN]")

    _, problems = load_plan(write_plan(tmp_path, tasks=tasks))

    assert [(problem.line, problem.severity, problem.message) for problem in problems] == [
        (27, Severity.WARNING, "not used: every output has a schedule of its own"),
        (28, Severity.WARNING, '"HUYEN" means HUYEN, as "UBND cấp huyện" does already'),
    ]


def test_the_digest_changes_with_each_file_and_only_then(tmp_path: Path) -> None:
    path = write_plan(tmp_path)
    first = plan_digest(path)

    variants: list[tuple[str | bytes, str]] = [
        (TASKS, AGENCIES),
        (TASKS + "#", AGENCIES),
        (TASKS, AGENCIES + "#"),
        ("a: [", AGENCIES),
        (b"\xff", AGENCIES),
    ]
    digests = [
        plan_digest(write_plan(tmp_path, tasks=tasks, agencies=agencies)) for tasks, agencies in variants
    ]
    (tmp_path / "agencies.yaml").unlink()
    digests.append(plan_digest(write_plan(tmp_path, agencies=None)))
    path.unlink()
    digests.append(plan_digest(path))

    assert digests[0] == first
    assert len(set(digests)) == len(digests)


# Pieces that mean something to YAML or to the loader, to put where they do not belong.
PIECES = [
    *(
        "\n",
        "  ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        "#",
        "&a ",
        "*a",
        "!!int ",
        "|",
        ">-\n",
        "\t",
        "%",
    ),
    *("---\n", "2023-02-30", "code: x\n", "lead:\n", "\x00", "\u202e", "31/9/2023", "1.1", "SBN"),
    "members: [SBN]",
]


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 3, 10, 60])))
        piece = draw(st.sampled_from(PIECES) | st.text(max_size=4))
        text = text[:start] + piece + text[end:]
    return text


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tasks=mutated(TASKS) | st.just(TASKS), agencies=mutated(AGENCIES) | st.just(AGENCIES))
def test_a_spoilt_file_is_loaded_or_rejected_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, tasks: str, agencies: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "spoilt"
    folder.mkdir(exist_ok=True)
    path = write_plan(
        folder, tasks=tasks.encode("utf-8", "replace"), agencies=agencies.encode("utf-8", "replace")
    )

    try:
        plan, problems = load_plan(path)
    except PlanRejected as rejected:
        found = rejected.problems
        accepted = False
    else:
        found = problems
        accepted = True
        assert all(code in plan.agencies for task in plan.tasks for code in task.lead_agencies)
        assert all(task.outputs for task in plan.tasks)

    assert accepted is all(problem.severity is not Severity.ERROR for problem in found)


def test_a_day_that_some_months_have_not_is_a_warning_and_a_day_that_no_calendar_has_is_an_error(
    tmp_path: Path,
) -> None:
    monthly = write_plan(
        tmp_path, tasks=edited(TASKS, "schedule: Quý I/2023", "schedule: Ngày 30 hằng tháng")
    )
    _, findings = load_plan(monthly)

    never = write_plan(
        tmp_path, tasks=edited(TASKS, "schedule: Quý I/2023", "schedule: Trước ngày 31/9/2023")
    )
    with pytest.raises(PlanRejected) as rejected:
        load_plan(never)

    assert any("30/2/2023" in finding.message for finding in findings)
    assert any("31/9/2023" in problem.message for problem in rejected.value.problems)
