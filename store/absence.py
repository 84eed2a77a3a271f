"""The database's absence, as this process notices it: since when, and whose work waits for it.

Whoever is refused says so here, tries again, and says when it worked. So the absence lasts from the first refusal until
everybody's work has succeeded: a file that can be read and not written to is away as well.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from store.outages import in_a_line, is_away

_PAUSE_SECONDS = 2.0
_SAID_EVERY = timedelta(minutes=1)
_log = structlog.get_logger("database")
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """An absence that is over. Wall time."""

    since: datetime
    until: datetime


class Absence:
    """One for a database. The log has it when it begins, once a minute while it lasts, and when it is over. Wall time."""

    def __init__(self, wall: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._wall = wall
        self._waiting: set[str] = set()
        self._said_at: datetime | None = None
        self.since: datetime | None = None
        self.last_ended: Ended | None = None

    @property
    def waiting(self) -> tuple[str, ...]:
        """Whose work waits, by name."""
        return tuple(sorted(self._waiting))

    async def wait_out(self, work: str, do: Callable[[], Awaitable[_T]]) -> _T:
        """Do it, again and again until the database lets it be done. Raises what does not pass by itself."""
        try:
            while True:
                try:
                    result = await do()
                except SQLAlchemyError as error:
                    if not is_away(error):
                        raise
                    self.noticed(work, error)
                    await asyncio.sleep(_PAUSE_SECONDS)
                else:
                    self.over(work)
                    return result
        finally:
            self.give_up(work)

    def noticed(self, work: str, error: Exception) -> None:
        """The work was refused; whoever says so tries again until it can say that it is over."""
        now = self._wall()
        self._waiting.add(work)
        self.since = self.since or now
        if self._said_at is None or now - self._said_at >= _SAID_EVERY:
            self._said_at = now
            _log.warning(
                "database not available, waiting",
                work=self.waiting,
                reason=in_a_line(error),
                since=self.since.isoformat(timespec="seconds"),
            )

    def over(self, work: str) -> None:
        """The work was done."""
        if self._waiting != {work} or self.since is None:
            self._waiting.discard(work)
            return
        self.last_ended = Ended(since=self.since, until=self._wall())
        _log.info("database available again", since=self.since.isoformat(timespec="seconds"))
        self.give_up(work)

    def give_up(self, work: str) -> None:
        """It is not tried any more."""
        self._waiting.discard(work)
        if not self._waiting:
            self.since = self._said_at = None
