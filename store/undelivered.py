"""Morning messages that failed, for the standing office's list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plan.milestones import ESCALATED
from store.columns import is_word
from store.states import NoticeState, OutboxKind, OutboxState
from store.tables import AgencyRow, AssignmentRow, ItemRow, NoticeRow, OutboxRow, PlanRow, table_of

_OUTBOX = table_of(OutboxRow)


@dataclass(frozen=True, kw_only=True)
class FailedMorning:
    """A morning message that its chat did not get: whose assignments, and how many, it would have told. What was told
    later in another message does not count. `is_escalation`: it was for those who oversee the plan, not for the agencies."""

    outbox_id: int
    standing_office: str
    agencies: tuple[str, ...]
    assignments: int
    error: str
    is_escalation: bool = False


async def unlisted(session: AsyncSession, *, before: date) -> list[FailedMorning]:
    """Failed messages of mornings before that day that no standing office was told of, oldest first."""
    unlisted_ones = select(_OUTBOX.c.id).where(
        is_word(_OUTBOX.c.state, OutboxState.FAILED),
        is_word(_OUTBOX.c.kind, OutboxKind.NOTICE),
        _OUTBOX.c.listed_on.is_(None),
        _OUTBOX.c.morning < before,
    )
    rows = await session.execute(
        select(
            OutboxRow.id,
            PlanRow.standing_office,
            AgencyRow.name,
            NoticeRow.assignment_id,
            OutboxRow.error,
            NoticeRow.milestone.startswith(ESCALATED),
        )
        .join(NoticeRow, NoticeRow.outbox_id == OutboxRow.id)
        .join(AssignmentRow, NoticeRow.assignment_id == AssignmentRow.id)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .join(AgencyRow, AssignmentRow.agency == AgencyRow.code)
        .where(NoticeRow.outbox_id.in_(unlisted_ones), NoticeRow.state == NoticeState.FAILED)
        .order_by(OutboxRow.id, AgencyRow.code)
    )
    agencies: dict[tuple[int, str, bool, str], dict[str, None]] = defaultdict(dict)
    assignments: dict[tuple[int, str, bool, str], set[int]] = defaultdict(set)
    for number, office, agency, assignment, error, is_escalation in rows:
        key = (number, office, bool(is_escalation), error or "")
        agencies[key][agency] = None
        assignments[key].add(assignment)
    return [
        FailedMorning(
            outbox_id=number,
            standing_office=office,
            agencies=tuple(names),
            assignments=len(assignments[number, office, is_escalation, error]),
            error=error,
            is_escalation=is_escalation,
        )
        for (number, office, is_escalation, error), names in agencies.items()
    ]


async def mark_listed(session: AsyncSession, outbox_ids: Iterable[int], day: date) -> None:
    """Note that the standing office was told of those messages."""
    await session.execute(update(OutboxRow).where(OutboxRow.id.in_(list(outbox_ids))).values(listed_on=day))
