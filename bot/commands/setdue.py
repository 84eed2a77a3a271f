"""/setdue: the standing office sets the day of what has none, corrects one, or takes a set day away again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.codes import code_key, read_code, shorten
from bot.commands.asked import Answer, Asked, steered
from bot.commands.extend import MOST_YEARS_AHEAD
from bot.commands.lists import known_codes, matching, reports_by_code
from bot.commands.menu import Command
from bot.commands.named_agencies import named_agencies
from bot.commands.proposing import Change, Details, already_done, ask_for_yes, done_before, proposed
from bot.commands.telling import by_office, tell_agencies
from bot.commands.unknown import unknown_code
from bot.days import DayReading, read_day
from bot.listing import (
    command_about,
    day_off_words,
    due_words,
    entry_lines,
    periods_of,
    title_line,
    what_words,
)
from bot.message import Block, Choice, Line, Message, Tone, block, bold, line, message
from bot.periods import periods_in
from bot.wording import fits, full_day, full_named_day, joined, runs
from plan.assignments import DutyKind
from plan.milestones import DueDates
from store.agenda import Entry, entries
from store.changes import due_values, look_anew, open_row, write
from store.lookup import all_agencies, office_of
from store.tables import AgencyRow, ProposalRow

_EXAMPLE = "ví dụ: /setdue 1.1a 30/6/2023 · /setdue 1.1a STP 30/6/2023"
_LABEL_LIMIT = 60
_EDGE = " ,;:.-–—"
_CLEAR = frozenset({"bỏ", "xóa", "xoá", "hủy", "huỷ"})
# Without diacritics "bo" is also how "Bộ" begins an agency's name.
_CLEAR_AT_END = frozenset({"bo", "xoa", "huy"})
_NO_LONGER_OFFICE = message(
    "Cuộc trò chuyện này không còn là cơ quan thường trực của kế hoạch, nên không ghi được. Chưa có gì thay đổi."
)


async def setdue(asked: Asked) -> Answer:
    """Ask for a yes to the day, or say what is missing."""
    plans = await steered(asked)
    owed = [
        entry
        for entry in await entries(asked.session)
        if entry.plan_key in plans and entry.kind is not DutyKind.SUPPORT
    ]
    if not asked.args:
        return _waiting(owed)
    known = known_codes(owed)
    meant = read_code(reports_by_code(asked.args, owed), known)
    if meant.code is None:
        return unknown_code(Command.SETDUE, meant.word, meant.rest, known.values())
    found = matching(owed, meant.code)
    reading = read_day(meant.rest, year=found[0].plan_year)
    clears, rest = _take_clear(reading.rest) if reading.day is None else (False, reading.rest)
    found, rest = _of_period(found, rest)
    chosen = await _of_agencies(asked, meant.code, found, rest, reading)
    if isinstance(chosen, Answer):
        return chosen
    still_open = [entry for entry in chosen if entry.is_open]
    if not still_open:
        return Answer(message=already_done(chosen))
    if clears:
        return await _ask_to_clear(asked, meant.code, still_open)
    fitting = _that_can_be_due(still_open, reading.day)
    wrong = _what_is_wrong(meant.code, fitting, reading)
    if reading.day is None or wrong is not None:
        return Answer(message=message(wrong or ""))
    return await _ask(asked, CHANGE, fitting, _details(asked, reading.day))


def _waiting(owed: Sequence[Entry]) -> Answer:
    """Without a code: what waits for somebody else's document, and how its day is set."""
    waiting = [
        entry for entry in owed if entry.is_open and entry.due is None and entry.kind is DutyKind.EXTERNAL
    ]
    of_output = list({(entry.plan_key, entry.code): entry for entry in waiting}.values())
    how = f"Anh/chị gõ mã việc và ngày, {_EXAMPLE}"
    if not of_output:
        return Answer(message=message("Không có việc nào chờ ấn định ngày.", how))
    head = block(line(bold(f"⏳ {len(of_output)} việc chờ văn bản, chưa có ngày.")), line(how))
    items = [
        block(title_line(entry), line(f"{what_words(entry)} · ", command_about(Command.TASK, entry)))
        for entry in of_output
    ]
    return Answer(message=message(head, *items), paged=True)


