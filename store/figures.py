"""The official overview: how many assignments are completed or not, in term or past it."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sqlalchemy import Row, Select, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

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


@dataclass(frozen=True, kw_only=True)
class PlacedTally(Tally):
    """The same within one plan and one of its areas; periodic reports have none."""

    plan_key: str
    area: int | None


async def tallies(session: AsyncSession, offices: Collection[str] | None) -> list[Tally]:
    """What overviews count of the active plans of these standing offices, of all active plans without. The database counts:
    how often is asked for it grows with the changes, and what is stored with the years."""
    query = _tallied()
    if offices is not None:
        query = query.where(PlanRow.standing_office.in_(list(offices)))
    return [Tally(**_alike(row)) for row in await session.execute(query)]


async def placed_tallies(session: AsyncSession, plans: Collection[str]) -> list[PlacedTally]:
    """The same of these plans (keys), by plan and area."""
    query = _tallied(ItemRow.plan_key, ItemRow.area).where(ItemRow.plan_key.in_(list(plans)))
    return [
        PlacedTally(**_alike(row), plan_key=row.plan_key, area=row.area)
        for row in await session.execute(query)
    ]


def _tallied(*by: InstrumentedAttribute[Any]) -> Select[Any]:
    row = table_of(AssignmentRow).c
    completed = or_(*(is_word(row.state, state) for state in _COMPLETED))
    reported = case((completed & row.document_date.is_(None), row.done_at))
    alike = (row.agency, row.state, row.due, row.late_after, row.document_date)
    return (
        select(*alike, reported.label("reported"), func.count().label("many"), *by)
        .join_from(AssignmentRow, ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .where(row.retired.is_(False), PlanRow.retired.is_(False), ~is_word(row.kind, DutyKind.SUPPORT))
        .group_by(*alike, reported, *by)
    )


def _alike(row: Row[Any]) -> dict[str, Any]:
    """The fields of a tally."""
    completed = terms.completed_on(row.document_date, row.reported) if row.state in _COMPLETED else None
    return {
        "agency": row.agency,
        "state": row.state,
        "due": row.due,
        "late_after": row.late_after,
        "completed_on": completed,
        "count": row.many,
    }


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
