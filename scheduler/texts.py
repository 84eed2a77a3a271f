"""What claimed messages say: an answer's text was kept when it was queued; that of a morning message, a nudge and a status
is made now, from the state at this moment. To a sparing chat a message also tells what rides with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Message, from_json
from bot.morning import morning_message, nudge_message
from bot.news import News, as_one, with_news, without_news
from scheduler.statuses import StatusTexts
from store import notices
from store.agenda import Entry, without_due_day
from store.claims import Claim
from store.notices import NoticedEntry
from store.riders import Rider, riders_of
from store.states import OutboxKind


@dataclass(frozen=True, kw_only=True)
class Text:
    """What a claim has to say; `notices` are the ids that tell each assignment, `own` those of the claim itself, not of what
    rides with it; `shows` is a status message's fingerprint."""

    message: Message
    made_at: datetime
    notices: Mapping[int, tuple[int, ...]]
    own: tuple[int, ...] = ()
    shows: str | None = None

    def said_by(self, piece: Message) -> tuple[int, ...]:
        about = (assignment for block in piece.blocks for assignment in block.about)
        return tuple(number for assignment in about for number in self.notices.get(assignment, ()))


async def texts_of(
    session: AsyncSession, claimed: Sequence[Claim], *, made_at: datetime, now: datetime
) -> dict[int, Text]:
    """What the claims (by their rows' ids) have to say; those with nothing left to say are missing. `made_at` is wall time,
    `now` business time."""
    sparing = [claim.chat_id for claim in claimed if claim.sparing]
    riders = await riders_of(session, sparing) if sparing else ()
    mornings = [claim.id for claim in claimed if claim.kind is OutboxKind.NOTICE]
    mornings += [rider.id for rider in riders if rider.morning is not None]
    noticed = await notices.spoken(session, mornings) if mornings else {}
    undated = await _asked_about(session, noticed)
    texts = {}
    statuses = StatusTexts(session, now)
    for claim in claimed:
        told_of = noticed.get(claim.id, ())
        if claim.kind is OutboxKind.STATUS:
            status = await statuses.of(claim.chat_id, stands=claim.replaces is not None)
            if status is not None:
                texts[claim.id] = Text(
                    message=status.message, made_at=made_at, notices={}, shows=status.shows
                )
            continue
        message = _message(claim, told_of, undated)
        own_riders = [rider for rider in riders if rider.chat_id == claim.chat_id]
        if claim.sparing:
            message = _with_riders(claim, message, own_riders, noticed)
        if message is not None:
            told = _told_by([told_of, *(noticed.get(rider.id, ()) for rider in own_riders)])
            own = tuple(number for one in told_of for number in one.notices)
            texts[claim.id] = Text(message=message, made_at=made_at, notices=told, own=own)
    return texts


def _told_by(spoken: Sequence[Sequence[NoticedEntry]]) -> dict[int, tuple[int, ...]]:
    """Assignments with the notices that are told by what is said of them."""
    told: dict[int, tuple[int, ...]] = {}
    for one in (one for of_message in spoken for one in of_message):
        told[one.entry.id] = (*told.get(one.entry.id, ()), *one.notices)
    return told


def _with_riders(
    claim: Claim,
    main: Message | None,
    riders: Sequence[Rider],
    noticed: Mapping[int, Sequence[NoticedEntry]],
) -> Message | None:
    """Of an answer in pieces the riders are in its text already; what of them has arrived meanwhile is left out. Above a
    message that is itself a repeat the mark stands for all."""
    marked = {rider.id for rider in riders if rider.repeat and not claim.repeat}
    if claim.continued and claim.body and main is not None:
        return without_news(main, but={rider.id for rider in riders}, marked=marked)
    texts = ((rider.id, _rider_message(rider, noticed.get(rider.id, ()))) for rider in riders)
    return with_news(
        main,
        [
            News(id=number, message=text, marked=number in marked)
            for number, text in texts
            if text is not None
        ],
    )


def _rider_message(rider: Rider, noticed: Sequence[NoticedEntry]) -> Message | None:
    body = from_json(rider.body)
    if rider.morning is None:
        return as_one(body)
    return nudge_message(noticed, rider.morning, lead=body)


async def _asked_about(
    session: AsyncSession, noticed: Mapping[int, Sequence[NoticedEntry]]
) -> Sequence[Entry]:
    """What the agencies that report these days owe without a due day."""
    reporting = {item.entry.agency for items in noticed.values() for item in items if item.is_cutoff}
    return await without_due_day(session, reporting) if reporting else ()


def _message(claim: Claim, noticed: Sequence[NoticedEntry], undated: Sequence[Entry]) -> Message | None:
    if claim.kind is not OutboxKind.NOTICE:
        return from_json(claim.body) if claim.body else None
    if claim.morning is None:
        return None
    if claim.body:
        return nudge_message(noticed, claim.morning, lead=from_json(claim.body), continued=claim.continued)
    return morning_message(noticed, claim.morning, continued=claim.continued, undated=undated)
