"""The year 2023 as it happens: the bot in a sandbox, day by day, with officers who answer as is written on paper."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path

from sqlalchemy import func, select

from app.clock import RehearsalClock
from app.rehearsal import Sandbox, bind_everybody
from app.rules import read_rules
from app.service import Service, running
from config.settings import Tokens
from plan.vietnam import instant_of
from store.states import NoticeState, OutboxKind, OutboxState, Role
from store.tables import (
    AssignmentRow,
    BindingRow,
    ChatRow,
    ItemRow,
    MonthlySendsRow,
    NoticeRow,
    OutboxRow,
)
from tests.app.town import (
    AT_ONCE,
    BOTH,
    BY_HAND,
    TELEGRAM,
    TOKEN,
    ZALO,
    Seen,
    Town,
    open_town,
    quiet,
    settings_for,
)
from tests.app.year_on_paper import Told, answers_on_paper

FIRST, LAST = date(2023, 3, 7), date(2023, 12, 31)
AFTERNOON = time(15, 0)


@dataclass(frozen=True)
class Year:
    """What came of the year: sent notices and the bot's unasked messages by agency, when what was closed, and `most_sent`,
    the most messages that left by Zalo in a month."""

    channel: str
    told: dict[str, list[Told]]
    notice_keys: list[tuple[int, str, date, int]]
    mornings: Counter[tuple[str, date]]
    unasked: dict[str, list[Seen]]
    closed: dict[str, dict[str, date]]
    uncertain: int
    most_sent: int


async def live_through(folder: Path, channel: str = TELEGRAM) -> Year:
    """With a group for each agency on Telegram, or a chat of its officer on Zalo."""
    start = instant_of(FIRST, time(7, 25))
    async with open_town(clock_from=start) as town:
        settings = settings_for(town.url, folder)
        clock = RehearsalClock(start, speed=0)
        await town.set_clock(start)
        async with running(
            settings,
            read_rules(settings),
            tokens=BOTH if channel == ZALO else Tokens(telegram=TOKEN),
            clock=clock,
            rhythm=BY_HAND,
            pace=AT_ONCE,
        ) as service:
            sandbox = Sandbox(url=town.url, control=town.control)
            await bind_everybody(sandbox, service, clock, overseers=False, on_zalo=lambda _: channel == ZALO)
            town.updates = 36
            year = Days(town, service, clock, channel=channel)
            for day in every_day():
                await year.live(day)
            return await year.sum_up()


@dataclass(frozen=True)
class Seat:
    """An agency's chat in the sandbox and who writes there; `address` is what the bot calls the chat."""

    chat: int
    officer: int
    address: str


