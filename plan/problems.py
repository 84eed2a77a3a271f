"""What is wrong with a plan's files, said so that the person who edits them finds the place."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

from plan.text import fold


class Severity(StrEnum):
    """ERROR: the plan is not used. WARNING: somebody should look. NOTE: good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One finding. `line` counts from 1 and is None when no line is to blame; `field` is a path such as
    "tasks[3].lead[0]" (counted from 0), "" for the file as a whole."""

    file: str
    line: int | None
    field: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.field, self.message) if part)


class PlanRejected(Exception):
    """The plan's files cannot be used; `problems` has everything that was found, errors and warnings."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where in the files a thing of the plan was written."""

    file: str
    line: int | None
    field: str

    def problem(self, message: str, severity: Severity = Severity.ERROR) -> Problem:
        """A finding at this place."""
        return Problem(file=self.file, line=self.line, field=self.field, message=message, severity=severity)


def field_path(path: Iterable[str | int]) -> str:
    """("tasks", 3, "lead", 0) as people read it: "tasks[3].lead[0]"."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` most likely was meant to be, however it was typed; None when none is near."""
    found = process.extractOne(word, tuple(choices), scorer=fuzz.ratio, processor=fold, score_cutoff=65)
    return None if found is None else str(found[0])


def shortened(text: str, limit: int = 80) -> str:
    """`text` for a message: on one line and at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def in_reading_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sorted by file, line and field, each finding once."""
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda problem: (problem.file, problem.line or 0, problem.field, problem.message),
        )
    )
