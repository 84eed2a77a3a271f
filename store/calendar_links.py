"""Private addresses of chats' calendars: whoever knows one may read what its chat may read, and nothing else.

Of a token only the hash is kept: who asks again gets a new one. A chat has one address in force at most.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import CalendarLinkRow, ChatRow

_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class CalendarLink:
    """A chat's address in force, without its token: since when, and the business day on which it was last used."""

    chat_id: int
    since: datetime
    last_used: date | None


async def make_link(session: AsyncSession, chat: ChatRow, *, now: datetime) -> str:
    """A new token of 256 bits (43 characters that any address may hold). The one in force until now is revoked."""
    await revoke_link(session, chat, now=now)
    token = secrets.token_urlsafe(_BYTES)
    session.add(CalendarLinkRow(token_hash=_hash(token), chat_id=chat.id, created_at=now))
    await session.flush()
    return token


async def revoke_link(session: AsyncSession, chat: ChatRow, *, now: datetime) -> bool:
    """True when there was one in force."""
    # Of two who do this at the same moment one waits for the other.
    await session.execute(select(ChatRow.id).where(ChatRow.id == chat.id).with_for_update())
    found = await session.scalars(
        select(CalendarLinkRow).where(
            CalendarLinkRow.chat_id == chat.id, CalendarLinkRow.revoked_at.is_(None)
        )
    )
    link = found.one_or_none()
    if link is None:
        return False
    link.revoked_at = now
    await session.flush()
    return True


async def link_of(session: AsyncSession, chat: ChatRow) -> CalendarLink | None:
    """The one in force; None when there is none."""
    return await _in_force(session, CalendarLinkRow.chat_id == chat.id)


async def link_behind(session: AsyncSession, token: str) -> CalendarLink | None:
    """The address in force with that token; None for one that is unknown or revoked. The database compares hashes: how long
    it takes says nothing about the token."""
    return await _in_force(session, CalendarLinkRow.token_hash == _hash(token))


async def _in_force(session: AsyncSession, which: ColumnElement[bool]) -> CalendarLink | None:
    row = await session.scalar(select(CalendarLinkRow).where(which, CalendarLinkRow.revoked_at.is_(None)))
    if row is None:
        return None
    return CalendarLink(chat_id=row.chat_id, since=row.created_at, last_used=row.last_used)


async def note_use(session: AsyncSession, token: str, today: date) -> None:
    """The address was used on that business day. Written once a day, however often it is fetched."""
    await session.execute(
        update(CalendarLinkRow)
        .where(
            CalendarLinkRow.token_hash == _hash(token),
            or_(CalendarLinkRow.last_used.is_(None), CalendarLinkRow.last_used < today),
        )
        .values(last_used=today)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
