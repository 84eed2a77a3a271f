"""A bot that runs on the small plan, with an operator and two agencies' groups."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.clock import RehearsalClock
from app.rules import read_rules
from app.service import Service, running
from config.settings import Tokens
from scheduler.clockwork import Rhythm
from store.agenda import Entry, entries
from store.invites import make_invite
from store.states import Role
from tests.app.town import AT_ONCE, BY_HAND, TOKEN, Town, open_town, quiet, settings_for
from tests.plan.small_plan import TASKS, write_plan
from tests.worlds import at

OPERATOR, STP, HKS = 4000, -2001, -2002


@dataclass(kw_only=True)
class Office:
    """A running bot with its plan's file, an operator, and two agencies' groups."""

    town: Town
    folder: Path
    service: Service
    clock: RehearsalClock

    async def bind(self, chat: int, agency: str, *, role: Role | None = None) -> None:
        """A person's chat speaks for an agency (the operator's for none), unless it is bound as something else."""
        role = role or (Role.OFFICER if agency else Role.OPERATOR)
        async with self.service.database.write() as session:
            code = await make_invite(session, role=role, agency=agency, now=self.clock())
        await self.town.says(chat, f"/start {code}", who=chat if chat > 0 else OPERATOR)
        await self.settled()

    async def write(self, tasks: str) -> None:
        """Somebody saves the file; the bot looks at it."""
        write_plan(self.folder, tasks=tasks)
        await self.service.clockwork.refresh()
        await self.settled()

    async def morning(self, day: str, hour: str = "07:30") -> None:
        self.clock.set(at(day, hour), speed=0)
        await self.service.clockwork.scan()
        await self.settled()

    async def settled(self) -> None:
        await quiet(self.service.database, updates=self.town.updates)

    async def entry(self, agency: str, code: str) -> Entry | None:
        async with self.service.database.read() as session:
            found = await entries(session, agencies=[agency])
        return next((entry for entry in found if entry.code == code), None)

    async def told_operator(self) -> list[str]:
        return [text for text in await self.town.texts(OPERATOR) if text.startswith("⚠️")]

    async def heard_of(self, chat: int, code: str) -> int:
        return sum(f"/done_{code.lower().replace('.', '_')}" in text for text in await self.town.texts(chat))


@asynccontextmanager
async def at_work(
    town: Town, folder: Path, since: datetime, rhythm: Rhythm = BY_HAND, *, tasks: str = TASKS
) -> AsyncIterator[Office]:
    """The bot is started at that moment and stopped at the block's end; its store stays in the folder."""
    settings = settings_for(town.url, folder, nhacviec_plans=str(write_plan(folder, tasks=tasks)))
    clock = RehearsalClock(since, speed=0)
    async with running(
        settings,
        read_rules(settings),
        tokens=Tokens(telegram=TOKEN),
        clock=clock,
        rhythm=rhythm,
        pace=AT_ONCE,
    ) as service:
        yield Office(town=town, folder=folder, service=service, clock=clock)


async def move_in(town: Town) -> None:
    """The operator and the two agencies' groups."""
    await town.person(OPERATOR, "Quản trị")
    await town.group(STP, "Sở Tư pháp", OPERATOR)
    await town.group(HKS, "UBND huyện Kế Sách", OPERATOR)


@asynccontextmanager
async def open_office(folder: Path, rhythm: Rhythm = BY_HAND) -> AsyncIterator[Office]:
    async with open_town() as town:
        await move_in(town)
        async with at_work(town, folder, at("2023-03-07", "07:00"), rhythm) as office:
            for chat, agency in ((OPERATOR, ""), (STP, "STP"), (HKS, "HKS")):
                await office.bind(chat, agency)
            yield office
