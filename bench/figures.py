"""What a measurement found: one row of the table, and the statistics behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, kw_only=True)
class AtMost:
    """The value should not be above this."""

    value: float

    def met(self, found: float) -> bool:
        return found <= self.value

    def __str__(self) -> str:
        return f"≤ {self.value:g}"


@dataclass(frozen=True, kw_only=True)
class AtLeast:
    """The value should not be below this."""

    value: float

    def met(self, found: float) -> bool:
        return found >= self.value

    def __str__(self) -> str:
        return f"≥ {self.value:g}"


Aim = AtMost | AtLeast


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row: ours, and where there is one what was measured beside it in the same run, in the unit that `what` names.

    `of_ratio` is the aim of ours / theirs, `of_ours` that of our own value; without either nothing is aimed at. `places`
    are decimals.
    """

    section: str
    what: str
    ours: float
    places: int = 0
    beside: str = ""
    theirs: float | None = None
    of_ratio: Aim | None = None
    of_ours: Aim | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.theirs if self.theirs else None

    @property
    def met(self) -> bool | None:
        """None where nothing was aimed at."""
        if self.of_ratio is not None:
            return self.ratio is not None and self.of_ratio.met(self.ratio)
        return None if self.of_ours is None else self.of_ours.met(self.ours)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as words, in the order of `HEADINGS`."""
        return (
            self.section,
            self.what,
            f"{self.ours:,.{self.places}f}",
            "" if self.theirs is None else f"{self.theirs:,.{self.places}f}",
            self.beside,
            "" if self.ratio is None else _three_digits(self.ratio),
            f"ratio {self.of_ratio}" if self.of_ratio else str(self.of_ours or ""),
            {True: "met", False: "**missed**", None: ""}[self.met],
        )


HEADINGS = ("", "measured", "ours", "theirs", "theirs is", "ratio", "target", "")


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed (nearest rank)."""
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3f}"
