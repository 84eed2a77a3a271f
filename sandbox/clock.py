"""Simulated time: it runs at a speed or stands still, and jumps forward only."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.json_types import JsonObject
from sandbox.signals import Signal

SHOWN_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FASTEST = 1_000_000.0


class ClockRefused(Exception):
    """What was asked of the clock cannot be done; `conflict` says that it would run backwards."""

    def __init__(self, message: str, *, conflict: bool = False) -> None:
        super().__init__(message)
        self.conflict = conflict


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A named instant that the program under rehearsal offers as a place to jump to."""

    label: str
    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ClockRefused("a stop needs an instant with its offset from UTC")


def read_instant(text: str) -> datetime:
    """An ISO 8601 instant with offset, in UTC; ClockRefused when it is not one."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ClockRefused(f"not an ISO 8601 instant: {text!r}") from error
    if instant.tzinfo is None:
        raise ClockRefused(f"the instant {text!r} needs its offset from UTC, such as +07:00")
    return instant.astimezone(UTC)


class SandboxClock:
    """The time inside the sandbox. `version` grows whenever the clock is set, started, stopped or jumps."""

    def __init__(
        self,
        start: datetime,
        *,
        speed: float = 1.0,
        running: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._base = start.astimezone(UTC)
        self._base_at = monotonic()
        self.speed = _checked_speed(speed)
        self.running = running
        self.version = 1
        self.stops: tuple[Stop, ...] = ()
        self.changed = Signal()

    def now(self) -> datetime:
        """The simulated instant, in UTC."""
        if not self.running:
            return self._base
        elapsed = (self._monotonic() - self._base_at) * self.speed
        return self._base + timedelta(seconds=elapsed)

    def timestamp(self) -> int:
        """The simulated instant as Telegram writes dates: whole seconds since 1970."""
        return int(self.now().timestamp())

    def milliseconds(self) -> int:
        """The simulated instant as Zalo writes dates: whole milliseconds since 1970."""
        return int(self.now().timestamp() * 1_000)

    def month(self) -> str:
        """The calendar month in Vietnam, such as 2023-03."""
        return f"{self.now().astimezone(SHOWN_ZONE):%Y-%m}"

    def change(
        self,
        *,
        now: datetime | None = None,
        speed: float | None = None,
        running: bool | None = None,
        may_go_back: bool = False,
    ) -> None:
        """Sets what is given; ClockRefused when time would run backwards and `may_go_back` is not set."""
        present = self.now()
        new_speed = self.speed if speed is None else _checked_speed(speed)
        if now is not None and now < present and not may_go_back:
            raise ClockRefused("the clock does not run backwards", conflict=True)
        self._base = present if now is None else now.astimezone(UTC)
        self._base_at = self._monotonic()
        self.speed = new_speed
        self.running = self.running if running is None else running
        self._announce()

    def jump(self, to: datetime) -> None:
        """Goes forward to an instant; ClockRefused (conflict) when it lies in the past."""
        self.change(now=to)

    def jump_to_stop(self, label: str) -> None:
        """Goes forward to a named stop; ClockRefused when there is none of that name or it has passed."""
        for stop in self.stops:
            if stop.label == label:
                self.jump(stop.at)
                return
        raise ClockRefused(f"no stop is called {label!r}")

    def set_stops(self, stops: tuple[Stop, ...]) -> None:
        """Replaces the named stops; the version stays, for the time has not changed."""
        self.stops = tuple(sorted(stops, key=lambda stop: stop.at))

    def restore(self, *, now: datetime, speed: float, running: bool, version: int) -> None:
        """Continues a saved clock: no time has passed inside while the sandbox was off."""
        self.change(now=now, speed=speed, running=running, may_go_back=True)
        self.version = version + 1

    def as_json(self) -> JsonObject:
        """The clock as the control API gives it."""
        return {
            "now": shown(self.now()),
            "speed": self.speed,
            "running": self.running,
            "version": self.version,
            "stops": [{"label": stop.label, "at": shown(stop.at)} for stop in self.stops],
        }

    def _announce(self) -> None:
        self.version += 1
        self.changed.notify()


def shown(instant: datetime) -> str:
    """An instant as ISO 8601 in Vietnam's zone."""
    return instant.astimezone(SHOWN_ZONE).isoformat()


def _checked_speed(speed: float) -> float:
    if not 0 < speed <= FASTEST:
        raise ClockRefused(f"the speed must be above 0 and at most {FASTEST:.0f}")
    return float(speed)
