"""How fast we may write: the earliest moment for the next message to a chat and of a whole channel.

Pure, on wall time. The numbers are Telegram's published limits (Bots FAQ, "My bot is hitting limits").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Telegram counts from when a message arrives: one that was on its way for longer than the next must not make that too many.
_MINUTE = timedelta(minutes=1) + timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Messages per second of the whole channel (evenly spread, no burst), per chat, and per minute of a group."""

    per_second: float = 30
    per_chat_per_second: float = 1
    group_per_minute: int = 20

    @property
    def channel_gap(self) -> timedelta:
        return timedelta(seconds=1 / self.per_second)

    @property
    def chat_gap(self) -> timedelta:
        return timedelta(seconds=1 / self.per_chat_per_second)


def recent(sends: Sequence[datetime], now: datetime) -> list[datetime]:
    """Those of a group's sends that still count against its minute."""
    return [moment for moment in sends if moment > now - _MINUTE]


def chat_free_at(pace: Pace, *, is_group: bool, sends: Sequence[datetime], sent_at: datetime) -> datetime:
    """When a chat may hear from us again after a message at `sent_at`; `sends` are its recent ones, that one included."""
    free = sent_at + pace.chat_gap
    if is_group and len(sends) >= pace.group_per_minute:
        free = max(free, sorted(sends)[-pace.group_per_minute] + _MINUTE)
    return free
