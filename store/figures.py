"""The official overview: how many assignments are completed or not, in term or past it."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from plan.assignments import DutyKind
from store.agenda import Entry
from store.states import State

Key = TypeVar("Key", bound=Hashable)


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


def column_of(entry: Entry, today: date) -> Column:
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
        """The part of the plan that is reached, rounded half up; None when nothing has a due day."""
        return (200 * self.done + self.dated) // (2 * self.dated) if self.dated else None


def figures(entries: Iterable[Entry], today: date) -> Figures:
    """The overview of those that overviews count."""
    found = [entry for entry in entries if counts(entry)]
    numbers = dict.fromkeys(Column, 0)
    for entry in found:
        numbers[column_of(entry, today)] += 1
    submitted = sum(entry.state is State.SUBMITTED for entry in found)
    return Figures(**{column.value: number for column, number in numbers.items()}, submitted=submitted)


def grouped(entries: Iterable[Entry], key: Callable[[Entry], Key]) -> dict[Key, list[Entry]]:
    """Those that overviews count by area, agency or plan, in the order in which the groups first appear."""
    groups: dict[Key, list[Entry]] = {}
    for entry in entries:
        if counts(entry):
            groups.setdefault(key(entry), []).append(entry)
    return groups
