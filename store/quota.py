"""Counted channels: how many messages of the month have left, and what is held back once they are used up.

Months are those of Vietnam, in business time. What left without an answer counts: the service may have counted it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, FromClause, Row, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.vietnam import day_of
from store.claims import let_channel_go, lock_channel
from store.columns import is_word
from store.once import insert_into
from store.riders import rides
from store.states import ChatKind, NoticeState, OutboxKind, OutboxState
from store.tables import AgencyRow, AssignmentRow, ChatRow, MonthlySendsRow, NoticeRow, OutboxRow, table_of

_SENDS, _CHAT, _OUTBOX = table_of(MonthlySendsRow), table_of(ChatRow), table_of(OutboxRow)


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What a service lets a bot do: messages a month, and people who talk to it."""

    messages: int
    users: int


@dataclass(frozen=True, kw_only=True)
class HeldBack:
    """A channel whose month is used up: the agencies (names) whose morning message of an earlier day still waits, and how
    many other messages do, since when (wall time)."""

    channel: str
    allowed: int
    agencies: tuple[str, ...] = ()
    others: int = 0
    since: datetime | None = None


def month_of(now: datetime) -> date:
    """The first day of the month that it is in Vietnam."""
    return day_of(now).replace(day=1)


def month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


async def count_sends(
    session: AsyncSession, *, channel: str, count: int, allowance: Allowance, now: datetime
) -> int:
    """Add to the month's count; returns what it is now."""
    await _sent_so_far(session, channel, allowance, month_of(now))
    return await _add(session, channel, count, allowance, month_of(now))


async def sent_in_month(session: AsyncSession, *, channel: str, now: datetime) -> int:
    """How many messages of this month have left."""
    found = await session.scalar(
        select(_SENDS.c.sent).where(_SENDS.c.channel == channel, _SENDS.c.month == month_of(now))
    )
    return found or 0


async def is_used_up(session: AsyncSession, *, channel: str, allowance: Allowance, now: datetime) -> bool:
    """Whether all that the month allows has left."""
    return await _sent_so_far(session, channel, allowance, month_of(now)) >= allowance.messages


async def _sent_so_far(session: AsyncSession, channel: str, allowance: Allowance, month: date) -> int:
    """The month's count. When a used-up one is over, or more is allowed, all begins anew: what the service said before then
    holds nothing back any more."""
    last = await _last_month(session, channel, month)
    if last is None:
        return 0
    counted, sent, allowed = last
    if (counted, allowed) == (month, allowance.messages):
        return sent
    # Once, of all the processes that see it.
    await lock_channel(session, channel)
    _, sent, allowed = await _last_month(session, channel, month) or last
    was_used_up = sent >= allowed
    sent = await _add(session, channel, 0, allowance, month)
    if was_used_up and sent < allowance.messages:
        await let_channel_go(session, channel)
    return sent


async def _add(session: AsyncSession, channel: str, count: int, allowance: Allowance, month: date) -> int:
    added = insert_into(session, MonthlySendsRow).values(
        channel=channel, month=month, sent=count, allowed=allowance.messages
    )
    total = await session.scalar(
        added.on_conflict_do_update(
            index_elements=["channel", "month"],
            set_={"sent": _SENDS.c.sent + added.excluded.sent, "allowed": added.excluded.allowed},
        ).returning(_SENDS.c.sent)
    )
    return int(total or 0)


async def _last_month(session: AsyncSession, channel: str, month: date) -> Row[date, int, int] | None:
    """The count of that month, or else of the last one before it."""
    found = await session.execute(
        select(MonthlySendsRow.month, MonthlySendsRow.sent, MonthlySendsRow.allowed)
        .where(MonthlySendsRow.channel == channel, MonthlySendsRow.month <= month)
        .order_by(MonthlySendsRow.month.desc())
        .limit(1)
    )
    return found.first()


async def users_of(session: AsyncSession, channel: str) -> int:
    """The people who talk to the bot by themselves and have not blocked it. Who writes in a group only is not known."""
    count = await session.scalar(
        select(func.count()).where(
            _CHAT.c.channel == channel,
            is_word(_CHAT.c.kind, ChatKind.PRIVATE),
            _CHAT.c.suspended.is_(None),
        )
    )
    return count or 0


def is_held_back(row: FromClause = _OUTBOX, chat: FromClause = _CHAT) -> ColumnElement[bool]:
    """Of a message and its chat: it is none of the notices, for which alone what is left of the statement's parameter
    `month` is kept."""
    used_up = exists().where(
        _SENDS.c.channel == chat.c.channel,
        _SENDS.c.month == bindparam("month"),
        _SENDS.c.sent >= _SENDS.c.allowed,
    )
    return ~is_word(row.c.kind, OutboxKind.NOTICE) & used_up


async def held_back(session: AsyncSession, now: datetime) -> Sequence[HeldBack]:
    """The channels whose month is used up, and what waits there."""
    used_up = await session.execute(
        select(_SENDS.c.channel, _SENDS.c.allowed)
        .where(_SENDS.c.month == month_of(now), _SENDS.c.sent >= _SENDS.c.allowed)
        .order_by(_SENDS.c.channel)
    )
    return [await _waiting(session, channel, allowed, day_of(now)) for channel, allowed in used_up.all()]


async def _waiting(session: AsyncSession, channel: str, allowed: int, today: date) -> HeldBack:
    waits = (
        select(_OUTBOX.c.id, _OUTBOX.c.created_at)
        .join_from(_OUTBOX, _CHAT, _OUTBOX.c.chat_id == _CHAT.c.id)
        .where(
            is_word(_OUTBOX.c.state, OutboxState.QUEUED),
            _CHAT.c.channel == channel,
            or_(_CHAT.c.suspended.is_(None), is_word(_OUTBOX.c.kind, OutboxKind.REPLY)),
            ~rides(),
        )
    )
    notice = is_word(_OUTBOX.c.kind, OutboxKind.NOTICE)
    unreached = waits.where(notice, _OUTBOX.c.morning < today).subquery()
    agencies = await session.scalars(
        select(AgencyRow.name)
        .join(AssignmentRow, AssignmentRow.agency == AgencyRow.code)
        .join(NoticeRow, NoticeRow.assignment_id == AssignmentRow.id)
        .where(NoticeRow.outbox_id.in_(select(unreached.c.id)), NoticeRow.state == NoticeState.PENDING)
        .distinct()
        .order_by(AgencyRow.name)
    )
    other = waits.where(~notice).subquery()
    count, since = (await session.execute(select(func.count(), func.min(other.c.created_at)))).one()
    return HeldBack(channel=channel, allowed=allowed, agencies=tuple(agencies), others=count, since=since)
