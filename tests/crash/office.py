"""The morning that is lived through again and again, each time with a death at another step.

Three agencies have something due: Sở Tư pháp so much that its message leaves in two pieces. Meanwhile Sở Nội vụ asks /due,
and UBND huyện Kế Sách says that something is done and confirms it by a tap.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.drill.processes import Mortal
from app.rules import read_rules
from plan.load import load_plan
from store.database import Database
from store.migrate import migrate
from store.states import InboxState, NoticeState, OutboxState
from store.sync import sync_plan
from store.tables import AuditRow, InboxRow, NoticeRow, OutboxRow, ScanRow
from tests.app.town import Seen, Town, settings_for
from tests.crash.bot import MORNING, live
from tests.plan.small_plan import write_plan
from tests.worlds import at, bound_chat

STP, SNV, HKS = -2001, -2002, -2003
AGENCIES = {STP: "STP", SNV: "SNV", HKS: "HKS"}
OFFICER = 1001
TOLD = {STP: [f"1.{number}" for number in range(1, 27)], SNV: ["2.1"], HKS: ["3.1"]}
LATER_IN_THE_YEAR = "3.2"
State = TypeVar("State")
_PATIENCE_SECONDS = 30
_LOOK_EVERY = 0.1

_PLAN = """\
key: thu-2023
year: 2023
title: Kế hoạch thử
document: { number: 1/KH-UBND, date: 2022-12-20 }
agencies: agencies.yaml
standing_office: SNV
areas:
  - { number: 1, name: Cải cách thể chế }
  - { number: 2, name: Cải cách TTHC }
  - { number: 3, name: Cải cách bộ máy }
tasks:
"""
_TASK = """\
  - code: "{code}"
    title: Nhiệm vụ {code} của kế hoạch năm, có tên dài như trong các kế hoạch thật
    product: Kế hoạch và báo cáo kết quả thực hiện nhiệm vụ {code}
    schedule: {schedule}
    lead: [{lead}]
"""
_NAMES = {STP: "Sở Tư pháp", SNV: "Sở Nội vụ", HKS: "UBND huyện Kế Sách"}


def write_long_plan(folder: Path) -> Path:
    """A plan of which 28 assignments are to be told on the morning of 7/3, and one that is due in December."""
    rows = [(code, "Quý I/2023", _NAMES[chat]) for chat, codes in TOLD.items() for code in codes]
    rows.append((LATER_IN_THE_YEAR, "Tháng 12/2023", _NAMES[HKS]))
    tasks = "".join(_TASK.format(code=code, schedule=schedule, lead=lead) for code, schedule, lead in rows)
    return write_plan(folder, tasks=_PLAN + tasks)


async def settle_in(database_url: str, plan_file: Path) -> None:
    """A store in which the plan is in force and the three agencies' groups are bound."""
    database = Database(database_url)
    try:
        await migrate(database)
        plan, _ = load_plan(plan_file)
        timetable = read_rules(settings_for("http://127.0.0.1:1", plan_file.parent)).timetable
        async with database.write() as session:
            await sync_plan(session, plan, timetable, now=at("2023-03-07", "07:00"), today=MORNING.date())
        for chat, agency in AGENCIES.items():
            await bound_chat(database, str(chat), agency, group=True)
    finally:
        await database.close()


async def move_in(town: Town) -> None:
    """People and their groups, in a town where nobody has said anything yet."""
    await town.ask("POST", "/reset")
    town.updates = 0
    await town.person(OFFICER, "Lan")
    for chat, name in _NAMES.items():
        await town.group(chat, name, OFFICER)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What the store holds in the end, and how many messages were in flight when the bot died."""

    outbox: dict[OutboxState, int]
    notices: dict[NoticeState, int]
    inbox: dict[InboxState, int]
    done: int
    in_flight: int


@dataclass(kw_only=True)
class Morning:
    """One such morning. `asked` and `closed` are the officers' words, `question` is what was tapped, as it was then."""

    town: Town
    database: Database
    database_url: str
    plan: Path
    steps: Path
    asked: int = 0
    closed: int = 0
    question: Seen | None = None
    in_flight: int = 0
    died_at: str | None = None
    _bot: Mortal | None = field(default=None, init=False)

    async def live_through(self, die_at: str | None) -> None:
        """Until all is quiet; a bot that died on the way is followed by another."""
        await self.town.set_clock(MORNING)
        self.asked = await self.town.says(SNV, "/due", who=OFFICER)
        self.closed = await self.town.says(HKS, f"/done {LATER_IN_THE_YEAR} 12/BC", who=OFFICER)
        self._start(die_at, is_second=False)
        try:
            await self._until(self._has_happened)
        finally:
            if self._bot is not None:
                self._bot.kill()

    def _start(self, die_at: str | None, *, is_second: bool) -> None:
        settings = settings_for(
            self.town.url,
            self.plan.parent,
            database_url=self.database_url,
            nhacviec_plans=str(self.plan),
        )
        self._bot = Mortal(live, settings, self.steps, die_at, is_second, log=self.steps.with_suffix(".log"))

    async def _until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        end = time.monotonic() + _PATIENCE_SECONDS
        while not await is_so():
            assert time.monotonic() < end, "it never became quiet"
            if self._bot is not None and not self._bot.is_alive:
                assert self.died_at is None, "the second bot died too"
                self.died_at = self.steps.read_text(encoding="utf-8").splitlines()[-1]
                self.in_flight = (await self._count(OutboxRow.state)).get(OutboxState.CLAIMED, 0)
                self._start(None, is_second=True)
            await asyncio.sleep(_LOOK_EVERY)

    async def _has_happened(self) -> bool:
        if self.question is None:
            await self._confirm()
            return False
        new = InboxRow.state == InboxState.NEW
        waiting = OutboxRow.state.in_([OutboxState.QUEUED, OutboxState.CLAIMED])
        async with self.database.read() as session:
            found = await session.execute(
                select(
                    exists(select(ScanRow.id)),
                    select(func.count(InboxRow.id)).where(~new).scalar_subquery(),
                    exists(select(OutboxRow.id).where(waiting)),
                )
            )
            return tuple(found.one()) == (True, self.town.updates, False)

    async def _confirm(self) -> None:
        """Tap "Xác nhận" as soon as somebody asks."""
        for message in await self.town.heard(HKS, after=self.closed):
            if message.answers == self.closed:
                self.question = message
                await self.town.taps(HKS, message, "Xác nhận", who=OFFICER)
                return

    async def _count(self, column: InstrumentedAttribute[State]) -> dict[State, int]:
        async with self.database.read() as session:
            rows = await session.execute(select(column, func.count()).group_by(column))
            return dict(rows.all())

    async def kept(self) -> Kept:
        async with self.database.read() as session:
            done = await session.scalar(
                select(func.count()).select_from(AuditRow).where(AuditRow.action == "done")
            )
        return Kept(
            outbox=await self._count(OutboxRow.state),
            notices=await self._count(NoticeRow.state),
            inbox=await self._count(InboxRow.state),
            done=done or 0,
            in_flight=self.in_flight,
        )
