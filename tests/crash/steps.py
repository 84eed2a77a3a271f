"""Inside a bot that is to die: count its steps, and end it by SIGKILL between two of them.

A step is a commit of a transaction that wrote, named by what it wrote, or a call to the Bot API, named by its method. Each
has two sides: `before` it is made nothing of it has happened, `after` it the bot has learned nothing of it yet.
"""

import os
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

from app.clock import wall_clock

_End = Callable[[DefaultDialect, Any], None]
_WRITES = {"INSERT": 2, "UPDATE": 1, "DELETE": 2}


class Steps:
    """Writes each step into a file as it comes to it; `die_at` is the line at which the process ends."""

    def __init__(self, file: Path, die_at: str | None) -> None:
        self._lines = file.open("a", encoding="utf-8", buffering=1)
        self._die_at = die_at
        self._times: Counter[str] = Counter()

    def come_to(self, what: str) -> None:
        self._times[what] += 1
        step = f"{what}, {self._times[what]}"
        self._lines.write(f"{step}\n")
        if step == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_commits(self) -> None:
        written: defaultdict[int, set[str]] = defaultdict(set)

        def note(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
            verb, *words = statement.split()
            if verb in _WRITES:
                driver = connection.connection.dbapi_connection
                written[id(driver)].add(f"{verb.lower()} {words[_WRITES[verb] - 1]}")

        commit: _End = DefaultDialect.do_commit
        roll_back: _End = DefaultDialect.do_rollback

        def watched_commit(dialect: DefaultDialect, connection: Any) -> None:
            parts = written.pop(_driver(connection), None)
            if parts is None:
                commit(dialect, connection)
                return
            # What else an outcome changes is a matter of chance: several are written at once, or one that came late.
            shown = parts - {"update notices", "update chats"} if "update outbox" in parts else parts
            name = f"commit of {' + '.join(sorted(shown))}"
            self.come_to(f"before the {name}")
            commit(dialect, connection)
            self.come_to(f"after the {name}")

        def watched_rollback(dialect: DefaultDialect, connection: Any) -> None:
            written.pop(_driver(connection), None)
            roll_back(dialect, connection)

        event.listen(Engine, "before_cursor_execute", note)
        DefaultDialect.do_commit = watched_commit  # type: ignore[method-assign]
        DefaultDialect.do_rollback = watched_rollback  # type: ignore[method-assign]

    def watch_calls(self) -> None:
        send = httpx.AsyncClient.send

        async def watched(client: httpx.AsyncClient, request: httpx.Request, **more: Any) -> httpx.Response:
            method = request.url.path.rpartition("/")[2]
            self.come_to(f"before the call of {method}")
            answer = await send(client, request, **more)
            self.come_to(f"after the answer to {method}")
            return answer

        httpx.AsyncClient.send = watched  # type: ignore[method-assign, assignment]


def _driver(connection: Any) -> int:
    return id(getattr(connection, "dbapi_connection", connection))


def live_later(ahead: timedelta) -> None:
    """In this process it is so much later: leases that others had taken have ended."""
    now = wall_clock

    def later() -> datetime:
        return now() + ahead

    for module in list(sys.modules.values()):
        if getattr(module, "wall_clock", None) is now:
            module.wall_clock = later  # type: ignore[attr-defined]
