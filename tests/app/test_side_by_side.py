"""Several bots, each a real process, on one PostgreSQL: one of them polls, or all receive; everything is answered once."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.telegram.webhook import secret_of
from sandbox.world import DEFAULT_ZALO_TOKEN
from store.database import Database
from tests.app.processes import Running, command
from tests.app.town import ZALO, Town, eventually, open_town, quiet
from tests.plan.small_plan import write_plan
from tests.ports import free_port
from tests.worlds import bind_all_chats

TOKEN = "1234567890:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
LAN, MINH = 1001, 1002
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town(token=TOKEN) as opened:
        await opened.person(LAN, "Lan")
        await opened.person(MINH, "Minh")
        yield opened


@asynccontextmanager
async def bots(
    folder: Path, town: Town, postgresql_url: str, *settings: dict[str, str]
) -> AsyncIterator[list[Running]]:
    """A process for each of these settings, all started at the same moment and connected."""
    shared = {
        "TELEGRAM_API_URL": town.url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "DATABASE_URL": postgresql_url,
        "NHACVIEC_PLANS": str(write_plan(folder)),
    }
    async with AsyncExitStack() as stack:
        started = []
        for number, own in enumerate(settings):
            home = folder / f"bot{number}"
            home.mkdir()
            started.append(await stack.enter_async_context(command(home, "run", **(shared | own))))
        for bot in started:
            await says(bot, "connected")
        yield started


def events(bot: Running) -> list[dict[str, Any]]:
    """The lines of its log."""
    # The last one may still be on its way.
    return [json.loads(line) for line in bot.complained.splitlines(keepends=True) if line.endswith("}\n")]


def has_said(bot: Running, event: str) -> bool:
    return any(line["event"] == event for line in events(bot))


async def says(bot: Running, event: str) -> None:
    async def said() -> bool:
        assert bot.process.returncode is None, bot.complained
        return has_said(bot, event)

    await eventually(said)


async def leader_of(running: list[Running]) -> Running:
    async def one_leads() -> bool:
        return any(has_said(bot, "leading") for bot in running)

    await eventually(one_leads)
    [leader] = [bot for bot in running if has_said(bot, "leading")]
    return leader


async def answered(town: Town, chat: int, times: int) -> None:
    async def enough() -> bool:
        return len(await town.heard(chat)) >= times

    await eventually(enough)


async def settled(town: Town, postgresql_url: str) -> None:
    store = Database(postgresql_url)
    try:
        await quiet(store, updates=town.updates)
    finally:
        await store.close()


async def test_when_the_leader_is_killed_another_takes_over_and_nothing_is_answered_twice(
    town: Town, tmp_path: Path, postgresql_url: str
) -> None:
    async with bots(tmp_path, town, postgresql_url, {}, {}) as both:
        leader = await leader_of(both)
        [other] = [bot for bot in both if bot is not leader]
        await says(other, "another process leads, standing by")
        await town.says(LAN, "/due")
        # Also written down: what was under way when a process died goes again, after its lease.
        await settled(town, postgresql_url)

        await leader.stop(signal.SIGKILL)
        await town.says(LAN, "/due")
        await settled(town, postgresql_url)
        await town.says(LAN, "/help")
        await settled(town, postgresql_url)

        assert await other.stop(signal.SIGTERM) == 0

    standing_by = next(line for line in events(other) if line["event"].startswith("another process leads"))
    assert standing_by["leader"].endswith(f":{leader.process.pid}")
    assert has_said(other, "leading")
    assert len(await town.heard(LAN)) == 3
    assert "Traceback" not in leader.complained + other.complained


async def test_a_question_on_zalo_is_answered_by_number_at_the_process_that_took_over(
    town: Town, tmp_path: Path, postgresql_url: str
) -> None:
    minh = await town.person(MINH + 1, "Minh", on=ZALO)
    zalo = {"ZALO_API_URL": f"{town.url}/zalo", "ZALO_BOT_TOKEN": DEFAULT_ZALO_TOKEN}
    async with bots(tmp_path, town, postgresql_url, zalo, zalo) as both:
        leader = await leader_of(both)
        [other] = [bot for bot in both if bot is not leader]
        await town.says(minh, "/due", who=MINH + 1)
        await settled(town, postgresql_url)
        await bind_everybody(postgresql_url, "STP")
        await town.says(minh, "/done 1.1 15/KH-STP", who=MINH + 1)
        await settled(town, postgresql_url)
        asked = (await town.heard(minh))[-1]

        await leader.stop(signal.SIGKILL)
        # What Zalo hands to a process that dies is gone with it.
        await says(other, "leading")
        await town.says(minh, asked.action("Xác nhận"), who=MINH + 1)
        await town.says(LAN, "/due")
        await settled(town, postgresql_url)

        assert await other.stop(signal.SIGTERM) == 0

    heard = await town.texts(minh)
    assert [text.startswith("✅ Đã ghi nhận xong") for text in heard] == [False, False, True], heard
    assert len(await town.heard(LAN)) == 1
    assert "Traceback" not in leader.complained + other.complained


async def bind_everybody(postgresql_url: str, agency: str) -> None:
    store = Database(postgresql_url)
    try:
        await bind_all_chats(store, agency)
    finally:
        await store.close()


async def test_a_leader_that_is_stopped_hands_over(town: Town, tmp_path: Path, postgresql_url: str) -> None:
    async with bots(tmp_path, town, postgresql_url, {}, {}) as both:
        first = await leader_of(both)
        [second] = [bot for bot in both if bot is not first]

        ends = [await first.stop(signal.SIGTERM)]
        await leader_of([second])
        await town.says(LAN, "/due")
        await answered(town, LAN, 1)
        ends.append(await second.stop(signal.SIGTERM))

    assert ends == [0, 0]
    assert len(await town.heard(LAN)) == 1
    assert has_said(first, "not leading any more")
    assert "Traceback" not in first.complained + second.complained


def written(number: int, chat: int, text: str) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Lan"}
    return {
        "update_id": 9000 + number,
        "message": {
            "message_id": 500 + number,
            "date": 1_700_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "Lan"},
            "from": person,
            "text": text,
        },
    }


async def test_what_telegram_brings_to_several_doors_is_answered_once_and_in_order(
    town: Town, tmp_path: Path, postgresql_url: str
) -> None:
    ports = [free_port(), free_port()]
    url = f"http://127.0.0.1:{ports[0]}/telegram"
    doors = [{"TELEGRAM_WEBHOOK_URL": url, "NHACVIEC_LISTEN": f"127.0.0.1:{port}"} for port in ports]
    async with (
        bots(tmp_path, town, postgresql_url, *doors) as both,
        httpx.AsyncClient(trust_env=False, timeout=30) as telegram,
    ):

        async def bring(port: int, update: dict[str, Any]) -> int:
            answer = await telegram.post(
                f"http://127.0.0.1:{port}/telegram",
                json=update,
                headers={SECRET_HEADER: secret_of(TOKEN)},
            )
            return answer.status_code

        # Telegram itself finds the door, with the secret.
        await town.says(MINH, "/due")
        await answered(town, MINH, 1)
        for number in range(8):
            update = written(number, LAN, "/help" if number % 2 else "/start")
            # One door's answer was lost, so it is brought to the other too.
            statuses = await asyncio.gather(*(bring(port, update) for port in ports))
            assert statuses == [200, 200]
        await answered(town, LAN, 8)
        wells = [await telegram.get(f"http://127.0.0.1:{port}/health") for port in ports]
        ends = await asyncio.gather(*(bot.stop(signal.SIGTERM) for bot in both))

    texts = await town.texts(LAN)
    assert len(texts) == 8
    assert len(set(texts[::2])) == len(set(texts[1::2])) == 1
    assert len(await town.heard(MINH)) == 1
    assert [well.status_code for well in wells] == [200, 200]
    assert ends == [0, 0]
    assert "Traceback" not in "".join(bot.complained for bot in both)


async def test_from_a_webhook_to_polling_and_back_nothing_is_lost(
    town: Town, tmp_path: Path, postgresql_url: str
) -> None:
    port = free_port()
    door = {
        "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
        "NHACVIEC_LISTEN": f"127.0.0.1:{port}",
    }
    for number, settings in enumerate((door, {}, door), start=1):
        folder = tmp_path / str(number)
        folder.mkdir()
        # It waits until somebody receives.
        await town.says(LAN, "/due")
        async with bots(folder, town, postgresql_url, settings) as [bot]:
            await answered(town, LAN, number)
            assert await bot.stop(signal.SIGTERM) == 0

    assert len(await town.heard(LAN)) == 3


async def test_a_second_bot_on_the_same_port_is_told_what_to_do(town: Town, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = {
            "TELEGRAM_API_URL": town.url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'store.db'}",
            "NHACVIEC_PLANS": str(write_plan(tmp_path)),
            "NHACVIEC_LISTEN": f"127.0.0.1:{taken.getsockname()[1]}",
        }
        async with command(tmp_path, "run", **settings) as bot:
            code = await bot.ended()

    assert code == 2
    assert "Address already in use" in bot.complained
    assert "free port" in bot.complained
    assert "Traceback" not in bot.complained


async def test_the_loop_says_that_it_lives_while_telegram_cannot_be_reached(
    tmp_path: Path,
) -> None:
    port = free_port()
    settings = {
        "TELEGRAM_API_URL": "http://127.0.0.1:1",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'store.db'}",
        "NHACVIEC_PLANS": str(write_plan(tmp_path)),
        "NHACVIEC_LISTEN": f"127.0.0.1:{port}",
    }
    async with (
        command(tmp_path, "run", **settings) as bot,
        httpx.AsyncClient(trust_env=False, timeout=30) as visitor,
    ):
        await says(bot, "listening")
        statuses = [
            (await visitor.get(f"http://127.0.0.1:{port}/health{page}")).status_code
            for page in ("/live", "/ready")
        ]

        assert await bot.stop(signal.SIGTERM) == 0
    assert statuses == [200, 200]
