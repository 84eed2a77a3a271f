"""The whole phrase: its clauses together, its set wordings, and whether a person must look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from plan.phrases.calendar import NoSuchDayError, Unit, span
from plan.phrases.clauses import dues_of_clause
from plan.phrases.dues import Due, Notes
from plan.phrases.nodes import After, Break, Dated, Doubt, Duration, Every, Gap, Item, Mark, Start
from plan.phrases.sentences import ENDS, clauses_of
from plan.phrases.words import MarkKind

_FURTHEST = 6  # years from the plan's year that a plan may look ahead
# Wordings beside a date that leave the date standing, but not without a look.
_ASK = (
    MarkKind.EVENT, MarkKind.UNKNOWN, MarkKind.FESTIVAL, MarkKind.EXCEPTION, MarkKind.LATER, MarkKind.DAY_NAMED,
    MarkKind.FOLLOWS, MarkKind.SESSION,
)  # fmt: skip
# Wordings that are not complete by themselves.
_OPEN = (
    MarkKind.PERIODIC, MarkKind.FESTIVAL, MarkKind.SESSION, MarkKind.SCHOOL, MarkKind.FOLLOWS, MarkKind.EXCEPTION,
    MarkKind.EARLIEST, MarkKind.LATER, MarkKind.DAY_NAMED,
)  # fmt: skip


class Outcome(Enum):
    """The kind of deadline, by the names of `plan.deadlines.DeadlineKind`."""

    DATES = "dates"
    ONGOING = "ongoing"
    ADHOC = "adhoc"
    EXTERNAL = "external"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a phrase means: due days in order, each with key and name, and the reasons for a person to look."""

    outcome: Outcome
    dues: tuple[Due, ...]
    reasons: tuple[str, ...]


def verdict(items: Sequence[Item], plan_year: int, *, says_report: bool) -> Verdict:
    """Judge the items of one phrase. `says_report`: it speaks of reporting, so that "thường xuyên" is not all."""
    notes = Notes(plan_year=plan_year)
    for item in items:
        if isinstance(item, Doubt):
            (notes.lose if item.fatal else notes.doubt)(item.reason)
    marks = [item.kind for item in items if isinstance(item, Mark)]
    dues = _dues(items, notes)
    _look_around(items, marks, dues, notes, says_report=says_report)
    if dues and not notes.lost:
        if _only_frame(marks, dues, says_report=says_report):
            notes.doubt("it goes on or is on demand; the year named with it may or may not be a due day")
            return _without_dates(items, marks, notes)
        _check_days(dues, notes)
        return Verdict(outcome=Outcome.DATES, dues=_merged(dues), reasons=tuple(notes.reasons))
    return _without_dates(items, marks, notes)


def _dues(items: Sequence[Item], notes: Notes) -> list[Due]:
    clauses = clauses_of(items, notes)
    sure: list[Due] = []
    spare: list[Due] = []
    has_scope_only = True
    for placed in clauses:
        firm = [one for one in placed if not (isinstance(one.item, Dated) and one.item.scope)]
        has_scope_only = has_scope_only and not firm
        more, labels = dues_of_clause(firm, notes) if firm else ([], [])
        sure.extend(more)
        spare.extend(labels)
    if has_scope_only:
        for placed in clauses:
            sure.extend(dues_of_clause(placed, notes)[0])
    sure = sure or spare
    if any(due.doubtful for due in sure):
        notes.doubt("the period may only be part of a name")
    return _since_starts(items, sure, notes)


def _since_starts(items: Sequence[Item], dues: list[Due], notes: Notes) -> list[Due]:
    """A recurrence that begins at "từ …" has no turns before."""
    starts = [item.point for item in items if isinstance(item, Start) and item.point is not None]
    if not starts:
        return dues
    try:
        first = max(span(point, notes.plan_year).first for point in starts)
    except NoSuchDayError as error:
        notes.lose(str(error))
        return dues
    return [due for due in dues if not due.turn or due.day >= first]


def _look_around(
    items: Sequence[Item], marks: list[MarkKind], dues: list[Due], notes: Notes, *, says_report: bool
) -> None:
    """What stands beside the dates and speaks against them."""
    if not dues:
        return
    for kind in marks:
        if kind in _ASK:
            notes.doubt(kind.value)
    if MarkKind.SCHOOL in marks or MarkKind.EARLIEST in marks:
        notes.lose("a school year, or a day that is only the earliest")
    if MarkKind.SESSION in marks and not all(due.firm for due in dues):
        notes.lose(MarkKind.SESSION.value)
    if MarkKind.RULE in marks and any(due.recurring for due in dues):
        notes.doubt("another text may give the day of the recurrence")
    if MarkKind.ONGOING in marks and not says_report:
        notes.doubt("it goes on all the time and has a date")
    if any(isinstance(item, Break) and item.gap is Gap.OR for item in items) and MarkKind.ADHOC not in marks:
        notes.doubt("two ways are left open by 'hoặc'")
    if any(isinstance(item, After) for item in items):
        notes.doubt("something is to be done after a date")
    days = sum(isinstance(item, Dated) for item in items)
    if any(
        isinstance(item, Every) and (item.times != days if item.counted else _is_weekly(item))
        for item in items
    ):
        notes.doubt("a recurrence without days of its own")
    if any(isinstance(item, Duration) for item in items):
        _judge_durations(items, notes)


