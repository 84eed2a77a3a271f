"""The weeks ahead: what is due in each, and which agency has too much at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.commands.menu import Command
from bot.listing import what_words
from bot.office_morning import clash_words
from bot.wording import named_day
from store.agenda import Entry, entries
from store.figures import counts
from store.states import State
from store.week import Owed, clashes, monday_of
from web.board.drawing import Page
from web.board.looking import Look, choosing

RIGHT = Command.DUE
WEEKS = 6
_WEEK = timedelta(days=7)
_MOST_NAMES = 3


@dataclass(frozen=True, kw_only=True)
class DueOutput:
    """An output and period with one due day: who owes it, and how many have handed it in. `open_agencies` are (code, name)
    of those who have not."""

    entry: Entry
    what: str
    due: str
    owed: int
    handed_in: int
    open_agencies: Sequence[tuple[str, str]]
    late: bool

    @property
    def all_named(self) -> bool:
        return len(self.open_agencies) <= _MOST_NAMES


@dataclass(frozen=True, kw_only=True)
class Week:
    """A week from Monday to Sunday."""

    monday: date
    sunday: date
    outputs: Sequence[DueOutput]
    clashes: Sequence[str]
    is_this_week: bool


async def weeks(look: Look) -> Page:
    first = monday_of(look.today)
    found = await entries(
        look.session,
        plans=look.plans,
        due_from=first,
        due_until=first + WEEKS * _WEEK - timedelta(days=1),
    )
    owed = [one for one in look.narrowed.of(found) if counts(one) and one.state is not State.WAIVED]
    mondays = [first + number * _WEEK for number in range(WEEKS)]
    return Page(
        template="weeks.html",
        title="Các tuần tới",
        shows={
            "filters": await choosing(look),
            "weeks": [_week(monday, owed, look.today) for monday in mondays],
        },
    )


def _week(monday: date, owed: Sequence[Entry], today: date) -> Week:
    of_week = [one for one in owed if one.due is not None and monday_of(one.due) == monday]
    groups: dict[tuple[date | None, str, str, str], list[Entry]] = {}
    for one in of_week:
        groups.setdefault((one.due, one.plan_key, one.code, one.slot), []).append(one)
    return Week(
        monday=monday,
        sunday=monday + _WEEK - timedelta(days=1),
        outputs=[_output(group, today) for group in groups.values()],
        clashes=[clash_words(one) for one in clashes([_owed(one) for one in of_week], {monday})],
        is_this_week=monday == monday_of(today),
    )


def _output(group: Sequence[Entry], today: date) -> DueOutput:
    first = group[0]
    still_open = [one for one in group if one.is_open]
    return DueOutput(
        entry=first,
        what=what_words(first),
        due=named_day(first.due, first.plan_year) if first.due else "",
        owed=len(group),
        handed_in=len(group) - len(still_open),
        open_agencies=sorted((one.agency, one.agency_name) for one in still_open),
        late=any(one.is_late(today) for one in still_open),
    )


def _owed(entry: Entry) -> Owed:
    return Owed(
        agency=entry.agency_name,
        kind=entry.kind,
        period=entry.period,
        due=entry.due,
        late_after=entry.late_after,
        state=entry.state,
        done_on=entry.completed_on,
        document_date=entry.document_date,
    )
