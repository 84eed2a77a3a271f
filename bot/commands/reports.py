"""/reports: the report periods of the year, with data window, cutoff, due day and state."""

from collections.abc import Sequence
from datetime import date

from bot.commands.asked import Answer, Asked
from bot.commands.lists import agency_line, by_agency
from bot.listing import data_window, status_line
from bot.message import Block, Line, block, bold, line, message
from bot.wording import capitalised, joined
from store.agenda import Entry, entries


async def reports(asked: Asked) -> Answer:
    """Every report of the chat's agencies, by period."""
    owed = [entry for entry in await entries(asked.session, agencies=asked.agency_codes) if entry.is_report]
    names = joined(asked.agency_names)
    if not owed:
        return Answer(message=message(f"{names} không có báo cáo định kỳ trong kế hoạch."))
    head: list[Line] = [line(bold(f"📊 Báo cáo định kỳ · {names}"))]
    head += [line(f"Nhập số liệu tại {address}") for address in _addresses(owed)]
    blocks = [block(*head)]
    for name, own in by_agency(owed).items():
        if len(asked.agencies) > 1:
            blocks.append(agency_line(name))
        blocks += _period_blocks(own, asked.today)
    return Answer(message=message(*blocks))


def _addresses(owed: Sequence[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.report_address for entry in owed if entry.report_address))


def _period_blocks(owed: Sequence[Entry], today: date) -> list[Block]:
    by_period: dict[tuple[str, str], list[Entry]] = {}
    for entry in owed:
        by_period.setdefault((entry.plan_key, entry.slot), []).append(entry)
    blocks = []
    for of_period in by_period.values():
        window = data_window(of_period[0])
        lines = [line(bold(capitalised(of_period[0].period)))]
        if window:
            lines.append(line(capitalised(window)))
        lines += [
            line("• ", bold(entry.code), " ", *status_line(entry, today, begins=False)) for entry in of_period
        ]
        blocks.append(block(*lines))
    return blocks
