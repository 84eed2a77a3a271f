"""Idle: what a real `nhacviec run` takes on the real plan when nobody writes, beside python-telegram-bot's echo bot."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.bots import bot_settings, echo_bot
from bench.children import Child, child
from bench.figures import AtMost, Figure
from bench.stock import sqlite_url
from bench.town import Town, open_town

SECTION = "Idle"
_SETTLE_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Idle:
    """Resident memory in MB, and the share of one processor in percent."""

    megabytes: float
    cpu_percent: float


async def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Both start a few times, in turns; then both are idle at the same time."""
    seconds, starts = (20, 2) if quick else (60, 5)
    first_start = await _start(folder, _run)
    ours_took: list[float] = []
    theirs_took: list[float] = []
    for _ in range(starts):
        ours_took.append(await _start(folder, _run))
        theirs_took.append(await _start(folder, echo_bot))
    async with (
        open_town(folder / "our-sandbox", limits=True) as our_town,
        open_town(folder / "their-sandbox", limits=True) as their_town,
        _run(folder / "bot", our_town) as ours,
        echo_bot(folder / "echo", their_town) as theirs,
    ):
        await asyncio.sleep(_SETTLE_SECONDS)
        our_idle, their_idle = await asyncio.gather(_idle(ours, seconds), _idle(theirs, seconds))
    return [
        _figure("resident memory, MB", 0, our_idle.megabytes, their_idle.megabytes, most=120),
        _figure(
            f"processor over {seconds} s, % of one", 2, our_idle.cpu_percent, their_idle.cpu_percent, most=0.5
        ),
        _figure("start to first poll, s", 2, median(ours_took), median(theirs_took), most=2),
        Figure(
            section=SECTION, what="the very first start, with a new database, s", ours=first_start, places=2
        ),
    ]


def _figure(what: str, places: int, ours: float, theirs: float, *, most: float) -> Figure:
    return Figure(
        section=SECTION,
        what=what,
        ours=ours,
        places=places,
        beside="PTB's echo bot",
        theirs=theirs,
        of_ours=AtMost(value=most),
    )


@asynccontextmanager
async def _run(folder: Path, town: Town) -> AsyncIterator[Child]:
    """`nhacviec run`, polling."""
    settings = bot_settings(town, sqlite_url(folder))
    async with child(folder, "-m", "app", "run", settings=settings) as bot:
        await town.polled_by(bot)
        yield bot


async def _start(folder: Path, start: Callable[[Path, Town], AbstractAsyncContextManager[Child]]) -> float:
    """Seconds from the command to the first open poll, in a town that has seen no other."""
    async with open_town(folder / "sandbox", limits=True) as town:
        begin = time.perf_counter()
        async with start(folder / "bot", town):
            return time.perf_counter() - begin


async def _idle(bot: Child, seconds: float) -> Idle:
    used, begin = bot.cpu_seconds(), time.perf_counter()
    await asyncio.sleep(seconds)
    share = (bot.cpu_seconds() - used) / (time.perf_counter() - begin)
    return Idle(megabytes=bot.resident_bytes() / 1e6, cpu_percent=share * 100)
