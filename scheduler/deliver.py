"""Deliver: take what waits in the outbox to the channels, within their limits, each message once.

1. Claim rows with a lease and commit the claim, so that no other process sends them.
2. Make the text: a reply's was kept when it was queued, a morning message's is made now, from the state at this moment.
3. Send one piece, decide what comes of it, and hand the outcome to the ledger, which records it if the lease is still ours.
"""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import Channel, Destination, File, Outcome, Uncertain
from bot.message import Message
from bot.news import riders_in
from bot.offers import with_numbers
from bot.press import Press, without_its_paper
from plan.hours import OfficeHours
from plan.workdays import WorkingCalendar
from scheduler.conclude import conclude
from scheduler.ledger import Entry, Ledger, tell_given_up
from scheduler.quota import next_useful, note_sends
from scheduler.retry import Why, useful_until
from scheduler.texts import Text, texts_of
from store import claims, leases
from store.claims import LEASE, Claim
from store.database import Database
from store.outcomes import PutBack, Settled
from store.pacing import Pace
from store.quota import Allowance, is_used_up
from store.riders import leave
from store.states import OutboxKind, OutboxState
from store.waiting import next_ready_at, something_waits

IN_FLIGHT = 8
# Claimed ahead of a free hand, so that one transaction serves several sends. No more than that: of what is claimed when
# the process dies nobody knows whether it was sent.
_AHEAD = 4
_HELD = IN_FLIGHT + _AHEAD
# A morning message's text is made anew when it has waited longer than this for its turn.
_FRESH_FOR = timedelta(seconds=1)
# A call is not begun when less than this part of its lease is left: it could end before the call does.
_LEAST_OF_LEASE = 1 / 3
_STOPPED = "the program was stopped"
_log = structlog.get_logger("deliver")


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """What one transaction claimed, under which token, and which doubtful claims it gave up."""

    claims: Sequence[tuple[Claim, Text | None]]
    token: str
    given_up: frozenset[str]


