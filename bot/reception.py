"""From the inbox to the conversation: each stored update is handled once.

Handling it, changing state and queueing the reply are one transaction. An update that cannot be handled is parked with
its error, and never blocks the next. Who a group's admins are is asked between two transactions.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.admins import AdminsUnknown
from bot.channel import KnowsAdmins
from bot.conversation import Answer, Conversation
from bot.handling import PARKED, Handled, handled
from bot.message import message, to_json
from bot.notes import tell_operators
from bot.request import Back, Gone, Incoming, Moved, Tap, Wordless, Words
from bot.wording import ADMINS_NEVER_KNOWN, ADMINS_UNKNOWN, NO_WORDS, SOMETHING_WENT_WRONG, parked
from plan.vietnam import day_of
from store import chats, inbox
from store.database import Database
from store.inbox import NewUpdate
from store.outages import is_away
from store.outbox import queue_reply
from store.states import ChatKind
from store.tables import ChatRow


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """What became of an update by which a person said or tapped something."""

    inbox_id: int
    chat_id: int
    what: Handled


ReadUpdate = Callable[[dict[str, Any]], Incoming | None]
# Called in the transaction that queued answers, to claim them there and then; what it gives back is called when that has
# ended, with whether it was committed, and sends them.
Ship = Callable[[AsyncSession], Awaitable[Callable[[bool], None]]]
_TOGETHER = 8
_log = structlog.get_logger("reception")


class Reception:
    """Handles updates of the channels that have one of the `readers` of raw updates, `admins` whom to ask who a
    group's admins are, where somebody can be asked. With `ship` an answer needs no transaction of its own to be claimed;
    of answers that were queued without it `on_queued` tells. `on_handled` hears of every command when its transaction is
    over."""

    def __init__(
        self,
        database: Database,
        conversation: Conversation,
        readers: Mapping[str, ReadUpdate],
        *,
        admins: Mapping[str, KnowsAdmins] | None = None,
        ship: Ship | None = None,
        on_queued: Callable[[], None] = lambda: None,
        on_handled: Callable[[Handled], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._conversation = conversation
        self._readers = readers
        self._admins = admins or {}
        self._ship = ship
        self._on_queued = on_queued
        self._on_handled = on_handled

    async def handle_waiting(self, *, now: datetime, wall: datetime) -> bool:
        """Handle some of the updates that wait and are in no other process's hands, the oldest first, in one transaction;
        False when no more waited. If anything goes wrong, nothing has happened, and they are handled one by one.

        Trouble with the database, a deadlock between two processes too, is raised: the updates stay where they are.
        """
        try:
            return await self._handle_together(now=now, wall=wall) == _TOGETHER
        except SQLAlchemyError as error:
            if is_away(error):
                raise
            _log.warning("updates cannot be handled together", error=type(error).__name__)
        except AdminsUnknown:
            # Nothing is amiss: one of them has to wait for an answer, the others need not.
            pass
        except Exception as error:
            _log.warning("updates cannot be handled together", error=type(error).__name__)
        for _ in range(_TOGETHER):
            if not await self.handle_next(now=now, wall=wall):
                break
        self._on_queued()
        return True

    async def _handle_together(self, *, now: datetime, wall: datetime) -> int:
        count = 0
        heard: list[_Heard] = []
        ended: Callable[[bool], None] | None = None
        try:
            async with self._database.write() as session:
                while count < _TOGETHER and (row := await inbox.next_new(session, self._readers)) is not None:
                    incoming = self._readers[row.channel](row.raw)
                    heard += await self._handle(session, row, incoming, now=now, wall=wall)
                    await inbox.handled(session, row, now)
                    count += 1
                if count and self._ship is not None:
                    ended = await self._ship(session)
        except BaseException:
            if ended is not None:
                ended(False)
            raise
        if ended is not None:
            ended(True)
        elif count:
            self._on_queued()
        self._tell(heard)
        return count

    async def handle_next(self, *, now: datetime, wall: datetime) -> bool:
        """Handle the oldest update that waits, by itself; one that cannot be handled is parked. One that needs to know who a
        group's admins are waits for the next time, when they are known. False when there was none."""
        row_id: int | None = None
        incoming: Incoming | None = None
        try:
            async with self._database.write() as session:
                row = await inbox.next_new(session, self._readers)
                if row is None:
                    return False
                row_id = row.id
                incoming = self._readers[row.channel](row.raw)
                heard = await self._handle(session, row, incoming, now=now, wall=wall)
                await inbox.handled(session, row, now)
            self._tell(heard)
        except SQLAlchemyError as error:
            if row_id is None or is_away(error):
                raise
            await self._park(row_id, incoming, error, now=now, wall=wall)
        except AdminsUnknown as unknown:
            if row_id is None:
                raise
            await self._learn_admins(row_id, incoming, unknown, now=now, wall=wall)
        except Exception as error:
            if row_id is None:
                raise
            await self._park(row_id, incoming, error, now=now, wall=wall)
        return True

    async def _handle(
        self,
        session: AsyncSession,
        row: NewUpdate,
        incoming: Incoming | None,
        *,
        now: datetime,
        wall: datetime,
    ) -> Sequence[_Heard]:
        """What people said or tapped in it, to be told when the transaction is over."""
        match incoming:
            case None:
                pass
            case Moved():
                await chats.move_chat(session, channel=incoming.channel, old=incoming.old, new=incoming.new)
            case Gone():
                chat = await _chat(session, incoming)
                await chats.suspend(session, chat.id, incoming.reason)
            case Back():
                chat = await _chat(session, incoming)
                await chats.resume(session, chat, day_of(now))
            case Wordless():
                await self._not_understood(session, row, incoming, now=now, wall=wall)
            case Words() | Tap():
                return [await self._converse(session, row, incoming, now=now, wall=wall)]
        return []

    async def _not_understood(
        self, session: AsyncSession, row: NewUpdate, incoming: Wordless, *, now: datetime, wall: datetime
    ) -> None:
        chat = await _chat(session, incoming)
        await chats.resume(session, chat, day_of(now))
        await queue_reply(
            session,
            chat_id=chat.id,
            wall=wall,
            body=to_json(NO_WORDS[incoming.sent]),
            key=f"reply:{row.id}",
        )

    async def _converse(
        self, session: AsyncSession, row: NewUpdate, incoming: Words | Tap, *, now: datetime, wall: datetime
    ) -> _Heard:
        chat = await _chat(session, incoming)
        await chats.resume(session, chat, day_of(now))
        answer = await self._conversation.answer(session, incoming, chat, now=now, wall=wall)
        if answer is not None:
            await _reply(session, row.id, incoming, chat, answer, wall)
        return _Heard(inbox_id=row.id, chat_id=chat.id, what=handled(answer))

    def _tell(self, heard: Sequence[_Heard]) -> None:
        """One line of the log for each: ids, and nothing of what was said."""
        for one in heard:
            _log.info(
                "command",
                inbox_id=one.inbox_id,
                chat_id=one.chat_id,
                command=one.what.command,
                outcome=one.what.outcome.value,
            )
            self._on_handled(one.what)

    async def _learn_admins(
        self,
        row_id: int,
        incoming: Incoming | None,
        unknown: AdminsUnknown,
        *,
        now: datetime,
        wall: datetime,
    ) -> None:
        """Outside of any transaction. Who cannot be found out has no rights: the person hears of it, and nothing changes. On
        a channel that never tells, nobody is asked."""
        channel = self._admins.get(unknown.channel)
        found = await _ask_admins(channel, unknown) if channel is not None else None
        why_not = ADMINS_UNKNOWN if channel is not None else ADMINS_NEVER_KNOWN
        async with self._database.write() as session:
            if found is not None:
                await chats.note_admins(
                    session, channel=unknown.channel, address=unknown.address, admins=found, wall=wall
                )
            elif await inbox.close(session, row_id, now) and isinstance(incoming, Words | Tap):
                chat = await _chat(session, incoming)
                await _reply(session, row_id, incoming, chat, Answer(message=why_not), wall)

    async def _park(
        self, row_id: int, incoming: Incoming | None, error: Exception, *, now: datetime, wall: datetime
    ) -> None:
        """The officer hears that something went wrong; what exactly is for the operator."""
        _log.error("update parked", inbox_id=row_id, error=type(error).__name__, exc_info=error)
        async with self._database.write() as session:
            if not await inbox.park(session, row_id, f"{type(error).__name__}: {error}"[:500], now):
                return
            if isinstance(incoming, Words | Tap):
                chat = await _chat(session, incoming)
                await queue_reply(
                    session,
                    chat_id=chat.id,
                    wall=wall,
                    body=to_json(message(SOMETHING_WENT_WRONG)),
                    key=f"reply:{row_id}",
                    acknowledges=incoming.tap_id if isinstance(incoming, Tap) else None,
                )
            await tell_operators(session, parked(row_id, error), key=f"parked:{row_id}", wall=wall)
        self._on_handled(PARKED)


