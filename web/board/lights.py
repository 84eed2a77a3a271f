"""The traffic lights of the overview: how an agency stands in an area, at one look. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from store.figures import Column, Tally, column_of
from store.states import State

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


def lamp_of(tallies: Sequence[Tally], today: date) -> Lamp:
    """Late is late until it is complete; what waits for approval is not due soon any more."""
    late = soon = in_term = done = 0
    for tally in tallies:
        match column_of(tally, today):
            case Column.OPEN_LATE:
                late += tally.count
            case Column.OPEN_IN_TERM:
                in_term += tally.count
                if tally.state is State.OPEN and tally.due is not None and tally.due - today <= SOON:
                    soon += tally.count
            case Column.DONE_IN_TERM | Column.DONE_LATE:
                done += tally.count
            case Column.UNDATED | Column.UNDATED_DONE | Column.WAIVED:
                pass
    counted = ((Light.LATE, late), (Light.SOON, soon), (Light.IN_TERM, in_term), (Light.DONE, done))
    return next(
        (Lamp(light=light, count=count) for light, count in counted if count),
        Lamp(light=Light.NONE, count=sum(tally.count for tally in tallies)),
    )
