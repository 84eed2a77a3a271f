"""Changes of assignments by people, always written to the audit table with the state before and after."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.milestones import DueDates
from store.revisions import count_revision, shown
from store.states import State
from store.statuses import want_statuses
from store.tables import AssignmentRow, AuditRow
from store.timetable import Timetable

UNDO_WINDOW = timedelta(days=7)
UNDOABLE = frozenset({"done", "waive", "progress", "snooze", "setdue", "ask"})
_FIELDS = (
    "state",
    "done_at",
    "document",
    "document_date",
    "note",
    "progress",
    "progress_note",
    "snoozed_until",
    "plan_due",
    "set_due",
    "extensions",
    "due",
    "remind_by",
    "late_after",
    "cutoff",
    "retired",
)
# What changes neither whether nor when an assignment is spoken of.
_TOLD_ANYWAY = frozenset({"progress", "progress_note"})
_DAYS = frozenset(
    {"document_date", "snoozed_until", "plan_due", "set_due", "due", "remind_by", "late_after", "cutoff"}
)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: the person's id on the channel, the name shown there at that moment, and the chat."""

    person: str
    name: str
    chat_id: int


async def open_row(session: AsyncSession, assignment_id: int) -> AssignmentRow | None:
    """The assignment, locked; None when it is not open any more."""
    row = await session.get_one(AssignmentRow, assignment_id, with_for_update=True)
    return row if row.state is State.OPEN and not row.retired else None


async def mark_done(
    session: AsyncSession,
    *,
    assignment_id: int,
    document: str | None,
    note: str | None,
    actor: Actor,
    now: datetime,
    document_date: date | None = None,
    proposal_id: int | None = None,
    submitted: bool = False,
) -> int | None:
    """Close an open assignment; returns the audit entry's id, or None when it was not open any more. `proposal_id` is the
    proposal that a person confirmed; `submitted`: it waits for the standing office's approval."""
    row = await open_row(session, assignment_id)
    if row is None:
        return None
    values = {
        "state": State.SUBMITTED if submitted else State.DONE,
        "done_at": now,
        "document": document,
        "document_date": document_date,
        "note": note,
    }
    return await write(session, row, "done", values, actor=actor, now=now, proposal_id=proposal_id)


async def write(
    session: AsyncSession,
    row: AssignmentRow,
    action: str,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    proposal_id: int | None = None,
    subject: str = "",
) -> int:
    """Change those fields of a locked assignment and write it down; returns the audit entry's id. What is no longer open is
    no longer looked at by the scan."""
    before, was_shown = snapshot(row), shown(row)
    for name, value in values.items():
        setattr(row, name, value)
    count_revision(row, was_shown, now)
    if row.state is not State.OPEN:
        row.next_milestone_on = None
    await want_statuses(session, [row.agency])
    return await audit_event(
        session,
        action,
        actor=actor,
        now=now,
        subject=subject,
        assignment_id=row.id,
        proposal_id=proposal_id,
        before=before,
        after=snapshot(row),
    )


def due_values(due: date, timetable: Timetable) -> dict[str, Any]:
    """The fields of an assignment that people set to that day. A snooze was of the day before."""
    dates = DueDates.of(due, timetable.calendar)
    return {
        "set_due": due,
        "due": due,
        "remind_by": dates.remind_by,
        "late_after": dates.late_after,
        "snoozed_until": None,
    }


def look_anew(row: AssignmentRow, timetable: Timetable, today: date) -> None:
    """Its agency has just been told of its day: reminders go on with the first milestone after today. One of before, which
    was none while the day was another one, would come as a second message and call itself late."""
    dates = DueDates.if_dated(row.due, row.remind_by, row.late_after, row.cutoff)
    is_open = row.state is State.OPEN and not row.retired
    row.next_milestone_on = timetable.next_look(dates, today) if dates and is_open else None


