"""Deliver: take what waits in the outbox to the channels, within their limits, each message once.

1. Claim rows with a lease and commit the claim, so that no other process sends them.
2. Make the text: a reply's was kept when it was queued, a morning message's is made now, from the state at this moment.
3. Send one piece, and record what came of it if the lease is still ours.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import Channel, Destination
from bot.message import Message, from_json, to_json
from bot.morning import morning_message
from plan.workdays import WorkingCalendar
from scheduler.hours import OfficeHours
from scheduler.retry import Again, Done, GiveUp, decide
from scheduler.troubles import tell_operators, undelivered
from store import chats, claims, notices, outbox
from store.claims import LEASE, Claim
from store.database import Database
from store.pacing import Pace
from store.states import OutboxKind, OutboxState

IN_FLIGHT = 8
_log = structlog.get_logger("deliver")


class Deliverer:
    """One for a process. `clock` gives business time, `wall` the time of the network; `on_idle_hand` is called whenever a
    send has ended."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        *,
        hours: OfficeHours,
        calendar: WorkingCalendar,
        pace: Pace,
        clock: Callable[[], datetime],
        wall: Callable[[], datetime],
        lease: timedelta = LEASE,
        on_idle_hand: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._channels = channels
        self._hours = hours
        self._calendar = calendar
        self._pace = pace
        self._clock = clock
        self._wall = wall
        self._lease = lease
        self._on_idle_hand = on_idle_hand
        self._sending: set[asyncio.Task[None]] = set()

    async def deliver_waiting(self) -> bool:
        """Claim what may leave now and start sending it; False when nothing could be claimed."""
        started = False
        for name in self._channels:
            room = IN_FLIGHT - len(self._sending)
            if room <= 0:
                return False
            async with self._database.write() as session:
                claimed = await claims.claim(
                    session,
                    channel=name,
                    wall=self._wall(),
                    pace=self._pace,
                    morning=self._morning(),
                    room=room,
                    lease=self._lease,
                )
            for claim in claimed:
                task = asyncio.create_task(self._deliver(claim))
                self._sending.add(task)
                task.add_done_callback(self._ended)
                started = True
        return started

    async def next_at(self) -> datetime | None:
        """When something may leave (wall time); None when nothing waits."""
        async with self._database.read() as session:
            moments = [
                await claims.next_ready_at(session, channel=name, morning=self._morning())
                for name in self._channels
            ]
        return min((moment for moment in moments if moment is not None), default=None)

    def _morning(self) -> date | None:
        return self._hours.notices_for(self._clock(), self._calendar)

    async def take_back_expired(self) -> None:
        """Rows whose sender died between the claim and the record."""
        async with self._database.write() as session:
            expired = await outbox.take_back_expired(session, wall=self._wall(), now=self._clock())
            for row in expired.failed:
                await self._tell(session, row.id, row.chat_id, row.kind, "không rõ đã nhận hay chưa")
        if expired.again or expired.failed:
            _log.warning("leases expired", sent_again=expired.again, failed=len(expired.failed))

    async def finish(self) -> None:
        """Wait for what is under way, for a clean stop."""
        if self._sending:
            await asyncio.wait(self._sending)

    @property
    def is_full(self) -> bool:
        return len(self._sending) >= IN_FLIGHT

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._on_idle_hand()

    async def _deliver(self, claim: Claim) -> None:
        try:
            await asyncio.sleep(max(0.0, (claim.send_at - self._wall()).total_seconds()))
            text = await self._text(claim)
            if text is None:
                await self._close(claim, OutboxState.DROPPED, error="nothing left to say")
                return
            await self._send(claim, text)
        except Exception as error:
            # The lease will expire and the row go out again, marked; better than to lose it here.
            _log.error("delivery failed", outbox_id=claim.id, error=type(error).__name__, exc_info=error)

    async def _text(self, claim: Claim) -> Message | None:
        if claim.kind is not OutboxKind.NOTICE:
            return from_json(claim.body) if claim.body else None
        if claim.morning is None:
            return None
        async with self._database.read() as session:
            noticed = await notices.spoken(session, claim.id)
        return morning_message(noticed, claim.morning, continued=claim.continued)

    async def _send(self, claim: Claim, text: Message) -> None:
        channel = self._channels[claim.channel]
        piece, *others = channel.pieces(text)
        outcome = await channel.send(
            piece,
            Destination(
                address=claim.address,
                replaces=claim.replaces,
                acknowledges=claim.acknowledges,
                replies_to=claim.replies_to,
            ),
            repeat=claim.repeat,
        )
        decision = decide(
            outcome,
            attempts=claim.attempts,
            repeated=claim.repeat,
            # Spreads load; nothing secret hangs on it.
            jitter=random.random(),  # noqa: S311
            now=self._wall(),
        )
        _log.info(
            "send",
            outbox_id=claim.id,
            chat_id=claim.chat_id,
            kind=claim.kind.value,
            why=decision.why.value,
            attempt=claim.attempts,
            outcome=type(outcome).__name__,
        )
        match decision:
            case Done() if others:
                await self._record_piece(claim, piece, others, decision.external_id)
            case Done():
                await self._close(claim, OutboxState.SENT, external_id=decision.external_id)
            case GiveUp():
                await self._give_up(claim, decision, str(getattr(outcome, "reason", decision.why)))
            case Again():
                await self._again(claim, decision)

    async def _record_piece(
        self, claim: Claim, piece: Message, others: list[Message], external_id: str
    ) -> None:
        rest: dict[str, Any] | None = None
        if claim.body is not None:
            blocks = tuple(block for other in others for block in other.blocks)
            rest = to_json(Message(blocks=blocks, choices=others[-1].choices))
        async with self._database.write() as session:
            await outbox.piece_sent(
                session,
                claim,
                about=[assignment for block in piece.blocks for assignment in block.about],
                rest=rest,
                external_id=external_id,
                wall=self._wall(),
                now=self._clock(),
            )

    async def _close(
        self,
        claim: Claim,
        state: OutboxState,
        *,
        external_id: str | None = None,
        error: str | None = None,
    ) -> None:
        async with self._database.write() as session:
            await outbox.settle(
                session,
                claim,
                state,
                wall=self._wall(),
                now=self._clock(),
                external_id=external_id,
                error=error,
            )

    async def _give_up(self, claim: Claim, decision: GiveUp, reason: str) -> None:
        async with self._database.write() as session:
            await outbox.settle(
                session,
                claim,
                OutboxState.FAILED,
                wall=self._wall(),
                now=self._clock(),
                error=f"{decision.why}: {reason}"[:500],
            )
            if decision.suspends:
                await chats.suspend(session, claim.chat_id, reason[:200])
            await self._tell(session, claim.id, claim.chat_id, claim.kind, reason)

    async def _tell(
        self, session: AsyncSession, outbox_id: int, chat_id: int, kind: OutboxKind, reason: str
    ) -> None:
        """A morning message that is given up is told to the operator."""
        if kind is OutboxKind.NOTICE:
            agencies = [agency.name for agency in await chats.agencies_of(session, chat_id)]
            await tell_operators(
                session, undelivered(agencies, reason), key=f"undelivered:{outbox_id}", wall=self._wall()
            )

    async def _again(self, claim: Claim, decision: Again) -> None:
        async with self._database.write() as session:
            if decision.address is not None:
                await chats.move_chat(session, channel=claim.channel, old=claim.address, new=decision.address)
            if decision.hold_chat:
                await claims.hold_chat(session, claim.chat_id, decision.at)
            if decision.hold_channel:
                await claims.hold_channel(session, claim.channel, decision.at)
            await outbox.hand_back(
                session, claim, ready_at=decision.at, error=decision.why.value, repeat=decision.repeat
            )
