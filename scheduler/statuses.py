"""Renew the pinned statuses: what chats wished for is looked at, and written anew where it would say something else."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.status_message import StatusMessage, status_message, unbound_status
from store.agenda import entries
from store.chats import bindings_of
from store.database import Database
from store.figures import Tally, tallies
from store.states import Role
from store.statuses import grant, wished

# Wishes looked at between two transactions that write.
_AT_ONCE = 200


class StatusTexts:
    """Makes the texts, as of one moment of business time. Chats that oversee the same plans are counted for once."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self._session = session
        self._now = now
        self._overseen: dict[frozenset[str] | None, Sequence[Tally]] = {}

    async def of(self, chat_id: int, *, stands: bool) -> StatusMessage | None:
        """What the chat's status says; `stands`: it has one already. None: there is nothing to say."""
        bindings = await bindings_of(self._session, chat_id)
        if not bindings.roles - {Role.OPERATOR}:
            return unbound_status() if stands else None
        agencies = [agency.code for agency in bindings.agencies]
        own = await entries(self._session, agencies=agencies) if agencies else []
        offices = frozenset(office.code for office in bindings.offices)
        overseen: Sequence[Tally] = ()
        if Role.LEADER in bindings.roles:
            overseen = await self._of_plans(None)
        elif offices:
            overseen = await self._of_plans(offices)
        return status_message(own, overseen, bindings, self._now)

    async def _of_plans(self, offices: frozenset[str] | None) -> Sequence[Tally]:
        if offices not in self._overseen:
            self._overseen[offices] = await tallies(self._session, offices)
        return self._overseen[offices]


async def renew_statuses(database: Database, *, now: datetime, wall: datetime) -> bool:
    """Put in line what chats wished for and would read differently; True when there is any. Words are made without holding
    up who writes. A chat out of reach has its status looked at when it comes back."""
    queued = 0
    while True:
        async with database.read() as session:
            found = await wished(session, most=_AT_ONCE)
            texts = StatusTexts(session, now)
            changed = []
            for one in found:
                if one.suspended:
                    continue
                text = await texts.of(one.chat_id, stands=one.pinned is not None)
                if text is not None and text.shows != one.shown:
                    changed.append(one.chat_id)
        if not found:
            return queued > 0
        async with database.write() as session:
            granted = await grant(session, found, changed=changed, wall=wall)
        if granted is None:
            return queued > 0
        queued += granted
