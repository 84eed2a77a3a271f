"""The ledger: what came of sends, written down many at a time, and kept in mind until the database has it.

Sends end faster than a database commits; what ends while one transaction is under way goes into the next. When the database
is away the outcomes wait here: none of them is lost while this process lives, and no send is made again for want of a record.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import from_json
from bot.notes import tell_operators
from plan.vietnam import day_of
from scheduler.quota import note_sends
from scheduler.troubles import undelivered, undelivered_note
from store import chats, claims, statuses
from store.database import Database
from store.leases import doubt
from store.outages import is_away
from store.outcomes import PieceSent, PutBack, Record, Settled, record
from store.pacing import Pace
from store.quota import Allowance
from store.states import OutboxKind, OutboxState
from store.tables import ChatRow, OutboxRow

_PAUSE = 1.0
# What ends within this moment is written together.
_GATHER_SECONDS = 0.01
_WORK = "outcomes"
_SAME_MOMENT = timedelta(seconds=5)
_TOLD_OF = (OutboxKind.NOTICE, OutboxKind.NOTE)
# How the key of an operator's word about a message that was given up begins; its row's id follows.
UNDELIVERED = "undelivered:"
_log = structlog.get_logger("deliver")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The outcome of one send, and what was learnt of its chat: that it lives elsewhere (`moved_to`), is out of reach
    (`out_of_reach`: why), or that its service asked to wait (`hold_chat`, `hold_channel`: until when, wall time).
    `sent_late`: the moment of a send that left after its slot, from which the chat's pace counts. `shows`: the fingerprint
    of what a status message said. `lost_its_use`: it was given up because it had waited for too long. `counts`: it went out,
    or perhaps did."""

    record: Record
    moved_to: str | None = None
    out_of_reach: str | None = None
    hold_chat: datetime | None = None
    hold_channel: datetime | None = None
    sent_late: datetime | None = None
    shows: str | None = None
    lost_its_use: bool = False
    counts: bool = False

    @property
    def is_out(self) -> bool:
        """Whether the chat has taken it, or a piece of it."""
        one = self.record
        return isinstance(one, PieceSent) or (isinstance(one, Settled) and one.state is OutboxState.SENT)


