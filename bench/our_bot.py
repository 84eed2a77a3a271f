"""`python -m bench.our_bot`: the bot as `nhacviec run` starts it, with the pace, rhythm and clock that are wanted."""

import asyncio
import gc
import signal
from datetime import datetime
from typing import Annotated

import typer
import uvloop

from app.clock import RehearsalClock
from app.logs import set_up_logs
from app.rules import read_rules
from app.service import running
from bench.town import TOKEN
from config.settings import Settings, Tokens
from scheduler.clockwork import Rhythm
from store.pacing import Pace

UNPACED = Pace(per_second=1e6, per_chat_per_second=1e6, group_per_minute=1_000_000)


def run(
    clock_from: Annotated[str, typer.Option()],
    unpaced: Annotated[bool, typer.Option()] = False,
    scan_every: Annotated[float, typer.Option()] = Rhythm().scan,
) -> None:
    """Runs until SIGTERM; settings come from the environment."""
    uvloop.run(_run(datetime.fromisoformat(clock_from), UNPACED if unpaced else Pace(), scan_every))


async def _run(clock_from: datetime, pace: Pace, scan_every: float) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    settings = Settings()
    set_up_logs(settings.nhacviec_log_level, for_people=False)
    async with running(
        settings,
        read_rules(settings),
        tokens=Tokens(telegram=TOKEN),
        clock=RehearsalClock(clock_from),
        rhythm=Rhythm(scan=scan_every, statuses=3600),
        pace=pace,
    ):
        gc.freeze()
        await stopped.wait()


if __name__ == "__main__":
    typer.run(run)
