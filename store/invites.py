"""One-time invites, and what comes of them: a binding, or a request for one."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.vietnam import day_of
from store.bindings import Held, bindings_held, end_bindings, lock_live, offices_over
from store.chats import look_again
from store.once import add_once
from store.states import RequestKind, RequestState, Role
from store.statuses import want_status
from store.tables import AgencyRow, BindingRow, ChatRow, InviteRow, InviteTryRow, RequestRow

INVITE_LIFETIME = timedelta(days=7)
TRIES = 5
TRIES_WINDOW = timedelta(hours=1)
# Without 0/O, 1/I/L: the code is also read out on the phone and typed by hand.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_HALF = 5


class InviteVerdict(StrEnum):
    """What came of an invite code that a person typed. AWAITS: the standing office has to say yes first. WITHDRAWN: of a
    handover whose chat speaks for the agency no more; HANDS_OVER: that chat itself typed it."""

    BOUND = "bound"
    AWAITS = "awaits"
    ALREADY_BOUND = "already bound"
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    HANDS_OVER = "hands over"
    TOO_MANY_TRIES = "too many tries"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """The answer to an invite code. With BOUND and AWAITS `role` and `agency` say as what; `invite_id` is the invite's,
    `replaced` the binding that a handover ended, `office` the standing office (its code) whose yes is awaited."""

    verdict: InviteVerdict
    role: Role | None = None
    agency: AgencyRow | None = None
    invite_id: int | None = None
    replaced: Held | None = None
    office: str | None = None


async def make_invite(
    session: AsyncSession, *, role: Role, agency: str, now: datetime, replaces_chat_id: int | None = None
) -> str:
    """A new one-time code, such as "7KM2P-XQ4RT"; only its hash is kept. The binding of `replaces_chat_id` to the agency ends
    when somebody accepts it."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(2 * _HALF))
    session.add(
        InviteRow(
            code_hash=_hash(letters),
            role=role,
            agency=agency,
            created_at=now,
            expires_at=now + INVITE_LIFETIME,
            replaces_chat_id=replaces_chat_id,
        )
    )
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


async def accept_invite(
    session: AsyncSession, *, code: str, chat: ChatRow, person: str, now: datetime, confirms: bool = False
) -> Bound:
    """Bind a chat by a code. Wrong codes are counted per person: five an hour, then none is looked at. `confirms`: where a
    standing office can say yes to a new binding, it is only asked for (AWAITS)."""
    if await _tried_too_often(session, chat, person, now):
        return Bound(verdict=InviteVerdict.TOO_MANY_TRIES)
    invite = await session.scalar(
        select(InviteRow).where(InviteRow.code_hash == _hash(code)).with_for_update()
    )
    if invite is None:
        session.add(InviteTryRow(channel=chat.channel, person=person, tried_at=now))
        return Bound(verdict=InviteVerdict.UNKNOWN)
    useless = await _why_useless(session, invite, chat, now)
    if useless is not None:
        return Bound(verdict=useless, invite_id=invite.id)
    invite.used_at, invite.used_chat_id = now, chat.id
    agency = await session.get(AgencyRow, invite.agency) if invite.agency else None
    asks = confirms and not await is_bound(session, chat, invite.role, invite.agency)
    office = await _who_confirms(session, invite) if asks else None
    if office is not None:
        return Bound(
            verdict=InviteVerdict.AWAITS,
            role=invite.role,
            agency=agency,
            invite_id=invite.id,
            office=office,
        )
    chat.suspended = None
    return await bind_by(session, invite, chat, now=now)


async def bind_by(session: AsyncSession, invite: InviteRow, chat: ChatRow, *, now: datetime) -> Bound:
    """Bind the chat as the invite says, and end the binding that it replaces."""
    is_new = await bind(session, chat, role=invite.role, agency=invite.agency, now=now)
    replaced = await _replaced(session, invite, chat, now)
    return Bound(
        verdict=InviteVerdict.BOUND if is_new or replaced else InviteVerdict.ALREADY_BOUND,
        role=invite.role,
        agency=await session.get(AgencyRow, invite.agency) if invite.agency else None,
        invite_id=invite.id,
        replaced=replaced,
    )


