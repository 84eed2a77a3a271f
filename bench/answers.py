"""Answers: `/due` from the moment the sandbox got it to the moment it took the reply, over long polling.

Beside python-telegram-bot's echo bot, and with a million assignments stored. Each bot has a sandbox and a process of its
own; they are asked in turns, so that all meet the same machine.
"""

import asyncio
import random
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from app.rules import read_rules
from bench.bots import echo_bot, our_bot
from bench.children import Child
from bench.figures import Aim, AtLeast, AtMost, Figure, percentile
from bench.stock import (
    Bulk,
    agencies_that_owe,
    bind,
    bring_in_real_plan,
    call_in,
    fill,
    open_store,
    sqlite_url,
)
from bench.town import Call, Town, open_town, sends_from_now
from config.settings import Settings
from plan.vietnam import day_of

SECTION = "Answers"
# After hours: no morning message comes in between.
EVENING = datetime.fromisoformat("2023-03-14T19:00:00+07:00")
_PEOPLE = range(1_001, 1_501)
_OWED = (17, 27)
_QUESTION = "/due"
_SEED = 2023


@dataclass(frozen=True, kw_only=True)
class Load:
    """How long each rate (updates a second) is kept up in a round, and how often all of it is repeated."""

    seconds: dict[int, float]
    rounds: int
    burst: int
    bursts: int
    stored: int


FULL = Load(seconds={5: 14, 30: 8, 100: 6}, rounds=3, burst=2_000, bursts=3, stored=1_000_000)
QUICK = Load(seconds={5: 4, 30: 3, 100: 3}, rounds=1, burst=500, bursts=1, stored=100_000)


@dataclass(kw_only=True)
class Place:
    """A bot at home in its town, and what was measured of it: latencies in ms by rate, one list a round; of each burst the
    answers a second, and the processor's time for one in ms."""

    town: Town
    bot: Child
    latencies: dict[int, list[list[float]]] = field(default_factory=lambda: defaultdict(list))
    bursts: list[float] = field(default_factory=list)
    efforts: list[float] = field(default_factory=list)

    def at(self, rate: int, percent: float) -> float:
        return median(percentile(latencies, percent) for latencies in self.latencies[rate])


async def measure(folder: Path, *, quick: bool) -> list[Figure]:
    load = QUICK if quick else FULL
    async with AsyncExitStack() as stack:
        few = await stack.enter_async_context(_ours(folder / "few", stored=0))
        many = await stack.enter_async_context(_ours(folder / "many", stored=load.stored))
        echo = await stack.enter_async_context(_echo(folder / "echo", at_once=0))
        at_once = await stack.enter_async_context(_echo(folder / "at-once", at_once=8))
        for place in (few, many, echo, at_once):
            await _latencies(place.town, rate=20, seconds=2)  # warms up
        for place in (few, many):
            await _see_that_it_lists(place.town)
        for _ in range(load.rounds):
            for rate, seconds in load.seconds.items():
                for place in (few, many, echo):
                    place.latencies[rate].append(await _latencies(place.town, rate=rate, seconds=seconds))
        for _ in range(load.bursts):
            for place in (few, echo, at_once):
                await _burst(place, load.burst)
    return [
        *(figure for rate in load.seconds for figure in _beside_echo(few, echo, rate)),
        *(_beside_few(many, few, rate, load.stored) for rate in load.seconds),
        _burst_figure(few, echo, load.burst, "PTB's echo bot", AtLeast(value=0.7)),
        _burst_figure(few, at_once, load.burst, "PTB's echo bot with `concurrent_updates(8)`"),
        Figure(
            section=SECTION,
            what="in the burst: processor time for an answer, ms",
            ours=median(few.efforts),
            places=1,
            beside="PTB's echo bot",
            theirs=median(echo.efforts),
        ),
    ]


@asynccontextmanager
async def _ours(folder: Path, *, stored: int) -> AsyncIterator[Place]:
    url = sqlite_url(folder)
    rules = read_rules(Settings())
    async with open_store(url) as database:
        await bring_in_real_plan(database, rules.timetable, now=EVENING)
        agencies = await agencies_that_owe(database, *_OWED)
        if stored:
            bulk = Bulk(assignments=stored, day=day_of(EVENING + timedelta(days=1)))
            await fill(database, bulk, rules.timetable, now=EVENING)
        await bind(database, _PEOPLE, agencies, now=EVENING)
        async with open_town(folder / "sandbox", limits=False) as town:
            await town.settle(_PEOPLE)
            async with our_bot(folder / "bot", town, url, clock_from=EVENING, unpaced=True) as bot:
                await town.polled_by(bot)
                if stored:
                    await call_in(database)
                yield Place(town=town, bot=bot)


