"""/history: what happened to an assignment, who did it, and when its agency was reminded."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.codes import read_code, shorten
from bot.commands.asked import Answer, Asked, overseen
from bot.commands.lists import known_codes, matching
from bot.commands.menu import Command
from bot.commands.not_ours import of_others
from bot.commands.one_agency import find_agency
from bot.commands.unknown import unknown_code
from bot.commands.which import Which, of_period
from bot.listing import (
    command_about,
    document_words,
    status_line,
    title_line,
    what_words,
)
from bot.message import Block, Line, Message, Span, block, bold, line, message
from bot.wording import capitalised, day_month, full_day
from plan.vietnam import local
from store.agenda import Entry, entries
from store.history import Event, History, history_of
from store.lookup import all_agencies
from store.states import State

_ECHO_LIMIT = 40


async def history(asked: Asked) -> Answer:
    """The history of one assignment; of several a list to choose from. Other agencies' only of plans that the chat
    oversees."""
    visible = await _visible(asked)
    reading = read_code(asked.args, known_codes(visible))
    if reading.code is None:
        others = await of_others(asked, reading.word or "") if asked.agencies else None
        return others or unknown_code(
            Command.HISTORY, reading.word, reading.rest, known_codes(visible).values()
        )
    meant = of_period(matching(visible, reading.code), reading.rest)
    found = await _of_agency(asked, meant)
    if not found:
        return Answer(
            message=message(
                f"Không thấy {reading.code} của “{shorten(meant.rest, _ECHO_LIMIT)}” trong những việc xem được ở đây.",
                block(line("Xem cả: ", command_about(Command.HISTORY, meant.found[0]))),
            )
        )
    if len({_command(entry, found) for entry in found}) > 1:
        return Answer(message=_choose(reading.code, found, meant.strange_period, asked.today), paged=True)
    return Answer(message=await _told(asked, found), paged=True)


async def _visible(asked: Asked) -> list[Entry]:
    plans = await overseen(asked)
    if not plans:
        return await entries(asked.session, agencies=asked.agency_codes)
    everyone = await entries(asked.session)
    return [entry for entry in everyone if entry.agency in asked.agency_codes or entry.plan_key in plans]


async def _of_agency(asked: Asked, meant: Which) -> list[Entry]:
    """Those of the agency that the rest of the words names; all of them when it names none."""
    found = list(meant.found)
    codes = {entry.agency for entry in found}
    if not meant.rest:
        return found
    agencies = await all_agencies(asked.session)
    named = find_agency(meant.rest, agencies)
    if named.agency is None:
        named = find_agency(meant.rest, [agency for agency in agencies if agency.code in codes])
    if named.agency is None:
        perhaps = {agency.code for agency in named.perhaps}
        likely = [entry for entry in found if entry.agency in perhaps]
        # Of one agency anything else that was typed is of no account.
        return likely or (found if len(codes) == 1 else [])
    return [entry for entry in found if entry.agency == named.agency.code]


def _command(entry: Entry, found: Sequence[Entry]) -> Span:
    """The command that asks for this one of those found."""
    several = len({one.agency for one in found}) > 1
    return command_about(Command.HISTORY, entry, *([entry.agency] if several else []))


def _choose(code: str, found: Sequence[Entry], strange_period: str | None, today: date) -> Message:
    agencies = len({entry.agency for entry in found})
    counts = [f"{sum(not e.is_open for e in found)}/{len(found)} đã xong"]
    late = sum(entry.is_open and entry.is_late(today) for entry in found)
    counts += [f"{late} quá hạn"] if late else []
    head = [line(bold(f"Lịch sử {code}: anh/chị muốn xem phần nào?"))]
    if strange_period:
        head.append(line(f"Không có kỳ “{strange_period}”."))
    of_whom = f"{agencies} cơ quan, " if agencies > 1 else ""
    head.append(line(f"{of_whom}{', '.join(counts)}."))
    blocks = []
    for entry in found:
        name = [entry.agency_name] if agencies > 1 else []
        what = " · ".join([*name, entry.code, *([entry.period] if entry.period else [])])
        status = status_line(entry, today, tappable=False)
        blocks.append(block(line(bold(what)), status, line(_command(entry, found))))
    return message(block(*head), *blocks)


async def _told(asked: Asked, found: Sequence[Entry]) -> Message:
    blocks: list[Block] = []
    own_only = {entry.agency for entry in found} <= set(asked.agency_codes) and len(asked.agencies) == 1
    for entry in found:
        agency = [] if own_only else [line(f"🏛 {entry.agency_name}")]
        past = await history_of(asked.session, entry.id)
        blocks.append(
            block(
                title_line(entry),
                *agency,
                line(what_words(entry)),
                status_line(entry, asked.today, tappable=False),
                *reminder_lines(past, entry.plan_year),
            )
        )
        blocks += [block(event_line(event)) for event in past.events]
        if not past.events:
            blocks.append(block("Chưa có ai ghi gì."))
    return message(*blocks)


def reminder_lines(past: History, year: int) -> list[Line]:
    """When its agency was reminded, and when in vain; `year` is the plan's."""
    lines = []
    if past.reminded:
        lines.append(line(f"🔔 Đã nhắc {_times(past.reminded, year)}"))
    else:
        lines.append(line("🔔 Chưa nhắc lần nào."))
    if past.not_delivered:
        lines.append(line(f"⚠️ Không gửi được {_times(past.not_delivered, year)} (không tính là đã nhắc)"))
    return lines


