"""`nhacviec run` and `nhacviec rehearse`: start the bot and keep it running until it is told to stop."""

import asyncio
import gc
import re
import signal
import socket
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from app.clock import RehearsalClock, wall_clock
from app.console import err, errors_for_people, fail, out, settings
from app.logs import set_up_logs
from app.rehearsal import (
    TOKEN,
    ZALO_TOKEN,
    SandboxClock,
    bind_everybody,
    sandbox_process,
    show_stops_for_ever,
)
from app.rules import read_rules
from app.service import running
from app.storage import only_bot_on
from config.settings import ROOT, Settings, Tokens, UnreadableToken
from plan.model import AgencyKind
from scheduler.clockwork import Rhythm

_REHEARSAL_START = datetime.fromisoformat("2023-03-07T07:25:00+07:00")
_REHEARSAL_SPEED = 60.0
_TOKEN_SHAPE = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_TOKENS = Tokens(telegram=TOKEN, zalo=ZALO_TOKEN)
_REHEARSAL_RHYTHM = Rhythm(scan=1, statuses=2, refresh=2, leases=5)


def run(
    clock_from: Annotated[
        str | None,
        typer.Option(
            "--clock-from",
            metavar="ISO",
            help="Rehearse: start the clock at this instant, 2023-03-13T07:25:00+07:00.",
        ),
    ] = None,
    clock_speed: Annotated[
        float | None,
        typer.Option("--clock-speed", min=0.001, help="Rehearse: seconds of the clock in one real second."),
    ] = None,
) -> None:
    """Run the bot: receive, answer, scan, remind. Ctrl-C (or SIGTERM) stops it cleanly.

    Settings come from the environment and .env (see .env.example); TELEGRAM_BOT_TOKEN or ZALO_BOT_TOKEN must be set, or both.
    """
    chosen = settings()
    clock = _clock(clock_from, clock_speed)
    tokens = _tokens(chosen)
    set_up_logs(chosen.nhacviec_log_level, for_people=err.is_terminal)
    with errors_for_people():
        uvloop.run(until_told_to_stop(_alone(chosen, lambda: _run(chosen, tokens, clock))))


def rehearse(
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Port of the chat page on this machine.")
    ] = 8321,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where the rehearsal keeps its state; delete it to begin anew.")
    ] = ROOT / "var" / "rehearsal",
) -> None:
    """Try everything out: the bot on a sandbox that plays Telegram and Zalo, with a chat page and a clock that can jump.

    It starts on Tuesday 2023-03-07 at 07:25 in Vietnam, one minute a second, with all agencies' chats bound; nothing leaves
    this machine. Start it again and it goes on where it was. Ctrl-C ends it.
    """
    # The sandbox runs elsewhere: its state must be where this command was given.
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    board = _place_beside(port)
    chosen = settings().model_copy(
        update={
            "telegram_api_url": f"http://127.0.0.1:{port}",
            "telegram_proxy": None,
            "telegram_webhook_url": None,
            "zalo_api_url": f"http://127.0.0.1:{port}/zalo",
            "zalo_webhook_url": None,
            "nhacviec_listen": board,
            "nhacviec_public_url": f"http://{board}" if board else None,
            "database_url": f"sqlite:///{folder / 'nhacviec.db'}",
        }
    )
    set_up_logs("WARNING", for_people=True)
    with errors_for_people():
        uvloop.run(until_told_to_stop(_alone(chosen, lambda: _rehearse(chosen, port, folder))))
        out.print("Stopped. The next start goes on from here.")


def _place_beside(port: int) -> str | None:
    """Where the rehearsal serves the board: the next port; None when that is taken, for nothing else needs it."""
    place = "127.0.0.1"
    try:
        socket.create_server((place, port + 1)).close()
    except (OSError, OverflowError):
        return None
    return f"{place}:{port + 1}"


