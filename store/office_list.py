"""What a standing office has to see to, read for its list of the morning."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from store.agenda import Entry, entries
from store.chats import bound_as
from store.database import in_chunks
from store.quota import HeldBack
from store.states import RequestState, Role, State
from store.tables import AgencyRow, AssignmentRow, BindingRow, ChatRow, ItemRow, PlanRow, RequestRow
from store.undelivered import FailedMorning
from store.week import Clash


@dataclass(frozen=True, kw_only=True)
class Unheard:
    """An agency (its code and name) that no chat within reach speaks for, and how many assignments it should hear of.
    `cut_off`: one does speak for it, and cannot be reached."""

    code: str
    name: str
    count: int
    cut_off: bool = False


@dataclass(frozen=True, kw_only=True)
class OfficeList:
    """Everything on the list of one morning. `unheard_this_week`: `unheard` are those with something due soon, not just
    those whose milestone is today. `waiting` counts requests that have waited for long; `held_back` is what does not leave
    because a channel's month is used up."""

    undelivered: tuple[FailedMorning, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    unheard: tuple[Unheard, ...] = ()
    unheard_this_week: bool = False
    undated: tuple[Entry, ...] = ()
    clashes: tuple[Clash, ...] = ()
    waiting: int = 0

    @property
    def is_empty(self) -> bool:
        return not (
            self.undelivered or self.held_back or self.unheard or self.undated or self.clashes or self.waiting
        )


async def unheard(
    session: AsyncSession, offices: Collection[str], *, missed: Collection[int], until: date | None
) -> list[Unheard]:
    """Agencies without a chat within reach, in the plans of these standing offices: those of the assignments (ids) in
    `missed`, and with `until` those that owe anything by that day. Those that were cut off first, then the most pressed."""
    found: dict[int, tuple[str, str, bool]] = {}
    for ids in in_chunks(sorted(missed)):
        await _note_unheard(session, _unheard(offices).where(AssignmentRow.id.in_(ids)), found)
    if until is not None:
        await _note_unheard(session, _unheard(offices).where(AssignmentRow.due <= until), found)
    counts = Counter(found.values())
    return [
        Unheard(code=code, name=name, count=count, cut_off=cut_off)
        for (code, name, cut_off), count in sorted(
            counts.items(), key=lambda item: (not item[0][2], -item[1], item[0])
        )
    ]


async def _note_unheard(
    session: AsyncSession, query: Select[int, str, str, bool], found: dict[int, tuple[str, str, bool]]
) -> None:
    for number, code, name, cut_off in await session.execute(query):
        found[number] = (code, name, cut_off)


def _unheard(offices: Collection[str]) -> Select[int, str, str, bool]:
    bound = exists().where(
        BindingRow.agency == AssignmentRow.agency,
        bound_as(Role.OFFICER),
        BindingRow.chat_id == ChatRow.id,
    )
    speaks = bound.where(ChatRow.suspended.is_(None)).correlate(AssignmentRow)
    return (
        select(AssignmentRow.id, AgencyRow.code, AgencyRow.name, bound.correlate(AssignmentRow))
        .join(AgencyRow, AssignmentRow.agency == AgencyRow.code)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .where(
            AssignmentRow.state == State.OPEN,
            AssignmentRow.retired.is_(False),
            PlanRow.retired.is_(False),
            PlanRow.standing_office.in_(list(offices)),
            ~speaks,
        )
    )


async def undated(session: AsyncSession, offices: Collection[str]) -> list[Entry]:
    """What waits for the standing office to set its day: bound to somebody else's document, and without a day."""
    ids = await session.scalars(
        select(AssignmentRow.id)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .where(
            AssignmentRow.kind == DutyKind.EXTERNAL,
            AssignmentRow.due.is_(None),
            AssignmentRow.state == State.OPEN,
            AssignmentRow.retired.is_(False),
            PlanRow.retired.is_(False),
            PlanRow.standing_office.in_(list(offices)),
        )
        .order_by(AssignmentRow.id)
    )
    return [entry for part in in_chunks(list(ids)) for entry in await entries(session, ids=part)]


async def waiting_since(session: AsyncSession, offices: Collection[str], before: datetime) -> int:
    """How many requests from before that moment these standing offices have not decided."""
    count = await session.scalar(
        select(func.count())
        .select_from(RequestRow)
        .where(
            RequestRow.office.in_(list(offices)),
            RequestRow.state == RequestState.WAITING,
            RequestRow.asked_at < before,
        )
    )
    return count or 0
