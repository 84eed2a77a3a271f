"""The messaging services on which the bot is to be reached: each a line of its own, so that none waits for another."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import structlog

from app.errors import SettingError
from app.receiving import UNHEARD, WayIn
from bot.channel import Channel, KnowsAdmins
from bot.entrances import Entrance
from bot.request import Incoming
from store.quota import Allowance
from web.health import Trouble

# Where one service is reached at once and another is not, the bot begins with the first.
_PATIENCE_WITH_OTHERS = 10.0
_log = structlog.get_logger("service")


class Line(Protocol):
    """A bot on one messaging service."""

    @property
    def name(self) -> str:
        """The channel's."""
        ...

    @property
    def way(self) -> WayIn: ...

    @property
    def channel(self) -> Channel: ...

    @property
    def entrance(self) -> Entrance:
        """How people find the bot there, once it is connected."""
        ...

    @property
    def allowance(self) -> Allowance | None:
        """What the service lets a bot do, where it counts."""
        ...

    @property
    def admins(self) -> KnowsAdmins | None:
        """Whom to ask who a group's admins are; None where nobody can tell."""
        ...

    def read(self, raw: dict[str, Any]) -> Incoming | None:
        """What a raw update says."""
        ...

    async def connect(self) -> None:
        """Reach the service, as long as it takes, and open the way for updates. Raises SettingError for what will not pass
        by itself."""
        ...

    async def keep_up(self) -> None:
        """What has to be looked after while it is connected, for ever."""
        ...

    async def close(self) -> None: ...


class Lines:
    """All of them, and by the channels' names what the connected ones give to the rooms below. That grows when another line
    is connected."""

    def __init__(self, lines: Sequence[Line], *, wall: Callable[[], datetime]) -> None:
        self.all = lines
        self.channels: dict[str, Channel] = {}
        self.readers: dict[str, Callable[[dict[str, Any]], Incoming | None]] = {}
        self.admins: dict[str, KnowsAdmins] = {}
        self.entrances: dict[str, Entrance] = {}
        self.allowances = {line.name: line.allowance for line in lines if line.allowance is not None}
        self._wall = wall
        self._began = wall()
        self._connecting: list[asyncio.Task[None]] = []

    async def connect(self, opened: Callable[[Line], None]) -> None:
        """Wait until one is connected, and a while for the others, which go on trying behind; `opened` is called for each.
        Raises SettingError when one cannot be connected at all."""
        self._connecting = [asyncio.create_task(self._open(line, opened)) for line in self.all]
        for patience, until in (
            (None, asyncio.FIRST_COMPLETED),
            (_PATIENCE_WITH_OTHERS, asyncio.ALL_COMPLETED),
        ):
            done, _ = await asyncio.wait(self._connecting, timeout=patience, return_when=until)
            for task in done:
                task.result()
        for task in self._connecting:
            task.add_done_callback(_complain)

    async def _open(self, line: Line, opened: Callable[[Line], None]) -> None:
        await line.connect()
        self.channels[line.name] = line.channel
        self.readers[line.name] = line.read
        self.entrances[line.name] = line.entrance
        if line.admins is not None:
            self.admins[line.name] = line.admins
        opened(line)

    async def close(self) -> None:
        for task in self._connecting:
            task.cancel()
        if self._connecting:
            await asyncio.wait(self._connecting)
        for line in self.all:
            await line.close()

    def troubles(self) -> dict[str, list[Trouble]]:
        """By channel, where it is this process's turn to know, what keeps updates from coming."""
        wall = self._wall()
        found = {
            line.name: line.way.troubles(wall)
            for line in self.all
            if line.name in self.channels and line.way.is_ours
        }
        for line in self.all:
            if line.name not in self.channels and wall - self._began > UNHEARD:
                detail = f"{line.name} has not been reached yet"
                found[line.name] = [Trouble(name="receiving", detail=detail, since=self._began)]
        return found


def _complain(task: asyncio.Task[None]) -> None:
    """A line that cannot be connected leaves the others alone."""
    error = task.exception() if not task.cancelled() else None
    if isinstance(error, SettingError):
        _log.error("a messaging service is out of use", problem=error.problem, remedy=error.remedy)
    elif error is not None:
        _log.error("a messaging service is out of use", error=type(error).__name__, exc_info=error)
