"""Telegram's limits and its word to wait: a 429 stops what it names and nothing else, and where we keep to the limits there
is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.clock import RehearsalClock
from app.rules import read_rules
from app.service import Service, running
from config.settings import Tokens
from scheduler.clockwork import Rhythm
from store.pacing import Pace
from store.tables import PaceRow
from tests.app.crowd import all_went_well, gathered
from tests.app.town import AT_ONCE, TOKEN, Town, eventually, open_town, quiet, settings_for
from tests.plan.small_plan import write_plan
from tests.worlds import at

LAN, MINH, HOA, GROUP = 1001, 1002, 1003, -2001
OFTEN = Rhythm(scan=0.1, statuses=3600, refresh=3600, leases=3600, watch=3600)


@asynccontextmanager
async def service_in(
    town: Town, folder: Path, *, pace: Pace = AT_ONCE, clock: RehearsalClock | None = None
) -> AsyncIterator[Service]:
    for number, name in ((LAN, "Lan"), (MINH, "Minh"), (HOA, "Hoa")):
        await town.person(number, name)
    settings = settings_for(town.url, folder, nhacviec_plans=str(write_plan(folder)))
    standing_still = RehearsalClock(at("2023-03-07", "07:00"), speed=0)
    async with running(
        settings,
        read_rules(settings),
        tokens=Tokens(telegram=TOKEN),
        clock=clock or standing_still,
        rhythm=OFTEN,
        pace=pace,
    ) as service:
        yield service


async def calls(town: Town) -> list[dict[str, Any]]:
    """Every sendMessage, in order."""
    answer = await town.ask("GET", "/log")
    return [call for call in answer["calls"] if call["method"] == "sendMessage"]


async def statuses(town: Town, chat: int) -> list[int]:
    return [call["status"] for call in await calls(town) if call["chat_id"] == chat]


async def is_refused(town: Town, chat: int) -> None:
    async def refused() -> bool:
        return 429 in await statuses(town, chat)

    await eventually(refused)


async def test_the_flood_of_one_chat_holds_that_chat_only(tmp_path: Path) -> None:
    async with open_town() as town, service_in(town, tmp_path) as service:
        await town.fault("flood", chat_id=LAN, retry_after=3)
        await town.says(LAN, "/due")
        await is_refused(town, LAN)
        for chat in (MINH, HOA, MINH):
            await town.says(chat, "/due")

        async def the_others_have_theirs() -> bool:
            return (len(await town.heard(MINH)), len(await town.heard(HOA))) == (2, 1)

        await eventually(the_others_have_theirs)
        meanwhile = await statuses(town, LAN)
        await quiet(service.database, updates=town.updates)
        await all_went_well(service.database)

        assert meanwhile == [429]
        assert await statuses(town, LAN) == [429, 200]


async def test_floods_of_two_chats_at_once_hold_the_bot_until_the_later_end_and_everything_comes_once(
    tmp_path: Path,
) -> None:
    # The one that is told first ends last.
    waits = {LAN: 5, MINH: 2}
    async with open_town() as town, service_in(town, tmp_path) as service:
        for chat, wait in waits.items():
            await town.fault("status", status=429, retry_after=wait, chat_id=chat)
        for chat in (LAN, MINH):
            await town.says(chat, "/due")
            await is_refused(town, chat)
        await on_record(service)
        for chat in (LAN, MINH, HOA):
            await town.says(chat, "/help")
        await quiet(service.database, updates=town.updates)
        await all_went_well(service.database)

        made = await calls(town)
    refused = {call["chat_id"]: call["at"] for call in made if call["status"] == 429}
    later_end = max(refused[chat] + wait for chat, wait in waits.items())
    assert [call["status"] for call in made] == [429, 429] + [200] * 5
    assert min(call["at"] for call in made if call["status"] == 200) >= later_end
    assert [call["chat_id"] for call in made].count(HOA) == 1


async def on_record(service: Service) -> None:
    """Both refusals are written down."""

    async def is_held() -> bool:
        async with service.database.read() as session:
            line = await session.get(PaceRow, "telegram")
            return line is not None and line.not_before is not None

    await eventually(is_held)


async def test_a_talkative_group_is_never_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A minute of one second; ours is a second longer, as always.
    monkeypatch.setattr("sandbox.limits.MINUTE", 1.0)
    monkeypatch.setattr("store.pacing._MINUTE", timedelta(seconds=2))
    pace = Pace(per_second=30, per_chat_per_second=20, group_per_minute=5)
    async with open_town(limits=True) as town, service_in(town, tmp_path, pace=pace) as service:
        await town.ask("PUT", "/limits", {"per_chat_per_second": 20, "group_per_minute": 5})
        await town.group(GROUP, "Sở Tư pháp", LAN, MINH)
        for number in range(16):
            await town.says(GROUP, "/help", who=LAN if number % 2 else MINH)
        await quiet(service.database, updates=town.updates)

        assert await statuses(town, GROUP) == [200] * 16


async def test_an_answer_overtakes_the_morning_messages_that_still_wait(tmp_path: Path) -> None:
    clock = RehearsalClock(at("2023-03-07", "07:00"), speed=0)
    slow = Pace(per_second=10)
    async with open_town(limits=True) as town, service_in(town, tmp_path, pace=slow, clock=clock) as service:
        crowd = await gathered(town, 40)
        await crowd.bind(service.database, "STP")
        clock.set(at("2023-03-07"), speed=0)

        async def it_has_begun() -> bool:
            return bool(await calls(town))

        await eventually(it_has_begun)
        await town.says(LAN, "/due")
        await quiet(service.database, updates=town.updates)
        crowd.mornings = 1
        await crowd.heard_everything_once()

        order = [call["chat_id"] for call in await calls(town)]
    assert len(order) == 41
    assert order.index(LAN) < 40
    assert len(set(order)) == 41
