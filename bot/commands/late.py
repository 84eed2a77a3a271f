"""/late: which agencies are late, with how much, and since when."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.commands.asked import Answer, Asked, overseen, steered
from bot.commands.lists import short_section
from bot.commands.menu import Command
from bot.commands.one_agency import choose_agency
from bot.commands.whole_plan import entries_overseen
from bot.listing import short_line
from bot.message import Block, Choice, block, bold, line, message
from bot.wording import NO_PLAN, SEE_STATUS, SEE_WHOLE, named_day, runs
from store.agenda import Entry
from store.figures import Column, column_of, grouped


async def late(asked: Asked) -> Answer:
    """The late ones by agency, those who are the furthest behind first; of one agency when it is named."""
    if not await overseen(asked):
        return Answer(message=NO_PLAN)
    found = [entry for entry in await entries_overseen(asked) if is_late(entry, asked.today)]
    whose = "Cơ quan đang"
    if asked.args:
        chosen = await choose_agency(asked, Command.LATE)
        if chosen.agency is None:
            return chosen.instead or Answer(message=NO_PLAN)
        whose = chosen.agency.name
        found = [entry for entry in found if entry.agency == chosen.agency.code]
    groups = furthest_behind_first(found, asked.today)
    title = line(bold(f"⛔ {whose} quá hạn · {named_day(asked.today)}/{asked.today.year}"))
    choices = [[SEE_STATUS, SEE_WHOLE]]
    if not groups:
        return Answer(message=message(block(title, "Không có việc nào quá hạn."), choices=choices))
    longest = max(
        (entry for of_agency in groups for entry in of_agency),
        key=lambda entry: days_late(entry, asked.today),
    )
    summary = (
        f"{len(groups)} cơ quan, {len(found)} việc; lâu nhất {days_late(longest, asked.today)} ngày"
        f" ({longest.agency_name})."
    )
    plans = await steered(asked)
    blocks = [block(title, summary)]
    for of_agency in groups:
        blocks += _agency_blocks(of_agency, asked, remind_choices(of_agency, plans))
    return Answer(message=message(*blocks, choices=choices), paged=True)


def is_late(entry: Entry, today: date) -> bool:
    """Whether overviews count it as late and not complete."""
    return column_of(entry, today) is Column.OPEN_LATE


def days_late(entry: Entry, today: date) -> int:
    """Since `late_after`; of what waits for approval up to the day that its document has."""
    until = entry.completed_on or today
    return (until - entry.late_after).days if entry.late_after else 0


def remind_choices(found: Sequence[Entry], plans: frozenset[str]) -> list[Choice]:
    """ "Đôn đốc STP" for those who steer one of the plans, when something is open that a reminder can be about."""
    if not any(entry.is_open and entry.plan_key in plans for entry in found):
        return []
    agency = found[0].agency
    return [runs(f"Đôn đốc {agency}", f"/remind {agency}")]


def furthest_behind_first(found: Iterable[Entry], today: date) -> list[list[Entry]]:
    """Late ones by agency: first who has the most of them, then the longest."""

    def behind(of_agency: Sequence[Entry]) -> tuple[int, int, str]:
        longest = max(days_late(entry, today) for entry in of_agency)
        return (-len(of_agency), -longest, of_agency[0].agency)

    return sorted(grouped(found, lambda entry: entry.agency).values(), key=behind)


def _agency_blocks(found: Sequence[Entry], asked: Asked, choices: Sequence[Choice]) -> list[Block]:
    longest = max(days_late(entry, asked.today) for entry in found)
    lines = [short_line(entry, asked.today) for entry in found]
    return short_section(
        f"🏛 {found[0].agency_name}", f": {len(found)} việc, lâu nhất {longest} ngày", lines, choices
    )
