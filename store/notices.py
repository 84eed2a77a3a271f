"""Notices: which milestones reach which chats, each once for ever."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from plan.milestones import ESCALATED, DueDates
from store.agenda import Entry, entries
from store.chats import bound_as
from store.columns import as_written, is_word
from store.database import in_chunks
from store.holds import not_held
from store.once import insert_into
from store.states import NoticeState, Role, State
from store.tables import (
    AssignmentRow,
    BindingRow,
    ChatRow,
    ItemRow,
    NoticeRow,
    OutboxRow,
    PlanRow,
    ScanRow,
    table_of,
)

# How the milestones of nudges begin (see store.nudges).
NUDGE = "nudge-"


@dataclass(frozen=True, kw_only=True)
class Reached:
    """Open assignments that the scan must look at and that are alike in kind and dates: the agencies' codes by the
    assignments' ids. `dates` is None when they have no due day (any more)."""

    kind: DutyKind
    dates: DueDates | None
    agencies: Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class PlannedNotice:
    """One milestone of one assignment that is to reach one chat. `planned_on` is the milestone's own day."""

    assignment_id: int
    milestone: str
    due: date
    chat_id: int
    planned_on: date

    @property
    def key(self) -> tuple[int, str, date, int]:
        """What makes it the same notice."""
        return (self.assignment_id, self.milestone, self.due, self.chat_id)


@dataclass(frozen=True, kw_only=True)
class NoticedEntry:
    """What a morning message says one line about: the assignment as it is now, the day its milestone was for, and the
    notices (ids) that are told by it with their milestones' names."""

    entry: Entry
    planned_on: date
    notices: tuple[int, ...]
    milestones: tuple[str, ...] = ()

    @property
    def is_escalated(self) -> bool:
        """Whether it is told only because the chat oversees the plan."""
        return bool(self.milestones) and all(name.startswith(ESCALATED) for name in self.milestones)

    @property
    def is_cutoff(self) -> bool:
        """Whether a report's data are about to be closed."""
        return any(name.startswith("cutoff-") for name in self.milestones)


async def reached(session: AsyncSession, today: date) -> list[Reached]:
    """Open assignments whose next milestone is `today` or was missed, save those held back today; locked. The cost grows
    with their number only."""
    return await _read(session, *_reached_by(today), not_held(today), locked=True)


async def would_be_reached(session: AsyncSession, day: date, *, with_held: bool = True) -> list[Reached]:
    """What a scan of that day would find as things are now; `with_held` also what is held back then."""
    held = () if with_held else (not_held(day),)
    return await _read(session, *_reached_by(day), *held, locked=False)


async def _read(session: AsyncSession, *which: ColumnElement[bool], locked: bool) -> list[Reached]:
    columns = ("id", "agency", "kind", "due", "remind_by", "late_after", "cutoff")
    # Asked for by id, SQLite would rather read the whole table in that order than the few by their index.
    query = (
        select(*(_ASSIGNMENT.c[name] for name in columns))
        .where(*which)
        .order_by(_ASSIGNMENT.c.next_milestone_on, _ASSIGNMENT.c.id)
    )
    found = await session.execute(query.with_for_update(skip_locked=True) if locked else query)
    alike: dict[tuple[DutyKind, *tuple[date | None, ...]], dict[int, str]] = defaultdict(dict)
    for number, agency, *kind_and_days in found:
        alike[tuple(kind_and_days)][number] = agency
    return [
        Reached(kind=kind, dates=DueDates.if_dated(*days), agencies=agencies)
        for (kind, *days), agencies in alike.items()
    ]


async def any_reached(session: AsyncSession, today: date) -> bool:
    """Whether `reached` would find anything."""
    return bool(await session.scalar(select(exists().where(*_reached_by(today), not_held(today)))))


def _reached_by(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        _ASSIGNMENT.c.next_milestone_on <= today,
        _ASSIGNMENT.c.state == State.OPEN,
        _ASSIGNMENT.c.retired.is_(False),
    )


async def look_next(session: AsyncSession, days: Mapping[date | None, Sequence[int]]) -> None:
    """Note for assignments (ids) the day on which the scan must look at them again; None: never."""
    for day, numbers in days.items():
        for ids in in_chunks(numbers):
            await session.execute(_LOOK_ON, {"day": day, "assignments": ids})


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


