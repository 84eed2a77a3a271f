"""What a lead asks of supporting agencies: assignments of the lead's item, due by the day that the lead named.

They are assignments like all others, so that reminders, answers and the audit know them; only the plan's file does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plan.assignments import DutyKind
from plan.milestones import DueDates
from store.agenda import Entry, entries
from store.changes import Actor, due_values, open_row, snapshot, write
from store.plan_record import ASK_CLOSED, Touched, record
from store.revisions import count_revision, shown
from store.states import State
from store.statuses import want_statuses
from store.tables import AgencyRow, AssignmentRow, ItemRow
from store.timetable import Timetable
from store.turns import take_turn


@dataclass(frozen=True, kw_only=True)
class Closed:
    """An ask that is not needed any more: whom it had asked, for what, and the name of the lead."""

    id: int
    agency: str
    lead_name: str
    code: str
    title: str
    what: str


async def ask(
    session: AsyncSession,
    *,
    parent_id: int,
    agency: str,
    due: date,
    what: str,
    timetable: Timetable,
    actor: Actor,
    now: datetime,
    today: date,
    proposal_id: int | None = None,
) -> int | None:
    """Ask an agency to support the lead's assignment `parent_id`; returns the new assignment's id, or None when the lead's
    own is not open any more. The agency is told of it at once, so reminders begin with the first milestone after `today`."""
    parent = await open_row(session, parent_id)
    if parent is None:
        return None
    # Several leads of one item may ask the same agency at the same moment: each ask has a slot of its own.
    await take_turn(session, f"nhacviec:ask:{parent.item_id}")
    earlier = await session.scalar(
        select(func.count())
        .select_from(AssignmentRow)
        .where(
            AssignmentRow.item_id == parent.item_id,
            AssignmentRow.agency == agency,
            AssignmentRow.kind == DutyKind.SUPPORT,
        )
    )
    row = AssignmentRow(
        item_id=parent.item_id,
        agency=agency,
        slot=f"ask-{(earlier or 0) + 1}",
        period=what,
        kind=DutyKind.SUPPORT,
        state=State.OPEN,
        extensions=0,
        revision=0,
        asked_by=parent.agency,
        parent_id=parent.id,
        # Taken back, it is as if it had never been.
        retired=True,
        **due_values(due, timetable),
    )
    session.add(row)
    await session.flush()
    await write(session, row, "ask", {"retired": False}, actor=actor, now=now, proposal_id=proposal_id)
    row.next_milestone_on = timetable.next_look(DueDates.of(due, timetable.calendar), today)
    await session.flush()
    return row.id


async def asks_of(session: AsyncSession, parents: Iterable[int]) -> list[Entry]:
    """What was asked for these assignments (ids), answered or not, by due day."""
    found = await session.scalars(
        select(AssignmentRow.id).where(
            AssignmentRow.parent_id.in_(list(parents)), AssignmentRow.retired.is_(False)
        )
    )
    ids = list(found)
    return await entries(session, ids=ids) if ids else []


async def any_needless(session: AsyncSession) -> bool:
    """Whether `close_needless` would find anything."""
    return await session.scalar(_ANY_NEEDLESS) is not None


async def close_needless(session: AsyncSession, *, now: datetime) -> list[Closed]:
    """Retire the open asks whose lead has finished, waived or lost its own assignment."""
    found = await session.execute(
        _NEEDLESS.add_columns(ItemRow.code, ItemRow.title, AgencyRow.name)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(AgencyRow, AssignmentRow.asked_by == AgencyRow.code)
        .order_by(AssignmentRow.id)
        .with_for_update(of=AssignmentRow)
    )
    closed: list[Closed] = []
    touched: list[Touched] = []
    for row, code, title, lead_name in found:
        touched.append((row, snapshot(row)))
        was_shown = shown(row)
        row.retired, row.next_milestone_on = True, None
        count_revision(row, was_shown, now)
        closed.append(
            Closed(id=row.id, agency=row.agency, lead_name=lead_name, code=code, title=title, what=row.period)
        )
    await record(session, touched, now=now, action=ASK_CLOSED)
    if closed:
        await want_statuses(session, {one.agency for one in closed})
    return closed


def _needless() -> Select[AssignmentRow]:
    parent = aliased(AssignmentRow)
    return (
        select(AssignmentRow)
        .join(parent, AssignmentRow.parent_id == parent.id)
        .where(
            AssignmentRow.parent_id.is_not(None),
            AssignmentRow.state == State.OPEN,
            AssignmentRow.retired.is_(False),
            or_(parent.retired, parent.state.in_([State.DONE, State.WAIVED])),
        )
    )


_NEEDLESS = _needless()
_ANY_NEEDLESS = _NEEDLESS.with_only_columns(AssignmentRow.id).limit(1)
