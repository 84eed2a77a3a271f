"""Edits of a plan's file that wait for the standing office, and what it decided.

One row stands for one state of the file (its fingerprint). It waits, is accepted or refused, becomes void when the file is
edited further, and is done with once it was taken over; the same state of the file may come again and is then asked anew.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.difference import Difference, to_json
from store.once import add_once
from store.tables import PlanChangeRow


class Decision(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    VOID = "void"
    TAKEN_OVER = "taken over"


def decision_of(row: PlanChangeRow) -> Decision:
    """Where an edit stands."""
    if row.told_at is not None:
        return Decision.TAKEN_OVER
    if row.accepted is None:
        return Decision.WAITING if row.decided_at is None else Decision.VOID
    return Decision.ACCEPTED if row.accepted else Decision.REFUSED


async def keep_change(
    session: AsyncSession, *, plan_key: str, digest: str, difference: Difference, now: datetime
) -> PlanChangeRow:
    """The row of this state of the file, locked: a new one that waits, or the one that was kept before."""
    kept = to_json(difference)
    new = {"plan_key": plan_key, "digest": digest, "difference": kept, "proposed_at": now}
    await add_once(session, PlanChangeRow, [new], unique=["plan_key", "digest"])
    found = await session.scalars(
        select(PlanChangeRow)
        .where(PlanChangeRow.plan_key == plan_key, PlanChangeRow.digest == digest)
        .with_for_update()
    )
    row = found.one()
    if decision_of(row) in (Decision.VOID, Decision.TAKEN_OVER):
        row.difference, row.proposed_at = kept, now
        row.accepted = row.decided_at = row.told_at = None
        await session.flush()
    return row


async def void_others(session: AsyncSession, *, plan_key: str, digest: str, now: datetime) -> None:
    """The file is in this state now: what was asked or decided about other ones does not count any more."""
    await session.execute(
        update(PlanChangeRow)
        .where(
            PlanChangeRow.plan_key == plan_key,
            PlanChangeRow.digest != digest,
            PlanChangeRow.told_at.is_(None),
            or_(PlanChangeRow.accepted.is_not(None), PlanChangeRow.decided_at.is_(None)),
        )
        .values(accepted=None, decided_at=now)
    )


async def locked_change(session: AsyncSession, number: int) -> PlanChangeRow | None:
    """An edit by its id, locked: of two who decide at once the second sees what the first decided."""
    found: PlanChangeRow | None = await session.scalar(
        select(PlanChangeRow).where(PlanChangeRow.id == number).with_for_update()
    )
    return found


async def is_accepted(session: AsyncSession, *, plan_key: str, digest: str) -> bool:
    """Whether the standing office has said yes to this state of the file."""
    accepted: bool | None = await session.scalar(
        select(PlanChangeRow.accepted).where(
            PlanChangeRow.plan_key == plan_key, PlanChangeRow.digest == digest
        )
    )
    return accepted is True


async def waiting_changes(session: AsyncSession, plans: Collection[str]) -> list[PlanChangeRow]:
    """The edits of these plans (keys) that wait for a decision, the oldest first."""
    found = await session.scalars(
        select(PlanChangeRow)
        .where(
            PlanChangeRow.plan_key.in_(list(plans)),
            PlanChangeRow.accepted.is_(None),
            PlanChangeRow.decided_at.is_(None),
            PlanChangeRow.told_at.is_(None),
        )
        .order_by(PlanChangeRow.id)
    )
    return list(found)
