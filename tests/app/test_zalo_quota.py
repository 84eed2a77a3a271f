"""A bot whose month on Zalo is used up: what Zalo still takes, what waits, and how all goes on with the next month."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from plan.vietnam import local
from store.quota import held_back
from store.states import InboxState, OutboxState
from store.tables import InboxRow, OutboxRow, PaceRow
from tests.app.officer import LAN, Officer, at_work, move_in
from tests.app.town import Town, eventually, open_town
from tests.worlds import at

SINCE = at("2023-03-06", "16:00")
MORNING = at("2023-03-07")
APRIL = at("2023-04-01", "08:00")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town(clock_from=SINCE) as opened:
        yield opened


@pytest.fixture
async def chat(town: Town) -> int:
    return await move_in(town, "zalo")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, object]:
    """Where the bot keeps what it knows."""
    if request.param == "sqlite":
        return {"database_url": f"sqlite:///{tmp_path / 'store.db'}"}
    return {"database_url": request.getfixturevalue("postgresql_store_url")}


async def allow(town: Town, messages: int) -> None:
    """What Zalo takes in a month, and nothing of Telegram's limits."""
    limits = {"enabled": True, "per_second": 1000, "per_chat_per_second": 1000, "zalo_per_month": messages}
    await town.ask("PUT", "/limits", limits)


async def be(town: Town, lan: Officer, now: datetime) -> None:
    """The bot and Zalo at that moment."""
    await town.ask("PUT", "/clock", {"now": local(now).isoformat(), "running": False})
    lan.clock.set(now, speed=0)
    lan.service.clockwork.wakers.outbox.set()


async def use_up(lan: Officer) -> None:
    """Three messages."""
    await lan.says(f"vào {await lan.invite('STP')}", "✅ Đã kết nối")
    await lan.says("ai", "Sở Tư pháp")
    await lan.says("ai", "Sở Tư pháp")


async def ask_in_vain(lan: Officer) -> None:
    """She asks; the answer is made, and waits."""
    await lan.town.says(lan.chat, "ai", who=LAN)

    async def is_handled() -> bool:
        async with lan.service.database.read() as session:
            done = select(func.count()).where(InboxRow.state != InboxState.NEW)
            return await session.scalar(done) == lan.town.updates

    await eventually(is_handled)


async def only_so_many_wait(lan: Officer, count: int) -> None:
    async def is_so() -> bool:
        async with lan.service.database.read() as session:
            waiting = [OutboxState.QUEUED, OutboxState.CLAIMED]
            found = select(func.count()).where(OutboxRow.state.in_(waiting))
            return await session.scalar(found) == count

    await eventually(is_so)


async def hears(lan: Officer, words: str, *, after: int) -> None:
    """Wait for a message with these words that is none of the first ones."""

    async def is_there() -> bool:
        return any(words in one.text for one in (await lan.town.heard(lan.chat))[after:])

    await eventually(is_there)


async def test_used_up_for_both_all_waits_for_the_next_month(
    town: Town, chat: int, tmp_path: Path, store: dict[str, object]
) -> None:
    await allow(town, 3)
    async with at_work(town, tmp_path, chat, SINCE, "zalo", zalo_monthly_messages=3, **store) as lan:
        await use_up(lan)
        await ask_in_vain(lan)
        await be(town, lan, MORNING)
        await lan.service.clockwork.scan()

        async def is_held() -> bool:
            async with lan.service.database.read() as session:
                pace = await session.get_one(PaceRow, "zalo")
                return pace.not_before is not None

        await eventually(is_held)
        before = await town.heard(chat)
        async with lan.service.database.read() as session:
            [held] = await held_back(session, lan.clock())

    async with at_work(town, tmp_path, chat, MORNING, "zalo", zalo_monthly_messages=3, **store) as lan:
        await be(town, lan, APRIL)
        await hears(lan, "Sở Tư pháp", after=len(before))
        await be(town, lan, at("2023-04-03"))
        await lan.service.clockwork.scan()
        await hears(lan, "2.6a", after=len(before) + 1)

        assert (len(before), held.others) == (3, 1)
        assert (await town.ask("GET", "/state"))["zalo"]["sent_this_month"] >= 2


async def test_used_up_for_us_alone_reminders_leave_and_answers_wait(
    town: Town, chat: int, tmp_path: Path
) -> None:
    async with at_work(town, tmp_path, chat, SINCE, "zalo", zalo_monthly_messages=3) as lan:
        await use_up(lan)
        await ask_in_vain(lan)
        before = await town.heard(chat)
        await be(town, lan, MORNING)
        await lan.service.clockwork.scan()
        await hears(lan, "2.", after=len(before))
        await only_so_many_wait(lan, 1)

        assert len(before) == 3


async def test_with_a_larger_allowance_the_bot_goes_on_at_its_next_start(
    town: Town, chat: int, tmp_path: Path
) -> None:
    await allow(town, 3)
    async with at_work(town, tmp_path, chat, SINCE, "zalo", zalo_monthly_messages=3) as lan:
        await use_up(lan)
        await ask_in_vain(lan)
        before = await town.heard(chat)
    await allow(town, 100)
    async with at_work(town, tmp_path, chat, SINCE, "zalo", zalo_monthly_messages=100) as lan:
        await hears(lan, "Sở Tư pháp", after=len(before))
        await only_so_many_wait(lan, 0)

        assert len(before) == 3