async def untold(session: AsyncSession, planned: Sequence[PlannedNotice]) -> list[PlannedNotice]:
    """Those planned that their chat has not got: without a notice so far, or with one that was dropped or failed."""
    known = await _keys(session, _KNOWN, planned)
    return [notice for notice in planned if notice.key not in known]


async def perhaps_received(session: AsyncSession, told: Sequence[PlannedNotice]) -> frozenset[int]:
    """The chats (ids) that may have heard one of these notices: its message was given up, or left it out, when nobody knew
    whether that had arrived."""
    doubtful = await _keys(session, _DOUBTFUL, told)
    return frozenset(notice.chat_id for notice in told if notice.key in doubtful)


async def _keys(
    session: AsyncSession, query: Select[int, str, date, int], about: Sequence[PlannedNotice]
) -> set[tuple[int, str, date, int]]:
    """Of the stored notices that the query finds, those about the same assignments and milestones."""
    keys: set[tuple[int, str, date, int]] = set()
    milestones = {notice.milestone for notice in about}
    for ids in in_chunks(sorted({notice.assignment_id for notice in about})):
        rows = await session.execute(query, {"assignments": ids, "milestones": milestones})
        keys.update((assignment, milestone, due, chat) for assignment, milestone, due, chat in rows)
    return keys


async def put_into(session: AsyncSession, messages: Mapping[int, int], told: Sequence[PlannedNotice]) -> None:
    """Write the notices, each for its chat's message (`messages`: outbox ids by chat). One that is there already is put
    there if it was dropped or failed, and else left as it is."""
    new = insert_into(session, NoticeRow).values(state=as_written(NoticeState.PENDING))
    put = new.on_conflict_do_update(
        index_elements=["assignment_id", "milestone", "due", "chat_id"],
        set_={"state": new.excluded.state, "outbox_id": new.excluded.outbox_id, "settled_at": None},
        where=_IS_LOST,
    )
    # In parts, so that all that stands for a row on its way is short-lived.
    for some in in_chunks(told):
        rows = [
            {
                "assignment_id": notice.assignment_id,
                "milestone": notice.milestone,
                "due": notice.due,
                "chat_id": notice.chat_id,
                "planned_on": notice.planned_on,
                "outbox_id": messages[notice.chat_id],
            }
            for notice in some
        ]
        await session.execute(put, rows)


async def settle(session: AsyncSession, numbers: Sequence[int], state: NoticeState, now: datetime) -> None:
    """These notices (ids) end so, if they were pending. `now` is business time."""
    for ids in in_chunks(numbers):
        await session.execute(_END, {"these": ids, "becomes": state, "at": now})


async def settle_in(
    session: AsyncSession, outbox_ids: Sequence[int], state: NoticeState, now: datetime
) -> None:
    """The same of all that are in these messages."""
    for ids in in_chunks(outbox_ids):
        await session.execute(_END_IN, {"these": ids, "becomes": state, "at": now})


async def spoken(session: AsyncSession, outbox_ids: Collection[int]) -> dict[int, list[NoticedEntry]]:
    """What morning messages still have to say: assignments that are open, whose due day has not moved, and whose agency
    the chat still speaks for or, of an escalation, whose plan it oversees. Of a message with nothing left to say there is no
    entry."""
    rows = await session.execute(_SPOKEN, {"messages": list(outbox_ids)})
    told: dict[int, dict[int, list[tuple[int, date, str]]]] = defaultdict(lambda: defaultdict(list))
    for message, number, assignment_id, planned_on, milestone in rows:
        told[message or 0][assignment_id].append((number, planned_on, milestone))
    if not told:
        return {}
    ids = {assignment for about in told.values() for assignment in about}
    still_open = await entries(session, ids=ids, open_only=True)
    said = {
        message: [_noticed(entry, about[entry.id]) for entry in still_open if entry.id in about]
        for message, about in told.items()
    }
    return {message: found for message, found in said.items() if found}


_NOTICE, _OUTBOX, _ASSIGNMENT, _BINDING, _ITEM, _PLAN = (
    table_of(row) for row in (NoticeRow, OutboxRow, AssignmentRow, BindingRow, ItemRow, PlanRow)
)
_THESE: BindParameter[Any] = bindparam("assignments", expanding=True)
_LOOK_ON = update(_ASSIGNMENT).where(_ASSIGNMENT.c.id.in_(_THESE)).values(next_milestone_on=bindparam("day"))
_IS_LOST = or_(is_word(_NOTICE.c.state, NoticeState.DROPPED), is_word(_NOTICE.c.state, NoticeState.FAILED))


