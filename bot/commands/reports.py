"""/reports: the report periods of the year, with data window, cutoff, due day and state."""

from collections.abc import Sequence
from datetime import date

from bot.commands.asked import Answer, Asked, overseen
from bot.commands.lists import by_agency, done_choices
from bot.commands.whole_plan import entries_overseen, read_whole
from bot.listing import data_window, due_words, status_line
from bot.message import Block, Line, block, bold, line, message
from bot.wording import SEE_LATE, SEE_STATUS, capitalised, joined, runs
from store.agenda import Entry, entries
from store.figures import grouped

_SEE_WHOLE = runs("Toàn tỉnh", "/reports tỉnh")


async def reports(asked: Asked) -> Answer:
    """Every report of the chat's agencies, by period; for those who oversee how far all agencies are, when the chat has no
    agency or asks for the whole ("/reports tỉnh")."""
    plans = await overseen(asked)
    if plans and (not asked.agencies or read_whole(asked.args) is not None):
        return await _of_everyone(asked)
    owed = [entry for entry in await entries(asked.session, agencies=asked.agency_codes) if entry.is_report]
    names = joined(asked.agency_names)
    choices = [[_SEE_WHOLE]] if plans else []
    if not owed:
        return Answer(message=message(f"{names} không có báo cáo định kỳ trong kế hoạch.", choices=choices))
    blocks = [_head(names, owed)]
    for name, own in by_agency(owed).items():
        blocks += _period_blocks(own, asked.today, f"🏛 {name}" if len(asked.agencies) > 1 else None)
    return Answer(message=message(*blocks, choices=choices), paged=True)


async def _of_everyone(asked: Asked) -> Answer:
    owed = [entry for entry in await entries_overseen(asked) if entry.is_report]
    if not owed:
        return Answer(message=message("Kế hoạch không có báo cáo định kỳ."))
    blocks = [_head("Toàn tỉnh", owed)]
    for of_period in grouped(owed, lambda entry: (entry.plan_key, entry.slot)).values():
        first = of_period[0]
        lines = [line(bold(capitalised(first.period)), f" · {due_words(first)}")]
        window = data_window(first)
        if window:
            lines.append(line(capitalised(window)))
        for code, of_code in grouped(of_period, lambda entry: entry.code).items():
            lines += _handed_in(code, of_code, asked.today)
        blocks.append(block(*lines))
    return Answer(message=message(*blocks, choices=[[SEE_LATE, SEE_STATUS]]), paged=True)


def _handed_in(code: str, found: Sequence[Entry], today: date) -> list[Line]:
    """How many agencies handed it in, and who is missing once it is late."""
    handed_in = sum(not entry.is_open for entry in found)
    lines = [line("• ", bold(code), f" {handed_in}/{len(found)} cơ quan đã nộp")]
    missing = [entry.agency for entry in found if entry.is_open and entry.is_late(today)]
    if missing:
        lines.append(line(bold(f"⛔ Quá hạn {len(missing)} cơ quan: "), ", ".join(missing)))
    return lines


def _head(names: str, owed: Sequence[Entry]) -> Block:
    addresses = dict.fromkeys(entry.report_address for entry in owed if entry.report_address)
    return block(
        line(bold(f"📊 Báo cáo định kỳ · {names}")),
        *(f"Nhập số liệu tại {address}" for address in addresses),
    )


def _period_blocks(owed: Sequence[Entry], today: date, above: str | None) -> list[Block]:
    by_period: dict[tuple[str, str], list[Entry]] = {}
    for entry in owed:
        by_period.setdefault((entry.plan_key, entry.slot), []).append(entry)
    blocks: list[Block] = []
    for of_period in by_period.values():
        window = data_window(of_period[0])
        lines = [line(bold(above))] if above and not blocks else []
        lines.append(line(bold(capitalised(of_period[0].period))))
        if window:
            lines.append(line(capitalised(window)))
        lines += [
            line("• ", bold(entry.code), " ", *status_line(entry, today, begins=False)) for entry in of_period
        ]
        choices = [choice for entry in of_period for choice in done_choices(entry)]
        blocks.append(block(*lines, choices=choices, section=(above,) if above else ()))
    return blocks
