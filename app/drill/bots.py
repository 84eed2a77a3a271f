"""The bots of a drill: the service as it is, in processes that are killed and started again."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import uvloop

from app.drill.processes import Mortal, end_with_parent
from app.errors import SettingError
from app.rehearsal import TOKEN, Sandbox, SandboxClock
from app.rules import read_rules
from app.service import running
from config.settings import Settings, Tokens
from scheduler.clockwork import Rhythm
from store.pacing import Pace

# Two minutes of lease and one message a second would make a drill of hours out of one of minutes.
LEASE = timedelta(seconds=3)
RHYTHM = Rhythm(scan=0.25, statuses=3600, refresh=3600, leases=0.25)
PACE = Pace(per_second=200, per_chat_per_second=20, group_per_minute=100_000)
_CLOCK_SECONDS = 60
_MOST_OWN_DEATHS = 20


@dataclass(kw_only=True)
class Bots:
    """So many of them at once on one store. `own_deaths` counts those that ended without being killed."""

    settings: Settings
    count: int
    folder: Path
    own_deaths: int = 0
    _living: list[Mortal] = field(default_factory=list)

    def start(self) -> None:
        self._living = [self._new(number) for number in range(self.count)]

    def kill(self, number: int) -> None:
        """SIGKILL; the place stays empty until `refill`."""
        self._living[number].kill()

    def refill(self) -> None:
        """A new one in each empty place, as a service manager would start it. Raises SettingError when they only die."""
        for number, one in enumerate(self._living):
            if one.is_alive:
                continue
            self.own_deaths += not one.was_killed
            if self.own_deaths > _MOST_OWN_DEATHS:
                raise SettingError(
                    "The bots end by themselves, again and again.", f"Their words: {self.log_of(number)}"
                )
            self._living[number] = self._new(number)

    def end(self) -> None:
        for one in self._living:
            one.kill()

    def log_of(self, number: int) -> Path:
        return self.folder / f"bot-{number + 1}.log"

    def is_at_work(self, number: int) -> bool:
        """Whether it has started everything."""
        return self._sign_of(number).exists()

    def _sign_of(self, number: int) -> Path:
        return self.folder / f"bot-{number + 1}.at-work"

    def _new(self, number: int) -> Mortal:
        sign = self._sign_of(number)
        sign.unlink(missing_ok=True)
        return Mortal(_live, self.settings, sign, log=self.log_of(number))


def _live(settings: Settings, sign: Path) -> None:
    uvloop.run(_follow_the_clock(settings, sign))


async def _follow_the_clock(settings: Settings, sign: Path) -> None:
    end_with_parent()
    url = settings.telegram_api_url
    async with httpx.AsyncClient(base_url=url, timeout=_CLOCK_SECONDS, trust_env=False) as control:
        clock = SandboxClock(Sandbox(url=url, control=control))
        await clock.follow_once()
        async with running(
            settings,
            read_rules(settings),
            tokens=Tokens(telegram=TOKEN),
            clock=clock,
            rhythm=RHYTHM,
            pace=PACE,
            lease=LEASE,
        ) as service:
            clock.on_jump = service.clockwork.wake_scan
            await asyncio.to_thread(sign.touch)
            await clock.follow_for_ever()
