"""What the values of a plan's files say about one another: codes, names, dates and phrases that do not fit together.

Works on files that may be wrong anywhere (see plan/places.py), so that one run finds everything.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from plan.deadlines import Deadline, read_deadline
from plan.directory import Directory
from plan.documents import EARLIEST_YEAR, LATEST_YEAR, OUTPUT_CODE, TASK_CODE
from plan.model import Group
from plan.places import Place
from plan.problems import Problem, Severity, shortened

# A name with more commas than this is not looked for among names that lost their quotes.
MAX_PIECES = 6


def find_inconsistencies(root: Place, directory: Directory | None) -> Iterator[Problem]:
    """Everything in the tasks file that does not fit; names are not looked at without a directory."""
    year = _year(root.at("year"))
    tasks, periods, reports = (
        root.at("tasks").items,
        root.at("report_periods").items,
        root.at("reports").items,
    )
    yield from _given_twice((area.at("number") for area in root.at("areas").items), "area")
    yield from _given_twice((period.at("key") for period in periods), "report period")
    yield from _given_twice((report.at("code") for report in reports), "report")
    yield from _given_twice(_codes(tasks), "code")
    areas = {area.at("number").text for area in root.at("areas").items}
    for task in tasks:
        yield from _task_problems(task, areas, year)
    for period in periods:
        yield from _period_problems(period, year)
    if reports and not periods:
        yield root.at("reports").problem("reports are owed for report periods, and there are none")
    if directory is not None:
        for task in tasks:
            yield from _name_problems(task.at("lead"), directory)
            yield from _name_problems(task.at("support"), directory)
        for report in reports:
            yield from _name_problems(report.at("owed_by"), directory)
        yield from _office_problems(root.at("standing_office"), directory)


@lru_cache(maxsize=4096)
def meaning(phrase: str, year: int) -> Deadline:
    """`read_deadline`, once for each phrase of a plan."""
    return read_deadline(phrase, plan_year=year)


def _year(place: Place) -> int | None:
    text = place.text or ""
    year = int(text) if re.fullmatch(r"[0-9]{4}", text) else 0
    return year if EARLIEST_YEAR <= year <= LATEST_YEAR else None


def _day(place: Place) -> date | None:
    try:
        return date.fromisoformat(place.text or "")
    except ValueError:
        return None


def _given_twice(places: Iterable[Place], what: str) -> Iterator[Problem]:
    seen: dict[str, Place] = {}
    for place in places:
        if place.text is None:
            continue
        first = seen.setdefault(place.text, place)
        if first is not place:
            yield place.problem(
                f'{what} "{shortened(place.text)}" was already given on line {first.origin.line}'
            )


def _codes(tasks: Iterable[Place]) -> Iterator[Place]:
    """All codes that an officer may type. An only output may repeat the code of its task."""
    for task in tasks:
        yield task.at("code")
        outputs = [output.at("code") for output in task.at("outputs").items]
        if len(outputs) > 1 or (outputs and outputs[0].text != task.at("code").text):
            yield from outputs


def _task_problems(task: Place, areas: set[str | None], year: int | None) -> Iterator[Problem]:
    code = task.at("code").text or ""
    if re.fullmatch(TASK_CODE, code):
        number = code.split(".")[0]
        if number not in areas:
            yield task.at("code").problem(f'code "{code}" is in area {number}, which "areas" does not have')
        area = task.at("area").text
        if area is not None and area != number:
            yield task.at("area").problem(f'area {shortened(area)} does not match the code "{code}"')
    outputs = task.at("outputs").items
    for output in outputs:
        yield from _output_code_problems(output.at("code"), code, alone=len(outputs) == 1)
    yield from _product_problems(task)
    for place in (task, *outputs):
        phrase = place.at("schedule").text
        if phrase is not None and year is not None and len(phrase) <= 1000:
            deadline = meaning(phrase, year)
            if deadline.is_impossible:
                yield place.at("schedule").problem(f'schedule "{shortened(phrase)}": {deadline.reason}')


def _output_code_problems(place: Place, task_code: str, *, alone: bool) -> Iterator[Problem]:
    code = place.text or ""
    if not re.fullmatch(TASK_CODE, task_code) or not re.fullmatch(OUTPUT_CODE, code):
        return
    rest = "[1-9][0-9]?" if task_code[-1].isalpha() else "[a-z]"
    if not re.fullmatch(re.escape(task_code) + rest, code) and not (alone and code == task_code):
        example = task_code + ("1" if task_code[-1].isalpha() else "a")
        yield place.problem(
            f'output code "{code}" does not begin with its task\'s; expected such as "{example}"'
        )


def _product_problems(task: Place) -> Iterator[Problem]:
    outputs = task.at("outputs")
    if not isinstance(task.value, dict):
        return
    if task.has("product") and task.has("outputs"):
        yield task.at("product").problem('a task has either "product" or "outputs", not both')
    elif not task.has("product") and not task.has("outputs"):
        yield task.problem('the task has no product: give "product", or "outputs" if there are several')
    if task.at("schedule").text is not None:
        if outputs.items and all(output.at("schedule").text is not None for output in outputs.items):
            yield task.at("schedule").problem(
                "not used: every output has a schedule of its own", Severity.WARNING
            )
        return
    if not outputs.items:
        yield task.problem('"schedule" is missing')
    for output in outputs.items:
        if output.at("schedule").text is None:
            yield output.problem('"schedule" is missing here and on the task')


def _period_problems(period: Place, year: int | None) -> Iterator[Problem]:
    data_from, cutoff, due = (_day(period.at(key)) for key in ("data_from", "cutoff", "due"))
    if data_from and cutoff and cutoff < data_from:
        yield period.at("cutoff").problem(f"cutoff {cutoff} is before data_from {data_from}")
    if cutoff and due and due < cutoff:
        yield period.at("due").problem(f"due {due} is before its cutoff {cutoff}")
    if due and year and due.year not in (year, year + 1):
        yield period.at("due").problem(f"due {due} is neither in the plan's year {year} nor in the next")


def _name_problems(listed: Place, directory: Directory) -> Iterator[Problem]:
    names = listed.texts
    known: dict[str, str] = {}
    position = 0
    while position < len(names):
        place, name = names[position]
        entry = directory.find(name)
        following = [text for _, text in names[position : position + MAX_PIECES]]
        joined = 0 if entry else _pieces_of_one_name(following, directory)
        if joined:
            whole = ", ".join(text for _, text in names[position : position + joined])
            yield place.problem(f'a name with commas needs quotes here: write "{whole}"')
        elif entry is None:
            yield place.problem(unknown_name(name, directory))
        elif entry.code in known:
            yield place.problem(
                f'"{name}" means {entry.code}, as "{known[entry.code]}" does already', Severity.WARNING
            )
        else:
            known[entry.code] = name
        position += joined or 1


def _pieces_of_one_name(names: list[str], directory: Directory) -> int:
    """How many of `names` make one known name when read together: [Sở, ban, ngành] without its quotes."""
    for count in range(len(names), 1, -1):
        if directory.find(", ".join(names[:count])):
            return count
    return 0


def _office_problems(place: Place, directory: Directory) -> Iterator[Problem]:
    if place.text is None:
        return
    entry = directory.find(place.text)
    if entry is None:
        yield place.problem(unknown_name(place.text, directory))
    elif isinstance(entry, Group):
        yield place.problem(f'"{place.text}" is a group; the standing office is one agency')


def unknown_name(name: str, directory: Directory) -> str:
    """What to say of a name that no agency or group has."""
    near = directory.suggestion(name)
    return f'unknown name "{shortened(name)}"' + (f": did you mean {near}?" if near else "")
