"""Chats and what they are bound as, and the one-time invites that bind them."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plan.vietnam import day_of
from store.once import add_once
from store.states import ChatKind, Role, State
from store.tables import AgencyRow, AssignmentRow, BindingRow, ChatRow, InviteRow, InviteTryRow
from store.turns import take_turn

INVITE_LIFETIME = timedelta(days=7)
TRIES = 5
TRIES_WINDOW = timedelta(hours=1)
# Without 0/O, 1/I/L: the code is also read out on the phone and typed by hand.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_HALF = 5


class InviteVerdict(StrEnum):
    """What came of an invite code that a person typed."""

    BOUND = "bound"
    ALREADY_BOUND = "already bound"
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    TOO_MANY_TRIES = "too many tries"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """The answer to an invite code; `agency` is its name when the verdict says bound."""

    verdict: InviteVerdict
    role: Role | None = None
    agency: AgencyRow | None = None


async def chat_for(session: AsyncSession, *, channel: str, address: str, kind: ChatKind) -> ChatRow:
    """The chat at that address, made on first sight, also when another process sees it at the same moment."""
    while (chat := await find_chat(session, channel=channel, address=address)) is None:
        await _take_address(session, channel, address)
        new = {"channel": channel, "address": address, "kind": kind}
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
    """A group became a supergroup: the same row goes on at the new address, with all that hangs on it. A row that the
    new address has by now hands over its bindings and is put aside."""
    await _take_address(session, channel, new)
    chat = await _locked_chat(session, channel=channel, address=old)
    if chat is None:
        return
    other = await _locked_chat(session, channel=channel, address=new)
    if other is not None:
        await _hand_over_bindings(session, other, chat)
        other.address, other.suspended = f"moved:{other.id}", "moved"
        await session.flush()
    chat.address, chat.suspended = new, None
    await session.flush()


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
    found = await session.scalars(
        select(ChatRow)
        .join(BindingRow, BindingRow.chat_id == ChatRow.id)
        .where(bound_as(Role.OPERATOR), ChatRow.suspended.is_(None))
    )
    return list(found)


async def chats_of(session: AsyncSession, agency: str) -> list[ChatRow]:
    """The chats within reach that speak for an agency."""
    found = await session.scalars(
        select(ChatRow)
        .join(BindingRow, BindingRow.chat_id == ChatRow.id)
        .where(BindingRow.agency == agency, bound_as(Role.OFFICER), ChatRow.suspended.is_(None))
        .order_by(BindingRow.id)
    )
    return list(found)


async def office_chats(session: AsyncSession, office: str) -> list[ChatRow]:
    """The chats within reach of the standing office that has this agency's code."""
    found = await session.scalars(
        select(ChatRow)
        .join(BindingRow, BindingRow.chat_id == ChatRow.id)
        .where(BindingRow.agency == office, bound_as(Role.STANDING_OFFICE), ChatRow.suspended.is_(None))
        .order_by(BindingRow.id)
    )
    return list(found)


async def leader_chats(session: AsyncSession) -> list[ChatRow]:
    """The leaders' chats within reach."""
    found = await session.scalars(
        select(ChatRow)
        .join(BindingRow, BindingRow.chat_id == ChatRow.id)
        .where(bound_as(Role.LEADER), ChatRow.suspended.is_(None))
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


async def make_invite(session: AsyncSession, *, role: Role, agency: str, now: datetime) -> str:
    """A new one-time code, such as "7KM2P-XQ4RT"; only its hash is kept."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(2 * _HALF))
    session.add(
        InviteRow(
            code_hash=_hash(letters),
            role=role,
            agency=agency,
            created_at=now,
            expires_at=now + INVITE_LIFETIME,
        )
    )
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


async def accept_invite(
    session: AsyncSession, *, code: str, chat: ChatRow, person: str, now: datetime
) -> Bound:
    """Bind a chat by a code. Wrong codes are counted per person: five an hour, then none is looked at."""
    recent_tries = await session.scalar(
        select(func.count())
        .select_from(InviteTryRow)
        .where(
            InviteTryRow.channel == chat.channel,
            InviteTryRow.person == person,
            InviteTryRow.tried_at > now - TRIES_WINDOW,
        )
    )
    if (recent_tries or 0) >= TRIES:
        return Bound(verdict=InviteVerdict.TOO_MANY_TRIES)
    invite = await session.scalar(
        select(InviteRow).where(InviteRow.code_hash == _hash(code)).with_for_update()
    )
    if invite is None:
        session.add(InviteTryRow(channel=chat.channel, person=person, tried_at=now))
        return Bound(verdict=InviteVerdict.UNKNOWN)
    if invite.used_at is not None:
        same_chat = invite.used_chat_id == chat.id
        return Bound(verdict=InviteVerdict.ALREADY_BOUND if same_chat else InviteVerdict.USED)
    if invite.expires_at <= now:
        return Bound(verdict=InviteVerdict.EXPIRED)
    agency = await session.get(AgencyRow, invite.agency) if invite.agency else None
    invite.used_at, invite.used_chat_id = now, chat.id
    bound = await _bind(session, chat, invite, now)
    verdict = InviteVerdict.BOUND if bound else InviteVerdict.ALREADY_BOUND
    return Bound(verdict=verdict, role=invite.role, agency=agency)


async def _bind(session: AsyncSession, chat: ChatRow, invite: InviteRow, now: datetime) -> bool:
    known = await session.scalar(
        select(BindingRow.id).where(
            BindingRow.chat_id == chat.id,
            BindingRow.role == invite.role,
            BindingRow.agency == invite.agency,
            BindingRow.ended_at.is_(None),
        )
    )
    if known is not None:
        return False
    new = {"chat_id": chat.id, "role": invite.role, "agency": invite.agency, "bound_at": now}
    await add_once(
        session,
        BindingRow,
        [new],
        unique=["chat_id", "role", "agency"],
        where=BindingRow.ended_at.is_(None),
    )
    chat.suspended = None
    chat.status_wanted = invite.role is not Role.OPERATOR or chat.status_wanted
    if invite.role is Role.OFFICER:
        await look_again(session, invite.agency, day_of(now))
    return True


def _hash(code: str) -> str:
    letters = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
