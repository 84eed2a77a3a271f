"""What a schedule phrase of an annex means for the plan's year."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plan.phrases import NO_SUCH_DAY, Verdict, judge

_MOST_REASONS = 3  # the first ones tell the most; the rest follow from them


class DeadlineKind(StrEnum):
    """DATES as soon as there is at least one date; the others say why no date can be known from the words."""

    DATES = "dates"
    ONGOING = "ongoing"
    ADHOC = "adhoc"
    EXTERNAL = "external"


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One due day. `key` names its period for good ("2023-Q1", "2023-M03", "2023-H1", "2023-Y"; a single day
    "2023-03-31"); `period` names it for people ("quý I", "tháng 3", "6 tháng đầu năm", "năm 2023", "" if none)."""

    due: date
    key: str
    period: str


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The meaning of one phrase. `reason` (English) says why a person should look; None when nobody need."""

    kind: DeadlineKind
    occurrences: tuple[Occurrence, ...]
    needs_review: bool
    reason: str | None

    @property
    def is_impossible(self) -> bool:
        """Whether the phrase asks for a day that the calendar has not, such as 31/9, and so for none at all: a mistake in
        the plan, not a matter of reading."""
        return not self.occurrences and self.reason is not None and NO_SUCH_DAY in self.reason


def read_deadline(phrase: str, *, plan_year: int) -> Deadline:
    """Read `phrase` as administrative usage does (Bộ luật Dân sự 2015, Điều 144-148).

    Never raises for any text. Dates are distinct and ascending, keys are unique. What could not be read for certain
    is said in `reason`; where that could change the date, there is none. The grammar: `plan.phrases`.
    """
    found: Verdict = judge(phrase, plan_year)
    return Deadline(
        kind=DeadlineKind(found.outcome.value),
        occurrences=tuple(Occurrence(due=due.day, key=due.key, period=due.name) for due in found.dues),
        needs_review=bool(found.reasons),
        reason="; ".join(found.reasons[:_MOST_REASONS]) or None,
    )
