"""Several processes that handle one inbox: each update once, and a chat's updates in order."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Answer, Conversation
from bot.message import from_json, message
from bot.options import Options
from bot.reception import Reception
from bot.request import Incoming, Person, Place, Tap, Words
from bot.wording import SOMETHING_WENT_WRONG
from store import inbox
from store.database import Database
from store.inbox import Arrival
from store.states import ChatKind, InboxState
from store.tables import ChatRow, InboxRow, OutboxRow
from tests.bot.office import ENTRANCES, MORNING, plain
from tests.worlds import TIMETABLE, WALL

CHATS = ("1001", "1002", "1003", "1004")
POISON = "poison"


class Echo(Conversation):
    """Says again what was said to it, after a moment in which others could go ahead."""

    async def answer(
        self, session: AsyncSession, incoming: Words | Tap, chat: ChatRow, *, now: datetime, wall: datetime
    ) -> Answer | None:
        await asyncio.sleep(0)
        assert isinstance(incoming, Words)
        if incoming.text.startswith(POISON):
            raise RuntimeError("a defect")
        return Answer(message=message(incoming.text))


def read(raw: dict[str, Any]) -> Incoming:
    place = Place(channel="telegram", address=raw["chat"], kind=ChatKind.PRIVATE)
    return Words(place=place, person=Person(id="7", name="Lan"), text=raw["text"], message_id="1")


@pytest.fixture
async def processes(postgresql: Database) -> AsyncIterator[list[Reception]]:
    """Four of them, each with its own connections."""
    databases = [Database(postgresql.engine.url.render_as_string(hide_password=False)) for _ in range(4)]
    yield [
        Reception(
            database,
            Echo(entrances=ENTRANCES, timetable=TIMETABLE, options=Options()),
            {"telegram": read},
        )
        for database in databases
    ]
    for database in databases:
        await database.close()


async def say(database: Database, texts: list[tuple[str, str]]) -> None:
    arrivals = [
        Arrival(update_id=str(number), lane=chat, raw={"chat": chat, "text": text})
        for number, (chat, text) in enumerate(texts)
    ]
    async with database.write() as session:
        await inbox.keep(session, channel="telegram", arrivals=arrivals, now=MORNING)


async def handle(process: Reception, database: Database) -> None:
    """Until nothing is new; that one has nothing to do at this moment does not mean that it is over."""
    while True:
        while await process.handle_next(now=MORNING, wall=WALL):
            pass
        async with database.read() as session:
            new = select(func.count()).where(InboxRow.state == InboxState.NEW)
            if await session.scalar(new) == 0:
                return


async def answers(database: Database) -> dict[str, list[str]]:
    """What each chat gets to read, in the order in which it was queued."""
    found: dict[str, list[str]] = defaultdict(list)
    async with database.read() as session:
        rows = await session.execute(
            select(ChatRow.address, OutboxRow.body)
            .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
            .order_by(OutboxRow.id)
        )
        for address, body in rows:
            found[address].append(plain(from_json(body)))
    return found


async def test_each_update_is_answered_once_and_each_chat_in_order(
    postgresql: Database, processes: list[Reception]
) -> None:
    texts = [(chat, f"câu {number}") for number in range(15) for chat in CHATS]
    await say(postgresql, texts)

    await asyncio.gather(*(handle(process, postgresql) for process in processes))

    in_order = [f"câu {number}" for number in range(15)]
    assert await answers(postgresql) == dict.fromkeys(CHATS, in_order)


async def test_a_broken_update_is_put_aside_once_and_stands_in_nobodys_way(
    postgresql: Database, processes: list[Reception]
) -> None:
    await say(
        postgresql,
        [(chat, f"{word} {number}") for number in range(5) for chat in CHATS for word in (POISON, "câu")],
    )

    await asyncio.gather(*(handle(process, postgresql) for process in processes))

    in_order = [words for number in range(5) for words in (SOMETHING_WENT_WRONG, f"câu {number}")]
    assert await answers(postgresql) == dict.fromkeys(CHATS, in_order)


class Entangled(Echo):
    """Two chats in a deadlock: each takes what is its own, and when both have it wants what is the other's."""

    holders = 0

    def __init__(self) -> None:
        super().__init__(entrances=ENTRANCES, timetable=TIMETABLE, options=Options())
        self.both_hold = asyncio.Event()

    async def answer(
        self, session: AsyncSession, incoming: Words | Tap, chat: ChatRow, *, now: datetime, wall: datetime
    ) -> Answer | None:
        own, other = (1, 2) if chat.address == CHATS[0] else (2, 1)
        await session.execute(select(func.pg_advisory_xact_lock(own)))
        self.holders += 1
        if self.holders == 2:
            self.both_hold.set()
        await self.both_hold.wait()
        await session.execute(select(func.pg_advisory_xact_lock(other)))
        return await super().answer(session, incoming, chat, now=now, wall=wall)


async def test_a_deadlock_between_two_puts_nothing_aside(postgresql: Database) -> None:
    await say(postgresql, [(chat, "câu") for chat in CHATS[:2]])
    conversation = Entangled()
    pair = [Reception(postgresql, conversation, {"telegram": read}) for _ in range(2)]

    ends = await asyncio.gather(
        *(process.handle_next(now=MORNING, wall=WALL) for process in pair), return_exceptions=True
    )
    await handle(pair[0], postgresql)

    [trouble] = [end for end in ends if isinstance(end, Exception)]
    assert "deadlock detected" in str(trouble)
    assert await answers(postgresql) == {chat: ["câu"] for chat in CHATS[:2]}
