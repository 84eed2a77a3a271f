"""A list of what is owed within a span of days, and how much more there is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.commands.lists import count_words, grouped_blocks
from bot.message import Block, Message, block, bold, line, message
from bot.wording import capitalised, day_month, joined, named_day
from plan.text import fold
from store.agenda import Entry
from store.tables import AgencyRow

USUAL_DAYS = 30
_MOST_DAYS = 366
_ALL = frozenset({"all", "tat ca", "tatca", "het", "toan bo", "ca nam", "nam nay"})
_DAYS = {"hom nay": 0, "tuan": 7, "tuan nay": 7, "thang": 30, "thang nay": 30}


@dataclass(frozen=True, kw_only=True)
class Span:
    """How far ahead a list looks; `days` None is everything, with what has no day."""

    days: int | None

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
    shown = [entry for entry in owed if _within(entry, today, span)]
    names = joined([agency.name for agency in agencies])
    head = line(bold(f"📋 {names} · {named_day(today)}/{today.year}"))
    undated = sum(entry.due is None for entry in shown)
    dated = count_words(shown, today, span.soon)
    counted = ", ".join(filter(None, (dated, f"{undated} việc chưa có ngày cụ thể" if undated else "")))
    summary = f"{counted}." if counted else _nothing(span)
    blocks: list[Block] = [
        block(head, summary),
        *grouped_blocks(shown, today, agencies, soon=span.heading, tappable=tappable),
    ]
    rest = [entry for entry in owed if not _within(entry, today, span)]
    if rest:
        blocks.append(block(_more(rest, today, span, tappable=tappable)))
    return message(*blocks)


def _within(entry: Entry, today: date, span: Span) -> bool:
    if span.days is None:
        return True
    # remind_by, not due: a due day just beyond the span may have its last working day inside it.
    first = entry.remind_by or entry.due
    return first is not None and first <= today + timedelta(days=span.days)


def _nothing(span: Span) -> str:
    if span.days is None:
        return "Không còn việc nào có hạn."
    return f"Không có việc nào quá hạn hay đến hạn {'hôm nay' if span.days == 0 else span.soon}."


def _more(rest: Sequence[Entry], today: date, span: Span, *, tappable: bool) -> str:
    undated = sum(entry.due is None for entry in rest)
    dated = len(rest) - undated
    parts = []
    if dated:
        last = today + timedelta(days=span.days or 0)
        parts.append(f"{dated} việc hạn sau ngày {day_month(last, today.year)}")
    if undated:
        parts.append(f"{undated} việc chưa có ngày cụ thể")
    return f"Ngoài ra còn {' và '.join(parts)}" + (": /due_all" if tappable else ".")
