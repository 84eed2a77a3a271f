"""How the bot is, for those who watch over it: a load balancer, a supervisor, a person."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

import structlog
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from store.database import Database
from store.tables import PlanRow

_PATIENCE_SECONDS = 2.0
_NOT_KEPT = {"Cache-Control": "no-store"}
_log = structlog.get_logger("web")
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something is amiss since that instant. Whoever can reach the port reads it: no secrets and nobody's data in it."""

    name: str
    detail: str
    since: datetime


Troubles = Callable[[], Awaitable[Sequence[Trouble]]]


class Health:
    """The pages of health. No answer takes longer than `patience` seconds, whatever hangs."""

    def __init__(
        self,
        database: Database,
        troubles: Troubles,
        *,
        receiving: Callable[[], Sequence[Trouble]] = lambda: (),
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        """`troubles` are all that this process knows of, `receiving` those that keep updates from coming."""
        self._database = database
        self._at_database = _Look(self._ask_database, patience)
        self._at_troubles = _Look(troubles, patience)
        self._receiving = receiving
        self._silent_since: datetime | None = None

    def routes(self) -> list[Route]:
        return [
            Route("/health", self._all, methods=["GET"]),
            Route("/health/ready", self._ready, methods=["GET"]),
            Route("/health/live", self._live, methods=["GET"]),
        ]

    async def _live(self, _request: Request) -> JSONResponse:
        return _answer([])

    async def _ready(self, _request: Request) -> JSONResponse:
        return _answer([*await self._of_database(), *self._receiving()])

    async def _all(self, _request: Request) -> JSONResponse:
        found = await asyncio.gather(self._of_database(), self._told())
        return _answer([trouble for troubles in found for trouble in troubles])

    async def _of_database(self) -> Sequence[Trouble]:
        try:
            await self._at_database.answer()
        except Exception as error:
            self._silent_since = self._silent_since or datetime.now(UTC)
            detail = f"the database does not answer ({type(error).__name__})"
            return [Trouble(name="database", detail=detail, since=self._silent_since)]
        self._silent_since = None
        # It can answer a question and refuse to take anything: a full disk, a file that somebody else holds.
        absence = self._database.absence
        if absence.since is not None:
            detail = f"it refuses what is asked of it; waiting: {', '.join(absence.waiting)}"
            return [Trouble(name="database", detail=detail, since=absence.since)]
        return []

    async def _told(self) -> Sequence[Trouble]:
        try:
            return await self._at_troubles.answer()
        except Exception as error:
            _log.warning("nobody can say whether there is trouble", error=type(error).__name__)
            detail = f"what else is amiss cannot be said ({type(error).__name__})"
            return [Trouble(name="watch", detail=detail, since=datetime.now(UTC))]

    async def _ask_database(self) -> None:
        async with self._database.read() as session:
            await session.execute(select(PlanRow.key).limit(1))

    def close(self) -> None:
        """Give up what is still being asked."""
        self._at_database.close()
        self._at_troubles.close()


def _answer(troubles: Sequence[Trouble]) -> JSONResponse:
    told = [
        {"name": trouble.name, "detail": trouble.detail, "since": trouble.since.isoformat()}
        for trouble in troubles
    ]
    status = "trouble" if told else "ok"
    return JSONResponse({"status": status, "troubles": told}, 503 if told else 200, headers=_NOT_KEPT)


class _Look(Generic[_T]):
    """A question that is on its way once at most, however many want to know. Who has no patience left goes; the question
    stays: to take it back from a database that does not answer can take as long as the answer."""

    def __init__(self, ask: Callable[[], Awaitable[_T]], patience: float) -> None:
        self._ask = ask
        self._patience = patience
        self._asking: asyncio.Future[_T] | None = None

    async def answer(self) -> _T:
        """Raises TimeoutError, and what the question raises."""
        asking = self._asking
        if asking is None:
            asking = self._asking = asyncio.ensure_future(self._ask())
            asking.add_done_callback(self._answered)
        done, _ = await asyncio.wait({asking}, timeout=self._patience)
        if not done:
            raise TimeoutError
        return asking.result()

    def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()

    def _answered(self, asking: asyncio.Future[_T]) -> None:
        self._asking = None
        if not asking.cancelled():
            # Somebody may have waited in vain: nobody needs to hear of it twice.
            asking.exception()
