"""Morning messages: one a chat a working day, which carries all of the chat's notices. Nudges go beside them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.columns import is_word
from store.holds import not_held
from store.notices import PlannedNotice, perhaps_received, put_into, spoken
from store.nudges import is_nudge
from store.outbox import queue
from store.riders import chats_with_news, drop_riders, give_up_old_riders, riders_of
from store.states import NoticeState, OutboxKind, OutboxState, State
from store.tables import AssignmentRow, NoticeRow, OutboxRow, table_of

_RIDERS_LAST = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class CarriedOver:
    """Notices of earlier mornings whose message never left (ids by chat), and the chats that may have received it all the
    same."""

    notices: Mapping[int, Sequence[int]]
    perhaps_received: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A notice of an earlier morning whose message has not left, and the agency (code) that should hear of it."""

    notice: PlannedNotice
    agency: str


async def take_over_unsent(
    session: AsyncSession, today: date, told: Iterable[PlannedNotice], now: datetime
) -> CarriedOver:
    """Messages of earlier mornings that never left are dropped; their notices go into today's message, unless a later
    milestone of the same assignment is in it already (`told`). What is held back today stays where it is, and its message
    with it. A nudge that never left leaves today as it is: what a person wrote goes into no other message."""
    await session.execute(
        update(OutboxRow)
        .where(*_unsent_before(today), is_nudge())
        .values(morning=today)
        .execution_options(synchronize_session=False)
    )
    spoken_for = {(notice.assignment_id, notice.chat_id) for notice in told}
    carried: dict[int, list[int]] = defaultdict(list)
    perhaps_received: set[int] = set()
    stale = await session.scalars(
        select(OutboxRow).where(*_unsent_before(today), _has_use_for(today)).with_for_update(skip_locked=True)
    )
    for message in stale:
        if message.repeat:
            perhaps_received.add(message.chat_id)
        keeps_some = False
        for row, is_free in await session.execute(
            select(NoticeRow, not_held(today))
            .join(AssignmentRow, NoticeRow.assignment_id == AssignmentRow.id)
            .where(NoticeRow.outbox_id == message.id, NoticeRow.state == NoticeState.PENDING)
        ):
            if not is_free:
                keeps_some = True
            elif (row.assignment_id, row.chat_id) in spoken_for:
                row.state, row.settled_at = NoticeState.DROPPED, now
            else:
                carried[row.chat_id].append(row.id)
        if not keeps_some:
            message.state, message.error = OutboxState.DROPPED, "carried over to a later morning"
    await session.flush()
    return CarriedOver(notices=carried, perhaps_received=frozenset(perhaps_received))


async def has_unsent_from_before(session: AsyncSession, today: date) -> bool:
    """Whether a message of an earlier morning still waits for more than the release of what is held back today."""
    found = select(exists().where(*_unsent_before(today), or_(is_nudge(), _has_use_for(today))))
    return bool(await session.scalar(found))


async def would_be_carried(session: AsyncSession, day: date, *, leaving: date | None) -> list[Waiting]:
    """Notices that the morning of that day would take over as things are now, holds aside; without those whose message may
    still leave, today being the business day `leaving`."""
    rows = await session.execute(
        select(NoticeRow, AssignmentRow.agency)
        .join(OutboxRow, NoticeRow.outbox_id == OutboxRow.id)
        .join(AssignmentRow, NoticeRow.assignment_id == AssignmentRow.id)
        .where(
            *_unsent_before(day),
            ~is_nudge(),
            *([OutboxRow.morning != leaving] if leaving is not None else []),
            NoticeRow.state == NoticeState.PENDING,
            NoticeRow.due == AssignmentRow.due,
            AssignmentRow.state == State.OPEN,
            AssignmentRow.retired.is_(False),
        )
    )
    return [
        Waiting(
            notice=PlannedNotice(
                assignment_id=row.assignment_id,
                milestone=row.milestone,
                due=row.due,
                chat_id=row.chat_id,
                planned_on=row.planned_on,
            ),
            agency=agency,
        )
        for row, agency in rows
    ]


