"""Restores: what a backup does not know, and what follows from that.

A backup that is put back in force knows nothing of what was sent since it was taken. So whatever may have been sent is
said again and marked as a repeat.
"""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.sign_ins import end_all
from store.states import OutboxState
from store.tables import ChatRow, OutboxRow, PlanChangeRow, PlanRow, ProposalRow, RestoreRow, ScanRow

_PROPOSALS_APART = 1_000_000


class Restore(NamedTuple):
    """Which restore the database in force comes from; two restores of one backup differ in `at` (wall time)."""

    id: int
    at: datetime


async def record_restore(session: AsyncSession, *, at: datetime, day: date) -> int:
    """Write into a backup of SQLite that it is put back in force, and mark what waits in it as perhaps sent already;
    returns how many messages those are. `at` is wall time, `day` the business day in Vietnam."""
    session.add(RestoreRow(at=at, day=day))
    marked = await session.execute(
        update(OutboxRow)
        .where(OutboxRow.state.in_([OutboxState.QUEUED, OutboxState.CLAIMED]))
        .values(state=OutboxState.QUEUED, repeat=True, lease_token=None, lease_until=None)
        .returning(OutboxRow.id)
    )
    messages = len(marked.all())
    await _leave_buttons_behind(session, at)
    await _leave_plan_questions_behind(session, at)
    # Who has signed out since, or used a link, must not be in again.
    await end_all(session, wall=at)
    return messages


async def _leave_buttons_behind(session: AsyncSession, at: datetime) -> None:
    """Buttons that were sent since the backup name proposals that it does not know. New proposals must not get those
    numbers, or an old button would confirm something else."""
    chat_id = await session.scalar(select(func.min(ChatRow.id)))
    if chat_id is None:
        return
    last = await session.scalar(select(func.max(ProposalRow.id))) or 0
    session.add(
        ProposalRow(id=last + _PROPOSALS_APART, chat_id=chat_id, created_at=at, expires_at=at, settled_at=at)
    )
    await session.flush()


async def _leave_plan_questions_behind(session: AsyncSession, at: datetime) -> None:
    """The same for the buttons under the question whether a plan's file is to be taken over."""
    plan_key = await session.scalar(select(func.min(PlanRow.key)))
    if plan_key is None:
        return
    last = await session.scalar(select(func.max(PlanChangeRow.id))) or 0
    session.add(
        PlanChangeRow(
            id=last + _PROPOSALS_APART,
            plan_key=plan_key,
            digest=f"restore:{at.isoformat()}",
            difference={},
            proposed_at=at,
            decided_at=at,
        )
    )
    await session.flush()


async def last_restore(session: AsyncSession) -> Restore | None:
    """The latest restore; None when there was none. It changes whenever a backup is put in force."""
    found = await session.execute(
        select(RestoreRow.id, RestoreRow.at).order_by(RestoreRow.id.desc()).limit(1)
    )
    row = found.first()
    return None if row is None else Restore(*row)


async def restored_on(session: AsyncSession, day: date) -> bool:
    """Whether morning messages queued on `day`, a business day in Vietnam, may repeat what was sent before a restore:
    it is the day of a restore, or the first day that is scanned since."""
    scanned_since = exists().where(ScanRow.day < day, ScanRow.at > RestoreRow.at)
    query = select(RestoreRow.id).where((RestoreRow.day == day) | ((RestoreRow.day < day) & ~scanned_since))
    return await session.scalar(query.limit(1)) is not None
