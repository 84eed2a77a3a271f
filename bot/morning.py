"""The morning message: what an agency should hear today, in the same layout every morning."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.commands.lists import count_words
from bot.listing import HEADINGS, Standing, done_choice, entry_lines, short_line, standing
from bot.message import Block, Line, Message, block, bold, code, italic, line, message
from bot.wording import SEE_DUE, day_month, named_day, runs
from store.agenda import Entry
from store.notices import NoticedEntry

_REPORTS = "📊 Báo cáo"
# Four rows of choices; below more of them the message itself is out of sight.
_MOST_CHOICES = 12
_MOST_CODES = 5
# From so many agencies on with the same output unfinished it is told once for all of them.
_MANY = 3
_MOST_NAMES = 8
# Of one agency in one block, which no message breaks.
_ESCALATED_TOGETHER = 8


def morning_message(
    noticed: Sequence[NoticedEntry],
    today: date,
    *,
    continued: bool = False,
    undated: Sequence[Entry] = (),
) -> Message | None:
    """One message for all that a chat should hear this morning; None when there is nothing. Every block is one assignment
    and names it in `about`, so that each piece of a long message knows what it has told. `continued`: the beginning of
    the message is out, and these are the rest. `undated` is what the same agencies owe without a due day: with a report's
    cutoff they are asked how it goes."""
    own = [item for item in noticed if not item.is_escalated]
    above = [item for item in noticed if item.is_escalated]
    day = f"{named_day(today)}/{today.year}{' (tiếp theo)' if continued else ''}"
    blocks = _with_choices(_own_blocks(own, today, day, undated, continued=continued), own, today)
    blocks += _escalated_blocks(above, today, None if own else day, continued=continued)
    if not blocks:
        return None
    row = [
        *([SEE_DUE] if own else []),
        *([runs("Các kỳ báo cáo", "/reports")] if any(item.entry.is_report for item in own) else []),
        *([runs("Cơ quan quá hạn", "/late")] if above else []),
    ]
    return message(*blocks, choices=[row])


def _own_blocks(
    noticed: Sequence[NoticedEntry], today: date, day: str, undated: Sequence[Entry], *, continued: bool
) -> list[Block]:
    by_agency = _by_agency(noticed)
    blocks: list[Block] = []
    for name, items in by_agency.items():
        alone = len(by_agency) == 1
        head = [line(bold(f"🔔 {name} · {day}" if alone else f"🏛 {name}"))]
        if not blocks and not alone:
            head.insert(0, line(bold(f"🔔 {day}")))
        if not continued:
            head += _summary([item.entry for item in items], today)
        blocks += _agency_blocks(items, today, head, undated)
    return blocks


def _escalated_blocks(
    noticed: Sequence[NoticedEntry], today: date, day: str | None, *, continued: bool
) -> list[Block]:
    """For who oversees the plan: what is late for long, first what many agencies have not done, then the rest by agency.
    `day` begins the message; None when it has begun."""
    count = "" if continued else f": {len(noticed)} việc của {len(_by_agency(noticed))} cơ quan"
    of_many = [items for items in _alike(noticed) if len(items) >= _MANY]
    told = {item.entry.id for items in of_many for item in items}
    parts = [(_of_many(items, today), items) for items in of_many]
    for name, items in _by_agency([item for item in noticed if item.entry.id not in told]).items():
        in_order = sorted(items, key=lambda item: item.entry.order)
        for start in range(0, len(in_order), _ESCALATED_TOGETHER):
            together = in_order[start : start + _ESCALATED_TOGETHER]
            head = [line(bold(f"🏛 {name}"))] if start == 0 else []
            parts.append(([*head, *(_escalated_line(item, today) for item in together)], together))
    opening = [
        *([line(bold(f"🔔 {day}"))] if day is not None else []),
        line(bold(f"📣 Quá hạn lâu, cần đôn đốc{count}.")),
        line(),
    ]
    return [
        block(*([] if position else opening), *lines, about=tuple(item.entry.id for item in items))
        for position, (lines, items) in enumerate(parts)
    ]


def _alike(noticed: Sequence[NoticedEntry]) -> list[list[NoticedEntry]]:
    """The same output or report for the same day, told for the same reason, whose ever it is."""
    found: dict[tuple[object, ...], list[NoticedEntry]] = {}
    for item in sorted(noticed, key=lambda item: item.entry.order):
        one = item.entry
        key = (one.plan_key, one.code, one.slot, one.due, one.plan_due, item.planned_on)
        found.setdefault(key, []).append(item)
    return list(found.values())


def _of_many(items: Sequence[NoticedEntry], today: date) -> list[Line]:
    names = [item.entry.agency_name for item in items]
    more = f" và {len(names) - _MOST_NAMES} cơ quan khác: /late" if len(names) > _MOST_NAMES else ""
    # How far each of them is stands elsewhere.
    shared = replace(items[0].entry, progress=None, progress_note=None)
    return [
        *entry_lines(shared, today, tappable=False),
        line(bold(f"🏛 {len(names)} cơ quan"), f": {'; '.join(names[:_MOST_NAMES])}{more}"),
        *_too_late(items[0], today),
    ]


def _escalated_line(item: NoticedEntry, today: date) -> Line:
    """One line each: after a report's due day it is a whole province's."""
    missed = item.planned_on < today
    late = [italic(f" · nhắc muộn: lẽ ra {day_month(item.planned_on, today.year)}")] if missed else []
    return (*short_line(item.entry, today), *late)


def _by_agency(noticed: Sequence[NoticedEntry]) -> dict[str, list[NoticedEntry]]:
    found: dict[str, list[NoticedEntry]] = {}
    for item in noticed:
        found.setdefault(item.entry.agency_name, []).append(item)
    return found


def nudge_message(
    noticed: Sequence[NoticedEntry], today: date, *, lead: Message, continued: bool = False
) -> Message | None:
    """What the standing office asks for by hand; None when all of it is done by now. `lead` says who asks, and what else they
    wrote; of a continued one only who."""
    by_agency = _by_agency(noticed)
    said = [part for piece in lead.blocks[: 1 if continued else None] for part in piece.lines]
    blocks: list[Block] = []
    for name, items in by_agency.items():
        head = line(bold(f"🏛 {name} · {named_day(today)}/{today.year}{' (tiếp theo)' if continued else ''}"))
        blocks += _agency_blocks(items, today, [*([] if blocks else [*said, line()]), head], ())
    return message(*_with_choices(blocks, noticed, today), choices=[[SEE_DUE]]) if blocks else None


def _with_choices(blocks: Sequence[Block], noticed: Sequence[NoticedEntry], today: date) -> list[Block]:
    """What can be tapped about each assignment; when there are too many, about the most pressing ones."""
    order = list(Standing)
    pressing = sorted(
        (item.entry for item in noticed if item.entry.due is not None),
        key=lambda entry: (order.index(standing(entry, today)), entry.order),
    )
    choices = {entry.id: done_choice(entry) for entry in pressing[:_MOST_CHOICES]}
    of_blocks = [[choices.get(number) for number in item.about] for item in blocks]
    return [
        replace(item, choices=tuple(choice for choice in of_block if choice))
        for item, of_block in zip(blocks, of_blocks, strict=True)
    ]


def _summary(entries: Sequence[Entry], today: date) -> list[Line]:
    counted = count_words(entries, today, "sắp đến hạn")
    lines = [line(f"Nhắc hôm nay: {counted}.")] if counted else []
    closing = [entry.period for entry in entries if entry.is_report and entry.cutoff == today]
    if closing:
        lines.append(line(bold(f"Hôm nay chốt số liệu báo cáo {closing[0]}.")))
    return lines


def _agency_blocks(
    items: Sequence[NoticedEntry], today: date, head: list[Line], undated: Sequence[Entry]
) -> list[Block]:
    blocks: list[Block] = []
    address_told = False
    asking = _who_asks(items, today)
    for heading, of_section in _sections(items, today):
        for position, item in enumerate(of_section):
            lines = [line(bold(heading))] if position == 0 else []
            if not blocks:
                lines = [*head, line(), *lines]
            lines += entry_lines(item.entry, today)
            if item.entry.is_report and item.entry.report_address and not address_told:
                lines.append(line(f"Nhập số liệu tại {item.entry.report_address}"))
                address_told = True
            lines += _too_late(item, today)
            if item.entry.id in asking:
                lines += _asks_for_progress(item.entry, undated)
            blocks.append(block(*lines, about=(item.entry.id,)))
    return blocks


def _too_late(item: NoticedEntry, today: date) -> list[Line]:
    if item.planned_on >= today:
        return []
    return [line(italic(f"Nhắc muộn: lẽ ra ngày {day_month(item.planned_on, today.year)}"))]


def _who_asks(items: Sequence[NoticedEntry], today: date) -> frozenset[int]:
    """With which reports (ids) progress is asked for: of each plan with the last one in the message. So it is in one piece
    with a report that is told, and is not asked for again with the rest of a long message."""
    in_order = [item for _, of_section in _sections(items, today) for item in of_section if item.is_cutoff]
    return frozenset({item.entry.plan_key: item.entry.id for item in in_order}.values())


def _asks_for_progress(report: Entry, undated: Sequence[Entry]) -> list[Line]:
    codes = list(
        dict.fromkeys(
            entry.code
            for entry in sorted(undated, key=lambda entry: entry.order)
            if (entry.plan_key, entry.agency) == (report.plan_key, report.agency)
        )
    )
    if not codes:
        return []
    more = len(codes) - _MOST_CODES
    which = ", ".join(codes[:_MOST_CODES]) + (f" và {more} việc khác (/due all)" if more > 0 else "")
    return [
        line("✍️ Kèm báo cáo, đề nghị ghi một dòng tiến độ cho việc không có hạn: ", bold(which)),
        line("Ví dụ: ", code(f"/progress {codes[0]} đã ban hành 2 quyết định")),
    ]


def _sections(items: Sequence[NoticedEntry], today: date) -> list[tuple[str, list[NoticedEntry]]]:
    """Late first, then today, soon, reports; a report that is late or due today is as pressing as anything else."""
    titles = [HEADINGS[Standing.LATE], HEADINGS[Standing.TODAY], HEADINGS[Standing.SOON], _REPORTS]
    found: dict[str, list[NoticedEntry]] = {title: [] for title in [*titles, *HEADINGS.values()]}
    for item in sorted(items, key=lambda item: item.entry.order):
        kind = standing(item.entry, today)
        is_calm_report = item.entry.is_report and kind is Standing.SOON
        found[_REPORTS if is_calm_report else HEADINGS[kind]].append(item)
    return [(title, of_section) for title, of_section in found.items() if of_section]
