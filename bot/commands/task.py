"""/task: one task in full, as on paper, with what this agency has to do and where it stands."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.asks import ask_line
from bot.codes import read_code, shorten
from bot.commands.asked import Answer, Asked, overseen
from bot.commands.lists import by_agency, known_codes, matching
from bot.commands.menu import Command
from bot.commands.not_ours import items_of
from bot.commands.unknown import unknown_code
from bot.listing import (
    ASK_LIMIT,
    Standing,
    data_window,
    done_words,
    due_words,
    standing,
    status_line,
    support_words,
)
from bot.message import Block, Line, Message, block, bold, italic, line, message
from bot.wording import capitalised, day_month, joined
from store.agenda import Entry, entries
from store.asks import asks_of
from store.evidence import file_counts
from store.lookup import Item, items
from store.states import State

_MOST_NAMES = 10
# Closed for its agency, and yet not done.
_NOT_DONE_YET = {State.SUBMITTED: "chờ duyệt", State.WAIVED: "không phát sinh"}


async def task(asked: Asked) -> Answer:
    """The task or output that was asked for; whoever is bound may read the paper, states are their own only."""
    owed = await entries(asked.session, agencies=asked.agency_codes)
    known = known_codes(owed)
    reading = read_code(asked.args, known)
    word = reading.code or reading.word
    found = await items_of(asked, word) if word else []
    if not found:
        everything = [item.code for item in await items(asked.session)]
        return unknown_code(Command.TASK, word, "", known.values() or everything)
    own = matching(owed, reading.code) if reading.code else []
    return Answer(message=await _describe(asked, found, own, await overseen(asked)))


async def _describe(
    asked: Asked, found: Sequence[Item], own: Sequence[Entry], plans: frozenset[str]
) -> Message:
    blocks: list[Block] = []
    everyone = await entries(asked.session) if any(item.plan_key in plans for item in found) else []
    codes = {(item.plan_key, item.code) for item in found}
    asks = await asks_of(
        asked.session, {e.id for e in (*own, *everyone) if (e.plan_key, e.code) in codes and not e.is_support}
    )
    files = await file_counts(asked.session, [entry.id for entry in own])
    described: set[tuple[str, str]] = set()
    for item in found:
        if (item.plan_key, item.task) in described:
            continue
        described.add((item.plan_key, item.task))
        blocks.append(block(*_head(item)))
        for output in found:
            if (output.plan_key, output.task) == (item.plan_key, item.task):
                blocks += _output_blocks(output, own, asked, files)
                blocks += _ask_blocks(output, own, everyone, asks, several_leads=output.plan_key in plans)
                if output.plan_key in plans:
                    of_output = [
                        e for e in everyone if (e.plan_key, e.code) == (output.plan_key, output.code)
                    ]
                    blocks += _overview(of_output, asked.today)
        blocks.append(block(*_who(item)))
    return message(*blocks)


def _head(item: Item) -> list[Line]:
    area = f"Lĩnh vực {item.area}: {item.area_name}" if item.area else "Báo cáo định kỳ"
    lines = [line("📌 ", bold(item.task), f" · {area}")]
    if item.heading:
        lines.append(line(item.heading))
    return [*lines, line(bold(item.title))]


def _who(item: Item) -> list[Line]:
    lines = [line("Chủ trì: ", "; ".join(item.lead))]
    if item.support:
        lines.append(line("Phối hợp: ", "; ".join(item.support)))
    return lines


def _output_blocks(item: Item, own: Sequence[Entry], asked: Asked, files: Mapping[int, int]) -> list[Block]:
    lines: list[Line] = []
    if item.area is not None:
        lines.append(line("Sản phẩm ", bold(item.code), f": {item.product}"))
        lines.append(line("Thời gian: ", italic(f"“{item.schedule}”")))
    of_output = [e for e in own if (e.plan_key, e.code) == (item.plan_key, item.code)]
    if asked.agencies and all(entry.is_support for entry in of_output):
        lines.append(line(f"{joined(asked.agency_names)} không chủ trì việc này."))
    groups = by_agency(of_output)
    for name, mine in groups.items():
        if len(asked.agencies) > 1:
            lines.append(line(f"🏛 {name}"))
        for entry in mine:
            lines += _state_lines(entry, asked.today)
            if entry.id in files:
                lines.append(line(f"  📎 {files[entry.id]} tệp"))
    return [block(*lines)] if lines else []


def _state_lines(entry: Entry, today: date) -> list[Line]:
    what = support_words(entry) if entry.is_support else entry.period
    period = f"{capitalised(what)}: " if what else ""
    if entry.is_open:
        lines = [line("• ", period, *status_line(entry, today, begins=not period))]
        if entry.progress_note:
            lines.append(line(f"  Tiến độ: {entry.progress_note}"))
        if entry.snoozed_until and entry.snoozed_until > today:
            lines.append(line(f"  Hoãn nhắc đến {day_month(entry.snoozed_until, entry.plan_year)}"))
    else:
        due = due_words(entry)
        lines = [
            line(
                "• ",
                period,
                f"{due if period else capitalised(due)} · " if due else "",
                "✅ ",
                done_words(entry),
            )
        ]
        if entry.note:
            lines.append(line(f"  Ghi chú: {entry.note}"))
    window = data_window(entry)
    return [*lines, line(f"  {capitalised(window)}")] if window else lines


def _ask_blocks(
    item: Item, own: Sequence[Entry], everyone: Sequence[Entry], asks: Sequence[Entry], *, several_leads: bool
) -> list[Block]:
    """What the leads asked of others, for the lead itself and the standing office."""
    leads = {
        entry.id: entry
        for entry in (*own, *everyone)
        if (entry.plan_key, entry.code) == (item.plan_key, item.code)
    }
    lines: list[Line] = []
    for one in asks:
        if one.parent_id in leads:
            lead = f"{one.asked_by_name}: " if several_leads else ""
            what = f"{lead}{shorten(one.period, ASK_LIMIT)}".removesuffix(": ")
            lines += [ask_line(one), *([line(f"  {what}")] if what else [])]
    return [block(line(bold("🤝 Đề nghị phối hợp")), *lines)] if lines else []


def _overview(everyone: Sequence[Entry], today: date) -> list[Block]:
    """How far all agencies are, for the standing office."""
    slots: dict[str, list[Entry]] = {}
    for entry in everyone:
        if entry.is_support:
            continue
        slots.setdefault(entry.slot, []).append(entry)
    lines = []
    for of_slot in slots.values():
        if len(of_slot) < 2:
            continue
        done = sum(entry.state is State.DONE for entry in of_slot)
        others = [
            f"{count} {words}"
            for state, words in _NOT_DONE_YET.items()
            if (count := sum(entry.state is state for entry in of_slot))
        ]
        late = [e.agency_name for e in of_slot if e.is_open and standing(e, today) is Standing.LATE]
        period = capitalised(of_slot[0].period) or "Toàn tỉnh"
        words = ", ".join([f"{period}: {done}/{len(of_slot)} cơ quan đã xong", *others])
        if late:
            more = f" và {len(late) - _MOST_NAMES} cơ quan khác" if len(late) > _MOST_NAMES else ""
            words += f"; quá hạn: {', '.join(late[:_MOST_NAMES])}{more}"
        lines.append(line(words))
    return [block(*lines)] if lines else []
