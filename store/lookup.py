"""Reads for answering people: who may see what, and what the plans say about a code."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.chats import Bindings
from store.states import Role
from store.tables import AgencyRow, AssignmentRow, ItemRow, PlanRow


@dataclass(frozen=True, kw_only=True)
class Item:
    """An output of an active plan as printed, whoever owes it. A report has no area and no schedule."""

    plan_key: str
    code: str
    task: str
    area: int | None
    area_name: str | None
    heading: str | None
    title: str
    product: str
    schedule: str
    lead: tuple[str, ...]
    support: tuple[str, ...]


async def plans_of(session: AsyncSession, offices: Iterable[str] | None = None) -> frozenset[str]:
    """Keys of the active plans of which one of these agencies is the standing office; of all active plans without."""
    query = select(PlanRow.key).where(PlanRow.retired.is_(False))
    if offices is not None:
        query = query.where(PlanRow.standing_office.in_(list(offices)))
    return frozenset(await session.scalars(query))


async def plans_overseen(session: AsyncSession, bindings: Bindings) -> frozenset[str]:
    """Keys of the active plans that a chat bound so may read as a whole: a leader all of them, a standing office its own."""
    if Role.LEADER in bindings.roles:
        return await plans_of(session)
    return await plans_steered(session, bindings)


async def plans_steered(session: AsyncSession, bindings: Bindings) -> frozenset[str]:
    """Keys of the active plans that a chat bound so steers as their standing office."""
    if not bindings.offices:
        return frozenset()
    return await plans_of(session, [office.code for office in bindings.offices])


async def office_of(session: AsyncSession, plan_key: str) -> AgencyRow:
    """The agency that is a plan's standing office."""
    found = await session.scalars(
        select(AgencyRow)
        .join(PlanRow, PlanRow.standing_office == AgencyRow.code)
        .where(PlanRow.key == plan_key)
    )
    return found.one()


async def standing_offices(session: AsyncSession, plans: Iterable[str] | None = None) -> list[str]:
    """Names of the standing offices of active plans, where invites come from; of these plans only, if given."""
    query = (
        select(AgencyRow.name)
        .join(PlanRow, PlanRow.standing_office == AgencyRow.code)
        .where(PlanRow.retired.is_(False))
        .order_by(PlanRow.key)
    )
    if plans is not None:
        query = query.where(PlanRow.key.in_(list(plans)))
    return list(dict.fromkeys(await session.scalars(query)))


async def all_agencies(session: AsyncSession) -> list[AgencyRow]:
    """Every agency that a plan has named, by code."""
    return list(await session.scalars(select(AgencyRow).order_by(AgencyRow.code)))


async def assignments_of(session: AsyncSession, plans: Iterable[str], codes: Iterable[str]) -> list[int]:
    """Ids of the assignments of those outputs (by their codes as printed) of those plans, whoever owes them."""
    found = await session.scalars(
        select(AssignmentRow.id)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(
            ItemRow.plan_key.in_(list(plans)),
            ItemRow.code.in_(list(codes)),
            AssignmentRow.retired.is_(False),
        )
    )
    return list(found)


async def items(session: AsyncSession) -> list[Item]:
    """All outputs and reports of active plans, as on paper."""
    found = await session.scalars(
        select(ItemRow)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .where(PlanRow.retired.is_(False))
        .order_by(ItemRow.plan_key, ItemRow.position)
    )
    return [
        Item(
            plan_key=row.plan_key,
            code=row.code,
            task=row.task,
            area=row.area,
            area_name=row.area_name,
            heading=row.heading,
            title=row.title,
            product=row.product,
            schedule=row.schedule,
            lead=tuple(row.lead),
            support=tuple(row.support),
        )
        for row in found
    ]


async def plan_rows(session: AsyncSession, keys: Iterable[str]) -> list[PlanRow]:
    """These plans, by year and key."""
    found = await session.scalars(
        select(PlanRow).where(PlanRow.key.in_(list(keys))).order_by(PlanRow.year, PlanRow.key)
    )
    return list(found)


async def areas_of(session: AsyncSession, plans: Iterable[str]) -> dict[str, dict[int, str]]:
    """The areas of these plans (keys) by their numbers, with their names."""
    found = await session.execute(
        select(ItemRow.plan_key, ItemRow.area, ItemRow.area_name)
        .where(ItemRow.plan_key.in_(list(plans)), ItemRow.area.is_not(None))
        .distinct()
        .order_by(ItemRow.plan_key, ItemRow.area)
    )
    areas: dict[str, dict[int, str]] = {}
    for plan, area, name in found:
        if area is not None:
            areas.setdefault(plan, {})[area] = name or ""
    return areas
