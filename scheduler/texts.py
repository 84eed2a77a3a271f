"""What claimed messages say: an answer's text was kept when it was queued, that of a morning message and of a pinned status
is made now, from the state at this moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Message, from_json
from bot.morning import morning_message
from bot.status_message import status_message, unbound_status
from store import notices
from store.agenda import entries
from store.chats import bindings_of
from store.claims import Claim
from store.notices import NoticedEntry
from store.states import OutboxKind, Role


@dataclass(frozen=True, kw_only=True)
class Text:
    """What a claim has to say; `notices` are the ids that tell each assignment."""

    message: Message
    made_at: datetime
    notices: Mapping[int, tuple[int, ...]]

    def said_by(self, piece: Message) -> tuple[int, ...]:
        about = (assignment for block in piece.blocks for assignment in block.about)
        return tuple(number for assignment in about for number in self.notices.get(assignment, ()))


async def texts_of(
    session: AsyncSession, claimed: Sequence[Claim], *, made_at: datetime, now: datetime
) -> dict[int, Text]:
    """What the claims (by their rows' ids) have to say; those with nothing left to say are missing. `made_at` is wall time,
    `now` business time."""
    mornings = [claim.id for claim in claimed if claim.kind is OutboxKind.NOTICE]
    noticed = await notices.spoken(session, mornings) if mornings else {}
    texts = {}
    for claim in claimed:
        told_of = noticed.get(claim.id, ())
        if claim.kind is OutboxKind.STATUS:
            message = await _status(session, claim, now)
        else:
            message = _message(claim, told_of)
        if message is not None:
            told = {one.entry.id: one.notices for one in told_of}
            texts[claim.id] = Text(message=message, made_at=made_at, notices=told)
    return texts


async def _status(session: AsyncSession, claim: Claim, now: datetime) -> Message | None:
    bindings = await bindings_of(session, claim.chat_id)
    if not bindings.roles - {Role.OPERATOR}:
        return unbound_status() if claim.replaces else None
    own = await entries(session, agencies=[agency.code for agency in bindings.agencies])
    return status_message(own, bindings, now)


def _message(claim: Claim, entries: Sequence[NoticedEntry]) -> Message | None:
    if claim.kind is not OutboxKind.NOTICE:
        return from_json(claim.body) if claim.body else None
    if claim.morning is None:
        return None
    return morning_message(entries, claim.morning, continued=claim.continued)
