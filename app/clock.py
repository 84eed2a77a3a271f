"""Clocks. A clock is called for the instant (aware, UTC); everything else is handed `now`."""

import time
from datetime import UTC, datetime, timedelta


def wall_clock() -> datetime:
    """The time of the network, leases and pacing; and business time in real service."""
    return datetime.now(UTC)


class RehearsalClock:
    """Business time that starts anywhere and runs at any speed; it can be set again while it runs."""

    def __init__(self, start: datetime, *, speed: float = 1.0) -> None:
        self.set(start, speed=speed)

    def set(self, now: datetime, *, speed: float) -> None:
        """Go on from `now` (aware) at `speed` seconds a second; 0 stands still."""
        if now.tzinfo is None:
            raise ValueError(
                f"a clock needs an instant with a zone, such as 2023-03-13T07:25:00+07:00: {now}"
            )
        self._start, self._speed = now.astimezone(UTC), speed
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._since) * self._speed)
