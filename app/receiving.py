"""How updates come in from a messaging service: asked for by the process that leads, or brought to any of them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from starlette.routing import BaseRoute

from store.database import Database
from store.inbox import Arrival, Keep
from store.leadership import Leadership
from web.health import Trouble

# A poll takes up to 50 s and may have to be tried again.
UNHEARD = timedelta(minutes=2)


class WayIn(Protocol):
    """One way for updates to come in."""

    @property
    def doors(self) -> Sequence[BaseRoute]:
        """What the web room has to answer to for it."""
        ...

    async def prepare(self) -> None:
        """Tell the service that updates are to come this way. Doing it again changes nothing. Raises what the
        service's client does."""
        ...

    async def run(self) -> None:
        """Receive, for ever."""
        ...

    @property
    def is_ours(self) -> bool:
        """Whether it is this process's turn to receive."""
        ...

    def troubles(self, wall: datetime) -> list[Trouble]:
        """What keeps updates from coming, as far as this process can know."""
        ...


class Receiver(Protocol):
    """Polls for ever. `last_received_at` is when a poll last came to a good end."""

    @property
    def last_received_at(self) -> datetime | None: ...

    async def run(self) -> None: ...


class Webhook(Protocol):
    """Has updates brought. `last_received_at` is when the service last said that nothing keeps them from coming, `fault`
    what it said when something did."""

    @property
    def last_received_at(self) -> datetime | None: ...

    @property
    def fault(self) -> str: ...

    async def set(self) -> None: ...

    async def watch(self) -> None: ...


class Polling:
    """Asked for by the process that leads. `leadership` is named after the bot: of one bot one process polls."""

    doors: Sequence[BaseRoute] = ()

    def __init__(
        self, receiver: Receiver, leadership: Leadership, *, prepare: Callable[[], Awaitable[object]]
    ) -> None:
        self._receiver = receiver
        self._leadership = leadership
        self._prepare = prepare

    async def prepare(self) -> None:
        await self._prepare()

    async def run(self) -> None:
        await self._leadership.while_leading(self._receiver.run)

    @property
    def is_ours(self) -> bool:
        return self._leadership.leading_since is not None

    def troubles(self, wall: datetime) -> list[Trouble]:
        leading_since = self._leadership.leading_since
        if leading_since is None:
            return []
        heard_at = max(leading_since, self._receiver.last_received_at or leading_since)
        return _unheard(heard_at, wall, "no poll for updates has succeeded")


def waiting_for(database: Database, keep: Keep) -> Keep:
    """Keep updates as soon as the database lets us: what is not kept must not be confirmed by the next poll."""

    async def kept(arrivals: list[Arrival]) -> None:
        await database.absence.wait_out("receive", lambda: keep(arrivals))

    return kept


class Brought:
    """Brought by the service to `door`; `began` is when this process began to wait for it."""

    def __init__(self, webhook: Webhook, door: BaseRoute, *, began: datetime) -> None:
        self._webhook = webhook
        self._began = began
        self.doors: Sequence[BaseRoute] = [door]

    async def prepare(self) -> None:
        await self._webhook.set()

    async def run(self) -> None:
        await self._webhook.watch()

    @property
    def is_ours(self) -> bool:
        return True

    def troubles(self, wall: datetime) -> list[Trouble]:
        return _unheard(self._webhook.last_received_at or self._began, wall, self._webhook.fault)


def _unheard(heard_at: datetime, wall: datetime, detail: str) -> list[Trouble]:
    if wall - heard_at <= UNHEARD:
        return []
    return [Trouble(name="receiving", detail=detail, since=heard_at)]
