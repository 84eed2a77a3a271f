"""Of several processes one leads: it holds a lock that PostgreSQL keeps for as long as the connection lives.

When the leader dies, PostgreSQL sees its connection end (or misses it, see store.database) and gives the lock to the next
who asks. SQLite has one process, and that leads always.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import BigInteger, Select, column, func, select, table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import Database
from store.outages import in_a_line
from store.turns import lock_key

_EVERY_SECONDS = 2.0
_PATIENCE_SECONDS = 5.0
_WORK = "leadership"
_log = structlog.get_logger("leadership")


class ConnectionSilent(Exception):
    """The database has not answered in time; who else leads by now is not known."""

    def __init__(self) -> None:
        super().__init__("the database does not answer")


class Leadership:
    """Of those with the same `name` (and database) at most one leads. `who` tells people which process this is. The
    leader looks after its connection, and the others ask for the lock, `every` so many seconds; an answer that takes longer
    than `patience` counts as none."""

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        who: str,
        every: float = _EVERY_SECONDS,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._database = database
        self._key = lock_key(f"nhacviec:lead:{name}")
        self._who = who
        self._every = every
        self._patience = patience
        self._leader: str | None = None
        self._is_connected = False
        self.leading_since: datetime | None = None

    async def while_leading(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work whenever this process leads, until it is done or the caller cancels. It is cancelled at once when
        the lock's connection is lost; the lock is given up when nothing of the work is under way any more."""
        if self._database.is_sqlite:
            await self._lead(work, asyncio.Event().wait)
            return
        try:
            await self._lead_in_turn(work)
        finally:
            self._database.absence.give_up(_WORK)

    async def _lead_in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        engine = self._database.apart()
        while True:
            try:
                async with engine.connect() as connection:
                    await self._take_the_lead(connection)
                    await self._lead(work, lambda: self._look_after(connection))
                return
            except (SQLAlchemyError, ConnectionSilent) as error:
                self._complain(error)
            await asyncio.sleep(self._every)

    def _complain(self, error: Exception) -> None:
        if self._is_connected:
            # Only this connection was lost: whether the database is away shows when we ask for another.
            _log.warning("connection lost, not leading for now", who=self._who, reason=in_a_line(error))
        else:
            self._database.absence.noticed(_WORK, error)
        self._is_connected = False

    async def _take_the_lead(self, connection: AsyncConnection) -> None:
        await self._ask(connection, select(func.set_config("application_name", self._who, False)))
        self._is_connected = True
        self._database.absence.over(_WORK)
        while not await self._ask(connection, select(func.pg_try_advisory_lock(self._key))):
            leader = await self._ask(connection, _holder(self._key))
            if leader != self._leader:
                _log.info("another process leads, standing by", who=self._who, leader=leader)
            self._leader = leader
            await asyncio.sleep(self._every)
        self._leader = self._who

    async def _lead(
        self, work: Callable[[], Awaitable[None]], look_after: Callable[[], Awaitable[object]]
    ) -> None:
        """Do the work until it ends, or until what makes us the leader does."""
        self.leading_since = datetime.now(UTC)
        _log.info("leading", who=self._who)
        working, looking = asyncio.ensure_future(work()), asyncio.ensure_future(look_after())
        try:
            await asyncio.wait({working, looking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            both = {working, looking}
            for task in both:
                task.cancel()
            await asyncio.wait(both)
            self.leading_since = None
            _log.info("not leading any more", who=self._who)
        if not looking.cancelled():
            looking.result()
        if not working.cancelled():
            working.result()

    async def _look_after(self, connection: AsyncConnection) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self._ask(connection, select(1))

    async def _ask(self, connection: AsyncConnection, question: Select[Any]) -> Any:
        asking = asyncio.ensure_future(connection.scalar(question))
        try:
            done, _ = await asyncio.wait({asking}, timeout=self._patience)
        finally:
            if not asking.done():
                # Not cancelled first: the driver would wait for the server to agree.
                await connection.invalidate()
                asking.add_done_callback(_forget)
                asking.cancel()
        if not done:
            raise ConnectionSilent
        return asking.result()


def _holder(key: int) -> Select[Any]:
    """What the process that holds the lock calls itself."""
    unsigned = key % 2**64
    locks = table("pg_locks", *map(column, ("pid", "locktype", "classid", "objid", "granted")))
    activity = table("pg_stat_activity", column("pid"), column("application_name"))
    return (
        select(activity.c.application_name)
        .join(locks, locks.c.pid == activity.c.pid)
        .where(
            locks.c.locktype == "advisory",
            locks.c.granted,
            locks.c.classid.cast(BigInteger) == unsigned >> 32,
            locks.c.objid.cast(BigInteger) == unsigned % 2**32,
        )
        .limit(1)
    )


def _forget(task: asyncio.Future[Any]) -> None:
    if not task.cancelled():
        task.exception()
