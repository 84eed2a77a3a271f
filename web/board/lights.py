"""The traffic lights of the overview: how an agency stands in an area, at one look. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from store.figures import Figures

SOON = timedelta(days=7)


class Light(StrEnum):
    """The worst that can be said of some assignments. NONE: none of them has a due day."""

    LATE = "late"
    SOON = "soon"
    IN_TERM = "in-term"
    DONE = "done"
    NONE = "none"


# A form beside each colour: not everybody sees colours, and printers have none.
SIGNS = {Light.LATE: "✕", Light.SOON: "!", Light.IN_TERM: "●", Light.DONE: "✓", Light.NONE: "–"}
NAMES = {
    Light.LATE: "quá hạn",
    Light.SOON: f"đến hạn trong {SOON.days} ngày",
    Light.IN_TERM: "trong hạn",
    Light.DONE: "đã xong",
    Light.NONE: "không có hạn",
}
_SHORT = NAMES | {Light.SOON: "sắp đến hạn"}


@dataclass(frozen=True, kw_only=True)
class Lamp:
    """A light with its number: how many are late, due soon, or still in term; of what is done how many there were."""

    light: Light
    count: int

    @property
    def sign(self) -> str:
        return SIGNS[self.light]

    @property
    def words(self) -> str:
        return _SHORT[self.light]


def lamp_of(figures: Figures, soon: int) -> Lamp:
    """The worst that the figures say; `soon` of those that are open and in term are due soon."""
    counted = (
        (Light.LATE, figures.open_late),
        (Light.SOON, soon),
        (Light.IN_TERM, figures.open_in_term),
        (Light.DONE, figures.done),
    )
    return next(
        (Lamp(light=light, count=count) for light, count in counted if count),
        Lamp(light=Light.NONE, count=figures.total),
    )
