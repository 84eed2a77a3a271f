"""What may leave now: rows of the outbox claimed with a lease, at the pace that the channel allows.

A claim is committed before the call is made, so that no other process sends the same row. The channel's pace row is locked
while a claim is made: processes on one database claim one after the other, and share one pace. All instants are wall time.
"""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.once import add_once
from store.pacing import Pace, chat_free_at, recent
from store.states import ChatKind, OutboxKind, OutboxState
from store.tables import ChatRow, OutboxRow, PaceRow, table_of
from store.waiting import waiting

LEASE = timedelta(minutes=2)  # longer than a send takes, unless each of its calls runs into its time limits
_LOOKAHEAD = timedelta(milliseconds=200)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row that this process alone may send, at `send_at`, until its lease ends. `suspended`: its chat counts as out of
    reach; `external_ids`: of its pieces that are out already."""

    id: int
    token: str
    send_at: datetime
    lease_until: datetime
    chat_id: int
    channel: str
    address: str
    is_group: bool
    sparing: bool
    suspended: bool
    kind: OutboxKind
    body: dict[str, Any] | None
    morning: date | None
    replaces: str | None
    acknowledges: str | None
    replies_to: str | None
    attempts: int
    repeat: bool
    created_at: datetime
    external_ids: tuple[str, ...]

    @property
    def continued(self) -> bool:
        """Whether its first piece is out."""
        return bool(self.external_ids)


_OUTBOX, _CHAT, _PACE = table_of(OutboxRow), table_of(ChatRow), table_of(PaceRow)


async def claim(
    session: AsyncSession,
    *,
    channel: str,
    wall: datetime,
    pace: Pace,
    morning: date | None,
    room: int,
    lease: timedelta = LEASE,
    token: str | None = None,
    only_notices: bool = False,
) -> list[Claim]:
    """Up to `room` rows of a channel that may leave within the next moment, at most one a chat, replies first.

    `morning` is the business day whose notices may leave now; None outside the hours for notices. `token` is the claims'
    mark, for who wants to know it beforehand (see `give_up`). `only_notices`: the rest is held back.
    """
    held = await _pace_of(session, channel)
    slot = max(wall, held.next_send_at or wall)
    if held.not_before is not None and held.not_before > wall:
        return []
    slots = min(room, _slots_within(wall + _LOOKAHEAD - slot, pace))
    if slots <= 0:
        return []
    found = await waiting(
        session,
        channel=channel,
        wall=wall,
        morning=morning,
        slots=slots,
        first_slot=round(slot.timestamp() / pace.channel_gap.total_seconds()),
        only_notices=only_notices,
    )
    if not found:
        return []
    token, claims = token or new_token(), []
    for row in found:
        claims.append(_claim_of(row, token, slot, slot + lease))
        slot += pace.channel_gap
    await session.execute(_NEXT_SLOT, {"of": channel, "at": slot})
    await session.execute(
        _CLAIMED,
        [{"which": one.id, "until": one.lease_until, "token": token} for one in claims],
    )
    await session.execute(
        _CHAT_PACE, [_sends_counted(row, one, pace) for row, one in zip(found, claims, strict=True)]
    )
    return claims


def new_token() -> str:
    """A mark that nobody else's claims have."""
    return secrets.token_hex(16)


async def give_up(session: AsyncSession, tokens: Collection[str]) -> None:
    """Put rows back in line as they were, whose claim was perhaps committed and is in nobody's hands: the answer to the
    commit was lost."""
    await session.execute(
        update(_OUTBOX)
        .where(_OUTBOX.c.lease_token.in_(tokens), _OUTBOX.c.state == OutboxState.CLAIMED)
        .values(state=OutboxState.QUEUED, lease_token=None, lease_until=None, attempts=_OUTBOX.c.attempts - 1)
    )


_PACE_OF = (
    select(_PACE.c.next_send_at, _PACE.c.not_before)
    .where(_PACE.c.channel == bindparam("of"))
    .with_for_update()
)
_NEXT_SLOT = update(_PACE).where(_PACE.c.channel == bindparam("of")).values(next_send_at=bindparam("at"))
_CLAIMED = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("which"))
    .values(
        state=OutboxState.CLAIMED,
        lease_until=bindparam("until"),
        lease_token=bindparam("token"),
        attempts=_OUTBOX.c.attempts + 1,
    )
)
_CHAT_PACE = (
    update(_CHAT)
    .where(_CHAT.c.id == bindparam("which"))
    .values(next_send_at=bindparam("free_at"), recent_sends=bindparam("sends"))
)


