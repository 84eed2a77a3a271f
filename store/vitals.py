"""Signs that something should have happened and did not, and the troubles that were found by them. Wall time."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, bindparam, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.once import insert_once
from store.quota import is_held_back, month_of
from store.riders import has_had_its_message, rides
from store.states import InboxState, OutboxKind, OutboxState
from store.tables import ChatRow, InboxRow, OutboxRow, TroubleRow


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """How much waits, and since when the oldest of it; `oldest` is its id."""

    count: int
    since: datetime
    oldest: int


async def unsent(
    session: AsyncSession, *, kind: OutboxKind, before: datetime, morning: date | None, now: datetime
) -> Backlog | None:
    """Messages of a kind that were queued before that moment, may leave now, and are not out; None when there are none.
    `morning` is the business day whose notices may leave now, `now` is business time."""
    asked = {"before": before, "morning": morning, "month": month_of(now)}
    count, since, oldest = (await session.execute(_UNSENT[kind], asked)).one()
    return _backlog(count, since, oldest)


def _unsent(kind: OutboxKind) -> Select[int, datetime, int]:
    query = (
        select(func.count(), func.min(OutboxRow.created_at), func.min(OutboxRow.id))
        .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
        .where(
            OutboxRow.state.in_([OutboxState.QUEUED, OutboxState.CLAIMED]),
            OutboxRow.kind == kind,
            OutboxRow.created_at < bindparam("before"),
            or_(ChatRow.suspended.is_(None), OutboxRow.kind == OutboxKind.REPLY),
            ~rides(),
            ~has_had_its_message(),
            ~is_held_back(),
        )
    )
    return query.where(OutboxRow.morning == bindparam("morning")) if kind is OutboxKind.NOTICE else query


_UNSENT = {kind: _unsent(kind) for kind in OutboxKind}


async def unhandled(session: AsyncSession) -> Backlog | None:
    """Updates that wait; `since` is business time. None when there are none."""
    count, since, oldest = (
        await session.execute(
            select(func.count(), func.min(InboxRow.received_at), func.min(InboxRow.id)).where(
                InboxRow.state == InboxState.NEW
            )
        )
    ).one()
    return _backlog(count, since, oldest)


async def overdue_leases(session: AsyncSession, *, before: datetime) -> Backlog | None:
    """Claimed rows whose lease ended before that moment and which nobody took back."""
    count, since, oldest = (
        await session.execute(
            select(func.count(), func.min(OutboxRow.lease_until), func.min(OutboxRow.id)).where(
                OutboxRow.state == OutboxState.CLAIMED, OutboxRow.lease_until < before
            )
        )
    ).one()
    return _backlog(count, since, oldest)


def _backlog(count: int, since: datetime | None, oldest: int | None) -> Backlog | None:
    return (
        Backlog(count=count, since=since, oldest=oldest) if since is not None and oldest is not None else None
    )


async def raise_trouble(session: AsyncSession, *, name: str, detail: str, since: datetime) -> bool:
    """Put a trouble on record; True for who is the first to do so."""
    added = await session.execute(
        insert_once(session, TroubleRow, unique=["name"])
        .values(name=name, detail=detail, since=since)
        .returning(TroubleRow.name)
    )
    return added.first() is not None


async def clear_trouble(session: AsyncSession, name: str) -> datetime | None:
    """Take a trouble off the record; since when it had been, for who is the first to do so."""
    gone = await session.execute(
        delete(TroubleRow)
        .where(TroubleRow.name == name)
        .returning(TroubleRow.since)
        .execution_options(synchronize_session=False)
    )
    row = gone.first()
    return row.since if row is not None else None


async def troubles_on_record(session: AsyncSession) -> frozenset[str]:
    """The names of the troubles that are not over."""
    return frozenset(await session.scalars(select(TroubleRow.name)))
