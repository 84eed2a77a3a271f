"""How delivery is, for those who look after it: what waits, what did not arrive, who cannot be reached, the last scan."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.milestones import ESCALATED
from store.chats import bound_as
from store.columns import is_word
from store.states import ChatKind, NoticeState, OutboxKind, OutboxState, Role, State
from store.tables import (
    AgencyRow,
    AssignmentRow,
    BindingRow,
    ChatRow,
    ItemRow,
    NoticeRow,
    OutboxRow,
    PlanRow,
    ScanRow,
    TroubleRow,
    table_of,
)
from store.vitals import Backlog

_OUTBOX = table_of(OutboxRow)


@dataclass(frozen=True, kw_only=True)
class Undelivered:
    """A morning message or nudge that was given up: when (wall time) and why, for which agencies (names), and of how many
    assignments it would have told. `is_escalation`: it was for those who oversee the plan."""

    at: datetime
    agencies: tuple[str, ...]
    assignments: int
    error: str
    is_escalation: bool


@dataclass(frozen=True, kw_only=True)
class OutOfReach:
    """A chat that cannot be written to, and why: as what it is bound, and to which agency (code and name; empty for
    leaders)."""

    role: Role
    agency: str
    agency_name: str
    kind: ChatKind
    why: str


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A scan on record: its business day and moment, and what it queued. `unreachable` had no chat."""

    day: date
    at: datetime
    notices: int
    messages: int
    unreachable: int


@dataclass(frozen=True, kw_only=True)
class OnRecord:
    """A trouble that the watch found and that is not over (wall time)."""

    name: str
    since: datetime


async def in_line(session: AsyncSession) -> dict[OutboxKind, Backlog]:
    """Messages that wait to be sent, by kind."""
    found = await session.execute(
        select(OutboxRow.kind, func.count(), func.min(OutboxRow.created_at), func.min(OutboxRow.id))
        .where(is_word(_OUTBOX.c.state, OutboxState.QUEUED))
        .group_by(OutboxRow.kind)
    )
    return {kind: Backlog(count=count, since=since, oldest=oldest) for kind, count, since, oldest in found}


async def undelivered(session: AsyncSession, plans: Collection[str], *, most: int) -> list[Undelivered]:
    """The latest messages that were given up, the newest first, as far as they were about these plans (keys)."""
    given_up = (
        select(_OUTBOX.c.id)
        .where(is_word(_OUTBOX.c.state, OutboxState.FAILED), is_word(_OUTBOX.c.kind, OutboxKind.NOTICE))
        .order_by(_OUTBOX.c.id.desc())
        .limit(most)
    )
    found = await session.execute(
        select(
            OutboxRow.id,
            OutboxRow.settled_at,
            OutboxRow.created_at,
            OutboxRow.error,
            AgencyRow.name,
            NoticeRow.assignment_id,
            NoticeRow.milestone.startswith(ESCALATED),
        )
        .join(NoticeRow, NoticeRow.outbox_id == OutboxRow.id)
        .join(AssignmentRow, NoticeRow.assignment_id == AssignmentRow.id)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(AgencyRow, AssignmentRow.agency == AgencyRow.code)
        .where(
            OutboxRow.id.in_(given_up),
            NoticeRow.state == NoticeState.FAILED,
            ItemRow.plan_key.in_(list(plans)),
        )
        .order_by(OutboxRow.id.desc(), AgencyRow.code)
    )
    messages: dict[tuple[int, datetime, str, bool], tuple[dict[str, None], set[int]]] = defaultdict(
        lambda: ({}, set())
    )
    for number, settled_at, created_at, error, agency, assignment, escalated in found:
        agencies, assignments = messages[number, settled_at or created_at, error or "", bool(escalated)]
        agencies[agency] = None
        assignments.add(assignment)
    return [
        Undelivered(
            at=at,
            agencies=tuple(agencies),
            assignments=len(assignments),
            error=error,
            is_escalation=escalated,
        )
        for (_, at, error, escalated), (agencies, assignments) in messages.items()
    ]


async def out_of_reach(session: AsyncSession, plans: Collection[str]) -> list[OutOfReach]:
    """The suspended chats of agencies that owe something in these plans (keys), and of those who oversee them."""
    owing = (
        select(AssignmentRow.agency)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(ItemRow.plan_key.in_(list(plans)), AssignmentRow.retired.is_(False))
    )
    steering = select(PlanRow.standing_office).where(PlanRow.key.in_(list(plans)))
    concerned = or_(
        and_(BindingRow.role == Role.OFFICER, BindingRow.agency.in_(owing)),
        and_(BindingRow.role == Role.STANDING_OFFICE, BindingRow.agency.in_(steering)),
        BindingRow.role == Role.LEADER,
    )
    found = await session.execute(
        select(BindingRow.role, BindingRow.agency, AgencyRow.name, ChatRow.kind, ChatRow.suspended)
        .join(ChatRow, BindingRow.chat_id == ChatRow.id)
        .outerjoin(AgencyRow, BindingRow.agency == AgencyRow.code)
        .where(concerned, BindingRow.ended_at.is_(None), ChatRow.suspended.is_not(None))
        .order_by(BindingRow.agency, BindingRow.id)
    )
    return [
        OutOfReach(role=role, agency=agency, agency_name=name or "", kind=kind, why=why or "")
        for role, agency, name, kind, why in found
    ]


async def without_chat(session: AsyncSession, plans: Collection[str]) -> list[AgencyRow]:
    """Agencies that owe something open in these plans (keys) and that no chat speaks for."""
    owing = (
        select(AssignmentRow.agency)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(
            ItemRow.plan_key.in_(list(plans)),
            AssignmentRow.retired.is_(False),
            is_word(table_of(AssignmentRow).c.state, State.OPEN),
        )
    )
    spoken_for = select(BindingRow.agency).where(bound_as(Role.OFFICER))
    found = await session.scalars(
        select(AgencyRow)
        .where(AgencyRow.code.in_(owing), AgencyRow.code.not_in(spoken_for))
        .order_by(AgencyRow.code)
    )
    return list(found)


async def last_scan(session: AsyncSession) -> Scan | None:
    row = await session.scalar(select(ScanRow).order_by(ScanRow.id.desc()).limit(1))
    if row is None:
        return None
    return Scan(
        day=row.day, at=row.at, notices=row.notices, messages=row.messages, unreachable=row.unreachable
    )


async def troubles(session: AsyncSession) -> list[OnRecord]:
    found = await session.scalars(select(TroubleRow).order_by(TroubleRow.since))
    return [OnRecord(name=row.name, since=row.since) for row in found]