async def _pace_of(session: AsyncSession, channel: str) -> Row[Any, Any]:
    """The channel's pace, locked; made on first sight."""
    while (held := (await session.execute(_PACE_OF, {"of": channel})).first()) is None:
        await add_once(session, PaceRow, [{"channel": channel}], unique=["channel"])
    return held


def _slots_within(time_left: timedelta, pace: Pace) -> int:
    return 0 if time_left < timedelta(0) else int(time_left / pace.channel_gap) + 1


def _claim_of(row: Row[Any], token: str, slot: datetime, lease_until: datetime) -> Claim:
    return Claim(
        id=row.id,
        token=token,
        send_at=slot,
        lease_until=lease_until,
        chat_id=row.chat_id,
        channel=row.channel,
        address=row.address,
        is_group=row.chat_kind is ChatKind.GROUP,
        sparing=row.sparing,
        suspended=row.suspended is not None,
        kind=row.kind,
        body=row.body,
        morning=row.morning,
        replaces=row.pinned if row.kind is OutboxKind.STATUS else row.replaces,
        acknowledges=row.acknowledges,
        replies_to=row.replies_to,
        attempts=row.attempts + 1,
        repeat=row.repeat,
        created_at=row.created_at,
        external_ids=tuple(row.external_ids),
    )


def _sends_counted(row: Row[Any], claimed: Claim, pace: Pace) -> dict[str, Any]:
    """The chat's pace after a send at that slot."""
    sends = recent([datetime.fromisoformat(moment) for moment in row.recent_sends or []], claimed.send_at)
    sends.append(claimed.send_at)
    return {
        "which": claimed.chat_id,
        "free_at": chat_free_at(pace, is_group=claimed.is_group, sends=sends, sent_at=claimed.send_at),
        "sends": [moment.isoformat() for moment in sends] if claimed.is_group else [],
    }


async def lock_channel(session: AsyncSession, channel: str) -> None:
    """Keep other claims on the channel waiting until the transaction ends."""
    await _pace_of(session, channel)


async def let_channel_go(session: AsyncSession, channel: str) -> None:
    """What the channel's service asked for holds nothing back any more."""
    await session.execute(update(_PACE).where(_PACE.c.channel == channel).values(not_before=None))


async def hold_channel(session: AsyncSession, channel: str, until: datetime) -> None:
    """Nothing leaves on the channel before `until`: its service asked for it."""
    held = await _pace_of(session, channel)
    if held.not_before is None or held.not_before < until:
        await session.execute(update(_PACE).where(_PACE.c.channel == channel).values(not_before=until))


async def hold_chat(session: AsyncSession, chat_id: int, until: datetime) -> None:
    """Nothing goes to the chat before `until`: its service asked for it."""
    await session.execute(
        update(ChatRow)
        .where(ChatRow.id == chat_id, or_(ChatRow.not_before.is_(None), ChatRow.not_before < until))
        .values(not_before=until)
    )


async def others_held(session: AsyncSession, *, channel: str, chat_id: int, wall: datetime) -> bool:
    """Whether the service has asked to wait for other chats of the channel too, at this moment."""
    count = await session.scalar(
        select(func.count())
        .select_from(ChatRow)
        .where(and_(ChatRow.channel == channel, ChatRow.id != chat_id, ChatRow.not_before > wall))
    )
    return bool(count)


async def count_late_sends(session: AsyncSession, late: Iterable[tuple[Claim, datetime]], pace: Pace) -> None:
    """Sends that left after their slots (the claim, and when it really left): the chats' pace counts from there."""
    moments = sorted(late, key=lambda one: one[0].chat_id)
    if moments:
        await session.execute(
            _LATE, [{"which": claim.chat_id, "free_at": at + pace.chat_gap} for claim, at in moments]
        )
    for claim, at in moments:
        if claim.is_group:
            chat = await session.get_one(ChatRow, claim.chat_id, with_for_update=True)
            chat.recent_sends = [*(chat.recent_sends or [])[:-1], at.isoformat()]


_LATE = (
    update(_CHAT)
    .where(_CHAT.c.id == bindparam("which"), _CHAT.c.next_send_at < bindparam("free_at"))
    .values(next_send_at=bindparam("free_at"))
)