async def undo(
    session: AsyncSession, *, audit_id: int, chat_id: int, actor: Actor, now: datetime, today: date
) -> AssignmentRow | None:
    """Take back a change of that chat, once and within a week; None when it cannot be taken back any more: what somebody has
    changed since stays.

    The assignment is looked at again from `today` on, or from where it is snoozed to; what its chats have heard already is
    not said again.
    """
    entry = await session.scalar(
        select(AuditRow)
        .where(
            AuditRow.id == audit_id,
            AuditRow.chat_id == chat_id,
            AuditRow.action.in_(UNDOABLE),
            AuditRow.undone.is_(False),
            AuditRow.at > now - UNDO_WINDOW,
        )
        .with_for_update()
    )
    if entry is None or entry.assignment_id is None:
        return None
    row = await session.get_one(AssignmentRow, entry.assignment_id, with_for_update=True)
    if row.retired or not _stands(entry, row):
        return None
    if entry.action == "ask" and row.state is not State.OPEN:
        return None
    before, changed = entry.before or {}, _changed(entry)
    entry.undone = True
    await write(
        session,
        row,
        "undo",
        {name: _value(name, before.get(name)) for name in changed},
        actor=actor,
        now=now,
        subject=entry.action,
    )
    if not _TOLD_ANYWAY.issuperset(changed):
        awake = max(today, row.snoozed_until or today)
        is_looked_at = row.due and row.state is State.OPEN and not row.retired
        row.next_milestone_on = awake if is_looked_at else None
    await session.flush()
    return row


async def last_undoable(
    session: AsyncSession, *, chat_id: int, now: datetime, assignment_ids: Collection[int]
) -> list[AuditRow]:
    """The last change of that chat on one of these assignments that can still be taken back, with what the same yes changed
    beside it; empty when there is none. The latest comes first."""
    found = await session.scalars(
        select(AuditRow)
        .where(
            AuditRow.chat_id == chat_id,
            AuditRow.action.in_(UNDOABLE),
            AuditRow.undone.is_(False),
            AuditRow.at > now - UNDO_WINDOW,
        )
        .order_by(AuditRow.id.desc())
    )
    last: list[AuditRow] = []
    for entry in found:
        if entry.assignment_id not in assignment_ids:
            continue
        if last and (entry.proposal_id is None or entry.proposal_id != last[0].proposal_id):
            continue
        row = await session.get_one(AssignmentRow, entry.assignment_id)
        if not row.retired and _stands(entry, row):
            last.append(entry)
    return last


def _stands(entry: AuditRow, row: AssignmentRow) -> bool:
    """Whether nobody has changed since what that change wrote."""
    current, after = snapshot(row), entry.after or {}
    return all(current[name] == after.get(name) for name in _changed(entry))


def _changed(entry: AuditRow) -> list[str]:
    before, after = entry.before or {}, entry.after or {}
    return [name for name in _FIELDS if before.get(name) != after.get(name)]


async def audit_event(
    session: AsyncSession,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    subject: str = "",
    assignment_id: int | None = None,
    proposal_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> int:
    """Write down what was done, also what is no change of an assignment's fields, such as a new binding or a nudge; returns
    the entry's id."""
    entry = AuditRow(
        at=now,
        person=actor.person,
        person_name=actor.name,
        chat_id=actor.chat_id,
        action=action,
        assignment_id=assignment_id,
        proposal_id=proposal_id,
        subject=subject,
        before=before,
        after=after,
    )
    session.add(entry)
    await session.flush()
    return entry.id


def snapshot(row: AssignmentRow) -> dict[str, Any]:
    """The fields of an assignment that the audit keeps, as plain JSON."""
    return {name: _plain(getattr(row, name)) for name in _FIELDS}


def from_snapshot(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a snapshot has, as an assignment has them. One of an older version has fewer."""
    return {name: _value(name, kept[name]) for name in _FIELDS if name in kept}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, State) else value


def _value(name: str, kept: Any) -> Any:
    if kept is None:
        return None
    if name == "state":
        return State(kept)
    if name == "done_at":
        return datetime.fromisoformat(kept)
    return date.fromisoformat(kept) if name in _DAYS else kept
