"""What claimed messages say: an answer's text was kept when it was queued, that of a morning message or a nudge is made now,
from the state at this moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Message, from_json
from bot.morning import morning_message, nudge_message
from store import notices
from store.claims import Claim
from store.notices import NoticedEntry
from store.states import OutboxKind


@dataclass(frozen=True, kw_only=True)
class Text:
    """What a claim has to say; `notices` are the ids that tell each assignment."""

    message: Message
    made_at: datetime
    notices: Mapping[int, tuple[int, ...]]

    def said_by(self, piece: Message) -> tuple[int, ...]:
        about = (assignment for block in piece.blocks for assignment in block.about)
        return tuple(number for assignment in about for number in self.notices.get(assignment, ()))


async def texts_of(session: AsyncSession, claimed: Sequence[Claim], made_at: datetime) -> dict[int, Text]:
    """What the claims (by their rows' ids) have to say; those with nothing left to say are missing."""
    mornings = [claim.id for claim in claimed if claim.kind is OutboxKind.NOTICE]
    noticed = await notices.spoken(session, mornings) if mornings else {}
    texts = {}
    for claim in claimed:
        entries = noticed.get(claim.id, ())
        message = _message(claim, entries)
        if message is not None:
            told = {one.entry.id: one.notices for one in entries}
            texts[claim.id] = Text(message=message, made_at=made_at, notices=told)
    return texts


def _message(claim: Claim, entries: Sequence[NoticedEntry]) -> Message | None:
    if claim.kind is not OutboxKind.NOTICE:
        return from_json(claim.body) if claim.body else None
    if claim.morning is None:
        return None
    if claim.body:
        return nudge_message(entries, claim.morning, lead=from_json(claim.body), continued=claim.continued)
    return morning_message(entries, claim.morning, continued=claim.continued)
