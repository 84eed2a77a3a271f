"""What follows an outcome, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.channel import Migrated, Outcome, Refused, RetryLater, Sent, TokenRefused, Uncertain
from scheduler.retry import Again, Decision, Done, GiveUp, Why, decide, useful_until
from store.states import OutboxKind

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("outcome", "attempts", "repeated", "expected"),
    [
        (Sent(external_id="7"), 1, False, Done(why=Why.SENT, external_id="7")),
        (
            Refused(reason="blocked", suspends=True),
            1,
            False,
            GiveUp(why=Why.REFUSED, suspends=True),
        ),
        (Refused(reason="too long", suspends=False), 1, False, GiveUp(why=Why.REFUSED)),
        (Migrated(address="-100"), 1, False, Again(why=Why.MIGRATED, at=NOW, address="-100")),
        (
            RetryLater(reason="429", after=timedelta(seconds=9)),
            1,
            False,
            Again(why=Why.FLOOD, at=after(9), hold_chat=True),
        ),
        (TokenRefused(), 1, False, Again(why=Why.UNAUTHORIZED, at=after(60), hold_channel=True)),
        (TokenRefused(), 5000, True, Again(why=Why.UNAUTHORIZED, at=after(60), hold_channel=True)),
        (RetryLater(reason="502"), 1, False, Again(why=Why.NOT_TAKEN, at=after(2))),
        (RetryLater(reason="502"), 3, False, Again(why=Why.NOT_TAKEN, at=after(8))),
        (RetryLater(reason="502"), 40, False, Again(why=Why.NOT_TAKEN, at=after(600))),
        (RetryLater(reason="502"), 5000, False, Again(why=Why.NOT_TAKEN, at=after(600))),
        (
            RetryLater(reason="429", after=timedelta(seconds=1)),
            65,
            False,
            Again(why=Why.FLOOD, at=after(1), hold_chat=True),
        ),
        (Uncertain(reason="timeout"), 1, False, Again(why=Why.UNCERTAIN, at=after(30), repeat=True)),
        (Uncertain(reason="timeout"), 2, True, GiveUp(why=Why.UNCERTAIN_TWICE)),
    ],
)
def test_each_outcome_has_its_decision(
    outcome: Outcome, attempts: int, repeated: bool, expected: Decision
) -> None:
    assert decide(outcome, attempts=attempts, repeated=repeated, jitter=0.0, now=NOW) == expected


def test_jitter_spreads_retries_by_at_most_half_the_delay() -> None:
    decision = decide(RetryLater(reason="502"), attempts=1, repeated=False, jitter=0.999, now=NOW)

    assert isinstance(decision, Again)
    assert after(2) < decision.at < after(3)


@pytest.mark.parametrize(
    "outcome",
    [
        RetryLater(reason="502"),
        RetryLater(reason="429", after=timedelta(seconds=9)),
        Uncertain(reason="timeout"),
    ],
)
@pytest.mark.parametrize(("use_ends_in", "gives_up"), [(1, True), (60, False)])
def test_what_would_come_after_it_has_lost_its_use_is_given_up(
    outcome: Outcome, use_ends_in: float, gives_up: bool
) -> None:
    decision = decide(
        outcome, attempts=1, repeated=False, jitter=0.0, now=NOW, useful_until=after(use_ends_in)
    )

    assert (decision == GiveUp(why=Why.TOO_LATE)) is gives_up


def test_an_answer_is_useful_for_a_day_a_note_for_a_week_and_a_morning_message_as_long_as_its_morning() -> (
    None
):
    assert useful_until(OutboxKind.REPLY, NOW) == NOW + timedelta(hours=24)
    assert useful_until(OutboxKind.NOTE, NOW) == NOW + timedelta(days=7)
    assert useful_until(OutboxKind.NOTICE, NOW) is None
