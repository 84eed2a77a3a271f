"""A drill from its first morning to its verdict: officers write, mornings come, and bots are killed all the while."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from datetime import time as hour
from pathlib import Path

from app.drill.bots import Bots
from app.drill.judge import judge
from app.drill.ledger import under_way
from app.drill.officers import Officers
from app.drill.opening import FIRST_DAY, Stage, opened
from app.drill.verdict import Deaths, Verdict
from app.errors import SettingError
from app.rules import Rules
from config.settings import Settings
from plan.vietnam import instant_of

_MORNING, _AFTERNOON = hour(7, 30), hour(15, 0)
# In a morning few: what dies twice over the same message has given it up, and all of them leave at once.
_KILLS_A_MORNING, _KILLS_AN_AFTERNOON = 3, 7
# One death in so many comes while the bot still starts. Of the others the first of a half day comes while the bot scans,
# and those after it within so many seconds of work when the scan is done.
_AT_THE_START = 6
_WHILE_SCANNING, _LONGEST_LIFE, _LONGEST_START = 0.3, 0.8, 0.5
_BETWEEN_WORDS = (0.02, 0.12)
_PATIENCE_SECONDS = 120
_LOOK_EVERY, _LOOK_CLOSELY = 0.1, 0.01


@dataclass(frozen=True, kw_only=True)
class Order:
    """What kind of drill: how often to kill, how many bots at once, the seed of all chance, and where its files go."""

    kills: int
    processes: int
    seed: int
    folder: Path


async def drill(order: Order, settings: Settings, rules: Rules, tell: Callable[[str], None]) -> Verdict:
    """Carry it out on the database that the settings name, which must be empty, and their first plan. Raises
    SettingError."""
    tell("Binding the agencies' chats …")
    async with opened(settings, rules, order.folder) as stage:
        dice = random.Random(order.seed)  # noqa: S311 - a drill must be repeatable
        bots = Bots(settings=stage.settings, count=order.processes, folder=order.folder)
        officers = Officers(stage.town, stage.groups, dice)
        course = _Course(order=order, stage=stage, bots=bots, officers=officers, dice=dice, tell=tell)
        bots.start()
        try:
            await course.run()
        finally:
            bots.end()
        deaths = replace(course.deaths, own=bots.own_deaths)
        return await judge(stage, days=course.days, tapped=officers.tapped, deaths=deaths)


@dataclass(kw_only=True)
class _Course:
    order: Order
    stage: Stage
    bots: Bots
    officers: Officers
    dice: random.Random
    tell: Callable[[str], None]
    deaths: Deaths = field(default_factory=Deaths)
    days: list[date] = field(default_factory=list)

    async def run(self) -> None:
        """Day after day, until all kills are done and what they left is finished."""
        day = FIRST_DAY
        while self.deaths.kills < self.order.kills:
            await self._live(day)
            day = self.stage.rules.timetable.calendar.after(day)

    async def _live(self, day: date) -> None:
        self.days.append(day)
        self.officers.begin_the_day()
        await self.stage.town.set_clock(instant_of(day, _MORNING))
        await self._die_while(self.officers.ask, _KILLS_A_MORNING)
        await self.stage.town.set_clock(instant_of(day, _AFTERNOON))
        await self._die_while(lambda: self.officers.close(day), _KILLS_AN_AFTERNOON)
        await self.officers.confirm(day)
        await self._quiet()
        self.tell(f"{day:%d/%m/%Y}: {self.deaths.kills} of {self.order.kills} killed")

    async def _die_while(self, act: Callable[[], Awaitable[None]], times: int) -> None:
        """Kill some bots while people act, then let everything become quiet."""
        kills = min(times, self.order.kills - self.deaths.kills)
        killing = asyncio.create_task(self._kill(kills))
        try:
            while not killing.done():
                await act()
                await asyncio.sleep(self.dice.uniform(*_BETWEEN_WORDS))
        finally:
            killing.cancel()
        await killing
        await self._quiet()

    async def _kill(self, times: int) -> None:
        for death in range(times):
            number = self.dice.randrange(self.order.processes)
            if self.dice.randrange(_AT_THE_START) == 0:
                await asyncio.sleep(self.dice.uniform(0, _LONGEST_START))
            else:
                await self._until_at_work(number, scanned=death > 0)
                await asyncio.sleep(self.dice.uniform(0, _LONGEST_LIFE if death else _WHILE_SCANNING))
            self.bots.kill(number)
            await self._note_death()
            self.bots.refill()

    async def _until_at_work(self, number: int, *, scanned: bool) -> None:
        """Until that bot has started everything, and this day's scan is done by whomever."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < end:
            is_scanned = not scanned or (await under_way(self.stage.database, self.days[-1])).scanned
            if is_scanned and self.bots.is_at_work(number):
                return
            self.bots.refill()
            await asyncio.sleep(_LOOK_CLOSELY)

    async def _note_death(self) -> None:
        waiting = await self.stage.town.waiting_updates()
        left = await under_way(self.stage.database, self.days[-1])
        known = self.deaths
        self.deaths = replace(
            known,
            kills=known.kills + 1,
            receiving=known.receiving + (waiting > 0),
            handling=known.handling + (left.unhandled > 0),
            scanning=known.scanning + (not left.scanned),
            delivering=known.delivering + bool(left.in_flight),
            in_flight=known.in_flight | left.in_flight,
        )

    async def _quiet(self) -> None:
        """Until nothing waits to be fetched, handled or sent. Raises SettingError when that does not come."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while True:
            self.bots.refill()
            waiting = await self.stage.town.waiting_updates()
            left = await under_way(self.stage.database, self.days[-1])
            if not waiting and left.is_quiet:
                return
            if time.monotonic() > end:
                raise SettingError(
                    f"The bot does not finish its work: {waiting} updates are not fetched, {left.unhandled} not"
                    f" handled, {left.queued} messages queued, {len(left.in_flight)} in flight.",
                    f"The bots' words are in {self.order.folder}",
                )
            await asyncio.sleep(_LOOK_EVERY)
