"""Imported once, by the server that forks the bots (app.drill.processes): what a bot needs a second for when it does it for
the first time is done here, so that each of them finds it done."""

import asyncio
import gc
from datetime import date

from app.clock import wall_clock
from app.forecast import forecast
from app.logs import set_up_logs
from app.rules import read_rules
from app.service import running as running
from config.settings import Settings


def _do_everything_once() -> None:
    """A forecast in memory: it migrates, reads the plan and scans."""
    settings = Settings.model_validate({"database_url": "sqlite:///:memory:"})
    asyncio.run(forecast(settings, read_rules(settings), date(2023, 3, 7), wall=wall_clock()))


set_up_logs("ERROR", for_people=False)
_do_everything_once()
# What is there now stays: collecting it in each fork would only copy its pages.
gc.freeze()
