"""What the scanner makes of the tokens: a row of items, each a date, a recurrence, a rule, a mark or a break."""

from dataclasses import dataclass
from enum import Enum

from plan.phrases.calendar import Point, Unit
from plan.phrases.words import MarkKind


class UnreadableError(ValueError):
    """Words that look like a date and cannot be one, or can be two; the text says why. No date may be given then."""


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """Which month of a period a day belongs to: `place` 0 first, 1 second, LAST last; `shift` 1 in the next period.
    `unit` is MONTH, QUARTER, or None for a period of report (kỳ)."""

    unit: Unit | None
    place: int
    shift: int = 0


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Days inside each period of a recurrence: "ngày 20 tháng cuối quý"."""

    days: tuple[int, ...]
    anchor: Anchor


@dataclass(frozen=True, kw_only=True)
class Bare:
    """Days whose month stands elsewhere: "ngày 20"."""

    days: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Every:
    """A recurrence. `counted` says that only a number of `times` is known ("02 lần/năm"); `label` that a plain noun
    stands in front, so that it may only name a report."""

    units: tuple[Unit, ...]
    point: Point | None = None
    counted: bool = False
    times: int = 1
    label: bool = False
    report: bool = False


Node = Point | Rule | Bare | Every


@dataclass(frozen=True, kw_only=True)
class Found:
    """A node, the position after it, and what is doubtful about it."""

    node: Node
    end: int
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A date or period in its place. `start` makes it a range; `exclusive`: due before it; `bound`: words say that
    something is due; `within`: they only place it (trong, vào). What stands in front: `label` a noun, `report` a noun
    such as "báo cáo", `verb` a verb, `scope` giai đoạn. `window`: a range of data, not of work."""

    node: Point | Rule | Bare
    start: Point | Rule | Bare | None = None
    exclusive: bool = False
    bound: bool = False
    within: bool = False
    label: bool = False
    report: bool = False
    verb: bool = False
    scope: bool = False
    window: bool = False


@dataclass(frozen=True, kw_only=True)
class Start:
    """From a date on, without an end."""

    point: Point | None


@dataclass(frozen=True, kw_only=True)
class After:
    """After a date, without an end."""


@dataclass(frozen=True, kw_only=True)
class Duration:
    """A length of time ("30 ngày") whose beginning the words do not fix."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A set wording."""

    kind: MarkKind


class Gap(Enum):
    """What stands between two items."""

    SENTENCE = ";"
    ITEM = "-"
    COMMA = ","
    AND = "và"
    OR = "hoặc"
    COLON = ":"
    OPEN = "("
    CLOSE = ")"
    DASH = "–"
    SLASH = "/"
    WORD = "word"
    DOING = "verb"
    PURPOSE = "để"
    REGARDING = "đối với"


@dataclass(frozen=True, kw_only=True)
class Break:
    """Anything without a date of its own."""

    gap: Gap


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Something unread. `fatal`: it could change the date."""

    reason: str
    fatal: bool


Item = Dated | Every | Start | After | Duration | Mark | Break | Doubt