async def _ask_admins(channel: KnowsAdmins, unknown: AdminsUnknown) -> tuple[str, ...] | None:
    try:
        found = await channel.admins(unknown.address)
    except Exception as error:
        _log.error("admins cannot be asked for", error=type(error).__name__, exc_info=error)
        return None
    if found is None:
        _log.warning("no word about a group's admins", channel=unknown.channel)
    return found


async def _reply(
    session: AsyncSession,
    row_id: int,
    incoming: Words | Tap,
    chat: ChatRow,
    answer: Answer,
    wall: datetime,
) -> None:
    tap = incoming if isinstance(incoming, Tap) else None
    await queue_reply(
        session,
        chat_id=chat.id,
        wall=wall,
        body=to_json(answer.message),
        key=f"reply:{row_id}",
        acknowledges=tap.tap_id if tap else None,
        replaces=tap.message_id if tap and answer.edits_tapped else None,
        replies_to=incoming.message_id if isinstance(incoming, Words) and _in_group(incoming) else None,
    )


async def _chat(session: AsyncSession, incoming: Words | Tap | Wordless | Gone | Back) -> ChatRow:
    place = incoming.place
    return await chats.chat_for(
        session, channel=place.channel, address=place.address, kind=place.kind, sparing=place.sparing
    )


def _in_group(incoming: Words) -> bool:
    return incoming.place.kind is ChatKind.GROUP
