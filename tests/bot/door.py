"""The way in: a sandbox, a bot that polls it, the inbox and what handles it. Answers stay in the outbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import func, select

from bot.conversation import Conversation
from bot.handling import Handled
from bot.message import from_json
from bot.options import Options
from bot.reception import Reception
from bot.telegram.channel import TelegramChannel
from bot.telegram.connect import PollingBot, make_bot
from bot.telegram.entrance import telegram_entrance
from bot.telegram.receive import TelegramReceiver
from bot.telegram.updates import read_update
from store import inbox
from store.database import Database
from store.inbox import Arrival
from store.invites import make_invite
from store.states import InboxState, Role
from store.tables import ChatRow, InboxRow, OutboxRow
from tests.app.town import TOKEN, Town, open_town
from tests.bot.office import MORNING, open_office, plain
from tests.worlds import TIMETABLE, WALL

LAN, MINH, GROUP = 1001, 1002, -2001


@dataclass(kw_only=True)
class Door:
    town: Town
    database: Database
    bot: PollingBot
    reception: Reception
    handled: list[Handled]
    now: datetime = MORNING

    async def take_in(self) -> int:
        """One poll of a bot that has just started: it does not know what was confirmed."""

        async def keep(arrivals: list[Arrival]) -> None:
            async with self.database.write() as session:
                await inbox.keep(session, channel="telegram", arrivals=arrivals, now=self.now)

        return await TelegramReceiver(self.bot, keep).poll_once(0)

    async def handle_all(self) -> None:
        while await self.reception.handle_next(now=self.now, wall=WALL):
            pass

    async def let_in(self) -> None:
        await self.take_in()
        await self.handle_all()

    async def invite(self, agency: str, *, role: Role = Role.OFFICER) -> str:
        async with self.database.write() as session:
            return await make_invite(session, role=role, agency=agency, now=self.now)

    async def rows(self) -> list[tuple[InboxState, str | None]]:
        async with self.database.read() as session:
            found = await session.scalars(select(InboxRow).order_by(InboxRow.id))
            return [(row.state, row.error) for row in found]

    async def answers(self) -> list[str]:
        """The first line of every answer, oldest first."""
        async with self.database.read() as session:
            found = await session.scalars(select(OutboxRow).order_by(OutboxRow.id))
            return [plain(from_json(row.body)).splitlines()[0] for row in found if row.body]

    async def count(self, table: type[object]) -> int:
        async with self.database.read() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0

    async def chat(self, address: int) -> ChatRow | None:
        async with self.database.read() as session:
            found: ChatRow | None = await session.scalar(
                select(ChatRow).where(ChatRow.address == str(address))
            )
            return found


@asynccontextmanager
async def open_door(conversation: type[Conversation] = Conversation) -> AsyncIterator[Door]:
    """Lan and Minh, a group of both, and a bot with the small plan of the office."""
    async with open_town() as town, open_office() as office:
        await town.person(LAN, "Lan")
        await town.person(MINH, "Minh")
        await town.group(GROUP, "Sở Tư pháp", LAN, MINH)
        async with make_bot(token=TOKEN, api_url=town.url, proxy=None) as bot:
            handled: list[Handled] = []
            reception = Reception(
                office.database,
                conversation(
                    entrances={"telegram": telegram_entrance(bot.username)},
                    timetable=TIMETABLE,
                    options=Options(),
                ),
                {"telegram": partial(read_update, bot=bot)},
                admins={"telegram": TelegramChannel(bot)},
                on_handled=handled.append,
            )
            yield Door(town=town, database=office.database, bot=bot, reception=reception, handled=handled)
