"""Holds: reminders of one morning that a standing office keeps back, agency by agency."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.once import insert_once
from store.states import State
from store.tables import AgencyRow, AssignmentRow, HoldRow, ItemRow, PlanRow, table_of

_ASSIGNMENT, _HOLD, _ITEM, _PLAN = map(table_of, (AssignmentRow, HoldRow, ItemRow, PlanRow))


@dataclass(frozen=True, kw_only=True)
class Held:
    """An agency whose reminders a standing office (both by their codes) keeps back on that day."""

    day: date
    agency: str
    agency_name: str
    office: str


def not_held(day: date) -> ColumnElement[bool]:
    """Of assignments: the standing office of their plan does not keep their agency's reminders back on that day."""
    on_the_day = select(_HOLD.c.id).where(_HOLD.c.day == day, _HOLD.c.released_at.is_(None))
    of_the_assignment = (
        on_the_day.join(_PLAN, _PLAN.c.standing_office == _HOLD.c.office)
        .join(_ITEM, _ITEM.c.plan_key == _PLAN.c.key)
        .where(_HOLD.c.agency == _ASSIGNMENT.c.agency, _ITEM.c.id == _ASSIGNMENT.c.item_id)
        .correlate(_ASSIGNMENT)
    )
    # Asked once, not for each assignment: on most days nothing is held back.
    return or_(~exists(on_the_day), ~exists(of_the_assignment))


async def holds_from(session: AsyncSession, offices: Collection[str], day: date) -> list[Held]:
    """What these standing offices keep back on that day and later ones, by day."""
    rows = await session.execute(
        select(HoldRow.day, HoldRow.agency, AgencyRow.name, HoldRow.office)
        .join(AgencyRow, HoldRow.agency == AgencyRow.code)
        .where(HoldRow.office.in_(list(offices)), HoldRow.day >= day, HoldRow.released_at.is_(None))
        .order_by(HoldRow.day, HoldRow.agency)
    )
    return [Held(day=on, agency=agency, agency_name=name, office=office) for on, agency, name, office in rows]


async def owing(session: AsyncSession, office: str) -> list[AgencyRow]:
    """The agencies that still owe something of the active plans of a standing office, by code."""
    found = await session.scalars(
        select(AgencyRow)
        .where(
            AgencyRow.code.in_(
                select(AssignmentRow.agency)
                .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
                .join(PlanRow, ItemRow.plan_key == PlanRow.key)
                .where(
                    PlanRow.standing_office == office,
                    PlanRow.retired.is_(False),
                    AssignmentRow.state == State.OPEN,
                    AssignmentRow.retired.is_(False),
                )
            )
        )
        .order_by(AgencyRow.code)
    )
    return list(found)


async def hold(
    session: AsyncSession, *, day: date, office: str, agencies: Iterable[str], now: datetime
) -> list[str]:
    """Keep back the agencies' reminders of that day; returns the codes of those that were not kept back before."""
    new = [{"day": day, "office": office, "agency": agency, "held_at": now} for agency in agencies]
    if not new:
        return []
    added = await session.scalars(
        insert_once(
            session,
            HoldRow,
            unique=["day", "agency", "office"],
            where=HoldRow.released_at.is_(None),
        ).returning(HoldRow.agency),
        new,
    )
    return list(added)


async def release(session: AsyncSession, held: Iterable[Held], *, now: datetime) -> None:
    """Let the reminders go that were kept back."""
    for one in held:
        rows = await session.scalars(
            select(HoldRow)
            .where(
                HoldRow.day == one.day,
                HoldRow.agency == one.agency,
                HoldRow.office == one.office,
                HoldRow.released_at.is_(None),
            )
            .with_for_update()
        )
        for row in rows:
            row.released_at = now
    await session.flush()
