"""A deliverer at work against a sandbox, with what a test asks of it."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from telegram.request import HTTPXRequest

from bot.message import Message, message, to_json
from bot.telegram.channel import TelegramChannel
from bot.telegram.connect import PollingBot
from bot.zalo.api import ZaloApi
from bot.zalo.channel import ZaloChannel
from plan.hours import OfficeHours
from sandbox.world import DEFAULT_ZALO_TOKEN
from scheduler.clockwork import Wakers
from scheduler.deliver import Deliverer
from scheduler.scan import scan_if_owed
from store import outbox
from store.database import Database
from store.pacing import Pace
from store.states import NoticeState, OutboxKind, OutboxState
from store.tables import ChatRow, NoticeRow, OutboxRow
from tests.app.town import AT_ONCE, TELEGRAM, TOKEN, ZALO, Town
from tests.worlds import TIMETABLE, WALL, at, bound_chat, bring_in, dated, plan, task

REPEAT = "(gửi lại, có thể anh/chị đã nhận)"
LAN, MINH, GROUP = 1001, 1002, -2001
TUESDAY = at("2023-03-07")
HOURS = OfficeHours()
READ_SECONDS = 2.0


@dataclass(kw_only=True)
class Desk:
    """A deliverer at work, with its chats on `channel`. `wall` and `now` stand still unless a test moves them. `calls` are
    those that have ended, `numbers` the chats' in the sandbox where these are others than their names here."""

    database: Database
    deliverer: Deliverer
    town: Town
    wall: datetime = WALL
    now: datetime = TUESDAY
    channel: str = TELEGRAM
    chats: dict[int, int] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    calls: list[tuple[str, OutboxKind, str]] = field(default_factory=list)

    async def deliver(self, *, after: float = 0) -> None:
        """So many seconds later, send all that may leave."""
        self.wall += timedelta(seconds=after)
        while await self.deliverer.deliver_waiting():
            await self.deliverer.finish()
            self.wall += timedelta(milliseconds=1)

    async def bind(self, address: int, agency: str) -> None:
        """A chat that speaks for an agency."""
        known_as = await self._address(address) if self.channel == ZALO else str(address)
        chat = await bound_chat(self.database, known_as, agency, group=address < 0, channel=self.channel)
        self.chats[address] = chat.id

    async def _address(self, name: int) -> str:
        """What Zalo calls a chat in which somebody has written to the bot before."""
        chat: dict[str, object] = {
            "platform": ZALO,
            "type": "group" if name < 0 else "private",
            "started": True,
        }
        chat |= {"members": [LAN] if name < 0 else [name], "title": "Nhóm"}
        made = await self.town.ask("POST", "/chats", chat)
        self.numbers[name] = int(made["id"])
        return str(made["address"])

    async def texts(self, chat: int) -> list[str]:
        """What the bot wrote there."""
        return await self.town.texts(self.numbers.get(chat, chat))

    async def crowd(self, size: int) -> list[int]:
        """So many people, each with a chat that speaks for Sở Tư pháp."""
        people = list(range(1, size + 1))
        for number in people:
            await self.town.person(number, f"Người {number}")
            await self.bind(number, "STP")
        return people

    async def put(
        self,
        chat: int,
        text: str | Message,
        *,
        kind: OutboxKind = OutboxKind.REPLY,
        replaces: int | None = None,
    ) -> int:
        async with self.database.write() as session:
            row = outbox.queue(
                session,
                chat_id=self.chats[chat],
                kind=kind,
                wall=self.wall,
                body=to_json(message(text) if isinstance(text, str) else text),
                replaces=str(replaces) if replaces else None,
            )
            await session.flush()
            return row.id

    async def scan(self, day: str) -> None:
        self.now = at(day)
        await scan_if_owed(
            self.database, TIMETABLE, day=date.fromisoformat(day), now=self.now, wall=self.wall
        )

    async def row(self, number: int) -> OutboxRow:
        async with self.database.read() as session:
            return await session.get_one(OutboxRow, number)

    async def states(self) -> Counter[OutboxState]:
        async with self.database.read() as session:
            return Counter(row.state for row in await session.scalars(select(OutboxRow)))

    async def notice_states(self) -> Counter[NoticeState]:
        async with self.database.read() as session:
            return Counter(row.state for row in await session.scalars(select(NoticeRow)))

    async def chat(self, address: int) -> ChatRow:
        async with self.database.read() as session:
            return await session.get_one(ChatRow, self.chats[address])


@asynccontextmanager
async def deliverer_to(
    url: str,
    database: Database,
    *,
    clock: Callable[[], datetime],
    wall: Callable[[], datetime],
    pace: Pace = AT_ONCE,
    wakers: Wakers | None = None,
    on_sent: Callable[[str, OutboxKind, str], None] = lambda _channel, _kind, _outcome: None,
    channel: str = TELEGRAM,
) -> AsyncIterator[Deliverer]:
    """As in service, but its bot waits for an answer only for so long."""
    sending, polling = HTTPXRequest(connection_pool_size=8, read_timeout=READ_SECONDS), HTTPXRequest()
    zalo = ZaloApi(token=DEFAULT_ZALO_TOKEN, api_url=f"{url}/zalo", read_seconds=READ_SECONDS)
    async with sending, polling, zalo:
        bot = PollingBot(token=TOKEN, base_url=f"{url}/bot", request=sending, get_updates_request=polling)
        yield Deliverer(
            database,
            {ZALO: ZaloChannel(zalo)} if channel == ZALO else {TELEGRAM: TelegramChannel(bot)},
            hours=HOURS,
            calendar=TIMETABLE.calendar,
            pace=pace,
            clock=clock,
            wall=wall,
            on_idle_hand=(wakers or Wakers()).outbox.set,
            on_sent=on_sent,
        )


@asynccontextmanager
async def open_desk(town: Town, database: Database, *, channel: str = TELEGRAM) -> AsyncIterator[Desk]:
    """A desk whose clocks stand still, with two tasks due on 10/3 for Sở Tư pháp (the group) and none for Sở Nội vụ."""
    calls: list[tuple[str, OutboxKind, str]] = []
    async with deliverer_to(
        town.url,
        database,
        clock=lambda: opened.now,
        wall=lambda: opened.wall,
        on_sent=lambda *call: calls.append(call),
        channel=channel,
    ) as deliverer:
        opened = Desk(database=database, deliverer=deliverer, town=town, calls=calls, channel=channel)
        await settle_in(opened)
        yield opened


async def settle_in(desk: Desk) -> None:
    """The plan and the bound chats; people have written to the bot before."""
    two_tasks = plan(task("1.1", dated("2023-03-10")), task("2.1", dated("2023-03-10")))
    await bring_in(desk.database, two_tasks, on="2023-03-07")
    for address, agency in ((GROUP, "STP"), (LAN, "SNV"), (MINH, "SNV")):
        await desk.bind(address, agency)


async def move_in(town: Town) -> None:
    """Lan, Minh and their group."""
    await town.person(LAN, "Lan")
    await town.person(MINH, "Minh")
    await town.group(GROUP, "Sở Tư pháp", LAN, MINH)
