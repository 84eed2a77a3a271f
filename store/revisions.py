"""How often an assignment has changed in what a calendar shows of it. SEQUENCE of RFC 5545 (3.8.7.4) rests on it: whoever
keeps a copy takes the one with the higher number."""

from dataclasses import dataclass
from datetime import date, datetime

from store.states import State
from store.tables import AssignmentRow


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a calendar shows of an assignment, words aside."""

    due: date | None
    cutoff: date | None
    state: State
    retired: bool


def shown(row: AssignmentRow) -> Shown:
    """As the row stands at this moment."""
    return Shown(due=row.due, cutoff=row.cutoff, state=row.state, retired=row.retired)


def count_revision(row: AssignmentRow, before: Shown, now: datetime) -> None:
    """Count the change, if it is one that a calendar shows. A due day that moved or went is kept as `former_due`."""
    if shown(row) == before:
        return
    row.revision, row.revised_at = row.revision + 1, now
    if before.due is not None and row.due != before.due:
        row.former_due = before.due
