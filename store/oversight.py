"""Who oversees what: a standing office the plans of its agency, leaders all of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.database import in_chunks
from store.states import Role
from store.tables import AssignmentRow, BindingRow, ChatRow, ItemRow, PlanRow


@dataclass(frozen=True, kw_only=True)
class Overseers:
    """The chats (ids) within reach: of each standing office by its agency's code, and of the leaders."""

    offices: Mapping[str, tuple[int, ...]]
    leaders: tuple[int, ...]

    def scopes(self) -> dict[int, tuple[frozenset[str], bool]]:
        """Of each chat the standing offices that it speaks for, and whether it is a leader's."""
        held: dict[int, set[str]] = defaultdict(set)
        for office, chats in self.offices.items():
            for chat in chats:
                held[chat].add(office)
        return {
            chat: (frozenset(held.get(chat, ())), chat in self.leaders)
            for chat in dict.fromkeys((*held, *self.leaders))
        }


async def overseers(session: AsyncSession) -> Overseers:
    """All of them."""
    found = await session.execute(
        select(BindingRow.role, BindingRow.agency, BindingRow.chat_id)
        .join(ChatRow, BindingRow.chat_id == ChatRow.id)
        .where(
            BindingRow.role.in_([Role.STANDING_OFFICE, Role.LEADER]),
            BindingRow.ended_at.is_(None),
            ChatRow.suspended.is_(None),
        )
        .order_by(BindingRow.id)
    )
    offices: dict[str, list[int]] = defaultdict(list)
    leaders: dict[int, None] = {}
    for role, agency, chat in found:
        if role is Role.LEADER:
            leaders[chat] = None
        else:
            offices[agency].append(chat)
    return Overseers(
        offices={office: tuple(chats) for office, chats in offices.items()}, leaders=tuple(leaders)
    )


async def offices_of(session: AsyncSession, assignments: Collection[int]) -> dict[int, str]:
    """The standing office of each assignment's (id's) plan."""
    found: dict[int, str] = {}
    for ids in in_chunks(sorted(assignments)):
        rows = await session.execute(
            select(AssignmentRow.id, PlanRow.standing_office)
            .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
            .join(PlanRow, ItemRow.plan_key == PlanRow.key)
            .where(AssignmentRow.id.in_(ids))
        )
        found.update((number, office) for number, office in rows)
    return found
