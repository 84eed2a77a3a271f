"""Choices that are answered by number, where nothing can be tapped.

A chat's numbers count upwards, from 1 to 99 and then from 1 again, past those that can still be answered: so an old number
never answers a newer question. What can be chosen again keeps its number. They are kept here, so that any process, also after
a restart, knows what a number means.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, count, islice

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import OfferRow

# Over a weekend; a question that changes something has a shorter life of its own (store.proposals).
ANSWERABLE_FOR = timedelta(days=4)
_HIGHEST = 99


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One choice: what it does, what it is called, and bot.message.Tone's word for it."""

    action: str
    label: str
    tone: str


async def give_numbers(
    session: AsyncSession, *, chat_id: int, outbox_id: int, choices: Sequence[Offered], now: datetime
) -> list[int]:
    """A number for each of a message's choices, from now on answerable; the same ones again when the message goes out again.
    The caller's transaction commits before the message leaves. `now` is business time."""
    rows = (await session.scalars(select(OfferRow).where(OfferRow.chat_id == chat_id))).all()
    live = [row for row in rows if row.expires_at > now]
    wanted = {choice.action for choice in choices}
    known: dict[str, int] = {}
    for row in live:
        if row.action in wanted:
            row.expires_at, row.outbox_id = now + ANSWERABLE_FOR, outbox_id
            known[row.action] = row.number
    new = [choice for choice in dict.fromkeys(choices) if choice.action not in known]
    if new:
        last = max(rows, key=lambda row: row.id).number if rows else 0
        numbers = list(islice(_free(last, {row.number for row in live}), len(new)))
        await session.execute(
            delete(OfferRow).where(OfferRow.chat_id == chat_id, OfferRow.number.in_(numbers))
        )
        session.add_all(
            OfferRow(
                chat_id=chat_id,
                number=number,
                action=choice.action,
                label=choice.label,
                tone=choice.tone,
                outbox_id=outbox_id,
                expires_at=now + ANSWERABLE_FOR,
            )
            for number, choice in zip(numbers, new, strict=True)
        )
        known |= {choice.action: number for number, choice in zip(numbers, new, strict=True)}
    await session.flush()
    return [known[choice.action] for choice in choices]


def _free(last: int, live: Collection[int]) -> Iterator[int]:
    """Numbers after `last`, round and round, and above the highest only when all below can still be answered."""
    round_once = chain(range(last + 1, _HIGHEST + 1), range(1, min(last, _HIGHEST) + 1))
    return (number for number in chain(round_once, count(_HIGHEST + 1)) if number not in live)


async def has_offers(session: AsyncSession, chat_id: int) -> bool:
    """Whether the chat was ever given choices by number."""
    found = await session.scalar(select(OfferRow.id).where(OfferRow.chat_id == chat_id).limit(1))
    return found is not None


async def offer_with(session: AsyncSession, *, chat_id: int, number: int) -> OfferRow | None:
    """What that number last meant in the chat, whether or not it can still be answered."""
    found: OfferRow | None = await session.scalar(
        select(OfferRow).where(OfferRow.chat_id == chat_id, OfferRow.number == number)
    )
    return found


async def live_offers(session: AsyncSession, *, chat_id: int, now: datetime) -> Sequence[OfferRow]:
    """What can still be answered in the chat, that of the newest message first."""
    found = await session.scalars(
        select(OfferRow)
        .where(OfferRow.chat_id == chat_id, OfferRow.expires_at > now)
        .order_by(OfferRow.outbox_id.desc(), OfferRow.id.desc())
    )
    return found.all()


async def answered(session: AsyncSession, offer: OfferRow, tones: Collection[str]) -> None:
    """The question is answered: the choices of those tones in the same message do not wait for an answer any more."""
    await session.execute(
        update(OfferRow)
        .where(OfferRow.outbox_id == offer.outbox_id, OfferRow.tone.in_(list(tones)))
        .values(answered=True)
    )
