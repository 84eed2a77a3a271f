"""Which chats are bound as what, for those who look after them; and the end of bindings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.directory import name_key
from store.states import ChatKind, Role
from store.statuses import want_status
from store.tables import AgencyRow, AssignmentRow, BindingRow, ChatRow, ItemRow, PlanRow


@dataclass(frozen=True, kw_only=True)
class Held:
    """A binding that has not ended. `agency` and its name are empty for leaders and operators; `suspended` says why the chat
    is out of reach, if it is."""

    id: int
    chat_id: int
    role: Role
    agency: str
    agency_name: str
    since: datetime
    kind: ChatKind
    suspended: str | None


async def bindings_held(
    session: AsyncSession,
    *,
    chat_id: int | None = None,
    ids: Collection[int] | None = None,
    role: Role | None = None,
    agencies: Collection[str] | None = None,
) -> list[Held]:
    """Live bindings, oldest first. What is given narrows; None does not."""
    query = (
        select(BindingRow, ChatRow.kind, ChatRow.suspended, AgencyRow.name)
        .join(ChatRow, BindingRow.chat_id == ChatRow.id)
        .outerjoin(AgencyRow, BindingRow.agency == AgencyRow.code)
        .where(BindingRow.ended_at.is_(None))
        .order_by(BindingRow.id)
    )
    if chat_id is not None:
        query = query.where(BindingRow.chat_id == chat_id)
    if ids is not None:
        query = query.where(BindingRow.id.in_(list(ids)))
    if role is not None:
        query = query.where(BindingRow.role == role)
    if agencies is not None:
        query = query.where(BindingRow.agency.in_(list(agencies)))
    return [
        Held(
            id=row.id,
            chat_id=row.chat_id,
            role=row.role,
            agency=row.agency,
            agency_name=name or "",
            since=row.bound_at,
            kind=kind,
            suspended=suspended,
        )
        for row, kind, suspended, name in await session.execute(query)
    ]


async def end_bindings(session: AsyncSession, ids: Collection[int], *, now: datetime) -> list[Held]:
    """End those that have not ended yet, in this transaction, and give them as they were. Who ends the same at the same
    moment in another process comes too late and ends nothing."""
    locked = await _locked(session, BindingRow.id.in_(list(ids)))
    ended = await bindings_held(session, ids=[row.id for row in locked])
    for row in locked:
        row.ended_at = now
    await session.flush()
    await want_status(session, {row.chat_id for row in locked})
    return ended


async def offices_left_without(session: AsyncSession, ids: Collection[int]) -> list[str]:
    """Codes of the standing offices that would have no chat left if these bindings ended. Locks what it looks at, so that of
    two who end each other's only one does."""
    offices = set(
        await session.scalars(
            select(BindingRow.agency).where(
                BindingRow.id.in_(list(ids)),
                BindingRow.role == Role.STANDING_OFFICE,
                BindingRow.ended_at.is_(None),
            )
        )
    )
    rows = await _locked(
        session, and_(BindingRow.role == Role.STANDING_OFFICE, BindingRow.agency.in_(offices))
    )
    return sorted(offices - {row.agency for row in rows if row.id not in ids})


async def lock_live(session: AsyncSession, ids: Collection[int]) -> list[int]:
    """Which of these bindings have not ended and cannot end before this transaction does."""
    return [row.id for row in await _locked(session, BindingRow.id.in_(list(ids)))]


async def _locked(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[BindingRow]:
    found = await session.scalars(
        select(BindingRow)
        .where(which, BindingRow.ended_at.is_(None))
        .order_by(BindingRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def agencies_in(session: AsyncSession, plans: Collection[str]) -> list[AgencyRow]:
    """The agencies that have to do with these plans (keys): they owe something there, support it, or steer it."""
    of_plans = and_(PlanRow.key.in_(list(plans)), PlanRow.retired.is_(False))
    codes = set(await session.scalars(select(PlanRow.standing_office).where(of_plans)))
    codes |= set(
        await session.scalars(
            select(AssignmentRow.agency)
            .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
            .join(PlanRow, ItemRow.plan_key == PlanRow.key)
            .where(of_plans, AssignmentRow.retired.is_(False))
            .distinct()
        )
    )
    supporting = await session.scalars(
        select(ItemRow.support).join(PlanRow, ItemRow.plan_key == PlanRow.key).where(of_plans)
    )
    names = {name_key(name) for support in supporting for name in support}
    found = await session.scalars(select(AgencyRow).order_by(AgencyRow.code))
    return [agency for agency in found if agency.code in codes or names & _keys(agency)]


def _keys(agency: AgencyRow) -> set[str]:
    return {name_key(str(name)) for name in (agency.code, agency.name, *agency.aliases)}


async def offices_over(session: AsyncSession, agency: str) -> list[str]:
    """Codes of the standing offices of the active plans in which the agency owes something or which it steers; of a code
    without any such plan, and of "", those of all active plans. Those with a live chat come first."""
    owes = (
        select(ItemRow.plan_key)
        .join(AssignmentRow, AssignmentRow.item_id == ItemRow.id)
        .where(AssignmentRow.agency == agency, AssignmentRow.retired.is_(False))
    )
    active = select(PlanRow.standing_office).where(PlanRow.retired.is_(False)).order_by(PlanRow.key)
    concerned = or_(PlanRow.key.in_(owes), PlanRow.standing_office == agency)
    found = list(await session.scalars(active.where(concerned))) or list(await session.scalars(active))
    bound = {
        held.agency for held in await bindings_held(session, role=Role.STANDING_OFFICE, agencies=set(found))
    }
    return sorted(dict.fromkeys(found), key=lambda office: office not in bound)
