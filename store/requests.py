"""What a standing office has to decide: later due days, dones that need its approval, new bindings.

Whoever changes a request about an assignment locks the assignment first, then the request, so that two who act at once
wait for each other and the second sees what the first has decided.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.changes import Actor
from store.columns import is_word
from store.database import in_chunks
from store.states import RequestKind, RequestState
from store.tables import AssignmentRow, RequestRow, table_of

_DECIDED_BY = "decided_by"


async def ask(
    session: AsyncSession,
    *,
    kind: RequestKind,
    office: str,
    actor: Actor,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    assignment_id: int | None = None,
) -> RequestRow:
    """Put something before a standing office (its agency's code). `details` is plain JSON."""
    row = RequestRow(
        kind=kind,
        state=RequestState.WAITING,
        office=office,
        assignment_id=assignment_id,
        chat_id=actor.chat_id,
        person=actor.person,
        person_name=actor.name,
        details=dict(details or {}),
        asked_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def waiting_for(session: AsyncSession, offices: Iterable[str]) -> list[RequestRow]:
    """What waits for a decision of these standing offices, the oldest first."""
    found = await session.scalars(
        select(RequestRow)
        .where(
            RequestRow.office.in_(list(offices)), is_word(table_of(RequestRow).c.state, RequestState.WAITING)
        )
        .order_by(RequestRow.id)
    )
    return list(found)


async def request_of(session: AsyncSession, request_id: int, offices: Collection[str]) -> RequestRow | None:
    """One request in any state, locked together with its assignment; None when it is not before these offices."""
    known = (
        await session.execute(
            select(RequestRow.assignment_id).where(
                RequestRow.id == request_id, RequestRow.office.in_(list(offices))
            )
        )
    ).one_or_none()
    if known is None:
        return None
    if known.assignment_id is not None:
        await session.get_one(
            AssignmentRow, known.assignment_id, with_for_update=True, populate_existing=True
        )
    return await session.get_one(RequestRow, request_id, with_for_update=True, populate_existing=True)


async def waiting_about(
    session: AsyncSession, kind: RequestKind, assignments: Iterable[int]
) -> list[RequestRow]:
    """What waits about these assignments, locked; who means to change it has locked the assignments before."""
    found: list[RequestRow] = []
    for ids in in_chunks(sorted(assignments)):
        found += await session.scalars(
            select(RequestRow)
            .where(
                RequestRow.kind == kind,
                RequestRow.assignment_id.in_(ids),
                RequestRow.state == RequestState.WAITING,
            )
            .order_by(RequestRow.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    return found


async def settle(
    session: AsyncSession,
    row: RequestRow,
    state: RequestState,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Close a locked request that waits; what has been decided is never decided again (ValueError)."""
    if row.state is not RequestState.WAITING:
        raise ValueError(f"request {row.id} is {row.state} already")
    row.state, row.decided_at, row.reason = state, now, reason
    row.details = {**row.details, _DECIDED_BY: actor.name}
    await session.flush()


def decided_by(row: RequestRow) -> str:
    """The name, on the channel, of who closed it; empty while it waits."""
    return str(row.details.get(_DECIDED_BY, ""))