@asynccontextmanager
async def _echo(folder: Path, *, at_once: int) -> AsyncIterator[Place]:
    async with open_town(folder / "sandbox", limits=False) as town:
        await town.settle(_PEOPLE)
        async with echo_bot(folder / "bot", town, at_once=at_once) as bot:
            yield Place(town=town, bot=bot)


async def _latencies(town: Town, *, rate: int, seconds: float) -> list[float]:
    """Ask at that rate, each question at a random moment of its own slot (the same moments for every bot); returns
    milliseconds from question to answer."""
    chance = random.Random(_SEED)  # noqa: S311 (spreads load; nothing secret hangs on it)
    count = int(rate * seconds)
    moments = [(number + chance.random()) / rate for number in range(count)]
    people = chance.sample(list(_PEOPLE) * (count // len(_PEOPLE) + 1), count)
    sends = await sends_from_now(town)
    start = time.perf_counter()

    async def ask(moment: float, person: int) -> tuple[int, float]:
        await asyncio.sleep(max(0.0, start + moment - time.perf_counter()))
        return person, await town.says(person, _QUESTION)

    asked = await asyncio.gather(*map(ask, moments, people))
    answered = await sends.until(count)
    return [(end - begin) * 1000 for begin, end in _pairs(asked, answered)]


async def _see_that_it_lists(town: Town) -> None:
    """Raises RuntimeError unless the answer is a list of what is owed."""
    sends = await sends_from_now(town)
    await town.says(_PEOPLE[0], _QUESTION)
    await sends.until(1)
    text = (await town.heard(_PEOPLE[0]))[-1]["text"]
    if not text.startswith("📋"):
        raise RuntimeError(f"this is no list: {text}")


async def _burst(place: Place, count: int) -> None:
    """So many questions come while the bot's process stands still; then it goes on."""
    people = [_PEOPLE[number % len(_PEOPLE)] for number in range(count)]
    sends = await sends_from_now(place.town)
    place.bot.pause()
    try:
        hands = asyncio.Semaphore(8)

        async def ask(person: int) -> None:
            async with hands:
                await place.town.says(person, _QUESTION)

        await asyncio.gather(*map(ask, people))
    finally:
        begin, used = time.time(), place.bot.cpu_seconds()
        place.bot.go_on()
    answered = await sends.until(count)
    place.bursts.append(count / (answered[-1].at - begin))
    place.efforts.append((place.bot.cpu_seconds() - used) / count * 1000)


def _pairs(asked: Sequence[tuple[int, float]], answered: Sequence[Call]) -> list[tuple[float, float]]:
    """When each question came and when its answer did: within a chat both are in order. Raises ValueError when a chat has
    not as many answers as questions."""
    questions: dict[int | None, deque[float]] = defaultdict(deque)
    for person, at in sorted(asked, key=lambda question: question[1]):
        questions[person].append(at)
    try:
        pairs = [(questions[call.chat].popleft(), call.at) for call in answered]
    except IndexError as error:
        raise ValueError("more answers than questions in a chat") from error
    return pairs


def _beside_echo(ours: Place, theirs: Place, rate: int) -> list[Figure]:
    return [
        Figure(
            section=SECTION,
            what=f"/due → reply at {rate} updates/s, p{percent}, ms",
            ours=ours.at(rate, percent),
            places=1,
            beside="PTB's echo bot",
            theirs=theirs.at(rate, percent),
            of_ratio=AtMost(value=most),
        )
        for percent, most in ((50, 1.5), (99, 2.0))
    ]


def _beside_few(many: Place, few: Place, rate: int, stored: int) -> Figure:
    return Figure(
        section=SECTION,
        what=f"the same at {rate} updates/s with {stored:,} assignments stored, p50, ms",
        ours=many.at(rate, 50),
        places=1,
        beside="ours with the real plan only",
        theirs=few.at(rate, 50),
        of_ratio=AtMost(value=1.2),
    )


def _burst_figure(ours: Place, theirs: Place, burst: int, who: str, aim: Aim | None = None) -> Figure:
    return Figure(
        section=SECTION,
        what=f"a burst of {burst:,} updates: answers a second",
        ours=median(ours.bursts),
        beside=who,
        theirs=median(theirs.bursts),
        of_ratio=aim,
    )
