"""Chats and what they are bound as."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.once import add_once
from store.states import ChatKind, Role, State
from store.statuses import want_status
from store.tables import AgencyRow, AssignmentRow, BindingRow, ChatRow
from store.turns import take_turn


async def chat_for(
    session: AsyncSession, *, channel: str, address: str, kind: ChatKind, sparing: bool = False
) -> ChatRow:
    """The chat at that address, made on first sight, also when another process sees it at the same moment."""
    while (chat := await find_chat(session, channel=channel, address=address)) is None:
        await _take_address(session, channel, address)
        new = {"channel": channel, "address": address, "kind": kind, "sparing": sparing}
        await add_once(session, ChatRow, [new], unique=["channel", "address"])
    return chat


async def find_chat(session: AsyncSession, *, channel: str, address: str) -> ChatRow | None:
    found: ChatRow | None = await session.scalar(_CHAT_AT, {"of": channel, "at": address})
    return found


_CHAT_AT = select(ChatRow).where(ChatRow.channel == bindparam("of"), ChatRow.address == bindparam("at"))


async def _locked_chat(session: AsyncSession, *, channel: str, address: str) -> ChatRow | None:
    found: ChatRow | None = await session.scalar(
        select(ChatRow)
        .where(ChatRow.channel == channel, ChatRow.address == address)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def _take_address(session: AsyncSession, channel: str, address: str) -> None:
    """Until the transaction ends nobody else puts a chat at that address, where none is yet."""
    await take_turn(session, f"nhacviec:chat:{channel}:{address}")


async def move_chat(session: AsyncSession, *, channel: str, old: str, new: str) -> None:
    """A group became a supergroup: the same row goes on at the new address, with all that hangs on it and its
    settings. A row that the new address has by now hands over its bindings and is put aside; of two settings the stricter
    one stays."""
    await _take_address(session, channel, new)
    chat = await _locked_chat(session, channel=channel, address=old)
    if chat is None:
        return
    other = await _locked_chat(session, channel=channel, address=new)
    if other is not None:
        await _hand_over_bindings(session, other, chat)
        chat.admins_only = chat.admins_only or other.admins_only
        other.address, other.suspended = f"moved:{other.id}", "moved"
        await session.flush()
    chat.address, chat.suspended = new, None
    # Messages of the old address have no ids at the new one.
    had_status = chat.pinned is not None
    chat.pinned, chat.shown = (other.pinned, other.shown) if other is not None else (None, None)
    await session.flush()
    if had_status or other is not None:
        await want_status(session, [chat.id])


async def _hand_over_bindings(session: AsyncSession, giver: ChatRow, taker: ChatRow) -> None:
    taken = {(row.role, row.agency) for row in await _live_bindings(session, taker.id)}
    for row in await _live_bindings(session, giver.id):
        if (row.role, row.agency) not in taken:
            row.chat_id = taker.id


async def _live_bindings(session: AsyncSession, chat_id: int) -> list[BindingRow]:
    found = await session.scalars(
        select(BindingRow).where(BindingRow.chat_id == chat_id, BindingRow.ended_at.is_(None))
    )
    return list(found)


async def note_admins(
    session: AsyncSession, *, channel: str, address: str, admins: Iterable[str], wall: datetime
) -> None:
    """Who a group's admins are (ids on the channel), as of that moment."""
    await session.execute(
        update(ChatRow)
        .where(ChatRow.channel == channel, ChatRow.address == address)
        .values(admins=list(admins), admins_at=wall)
    )


async def suspend(session: AsyncSession, chat_id: int, reason: str) -> None:
    """Stop sending notices to a chat that is out of reach."""
    await session.execute(
        update(ChatRow).where(ChatRow.id == chat_id, ChatRow.suspended.is_(None)).values(suspended=reason)
    )


