"""Scan: find and queue 1,000 due notices, however many assignments are stored."""

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import date, datetime
from pathlib import Path
from statistics import median

from app.rules import read_rules
from bench.bulk import Bulk, call_in, fill, forget_the_scan
from bench.figures import AtMost, Figure
from bench.postgresql import new_database, postgresql
from bench.stock import open_store, sqlite_url
from config.settings import Settings
from scheduler.scan import scan_if_owed
from store.database import Database
from store.timetable import Timetable

SECTION = "Scan"
DAY = date(2023, 3, 14)
NOW = datetime.fromisoformat("2023-03-14T07:30:00+07:00")
_SMALLEST = 10_000
_MOST = 1.5


async def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """On SQLite and on PostgreSQL, in turns over the sizes."""
    sizes = (_SMALLEST, 100_000) if quick else (_SMALLEST, 100_000, 1_000_000)
    turns = 3 if quick else 7
    timetable = read_rules(Settings()).timetable
    files = {size: sqlite_url(folder / f"{size}") for size in sizes}
    figures = await _compare("SQLite", files, timetable, turns)
    with postgresql(folder / "postgresql") as server:
        urls = {size: await new_database(server, f"of{size}") for size in sizes}
        figures += await _compare("PostgreSQL", urls, timetable, turns)
    return figures


async def _compare(name: str, urls: Mapping[int, str], timetable: Timetable, turns: int) -> list[Figure]:
    seconds: dict[int, list[float]] = {size: [] for size in urls}
    async with AsyncExitStack() as stack:
        stores = {size: await stack.enter_async_context(open_store(url)) for size, url in urls.items()}
        for size, store in stores.items():
            await fill(store, Bulk(assignments=size, day=DAY), timetable, now=NOW)
            await call_in(store)
        for turn in range(turns + 1):
            for size, store in stores.items():
                took = await _scan(store, timetable)
                if turn:  # the first of each warms up
                    seconds[size].append(took)
    smallest = median(seconds[_SMALLEST])
    return [
        Figure(
            section=SECTION,
            what=f"{name}: 1,000 due notices queued out of {size:,} assignments, ms",
            ours=median(took) * 1000,
            beside=f"ours out of {_SMALLEST:,}",
            theirs=smallest * 1000,
            of_ratio=AtMost(value=_MOST),
        )
        for size, took in seconds.items()
        if size != _SMALLEST
    ]


async def _scan(store: Database, timetable: Timetable) -> float:
    """Seconds of one scan, from the question whether one is owed to the commit."""
    await forget_the_scan(store, DAY)
    start = time.perf_counter()
    result = await scan_if_owed(store, timetable, day=DAY, now=NOW, wall=NOW)
    took = time.perf_counter() - start
    if result is None or len(result.told) != 1_000:
        raise RuntimeError(f"the scan found something else than 1,000 notices: {result}")
    return took
