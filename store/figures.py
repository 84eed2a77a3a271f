"""The official overview: how many assignments are completed or not, in term or past it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from store import terms
from store.agenda import Entry
from store.columns import is_word
from store.states import State
from store.tables import AssignmentRow, ItemRow, PlanRow, table_of

Key = TypeVar("Key", bound=Hashable)
_COMPLETED = (State.DONE, State.SUBMITTED)


class Column(StrEnum):
    """Where an assignment is counted; each in one column."""

    DONE_IN_TERM = "done_in_term"
    DONE_LATE = "done_late"
    OPEN_IN_TERM = "open_in_term"
    OPEN_LATE = "open_late"
    UNDATED = "undated"
    UNDATED_DONE = "undated_done"
    WAIVED = "waived"


def counts(entry: Entry) -> bool:
    """Whether overviews count it: a supporting agency's part is the lead's affair."""
    return entry.kind is not DutyKind.SUPPORT


class Standing(Protocol):
    """What decides in which column an assignment is."""

    @property
    def state(self) -> State: ...
    @property
    def due(self) -> date | None: ...
    @property
    def was_late(self) -> bool: ...
    def is_late(self, today: date) -> bool: ...


def column_of(entry: Standing, today: date) -> Column:
    """What waits for approval is not complete; it is late if its document was, however long the approval takes."""
    match entry.state:
        case State.WAIVED:
            return Column.WAIVED
        case State.DONE if entry.due is None:
            return Column.UNDATED_DONE
        case State.DONE:
            return Column.DONE_LATE if entry.was_late else Column.DONE_IN_TERM
        case State.OPEN | State.SUBMITTED if entry.due is None:
            return Column.UNDATED
        case State.OPEN:
            late = entry.is_late(today)
        case State.SUBMITTED:
            late = entry.was_late
    return Column.OPEN_LATE if late else Column.OPEN_IN_TERM


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many assignments of an agency stand alike."""

    agency: str
    state: State
    due: date | None
    late_after: date | None
    completed_on: date | None
    count: int

    @property
    def was_late(self) -> bool:
        return terms.was_late(self.completed_on, self.late_after)

    def is_late(self, today: date) -> bool:
        return terms.is_late(self.late_after, today)