def _take_clear(rest: str) -> tuple[bool, str]:
    words = rest.split()
    for index, word in enumerate(words):
        bare = word.casefold().strip(_EDGE)
        if bare in _CLEAR or (bare in _CLEAR_AT_END and index == len(words) - 1):
            return True, " ".join([*words[:index], *words[index + 1 :]])
    return False, rest


def _of_period(found: Sequence[Entry], rest: str) -> tuple[list[Entry], str]:
    for period, start, end in periods_in(rest):
        own = [entry for entry in found if any(period.covers(known) for known in periods_of(entry))]
        if own:
            return own, f"{rest[:start]} {rest[end:]}"
    return list(found), rest


async def _of_agencies(
    asked: Asked, code: str, found: Sequence[Entry], rest: str, reading: DayReading
) -> list[Entry] | Answer:
    """Those of the agencies that the words name; of all that owe it without a name."""
    if reading.unreal or reading.several:
        return list(found)
    named = named_agencies(rest, await all_agencies(asked.session))
    if named.unclear is not None:
        return _which_agency(code, named.unclear, named.perhaps, reading)
    for agency in named.agencies:
        if not any(entry.agency == agency.code for entry in found):
            return Answer(message=message(f"{agency.name} không chủ trì {code}. Chưa có gì thay đổi."))
    codes = {agency.code for agency in named.agencies}
    return [entry for entry in found if not codes or entry.agency in codes]


def _which_agency(code: str, part: str, perhaps: Sequence[AgencyRow], reading: DayReading) -> Answer:
    day = full_day(reading.day) if reading.day else "bỏ"
    typed = [(agency.name, f"/setdue {code} {agency.code} {day}") for agency in perhaps]
    rows = [[runs(shorten(name, _LABEL_LIMIT), command)] for name, command in typed if fits(command)]
    asked_for = f"Chưa rõ “{shorten(part, _LABEL_LIMIT)}” là cơ quan nào."
    how = "Có phải ý anh/chị là:" if rows else f"Anh/chị gõ mã hoặc tên cơ quan, {_EXAMPLE}"
    return Answer(message=message(f"{asked_for} {how}", choices=rows))


def _what_is_wrong(code: str, found: Sequence[Entry], reading: DayReading) -> str | None:
    if reading.unreal:
        return f"Không có ngày {reading.unreal}. Anh/chị xem lại ngày rồi gõ lại, {_EXAMPLE}"
    if reading.several:
        return f"Chưa rõ ngày nào: {' hay '.join(reading.several)}. Anh/chị gõ một ngày, {_EXAMPLE}"
    if reading.day is None:
        return f"Anh/chị ấn định {code} ngày nào? Gõ cả ngày, {_EXAMPLE}"
    if all(entry.kind is DutyKind.ONGOING for entry in found):
        return f"{code} là việc thường xuyên theo kế hoạch, không ấn định một ngày được."
    years = range(found[0].plan_year - 1, found[0].plan_year + MOST_YEARS_AHEAD + 1)
    if reading.day.year not in years:
        return f"Ngày {full_day(reading.day)} xa quá. Anh/chị xem lại năm giúp."
    cutoff = next((entry.cutoff for entry in found if entry.cutoff and reading.day < entry.cutoff), None)
    if cutoff is not None:
        return f"Hạn nộp {full_day(reading.day)} trước ngày chốt số liệu {full_day(cutoff)}. Anh/chị xem lại giúp."
    return None


def _that_can_be_due(found: Sequence[Entry], day: date | None) -> Sequence[Entry]:
    """Without the periods whose data are closed after that day only, unless there are no others."""
    fitting = [entry for entry in found if day is None or entry.cutoff is None or entry.cutoff <= day]
    return fitting or found


