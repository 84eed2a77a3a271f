"""From a plan's files to a Plan, or to everything that is wrong with them."""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

from plan.agency_file import AgencyFile, read_agency_file
from plan.check import review
from plan.consistency import find_inconsistencies, meaning
from plan.directory import Directory
from plan.documents import AGENCIES_FILE, AgenciesShape, PlanShape, TaskShape
from plan.model import Area, Output, Plan, Report, ReportPeriod, Task
from plan.places import Place
from plan.problems import Origin, PlanRejected, Problem, Severity, in_reading_order
from plan.shape import read_shape
from plan.yaml_source import read_raw, read_source, source_of

MAX_PROBLEMS = 200


def load_plan(path: Path) -> tuple[Plan, tuple[Problem, ...]]:
    """The plan at `path` (a tasks.yaml) with its agencies file, and what a person should look at.

    Raises PlanRejected with all problems of both files when there is an error among them.
    """
    source = read_source(path)
    if source.data is None:
        raise PlanRejected(_at_most(source.problems, MAX_PROBLEMS))
    root = Place.root(source)
    shape, shape_problems = read_shape(source, PlanShape)
    agencies, agency_problems = _read_agencies(root, path)
    directory = agencies.directory if agencies and agencies.directory.agencies else None
    problems = (
        *source.problems,
        *shape_problems,
        *agency_problems,
        # Nobody reads more, and a file of rubbish would take minutes.
        *islice(find_inconsistencies(root, directory), 5 * MAX_PROBLEMS),
    )
    rejected = any(problem.severity is Severity.ERROR for problem in problems)
    if rejected or shape is None or directory is None:
        raise PlanRejected(_at_most(in_reading_order(problems), MAX_PROBLEMS))
    plan = _plan(shape, directory)
    origins = _origins(root) | (dict(agencies.origins) if agencies else {})
    return plan, in_reading_order((*problems, *review(plan, origins)))


def plan_digest(path: Path) -> str:
    """A fingerprint of both files' bytes: it changes when either changes, appears or becomes unreadable.

    Take it before loading: a change in between is then seen the next time. Never raises for what is in the files.
    """
    tasks = read_raw(path)
    name = _agencies_named(tasks) if tasks is not None else None
    agencies = read_raw(path.parent / name) if name is not None else None
    digests = (hashlib.sha256(raw).hexdigest() if raw is not None else "" for raw in (tasks, agencies))
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


@lru_cache(maxsize=8)
def _agencies_named(tasks: bytes) -> str | None:
    """The name of the agencies file in a tasks.yaml, if it gives a good one. A file is looked at every few seconds and
    changes a few times a year: the same bytes are not parsed again."""
    return _agencies_name(Place.root(source_of("", tasks)))


def _agencies_name(root: Place) -> str | None:
    name = root.at("agencies").text or ""
    return name if re.fullmatch(AGENCIES_FILE, name) else None


def _read_agencies(root: Place, path: Path) -> tuple[AgencyFile | None, tuple[Problem, ...]]:
    name = _agencies_name(root)
    if name is None:
        return None, ()
    source = read_source(path.parent / name)
    if not source.digest:
        named = root.at("agencies")
        return None, tuple(named.problem(f"{found.file}: {found.message}") for found in source.problems)
    if source.data is None:
        return None, source.problems
    _, shape_problems = read_shape(source, AgenciesShape)
    found = read_agency_file(Place.root(source))
    return found, (*source.problems, *shape_problems, *found.problems)


def _at_most(problems: tuple[Problem, ...], limit: int) -> tuple[Problem, ...]:
    if len(problems) <= limit:
        return problems
    rest = Problem(
        file=problems[0].file,
        line=None,
        field="",
        message=f"and at least {len(problems) - limit} more problems",
    )
    return (*problems[:limit], rest)


def _plan(shape: PlanShape, directory: Directory) -> Plan:
    return Plan(
        key=shape.key,
        year=shape.year,
        title=shape.title,
        document=f"{shape.document.number} ngày {shape.document.date:%d/%m/%Y}",
        standing_office=directory.codes([shape.standing_office])[0],
        report_address=shape.report_address,
        areas=tuple(Area(number=area.number, name=area.name) for area in shape.areas),
        tasks=tuple(_task(task, shape.year, directory) for task in shape.tasks),
        report_periods=tuple(
            ReportPeriod(
                key=period.key,
                name=period.name,
                data_from=period.data_from,
                cutoff=period.cutoff,
                due=period.due,
            )
            for period in shape.report_periods
        ),
        reports=tuple(
            Report(
                code=report.code,
                title=report.title,
                owed_by=tuple(report.owed_by),
                agencies=directory.codes(report.owed_by),
            )
            for report in shape.reports
        ),
        agencies=directory.agencies,
        groups=directory.groups,
    )


def _task(task: TaskShape, year: int, directory: Directory) -> Task:
    return Task(
        code=task.code,
        area=int(task.code.split(".")[0]),
        title=task.title,
        heading=task.heading,
        outputs=tuple(
            Output(code=code, product=product, schedule=schedule, deadline=meaning(schedule, year))
            for code, product, schedule in _written_outputs(task)
            # Both are there: find_inconsistencies refuses a task or an output without them.
            if product is not None and schedule is not None
        ),
        lead=tuple(task.lead),
        support=tuple(task.support),
        lead_agencies=directory.codes(task.lead),
    )


def _written_outputs(task: TaskShape) -> Iterator[tuple[str, str | None, str | None]]:
    if task.outputs is None:
        yield task.code, task.product, task.schedule
    for output in task.outputs or ():
        yield output.code, output.product, output.schedule or task.schedule


def _origins(root: Place) -> dict[str, Origin]:
    """Where the things were written that plan/check.py speaks of."""
    origins: dict[str, Origin] = {}
    for task in root.at("tasks").items:
        code = task.at("code").text
        origins[f"task {code}"] = task.at("lead").origin
        outputs = task.at("outputs").items
        for output in outputs or (task,):
            own = output.at("schedule")
            schedule = own if own.text else task.at("schedule")
            origins[f"output {output.at('code').text}"] = schedule.origin
    for report in root.at("reports").items:
        origins[f"report {report.at('code').text}"] = report.at("owed_by").origin
    return origins