def _has_use_for(today: date) -> ColumnElement[bool]:
    """Of messages of earlier mornings: there is something in it that is not held back today, or nothing at all."""
    pending = select(NoticeRow.id).where(
        NoticeRow.outbox_id == OutboxRow.id, NoticeRow.state == NoticeState.PENDING
    )
    free = pending.join(AssignmentRow, NoticeRow.assignment_id == AssignmentRow.id).where(not_held(today))
    return or_(exists(free.correlate(OutboxRow)), ~exists(pending.correlate(OutboxRow)))


def _unsent_before(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        is_word(_OUTBOX.c.state, OutboxState.QUEUED),
        OutboxRow.kind == OutboxKind.NOTICE,
        OutboxRow.morning < today,
    )


async def queue_morning(
    session: AsyncSession,
    told: Sequence[PlannedNotice],
    carried: CarriedOver,
    *,
    today: date,
    wall: datetime,
    all_perhaps_received: bool = False,
) -> int:
    """Write the notices and put each chat's into its message of the morning; returns the number of messages queued.

    `all_perhaps_received` marks the messages as repeats: what was sent before is not on record (a restored backup).
    """
    chat_ids = dict.fromkeys([*(notice.chat_id for notice in told), *carried.notices])
    if not chat_ids:
        return 0
    waiting, earlier = await _of_today(session, today)
    doubtful = carried.perhaps_received | await perhaps_received(session, told)
    new: dict[int, OutboxRow] = {}
    for chat_id in chat_ids:
        message = waiting.get(chat_id)
        if message is None:
            message = _queue_one(session, chat_id, today=today, earlier=earlier, wall=wall)
            new[chat_id] = message
        message.repeat = bool(message.repeat) or all_perhaps_received or chat_id in doubtful
    await session.flush()
    messages = {chat_id: message.id for chat_id, message in (waiting | new).items()}
    await put_into(session, messages, told)
    for chat_id, ids in carried.notices.items():
        await session.execute(_CARRIED_BY, {"message": messages[chat_id], "notices": ids})
    return len(new)


async def queue_for_riders(session: AsyncSession, *, today: date, wall: datetime, now: datetime) -> int:
    """A message of the morning for each chat in which something waits to be taken along and that has none today; returns
    how many. What has lost its use meanwhile is given up. `wall` is network, `now` business time."""
    await give_up_old_riders(session, queued_before=wall - _RIDERS_LAST, wall=wall)
    chat_ids = await chats_with_news(session, today)
    riders = await riders_of(session, chat_ids)
    nudges = [rider.id for rider in riders if rider.morning is not None]
    finished = frozenset(nudges) - (await spoken(session, nudges)).keys()
    await drop_riders(session, finished, wall=wall, now=now)
    waiting = sorted({rider.chat_id for rider in riders if rider.id not in finished})
    _, earlier = await _of_today(session, today)
    for chat_id in waiting:
        _queue_one(session, chat_id, today=today, earlier=earlier, wall=wall)
    await session.flush()
    return len(waiting)


_NOTICE, _OUTBOX = table_of(NoticeRow), table_of(OutboxRow)
_CARRIED_BY = (
    update(_NOTICE)
    .where(_NOTICE.c.id.in_(bindparam("notices", expanding=True)))
    .values(outbox_id=bindparam("message"))
)


def _queue_one(
    session: AsyncSession, chat_id: int, *, today: date, earlier: Mapping[int, int], wall: datetime
) -> OutboxRow:
    return queue(
        session,
        chat_id=chat_id,
        kind=OutboxKind.NOTICE,
        wall=wall,
        morning=today,
        key=f"morning:{today.isoformat()}:{chat_id}:{earlier.get(chat_id, 0)}",
    )


async def _of_today(session: AsyncSession, today: date) -> tuple[dict[int, OutboxRow], dict[int, int]]:
    """The messages of the morning that still wait, locked so that none leaves while notices are put into it, and how many
    each chat has had queued."""
    waiting = await session.scalars(
        select(OutboxRow)
        .where(OutboxRow.morning == today, OutboxRow.state == OutboxState.QUEUED, ~is_nudge())
        .with_for_update()
    )
    locked = {row.chat_id: row for row in waiting}
    earlier: dict[int, int] = defaultdict(int)
    for chat_id in await session.scalars(select(OutboxRow.chat_id).where(OutboxRow.morning == today)):
        earlier[chat_id] += 1
    return locked, earlier
