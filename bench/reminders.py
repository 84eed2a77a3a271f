"""10,000 reminders armed and fired: ours, beside what people do instead.

Ours: a plan is brought in, which stores each assignment with the day of its next milestone (arm); the scan of that day
writes the notices and queues the messages of their chats (fire). Theirs: one APScheduler date job for each reminder in an
SQLAlchemy job store, and python-telegram-bot's JobQueue, which is in memory; to fire is to run a callback that does nothing.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram.ext import Application, CallbackContext

from app.rules import read_rules
from bench.figures import AtLeast, Figure
from bench.stock import bind, open_store, sqlite_url
from bench.town import TOKEN
from config.settings import Settings
from plan.deadlines import Deadline, DeadlineKind, Occurrence
from plan.model import Agency, AgencyKind, Area, Output, Plan, Task
from scheduler.scan import scan_if_owed
from store.sync import sync_plan

SECTION = "Reminders"
_DAY = date(2023, 3, 14)
_DUE = date(2023, 3, 21)
_NOW = datetime.fromisoformat("2023-03-14T07:30:00+07:00")
_TASKS = 100
_LEAST = 50
_MANY = 10_000
_FEW = 1_000
_END_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds to arm and to fire."""

    arm: float
    fire: float

    @property
    def both(self) -> float:
        return self.arm + self.fire


async def measure(folder: Path, *, quick: bool) -> list[Figure]:
    count = _FEW if quick else _MANY
    ours: list[Took] = []
    store: list[Took] = []
    memory: list[Took] = []
    for turn in range(1 if quick else 3):
        ours.append(await _ours(folder / f"ours-{turn}", count))
        store.append(await _job_store(folder / f"jobs-{turn}", count))
        memory.append(await _job_queue(count))
    return [
        figure
        for name, theirs in (
            ("APScheduler date jobs in an SQLAlchemyJobStore (SQLite file)", store),
            ("PTB's JobQueue (in memory)", memory),
        )
        for figure in _figures(count, name, ours, theirs)
    ]


def _figures(count: int, name: str, ours: list[Took], theirs: list[Took]) -> list[Figure]:
    parts: list[tuple[str, Callable[[Took], float]]] = [
        ("arm", lambda took: took.arm),
        ("fire", lambda took: took.fire),
        ("arm and fire", lambda took: took.both),
    ]
    return [
        Figure(
            section=SECTION,
            what=f"{part} {count:,} reminders: reminders a second",
            ours=count / median(map(of, ours)),
            beside=name,
            theirs=count / median(map(of, theirs)),
            of_ratio=AtLeast(value=_LEAST) if part == "arm and fire" else None,
        )
        for part, of in parts
    ]


async def _ours(folder: Path, count: int) -> Took:
    """Each of 100 agencies owes so many outputs that all together are `count`, and has one chat."""
    timetable = read_rules(Settings()).timetable
    plan = _plan(agencies=count // _TASKS)
    async with open_store(sqlite_url(folder)) as database:
        async with database.write() as session:
            start = time.perf_counter()
            await sync_plan(session, plan, timetable, now=_NOW, today=_DAY)
        arm = time.perf_counter() - start
        await bind(database, range(1, len(plan.agencies) + 1), list(plan.agencies), now=_NOW)
        start = time.perf_counter()
        result = await scan_if_owed(database, timetable, day=_DAY, now=_NOW, wall=_NOW)
        fire = time.perf_counter() - start
    if result is None or len(result.told) != count:
        raise RuntimeError(f"the scan found something else than {count} notices")
    return Took(arm=arm, fire=fire)


def _plan(*, agencies: int) -> Plan:
    names = {
        f"CQ{number:03}": Agency(code=f"CQ{number:03}", name=f"Cơ quan số {number}", kind=AgencyKind.OTHER)
        for number in range(agencies)
    }
    deadline = Deadline(
        kind=DeadlineKind.DATES,
        occurrences=(Occurrence(due=_DUE, key=_DUE.isoformat(), period=""),),
        needs_review=False,
        reason=None,
    )
    return Plan(
        key="lon-2023",
        year=2023,
        title="Kế hoạch lớn",
        document="1/KH-UBND",
        standing_office="CQ000",
        report_address=None,
        areas=(Area(number=1, name="Cải cách thể chế"),),
        tasks=tuple(_task(f"1.{number}", deadline, tuple(names)) for number in range(1, _TASKS + 1)),
        report_periods=(),
        reports=(),
        agencies=names,
        groups={},
    )


def _task(code: str, deadline: Deadline, agencies: tuple[str, ...]) -> Task:
    return Task(
        code=code,
        area=1,
        title=f"Nhiệm vụ {code}",
        heading=None,
        outputs=(Output(code=code, product="Báo cáo", schedule="trước ngày 22/3/2023", deadline=deadline),),
        lead=("Các cơ quan",),
        support=(),
        lead_agencies=agencies,
    )


@dataclass(kw_only=True)
class _Countdown:
    """Counts callbacks; `over` is set by the last."""

    left: int
    over: asyncio.Event

    def one_less(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.over.set()


# A job store pickles its jobs: their callback has to be found by its name.
_countdown = _Countdown(left=0, over=asyncio.Event())


async def fired() -> None:
    """The callback of a job."""
    _countdown.one_less()


async def fired_by_queue(_: CallbackContext) -> None:  # type: ignore[type-arg]
    """The callback of a job of JobQueue."""
    _countdown.one_less()


async def _job_store(folder: Path, count: int) -> Took:
    store = SQLAlchemyJobStore(url=sqlite_url(folder))
    scheduler = AsyncIOScheduler(jobstores={"default": store}, timezone=UTC)
    # Paused, so that nothing fires while the others are still being armed.
    scheduler.start(paused=True)
    moment = datetime.now(UTC)
    return await _arm_and_fire(
        scheduler,
        count,
        lambda: scheduler.add_job(fired, "date", run_date=moment, misfire_grace_time=None),
    )


async def _job_queue(count: int) -> Took:
    application = Application.builder().token(TOKEN).build()
    queue = application.job_queue
    if queue is None:
        raise RuntimeError("the JobQueue is not installed")
    queue.scheduler.start(paused=True)
    moment = datetime.now(UTC) + timedelta(milliseconds=1)
    return await _arm_and_fire(
        queue.scheduler,
        count,
        lambda: queue.run_once(fired_by_queue, moment, job_kwargs={"misfire_grace_time": None}),
    )


async def _arm_and_fire(scheduler: AsyncIOScheduler, count: int, arm_one: Callable[[], object]) -> Took:
    _countdown.left, _countdown.over = count, asyncio.Event()
    start = time.perf_counter()
    for _ in range(count):
        arm_one()
    armed = time.perf_counter()
    scheduler.resume()
    await _countdown.over.wait()
    fired_at = time.perf_counter()
    await asyncio.sleep(_END_SECONDS)  # the last jobs end after their callbacks
    scheduler.shutdown(wait=False)
    return Took(arm=armed - start, fire=fired_at - armed)
