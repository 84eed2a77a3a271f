"""What to do after a send: a pure decision from its outcome, the attempts so far, and now.

A retry ends when the message has lost its use, never by a count: a service that is away for hours must not cost an answer
that is still wanted. A morning message loses its use with its day: the next working day's scan says what is true by then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from bot.channel import Migrated, Outcome, Refused, RetryLater, Sent, TokenRefused, Uncertain
from store.states import OutboxKind

_FIRST_DELAY = timedelta(seconds=2)
_LONGEST_DELAY = timedelta(minutes=10)
_UNCERTAIN_DELAY = timedelta(seconds=30)
_TOKEN_DELAY = timedelta(minutes=1)
_USEFUL_FOR = {
    OutboxKind.REPLY: timedelta(hours=24),
    OutboxKind.NOTE: timedelta(days=7),
    OutboxKind.STATUS: timedelta(hours=24),
}


class Why(StrEnum):
    """The named reason of a decision, for the log and the row."""

    SENT = "sent"
    REFUSED = "refused"
    NOT_TAKEN = "not taken"
    FLOOD = "flood control"
    QUOTA = "quota exceeded"
    UNAUTHORIZED = "the token is refused"
    MIGRATED = "migrated"
    UNCERTAIN = "uncertain"
    UNCERTAIN_TWICE = "uncertain twice"
    TOO_LATE = "lost its use"


@dataclass(frozen=True, kw_only=True)
class Done:
    """It is out."""

    why: Why
    external_id: str


@dataclass(frozen=True, kw_only=True)
class GiveUp:
    """It will not be tried again; `suspends` when the chat is out of reach."""

    why: Why
    suspends: bool = False


@dataclass(frozen=True, kw_only=True)
class Again:
    """Try again at `at` (wall time). `repeat` marks it as perhaps received; `address` is the chat's new one;
    `hold_chat` and `hold_channel` keep everything else of the chat or the channel back until then."""

    why: Why
    at: datetime
    repeat: bool = False
    address: str | None = None
    hold_chat: bool = False
    hold_channel: bool = False


Decision = Done | GiveUp | Again


def useful_until(kind: OutboxKind, created_at: datetime) -> datetime | None:
    """When a message loses its use (wall time); None for a morning message, which its hours and the next scan bound."""
    lasts = _USEFUL_FOR.get(kind)
    return created_at + lasts if lasts is not None else None


def decide(
    outcome: Outcome,
    *,
    attempts: int,
    repeated: bool,
    jitter: float,
    now: datetime,
    useful_until: datetime | None = None,
    next_useful: datetime | None = None,
) -> Decision:
    """`attempts` counts this one; `repeated` says that the row was marked as a repeat before; `jitter` in [0, 1)
    spreads retries, so that many do not come at one moment. After `useful_until` nothing is tried again. `next_useful` is
    when the whole channel goes on that names no time itself."""
    if isinstance(outcome, RetryLater) and outcome.whole_channel and next_useful:
        # Nothing is wrong with the message. When it has lost its use is seen at its next claim, or by the next scan.
        return Again(why=Why.QUOTA, at=next_useful, hold_channel=True)
    decision = _decide(outcome, attempts=attempts, repeated=repeated, jitter=jitter, now=now)
    if isinstance(decision, Again) and useful_until is not None and decision.at > useful_until:
        return GiveUp(why=Why.TOO_LATE)
    return decision


def _decide(outcome: Outcome, *, attempts: int, repeated: bool, jitter: float, now: datetime) -> Decision:
    match outcome:
        case Sent():
            return Done(why=Why.SENT, external_id=outcome.external_id)
        case Refused():
            return GiveUp(why=Why.REFUSED, suspends=outcome.suspends)
        case Migrated():
            return Again(why=Why.MIGRATED, at=now, address=outcome.address)
        case Uncertain():
            if repeated:
                return GiveUp(why=Why.UNCERTAIN_TWICE)
            return Again(why=Why.UNCERTAIN, at=now + _UNCERTAIN_DELAY, repeat=True)
        case TokenRefused():
            return Again(why=Why.UNAUTHORIZED, at=now + _TOKEN_DELAY, hold_channel=True)
        case RetryLater():
            return _later(outcome, attempts=attempts, jitter=jitter, now=now)
        case _:
            assert_never(outcome)


def _later(outcome: RetryLater, *, attempts: int, jitter: float, now: datetime) -> Decision:
    if outcome.after is not None:
        # The service knows when.
        return Again(why=Why.FLOOD, at=now + outcome.after, hold_chat=True)
    delay = min(_FIRST_DELAY * 2 ** min(attempts - 1, 16), _LONGEST_DELAY)
    return Again(why=Why.NOT_TAKEN, at=now + delay * (1 + jitter / 2))
