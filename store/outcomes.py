"""What came of claimed rows, recorded many at a time.

Only who holds the claim can record: the row's token must still fit (store.claims). It fits until somebody else claims the
row, so an outcome that comes after the lease has ended is still worth recording, and saves a repeat. Instants are wall time,
save `now`, which is business time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import notices
from store.claims import Claim
from store.columns import is_word
from store.database import in_chunks
from store.riders import has_arrived
from store.states import NoticeState, OutboxState
from store.tables import OutboxRow, table_of

Riders = Mapping[int, dict[str, Any] | None]
_NOTICE_STATE = {
    OutboxState.SENT: NoticeState.SENT,
    OutboxState.FAILED: NoticeState.FAILED,
    OutboxState.DROPPED: NoticeState.DROPPED,
}


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The row is closed as SENT, FAILED or DROPPED. `said` are the notices (ids) that its text spoke of: they share its
    state; what it left out, for there was nothing to say any more, is dropped. `riders` are the messages (ids) that it took
    along, each with what is left to say of it; `doubtful` are those of which nobody knows whether they arrived."""

    claim: Claim
    state: OutboxState
    said: tuple[int, ...] = ()
    riders: Riders = field(default_factory=dict)
    doubtful: frozenset[int] = frozenset()
    external_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class PieceSent:
    """One piece of a longer message is out, with the notices in `said` and the `riders` in it; the row goes back in line for
    the rest. `rest` is what a message with a body has still to say."""

    claim: Claim
    said: tuple[int, ...]
    riders: Riders
    rest: dict[str, Any] | None
    external_id: str


@dataclass(frozen=True, kw_only=True)
class PutBack:
    """The row goes back in line for `ready_at`; `repeat` marks it as perhaps received, and with it the riders (ids) in
    `doubtful`."""

    claim: Claim
    ready_at: datetime
    error: str | None = None
    repeat: bool = False
    doubtful: frozenset[int] = frozenset()


Record = Settled | PieceSent | PutBack


async def record(
    session: AsyncSession, records: Sequence[Record], *, wall: datetime, now: datetime
) -> frozenset[int]:
    """Record what came of the claims; returns the ids of the rows whose token still fitted. Of the others nothing is
    changed."""
    fitting = await _fitting(session, [one.claim for one in records])
    ours = [one for one in records if one.claim.id in fitting]
    for kind, statement in _CHANGES.items():
        # One statement for all that change the same columns.
        changes = [_row_after(one, wall) for one in ours if isinstance(one, kind)]
        if changes:
            await session.execute(statement, changes)
    for state in _NOTICE_STATE:
        await _settle_notices(session, [one for one in ours if _state_of(one) is state], state, now)
    for one in ours:
        if not isinstance(one, PutBack) and one.riders and one.external_id is not None:
            for rider, left in one.riders.items():
                await has_arrived(session, rider, left, with_message=one.external_id, wall=wall, now=now)
    return frozenset(fitting)


_OUTBOX = table_of(OutboxRow)
_HELD = (
    select(_OUTBOX.c.id, _OUTBOX.c.lease_token)
    .where(
        _OUTBOX.c.id.in_(bindparam("ids", expanding=True)),
        or_(is_word(_OUTBOX.c.state, OutboxState.CLAIMED), is_word(_OUTBOX.c.state, OutboxState.QUEUED)),
    )
    .order_by(_OUTBOX.c.id)
    .with_for_update()
)


def _change(*names: str) -> Update:
    values = {name: bindparam(f"new_{name}", type_=_OUTBOX.c[name].type) for name in names}
    return (
        update(_OUTBOX)
        .where(_OUTBOX.c.id == bindparam("which"))
        .values(lease_token=None, lease_until=None, **values)
    )


_CHANGES: dict[type[Record], Update] = {
    Settled: _change("state", "error", "settled_at", "external_ids"),
    PieceSent: _change(
        "state",
        "body",
        "replaces",
        "acknowledges",
        "attempts",
        "repeat",
        "ready_at",
        "error",
        "external_ids",
    ),
    PutBack: _change("state", "ready_at", "error", "repeat"),
}


async def _fitting(session: AsyncSession, claims: Sequence[Claim]) -> set[int]:
    tokens = {claim.id: claim.token for claim in claims}
    found: set[int] = set()
    for ids in in_chunks(list(tokens)):
        rows = await session.execute(_HELD, {"ids": ids})
        found.update(number for number, token in rows if token == tokens[number])
    return found


def _row_after(one: Record, wall: datetime) -> dict[str, Any]:
    return {"which": one.claim.id} | {f"new_{name}": value for name, value in _after(one, wall).items()}


def _after(one: Record, wall: datetime) -> dict[str, Any]:
    match one:
        case Settled():
            sent = [one.external_id] if one.external_id is not None else []
            return {
                "state": one.state,
                "error": one.error,
                "settled_at": wall,
                "external_ids": [*one.claim.external_ids, *sent],
            }
        case PieceSent():
            return {
                "state": OutboxState.QUEUED,
                "body": one.rest,
                "replaces": None,
                "acknowledges": None,
                "attempts": 0,
                # The rest was never sent: the mark was for the piece that is out.
                "repeat": False,
                "ready_at": wall,
                "error": None,
                "external_ids": [*one.claim.external_ids, one.external_id],
            }
        case PutBack():
            return {
                "state": OutboxState.QUEUED,
                "ready_at": one.ready_at,
                "error": one.error,
                "repeat": one.repeat or one.claim.repeat,
            }


def _state_of(one: Record) -> OutboxState | None:
    match one:
        case Settled():
            return one.state
        case PieceSent():
            return OutboxState.SENT
        case PutBack():
            return None


async def _settle_notices(
    session: AsyncSession, records: Sequence[Record], state: OutboxState, now: datetime
) -> None:
    said = [number for one in records if not isinstance(one, PutBack) for number in one.said]
    await notices.settle(session, said, _NOTICE_STATE[state], now)
    mornings = [one.claim.id for one in records if isinstance(one, Settled) and one.claim.morning is not None]
    await notices.settle_in(session, mornings, NoticeState.DROPPED, now)