def _clock(clock_from: str | None, clock_speed: float | None) -> Callable[[], datetime]:
    if clock_from is None:
        if clock_speed is not None:
            fail(
                "--clock-speed goes with --clock-from.",
                "Example: --clock-from 2023-03-13T07:25:00+07:00 --clock-speed 60",
            )
        return wall_clock
    try:
        return RehearsalClock(datetime.fromisoformat(clock_from), speed=clock_speed or 1.0)
    except ValueError:
        fail(
            f"--clock-from {clock_from} is not an instant.",
            "Write day, time and zone: 2023-03-13T07:25:00+07:00",
        )


def _tokens(chosen: Settings) -> Tokens:
    try:
        tokens = chosen.tokens()
    except UnreadableToken as error:
        fail(str(error), "Name a file that this user can read and that holds the token.")
    if not tokens.telegram and not tokens.zalo:
        fail(
            "TELEGRAM_BOT_TOKEN is not set, nor is ZALO_BOT_TOKEN.",
            "Get a token from @BotFather on Telegram, or from Zalo Bot Manager on Zalo, and put it into .env:"
            " TELEGRAM_BOT_TOKEN=123456:ABC… (see .env.example). To try the bot without either: make run",
        )
    for setting, token, source in (
        ("TELEGRAM_BOT_TOKEN", tokens.telegram, "@BotFather"),
        ("ZALO_BOT_TOKEN", tokens.zalo, "Zalo Bot Manager"),
    ):
        if token and not _TOKEN_SHAPE.fullmatch(token):
            fail(
                f"{setting} does not look like a bot's token.",
                "A token is a number, a colon, and letters, digits, - or _: 123456:ABC…  Copy it from"
                f" {source} as it is.",
            )
    return tokens


async def _alone(chosen: Settings, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async with only_bot_on(chosen.database_url):
        await work()


async def _run(chosen: Settings, tokens: Tokens, clock: Callable[[], datetime]) -> None:
    async with running(chosen, read_rules(chosen), tokens=tokens, clock=clock):
        # Code and what belongs to it stays for good: a full pass of the garbage collector would stop everything for a tenth
        # of a second each time to find that out.
        gc.freeze()
        await asyncio.Event().wait()


async def _rehearse(chosen: Settings, port: int, folder: Path) -> None:
    out.print("Starting the sandbox …")
    state = folder / "sandbox.json"
    first_time = not state.exists()
    async with sandbox_process(
        port=port, state=state, clock_from=_REHEARSAL_START, clock_speed=_REHEARSAL_SPEED
    ) as sandbox:
        clock = SandboxClock(sandbox)
        await clock.follow_once()
        if first_time:
            await clock.set_running(False)
        out.print("Starting the bot …")
        async with running(
            chosen, read_rules(chosen), tokens=_TOKENS, clock=clock, rhythm=_REHEARSAL_RHYTHM
        ) as service:
            with out.status("Binding the agencies' chats …"):
                new = await bind_everybody(
                    sandbox,
                    service,
                    clock,
                    on_zalo=lambda agency: agency.kind == AgencyKind.DISTRICT,
                    on_both={"STP"},
                )
            if first_time:
                await clock.set_running(True)
            tasks = [
                asyncio.create_task(clock.follow_for_ever()),
                asyncio.create_task(show_stops_for_ever(sandbox, service, clock)),
            ]
            clock.on_jump = service.clockwork.wake_scan
            out.print(f"{new} chats bound. " if new else "Going on where the last rehearsal ended. ", end="")
            out.print(f"Open [bold]{sandbox.url}[/] in a browser. Ctrl-C ends the rehearsal.")
            try:
                await asyncio.Event().wait()
            finally:
                out.print("Stopping …")
                for task in tasks:
                    task.cancel()


async def until_told_to_stop(work: Coroutine[Any, Any, None]) -> None:
    """Ctrl-C and SIGTERM end the work cleanly at any moment, also while it still starts; a second one changes nothing."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    told = asyncio.Event()

    def stop() -> None:
        if not told.is_set():
            told.set()
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not told.is_set():
            raise
