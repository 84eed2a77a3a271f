"""Notices: which milestones reach which chats, each once for ever, and the morning messages that carry them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.agenda import Entry, entries
from store.chats import bound_as
from store.outbox import queue
from store.states import NoticeState, OutboxKind, OutboxState, Role, State
from store.tables import AssignmentRow, BindingRow, ChatRow, NoticeRow, OutboxRow, ScanRow

_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class PlannedNotice:
    """One milestone of one assignment that is to reach one chat. `planned_on` is the milestone's own day."""

    assignment_id: int
    milestone: str
    due: date
    chat_id: int
    planned_on: date


@dataclass(frozen=True, kw_only=True)
class NoticedEntry:
    """What a morning message says one line about: the assignment as it is now, and the day its milestone was for."""

    entry: Entry
    planned_on: date


async def reached(session: AsyncSession, today: date) -> list[AssignmentRow]:
    """Open assignments whose next milestone is `today` or was missed. The cost grows with their number only."""
    found = await session.scalars(
        select(AssignmentRow)
        .where(*_reached_by(today))
        .order_by(AssignmentRow.id)
        .with_for_update(skip_locked=True)
    )
    return list(found)


async def any_reached(session: AsyncSession, today: date) -> bool:
    """Whether `reached` would find anything."""
    return bool(await session.scalar(select(exists().where(*_reached_by(today)))))


def _reached_by(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        AssignmentRow.next_milestone_on <= today,
        AssignmentRow.state == State.OPEN,
        AssignmentRow.retired.is_(False),
    )


async def chats_by_agency(session: AsyncSession) -> dict[str, list[int]]:
    """The chats that hear of an agency's assignments: bound to it and within reach."""
    found = await session.execute(
        select(BindingRow.agency, BindingRow.chat_id)
        .join(ChatRow, BindingRow.chat_id == ChatRow.id)
        .where(bound_as(Role.OFFICER), ChatRow.suspended.is_(None))
        .order_by(BindingRow.id)
    )
    chats: dict[str, list[int]] = defaultdict(list)
    for agency, chat_id in found:
        chats[agency].append(chat_id)
    return dict(chats)


async def not_yet_noticed(session: AsyncSession, planned: Sequence[PlannedNotice]) -> list[NoticeRow]:
    """Rows for those notices that their chat has not got: new ones, and dropped or failed ones brought back."""
    known = {}
    ids = [notice.assignment_id for notice in planned]
    for start in range(0, len(ids), _CHUNK):
        rows = await session.scalars(
            select(NoticeRow).where(NoticeRow.assignment_id.in_(ids[start : start + _CHUNK]))
        )
        known.update({(row.assignment_id, row.milestone, row.due, row.chat_id): row for row in rows})
    fresh = []
    for notice in planned:
        row = known.get((notice.assignment_id, notice.milestone, notice.due, notice.chat_id))
        if row is None:
            row = NoticeRow(
                assignment_id=notice.assignment_id,
                milestone=notice.milestone,
                due=notice.due,
                chat_id=notice.chat_id,
                planned_on=notice.planned_on,
                state=NoticeState.PENDING,
            )
            session.add(row)
        elif row.state in (NoticeState.DROPPED, NoticeState.FAILED):
            row.state, row.settled_at = NoticeState.PENDING, None
        else:
            continue
        fresh.append(row)
    return fresh


@dataclass(frozen=True, kw_only=True)
class CarriedOver:
    """Notices of earlier mornings whose message never left, and the chats that may have received it all the same."""

    notices: tuple[NoticeRow, ...]
    perhaps_received: frozenset[int]


