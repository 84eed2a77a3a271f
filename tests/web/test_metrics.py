"""What Prometheus reads: counters of the process, gauges of the store, and nobody's id or words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import httpx
from prometheus_client.parser import text_string_to_metric_families

from bot.handling import PARKED, Handled, Outcome
from store.database import Database
from store.outbox import queue
from store.states import ChatKind, OutboxKind, OutboxState
from store.tables import ChatRow, InboxRow, ScanRow
from tests.web.conftest import Serve
from web.metrics import Metrics

WALL = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOW = datetime(2023, 3, 14, 2, 0, tzinfo=UTC)


@asynccontextmanager
async def open_metrics(serve: Serve, database: Database) -> AsyncIterator[tuple[Metrics, httpx.AsyncClient]]:
    metrics = Metrics(database, clock=lambda: NOW, wall=lambda: WALL)
    async with serve(metrics.route()) as visitor:
        yield metrics, visitor


async def read(visitor: httpx.AsyncClient) -> dict[str, float]:
    """Each sample under its name and labels, as Prometheus itself parses them."""
    answer = await visitor.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return {
        sample.name
        + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


async def test_messages_commands_and_parked_updates_are_counted(serve: Serve, database: Database) -> None:
    async with open_metrics(serve, database) as (metrics, visitor):
        for outcome in ("Sent", "Sent", "RetryLater"):
            metrics.sent("telegram", OutboxKind.NOTICE, outcome)
        metrics.handled(Handled(command="done", outcome=Outcome.ANSWERED))
        metrics.handled(Handled(command="done", outcome=Outcome.REFUSED))
        metrics.handled(PARKED)

        found = await read(visitor)

    assert found["nhacviec_messages_total channel=telegram kind=notice outcome=Sent"] == 2
    assert found["nhacviec_messages_total channel=telegram kind=notice outcome=RetryLater"] == 1
    assert found["nhacviec_commands_total command=done outcome=answered"] == 1
    assert found["nhacviec_commands_total command=done outcome=refused"] == 1
    assert found["nhacviec_updates_parked_total"] == 1


async def test_queues_scan_and_leases_are_read_from_the_store(serve: Serve, database: Database) -> None:
    async with database.write() as session:
        chat = ChatRow(channel="telegram", address="4711", kind=ChatKind.PRIVATE, recent_sends=[])
        session.add(chat)
        await session.flush()
        for minutes in (5, 2):
            queue(
                session,
                chat_id=chat.id,
                kind=OutboxKind.NOTE,
                wall=WALL - timedelta(minutes=minutes),
                body={"blocks": []},
                key=f"secret words {minutes}",
            )
        held = queue(session, chat_id=chat.id, kind=OutboxKind.REPLY, wall=WALL, key="held")
        held.state, held.lease_until = OutboxState.CLAIMED, WALL - timedelta(seconds=1)
        session.add(
            InboxRow(
                channel="telegram",
                update_id="1",
                raw={"text": "secret"},
                received_at=NOW - timedelta(seconds=30),
            )
        )
        session.add(
            ScanRow(day=date(2023, 3, 14), at=NOW - timedelta(hours=1), notices=1, messages=1, unreachable=0)
        )

    async with open_metrics(serve, database) as (_, visitor):
        found = await read(visitor)
        text = (await visitor.get("/metrics")).text

    assert found["nhacviec_store_up"] == 1
    assert found["nhacviec_outbox_queued kind=note"] == 2
    assert found["nhacviec_outbox_oldest_age_seconds kind=note"] == 300
    assert found["nhacviec_outbox_queued kind=reply"] == 0
    assert found["nhacviec_inbox_unhandled"] == 1
    assert found["nhacviec_inbox_oldest_age_seconds"] == 30
    assert found["nhacviec_leases_overdue"] == 1
    assert found["nhacviec_scan_age_seconds"] == 3600
    assert "secret" not in text
    assert "4711" not in text


async def test_without_its_store_the_counters_are_there_and_the_gauges_are_not(serve: Serve) -> None:
    empty = Database("sqlite:///:memory:")
    async with open_metrics(serve, empty) as (metrics, visitor):
        metrics.sent("telegram", OutboxKind.REPLY, "Sent")
        found = await read(visitor)
    await empty.close()

    assert found["nhacviec_store_up"] == 0
    assert found["nhacviec_messages_total channel=telegram kind=reply outcome=Sent"] == 1
    assert not any(name.startswith("nhacviec_outbox") for name in found)


async def test_two_processes_in_one_count_for_themselves(serve: Serve, database: Database) -> None:
    async with open_metrics(serve, database) as (one, _), open_metrics(serve, database) as (_, other):
        one.sent("telegram", OutboxKind.REPLY, "Sent")
        found = await read(other)

    assert not any(name.startswith("nhacviec_messages_total") for name in found)
