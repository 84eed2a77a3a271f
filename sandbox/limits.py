"""What a bot may send: Telegram's flood limits, on real time, and what Zalo's plan "Basic" allows.

Telegram: 30 a second in all, 1 a second to a chat, 20 a minute to a group.
https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from sandbox.json_types import JsonObject

MINUTE = 60.0
_ZALO = frozenset({"zalo_per_month", "zalo_users"})


@dataclass(frozen=True, kw_only=True)
class LimitSettings:
    """How strict the sandbox is. `burst`: messages to one chat that may follow at once before 1/s holds.

    `zalo_per_month`: messages in a month of the sandbox's clock; `zalo_users`: people; None for no limit.
    """

    enabled: bool = True
    per_second: float = 30.0
    per_chat_per_second: float = 1.0
    group_per_minute: int = 20
    burst: int = 5
    zalo_per_month: int | None = 3_000
    zalo_users: int | None = 50

    @property
    def zalo_messages_allowed(self) -> int | None:
        """How many messages the Zalo bot may send in a month; None: as many as it likes."""
        return self.zalo_per_month if self.enabled else None

    @property
    def zalo_users_allowed(self) -> int | None:
        """With how many people the Zalo bot may talk; None: with everybody."""
        return self.zalo_users if self.enabled else None


class LimitsRefused(Exception):
    """A limit was given a value that makes no sense."""


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float

    def wait(self, now: float, rate: float, capacity: float) -> float:
        """Refills, then says how many seconds are missing until one more fits."""
        self.level = min(capacity, self.level + (now - self.at) * rate)
        self.at = now
        # Rounding in the refill must not cost a whole token.
        return 0.0 if self.level >= 1 - 1e-9 else (1 - self.level) / rate


class FloodLimits:
    """Decides whether a message may go out now. A refused one costs nothing."""

    def __init__(
        self, settings: LimitSettings | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self.settings = settings or LimitSettings()
        self._forget()

    def change(self, **given: object) -> None:
        """Sets the limits given; LimitsRefused for a value that makes no sense. The past is forgotten."""
        self.settings = replace(self.settings, **_checked(given))  # type: ignore[arg-type]
        self._forget()

    def seconds_to_wait(self, chat_id: int, *, is_group: bool) -> int:
        """0 and the message is counted, or the whole seconds (at least 1) of a `retry_after`."""
        if not self.settings.enabled:
            return 0
        now = self._monotonic()
        limits = self.settings
        chat = self._chats.setdefault(chat_id, _Bucket(limits.burst, now))
        waits = [
            self._all.wait(now, limits.per_second, max(1.0, limits.per_second)),
            chat.wait(now, limits.per_chat_per_second, limits.burst),
        ]
        minute = self._minutes.setdefault(chat_id, deque()) if is_group else deque()
        while minute and minute[0] <= now - MINUTE:
            minute.popleft()
        if is_group and len(minute) >= limits.group_per_minute:
            waits.append(minute[0] + MINUTE - now)
        longest = max(waits)
        if longest > 0:
            return max(1, math.ceil(longest))
        self._all.level -= 1
        chat.level -= 1
        minute.append(now)
        return 0

    def as_json(self) -> JsonObject:
        """The settings as the control API gives them."""
        return asdict(self.settings)

    def _forget(self) -> None:
        now = self._monotonic()
        self._all = _Bucket(max(1.0, self.settings.per_second), now)
        self._chats: dict[int, _Bucket] = {}
        self._minutes: dict[int, deque[float]] = {}


def _checked(given: dict[str, object]) -> dict[str, object]:
    checked: dict[str, object] = {}
    for name, value in given.items():
        if name == "enabled":
            if not isinstance(value, bool):
                raise LimitsRefused("enabled must be true or false")
            checked[name] = value
        elif name not in LimitSettings.__dataclass_fields__:
            raise LimitsRefused(f"there is no limit called {name!r}")
        elif name in _ZALO:
            if value is not None and (type(value) is not int or value < 0):
                raise LimitsRefused(f"{name} must be a whole number or null")
            checked[name] = value
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1_000_000:
            raise LimitsRefused(f"{name} must be a number above 0")
        elif name in {"group_per_minute", "burst"}:
            checked[name] = max(1, int(value))
        else:
            checked[name] = float(value)
    return checked