async def take_over_unsent(
    session: AsyncSession, today: date, fresh: Iterable[NoticeRow], now: datetime
) -> CarriedOver:
    """Messages of earlier mornings that never left are dropped; their notices go into today's message, unless a later
    milestone of the same assignment is in it already."""
    spoken_for = {(row.assignment_id, row.chat_id) for row in fresh}
    carried: list[NoticeRow] = []
    perhaps_received: set[int] = set()
    stale = await session.scalars(select(OutboxRow).where(*_unsent_before(today)))
    for message in stale:
        message.state, message.error = OutboxState.DROPPED, "carried over to a later morning"
        if message.repeat:
            perhaps_received.add(message.chat_id)
        for notice in await session.scalars(
            select(NoticeRow).where(NoticeRow.outbox_id == message.id, NoticeRow.state == NoticeState.PENDING)
        ):
            if (notice.assignment_id, notice.chat_id) in spoken_for:
                notice.state, notice.settled_at = NoticeState.DROPPED, now
            else:
                carried.append(notice)
    return CarriedOver(notices=tuple(carried), perhaps_received=frozenset(perhaps_received))


def _unsent_before(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxRow.state == OutboxState.QUEUED,
        OutboxRow.kind == OutboxKind.NOTICE,
        OutboxRow.morning < today,
    )


async def queue_morning(
    session: AsyncSession, fresh: Sequence[NoticeRow], carried: CarriedOver, *, today: date, wall: datetime
) -> int:
    """Put each chat's notices into its message of the morning; returns the number of messages queued."""
    by_chat: dict[int, list[NoticeRow]] = defaultdict(list)
    for notice in (*fresh, *carried.notices):
        by_chat[notice.chat_id].append(notice)
    messages = 0
    for chat_id, rows in by_chat.items():
        of_today = await session.scalars(
            select(OutboxRow).where(OutboxRow.chat_id == chat_id, OutboxRow.morning == today)
        )
        earlier = list(of_today)
        waiting = next((row for row in earlier if row.state is OutboxState.QUEUED), None)
        if waiting is None:
            waiting = queue(
                session,
                chat_id=chat_id,
                kind=OutboxKind.NOTICE,
                wall=wall,
                morning=today,
                key=f"morning:{today.isoformat()}:{chat_id}:{len(earlier)}",
            )
            await session.flush()
            messages += 1
        waiting.repeat = bool(waiting.repeat) or chat_id in carried.perhaps_received
        for row in rows:
            row.outbox_id = waiting.id
    await session.flush()
    return messages


async def spoken(session: AsyncSession, outbox_id: int) -> list[NoticedEntry]:
    """What a morning message still has to say: assignments that are open, whose due day has not moved, and whose agency
    the chat still speaks for."""
    bound = exists().where(
        BindingRow.chat_id == NoticeRow.chat_id,
        BindingRow.agency == AssignmentRow.agency,
        bound_as(Role.OFFICER),
    )
    planned = dict(
        (
            await session.execute(
                select(NoticeRow.assignment_id, func.max(NoticeRow.planned_on))
                .join(AssignmentRow, NoticeRow.assignment_id == AssignmentRow.id)
                .where(
                    NoticeRow.outbox_id == outbox_id,
                    NoticeRow.state == NoticeState.PENDING,
                    NoticeRow.due == AssignmentRow.due,
                    bound,
                )
                .group_by(NoticeRow.assignment_id)
            )
        ).all()
    )
    found = await entries(session, ids=planned, open_only=True)
    return [NoticedEntry(entry=entry, planned_on=planned[entry.id]) for entry in found]


async def scanned(session: AsyncSession, day: date | None = None) -> bool:
    """Whether a scan of that day (or any scan at all) is on record."""
    query = select(ScanRow.id) if day is None else select(ScanRow.id).where(ScanRow.day == day)
    return await session.scalar(query.limit(1)) is not None


async def has_unsent_from_before(session: AsyncSession, today: date) -> bool:
    """Whether a message of an earlier morning still waits."""
    return bool(await session.scalar(select(exists().where(*_unsent_before(today)))))


async def earliest_milestone(session: AsyncSession) -> date | None:
    """The business day of the next milestone of any assignment that some chat would hear of."""
    found: date | None = await session.scalar(
        select(func.min(AssignmentRow.next_milestone_on)).where(
            AssignmentRow.state == State.OPEN,
            AssignmentRow.retired.is_(False),
            AssignmentRow.agency.in_(select(BindingRow.agency).where(bound_as(Role.OFFICER))),
        )
    )
    return found
