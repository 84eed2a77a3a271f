"""/metrics: what Prometheus reads of a process, and of the store that all processes share. No ids, names or texts.

Counters are of this process since its start. Gauges are read from the store when they are asked for; while it does not
answer they are left out, and `nhacviec_store_up` is 0.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handling import Handled, Outcome
from store import deliveries, vitals
from store.database import Database
from store.states import OutboxKind
from store.vitals import Backlog

_PATIENCE_SECONDS = 2.0
_log = structlog.get_logger("web")


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What the store says at one moment."""

    in_line: dict[OutboxKind, Backlog]
    unhandled: Backlog | None
    overdue: Backlog | None
    scanned_at: datetime | None


class Metrics:
    """One for a process. `clock` gives business time, which dates updates and scans, `wall` that of messages."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime],
        wall: Callable[[], datetime],
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wall = wall
        self._patience = patience
        self._counted = CollectorRegistry()
        self._sent = Counter(
            "nhacviec_messages",
            "Calls to a messaging service that sent a message or tried to, by what came of them.",
            ["channel", "kind", "outcome"],
            registry=self._counted,
        )
        self._commands = Counter(
            "nhacviec_commands",
            "Commands handled, of chats and of the board.",
            ["command", "outcome"],
            registry=self._counted,
        )
        self._parked = Counter(
            "nhacviec_updates_parked",
            "Updates that could not be handled and were put aside with their error.",
            registry=self._counted,
        )

    def sent(self, channel: str, kind: OutboxKind, outcome: str) -> None:
        """A call to a messaging service has ended."""
        self._sent.labels(channel, kind.value, outcome).inc()

    def handled(self, what: Handled) -> None:
        """A command was handled, or an update put aside."""
        self._commands.labels(what.command, what.outcome.value).inc()
        if what.outcome is Outcome.PARKED:
            self._parked.inc()

    def route(self) -> Route:
        return Route("/metrics", self._page, methods=["GET"])

    async def _page(self, _: Request) -> Response:
        try:
            async with asyncio.timeout(self._patience):
                seen: _Seen | None = await self._look()
        except Exception as error:
            _log.warning("figures of the store cannot be read", error=type(error).__name__)
            seen = None
        text = generate_latest(self._counted) + generate_latest(self._gauges(seen))
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    async def _look(self) -> _Seen:
        async with self._database.read() as session:
            scan = await deliveries.last_scan(session)
            return _Seen(
                in_line=await deliveries.in_line(session),
                unhandled=await vitals.unhandled(session),
                overdue=await vitals.overdue_leases(session, before=self._wall()),
                scanned_at=scan.at if scan is not None else None,
            )

    def _gauges(self, seen: _Seen | None) -> CollectorRegistry:
        registry = CollectorRegistry()
        up = Gauge("nhacviec_store_up", "Whether the database answers.", registry=registry)
        up.set(seen is not None)
        if seen is None:
            return registry
        depth = Gauge("nhacviec_outbox_queued", "Messages that wait to be sent.", ["kind"], registry=registry)
        age = Gauge(
            "nhacviec_outbox_oldest_age_seconds",
            "Since when the oldest of them waits.",
            ["kind"],
            registry=registry,
        )
        for kind in OutboxKind:
            backlog = seen.in_line.get(kind)
            depth.labels(kind.value).set(backlog.count if backlog else 0)
            age.labels(kind.value).set(_age(backlog, self._wall()))
        _set(registry, "nhacviec_inbox_unhandled", "Updates that wait.", _count(seen.unhandled))
        _set(
            registry,
            "nhacviec_inbox_oldest_age_seconds",
            "Since when the oldest of them waits.",
            _age(seen.unhandled, self._clock()),
        )
        _set(
            registry,
            "nhacviec_leases_overdue",
            "Messages whose sender's lease has ended and that nobody took back yet.",
            _count(seen.overdue),
        )
        if seen.scanned_at is not None:
            _set(
                registry,
                "nhacviec_scan_age_seconds",
                "Since the last scan on record.",
                max(0.0, (self._clock() - seen.scanned_at).total_seconds()),
            )
        return registry


def _set(registry: CollectorRegistry, name: str, what: str, value: float) -> None:
    Gauge(name, what, registry=registry).set(value)


def _count(backlog: Backlog | None) -> int:
    return backlog.count if backlog is not None else 0


def _age(backlog: Backlog | None, now: datetime) -> float:
    return max(0.0, (now - backlog.since).total_seconds()) if backlog is not None else 0.0
