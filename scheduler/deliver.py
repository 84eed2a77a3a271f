"""Deliver: take what waits in the outbox to the channels, within their limits, each message once.

1. Claim rows with a lease and commit the claim, so that no other process sends them.
2. Make the text: a reply's was kept when it was queued, a morning message's is made now, from the state at this moment.
3. Send one piece, decide what comes of it, and hand the outcome to the ledger, which records it if the lease is still ours.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import Channel, Destination, Outcome, Uncertain
from bot.message import Message, from_json, to_json
from bot.morning import morning_message
from plan.workdays import WorkingCalendar
from scheduler.hours import OfficeHours
from scheduler.ledger import Entry, Ledger, tell_undelivered
from scheduler.retry import Again, Decision, Done, GiveUp, decide, useful_until
from store import claims, notices, outbox
from store.claims import LEASE, Claim
from store.database import Database
from store.outcomes import PieceSent, PutBack, Record, Settled
from store.pacing import Pace
from store.states import OutboxKind, OutboxState

IN_FLIGHT = 8
# Claimed ahead, so that one transaction serves many sends where the pace allows it.
_HELD = 32
# A morning message's text is made anew when it has waited longer than this for its turn.
_FRESH_FOR = timedelta(seconds=1)
# A call is not begun when less than this part of its lease is left: it could end before the call does.
_LEAST_OF_LEASE = 1 / 3
_LATE_BY = timedelta(milliseconds=100)
_STOPPED = "the program was stopped"
_log = structlog.get_logger("deliver")


@dataclass(frozen=True, kw_only=True)
class _Text:
    """What a claim has to say; `notices` are the ids that tell each assignment."""

    message: Message
    made_at: datetime
    notices: Mapping[int, tuple[int, ...]]

    def said_by(self, piece: Message) -> tuple[int, ...]:
        about = (assignment for block in piece.blocks for assignment in block.about)
        return tuple(number for assignment in about for number in self.notices.get(assignment, ()))


class Deliverer:
    """One for a process. `clock` gives business time, `wall` the time of the network; `on_idle_hand` is called whenever
    room for another send has come."""

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
        self._ledger = Ledger(database, pace=pace, clock=clock, wall=wall, on_written=on_idle_hand)
        self._hands = asyncio.Semaphore(IN_FLIGHT)
        self._waiting: set[asyncio.Task[None]] = set()
        self._calling: set[asyncio.Task[None]] = set()
        self._doubtful: set[str] = set()
        self._stopping = False
        self.next_look: datetime | None = None

    async def deliver_waiting(self) -> int:
        """Claim what may leave now and start sending it; returns how many. After it `next_look` says when there may be
        more (wall time), None when only an event can bring it."""
        self.next_look = None
        started = 0
        for name in self._channels:
            if self._stopping:
                break
            if self._room < _HELD // 2:
                # One transaction for many: the hands have enough to do until the next outcome is written.
                break
            started += await self._deliver_on(name)
        return started

    async def _deliver_on(self, channel: str) -> int:
        wall, morning, room = self._wall(), self._morning(), self._room
        async with self._claiming() as (session, token):
            claimed = await claims.claim(
                session,
                channel=channel,
                wall=wall,
                pace=self._pace,
                morning=morning,
                room=room,
                lease=self._lease,
                token=token,
            )
            texts = await self._texts(session, claimed)
            look = await claims.next_ready_at(session, channel=channel, morning=morning)
        if look is not None:
            self.next_look = min(look, self.next_look or look)
        for claim in claimed:
            if self._stopping:
                self._hand_back(claim, _STOPPED)
                continue
            task = asyncio.create_task(self._deliver(claim, texts.get(claim.id)))
            self._waiting.add(task)
            task.add_done_callback(partial(self._ended, claim))
        return len(claimed)

    @asynccontextmanager
    async def _claiming(self) -> AsyncIterator[tuple[AsyncSession, str]]:
        """A transaction for claims with that token. When it breaks, they may be there all the same: the answer to the commit
        was lost. Nobody was called for them, and the next transaction gives them up."""
        token, doubtful = claims.new_token(), frozenset(self._doubtful)
        try:
            async with self._database.write() as session:
                if doubtful:
                    await claims.give_up(session, doubtful)
                yield session, token
        except BaseException:
            self._doubtful.add(token)
            raise
        self._doubtful -= doubtful

    def _morning(self) -> date | None:
        return self._hours.notices_for(self._clock(), self._calendar)

    @property
    def _room(self) -> int:
        return _HELD - len(self._waiting) - len(self._calling) - self._ledger.unwritten

    def _ended(self, claim: Claim, task: asyncio.Task[None]) -> None:
        self._waiting.discard(task)
        self._calling.discard(task)
        if task.cancelled():
            self._hand_back(claim, _STOPPED)

    async def take_back(self, *, whoever_holds: bool = False) -> int:
        """Rows whose sender died between the claim and the record; returns how many there were. `whoever_holds`: at the
        start of the only process on a database, of all claimed rows."""
        # What this process knows itself comes first.
        await self._ledger.written()
        wall = self._wall()
        async with self._database.write() as session:
            if self._doubtful:
                await claims.give_up(session, self._doubtful)
            taken = await outbox.take_back(session, wall=wall, now=self._clock(), whoever_holds=whoever_holds)
            for row in taken.failed:
                if row.kind is OutboxKind.NOTICE:
                    await tell_undelivered(
                        session, outbox_id=row.id, chat_id=row.chat_id, reason=row.error or "", wall=wall
                    )
        if taken.again or taken.failed:
            _log.warning("leases ended without an outcome", again=taken.again, failed=len(taken.failed))
        return taken.again + len(taken.failed)

    async def finish(self) -> None:
        """Wait for everything that is under way, and for its record."""
        while under_way := self._waiting | self._calling:
            await asyncio.wait(under_way)
        await self._ledger.written()

    async def stop(self, patience: float) -> None:
        """Hand back what has not been called yet, wait `patience` seconds at most for the calls under way, and record
        all of it. A call that has not been answered by then is uncertain. What a claim under way still brings is handed
        back at once."""
        self._stopping = True
        for task in self._waiting:
            task.cancel()
        if self._calling:
            await asyncio.wait(self._calling, timeout=patience)
        for task in self._calling:
            task.cancel()
        await self.finish()

    async def _deliver(self, claim: Claim, text: _Text | None) -> None:
        calling = False
        try:
            await asyncio.sleep(max(0.0, (claim.send_at - self._wall()).total_seconds()))
            async with self._hands:
                wall = self._wall()
                if claim.lease_until - wall < self._lease * _LEAST_OF_LEASE:
                    self._hand_back(claim, "waited too long for its turn")
                    return
                if text is not None and text.notices and wall - text.made_at > _FRESH_FOR:
                    text = await self._text_anew(claim)
                if text is None:
                    nothing = Settled(claim=claim, state=OutboxState.DROPPED, error="nothing left to say")
                    self._ledger.add(Entry(record=nothing))
                    return
                calling = True
                self._begin_call()
                await self._send(claim, text)
        except asyncio.CancelledError:
            if not calling:
                raise
            self._conclude(claim, text, (), Uncertain(reason="stopped before the answer"), self._wall())
        except SQLAlchemyError as error:
            # Only a text is read here, and nothing was sent.
            _log.warning(
                "database not available, handed back", outbox_id=claim.id, error=type(error).__name__
            )
            self._hand_back(claim, "database not available")
        except Exception as error:
            # The lease will end and the row go out again, marked; better than to lose it here.
            _log.error("delivery failed", outbox_id=claim.id, error=type(error).__name__, exc_info=error)

    def _begin_call(self) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._waiting.discard(task)
            self._calling.add(task)

    def _hand_back(self, claim: Claim, why: str) -> None:
        """It was not called: it goes back in line as it was."""
        self._ledger.add(Entry(record=PutBack(claim=claim, ready_at=self._wall(), error=why)))

    async def _texts(self, session: AsyncSession, claimed: Sequence[Claim]) -> dict[int, _Text]:
        """What the claims have to say; those with nothing left to say are missing."""
        mornings = [claim.id for claim in claimed if claim.kind is OutboxKind.NOTICE]
        noticed = await notices.spoken(session, mornings) if mornings else {}
        made_at = self._wall()
        texts = {}
        for claim in claimed:
            entries = noticed.get(claim.id, ())
            if claim.kind is not OutboxKind.NOTICE:
                message = from_json(claim.body) if claim.body else None
            elif claim.morning is not None:
                message = morning_message(entries, claim.morning, continued=claim.continued)
            else:
                message = None
            if message is not None:
                told = {one.entry.id: one.notices for one in entries}
                texts[claim.id] = _Text(message=message, made_at=made_at, notices=told)
        return texts

    async def _text_anew(self, claim: Claim) -> _Text | None:
        async with self._database.read() as session:
            return (await self._texts(session, [claim])).get(claim.id)

    async def _send(self, claim: Claim, text: _Text) -> None:
        channel = self._channels[claim.channel]
        piece, *others = channel.pieces(text.message)
        called_at = self._wall()
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
        self._conclude(claim, text, [piece, *others], outcome, called_at)

    def _conclude(
        self,
        claim: Claim,
        text: _Text | None,
        pieces: Sequence[Message],
        outcome: Outcome,
        called_at: datetime,
    ) -> None:
        decision = decide(
            outcome,
            attempts=claim.attempts,
            repeated=claim.repeat,
            # Spreads load; nothing secret hangs on it.
            jitter=random.random(),  # noqa: S311
            now=self._wall(),
            useful_until=useful_until(claim.kind, claim.created_at),
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
        reason = str(getattr(outcome, "reason", decision.why.value))
        self._ledger.add(
            Entry(
                record=_record_of(claim, text, pieces, decision, reason),
                moved_to=decision.address if isinstance(decision, Again) else None,
                out_of_reach=reason[:200] if isinstance(decision, GiveUp) and decision.suspends else None,
                hold_chat=decision.at if isinstance(decision, Again) and decision.hold_chat else None,
                hold_channel=decision.at if isinstance(decision, Again) and decision.hold_channel else None,
                sent_late=called_at if called_at > claim.send_at + _LATE_BY else None,
            )
        )


def _record_of(
    claim: Claim, text: _Text | None, pieces: Sequence[Message], decision: Decision, reason: str
) -> Record:
    match decision:
        case Done() if len(pieces) > 1 and text is not None:
            return PieceSent(
                claim=claim,
                said=text.said_by(pieces[0]),
                rest=_rest(pieces[1:]) if claim.body is not None else None,
                external_id=decision.external_id,
            )
        case Done():
            said = text.said_by(pieces[0]) if text is not None and pieces else ()
            return Settled(claim=claim, state=OutboxState.SENT, said=said, external_id=decision.external_id)
        case GiveUp():
            said = text.said_by(text.message) if text is not None else ()
            error = f"{decision.why}: {reason}"[:500]
            return Settled(claim=claim, state=OutboxState.FAILED, said=said, error=error)
        case Again():
            return PutBack(
                claim=claim, ready_at=decision.at, error=decision.why.value, repeat=decision.repeat
            )


def _rest(pieces: Sequence[Message]) -> dict[str, Any]:
    blocks = tuple(block for piece in pieces for block in piece.blocks)
    return to_json(Message(blocks=blocks, choices=pieces[-1].choices))
