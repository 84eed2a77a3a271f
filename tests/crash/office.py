"""The morning that is lived through again and again, each time with a death at another step.

Three agencies have something due: Sở Tư pháp so much that its message leaves in two pieces. Meanwhile Sở Nội vụ asks what it
owes, and UBND huyện Kế Sách says that something is done and confirms it.
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
from bot.message import block, message, to_json
from plan.load import load_plan
from store.database import Database
from store.migrate import migrate
from store.outbox import queue_note
from store.quota import sent_in_month
from store.states import InboxState, NoticeState, OutboxState
from store.sync import sync_plan
from store.tables import AuditRow, InboxRow, NoticeRow, OutboxRow, ScanRow
from tests.app.town import TELEGRAM, Seen, Town, settings_for
from tests.crash.bot import MORNING, live
from tests.crash.customs import NAMES, Customs
from tests.plan.small_plan import write_plan
from tests.worlds import WALL, at, bound_chat

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


def write_long_plan(folder: Path, customs: Customs) -> Path:
    """A plan of which all that the agencies are told is due on the morning of 7/3, and one thing in December."""
    rows = [(code, "Quý I/2023", NAMES[agency]) for agency, codes in customs.told.items() for code in codes]
    rows.append((LATER_IN_THE_YEAR, "Tháng 12/2023", NAMES["HKS"]))
    tasks = "".join(_TASK.format(code=code, schedule=schedule, lead=lead) for code, schedule, lead in rows)
    return write_plan(folder, tasks=_PLAN + tasks)


def note_for(agency: str) -> str:
    """What waits since yesterday for a message that takes it along."""
    return f"Đề nghị của {NAMES[agency]} đã được chấp nhận."


async def settle_in(database_url: str, plan_file: Path, customs: Customs) -> None:
    """A store in which the plan is in force and the three agencies' chats are bound."""
    database = Database(database_url)
    try:
        await migrate(database)
        plan, _ = load_plan(plan_file)
        timetable = read_rules(settings_for("http://127.0.0.1:1", plan_file.parent)).timetable
        async with database.write() as session:
            await sync_plan(session, plan, timetable, now=at("2023-03-07", "07:00"), today=MORNING.date())
        for agency, seat in customs.seats.items():
            is_group = customs.channel == TELEGRAM
            chat = await bound_chat(database, seat.address, agency, group=is_group, channel=customs.channel)
            if customs.counts:
                note = to_json(message(block(note_for(agency))))
                async with database.write() as session:
                    await queue_note(session, chat_id=chat.id, wall=WALL, body=note, key=agency)
    finally:
        await database.close()


async def move_in(town: Town, customs: Customs) -> None:
    """People and their chats, in a town where nobody has said anything yet today."""
    await town.ask("POST", "/reset")
    town.updates = town.events = 0
    for agency, seat in customs.seats.items():
        await town.ask("POST", "/users", {"id": seat.who, "first_name": f"Cán bộ {agency}"})
        if customs.channel == TELEGRAM:
            await town.group(seat.chat, NAMES[agency], seat.who)
        else:
            chat = {"id": seat.chat, "type": "private", "members": [seat.who], "platform": customs.channel}
            await town.ask("POST", "/chats", chat | {"started": True})


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What the store holds in the end: `counted` are the messages of the month where the service counts them."""

    outbox: dict[OutboxState, int]
    notices: dict[NoticeState, int]
    inbox: dict[InboxState, int]
    done: int
    counted: int


@dataclass(kw_only=True)
class Morning:
    """One such morning. `asked` and `closed` are the officers' words, `question` is what was answered, as it was then.

    Of the bot that died: `died_at` which step, how many messages were `in_flight`, and how many words of officers it took
    with it (`lost`): they were handed to it, and are not in the store. Who gets no answer says it again.
    """

    customs: Customs
    town: Town
    database: Database
    database_url: str
    plan: Path
    steps: Path
    asked: int = 0
    closed: int = 0
    question: Seen | None = None
    died_at: str | None = None
    in_flight: int = 0
    lost: int = 0
    _said: list[Callable[[], Awaitable[None]]] = field(default_factory=list, init=False)
    _bot: Mortal | None = field(default=None, init=False)

    async def live_through(self, die_at: str | None) -> None:
        """Until all is quiet; a bot that died on the way is followed by another."""
        await self.town.set_clock(MORNING)
        await self._say(self._ask)
        await self._say(self._close)
        self._start(die_at, is_second=False)
        try:
            await self._until(self._has_happened)
        finally:
            if self._bot is not None:
                self._bot.kill()

    async def _say(self, words: Callable[[], Awaitable[None]]) -> None:
        """The bot hears of what is said in this order."""
        await words()
        self._said.append(words)

    async def _ask(self) -> None:
        seat = self.customs.seats["SNV"]
        self.asked = await self.town.says(seat.chat, self.customs.asking, who=seat.who)

    async def _close(self) -> None:
        seat = self.customs.seats["HKS"]
        words = self.customs.closing.format(code=LATER_IN_THE_YEAR)
        self.closed = await self.town.says(seat.chat, words, who=seat.who)

    async def _confirm(self) -> None:
        seat = self.customs.seats["HKS"]
        assert self.question is not None
        await self.town.taps(seat.chat, self.question, "Xác nhận", who=seat.who)

    def _start(self, die_at: str | None, *, is_second: bool) -> None:
        settings = settings_for(
            self.town.url,
            self.plan.parent,
            database_url=self.database_url,
            nhacviec_plans=str(self.plan),
        )
        what = (settings, self.customs.tokens, self.steps, die_at, is_second)
        self._bot = Mortal(live, *what, log=self.steps.with_suffix(".log"))

    async def _until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        end = time.monotonic() + _PATIENCE_SECONDS
        while not await is_so():
            assert time.monotonic() < end, "it never became quiet"
            if self._bot is not None and not self._bot.is_alive:
                assert self.died_at is None, "the second bot died too"
                await self._note_death()
                self._start(None, is_second=True)
            await asyncio.sleep(_LOOK_EVERY)

    async def _note_death(self) -> None:
        self.died_at = self.steps.read_text(encoding="utf-8").splitlines()[-1]
        self.in_flight = (await self._count(OutboxRow.state)).get(OutboxState.CLAIMED, 0)
        kept = sum((await self._count(InboxRow.state)).values())
        waiting = await self.town.waiting(self.customs.channel)
        lost = self._said[kept : max(kept, len(self._said) - waiting)]
        self.lost = len(lost)
        for words in lost:
            self._said.remove(words)
            await self._say(words)

    async def _has_happened(self) -> bool:
        if self.question is None:
            await self._look_for_the_question()
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
            return tuple(found.one()) == (True, len(self._said), False)

    async def _look_for_the_question(self) -> None:
        """Say yes as soon as somebody asks."""
        for heard in await self.town.heard(self.customs.seats["HKS"].chat, after=self.closed):
            if self.customs.asks(heard, self.closed):
                self.question = heard
                await self._say(self._confirm)
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
            counted = await sent_in_month(session, channel=self.customs.channel, now=MORNING)
        return Kept(
            outbox=await self._count(OutboxRow.state),
            notices=await self._count(NoticeRow.state),
            inbox=await self._count(InboxRow.state),
            done=done or 0,
            counted=counted,
        )
