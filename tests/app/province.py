"""A bot on the real plan in a sandbox, and chats in which people type, tap and read as they do on a phone."""

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.clock import RehearsalClock
from app.rules import read_rules
from app.service import Service, running
from bot.commands.menu import Command
from bot.commands.typed import read_typed
from config.settings import Tokens
from plan.vietnam import day_of, instant_of
from store.invites import make_invite
from store.states import Role
from store.tables import InboxRow
from tests.app.town import (
    AT_ONCE,
    BOTH,
    BY_HAND,
    TELEGRAM,
    TOKEN,
    ZALO,
    Seen,
    Town,
    eventually,
    open_town,
    quiet,
    settings_for,
)
from tests.png import gray_png
from tests.ports import free_port

DATA = Path(__file__).parents[2] / "data"
BOT = "nhacviec_bot"
_SAID = {"done": "xong", "task": "việc", "history": "lịch sử", "progress": "tiến độ"}
_TAPPABLE = re.compile(rf"/({'|'.join(_SAID)})_([a-z0-9_]+)")
Camera = Callable[[str, int], Awaitable[None]]


async def no_camera(name: str, chat: int) -> None:
    """Nobody takes pictures."""


@dataclass(kw_only=True)
class Province:
    """The bot at work, with everybody's chats on `channel`. `used` are the commands that people have given, typed or tapped;
    `camera` is called for what is worth a picture."""

    town: Town
    service: Service
    clock: RehearsalClock
    folder: Path
    channel: str = TELEGRAM
    camera: Camera = no_camera
    used: set[Command] = field(default_factory=set)
    chats: dict[int, int] = field(default_factory=dict)

    @property
    def on_zalo(self) -> bool:
        return self.channel == ZALO

    async def comes(self, day: str, hour: str = "07:30") -> None:
        """That day (03-07) and hour come; the bot looks whether anything is owed."""
        now = instant_of(date.fromisoformat(f"2023-{day}"), time.fromisoformat(hour))
        self.clock.set(now, speed=0)
        await self.town.set_clock(now)
        await self.service.clockwork.scan()
        await self.settled()
        await self.renews_statuses()

    @property
    def today(self) -> date:
        return day_of(self.clock())

    async def renews_statuses(self) -> None:
        await self.service.clockwork.renew_statuses()
        await self.settled()

    async def settled(self) -> None:
        """Everything that was said is answered."""

        # Pinning makes updates that nobody here counts: ask the town what is still on its way.
        async def has_come() -> bool:
            state = await self.town.ask("GET", "/state")
            # On Zalo what was polled is no longer with the platform, and may not be in the inbox yet.
            kept = await self._updates(ZALO) >= self.town.events
            return int(state["webhook"]["pending_update_count"]) == 0 and kept

        await eventually(has_come)
        await quiet(self.service.database, updates=await self._updates())

    async def _updates(self, channel: str | None = None) -> int:
        """How many are in the inbox."""
        counted = select(func.count()).select_from(InboxRow)
        if channel is not None:
            counted = counted.where(InboxRow.channel == channel)
        async with self.service.database.read() as session:
            return await session.scalar(counted) or 0

    async def edits_plan(self, before: str, after: str) -> None:
        """Somebody changes one line of the plan's file; the bot looks at it."""
        file = self.folder / "tasks.yaml"
        tasks = file.read_text()
        assert tasks.count(before) == 1, before
        file.write_text(tasks.replace(before, after))
        await self.looks_at_plan()

    async def looks_at_plan(self) -> None:
        await self.service.clockwork.refresh()
        await self.settled()

    async def operators_invite(self, role: Role, agency: str) -> str:
        """What `nhacviec invite` prints."""
        async with self.service.database.write() as session:
            return await make_invite(session, role=role, agency=agency, now=self.clock())

    async def private(self, number: int, name: str) -> "Chat":
        if number not in self.chats:
            self.chats[number] = await self.town.person(number, name, on=self.channel)
        return self._chat(self.chats[number], number)

    def _chat(self, number: int, person: int) -> "Chat":
        kind = NumberedChat if self.on_zalo else Chat
        return kind(province=self, number=number, person=person)

    async def group(self, number: int, title: str, admin: tuple[int, str], member: tuple[int, str]) -> "Chat":
        """A group of two whose first is its admin; what is not said by somebody else is said by the admin."""
        for person, name in (admin, member):
            await self.private(person, name)
        made = await self.town.group(number, title, admin[0], member[0], on=self.channel)
        return self._chat(made, admin[0])

    def note(self, typed: str) -> None:
        """Remember the command that somebody gave."""
        reading = read_typed(typed, bot_name=BOT)
        if reading is not None and reading.command is not None:
            self.used.add(reading.command)


