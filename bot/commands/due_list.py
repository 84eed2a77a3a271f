"""A list of what is owed within a span of days, and how much more there is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.commands.lists import count_words, grouped_blocks
from bot.commands.menu import Command
from bot.message import Block, Line, Message, block, bold, line, message
from bot.message import Span as MessageSpan
from bot.offered import offered
from bot.wording import capitalised, day_month, joined, named_day
from plan.text import fold
from store.agenda import Entry
from store.tables import AgencyRow

USUAL_DAYS = 30
_MOST_DAYS = 366
_ALL = frozenset({"all", "tat ca", "tatca", "het", "toan bo", "ca nam", "nam nay"})
_ALL_OF_IT = offered(Command.DUE, "all", "tất cả")
_DAYS = {"hom nay": 0, "tuan": 7, "tuan nay": 7, "thang": 30, "thang nay": 30}


@dataclass(frozen=True, kw_only=True)
class Span:
    """How far ahead a list looks; `days` None is everything."""

    days: int | None

    @property
    def with_undated(self) -> bool:
        """Whether it shows what has no due day as well: a person who asks for some days does not ask for that."""
        return self.days in (None, USUAL_DAYS)

    @property
    def heading(self) -> str:
        return f"🗓 {capitalised(self.soon)}"

    @property
    def soon(self) -> str:
        return "còn hạn" if self.days is None else f"trong {self.days} ngày tới"


def read_span(words: str) -> Span | None:
    """A number of days, or words for one; None when it is something else."""
    folded = fold(words).replace("_", " ")
    if folded in _ALL:
        return Span(days=None)
    if folded in _DAYS:
        return Span(days=_DAYS[folded])
    found = re.fullmatch(r"([0-9]{1,6})(?: ?ngay(?: toi)?)?", folded)
    return Span(days=min(int(found[1]), _MOST_DAYS)) if found else None


def due_list(
    owed: Sequence[Entry], agencies: Sequence[AgencyRow], today: date, span: Span, *, tappable: bool = True
) -> Message:
    """The open assignments `owed` within the span, and a line for how much more there is."""
    shown = [entry for entry in owed if within(entry, today, span)]
    names = joined([agency.name for agency in agencies])
    blocks: list[Block] = [
        block(line(bold(f"📋 {names} · {named_day(today)}/{today.year}")), span_summary(shown, today, span)),
        *grouped_blocks(shown, today, agencies, soon=span.heading, tappable=tappable),
    ]
    rest = [entry for entry in owed if not within(entry, today, span)]
    if rest:
        blocks.append(block(more_line(rest, today, span, all_of_it=_ALL_OF_IT if tappable else None)))
    return message(*blocks)


def span_summary(shown: Sequence[Entry], today: date, span: Span) -> str:
    """The counts of a list in one sentence."""
    undated = sum(entry.due is None for entry in shown)
    dated = count_words(shown, today, span.soon)
    if not dated:
        return f"{_nothing(span)} Còn {undated} việc chưa có ngày cụ thể." if undated else _nothing(span)
    return f"{dated}, {undated} việc chưa có ngày cụ thể." if undated else f"{dated}."


def within(entry: Entry, today: date, span: Span) -> bool:
    """Whether the list shows it: what is late always is."""
    if span.days is None:
        return True
    if entry.due is None:
        return span.with_undated
    # remind_by, not due: a due day just beyond the span may have its last working day inside it.
    return (entry.remind_by or entry.due) <= today + timedelta(days=span.days)


def _nothing(span: Span) -> str:
    if span.days is None:
        return "Không còn việc nào có hạn."
    return f"Không có việc nào quá hạn hay đến hạn {'hôm nay' if span.days == 0 else span.soon}."


def more_line(rest: Sequence[Entry], today: date, span: Span, *, all_of_it: MessageSpan | None) -> Line:
    """How much more there is, and the command that shows it."""
    undated = sum(entry.due is None for entry in rest)
    dated = len(rest) - undated
    parts = []
    if dated:
        last = today + timedelta(days=span.days or 0)
        parts.append(f"{dated} việc hạn sau ngày {day_month(last, today.year)}")
    if undated:
        parts.append(f"{undated} việc chưa có ngày cụ thể")
    words = f"Ngoài ra còn {' và '.join(parts)}"
    return line(f"{words}: ", all_of_it) if all_of_it else line(f"{words}.")