def _times(days: Sequence[date], year: int) -> str:
    return f"{len(days)} lần: {', '.join(day_month(day, year) for day in days)}"


def event_line(event: Event) -> Line:
    """When who did what."""
    when = f"{local(event.at):%d/%m/%Y %H:%M}"
    what = _words(event)
    undone = " (đã hoàn tác)" if event.undone else ""
    who = f"{event.person_name} " if event.person_name else ""
    return line(bold(when), f" · {who}{what}{undone}" if who else f" · {capitalised(what)}{undone}")


# Of these the subject is what a person said or sent with it.
_WORDS = {
    "extend_ask": "xin gia hạn đến {due}",
    "extend_accept": "đồng ý gia hạn đến {due}",
    "extend_refuse": "không đồng ý gia hạn đến {due}",
    "extend_withdraw": "rút lại đề nghị gia hạn",
    "approve": "duyệt",
    "return": "trả lại, việc để mở",
    "remind": "đôn đốc",
    "evidence": "gửi tệp hoặc ảnh kèm theo",
    "ask": "đề nghị cơ quan khác phối hợp",
    "ask_closed": "không cần phối hợp nữa",
}
_NAMES = {
    "done": "báo xong",
    "waive": "không phát sinh",
    "progress": "ghi tiến độ",
    "snooze": "hoãn nhắc",
    "setdue": "ấn định ngày",
    "ask": "đề nghị phối hợp",
}


def _words(event: Event) -> str:
    """What was done, in words; of what this version does not know no more than that something was."""
    after = event.after
    match event.action:
        case "done":
            waits = ", chờ duyệt" if after.get("state") == State.SUBMITTED else ""
            return _with_note(f"báo xong{_document(after)}{waits}", after.get("note"))
        case "waive":
            return _with_note("ghi nhận không phát sinh", after.get("note"))
        case "progress":
            percent = after.get("progress")
            said = f"ghi tiến độ {percent}%" if percent is not None else "ghi tiến độ"
            return _with_note(said, after.get("progress_note"))
        case "snooze":
            return f"hoãn nhắc đến {_day(after.get('snoozed_until'))}"
        case "setdue":
            return f"ấn định hạn {_day(after.get('due'))}" if after.get("due") else "bỏ hạn đã ấn định"
        case "plan":
            return _by_plan(after)
        case "undo":
            name = _NAMES.get(event.subject)
            return f"hoàn tác “{name}”" if name else "hoàn tác"
        case action:
            words = _WORDS.get(action)
            if words is None:
                return "cập nhật việc này"
            return _with_note(words.format(due=_day(after.get("due"))), event.subject)


def _by_plan(after: Mapping[str, Any]) -> str:
    if after.get("retired"):
        return "kế hoạch không còn việc này"
    return (
        f"theo kế hoạch, hạn là {_day(after['due'])}" if after.get("due") else "theo kế hoạch, không có hạn"
    )


def _document(after: Mapping[str, Any]) -> str:
    document, dated = after.get("document"), after.get("document_date")
    if not document:
        return ""
    return f", {document_words(document, date.fromisoformat(dated) if dated else None)}"


def _with_note(words: str, note: str | None) -> str:
    return f"{words}: {note}" if note else words


def _day(kept: object) -> str:
    """A kept day, written out; what else may be kept in its place is not made up into one."""
    try:
        return full_day(date.fromisoformat(str(kept)))
    except ValueError:
        return "(chưa rõ ngày)"
