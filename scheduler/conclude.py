"""From the outcome of a send to what the ledger has to write down. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.channel import Outcome, Sent, Uncertain
from bot.message import Message, to_json
from bot.news import left_of, riders_in
from scheduler.ledger import Entry
from scheduler.retry import Again, Decision, Done, GiveUp, Why, decide, useful_until
from scheduler.texts import Text
from store.claims import Claim
from store.outcomes import PieceSent, PutBack, Record, Settled
from store.states import OutboxKind, OutboxState

_LATE_BY = timedelta(milliseconds=100)


@dataclass(frozen=True, kw_only=True)
class Concluded:
    """The named reason, for the log, and the ledger's entry."""

    why: Why
    entry: Entry


def conclude(
    claim: Claim,
    text: Text | None,
    pieces: Sequence[Message],
    outcome: Outcome,
    *,
    called_at: datetime,
    jitter: float,
    now: datetime,
    next_useful: datetime | None = None,
) -> Concluded:
    """What comes of a call made at `called_at` for the first of the `pieces`; `jitter` in [0, 1); `next_useful` is when to
    try again once a quota is exceeded. Wall time."""
    decision = decide(
        outcome,
        attempts=claim.attempts,
        repeated=claim.repeat,
        jitter=jitter,
        now=now,
        useful_until=useful_until(claim.kind, claim.created_at),
        next_useful=next_useful,
    )
    reason = str(getattr(outcome, "reason", decision.why.value))
    again = decision if isinstance(decision, Again) else None
    entry = Entry(
        record=_record_of(claim, text, pieces, decision, reason, now, _doubtful(pieces, outcome)),
        moved_to=again.address if again else None,
        out_of_reach=reason[:200] if isinstance(decision, GiveUp) and decision.suspends else None,
        hold_chat=again.at if again and again.hold_chat else None,
        hold_channel=again.at if again and again.hold_channel else None,
        lost_its_use=decision.why is Why.TOO_LATE,
        shows=text.shows if text is not None else None,
        counts=isinstance(outcome, Sent | Uncertain),
        sent_late=called_at if called_at > claim.send_at + _LATE_BY else None,
    )
    return Concluded(why=decision.why, entry=entry)


def _record_of(
    claim: Claim,
    text: Text | None,
    pieces: Sequence[Message],
    decision: Decision,
    reason: str,
    now: datetime,
    doubtful: frozenset[int],
) -> Record:
    match decision:
        case Done() if len(pieces) > 1 and text is not None and claim.kind is not OutboxKind.STATUS:
            return PieceSent(
                claim=claim,
                said=text.said_by(pieces[0]),
                riders=_riders(pieces),
                rest=_rest(claim, pieces[1:]),
                external_id=decision.external_id,
            )
        case Done():
            return Settled(
                claim=claim,
                state=OutboxState.SENT,
                said=text.said_by(pieces[0]) if text is not None and pieces else (),
                riders=_riders(pieces),
                external_id=decision.external_id,
            )
        case GiveUp():
            said = text.own if text is not None else ()
            error = f"{decision.why}: {reason}"[:500]
            return Settled(claim=claim, state=OutboxState.FAILED, said=said, doubtful=doubtful, error=error)
        case Again():
            return PutBack(
                claim=claim,
                # Where the whole channel waits the row needs not: what lets the channel go lets it go too.
                ready_at=now if decision.hold_channel else decision.at,
                error=decision.why.value,
                repeat=decision.repeat,
                doubtful=doubtful,
            )


def _riders(pieces: Sequence[Message]) -> dict[int, dict[str, Any] | None]:
    """Of what the first piece took along, what is left to say."""
    left = {rider: left_of(rider, pieces[1:]) for piece in pieces[:1] for rider in sorted(riders_in(piece))}
    return {rider: to_json(rest) if rest is not None else None for rider, rest in left.items()}


def _doubtful(pieces: Sequence[Message], outcome: Outcome) -> frozenset[int]:
    """The riders that are out, or not."""
    return riders_in(pieces[0]) if pieces and isinstance(outcome, Uncertain) else frozenset()


def _rest(claim: Claim, pieces: Sequence[Message]) -> dict[str, Any] | None:
    """What the row keeps to say the rest. Of notices the text is made anew: a nudge keeps its lead-in, a morning nothing."""
    if claim.kind is OutboxKind.NOTICE or claim.body is None:
        return claim.body
    blocks = tuple(block for piece in pieces for block in piece.blocks)
    choices = tuple(row for piece in pieces for row in piece.choices)
    return to_json(Message(blocks=blocks, choices=choices, paper=pieces[-1].paper))