def _ended(which: ColumnElement[Any]) -> Update:
    return (
        update(_NOTICE)
        .where(which.in_(bindparam("these", expanding=True)), is_word(_NOTICE.c.state, NoticeState.PENDING))
        .values(state=bindparam("becomes"), settled_at=bindparam("at"))
    )


_END, _END_IN = _ended(_NOTICE.c.id), _ended(_NOTICE.c.outbox_id)
_THE_SAME = select(_NOTICE.c.assignment_id, _NOTICE.c.milestone, _NOTICE.c.due, _NOTICE.c.chat_id).where(
    _NOTICE.c.assignment_id.in_(_THESE), _NOTICE.c.milestone.in_(bindparam("milestones", expanding=True))
)
_KNOWN = _THE_SAME.where(~_IS_LOST)
_DOUBTFUL = _THE_SAME.join(_OUTBOX, _NOTICE.c.outbox_id == _OUTBOX.c.id).where(_IS_LOST, _OUTBOX.c.repeat)
_IS_ESCALATION = _NOTICE.c.milestone.startswith(ESCALATED)
_OF_THE_CHAT = and_(_BINDING.c.chat_id == _NOTICE.c.chat_id, _BINDING.c.ended_at.is_(None))
_SPEAKS_FOR_IT = exists().where(
    _OF_THE_CHAT, is_word(_BINDING.c.role, Role.OFFICER), _BINDING.c.agency == _ASSIGNMENT.c.agency
)
_ITS_OFFICE = (
    select(_PLAN.c.standing_office)
    .join_from(_PLAN, _ITEM, _ITEM.c.plan_key == _PLAN.c.key)
    .where(_ITEM.c.id == _ASSIGNMENT.c.item_id)
    .correlate(_ASSIGNMENT)
    .scalar_subquery()
)
_OVERSEES_IT = exists().where(
    _OF_THE_CHAT,
    or_(
        is_word(_BINDING.c.role, Role.LEADER),
        and_(is_word(_BINDING.c.role, Role.STANDING_OFFICE), _BINDING.c.agency == _ITS_OFFICE),
    ),
)
_SPOKEN = (
    select(
        _NOTICE.c.outbox_id,
        _NOTICE.c.id,
        _NOTICE.c.assignment_id,
        _NOTICE.c.planned_on,
        _NOTICE.c.milestone,
    )
    .join_from(_NOTICE, _ASSIGNMENT, _NOTICE.c.assignment_id == _ASSIGNMENT.c.id)
    .where(
        _NOTICE.c.outbox_id.in_(bindparam("messages", expanding=True)),
        is_word(_NOTICE.c.state, NoticeState.PENDING),
        or_(
            _NOTICE.c.due == _ASSIGNMENT.c.due,
            # What has no due day is spoken of in nudges only.
            and_(_ASSIGNMENT.c.due.is_(None), _NOTICE.c.milestone.startswith(NUDGE)),
        ),
        or_(and_(~_IS_ESCALATION, _SPEAKS_FOR_IT), and_(_IS_ESCALATION, _OVERSEES_IT)),
    )
    .order_by(_NOTICE.c.id)
)


def _noticed(entry: Entry, told: Iterable[tuple[int, date, str]]) -> NoticedEntry:
    numbers, days, milestones = zip(*told, strict=True)
    return NoticedEntry(entry=entry, planned_on=max(days), notices=numbers, milestones=milestones)


async def scanned(session: AsyncSession, day: date | None = None) -> bool:
    """Whether a scan of that day (or any scan at all) is on record."""
    query = select(ScanRow.id) if day is None else select(ScanRow.id).where(ScanRow.day == day)
    return await session.scalar(query.limit(1)) is not None


async def scanned_between(session: AsyncSession, since: date, before: date) -> bool:
    """Whether a scan of a day from `since` on and before the other is on record."""
    query = select(ScanRow.id).where(ScanRow.day >= since, ScanRow.day < before)
    return await session.scalar(query.limit(1)) is not None


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