async def bind(session: AsyncSession, chat: ChatRow, *, role: Role, agency: str, now: datetime) -> bool:
    """Bind the chat, and have what the agency owes looked at again; False when it is bound so already."""
    if await is_bound(session, chat, role, agency):
        return False
    await add_once(
        session,
        BindingRow,
        [{"chat_id": chat.id, "role": role, "agency": agency, "bound_at": now}],
        unique=["chat_id", "role", "agency"],
        where=BindingRow.ended_at.is_(None),
    )
    if role is Role.OFFICER:
        await look_again(session, agency, day_of(now))
    if role is not Role.OPERATOR:
        await want_status(session, [chat.id])
    return True


async def is_bound(session: AsyncSession, chat: ChatRow, role: Role, agency: str) -> bool:
    return bool(await bindings_held(session, chat_id=chat.id, role=role, agencies=[agency]))


async def requests_of(session: AsyncSession, chat_id: int) -> list[RequestRow]:
    """The bindings that the chat has asked for and nobody has decided on yet."""
    found = await session.scalars(
        select(RequestRow)
        .where(
            RequestRow.chat_id == chat_id,
            RequestRow.kind == RequestKind.BINDING,
            RequestRow.state == RequestState.WAITING,
        )
        .order_by(RequestRow.id)
    )
    return list(found)


async def _tried_too_often(session: AsyncSession, chat: ChatRow, person: str, now: datetime) -> bool:
    recent_tries = await session.scalar(
        select(func.count())
        .select_from(InviteTryRow)
        .where(
            InviteTryRow.channel == chat.channel,
            InviteTryRow.person == person,
            InviteTryRow.tried_at > now - TRIES_WINDOW,
        )
    )
    return (recent_tries or 0) >= TRIES


async def _why_useless(
    session: AsyncSession, invite: InviteRow, chat: ChatRow, now: datetime
) -> InviteVerdict | None:
    if invite.used_at is not None:
        if invite.used_chat_id != chat.id:
            return InviteVerdict.USED
        if any(asked.details["invite"] == invite.id for asked in await requests_of(session, chat.id)):
            return InviteVerdict.AWAITS
        bound = await is_bound(session, chat, invite.role, invite.agency)
        return InviteVerdict.ALREADY_BOUND if bound else InviteVerdict.USED
    if invite.expires_at <= now:
        return InviteVerdict.EXPIRED
    if invite.replaces_chat_id is None:
        return None
    # A code lets nobody in whom the chat that made it could not let in any more.
    if not await lock_live(session, await _to_replace(session, invite)):
        return InviteVerdict.WITHDRAWN
    return InviteVerdict.HANDS_OVER if invite.replaces_chat_id == chat.id else None


async def _to_replace(session: AsyncSession, invite: InviteRow) -> list[int]:
    found = await bindings_held(
        session, chat_id=invite.replaces_chat_id, role=invite.role, agencies=[invite.agency]
    )
    return [held.id for held in found]


async def _replaced(session: AsyncSession, invite: InviteRow, chat: ChatRow, now: datetime) -> Held | None:
    if invite.replaces_chat_id in (None, chat.id):
        return None
    old = await _to_replace(session, invite)
    return next(iter(await end_bindings(session, old, now=now)), None)


async def _who_confirms(session: AsyncSession, invite: InviteRow) -> str | None:
    """The standing office that has to say yes; None when nobody can: of the operator, and of an office's first chat."""
    match invite.role:
        case Role.OPERATOR:
            return None
        case Role.STANDING_OFFICE:
            held = await bindings_held(session, role=Role.STANDING_OFFICE, agencies=[invite.agency])
            return invite.agency if held else None
        case Role.OFFICER | Role.LEADER:
            return next(iter(await offices_over(session, invite.agency)), None)


def _hash(code: str) -> str:
    letters = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