class Days:
    """The days of the year, one after the other; `service` is the bot that runs at the moment."""

    def __init__(
        self, town: Town, service: Service, clock: RehearsalClock, *, channel: str = TELEGRAM
    ) -> None:
        self._town, self.service, self._clock = town, service, clock
        self._channel = channel
        self._closed = answers_on_paper()
        self._seats: dict[str, Seat] = {}
        self._answers: set[tuple[int, int]] = set()

    async def live(self, day: date) -> None:
        looks_closely = day.day in (5, 15, 25)
        if looks_closely:
            await self.look(day, "00:01", "06:59")
        await self.look(day, "07:30")
        if looks_closely:
            await self.look(day, "07:31", "12:00")
        await self.answer(day)
        if looks_closely:
            await self.look(day, "17:29", "17:31", "23:59")

    async def look(self, day: date, *hours: str) -> None:
        """The clock shows those hours, one after the other, and the bot looks whether anything is owed."""
        for hour in hours:
            await self._set_clock(day, time.fromisoformat(hour))
            await self.service.clockwork.scan()
            await quiet(self.service.database, updates=self._town.updates)

    async def _set_clock(self, day: date, hour: time) -> None:
        now = instant_of(day, hour)
        self._clock.set(now, speed=0)
        await self._town.set_clock(now)

    async def answer(self, day: date, *, since: date | None = None) -> None:
        """Officers type that things are done, and confirm it by a tap; `since` an earlier day they could not."""
        answers = [
            (agency, about)
            for agency, closed in self._closed.items()
            for about, closed_on in closed.items()
            if (since or day) <= closed_on <= day
        ]
        if not answers:
            return
        await self._set_clock(day, AFTERNOON)
        # One answer after the other of a chat, so that each is known by its place; the chats do not wait for each other.
        rounds: dict[str, list[str]] = {}
        for agency, about in answers:
            rounds.setdefault(agency, []).append(about)
        while rounds:
            asked = {
                agency: await self._says(agency, f"/done {about.pop(0).lower()} 12/BC")
                for agency, about in rounds.items()
            }
            await quiet(self.service.database, updates=self._town.updates)
            questions = {agency: await self._answer_to(agency, said) for agency, said in asked.items()}
            said_yes = {}
            for agency, question in questions.items():
                seat = (await self.seats())[agency]
                await self._town.taps(seat.chat, question, "Xác nhận", who=seat.officer)
                said_yes[agency] = question.id
            await quiet(self.service.database, updates=self._town.updates)
            for agency, question_id in said_yes.items():
                chat = (await self.seats())[agency].chat
                self._answers |= {(chat, one.id) for one in await self._town.heard(chat, after=question_id)}
            rounds = {agency: about for agency, about in rounds.items() if about}

    async def _says(self, agency: str, text: str) -> int:
        seat = (await self.seats())[agency]
        return await self._town.says(seat.chat, text, who=seat.officer)

    async def _answer_to(self, agency: str, said: int) -> Seen:
        chat = (await self.seats())[agency].chat
        [answer] = await self._town.heard(chat, after=said)
        self._answers.add((chat, answer.id))
        return answer

    async def seats(self) -> dict[str, Seat]:
        """Where each agency's officer sits."""
        if not self._seats:
            state = await self._town.ask("GET", "/state")
            chats = {(one["platform"], one["address"]): one for one in state["chats"]}
            async with self.service.database.read() as session:
                found = await session.execute(
                    select(BindingRow.agency, ChatRow.channel, ChatRow.address)
                    .join(ChatRow, BindingRow.chat_id == ChatRow.id)
                    .where(BindingRow.role == Role.OFFICER)
                )
                for agency, channel, address in found:
                    chat = chats[channel, address]
                    officer = int(chat["members"][0]["id"])
                    self._seats[agency] = Seat(chat=int(chat["id"]), officer=officer, address=address)
        return self._seats

    async def _unasked(self, seat: Seat) -> list[Seen]:
        """What the bot wrote there of its own accord: neither the welcome nor an answer."""
        heard = await self._town.heard(seat.chat)
        return [one for one in heard[1:] if (seat.chat, one.id) not in self._answers]

    async def sum_up(self) -> Year:
        seats = await self.seats()
        told: dict[str, list[Told]] = {agency: [] for agency in seats}
        keys = []
        async with self.service.database.read() as session:
            rows = await session.execute(
                select(NoticeRow, AssignmentRow, ItemRow, OutboxRow)
                .join(AssignmentRow, NoticeRow.assignment_id == AssignmentRow.id)
                .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
                .join(OutboxRow, NoticeRow.outbox_id == OutboxRow.id)
            )
            for notice, assignment, item, outbox in rows:
                assert notice.state is NoticeState.SENT
                assert outbox.morning is not None
                about = f"{item.code} {short_period(assignment.slot)}".strip()
                told[assignment.agency].append(Told(outbox.morning, about, notice.milestone))
                keys.append((notice.assignment_id, notice.milestone, notice.due, notice.chat_id))
            agency_of = {seat.address: agency for agency, seat in seats.items()}
            most_sent = await session.scalar(select(func.max(MonthlySendsRow.sent)))
            mornings: Counter[tuple[str, date]] = Counter()
            uncertain = 0
            sent = await session.execute(
                select(OutboxRow, ChatRow.address)
                .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
                .where(OutboxRow.kind == OutboxKind.NOTICE)
            )
            for row, address in sent:
                assert row.state is OutboxState.SENT
                assert row.morning is not None
                mornings[agency_of[address], row.morning] += 1
                uncertain += row.repeat
        unasked = {agency: await self._unasked(seat) for agency, seat in seats.items()}
        return Year(
            channel=self._channel,
            told={agency: sorted(found) for agency, found in told.items()},
            notice_keys=keys,
            mornings=mornings,
            unasked=unasked,
            closed=self._closed,
            uncertain=uncertain,
            most_sent=most_sent or 0,
        )


def short_period(slot: str) -> str:
    """ "q1" for the store's "2023-Q1"."""
    name = slot.removeprefix("2023-").lower()
    return {"y": "nam"}.get(name, re.sub(r"^m0?", "t", name))


def every_day() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=1)
