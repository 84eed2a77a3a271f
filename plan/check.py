"""What a person should look at in a plan that can be used: who hears of nothing, and which dates nobody knows."""

from collections.abc import Iterator, Mapping

from plan.deadlines import DeadlineKind
from plan.directory import Directory
from plan.model import Group, Plan
from plan.problems import Origin, Problem, Severity, in_reading_order, shortened


def review(plan: Plan, origins: Mapping[str, Origin] | None = None) -> tuple[Problem, ...]:
    """Warnings and notes on `plan`. `origins` ("task 2.6", "output 2.6a", "report BC", "agency SBN") give file and
    line; without them the plan's key and the subject stand in their place."""
    where = _Where(plan, origins or {})
    return in_reading_order((*_silent_groups(plan, where), *_open_ends(plan, where), *_dates(plan, where)))


class _Where:
    def __init__(self, plan: Plan, origins: Mapping[str, Origin]) -> None:
        self._plan = plan
        self._origins = origins

    def at(self, subject: str) -> Origin:
        return self._origins.get(subject) or Origin(file=self._plan.key, line=None, field=subject)


def _duties(plan: Plan) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(subject, names that owe it, codes of the agencies that will hear of it)."""
    for task in plan.tasks:
        yield f"task {task.code}", task.lead, task.lead_agencies
    for report in plan.reports:
        yield f"report {report.code}", report.owed_by, report.agencies


def _silent_groups(plan: Plan, where: _Where) -> Iterator[Problem]:
    """Groups whose members nobody has written down yet."""
    directory = Directory.of(plan)
    owes: dict[str, list[str]] = {code: [] for code in plan.groups}
    for subject, names, _ in _duties(plan):
        for name in names:
            entry = directory.find(name)
            if isinstance(entry, Group):
                owes[entry.code].append(subject)
    for group in plan.groups.values():
        if group.unnamed:
            continue
        place = where.at(f"agency {group.code}")
        title = f'group {group.code} "{group.name}"'
        owed = ", ".join(owes[group.code])
        if group.members and group.stands_in:
            yield place.problem(
                f"{title} has no members of its own; {', '.join(group.stands_in)} answers for it",
                Severity.NOTE,
            )
        elif not group.members and owed:
            yield place.problem(
                f"{title} has no members: nobody in it is reminded of {owed}", Severity.WARNING
            )
        elif not group.members:
            yield place.problem(f"{title} has no members; it owes nothing in this plan", Severity.NOTE)


def _open_ends(plan: Plan, where: _Where) -> Iterator[Problem]:
    """Duties of names that stand for nobody in particular."""
    directory = Directory.of(plan)
    for subject, names, agencies in _duties(plan):
        for name in names:
            entry = directory.find(name)
            if isinstance(entry, Group) and entry.unnamed:
                yield where.at(subject).problem(
                    f'{subject} is owed by "{name}", which names no agency: nobody is reminded for it',
                    Severity.WARNING,
                )
        if not agencies:
            yield where.at(subject).problem(f"no agency at all is reminded of {subject}", Severity.WARNING)


def _dates(plan: Plan, where: _Where) -> Iterator[Problem]:
    for output in (output for task in plan.tasks for output in task.outputs):
        place, deadline = where.at(f"output {output.code}"), output.deadline
        phrase = f'schedule "{shortened(output.schedule)}"'
        if deadline.needs_review:
            reason = deadline.reason or "a person should read it"
            yield place.problem(f"{phrase}: {reason}", Severity.WARNING)
        elif deadline.kind is DeadlineKind.EXTERNAL:
            yield place.problem(
                f"{phrase}: no date can be known from the words; the standing office has to set one",
                Severity.WARNING,
            )
        for occurrence in deadline.occurrences:
            if occurrence.due.year not in (plan.year, plan.year + 1):
                yield place.problem(
                    f"{phrase}: {occurrence.due} is neither in {plan.year} nor in the next year",
                    Severity.WARNING,
                )