def _details(asked: Asked, day: date) -> dict[str, str | None]:
    off = day_off_words(DueDates.of(day, asked.timetable.calendar))
    late = asked.today > asked.timetable.calendar.late_after(day)
    return {
        "due": day.isoformat(),
        "off": off,
        "past": "Ngày này đã qua: việc sẽ tính là quá hạn." if late else None,
    }


async def _ask_to_clear(asked: Asked, code: str, found: Sequence[Entry]) -> Answer:
    is_set = [entry for entry in found if entry.due != entry.plan_due]
    if not is_set:
        return Answer(message=message(f"{code} không có ngày nào do cơ quan thường trực ấn định."))
    return await _ask(asked, _CLEARING, is_set, {"due": None})


async def _ask(asked: Asked, change: Change, found: Sequence[Entry], details: Details) -> Answer:
    """The question; with several outputs or periods first which one."""
    groups = list(_groups(found).values())
    if len(groups) == 1:
        return Answer(message=await ask_for_yes(asked, change, found, details))
    proposal = await proposed(
        asked,
        change.command,
        alternatives=[[entry.id for entry in group] for group in groups],
        details=details,
    )
    plans = len({entry.plan_key for entry in found}) > 1
    rows = [
        (Choice(label=_label(group[0], with_plan=plans), action=f"pick:{proposal}:{index}"),)
        for index, group in enumerate(groups)
    ]
    stop = (Choice(label="Thôi", action=f"no:{proposal}", tone=Tone.NO),)
    return Answer(message=message(block(line(bold("Phần nào?")), *_lines(details)), choices=[*rows, stop]))


def _groups(found: Sequence[Entry]) -> dict[tuple[str, str, str], list[Entry]]:
    """The agencies' shares of each output and period."""
    groups: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in sorted(
        found, key=lambda one: (one.plan_key, code_key(one.code), one.order, one.agency_name)
    ):
        groups.setdefault((entry.plan_key, entry.code, entry.slot), []).append(entry)
    return groups


def _label(entry: Entry, *, with_plan: bool) -> str:
    product = None if entry.is_report else entry.product
    parts = (entry.plan_key if with_plan else None, entry.code, entry.period, due_words(entry), product)
    return shorten(" · ".join(part for part in parts if part), _LABEL_LIMIT)


def _lines(details: Details) -> list[Line]:
    if details["due"] is None:
        return [line("Bỏ ngày đã ấn định, trở về như kế hoạch.")]
    lines = [line("Hạn mới: ", bold(full_named_day(date.fromisoformat(details["due"]))))]
    return [*lines, *(line(details[name]) for name in ("off", "past") if details.get(name))]


def _about(_asked: Asked, found: Sequence[Entry]) -> list[Block]:
    """Each output and period once, with the agencies that owe it and the day that they have now."""
    blocks = []
    for group in _groups(found).values():
        days: dict[str, list[str]] = {}
        for entry in group:
            due = (due_words(entry) or "").replace("nộp chậm nhất", "hạn nộp")
            days.setdefault(f"đang có {due}" if due else "chưa có ngày", []).append(entry.agency_name)
        lines = [line(f"🏛 {joined(names)}: {words}") for words, names in days.items()]
        blocks.append(block(title_line(group[0]), line(what_words(group[0])), *lines))
    return blocks


