"""/extend: ask the standing office for a later due day, with a reason. The day in force stays until it agrees."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.codes import NOTE_LIMIT, clean
from bot.commands import decide_extension
from bot.commands.asked import Answer, Asked
from bot.commands.decision import request_note
from bot.commands.lists import reports_by_code
from bot.commands.menu import Command
from bot.commands.proposing import (
    Change,
    Details,
    already_done,
    ask_for_yes,
    ask_which,
    done_before,
    named,
    written,
)
from bot.commands.telling import by_office, tell_office
from bot.days import DayReading, read_day
from bot.listing import day_off_words, due_words, periods_of
from bot.message import Block, Line, block, bold, line, message
from bot.periods import periods_in
from bot.wording import SEE_DUE, full_day, full_named_day
from plan.milestones import DueDates
from store import requests
from store.agenda import Entry, entries
from store.changes import audit_event, open_row
from store.lookup import office_of
from store.states import RequestKind, RequestState
from store.tables import AgencyRow, ProposalRow, RequestRow

MOST_YEARS_AHEAD = 5
_EDGE = " ,;:.-–—"
_EXAMPLE = "ví dụ: /extend 2.6a 30/6 chờ văn bản"
_OPENING = re.compile(
    r"(?:(?:xin|đề nghị|gia hạn|lùi hạn|thêm|với|vì|bởi|do|lý do|lí do|là|xin|de nghi|gia han|lui han|voi|vi|ly do)"
    r"(?=[\s,;:]|$)[\s,;:]*)+",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"(?:[\s,;:]+(?:nên|xin|đề nghị|được|gia hạn|lùi hạn|lùi|nen|de nghi|gia han|lui han|lui))+$",
    re.IGNORECASE,
)


async def extend(asked: Asked) -> Answer:
    """Ask for a yes to the asking, or say what is missing."""
    if not asked.args:
        return _hint(f"Anh/chị xin gia hạn việc nào, đến ngày nào, vì sao? Gõ, {_EXAMPLE}")
    owed = await entries(asked.session, agencies=asked.agency_codes)
    meant = await named(replace(asked, args=reports_by_code(asked.args, owed)), Command.EXTEND, owed)
    if meant.instead is not None:
        return meant.instead
    reading = read_day(meant.rest, year=meant.found[0].plan_year)
    found, rest = _of_period(meant.found, reading.rest)
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=already_done(found))
    reason = _reason(rest)
    wrong = _what_is_wrong(asked, still_open, reading, reason)
    if reading.day is None or wrong is not None:
        return _hint(wrong or "")
    later = [entry for entry in still_open if _why_not(entry, reading.day, asked.today) is None]
    details = _details(asked, reading.day, reason)
    if len(later) > 1:
        return Answer(message=await ask_which(asked, CHANGE, later, details))
    waiting = await requests.waiting_about(asked.session, RequestKind.EXTENSION, [later[0].id])
    if waiting:
        details["replaces"] = decide_extension.asked_day(waiting[0]).isoformat()
    return Answer(message=await ask_for_yes(asked, CHANGE, later, details))


def _hint(words: str) -> Answer:
    return Answer(message=message(words, choices=[[SEE_DUE]]))


def _of_period(found: Sequence[Entry], rest: str) -> tuple[list[Entry], str]:
    """Of several periods the one that was typed; at the beginning of the words it is no part of the reason."""
    if len(found) > 1:
        for period, start, end in periods_in(rest):
            own = [entry for entry in found if any(period.covers(known) for known in periods_of(entry))]
            if own:
                at_edge = not rest[:start].strip(_EDGE)
                return own, rest[end:] if at_edge else rest
    return list(found), rest


def _reason(rest: str) -> str:
    """The words without those that only lead to them."""
    words = _ENDING.sub("", rest.strip(_EDGE))
    return clean(_OPENING.sub("", words, count=1) if _OPENING.match(words) else words, NOTE_LIMIT).strip(
        _EDGE
    )


def _what_is_wrong(asked: Asked, found: Sequence[Entry], reading: DayReading, reason: str) -> str | None:
    code = found[0].code
    if all(entry.due is None for entry in found):
        return f"{code} chưa có ngày nên chưa cần xin gia hạn."
    if reading.unreal:
        return f"Không có ngày {reading.unreal}. Anh/chị xem lại ngày rồi gõ lại, {_EXAMPLE}"
    if reading.several:
        days = " hay ".join(reading.several)
        return f"Chưa rõ xin đến ngày nào: {days}. Anh/chị ghi chữ “đến” trước ngày, ví dụ: đến 30/6"
    if reading.day is None:
        return f"Anh/chị xin gia hạn {code} đến ngày nào? Gõ cả ngày và lý do, {_EXAMPLE}"
    problems = [_why_not(entry, reading.day, asked.today) for entry in found]
    if all(problems):
        return f"{problems[0]}{'' if reading.year_typed else _other_year(found[0], reading.day)}"
    if not reason:
        typed = f"/extend {code} {full_day(reading.day)} chờ văn bản của Trung ương"
        return f"Anh/chị ghi thêm lý do xin gia hạn, ví dụ: {typed}"
    return None


def _why_not(entry: Entry, day: date, today: date) -> str | None:
    """Why that day is no later day for it."""
    if entry.due is None:
        return f"{entry.code} chưa có ngày nên chưa cần xin gia hạn."
    if day <= entry.due:
        return f"Ngày xin gia hạn phải sau hạn hiện nay ({full_day(entry.due)}); {full_day(day)} thì không."
    if day <= today:
        return f"Ngày xin gia hạn phải sau hôm nay; {full_day(day)} đã qua hoặc là hôm nay."
    if day.year > entry.plan_year + MOST_YEARS_AHEAD:
        return f"Ngày {full_day(day)} xa quá. Anh/chị xem lại năm giúp."
    return None


def _other_year(entry: Entry, day: date) -> str:
    return f" Nếu là năm khác, anh/chị ghi cả năm: {day.day}/{day.month}/{entry.plan_year + 1}"


def _details(asked: Asked, day: date, reason: str) -> dict[str, str | None]:
    off = day_off_words(DueDates.of(day, asked.timetable.calendar))
    return {"due": day.isoformat(), "reason": reason, "off": off}


def _lines(details: Details) -> list[Line]:
    lines = [line("Xin đến: ", bold(full_named_day(date.fromisoformat(details["due"]))))]
    lines += [line(details["off"])] if details.get("off") else []
    lines.append(line(f"Lý do: {details['reason']}"))
    if details.get("replaces"):
        former = full_day(date.fromisoformat(details["replaces"]))
        lines.append(line(f"Thay cho đề nghị đang chờ (xin đến {former})."))
    return lines


async def _carry_out(asked: Asked, found: Sequence[Entry], proposal: ProposalRow) -> Answer:
    """Put it before the standing office; a request that still waits gives way to the new one."""
    day = date.fromisoformat(proposal.details["due"])
    still_open = [entry.id for entry in found if await open_row(asked.session, entry.id) is not None]
    if not still_open:
        return Answer(message=done_before(found), edits_tapped=True)
    # Read again: another process may have moved a day before the lock.
    problems = {
        entry: _why_not(entry, day, asked.today) for entry in await entries(asked.session, ids=still_open)
    }
    newly = [entry for entry, problem in problems.items() if problem is None]
    if not newly:
        return Answer(message=message(next(filter(None, problems.values()))), edits_tapped=True)
    asking = [(await _ask(asked, entry, proposal), entry) for entry in newly]
    office = await office_of(asked.session, newly[0].plan_key)
    note = request_note(asked, decide_extension.DECISION, asking)
    heard = await tell_office(asked, office, note, key=f"request:{asking[0][0].id}:asked")
    answer = written(CHANGE, proposal, "Đã gửi đề nghị gia hạn.", newly, newly)
    shown = replace(
        answer.message, blocks=(*answer.message.blocks, _what_follows(office, newly, heard=heard))
    )
    return replace(answer, message=shown)


async def _ask(asked: Asked, entry: Entry, proposal: ProposalRow) -> RequestRow:
    details = {key: proposal.details[key] for key in ("due", "reason")}
    office = await office_of(asked.session, entry.plan_key)
    former = await requests.waiting_about(asked.session, RequestKind.EXTENSION, [entry.id])
    row = await requests.ask(
        asked.session,
        kind=RequestKind.EXTENSION,
        office=office.code,
        actor=asked.actor,
        now=asked.now,
        details={**details, "proposal": proposal.id},
        assignment_id=entry.id,
    )
    for earlier in former:
        await _withdraw(asked, earlier, f"thay bằng đề nghị {row.id}")
    await audit_event(
        asked.session,
        "extend_ask",
        actor=asked.actor,
        now=asked.now,
        subject=details["reason"],
        assignment_id=entry.id,
        after=details,
    )
    return row


async def _withdraw(asked: Asked, row: RequestRow, reason: str) -> None:
    await requests.settle(
        asked.session, row, RequestState.WITHDRAWN, actor=asked.actor, now=asked.now, reason=reason
    )


def _what_follows(office: AgencyRow, newly: Sequence[Entry], *, heard: bool) -> Block:
    stays = (
        f"Trong lúc chờ, {due_words(newly[0])} giữ nguyên."
        if len(newly) == 1
        else "Trong lúc chờ, hạn giữ nguyên."
    )
    if heard:
        return block(f"{by_office(office)} sẽ trả lời; kết quả báo ở đây.", stays)
    return block(
        f"{by_office(office)} chưa kết nối ở đây nên chưa nhận được tin: đề nghị được giữ lại, khi kết nối sẽ thấy.",
        "Cần gấp thì anh/chị báo thêm bằng cách khác.",
        stays,
    )


async def _taken_back(asked: Asked, proposal: ProposalRow, _opened: Sequence[Entry]) -> Answer | None:
    """Who asked takes it back, as long as nobody has decided."""
    asked_for = sorted(proposal.assignment_ids)
    for assignment_id in asked_for:
        await open_row(asked.session, assignment_id)
    found = [
        row
        for row in await requests.waiting_about(asked.session, RequestKind.EXTENSION, asked_for)
        if row.details.get("proposal") == proposal.id
    ]
    if not found:
        return Answer(message=message("Không rút lại được nữa: đề nghị này đã được trả lời hoặc đã rút."))
    for row in found:
        await _withdraw(asked, row, "rút lại")
        await audit_event(
            asked.session,
            "extend_withdraw",
            actor=asked.actor,
            now=asked.now,
            assignment_id=row.assignment_id,
        )
    return Answer(message=message("↩️ Đã rút lại đề nghị gia hạn."), edits_tapped=True)


CHANGE = Change(
    command=Command.EXTEND,
    question="Xin gia hạn việc này?",
    lines=_lines,
    carry_out=_carry_out,
    after_undo=_taken_back,
)
