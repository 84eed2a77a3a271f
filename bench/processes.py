"""Several processes on one PostgreSQL: how fast they deliver together with limits off, and that nobody hears twice."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from app.rules import read_rules
from bench.bots import our_bot
from bench.children import Child
from bench.delivery import MORNING, delivery_of, stock_morning
from bench.figures import AtMost, Figure
from bench.postgresql import new_database, postgresql
from bench.stock import open_store
from bench.town import Town, eventually, open_town
from config.settings import Settings
from plan.vietnam import day_of
from scheduler.scan import scan_if_owed

SECTION = "Processes"
_COUNTS = (1, 2, 4)
# Within the hours of notices and before the hour of the scan: the bots deliver what somebody queues, and do not scan.
_BEFORE_THE_SCAN = MORNING - timedelta(minutes=50)
_LOOK_EVERY = 0.5


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What so many processes did together: `repeats` are messages beyond the first of a chat."""

    per_second: float
    repeats: int


async def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """One, two and four processes, in turns."""
    chats, turns = (200, 1) if quick else (1_000, 3)
    found: dict[int, list[Shared]] = {count: [] for count in _COUNTS}
    with postgresql(folder / "postgresql") as server:
        for turn in range(turns):
            for count in _COUNTS:
                url = await new_database(server, f"turn{turn}of{count}")
                people = range(1, chats + 1)
                found[count].append(await _together(folder / f"{turn}-{count}", url, count, people))
    alone = median(shared.per_second for shared in found[1])
    return [figure for count in _COUNTS for figure in _figures(count, chats, found[count], alone)]


def _figures(count: int, chats: int, shared: Sequence[Shared], alone: float) -> list[Figure]:
    processes = "1 process" if count == 1 else f"{count} processes"
    return [
        Figure(
            section=SECTION,
            what=f"{processes}, limits off: messages a second",
            ours=median(one.per_second for one in shared),
            beside="" if count == 1 else "ours in one process",
            theirs=None if count == 1 else alone,
        ),
        Figure(
            section=SECTION,
            what=f"{processes}: messages that came twice, of {chats * len(shared):,}",
            ours=sum(one.repeats for one in shared),
            of_ours=AtMost(value=0),
        ),
    ]


async def _together(folder: Path, url: str, count: int, people: Sequence[int]) -> Shared:
    """So many bots are up when the morning's messages are queued."""
    timetable = read_rules(Settings()).timetable
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(open_town(folder / "sandbox", limits=False))
        await town.settle(people)
        await stock_morning(url, people)
        bots = []
        for number in range(count):
            bot = await stack.enter_async_context(
                our_bot(
                    folder / f"bot-{number}",
                    town,
                    url,
                    clock_from=_BEFORE_THE_SCAN,
                    unpaced=True,
                    scan_every=_LOOK_EVERY,
                )
            )
            bots.append(bot)
            await _connected(bot)
        store = await stack.enter_async_context(open_store(url))
        await scan_if_owed(store, timetable, day=day_of(MORNING), now=MORNING, wall=MORNING)
        used = sum(bot.cpu_seconds() for bot in bots)
        delivered = await delivery_of(
            town, len(people), lambda: sum(bot.cpu_seconds() for bot in bots) - used
        )
        return Shared(per_second=delivered.per_second, repeats=await _repeats(town, people))


async def _connected(bot: Child) -> None:
    """Wait until a bot has reached the sandbox; only one of several may poll."""

    async def is_connected() -> bool:
        bot.must_be_alive()
        return '"connected"' in bot.log.read_text(encoding="utf-8")

    await eventually(is_connected, every=0.05)


async def _repeats(town: Town, people: Sequence[int]) -> int:
    return sum([len(await town.heard(person)) - 1 for person in people])
