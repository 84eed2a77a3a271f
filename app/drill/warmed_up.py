"""Imported once, by the server that forks the bots (app.drill.processes): what a bot needs a second for when it does it for
the first time is done here, so that each of them finds it done."""

import gc
from contextlib import suppress
from datetime import date

import httpx
import uvloop

from app.clock import wall_clock
from app.forecast import forecast
from app.logs import set_up_logs
from app.rules import read_rules
from app.service import running as running
from config.settings import Settings


async def _do_everything_once() -> None:
    """A forecast in memory, which migrates, reads the plan and scans; and a call that nobody answers."""
    settings = Settings.model_validate({"database_url": "sqlite:///:memory:"})
    await forecast(settings, read_rules(settings), date(2023, 3, 7), wall=wall_clock())
    async with httpx.AsyncClient(trust_env=False) as client:
        with suppress(httpx.ConnectError):
            await client.get("http://127.0.0.1:1")


set_up_logs("ERROR", for_people=False)
uvloop.run(_do_everything_once())
# What is there now stays: collecting it in each fork would only copy its pages.
gc.freeze()
