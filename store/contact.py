"""How agencies are reached, when they last heard and wrote, and where those sit who oversee them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.chats import bound_as
from store.states import ChatKind, NoticeState, Role
from store.tables import AssignmentRow, AuditRow, BindingRow, ChatRow, ItemRow, NoticeRow


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The chats that speak for an agency, by kind; `unreachable` of them cannot be written to for now. `told_at`: its last
    reminder was sent; `acted_at`: one of its chats last wrote something down, about the output `acted_on`."""

    groups: int
    private: int
    unreachable: int
    told_at: datetime | None
    acted_at: datetime | None
    acted_on: str | None

    @property
    def chats(self) -> int:
        return self.groups + self.private


async def contact_of(session: AsyncSession, agency: str, plans: Collection[str]) -> Contact:
    """Of an agency (its code), as far as these plans go."""
    chats = list(
        await session.execute(
            select(ChatRow.kind, ChatRow.suspended)
            .join(BindingRow, BindingRow.chat_id == ChatRow.id)
            .where(BindingRow.agency == agency, bound_as(Role.OFFICER))
        )
    )
    owed = (
        select(AssignmentRow.id)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(AssignmentRow.agency == agency, ItemRow.plan_key.in_(list(plans)))
    )
    told = await session.scalar(
        select(func.max(NoticeRow.settled_at)).where(
            NoticeRow.assignment_id.in_(owed), NoticeRow.state == NoticeState.SENT
        )
    )
    spoke_for = select(BindingRow.chat_id).where(BindingRow.agency == agency, BindingRow.role == Role.OFFICER)
    acted = (
        await session.execute(
            select(AuditRow.at, ItemRow.code)
            .join(AssignmentRow, AuditRow.assignment_id == AssignmentRow.id)
            .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
            .where(AuditRow.assignment_id.in_(owed), AuditRow.chat_id.in_(spoke_for))
            .order_by(AuditRow.id.desc())
            .limit(1)
        )
    ).first()
    return Contact(
        groups=sum(kind is ChatKind.GROUP for kind, _ in chats),
        private=sum(kind is ChatKind.PRIVATE for kind, _ in chats),
        unreachable=sum(suspended is not None for _, suspended in chats),
        told_at=told,
        acted_at=acted.at if acted else None,
        acted_on=acted.code if acted else None,
    )


async def overseer_chats(session: AsyncSession, channel: str) -> dict[str, frozenset[Role]]:
    """The addresses of a channel's chats that oversee plans, with all that each is bound as."""
    found = await session.execute(
        select(ChatRow.address, BindingRow.role)
        .join(BindingRow, BindingRow.chat_id == ChatRow.id)
        .where(
            ChatRow.channel == channel,
            ChatRow.suspended.is_(None),
            BindingRow.ended_at.is_(None),
            ChatRow.id.in_(
                select(BindingRow.chat_id).where(
                    BindingRow.role.in_([Role.STANDING_OFFICE, Role.LEADER]), BindingRow.ended_at.is_(None)
                )
            ),
        )
        .order_by(BindingRow.id)
    )
    roles: dict[str, frozenset[Role]] = {}
    for address, role in found:
        roles[address] = roles.get(address, frozenset()) | {role}
    return roles
