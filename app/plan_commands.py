"""`nhacviec plan check` and `nhacviec plan show`."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue
from rich.box import SIMPLE_HEAD
from rich.table import Table

from app.console import err, errors_for_people, out, print_json, print_problems, settings
from app.errors import unknown_agency
from config.rules import read_working_days
from plan.assignments import Duty, duties
from plan.load import load_plan
from plan.model import Plan
from plan.problems import PlanRejected, Problem, Severity, shortened
from plan.workdays import WorkingCalendar

plan_app = typer.Typer(help="Look at the plan files.", no_args_is_help=True)
_COLUMNS = {"Code": 5, "Due": 8, "Remind by": 9, "Late after": 11, "Period": 12}
_Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Plan files; without any, those of NHACVIEC_PLANS.", metavar="[FILE]..."),
]


@plan_app.command()
def check(files: _Files = None) -> None:
    """Check the plan files: errors, and what a person should look at.

    Ends with exit code 1 when there is an error. Changes nothing.
    """
    calendar = _calendar()
    rejected = False
    for path in _paths(files):
        try:
            plan, problems = load_plan(path)
        except PlanRejected as refusal:
            print_problems(refusal.problems)
            err.print(f"{path}: {_count(refusal.problems)}: not usable", markup=False)
            rejected = True
            continue
        print_problems(problems)
        owed = list(duties(plan, calendar))
        outputs = sum(len(task.outputs) for task in plan.tasks)
        out.print(
            f"{path}: {plan.key}: {len(plan.tasks)} tasks, {outputs} outputs, {len(plan.reports)} reports,"
            f" {len(owed)} assignments of {len({duty.agency for duty in owed})} agencies; {_count(problems)}",
            markup=False,
            soft_wrap=True,
        )
    if rejected:
        raise typer.Exit(1)


@plan_app.command()
def show(
    files: _Files = None,
    agency: Annotated[
        str | None, typer.Option("--agency", "-a", help="Only this agency's code, such as STP.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show who owes what by when: every assignment that follows from the plan."""
    calendar = _calendar()
    found: list[tuple[Plan, Duty]] = []
    with errors_for_people():
        for path in _paths(files):
            plan, _ = load_plan(path)
            wanted = _known_agency(plan, agency) if agency else None
            found += [
                (plan, duty) for duty in duties(plan, calendar) if wanted is None or duty.agency == wanted
            ]
    if as_json:
        print_json([_as_json(plan, duty) for plan, duty in found])
    else:
        _print(found)


def _paths(files: list[Path] | None) -> list[Path]:
    here = Path.cwd()
    return [
        path.relative_to(here) if path.is_relative_to(here) else path
        for path in files or settings().nhacviec_plans
    ]


def _calendar() -> WorkingCalendar:
    with errors_for_people():
        return read_working_days(settings().nhacviec_working_days).calendar()


def _known_agency(plan: Plan, typed: str) -> str:
    code = typed.upper()
    if code in plan.agencies:
        return code
    raise unknown_agency(typed, plan.agencies)


def _count(problems: tuple[Problem, ...]) -> str:
    counts = dict.fromkeys(Severity, 0)
    for problem in problems:
        counts[problem.severity] += 1
    return ", ".join(
        f"{number} {severity.value}{'' if number == 1 else 's'}" for severity, number in counts.items()
    )


def _as_json(plan: Plan, duty: Duty) -> dict[str, JsonValue]:
    dates = duty.dates
    return {
        "plan": plan.key,
        "task": duty.task,
        "code": duty.code,
        "output": duty.output,
        "agency": duty.agency,
        "agency_name": plan.agencies[duty.agency].name,
        "period": duty.period,
        "due": dates.due.isoformat() if dates else None,
        "remind_by": dates.remind_by.isoformat() if dates else None,
        "late_after": dates.late_after.isoformat() if dates else None,
        "cutoff": dates.cutoff.isoformat() if dates and dates.cutoff else None,
        "data_from": duty.data_from.isoformat() if duty.data_from else None,
        "kind": duty.kind.value,
    }


def _print(found: list[tuple[Plan, Duty]]) -> None:
    by_agency = sorted(found, key=lambda item: (item[0].key, item[1].agency))
    for (key, agency), group in groupby(by_agency, key=lambda item: (item[0].key, item[1].agency)):
        pairs = list(group)
        name = pairs[0][0].agencies[agency].name
        out.print(_table(f"{agency} {name} ({key})", [duty for _, duty in pairs]))
    out.print(f"{len(found)} assignments")


def _table(title: str, owed: list[Duty]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name, width in _COLUMNS.items():
        table.add_column(name, no_wrap=True, width=width)
    room = max(20, out.width - sum(_COLUMNS.values()) - 2 * len(_COLUMNS))
    table.add_column("Output", no_wrap=True)
    for duty in owed:
        dates = duty.dates
        days = (dates.due, dates.remind_by, dates.late_after) if dates else ()
        shown = [f"{day:%d/%m/%y}" for day in days] or [duty.kind.value, "", ""]
        table.add_row(
            duty.code, *shown, shortened(duty.period, _COLUMNS["Period"]), shortened(duty.output, room)
        )
    return table
