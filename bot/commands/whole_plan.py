"""/due tỉnh: what is late and near over the whole plan, by agency, for those who may read it as a whole."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from bot.commands.asked import Answer, Asked, overseen
from bot.commands.due_list import USUAL_DAYS, Span, more_line, read_span, span_summary, within
from bot.commands.lists import count_words, short_section
from bot.commands.menu import Command
from bot.listing import sections, short_line, status_line
from bot.message import Block, block, bold, line, message
from bot.offered import offered
from bot.wording import NO_PLAN, SEE_LATE, SEE_STATUS, named_day, runs
from plan.text import fold
from store.agenda import Entry, entries
from store.figures import counts, grouped

_ALL_OF_IT = offered(Command.DUE, "tinh_all", "tỉnh tất cả")
_WHOLE = re.compile(r"(?:(?:toan|ca|all) )?tinh(?: (?P<span>.+))?")


def read_whole(words: str) -> Span | None:
    """ "tỉnh", "toàn tỉnh 7 ngày", "tinh_all": how far to look over the whole plan; None when it is something else."""
    found = _WHOLE.fullmatch(fold(words).replace("_", " "))
    if found is None:
        return None
    return read_span(found["span"]) if found["span"] else Span(days=USUAL_DAYS)


async def entries_overseen(asked: Asked, *, open_only: bool = False) -> list[Entry]:
    """What is owed in the plans that the chat may read as a whole, as far as overviews count it."""
    plans = await overseen(asked)
    found = await entries(asked.session, open_only=open_only) if plans else []
    return [entry for entry in found if entry.plan_key in plans and counts(entry)]


async def whole_plan(asked: Asked, span: Span) -> Answer:
    """All agencies' open assignments within the span, those with the most late ones first."""
    if not await overseen(asked):
        return Answer(message=NO_PLAN)
    owed = await entries_overseen(asked, open_only=True)
    shown = [entry for entry in owed if _within(entry, asked, span)]
    rest = [entry for entry in owed if not _within(entry, asked, span)]
    groups = agencies_worst_first(shown, asked)
    summary = span_summary(shown, asked.today, span)
    if groups:
        summary = f"{summary[:-1]}; {len(groups)} cơ quan."
    day = f"{named_day(asked.today)}/{asked.today.year}"
    blocks = [block(line(bold(f"📋 Toàn tỉnh · {day}")), summary)]
    for found in groups:
        blocks += _agency_blocks(found, asked, span)
    if rest:
        blocks.append(block(more_line(rest, asked.today, span, all_of_it=_ALL_OF_IT)))
    return Answer(message=message(*blocks, choices=[[SEE_LATE, SEE_STATUS]]), paged=True)


def _within(entry: Entry, asked: Asked, span: Span) -> bool:
    """What has no due day is too much for the usual list of a whole plan."""
    return within(entry, asked.today, span) and (entry.due is not None or span.days is None)


def agencies_worst_first(found: Iterable[Entry], asked: Asked) -> list[list[Entry]]:
    """The entries by agency, those with the most late and then the most pressing ones first."""

    def pressing(of_agency: Sequence[Entry]) -> tuple[int, int, str]:
        late = sum(entry.is_late(asked.today) for entry in of_agency)
        return (-late, -len(of_agency), of_agency[0].agency)

    return sorted(grouped(found, lambda entry: entry.agency).values(), key=pressing)


def _agency_blocks(found: Sequence[Entry], asked: Asked, span: Span) -> list[Block]:
    dated = count_words(found, asked.today, span.soon)
    ordered = [entry for _, of_kind in sections(found, asked.today) for entry in of_kind]
    lines = [short_line(entry, asked.today) for entry in ordered]
    return short_section(f"🏛 {found[0].agency_name}", f": {dated}" if dated else "", lines)


def of_everyone(found: Sequence[Entry], today: date) -> Answer:
    """How far every agency is with an output, for those who only oversee."""
    task = found[0].task
    blocks: list[Block] = [block(line(bold(f"📌 {task}"), f" {found[0].title}"))]
    groups = grouped(found, lambda entry: (entry.code, entry.period))
    for (code, period), of_output in groups.items():
        heading = " · ".join(part for part in (code, period) if part)
        names = [
            line(f"🏛 {entry.agency_name}: ", *status_line(entry, today, tappable=False, begins=False))
            for entry in of_output
        ]
        blocks += short_section(heading, "", names)
    return Answer(message=message(*blocks, choices=[[runs(f"Chi tiết {task}", f"/task {task}")]]), paged=True)
