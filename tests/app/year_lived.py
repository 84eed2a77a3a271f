"""The year 2023 as it happens: the bot in a sandbox, day by day, with officers who answer as is written on paper."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path

from sqlalchemy import select

from app.clock import RehearsalClock
from app.rehearsal import Sandbox, bind_everybody
from app.rules import read_rules
from app.service import Service, running
from config.settings import Tokens
from plan.vietnam import instant_of
from store.states import NoticeState, OutboxKind, OutboxState, Role
from store.tables import AssignmentRow, BindingRow, ChatRow, ItemRow, NoticeRow, OutboxRow
from tests.app.town import AT_ONCE, BY_HAND, TOKEN, Seen, Town, open_town, quiet, settings_for
from tests.app.year_on_paper import Told, answers_on_paper

FIRST, LAST = date(2023, 3, 7), date(2023, 12, 31)
AFTERNOON = time(15, 0)


@dataclass(frozen=True)
class Year:
    """What came of the year: sent notices and the bot's unasked messages by agency, and when what was closed."""

    told: dict[str, list[Told]]
    notice_keys: list[tuple[int, str, date, int]]
    mornings: Counter[tuple[str, date]]
    unasked: dict[str, list[Seen]]
    closed: dict[str, dict[str, date]]
    uncertain: int


async def live_through(folder: Path) -> Year:
    start = instant_of(FIRST, time(7, 25))
    async with open_town(clock_from=start) as town:
        settings = settings_for(town.url, folder)
        clock = RehearsalClock(start, speed=0)
        await town.set_clock(start)
        async with running(
            settings,
            read_rules(settings),
            tokens=Tokens(telegram=TOKEN),
            clock=clock,
            rhythm=BY_HAND,
            pace=AT_ONCE,
        ) as service:
            await bind_everybody(Sandbox(url=town.url, control=town.control), service, clock, overseers=False)
            town.updates = 36
            year = Days(town, service, clock)
            for day in every_day():
                await year.live(day)
            return await year.sum_up()


class Days:
    """The days of the year, one after the other; `service` is the bot that runs at the moment."""

    def __init__(self, town: Town, service: Service, clock: RehearsalClock) -> None:
        self._town, self.service, self._clock = town, service, clock
        self._closed = answers_on_paper()
        self._groups: dict[str, int] = {}

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
        self._groups = self._groups or await self._groups_by_agency()
        await self._set_clock(day, AFTERNOON)
        asked = [
            (agency, await self._type(agency, f"/done {about.lower()} 12/BC")) for agency, about in answers
        ]
        await quiet(self.service.database, updates=self._town.updates)
        for agency, question in asked:
            group = self._groups[agency]
            [reply] = [
                one for one in await self._town.heard(group, after=question) if one.answers == question
            ]
            await self._town.taps(group, reply, "Xác nhận", who=await self._officer(group))
        await quiet(self.service.database, updates=self._town.updates)

    async def _type(self, agency: str, text: str) -> int:
        group = self._groups[agency]
        return await self._town.says(group, text, who=await self._officer(group))

    async def _officer(self, group: int) -> int:
        # The rehearsal numbers groups and officers alike.
        return 5000 + (-1_000_000 - group)

    async def _groups_by_agency(self) -> dict[str, int]:
        async with self.service.database.read() as session:
            found = await session.execute(
                select(BindingRow.agency, ChatRow.address)
                .join(ChatRow, BindingRow.chat_id == ChatRow.id)
                .where(BindingRow.role == Role.OFFICER)
            )
            return {agency: int(address) for agency, address in found}

    async def sum_up(self) -> Year:
        groups = await self._groups_by_agency()
        told: dict[str, list[Told]] = {agency: [] for agency in groups}
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
            agency_of = {str(group): agency for agency, group in groups.items()}
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
        unasked = {
            agency: [one for one in await self._town.heard(group) if one.answers is None]
            for agency, group in groups.items()
        }
        return Year(
            told={agency: sorted(found) for agency, found in told.items()},
            notice_keys=keys,
            mornings=mornings,
            unasked=unasked,
            closed=self._closed,
            uncertain=uncertain,
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