@dataclass(kw_only=True)
class Chat:
    """One chat; `person` is who usually writes there. What an answer must say is given as sentences; what it may not say
    begins with "¬"."""

    province: Province
    number: int
    person: int
    _read: int = 0
    _answers: set[int] = field(default_factory=set)

    async def says(self, text: str, *sentences: str, who: int | None = None, **more: object) -> Seen:
        """Somebody types; the answer."""
        self.province.note(text)
        before = await self._newest()
        await self.province.town.says(self.number, text, who=who or self.person, **more)
        return await self._answer(before, text, sentences)

    async def taps(self, label: str, *sentences: str, who: int | None = None) -> Seen:
        """Somebody taps the newest button that is called so (or begins so); what it became or was answered with."""
        heard = await self.province.town.heard(self.number)
        with_it = [one for one in heard if any(shown.startswith(label) for shown, _ in one.buttons)]
        assert with_it, f"no choice {label!r} in:\n{heard[-1].text}"
        found = with_it[-1]
        self.province.note(found.action(label).removeprefix("run:"))
        before = await self._newest()
        await self.province.town.taps(self.number, found, label, who=who or self.person)
        return await self._answer(before, f"[{label}]", sentences, tapped=found.id)

    async def sends(
        self, kind: str, name: str, *sentences: str, reply_to: int, who: int | None = None
    ) -> Seen:
        """Somebody sends a file ("photos" or "documents") in reply to a message."""
        before = await self._newest()
        form = {"from": str(who or self.person), "reply_to_message_id": str(reply_to)}
        content = picture(240, 160) if kind == "photos" else b"%PDF-1.4"
        answer = await self.province.town.control.post(
            f"/control/chats/{self.number}/{kind}", data=form, files={"file": (name, content)}
        )
        assert answer.is_success, answer.text
        self.province.town.updates += 1
        self.province.town.events += bool(answer.json().get("reached"))
        return await self._answer(before, name, sentences)

    async def hears(self, *sentences: str) -> str:
        """What came unasked since somebody last looked here, all of it as one text."""
        found = await self.province.town.heard(self.number, after=self._read)
        self._read = await self._newest()
        text = "\n\n".join(one.text for one in found if one.id not in self._answers)
        expect(text, sentences, "what came unasked")
        return text

    async def hears_nothing(self) -> None:
        assert await self.hears() == ""

    async def pinned(self, *sentences: str) -> str:
        """The pinned status as it reads a moment later."""
        await self.province.renews_statuses()
        text = await self.province.town.status(self.number) or ""
        expect(text, sentences, "the pinned status")
        return text

    async def photographed(self, name: str) -> None:
        await self.province.camera(name, self.number)

    async def _newest(self) -> int:
        answer: dict[str, Any] = await self.province.town.ask("GET", f"/chats/{self.number}/messages?limit=1")
        return max((int(one["message_id"]) for one in answer["messages"]), default=0)

    async def _answer(
        self, before: int, said: str, sentences: tuple[str, ...], *, tapped: int | None = None
    ) -> Seen:
        await self.province.settled()
        found = await self.province.town.heard(self.number, after=before)
        if not found and tapped is not None:
            found = await self.province.town.heard(self.number, after=tapped - 1)
            found = [one for one in found if one.id == tapped]
        assert found, f"no answer to {said}"
        self._answers |= {one.id for one in found}
        expect(found[-1].text, sentences, said)
        return found[-1]