class Deliverer:
    """One for a process. `clock` gives business time, `wall` the time of the network; `allowances` are those of counted
    channels; `press` makes the papers that go with messages; `on_idle_hand` is called whenever room for another send has
    come, `on_sent` with channel, kind and outcome of every call that has ended."""

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
        allowances: Mapping[str, Allowance] | None = None,
        press: Press | None = None,
        on_idle_hand: Callable[[], None] = lambda: None,
        on_sent: Callable[[str, OutboxKind, str], None] = lambda _channel, _kind, _outcome: None,
    ) -> None:
        self._database = database
        self._channels = channels
        self._hours = hours
        self._calendar = calendar
        self._pace = pace
        self._clock = clock
        self._wall = wall
        self._lease = lease
        self._allowances = allowances if allowances is not None else {}
        self._used_up: set[str] = set()
        self._press = press
        self._ledger = Ledger(
            database,
            pace=pace,
            clock=clock,
            wall=wall,
            allowances=self._allowances,
            on_written=self._written,
        )
        self._hands = asyncio.Semaphore(IN_FLIGHT)
        self._under_way: dict[asyncio.Task[None], Claim] = {}
        self._calling: set[asyncio.Task[None]] = set()
        self._something_waits = True
        self._on_idle_hand = on_idle_hand
        self._on_sent = on_sent
        self._doubtful: set[str] = set()
        self._stopping = False
        self.next_look: datetime | None = None

    async def deliver_waiting(self) -> int:
        """Claim what may leave now and start sending it; returns how many. After it `next_look` says when there may be
        more (wall time), None when only an event can bring it."""
        self.next_look = None
        if not self._has_room():
            return 0
        taken: _Taken | None = None
        try:
            async with self._database.write() as session:
                taken = await self._claim(session)
        except BaseException:
            if taken is not None:
                self._taken(taken, committed=False)
            raise
        self._taken(taken, committed=True)
        return len(taken.claims)

    async def claim_along(self, session: AsyncSession) -> Callable[[bool], None]:
        """The same inside somebody else's transaction, which has queued something. What is given back must be called when
        that has ended, with whether it was committed: only then is anything sent."""
        if not self._has_room():
            return lambda _committed: self._on_idle_hand()
        taken = await self._claim(session)

        def ended(committed: bool) -> None:
            self._taken(taken, committed=committed)
            if committed and self._something_waits:
                # The loop sleeps by what it knew before.
                self._on_idle_hand()

        return ended

    def _taken(self, taken: _Taken, *, committed: bool) -> None:
        """Send what was claimed. When the commit broke, the claims may be there all the same: its answer was lost. Nobody is
        called for them, and the next transaction gives them up."""
        if committed:
            self._doubtful -= taken.given_up
            self._start(taken.claims)
        else:
            self._doubtful.add(taken.token)

    async def _claim(self, session: AsyncSession) -> _Taken:
        wall, morning, token = self._wall(), self._morning(), claims.new_token()
        found: list[tuple[Claim, Text | None]] = []
        looks: list[datetime] = []
        given_up = await self._give_up_doubtful(session)
        channels = list(self._channels)
        for channel in channels:
            await self._look_at_quota(session, channel)
        for channel in channels:
            claimed = await claims.claim(
                session,
                channel=channel,
                wall=wall,
                pace=self._pace,
                morning=morning,
                room=self._room - len(found),
                lease=self._lease,
                token=token,
                only_notices=channel in self._used_up,
            )
            texts = await texts_of(session, claimed, made_at=self._wall(), now=self._clock())
            found += [(claim, texts.get(claim.id)) for claim in claimed]
        self._something_waits = await something_waits(session)
        if self._something_waits:
            for channel in channels:
                look = await next_ready_at(
                    session, channel=channel, morning=morning, only_notices=channel in self._used_up
                )
                looks += [look] if look is not None else []
        self.next_look = min(looks, default=None)
        return _Taken(claims=found, token=token, given_up=given_up)

    def _next_useful(self, channel: str) -> datetime:
        now = self._clock()
        opening = self._hours.next_opening(now, self._calendar)
        return next_useful(used_up=channel in self._used_up, opening=opening, now=now, wall=self._wall())

    async def _look_at_quota(self, session: AsyncSession, channel: str) -> None:
        """Of a counted channel whose month is used up nothing leaves but notices."""
        allowance = self._allowances.get(channel)
        if allowance is None:
            return
        used_up = await is_used_up(session, channel=channel, allowance=allowance, now=self._clock())
        (self._used_up.add if used_up else self._used_up.discard)(channel)

    def _start(self, claimed: Sequence[tuple[Claim, Text | None]]) -> None:
        for claim, text in claimed:
            if self._stopping:
                self._hand_back(claim, _STOPPED)
                continue
            task = asyncio.create_task(self._deliver(claim, text))
            self._under_way[task] = claim
            task.add_done_callback(self._ended)

    async def _give_up_doubtful(self, session: AsyncSession) -> frozenset[str]:
        doubtful = frozenset(self._doubtful)
        if doubtful:
            await claims.give_up(session, doubtful)
        return doubtful

    def _written(self, back_in_line: bool) -> None:
        """Outcomes are on record: chats are free again, there is room, and some rows may wait anew."""
        self._something_waits |= back_in_line
        if self._something_waits:
            self._on_idle_hand()

    def _morning(self) -> date | None:
        return self._hours.notices_for(self._clock(), self._calendar)

    def _has_room(self) -> bool:
        """One transaction is for several sends: without room for them the hands have enough to do, and the next record of
        an outcome brings us back."""
        if self._stopping:
            return False
        if self._room < _AHEAD:
            self._something_waits = True
            return False
        return True

    @property
    def _room(self) -> int:
        return _HELD - len(self._under_way) - len(self._ledger.unwritten)

    def _ended(self, task: asyncio.Task[None]) -> None:
        claim = self._under_way.pop(task)
        self._calling.discard(task)
        if task.cancelled():
            self._hand_back(claim, _STOPPED)

    @property
    def _held(self) -> frozenset[int]:
        """The rows (ids) that this process is at: nobody here has died over them."""
        return self._ledger.unwritten | {claim.id for claim in self._under_way.values()}

    async def take_back(self, *, whoever_holds: bool = False) -> int:
        """Rows whose sender died between the claim and the record; returns how many there were. `whoever_holds`: at the
        start of the only process on a database, of all claimed rows."""
        # What this process knows itself comes first.
        await self._ledger.written()
        wall = self._wall()
        async with self._database.write() as session:
            await self._give_up_doubtful(session)
            taken = await leases.take_back(
                session, wall=wall, now=self._clock(), whoever_holds=whoever_holds, but=self._held
            )
            # They may have left.
            await note_sends(session, taken.channels, self._allowances, now=self._clock(), wall=wall)
            await tell_given_up(session, taken.failed, wall=wall)
        if taken.again or taken.failed:
            _log.warning("leases ended without an outcome", again=taken.again, failed=len(taken.failed))
        return taken.again + len(taken.failed)

    async def finish(self) -> None:
        """Wait for everything that is under way, and for its record."""
        while self._under_way:
            await asyncio.wait(list(self._under_way))
        await self._ledger.written()

    async def stop(self, patience: float) -> None:
        """Hand back what has not been called yet, wait `patience` seconds at most for the calls under way, and record
        all of it. A call that has not been answered by then is uncertain. What a claim under way still brings is handed
        back at once."""
        self._stopping = True
        for task in self._under_way.keys() - self._calling:
            task.cancel()
        if self._calling:
            await asyncio.wait(self._calling, timeout=patience)
        for task in self._calling:
            task.cancel()
        await self.finish()

    async def _deliver(self, claim: Claim, text: Text | None) -> None:
        calling = False
        try:
            if (early := (claim.send_at - self._wall()).total_seconds()) > 0:
                await asyncio.sleep(early)
            async with self._hands:
                wall = self._wall()
                lost_its_use = useful_until(claim.kind, claim.created_at)
                if lost_its_use is not None and wall > lost_its_use:
                    late = Settled(claim=claim, state=OutboxState.FAILED, error=Why.TOO_LATE.value)
                    self._ledger.add(Entry(record=late, lost_its_use=True))
                    return
                if claim.lease_until - wall < self._lease * _LEAST_OF_LEASE:
                    self._hand_back(claim, "waited too long for its turn")
                    return
                if text is not None and text.notices and wall - text.made_at > _FRESH_FOR:
                    text = await self._text_anew(claim)
                if text is None:
                    nothing = Settled(claim=claim, state=OutboxState.DROPPED, error="nothing left to say")
                    self._ledger.add(Entry(record=nothing))
                    return
                channel = self._channels[claim.channel]
                pieces = channel.pieces(text.message)
                if not channel.has_buttons:
                    pieces = [await self._on_record(claim, pieces[0]), *pieces[1:]]
                file = await self._printed(channel, claim, pieces[0])
                if file is None and pieces[0].paper is not None:
                    pieces = [without_its_paper(pieces[0]), *pieces[1:]]
                calling = True
                self._begin_call()
                await self._send(channel, claim, text, pieces, file)
        except asyncio.CancelledError:
            if not calling:
                raise
            self._conclude(claim, text, (), Uncertain(reason="stopped before the answer"), self._wall())
        except SQLAlchemyError as error:
            # Before the call texts are read and choices are given numbers; nothing was sent.
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
            self._calling.add(task)

    def _hand_back(self, claim: Claim, why: str) -> None:
        """It was not called: it goes back in line as it was."""
        self._ledger.add(Entry(record=PutBack(claim=claim, ready_at=self._wall(), error=why)))

    async def _text_anew(self, claim: Claim) -> Text | None:
        async with self._database.read() as session:
            texts = await texts_of(session, [claim], made_at=self._wall(), now=self._clock())
            return texts.get(claim.id)

    async def _on_record(self, claim: Claim, piece: Message) -> Message:
        """Before the piece leaves: its choices' numbers, so that any process understands an answer, and what rides in it."""
        riders = riders_in(piece)
        if not piece.rows() and not riders:
            return piece
        async with self._database.write() as session:
            if riders:
                await leave(session, riders, token=claim.token)
            return await with_numbers(
                session, piece, chat_id=claim.chat_id, outbox_id=claim.id, now=self._clock()
            )

    async def _printed(self, channel: Channel, claim: Claim, piece: Message) -> File | None:
        """The paper that goes with a piece; None where there is none, or none can be made: an answer without it is better
        than none."""
        if piece.paper is None or self._press is None or not channel.takes_files:
            return None
        try:
            return await self._press.print(piece.paper, claim.chat_id, now=self._clock())
        except SQLAlchemyError:
            raise
        except Exception as error:
            _log.error(
                "a paper cannot be made",
                outbox_id=claim.id,
                paper=piece.paper.kind,
                error=type(error).__name__,
                exc_info=error,
            )
            return None

    async def _send(
        self,
        channel: Channel,
        claim: Claim,
        text: Text,
        pieces: Sequence[Message],
        file: File | None,
    ) -> None:
        called_at = self._wall()
        outcome = await channel.send(
            pieces[0],
            Destination(
                address=claim.address,
                replaces=claim.replaces,
                acknowledges=claim.acknowledges,
                replies_to=claim.replies_to,
                pins=claim.kind is OutboxKind.STATUS,
            ),
            repeat=claim.repeat,
            file=file,
        )
        self._conclude(claim, text, pieces, outcome, called_at)

    def _conclude(
        self,
        claim: Claim,
        text: Text | None,
        pieces: Sequence[Message],
        outcome: Outcome,
        called_at: datetime,
    ) -> None:
        concluded = conclude(
            claim,
            text,
            pieces,
            outcome,
            called_at=called_at,
            # Spreads load; nothing secret hangs on it.
            jitter=random.random(),  # noqa: S311
            now=self._wall(),
            next_useful=self._next_useful(claim.channel),
        )
        _log.info(
            "send",
            outbox_id=claim.id,
            chat_id=claim.chat_id,
            kind=claim.kind.value,
            why=concluded.why.value,
            attempt=claim.attempts,
            outcome=type(outcome).__name__,
        )
        self._on_sent(claim.channel, claim.kind, type(outcome).__name__)
        self._ledger.add(concluded.entry)
