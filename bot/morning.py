"""The morning message: what an agency should hear today, in the same layout every morning."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.commands.lists import count_words
from bot.listing import HEADINGS, Standing, done_button, entry_lines, standing
from bot.message import Block, Line, Message, block, bold, italic, line, message
from bot.wording import SEE_DUE, day_month, named_day, runs
from store.agenda import Entry
from store.notices import NoticedEntry

_REPORTS = "📊 Báo cáo"
# Four rows of buttons; below more of them the message itself is out of sight.
_MOST_BUTTONS = 12


def morning_message(
    noticed: Sequence[NoticedEntry], today: date, *, continued: bool = False
) -> Message | None:
    """One message for all that a chat should hear this morning; None when there is nothing. Every block is one assignment
    and names it in `about`, so that each piece of a long message knows what it has told. `continued`: the beginning of
    the message is out, and these are the rest."""
    by_agency: dict[str, list[NoticedEntry]] = {}
    for item in noticed:
        by_agency.setdefault(item.entry.agency_name, []).append(item)
    if not by_agency:
        return None
    day = f"{named_day(today)}/{today.year}{' (tiếp theo)' if continued else ''}"
    blocks: list[Block] = []
    for name, items in by_agency.items():
        alone = len(by_agency) == 1
        head = [line(bold(f"🔔 {name} · {day}" if alone else f"🏛 {name}"))]
        if not blocks and not alone:
            head.insert(0, line(bold(f"🔔 {day}")))
        if not continued:
            head += _summary([item.entry for item in items], today)
        blocks += _agency_blocks(items, today, head)
    blocks = _with_buttons(blocks, noticed, today)
    reports = any(item.entry.is_report for item in noticed)
    row = [SEE_DUE, runs("Các kỳ báo cáo", "/reports")] if reports else [SEE_DUE]
    return message(*blocks, choices=[row])


def nudge_message(
    noticed: Sequence[NoticedEntry], today: date, *, lead: Message, continued: bool = False
) -> Message | None:
    """What the standing office asks for by hand; None when all of it is done by now. `lead` says who asks, and what else they
    wrote; of a continued one only who."""
    by_agency: dict[str, list[NoticedEntry]] = {}
    for item in noticed:
        by_agency.setdefault(item.entry.agency_name, []).append(item)
    said = [part for piece in lead.blocks[: 1 if continued else None] for part in piece.lines]
    blocks: list[Block] = []
    for name, items in by_agency.items():
        head = line(bold(f"🏛 {name} · {named_day(today)}/{today.year}{' (tiếp theo)' if continued else ''}"))
        blocks += _agency_blocks(items, today, [*([] if blocks else [*said, line()]), head])
    return message(*_with_buttons(blocks, noticed, today), choices=[[SEE_DUE]]) if blocks else None


def _with_buttons(blocks: Sequence[Block], noticed: Sequence[NoticedEntry], today: date) -> list[Block]:
    """What can be tapped about each assignment; when there are too many, about the most pressing ones."""
    order = list(Standing)
    pressing = sorted(
        (item.entry for item in noticed if item.entry.due is not None),
        key=lambda entry: (order.index(standing(entry, today)), entry.order),
    )
    buttons = {entry.id: done_button(entry) for entry in pressing[:_MOST_BUTTONS]}
    of_blocks = [[buttons.get(number) for number in item.about] for item in blocks]
    return [
        replace(item, choices=tuple(button for button in of_block if button))
        for item, of_block in zip(blocks, of_blocks, strict=True)
    ]


def _summary(entries: Sequence[Entry], today: date) -> list[Line]:
    counted = count_words(entries, today, "sắp đến hạn")
    lines = [line(f"Nhắc hôm nay: {counted}.")] if counted else []
    closing = [entry.period for entry in entries if entry.is_report and entry.cutoff == today]
    if closing:
        lines.append(line(bold(f"Hôm nay chốt số liệu báo cáo {closing[0]}.")))
    return lines


def _agency_blocks(items: Sequence[NoticedEntry], today: date, head: list[Line]) -> list[Block]:
    blocks: list[Block] = []
    address_told = False
    for heading, of_section in _sections(items, today):
        for position, item in enumerate(of_section):
            lines = [line(bold(heading))] if position == 0 else []
            if not blocks:
                lines = [*head, line(), *lines]
            lines += entry_lines(item.entry, today)
            if item.entry.is_report and item.entry.report_address and not address_told:
                lines.append(line(f"Nhập số liệu tại {item.entry.report_address}"))
                address_told = True
            if item.planned_on < today:
                planned = day_month(item.planned_on, today.year)
                lines.append(line(italic(f"Nhắc muộn: lẽ ra ngày {planned}")))
            blocks.append(block(*lines, about=(item.entry.id,)))
    return blocks


def _sections(items: Sequence[NoticedEntry], today: date) -> list[tuple[str, list[NoticedEntry]]]:
    """Late first, then today, soon, reports; a report that is late or due today is as pressing as anything else."""
    titles = [HEADINGS[Standing.LATE], HEADINGS[Standing.TODAY], HEADINGS[Standing.SOON], _REPORTS]
    found: dict[str, list[NoticedEntry]] = {title: [] for title in [*titles, *HEADINGS.values()]}
    for item in sorted(items, key=lambda item: item.entry.order):
        kind = standing(item.entry, today)
        is_calm_report = item.entry.is_report and kind is Standing.SOON
        found[_REPORTS if is_calm_report else HEADINGS[kind]].append(item)
    return [(title, of_section) for title, of_section in found.items() if of_section]