def expect(text: str, sentences: tuple[str, ...], said: str) -> None:
    """Every sentence is in the text; one that begins with "¬" is not."""
    for sentence in sentences:
        is_there = sentence.removeprefix("¬") in text
        assert is_there != sentence.startswith("¬"), f"{said}: {sentence!r} in:\n{text}"


def picture(width: int, height: int) -> bytes:
    """A PNG, as of a sheet of paper."""
    return gray_png(
        width, height, b"".join(bytes([225 if y % 12 < 9 else 150]) * width for y in range(height))
    )


class NumberedChat(Chat):
    """A chat on Zalo: choices are answered by number, nothing is pinned, and what is no reminder rides with an answer or a
    morning message."""

    _news: str = ""

    async def hears(self, *sentences: str) -> str:
        """What came in a morning message, and what rode with any answer; something harmless is asked to fetch the rest."""
        found = await self.province.town.heard(self.number, after=self._read)
        unasked = [one.text for one in found if one.id not in self._answers]
        await self.says("ai")
        text = "\n\n".join([*unasked, *([self._news] if self._news else [])])
        self._read, self._news = await self._newest(), ""
        expect(text, tuple(map(as_typed, sentences)), "what came unasked")
        return text

    async def pinned(self, *sentences: str) -> str:
        await self.province.renews_statuses()
        assert await self.province.town.status(self.number) is None
        return ""

    async def _answer(
        self, before: int, said: str, sentences: tuple[str, ...], *, tapped: int | None = None
    ) -> Seen:
        await self.province.settled()
        found = await self.province.town.heard(self.number, after=before)
        assert found, f"no answer to {said}"
        self._answers |= {one.id for one in found}
        answer, _, news = "\n\n".join(one.text for one in found).partition("📨 Tin mới")
        self._news += news
        expect(answer, tuple(map(as_typed, sentences)), said)
        return replace(found[-1], text=answer)


def as_typed(sentence: str) -> str:
    """The sentence as it stands where nothing can be tapped: “xong 2.6a” for "/done_2_6a", “xong BC q1” for "/done_bc_q1"."""
    return _TAPPABLE.sub(lambda found: f"“{_SAID[found[1]]} {_about(found[2])}”", sentence)


def _about(tapped: str) -> str:
    code = re.match(r"[0-9]+_[0-9]+[a-z0-9]*|[a-z]+", tapped)
    assert code is not None, tapped
    period = tapped[code.end() :].strip("_").replace("nam", "năm")
    return f"{code[0].replace('_', '.') if code[0][0].isdigit() else code[0].upper()} {period}".strip()


@asynccontextmanager
async def open_province(
    folder: Path, camera: Camera = no_camera, kind: type[Province] = Province, *, channel: str = TELEGRAM
) -> AsyncIterator[Province]:
    """The afternoon before the first reminders, with a copy of the real plan that can be edited."""
    shutil.copytree(DATA, folder / "data")
    start = instant_of(date(2023, 3, 6), time(14, 0))
    async with open_town(clock_from=start) as town:
        await town.set_clock(start)
        place = f"127.0.0.1:{free_port()}"
        settings = settings_for(
            town.url,
            folder,
            nhacviec_plans=str(folder / "data" / "tasks.yaml"),
            nhacviec_listen=place,
            nhacviec_public_url=f"http://{place}",
        )
        clock = RehearsalClock(start, speed=0)
        async with running(
            settings,
            read_rules(settings),
            tokens=BOTH if channel == ZALO else Tokens(telegram=TOKEN),
            clock=clock,
            rhythm=BY_HAND,
            pace=AT_ONCE,
        ) as service:
            yield kind(
                town=town,
                service=service,
                clock=clock,
                folder=folder / "data",
                camera=camera,
                channel=channel,
            )
