"""What the commands share on the terminal: output, settings, and how an error ends them."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import JsonValue, ValidationError
from rich.console import Console
from rich.markup import escape

from app.errors import SettingError
from app.logs import redact
from config.settings import Settings
from plan.problems import PlanRejected, Problem, Severity

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def settings() -> Settings:
    """The settings, or the end of the program with what is wrong in them."""
    try:
        return Settings()
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            name = "_".join(str(part) for part in detail["loc"]).upper()
            message = detail["msg"].removeprefix("Value error, ")
            err.print(
                f"[red]{escape(f'Setting {name}' if name else 'Settings')}:[/] {escape(redact(message))}"
            )
        err.print("Settings come from the environment and the file .env; see .env.example.")
        raise typer.Exit(2) from None


def print_json(value: JsonValue) -> None:
    """JSON on standard output, readable and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        word = problem.severity.value
        err.print(f"[{_COLOURS[problem.severity]}]{word}[/] {escape(str(problem))}", soft_wrap=True)


def fail(problem: str, remedy: str) -> NoReturn:
    err.print(f"[red]{escape(redact(problem))}[/]", soft_wrap=True)
    err.print(escape(redact(remedy)), soft_wrap=True)
    raise typer.Exit(2)


@contextmanager
def errors_for_people() -> Iterator[None]:
    """Errors that a person can mend end the command with their text, without a traceback."""
    try:
        yield
    except PlanRejected as rejected:
        print_problems(rejected.problems)
        err.print("Nothing was changed. Mend what is named and try again.")
        raise typer.Exit(1) from None
    except SettingError as error:
        fail(error.problem, error.remedy)