async def _carry_out(asked: Asked, found: Sequence[Entry], proposal: ProposalRow) -> Answer:
    """Write the day for each agency that still owes it, have it looked at anew, and tell the agencies."""
    plans = await steered(asked)
    if any(entry.plan_key not in plans for entry in found):
        return Answer(message=_NO_LONGER_OFFICE, edits_tapped=True)
    kept = proposal.details["due"]
    day = date.fromisoformat(kept) if kept else None
    changed = [entry for entry in found if await _write(asked, entry, day, proposal)]
    if not changed:
        return Answer(message=done_before(found), edits_tapped=True)
    await asked.session.flush()
    now = await entries(asked.session, ids=[entry.id for entry in changed])
    office = await office_of(asked.session, changed[0].plan_key)
    headline = f"Ấn định hạn: {full_named_day(day)}" if day else "Bỏ ngày đã ấn định"
    reached = await tell_agencies(
        asked,
        now,
        lambda own: _note(asked, headline, own, changed, by_office(office)),
        key=f"setdue:{proposal.id}",
    )
    return Answer(
        message=message(
            block(line("✅ ", bold(f"Đã ấn định hạn {full_day(day)}." if day else "Đã bỏ ngày đã ấn định."))),
            *_about(asked, now),
            block(_who_heard(now, reached)),
            choices=[[Choice(label="Hoàn tác", action=f"undo:{proposal.id}", tone=Tone.NO)]],
        ),
        edits_tapped=True,
    )


async def _write(asked: Asked, entry: Entry, day: date | None, proposal: ProposalRow) -> bool:
    row = await open_row(asked.session, entry.id)
    if row is None:
        return False
    values = due_values(day, asked.timetable) if day else _as_planned(asked, row.plan_due)
    await write(
        asked.session,
        row,
        "setdue",
        {**values, "snoozed_until": None},
        actor=asked.actor,
        now=asked.now,
        proposal_id=proposal.id,
        subject=day.isoformat() if day else "",
    )
    look_anew(row, asked.timetable, asked.today)
    return True


def _as_planned(asked: Asked, planned: date | None) -> dict[str, date | int | None]:
    """The fields of an assignment that people have set no day for."""
    values = (
        {**due_values(planned, asked.timetable)}
        if planned
        else dict.fromkeys(("due", "remind_by", "late_after"))
    )
    return {**values, "set_due": None, "extensions": 0}


def _note(asked: Asked, headline: str, own: Sequence[Entry], before: Sequence[Entry], by: str) -> Message:
    former = {entry.id: due_words(entry) for entry in before}
    blocks = []
    for entry in own:
        lines = [line(f"🏛 {entry.agency_name}"), *entry_lines(entry, asked.today)]
        lines += [line(f"Trước đó: {former[entry.id]}")] if former.get(entry.id) else []
        blocks.append(block(*lines))
    return message(block(line("🗓 ", bold(headline))), *blocks, f"{by} ấn định.")


def _who_heard(found: Sequence[Entry], reached: frozenset[str]) -> str:
    unheard = [entry.agency_name for entry in found if entry.agency not in reached]
    if not unheard:
        return "Đã báo cho cơ quan chủ trì." if len(found) == 1 else "Đã báo cho các cơ quan chủ trì."
    return f"Chưa kết nối ở đây nên chưa nhận được tin: {joined(list(dict.fromkeys(unheard)))}."


async def _taken_back(asked: Asked, proposal: ProposalRow, opened: Sequence[Entry]) -> Answer | None:
    """The agencies had heard of the day: they hear that it is as before."""
    if not opened:
        return None
    office = await office_of(asked.session, opened[0].plan_key)
    headline = "Hạn trở lại như trước"
    await tell_agencies(
        asked,
        opened,
        lambda own: _note(asked, headline, own, (), by_office(office)),
        key=f"setdue:{proposal.id}:undo",
    )
    shown = message(block(line("↩️ ", bold("Đã hoàn tác, hạn trở lại như trước."))), *_about(asked, opened))
    return Answer(message=shown, edits_tapped=True)


CHANGE = Change(
    command=Command.SETDUE,
    question="Ấn định ngày cho việc này?",
    lines=_lines,
    carry_out=_carry_out,
    about=_about,
    after_undo=_taken_back,
)
_CLEARING = replace(CHANGE, question="Bỏ ngày đã ấn định?")
