"""What the bots asked of the services, call by call."""

import time
from collections import deque
from collections.abc import Callable
from itertools import islice

from sandbox.chats import Platform
from sandbox.json_types import JsonObject

KEPT = 100_000


class CallLog:
    """The latest calls, numbered from 1. Reading what came after a number costs only what is read."""

    def __init__(self, *, real_time: Callable[[], float] = time.time) -> None:
        self._real_time = real_time
        self._calls: deque[JsonObject] = deque(maxlen=KEPT)
        self.last = 0

    def add(
        self,
        *,
        method: str,
        chat_id: int | None,
        status: int,
        message_id: int | None,
        ok: bool,
        platform: Platform = Platform.TELEGRAM,
    ) -> None:
        """Writes one call down; ids are the sandbox's own, `status` 0 means that the connection was dropped.

        Zalo answers refusals with HTTP 200 as well: there `status` is the error code of the answer.
        """
        self.last += 1
        call: JsonObject = {
            "n": self.last,
            "at": self._real_time(),
            "platform": platform.value,
            "method": method,
            "chat_id": chat_id,
            "status": status,
            "ok": ok,
        }
        if message_id is not None:
            call["message_id"] = message_id
        self._calls.append(call)

    def after(self, number: int, limit: int | None = None) -> list[JsonObject]:
        """The calls with a higher number, oldest first."""
        missing = max(0, min(len(self._calls), self.last - number))
        newest = list(islice(reversed(self._calls), missing))
        newest.reverse()
        return newest if limit is None else newest[:limit]

    def clear(self) -> None:
        """Forgets everything and starts again at 1."""
        self._calls.clear()
        self.last = 0