async def resume(session: AsyncSession, chat: ChatRow, today: date) -> bool:
    """The person is back: sending goes on, and what is due is looked at again. True if it had been suspended."""
    if chat.suspended is None:
        return False
    chat.suspended = None
    await want_status(session, [chat.id])
    for agency in await agencies_of(session, chat.id):
        await look_again(session, agency.code, today)
    return True


def bound_as(role: Role) -> ColumnElement[bool]:
    """Of bindings: those in that role which have not ended."""
    return and_(BindingRow.role == role, BindingRow.ended_at.is_(None))


@dataclass(frozen=True, kw_only=True)
class Bindings:
    """What a chat is bound as: its roles, the agencies that it speaks for, and those as whose standing office it steers."""

    roles: frozenset[Role]
    agencies: tuple[AgencyRow, ...]
    offices: tuple[AgencyRow, ...]


async def bindings_of(session: AsyncSession, chat_id: int) -> Bindings:
    """Everything that a chat is bound as at this moment."""
    found = list(await session.execute(_BINDINGS_OF, {"chat": chat_id}))
    return Bindings(
        roles=frozenset(role for role, _ in found),
        agencies=tuple(agency for role, agency in found if role is Role.OFFICER and agency is not None),
        offices=tuple(
            agency for role, agency in found if role is Role.STANDING_OFFICE and agency is not None
        ),
    )


_BINDINGS_OF = (
    select(BindingRow.role, AgencyRow)
    .outerjoin(AgencyRow, BindingRow.agency == AgencyRow.code)
    .where(BindingRow.chat_id == bindparam("chat"), BindingRow.ended_at.is_(None))
    .order_by(BindingRow.id)
)


async def agencies_of(session: AsyncSession, chat_id: int) -> list[AgencyRow]:
    """The agencies that a chat speaks for."""
    return list(await session.scalars(_AGENCIES_OF, {"chat": chat_id}))


_AGENCIES_OF = (
    select(AgencyRow)
    .join(BindingRow, BindingRow.agency == AgencyRow.code)
    .where(BindingRow.chat_id == bindparam("chat"), bound_as(Role.OFFICER))
    .order_by(BindingRow.id)
)


async def agency_names(session: AsyncSession, codes: Iterable[str]) -> list[str]:
    """The names of agencies, in the order of their codes."""
    found = await session.scalars(
        select(AgencyRow.name).where(AgencyRow.code.in_(list(codes))).order_by(AgencyRow.code)
    )
    return list(found)


async def operator_chats(session: AsyncSession) -> list[ChatRow]:
    """Where the machine's troubles are told."""
    return await _within_reach(session, bound_as(Role.OPERATOR))


async def chats_of(session: AsyncSession, agency: str) -> list[ChatRow]:
    """The chats within reach that speak for an agency."""
    return await _within_reach(session, bound_as(Role.OFFICER), BindingRow.agency == agency)


async def office_chats(session: AsyncSession, office: str) -> list[ChatRow]:
    """The chats within reach of the standing office that has this agency's code."""
    return await _within_reach(session, bound_as(Role.STANDING_OFFICE), BindingRow.agency == office)


async def _within_reach(session: AsyncSession, *bound: ColumnElement[bool]) -> list[ChatRow]:
    found = await session.scalars(
        select(ChatRow)
        .join(BindingRow, BindingRow.chat_id == ChatRow.id)
        .where(*bound, ChatRow.suspended.is_(None))
        .order_by(BindingRow.id)
    )
    return list(found)


async def look_again(session: AsyncSession, agency: str, today: date) -> None:
    """Have the next scan look at all that an agency still owes: a chat came that has not heard of it. What the agency has
    snoozed stays so, for all of its chats."""
    await session.execute(
        update(AssignmentRow)
        .where(
            AssignmentRow.agency == agency,
            AssignmentRow.state == State.OPEN,
            AssignmentRow.retired.is_(False),
            AssignmentRow.due.is_not(None),
            or_(AssignmentRow.snoozed_until.is_(None), AssignmentRow.snoozed_until <= today),
        )
        .values(next_milestone_on=today)
    )