class Ledger:
    """One for a process. `on_written` is called after every transaction, with whether it put something back in line."""

    def __init__(
        self,
        database: Database,
        *,
        pace: Pace,
        clock: Callable[[], datetime],
        wall: Callable[[], datetime],
        allowances: Mapping[str, Allowance],
        on_written: Callable[[bool], None],
    ) -> None:
        self._database = database
        self._pace = pace
        self._clock = clock
        self._wall = wall
        self._allowances = allowances
        self._on_written = on_written
        self._waiting: list[Entry] = []
        self._in_hand: list[Entry] = []
        self._writing: asyncio.Task[None] | None = None
        self._floods: dict[int, tuple[datetime, datetime]] = {}

    @property
    def unwritten(self) -> frozenset[int]:
        """The rows (ids) whose outcome the database does not have yet."""
        return frozenset(entry.record.claim.id for entry in (*self._waiting, *self._in_hand))

    def add(self, entry: Entry) -> None:
        """Take an outcome; it is written as soon as the database lets us."""
        self._waiting.append(entry)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())

    async def written(self) -> None:
        """Wait until everything is written."""
        if self._writing is not None:
            await asyncio.wait([self._writing])

    async def _write_all(self) -> None:
        await asyncio.sleep(_GATHER_SECONDS)
        while self._waiting:
            batch, self._waiting = self._waiting, []
            self._in_hand = batch
            try:
                await self._write(batch)
                self._database.absence.over(_WORK)
            except Exception as error:
                if _is_away(error):
                    self._database.absence.noticed(_WORK, error)
                    self._waiting = batch + self._waiting
                    await asyncio.sleep(_PAUSE)
                else:
                    await self._write_singly(batch)
            finally:
                self._in_hand = []
            self._on_written(any(not isinstance(entry.record, Settled) for entry in batch))

    async def _write_singly(self, batch: Sequence[Entry]) -> None:
        """One of them cannot be written. Its lease will end and its row go out again, marked; the others must not suffer
        for it."""
        for entry in batch:
            try:
                await self._write([entry])
            except Exception as error:
                if _is_away(error):
                    self._waiting.append(entry)
                else:
                    _log.error(
                        "outcome cannot be recorded",
                        outbox_id=entry.record.claim.id,
                        error=type(error).__name__,
                        exc_info=error,
                    )

    async def _write(self, batch: Sequence[Entry]) -> None:
        wall = self._wall()
        async with self._database.write() as session:
            # The channel's pace first, as claims do: who locks in one order does not wait in a ring.
            for entry in batch:
                await self._hold(session, entry, wall)
            ours = await record(session, [entry.record for entry in batch], wall=wall, now=self._clock())
            counted = Counter(entry.record.claim.channel for entry in batch if entry.counts)
            await note_sends(session, counted, self._allowances, now=self._clock(), wall=wall)
            late = [(entry.record.claim, entry.sent_late) for entry in batch if entry.sent_late is not None]
            await claims.count_late_sends(session, late, self._pace)
            for entry in batch:
                await self._note_chat(session, entry)
                if entry.record.claim.id in ours:
                    await _tell_failure(session, entry.record, wall)
                    await self._doubt_riders(session, entry.record, wall)
                    await _note_status(session, entry)

    async def _doubt_riders(self, session: AsyncSession, one: Record, wall: datetime) -> None:
        if isinstance(one, Settled | PutBack):
            await tell_given_up(
                session, await doubt(session, one.doubtful, wall=wall, now=self._clock()), wall=wall
            )

    async def _hold(self, session: AsyncSession, entry: Entry, wall: datetime) -> None:
        claim = entry.record.claim
        if entry.hold_channel is not None:
            await claims.hold_channel(session, claim.channel, entry.hold_channel)
        if entry.hold_chat is not None:
            later_end = self._later_end(claim.chat_id, entry.hold_chat, wall)
            # The service does not say whether it means the chat or the bot. That others must wait too says it.
            if await claims.others_held(session, channel=claim.channel, chat_id=claim.chat_id, wall=wall):
                await claims.hold_channel(session, claim.channel, later_end)
            await claims.hold_chat(session, claim.chat_id, entry.hold_chat)

    def _later_end(self, chat_id: int, until: datetime, wall: datetime) -> datetime:
        """When the last of the floods ends that were told in the same moment as that of the chat."""
        self._floods = {
            chat: (told_at, end)
            for chat, (told_at, end) in self._floods.items()
            if wall - told_at <= _SAME_MOMENT
        }
        self._floods[chat_id] = (wall, until)
        return max(end for _, end in self._floods.values())

    async def _note_chat(self, session: AsyncSession, entry: Entry) -> None:
        claim = entry.record.claim
        if entry.moved_to is not None:
            await chats.move_chat(session, channel=claim.channel, old=claim.address, new=entry.moved_to)
        if entry.out_of_reach is not None:
            await chats.suspend(session, claim.chat_id, entry.out_of_reach)
        if claim.suspended and entry.is_out:
            # The person was back before it was on record that they had gone.
            chat = await session.get_one(ChatRow, claim.chat_id)
            await chats.resume(session, chat, day_of(self._clock()))


def _is_away(error: Exception) -> TypeGuard[SQLAlchemyError]:
    return isinstance(error, SQLAlchemyError) and is_away(error)


async def _tell_failure(session: AsyncSession, one: Record, wall: datetime) -> None:
    if isinstance(one, Settled) and one.state is OutboxState.FAILED:
        row = await session.get_one(OutboxRow, one.claim.id, populate_existing=True)
        await tell_given_up(session, [row], wall=wall)


async def _note_status(session: AsyncSession, entry: Entry) -> None:
    """A status message that is out is the one to edit from now on. One that failed is wished for again with the next change,
    on the next morning at the latest; one that lost its use while its service was away, at once."""
    one = entry.record
    if not isinstance(one, Settled) or one.claim.kind is not OutboxKind.STATUS:
        return
    if one.external_id is not None:
        await statuses.put_up(session, one.claim.chat_id, external_id=one.external_id, shown=entry.shows)
    elif entry.lost_its_use:
        await statuses.want_status(session, [one.claim.chat_id])


async def tell_given_up(session: AsyncSession, rows: Sequence[OutboxRow], *, wall: datetime) -> None:
    """Tell the operators of reminders and notes that were given up, once a message; the standing office has the reminders on
    its list the next morning. Who asked for an answer asks again, and a status is wished for anew. That a word of this kind
    has failed itself is in the log only: it would never end."""
    for row in rows:
        if row.kind not in _TOLD_OF or (row.key or "").startswith(UNDELIVERED):
            continue
        bound = await chats.bindings_of(session, row.chat_id)
        names = list(dict.fromkeys(agency.name for agency in (*bound.agencies, *bound.offices)))
        note = (
            undelivered_note(names, row.error or "", from_json(row.body) if row.body else None)
            if row.kind is OutboxKind.NOTE
            else undelivered(names, row.error or "")
        )
        await tell_operators(session, note, key=f"{UNDELIVERED}{row.id}", wall=wall)
