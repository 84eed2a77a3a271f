"""The operator's two YAML files: when to remind, and which days are swapped."""

from datetime import date, time
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from plan.milestones import Escalation, LateRhythm, Overseer, ReminderRules
from plan.problems import PlanRejected
from plan.shape import read_shape
from plan.workdays import WorkingCalendar
from plan.yaml_source import read_source

HERE = Path(__file__).parent
_Days = Annotated[tuple[Annotated[int, Field(ge=0, le=365)], ...], Field(min_length=1, max_length=30)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Tasks(_Shape):
    days_before: _Days
    while_late: LateRhythm


class _Reports(_Shape):
    days_before_cutoff: _Days
    days_before_due: _Days
    while_late: LateRhythm


class _Escalation(_Shape):
    days_late: Annotated[int, Field(ge=1, le=365)]
    to: Overseer


class Hours(_Shape):
    """Vietnam time, on working days."""

    scan: time
    open: time
    close: time


class StandingOffice(_Shape):
    """What the standing office decides itself."""

    confirms_bindings: bool
    approves_done: bool
    confirms_plan_changes: bool = True
    weekly_digest: bool


class Reminders(_Shape):
    """config/reminders.yaml."""

    tasks: _Tasks
    reports: _Reports
    escalation: Annotated[tuple[_Escalation, ...], Field(max_length=10)]
    hours: Hours
    standing_office: StandingOffice

    def rules(self) -> ReminderRules:
        return ReminderRules(
            task_before_remind_by=self.tasks.days_before,
            task_while_late=self.tasks.while_late,
            report_before_cutoff=self.reports.days_before_cutoff,
            report_before_due=self.reports.days_before_due,
            report_while_late=self.reports.while_late,
            escalation=tuple(Escalation(days_late=step.days_late, to=step.to) for step in self.escalation),
            weekly_digest=self.standing_office.weekly_digest,
        )


class WorkingDays(_Shape):
    """config/working_days.yaml."""

    off: tuple[date, ...]
    worked: tuple[date, ...]

    def calendar(self) -> WorkingCalendar:
        return WorkingCalendar.with_swaps(off=self.off, worked=self.worked)


_ShapeT = TypeVar("_ShapeT", bound=_Shape)


def read_reminders(path: Path = HERE / "reminders.yaml") -> Reminders:
    """Raises PlanRejected with file, line and field of everything that does not fit."""
    return _read(path, Reminders)


def read_working_days(path: Path = HERE / "working_days.yaml") -> WorkingDays:
    """Raises PlanRejected with file, line and field of everything that does not fit."""
    return _read(path, WorkingDays)


def _read(path: Path, shape: type[_ShapeT]) -> _ShapeT:
    source = read_source(path)
    if source.problems:
        raise PlanRejected(source.problems)
    value, problems = read_shape(source, shape)
    if value is None:
        raise PlanRejected(problems)
    return value
