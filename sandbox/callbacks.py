"""Taps on inline buttons that wait for an answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.json_types import JsonObject

# Telegram gives no figure; answers after about a quarter of an hour are refused.
ANSWER_WITHIN_SECONDS = 15 * 60
KEPT = 2_000


@dataclass(kw_only=True)
class CallbackQuery:
    """One tap; `made_at` in real seconds since 1970."""

    id: str
    chat_id: int
    message_id: int
    made_at: float
    answered: bool = False
    text: str | None = None
    show_alert: bool = False

    def as_json(self) -> JsonObject:
        """How the tap was answered, for the page."""
        return {"answered": self.answered, "text": self.text, "show_alert": self.show_alert}


class Callbacks:
    """The latest taps by their id."""

    def __init__(self, *, real_time: Callable[[], float] = time.time) -> None:
        self._real_time = real_time
        self.taps: dict[str, CallbackQuery] = {}
        self.count = 0

    def add(self, *, chat_id: int, message_id: int) -> CallbackQuery:
        """Remembers a new tap; the oldest of very many are forgotten."""
        self.count += 1
        tap = CallbackQuery(
            # Long numbers, as Telegram's are: a client that reads them as 32 bits must fail here.
            id=str(4_382_000_000_000_000_000 + self.count),
            chat_id=chat_id,
            message_id=message_id,
            made_at=self._real_time(),
        )
        self.taps[tap.id] = tap
        if len(self.taps) > KEPT:
            del self.taps[next(iter(self.taps))]
        return tap

    def answer(self, query_id: str, *, text: str | None, show_alert: bool) -> CallbackQuery | None:
        """Records the answer; None when there is no such tap, it was answered, or it is too old."""
        tap = self.taps.get(query_id)
        if tap is None or tap.answered or self._real_time() - tap.made_at > ANSWER_WITHIN_SECONDS:
            return None
        tap.answered, tap.text, tap.show_alert = True, text, show_alert
        return tap