async def tallies(session: AsyncSession, offices: Collection[str] | None) -> list[Tally]:
    """What overviews count of the active plans of these standing offices, of all active plans without. The database counts:
    how often is asked for it grows with the changes, and what is stored with the years."""
    row = table_of(AssignmentRow).c
    completed = or_(*(is_word(row.state, state) for state in _COMPLETED))
    reported = case((completed & row.document_date.is_(None), row.done_at))
    alike = (row.agency, row.state, row.due, row.late_after, row.document_date, reported.label("reported"))
    query = (
        select(*alike, func.count().label("many"))
        .join_from(AssignmentRow, ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .where(row.retired.is_(False), PlanRow.retired.is_(False), ~is_word(row.kind, DutyKind.SUPPORT))
        .group_by(*alike[:-1], reported)
    )
    if offices is not None:
        query = query.where(PlanRow.standing_office.in_(list(offices)))
    return [
        Tally(
            agency=agency,
            state=state,
            due=due,
            late_after=late_after,
            completed_on=terms.completed_on(document_date, reported_at) if state in _COMPLETED else None,
            count=many,
        )
        for agency, state, due, late_after, document_date, reported_at, many in await session.execute(query)
    ]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How many assignments stand where. The columns add up to `total`; `submitted` wait for approval and are among those
    that are not complete."""

    done_in_term: int = 0
    done_late: int = 0
    open_in_term: int = 0
    open_late: int = 0
    undated: int = 0
    undated_done: int = 0
    waived: int = 0
    submitted: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Of both together."""
        return Figures(**{name: getattr(self, name) + getattr(other, name) for name in _COUNTED})

    @property
    def done(self) -> int:
        """Those with a due day that are complete."""
        return self.done_in_term + self.done_late

    @property
    def not_done(self) -> int:
        """Those with a due day that are not complete."""
        return self.open_in_term + self.open_late

    @property
    def dated(self) -> int:
        """Those with a due day, without the waived: what the percentage is of."""
        return self.done + self.not_done

    @property
    def total(self) -> int:
        return self.dated + self.undated + self.undated_done + self.waived

    @property
    def percent(self) -> int | None:
        """The part of the plan that is reached, rounded half up, but 100 only when nothing is missing; None when nothing has
        a due day."""
        if not self.dated:
            return None
        return min((200 * self.done + self.dated) // (2 * self.dated), 100 if not self.not_done else 99)


_COUNTED = tuple(field.name for field in fields(Figures))


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where an agency's assignments in one area of a plan stand (periodic reports have no area); `soon` of those that are
    open and in term are due soon."""

    plan_key: str
    area: int | None
    agency: str
    figures: Figures
    soon: int


async def placed_figures(
    session: AsyncSession, plans: Collection[str], *, today: date, soon_until: date
) -> list[Placed]:
    """The overview of these plans (keys) by agency and area; what is due on or before `soon_until` is due soon. One pass
    over what is stored, with nothing made for each assignment: a big plan has many thousands."""
    assignment, item, plan_of = (table_of(row) for row in (AssignmentRow, ItemRow, PlanRow))
    row = assignment.c
    query = (
        select(
            item.c.plan_key,
            item.c.area,
            row.agency,
            row.state,
            row.due,
            row.late_after,
            row.document_date,
            row.done_at,
        )
        .join_from(assignment, item, row.item_id == item.c.id)
        .join(plan_of, item.c.plan_key == plan_of.c.key)
        .where(
            item.c.plan_key.in_(list(plans)),
            row.retired.is_(False),
            plan_of.c.retired.is_(False),
            ~is_word(row.kind, DutyKind.SUPPORT),
        )
    )
    numbers: dict[tuple[str, int | None, str], Counter[str]] = defaultdict(Counter)
    for found in (await session.execute(query)).all():
        of_place = numbers[found[:3]]
        one = _Stands._make(found[3:])
        column = column_of(one, today)
        # A column is its word.
        of_place[column] += 1
        if one.state is State.SUBMITTED:
            of_place["submitted"] += 1
        elif column is Column.OPEN_IN_TERM and one.due is not None and one.due <= soon_until:
            of_place["soon"] += 1
    return [
        Placed(
            plan_key=plan, area=area, agency=agency, soon=counted.pop("soon", 0), figures=Figures(**counted)
        )
        for (plan, area, agency), counted in numbers.items()
    ]


class _Stands(NamedTuple):
    """What decides in which column a stored assignment is."""

    state: State
    due: date | None
    late_after: date | None
    document_date: date | None
    done_at: datetime | None

    @property
    def was_late(self) -> bool:
        return terms.was_late(terms.completed_on(self.document_date, self.done_at), self.late_after)

    def is_late(self, today: date) -> bool:
        return terms.is_late(self.late_after, today)


def figures(entries: Iterable[Entry], today: date) -> Figures:
    """The overview of those that overviews count."""
    return _figures(((entry, 1) for entry in entries if counts(entry)), today)


def figures_of_tallies(tallies: Iterable[Tally], today: date) -> Figures:
    """The same of tallies."""
    return _figures(((tally, tally.count) for tally in tallies), today)


def _figures(counted: Iterable[tuple[Standing, int]], today: date) -> Figures:
    numbers: Counter[Column] = Counter()
    submitted = 0
    for one, count in counted:
        numbers[column_of(one, today)] += count
        submitted += count if one.state is State.SUBMITTED else 0
    return Figures(**{column.value: numbers[column] for column in Column}, submitted=submitted)


def grouped(entries: Iterable[Entry], key: Callable[[Entry], Key]) -> dict[Key, list[Entry]]:
    """Those that overviews count by area, agency or plan, in the order in which the groups first appear."""
    groups: dict[Key, list[Entry]] = {}
    for entry in entries:
        if counts(entry):
            groups.setdefault(key(entry), []).append(entry)
    return groups
