"""The way into the board: a one-time link that a chat asked for, and the browser that came in by it.

Of both tokens only the hashes are kept. A session ends after twelve hours, when the person signs out, and with the binding
by which they came in, whatever else the chat is bound as then. All instants are wall time, save where it says otherwise.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.changes import Actor, audit_event
from store.states import ChatKind, Role
from store.tables import BindingRow, ChatRow, SignInRow, WebSessionRow

LINK_LIFETIME = timedelta(minutes=10)
SESSION_LIFETIME = timedelta(hours=12)
# A page is read more often than it matters when.
_NOTED_EVERY = timedelta(minutes=5)
_TOKEN_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Session:
    """A browser that is signed in, and the chat and the person for whom it speaks."""

    id: int
    chat: ChatRow
    person: str
    person_name: str


async def make_sign_in(
    session: AsyncSession,
    *,
    chat: ChatRow,
    roles: Sequence[Role],
    person: str,
    person_name: str,
    wall: datetime,
) -> str | None:
    """A new one-time token for the private chat's person, good for ten minutes, by the chat's binding in the first of these
    roles that it has; None when it has none."""
    binding = await _binding(session, chat.id, roles)
    if binding is None:
        return None
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        SignInRow(
            token_hash=_hash(token),
            chat_id=chat.id,
            binding_id=binding,
            person=person,
            person_name=person_name,
            created_at=wall,
            expires_at=wall + LINK_LIFETIME,
        )
    )
    return token


async def is_good(session: AsyncSession, token: str, *, wall: datetime) -> bool:
    """Whether the one-time token would let somebody in now. Does not use it up."""
    return await session.scalar(select(SignInRow.id).where(_may_come_in(token, wall))) is not None


async def come_in(session: AsyncSession, token: str, *, now: datetime, wall: datetime) -> str | None:
    """Use the one-time token up; returns the token of a new session, None when it lets nobody in (any more). Of two who come
    with the same one only the first does. `now` is business time, for the audit."""
    used = await session.execute(
        update(SignInRow)
        .where(_may_come_in(token, wall))
        .values(used_at=wall)
        .returning(SignInRow.chat_id, SignInRow.binding_id, SignInRow.person, SignInRow.person_name)
        .execution_options(synchronize_session=False)
    )
    found = used.one_or_none()
    if found is None:
        return None
    fresh = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        WebSessionRow(
            token_hash=_hash(fresh),
            chat_id=found.chat_id,
            binding_id=found.binding_id,
            person=found.person,
            person_name=found.person_name,
            created_at=wall,
            last_used_at=wall,
            expires_at=wall + SESSION_LIFETIME,
        )
    )
    actor = Actor(person=found.person, name=found.person_name, chat_id=found.chat_id)
    await audit_event(session, "signin", actor=actor, now=now)
    return fresh


async def session_of(session: AsyncSession, token: str, *, wall: datetime) -> tuple[Session, bool] | None:
    """Who is signed in by that session token, and whether its use is worth a note (`note_use`); None when nobody is, any
    more."""
    found = (
        await session.execute(
            select(WebSessionRow, ChatRow)
            .join(ChatRow, WebSessionRow.chat_id == ChatRow.id)
            .where(
                WebSessionRow.token_hash == _hash(token),
                WebSessionRow.expires_at > wall,
                WebSessionRow.ended_at.is_(None),
                ChatRow.kind == ChatKind.PRIVATE,
                WebSessionRow.binding_id.in_(_live_bindings()),
            )
        )
    ).one_or_none()
    if found is None:
        return None
    row, chat = found
    signed_in = Session(id=row.id, chat=chat, person=row.person, person_name=row.person_name)
    return signed_in, wall - row.last_used_at >= _NOTED_EVERY


async def note_use(session: AsyncSession, session_id: int, *, wall: datetime) -> None:
    await session.execute(
        update(WebSessionRow).where(WebSessionRow.id == session_id).values(last_used_at=wall)
    )


async def sign_out(session: AsyncSession, session_id: int, *, wall: datetime) -> None:
    await session.execute(
        update(WebSessionRow)
        .where(WebSessionRow.id == session_id, WebSessionRow.ended_at.is_(None))
        .values(ended_at=wall)
    )


async def end_all(session: AsyncSession, *, wall: datetime) -> None:
    """Nobody is signed in any more, and no link lets anybody in."""
    await session.execute(update(WebSessionRow).where(WebSessionRow.ended_at.is_(None)).values(ended_at=wall))
    await session.execute(update(SignInRow).where(SignInRow.used_at.is_(None)).values(expires_at=wall))


def _may_come_in(token: str, wall: datetime) -> ColumnElement[bool]:
    return and_(
        SignInRow.token_hash == _hash(token),
        SignInRow.used_at.is_(None),
        SignInRow.expires_at > wall,
        SignInRow.binding_id.in_(_live_bindings()),
    )


def _live_bindings() -> Select[int]:
    return select(BindingRow.id).where(BindingRow.ended_at.is_(None))


async def _binding(session: AsyncSession, chat_id: int, roles: Sequence[Role]) -> int | None:
    held = {
        role: number
        for number, role in await session.execute(
            select(BindingRow.id, BindingRow.role)
            .where(BindingRow.chat_id == chat_id, BindingRow.ended_at.is_(None))
            .order_by(BindingRow.id.desc())
        )
    }
    return next((held[role] for role in roles if role in held), None)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
