"""The bots that are measured, each in a process of its own, ready when their poll is open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bench.children import Child, child
from bench.town import TOKEN, Town


@asynccontextmanager
async def our_bot(
    folder: Path,
    town: Town,
    database_url: str,
    *,
    clock_from: datetime,
    unpaced: bool,
    scan_every: float = 15,
) -> AsyncIterator[Child]:
    """Ours on the real plan, with its clock from there on, at Telegram's pace or without any. It is not awaited that it
    polls: of several on one database only some may."""
    args = ["--clock-from", clock_from.isoformat(), "--scan-every", str(scan_every)]
    if unpaced:
        args.append("--unpaced")
    settings = bot_settings(town, database_url)
    async with child(folder, "-m", "bench.our_bot", *args, settings=settings) as bot:
        yield bot


@asynccontextmanager
async def echo_bot(folder: Path, town: Town, *, at_once: int = 0) -> AsyncIterator[Child]:
    """The library's echo bot; `at_once` is its `concurrent_updates`."""
    async with child(folder, "-m", "bench.echo_bot", town.url, str(at_once)) as bot:
        await town.polled_by(bot)
        yield bot


def bot_settings(town: Town, database_url: str) -> dict[str, str]:
    """The environment of a bot that lives in that town."""
    return {"TELEGRAM_API_URL": town.url, "TELEGRAM_BOT_TOKEN": TOKEN, "DATABASE_URL": database_url}
