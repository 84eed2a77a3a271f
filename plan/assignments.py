"""Who owes what by when: the plan laid out over its agencies and the calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plan.deadlines import DeadlineKind, Occurrence
from plan.milestones import DueDates
from plan.model import Output, Plan, Task
from plan.workdays import WorkingCalendar


class DutyKind(StrEnum):
    """How an assignment is bound in time. Only DATES and REPORT have a due day that the plan itself gives; SUPPORT is a
    supporting agency's part by the day that the lead named."""

    DATES = "dates"
    REPORT = "report"
    ONGOING = "ongoing"
    ADHOC = "adhoc"
    EXTERNAL = "external"
    SUPPORT = "support"


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One agency's duty to hand in one output for one period, as the plan's file has it.

    (`code`, `agency`, `slot`) names it for good within a plan: `slot` is the period's key where an output recurs and
    "" where it is due once, so that a moved date stays the same assignment.
    """

    task: str
    code: str
    output: str
    agency: str
    slot: str
    period: str
    kind: DutyKind
    dates: DueDates | None
    data_from: date | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        return (self.code, self.agency, self.slot)

    @property
    def due(self) -> date | None:
        return self.dates.due if self.dates else None


def duties(plan: Plan, calendar: WorkingCalendar) -> Iterator[Duty]:
    """Every duty of the plan, in the order of the paper, then the reports."""
    for task in plan.tasks:
        for output in task.outputs:
            yield from _output_duties(task, output, calendar)
    yield from _report_duties(plan, calendar)


def _output_duties(task: Task, output: Output, calendar: WorkingCalendar) -> Iterator[Duty]:
    occurrences = [(one, DueDates.of(one.due, calendar)) for one in output.deadline.occurrences]
    for agency in task.lead_agencies:
        if not occurrences:
            yield _duty(task, output, agency, kind=_undated_kind(output.deadline.kind))
        for occurrence, dates in occurrences:
            yield _duty(
                task,
                output,
                agency,
                kind=DutyKind.DATES,
                occurrence=occurrence,
                slot=occurrence.key if len(occurrences) > 1 else "",
                dates=dates,
            )


def _duty(
    task: Task,
    output: Output,
    agency: str,
    *,
    kind: DutyKind,
    occurrence: Occurrence | None = None,
    slot: str = "",
    dates: DueDates | None = None,
) -> Duty:
    return Duty(
        task=task.code,
        code=output.code,
        output=output.product,
        agency=agency,
        slot=slot,
        period=occurrence.period if occurrence else "",
        kind=kind,
        dates=dates,
    )


def _report_duties(plan: Plan, calendar: WorkingCalendar) -> Iterator[Duty]:
    periods = [(one, DueDates.of(one.due, calendar, cutoff=one.cutoff)) for one in plan.report_periods]
    for report in plan.reports:
        for agency in report.agencies:
            for period, dates in periods:
                yield Duty(
                    task=report.code,
                    code=report.code,
                    output=report.title,
                    agency=agency,
                    slot=period.key,
                    period=period.name,
                    kind=DutyKind.REPORT,
                    dates=dates,
                    data_from=period.data_from,
                )


def _undated_kind(kind: DeadlineKind) -> DutyKind:
    match kind:
        case DeadlineKind.ONGOING:
            return DutyKind.ONGOING
        case DeadlineKind.ADHOC:
            return DutyKind.ADHOC
        case DeadlineKind.EXTERNAL | DeadlineKind.DATES:
            return DutyKind.EXTERNAL
