"""The year 2023 with a bot that is away now and then: for hours, for days, over holidays."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from app.clock import RehearsalClock
from app.rehearsal import Sandbox, bind_everybody
from app.rules import read_rules
from app.service import running
from config.settings import Tokens
from plan.vietnam import instant_of, local
from tests.app.town import AT_ONCE, BY_HAND, TOKEN, open_town, settings_for
from tests.app.year_lived import AFTERNOON, FIRST, Days, Year, every_day
from tests.app.year_on_paper import is_worked
from tests.worlds import at

SCAN, CLOSE = time(7, 30), time(17, 30)
_SEED = 2023


@dataclass(frozen=True, kw_only=True)
class Downtime:
    """The bot is away from `start` until before `end` (aware)."""

    start: datetime
    end: datetime


# Over Giỗ Tổ, 30/4 and 1/5, and over Quốc khánh, with milestones on the last day before and the first one after.
OVER_HOLIDAYS = (
    Downtime(start=at("2023-04-28", "06:00"), end=at("2023-05-05", "09:40")),
    Downtime(start=at("2023-08-30", "16:00"), end=at("2023-09-06", "08:00")),
)


def downtimes() -> list[Downtime]:
    """By chance, but each time the same: some of hours, some of days, and those over the holidays."""
    dice = random.Random(_SEED)  # noqa: S311 - a test must be repeatable
    found = list(OVER_HOLIDAYS)
    for days in range(10, 290, 14):
        start = instant_of(FIRST + timedelta(days=days), time(dice.randrange(24), dice.randrange(60)))
        lasts = timedelta(hours=dice.choice([3, 6, 9, 24, 50, 75, 120, 200]), minutes=dice.randrange(60))
        if all(start + lasts < other.start or other.end < start for other in found):
            found.append(Downtime(start=start, end=start + lasts))
    return sorted(found, key=lambda one: one.start)


@dataclass(frozen=True, kw_only=True)
class Presence:
    """When the bot is there on a working day: `looks_at` is the first moment of the morning's hours, None when it misses
    them all; `answers` whether it is there in the afternoon when officers write."""

    day: date
    looks_at: time | None
    answers: bool


def presence(day: date, away: list[Downtime]) -> Presence:
    looks_at: time | None = SCAN
    for one in away:
        if one.start <= instant_of(day, looks_at or CLOSE) < one.end:
            back = local(one.end)
            looks_at = back.time() if back.date() == day and back.time() <= CLOSE else None
    afternoon = instant_of(day, AFTERNOON)
    return Presence(
        day=day,
        looks_at=looks_at,
        answers=not any(one.start <= afternoon < one.end for one in away),
    )


def working_days(away: list[Downtime]) -> list[Presence]:
    return [presence(day, away) for day in every_day() if is_worked(day)]


async def live_through_with_downtimes(folder: Path, away: list[Downtime]) -> Year:
    """Each time that the bot comes back it is a new one, on the same store. Officers who could not be heard say it again
    on the first afternoon on which they are."""
    start = instant_of(FIRST, time(7, 25))
    async with open_town(clock_from=start) as town:
        settings, clock = settings_for(town.url, folder), RehearsalClock(start, speed=0)
        rules = read_rules(settings)
        await town.set_clock(start)
        days: Days | None = None
        year: Year | None = None
        unheard_since = FIRST
        stretches = _stretches(working_days(away))
        for stretch in stretches:
            async with running(
                settings, rules, tokens=Tokens(telegram=TOKEN), clock=clock, rhythm=BY_HAND, pace=AT_ONCE
            ) as service:
                if days is None:
                    await bind_everybody(
                        Sandbox(url=town.url, control=town.control), service, clock, overseers=False
                    )
                    town.updates = 36
                    days = Days(town, service, clock)
                days.service = service
                for one in stretch:
                    if one.looks_at is not None:
                        await days.look(one.day, one.looks_at.isoformat())
                    if one.answers:
                        await days.answer(one.day, since=unheard_since)
                        unheard_since = one.day + timedelta(days=1)
                if stretch is stretches[-1]:
                    year = await days.sum_up()
        assert year is not None
        return year


def _stretches(days: list[Presence]) -> list[list[Presence]]:
    """The days on which the bot is there at all, parted where it was away in between."""
    found: list[list[Presence]] = [[]]
    for one in days:
        if one.looks_at != SCAN and found[-1]:
            found.append([])
        if one.looks_at is not None or one.answers:
            found[-1].append(one)
    return [stretch for stretch in found if stretch]