def _judge_durations(items: Sequence[Item], notes: Notes) -> None:
    """A length of time in the clause of a date may move it; in another clause it is only worth a look."""
    lengths = dates = False
    for item in (*items, Break(gap=Gap.SENTENCE)):
        if isinstance(item, Break) and item.gap in ENDS:
            if lengths and dates:
                notes.lose("a length of time stands beside a date")
            lengths = dates = False
        lengths = lengths or isinstance(item, Duration)
        dates = dates or isinstance(item, Dated | Every)
    notes.doubt("a length of time was not counted")


def _is_weekly(every: Every) -> bool:
    return any(unit in {Unit.DAY, Unit.WEEK} for unit in every.units) or (
        not every.units and not every.counted
    )


def _only_frame(marks: list[MarkKind], dues: list[Due], *, says_report: bool) -> bool:
    """ "Thường xuyên trong năm 2023": the year is only the frame of what goes on."""
    if says_report or not all(due.of_year for due in dues):
        return False
    return MarkKind.ONGOING in marks or (MarkKind.ADHOC in marks and not any(due.recurring for due in dues))


def _check_days(dues: list[Due], notes: Notes) -> None:
    for due in dues:
        if due.day < date(notes.plan_year, 1, 1):
            notes.doubt(f"{due.day.isoformat()} lies before the plan's year")
        if due.day.year > notes.plan_year + _FURTHEST:
            notes.doubt(f"{due.day.isoformat()} lies far from the plan's year")


def _merged(dues: list[Due]) -> tuple[Due, ...]:
    """One due per day: the widest period gives the key, all of them the name ("quý IV và năm 2023"); keys that would be
    shared become the day itself."""
    by_day: dict[date, list[Due]] = {}
    for due in dues:
        by_day.setdefault(due.day, []).append(due)
    widest = {day: max(of_day, key=lambda due: (due.unit, bool(due.name))) for day, of_day in by_day.items()}
    keys = [due.key for due in widest.values()]
    return tuple(
        replace(
            due,
            key=due.key if keys.count(due.key) == 1 else day.isoformat(),
            name=_joined(sorted(by_day[day], key=lambda one: one.unit)) or due.name,
        )
        for day, due in sorted(widest.items())
    )


def _joined(of_day: Sequence[Due]) -> str:
    *others, last = list(dict.fromkeys(due.name for due in of_day if due.name)) or [""]
    return f"{', '.join(others)} và {last}" if others else last


def _without_dates(items: Sequence[Item], marks: list[MarkKind], notes: Notes) -> Verdict:
    """No date: what the words say instead, first come, ongoing before on demand before outside."""
    weekly = [item for item in items if isinstance(item, Every)]
    if notes.lost:
        return Verdict(outcome=Outcome.EXTERNAL, dues=(), reasons=tuple(notes.reasons))
    for kind in marks:
        if kind in _OPEN:
            notes.doubt(kind.value)
    if any(isinstance(item, After) for item in items):
        notes.doubt("only the earliest day is said")
    if any(every.counted for every in weekly):
        notes.doubt("a recurrence without days of its own")
    if any(_is_weekly(every) and Unit.DAY not in every.units for every in weekly):
        notes.doubt("no due days are kept for what recurs every week or so many times")
    has_start = any(isinstance(item, Start) for item in items)
    if has_start and (MarkKind.EVENT in marks or any(isinstance(item, Duration) for item in items)):
        notes.doubt("a length of time, or an event, stands beside a beginning")
    outcome = _outcome(items, marks, weekly)
    if outcome is None:
        notes.doubt("no date and no known wording")
    return Verdict(outcome=outcome or Outcome.EXTERNAL, dues=(), reasons=tuple(notes.reasons))


def _outcome(items: Sequence[Item], marks: list[MarkKind], weekly: list[Every]) -> Outcome | None:
    has_start = any(isinstance(item, Start) for item in items)
    if has_start and any(isinstance(item, Duration) for item in items):
        return Outcome.EXTERNAL
    if MarkKind.ONGOING in marks or has_start or any(every.units and _is_weekly(every) for every in weekly):
        return Outcome.ONGOING
    if MarkKind.ADHOC in marks:
        return Outcome.ADHOC
    counted = any(every.counted for every in weekly)
    if marks or counted or any(isinstance(item, Duration | After) for item in items):
        return Outcome.EXTERNAL
    return None
