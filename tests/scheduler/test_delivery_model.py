"""The outbox against a model: whatever dies, stalls or fails in whatever order, no notice is lost and none comes twice
without the mark."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import select

from bot.channel import Outcome, Refused, RetryLater, Sent, Uncertain
from plan.vietnam import instant_of
from scheduler.retry import Again, Done, GiveUp, Why, decide, useful_until
from scheduler.scan import scan_if_owed
from store import claims, leases, notices, outbox
from store.claims import LEASE, Claim
from store.database import Database
from store.outcomes import PutBack, Record, Settled, record
from store.pacing import Pace
from store.states import NoticeState, OutboxKind, OutboxState
from store.tables import Base, NoticeRow, OutboxRow
from tests.app.town import TELEGRAM, ZALO
from tests.worlds import TIMETABLE, WALL, bound_chat, bring_in, dated, plan, task

FIRST_DAY = date(2023, 3, 7)
CHATS = ("1", "2", "-3")
T = TypeVar("T")


@dataclass(kw_only=True)
class Held:
    """A claim in the hands of a process; `outcome` once the service has answered (or not)."""

    claim: Claim
    said: tuple[int, ...]
    outcome: Outcome | None = None


@dataclass(kw_only=True)
class Received:
    """What the service took: which row, which notices, and whether it was marked."""

    row: int
    said: tuple[int, ...]
    marked: bool


@dataclass(kw_only=True)
class Sender:
    """A process that delivers."""

    held: list[Held] = field(default_factory=list)


class Delivery(RuleBasedStateMachine):
    """Two processes on one store; the service and the clocks are the model's."""

    channel = TELEGRAM

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = Database("sqlite:///:memory:")
        self.wall = WALL
        self.day = FIRST_DAY
        self.senders = (Sender(), Sender())
        self.received: list[Received] = []
        self.chats: list[int] = []
        self.replies: list[int] = []
        # By row: how often it was claimed, and how often it is on record what certainly came of that.
        self.claimed: Counter[int] = Counter()
        self.settled: Counter[int] = Counter()
        self.refused: set[int] = set()
        # A later morning's message carries what perhaps arrived before.
        self.doubtful_from_the_start: set[int] = set()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        self.run(self._open())

    async def _open(self) -> None:
        async with self.database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        tasks = (task(f"{area}.1", dated(f"2023-03-{9 + area:02}")) for area in range(1, 5))
        await bring_in(self.database, plan(*tasks), on=FIRST_DAY.isoformat())
        for address in CHATS:
            chat = await bound_chat(
                self.database, address, "STP", group=address.startswith("-"), channel=self.channel
            )
            self.chats.append(chat.id)

    @rule(chat=st.sampled_from(range(len(CHATS))))
    def a_person_is_answered(self, chat: int) -> None:
        self.run(self._put(self.chats[chat]))

    async def _put(self, chat_id: int) -> None:
        async with self.database.write() as session:
            row = outbox.queue(session, chat_id=chat_id, kind=OutboxKind.REPLY, wall=self.wall, body={})
            await session.flush()
            self.replies.append(row.id)

    @rule()
    def a_scan_runs(self) -> None:
        if TIMETABLE.calendar.is_working_day(self.day):
            work = scan_if_owed(self.database, TIMETABLE, day=self.day, now=self.now, wall=self.wall)
            self.run(work)

    @rule(sender=st.sampled_from((0, 1)))
    def a_process_claims(self, sender: int) -> None:
        self.run(self._claim(self.senders[sender]))

    async def _claim(self, sender: Sender) -> None:
        async with self.database.write() as session:
            claimed = await claims.claim(
                session, channel=self.channel, wall=self.wall, pace=Pace(), morning=self.day, room=3
            )
            spoken = await notices.spoken(session, [claim.id for claim in claimed])
            empty = [c for c in claimed if c.kind is OutboxKind.NOTICE and c.id not in spoken]
            dropped = [Settled(claim=claim, state=OutboxState.DROPPED) for claim in empty]
            await record(session, dropped, wall=self.wall, now=self.now)
        for claim in claimed:
            if claim.repeat and not self.claimed[claim.id]:
                self.doubtful_from_the_start.add(claim.id)
            self.claimed[claim.id] += 1
            if claim not in empty:
                said = tuple(number for entry in spoken.get(claim.id, ()) for number in entry.notices)
                sender.held.append(Held(claim=claim, said=said))

    @rule(
        sender=st.sampled_from((0, 1)),
        taken=st.booleans(),
        answer=st.sampled_from(("lost", "502", "flood", "refused", "ok")),
    )
    def a_process_calls_the_service(self, sender: int, taken: bool, answer: str) -> None:
        waiting = [held for held in self.senders[sender].held if held.outcome is None]
        for held in waiting[:1]:
            self._call(held, taken, answer)

    def _call(self, held: Held, taken: bool, answer: str) -> None:
        if held.claim.lease_until - self.wall < LEASE / 3:
            self._let_go(held)
            return
        if answer == "ok" or (answer == "lost" and taken):
            self.received.append(Received(row=held.claim.id, said=held.said, marked=held.claim.repeat))
        outcomes: dict[str, Outcome] = {
            "ok": Sent(external_id="7"),
            "lost": Uncertain(reason="timeout"),
            "502": RetryLater(reason="502"),
            "flood": RetryLater(reason="429", after=timedelta(seconds=3)),
            "refused": Refused(reason="bad request", suspends=False),
        }
        if answer == "refused":
            self.refused.add(held.claim.id)
        held.outcome = outcomes[answer]

    def _let_go(self, held: Held) -> None:
        for sender in self.senders:
            if held in sender.held:
                sender.held.remove(held)
        put_back = PutBack(claim=held.claim, ready_at=self.wall)
        self.run(self._write([put_back], frozenset({held.claim.id})))

    @rule(sender=st.sampled_from((0, 1)))
    def a_process_records(self, sender: int) -> None:
        answered = [held for held in self.senders[sender].held if held.outcome is not None]
        self.senders[sender].held = [held for held in self.senders[sender].held if held.outcome is None]
        certain = frozenset(held.claim.id for held in answered if not isinstance(held.outcome, Uncertain))
        self.run(self._write([self._record_of(held) for held in answered], certain))

    def _record_of(self, held: Held) -> Record:
        claim = held.claim
        assert held.outcome is not None
        decision = decide(
            held.outcome,
            attempts=claim.attempts,
            repeated=claim.repeat,
            jitter=0.0,
            now=self.wall,
            useful_until=useful_until(claim.kind, claim.created_at),
        )
        match decision:
            case Done():
                return Settled(claim=claim, state=OutboxState.SENT, said=held.said, external_id="7")
            case GiveUp():
                return Settled(claim=claim, state=OutboxState.FAILED, said=held.said, error=decision.why)
            case Again():
                return PutBack(claim=claim, ready_at=decision.at, repeat=decision.repeat)

    async def _write(self, records: list[Record], certain: frozenset[int]) -> None:
        async with self.database.write() as session:
            fitted = await record(session, records, wall=self.wall, now=self.now)
        self.settled.update(certain & fitted)

    @rule(sender=st.sampled_from((0, 1)))
    def a_process_dies(self, sender: int) -> None:
        self.senders[sender].held.clear()

    @rule(seconds=st.sampled_from((0.1, 1, 5, 40, 130)))
    def time_goes_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)

    @rule()
    def leases_are_looked_after(self) -> None:
        self.run(self._take_back())

    async def _take_back(self) -> None:
        async with self.database.write() as session:
            await leases.take_back(session, wall=self.wall, now=self.now)

    @precondition(lambda self: self.day < date(2023, 3, 20))
    @rule()
    def a_day_goes_by(self) -> None:
        self.day += timedelta(days=1)
        self.wall += timedelta(days=1)

    @property
    def now(self) -> datetime:
        return instant_of(self.day, time(7, 30))

    def teardown(self) -> None:
        try:
            if self.chats:
                self._settle()
                self.run(self._judge())
        finally:
            self.run(self.database.close())
            self.runner.close()

    def _settle(self) -> None:
        """Everybody lives, the service works, and time goes by until nothing is left to do."""
        self.day = TIMETABLE.calendar.on_or_after(self.day)
        for _ in range(200):
            self.a_scan_runs()
            for number in (0, 1):
                self.a_process_claims(number)
                while [held for held in self.senders[number].held if held.outcome is None]:
                    self.a_process_calls_the_service(number, True, "ok")
                self.a_process_records(number)
            self.leases_are_looked_after()
            if not self.run(self._open_rows()):
                return
            self._wait()
        raise AssertionError("it never becomes quiet")

    def _wait(self) -> None:
        self.time_goes_by(130)

    async def _open_rows(self) -> int:
        async with self.database.read() as session:
            rows = await session.scalars(
                select(OutboxRow.id).where(OutboxRow.state.in_([OutboxState.QUEUED, OutboxState.CLAIMED]))
            )
            return len(list(rows))

    async def _judge(self) -> None:
        async with self.database.read() as session:
            rows = {row.id: row for row in await session.scalars(select(OutboxRow))}
            told = list(await session.scalars(select(NoticeRow)))
        deliveries = Counter(one.row for one in self.received)
        unmarked = Counter(one.row for one in self.received if not one.marked)
        unmarked_notices = Counter(number for one in self.received if not one.marked for number in one.said)
        said = {number for one in self.received for number in one.said}

        assert max(unmarked.values(), default=0) <= 1
        assert max(deliveries.values(), default=0) <= 2
        assert max(unmarked_notices.values(), default=0) <= 1
        for number, row in rows.items():
            assert row.state in (OutboxState.SENT, OutboxState.FAILED, OutboxState.DROPPED)
            assert row.state is not OutboxState.SENT or deliveries[number] >= 1
            assert number not in self.replies or row.state is not OutboxState.DROPPED
            if row.state is OutboxState.FAILED:
                self._must_have_been_given_up_rightly(row)
        for notice in told:
            assert notice.state is not NoticeState.PENDING
            assert notice.state is not NoticeState.SENT or notice.id in said

    def _must_have_been_given_up_rightly(self, row: OutboxRow) -> None:
        match row.error:
            case Why.UNCERTAIN_TWICE:
                doubts = self.claimed[row.id] - self.settled[row.id]
                assert doubts + (row.id in self.doubtful_from_the_start) >= 2
            case Why.TOO_LATE:
                assert row.kind is OutboxKind.REPLY
            case _:
                assert row.id in self.refused


class DeliveryOnZalo(Delivery):
    """To chats whose messages are counted."""

    channel = ZALO

    def _wait(self) -> None:
        """A second morning message of a day does not leave: what is in it goes into the next working day's."""
        self.day = TIMETABLE.calendar.after(self.day)
        self.wall += timedelta(days=1)


for model in (Delivery, DeliveryOnZalo):
    model.TestCase.settings = settings(
        max_examples=20,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
TestDelivery = Delivery.TestCase
TestDeliveryOnZalo = DeliveryOnZalo.TestCase
