"""A bot that lives in a process of its own until it is killed, or kills itself."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import uvloop

from app.clock import RehearsalClock
from app.drill.processes import end_with_parent
from app.rules import read_rules
from app.service import running
from config.settings import Settings, Tokens
from scheduler.clockwork import Rhythm
from store import leases
from store.pacing import Pace
from tests.crash.steps import Steps, live_later
from tests.worlds import at

MORNING = at("2023-03-07")
# So much later the next process comes: longer than any lease.
LATER = timedelta(hours=1)
_RHYTHM = Rhythm(scan=0.1, statuses=3600, refresh=3600, leases=0.1)
_PACE = Pace(per_second=1e6, per_chat_per_second=1e6, group_per_minute=1_000_000)


def live(settings: Settings, tokens: Tokens, steps: Path, die_at: str | None, is_second: bool) -> None:
    """The bot as in service, on a business clock that stands still in the morning."""
    if is_second:
        live_later(LATER)
        # Who died does not come late with what came of its sends.
        leases.GRACE = timedelta(0)
    # Nothing here speaks TLS, and reading all the world's certificates takes a tenth of a bot's short life.
    ssl.SSLContext.load_verify_locations = _no_certificates  # type: ignore[method-assign, assignment]
    watch = Steps(steps, die_at)
    watch.watch_commits()
    watch.watch_calls()
    uvloop.run(_live(settings, tokens))


def _no_certificates(_context: ssl.SSLContext, *_: object, **__: object) -> None:
    return


async def _live(settings: Settings, tokens: Tokens) -> None:
    end_with_parent()
    clock = RehearsalClock(MORNING, speed=0)
    async with running(
        settings, read_rules(settings), tokens=tokens, clock=clock, rhythm=_RHYTHM, pace=_PACE
    ):
        await asyncio.Event().wait()
