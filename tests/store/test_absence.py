"""What is said of a database that is away, how often, and when it is over."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from structlog.testing import capture_logs
from structlog.typing import EventDict

from store.absence import Absence, Ended

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOCKED = OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def said(logs: list[EventDict]) -> list[str]:
    return [line["event"] for line in logs]


def test_it_is_said_when_it_begins_once_a_minute_and_when_it_is_over() -> None:
    clock = Clock()
    absence = Absence(clock)
    counts = []
    with capture_logs() as logs:
        for _ in range(90):
            absence.noticed("inbox", LOCKED)
            absence.noticed("outbox", LOCKED)
            counts.append(len(logs))
            clock.now += timedelta(seconds=2)
        absence.over("inbox")
        absence.over("outbox")

    assert (counts[0], counts[29], counts[30], counts[-1]) == (1, 1, 2, 3)
    assert said(logs)[-2:] == ["database not available, waiting", "database available again"]
    assert logs[1]["work"] == ("inbox", "outbox")
    assert logs[1]["reason"] == "database is locked"


def test_it_lasts_until_everybodys_work_is_done() -> None:
    clock = Clock()
    absence = Absence(clock)
    absence.noticed("inbox", LOCKED)
    clock.now += timedelta(seconds=5)
    absence.noticed("outcomes", LOCKED)

    absence.over("inbox")
    half_way = absence.since
    clock.now += timedelta(seconds=5)
    absence.over("outcomes")

    assert half_way == NOON
    assert absence.since is None
    assert absence.last_ended == Ended(since=NOON, until=NOON + timedelta(seconds=10))


def test_work_that_was_never_refused_ends_nothing() -> None:
    absence = Absence()
    absence.noticed("inbox", LOCKED)

    with capture_logs() as logs:
        absence.over("outbox")

    assert absence.waiting == ("inbox",)
    assert logs == []


async def test_refused_work_is_tried_again_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.absence._PAUSE_SECONDS", 0)
    absence = Absence()
    refusals = [LOCKED, LOCKED]

    async def work() -> str:
        if refusals:
            raise refusals.pop()
        return "done"

    assert await absence.wait_out("inbox", work) == "done"
    assert absence.since is None


async def test_what_does_not_pass_by_itself_is_raised() -> None:
    absence = Absence()

    async def work() -> None:
        raise IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE"))

    with pytest.raises(IntegrityError):
        await absence.wait_out("inbox", work)

    assert absence.since is None


async def test_who_is_stopped_while_it_waits_does_not_wait_for_ever() -> None:
    absence = Absence()

    async def work() -> None:
        raise LOCKED

    waiting = asyncio.create_task(absence.wait_out("inbox", work))
    await asyncio.sleep(0)
    noticed = absence.since
    waiting.cancel()
    await asyncio.wait([waiting])

    assert noticed is not None
    assert absence.since is None
    assert absence.last_ended is None
