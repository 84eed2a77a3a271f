"""The bot as a real process: what it writes, and how it ends."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.app.processes import command
from tests.app.town import Town, eventually, open_town
from tests.plan.small_plan import write_plan

SECRET = "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
TOKEN = f"1234567890:{SECRET}"
LAN = 1001


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town(token=TOKEN) as opened:
        await opened.person(LAN, "Lan")
        yield opened


def settings(folder: Path, url: str, **more: str) -> dict[str, str]:
    return {
        "TELEGRAM_API_URL": url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "DATABASE_URL": f"sqlite:///{folder / 'store.db'}",
        "NHACVIEC_PLANS": str(write_plan(folder)),
        "NHACVIEC_LOG_LEVEL": "DEBUG",
    } | more


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_answers_and_stops_cleanly_when_it_is_told_to(
    town: Town, tmp_path: Path, number: signal.Signals
) -> None:
    async with command(tmp_path, "run", **settings(tmp_path, town.url)) as bot:
        await town.says(LAN, "/start")

        async def answered() -> bool:
            return bool(await town.heard(LAN))

        await eventually(answered)
        code = await bot.stop(number)

    assert code == 0
    assert '"stopping"' in bot.complained
    assert "Traceback" not in bot.complained


async def test_a_token_can_come_from_a_file(town: Town, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    chosen = settings(tmp_path, town.url, TELEGRAM_BOT_TOKEN="", TELEGRAM_BOT_TOKEN_FILE="token")
    async with command(tmp_path, "run", **chosen) as bot:

        async def connected() -> bool:
            return "connected" in bot.complained

        await eventually(connected)
        assert await bot.stop(signal.SIGTERM) == 0


async def test_whatever_goes_wrong_the_token_is_not_in_the_logs(town: Town, tmp_path: Path) -> None:
    await town.fault("bad_json", method="setMyCommands")
    await town.fault("drop_before", method="getUpdates")
    await town.fault("bad_json", method="getUpdates")
    await town.fault("status", status=500, method="sendMessage")
    async with command(tmp_path, "run", **settings(tmp_path, town.url)) as bot:
        await town.inject(message={"chat": "x"})
        await town.says(LAN, "/start")

        async def answered() -> bool:
            return bool(await town.heard(LAN))

        await eventually(answered)
        assert await bot.stop(signal.SIGTERM) == 0

    assert "update parked" in bot.complained
    assert "cannot reach the Bot API server" in bot.complained
    assert "polling failed" in bot.complained
    assert SECRET not in bot.complained + bot.said


async def test_a_refused_token_ends_it_with_a_remedy(town: Town, tmp_path: Path) -> None:
    chosen = settings(tmp_path, town.url, TELEGRAM_BOT_TOKEN=f"99999:{SECRET}")
    async with command(tmp_path, "run", **chosen) as bot:
        code = await bot.ended()

    assert code == 2
    assert "refused the bot's token" in bot.complained
    assert "@BotFather" in bot.complained
    assert SECRET not in bot.complained
    assert "Traceback" not in bot.complained


async def test_it_can_be_stopped_while_it_cannot_reach_the_server(tmp_path: Path) -> None:
    proxy = f"http://user:{SECRET}@127.0.0.1:1"
    chosen = settings(tmp_path, "http://bot-api.invalid", TELEGRAM_PROXY=proxy)
    async with command(tmp_path, "run", **chosen) as bot:

        async def waits() -> bool:
            return "cannot reach the Bot API server" in bot.complained

        await eventually(waits)
        code = await bot.stop(signal.SIGINT)

    assert code == 0
    assert "TELEGRAM_PROXY" in bot.complained
    assert SECRET not in bot.complained
    assert "Traceback" not in bot.complained
