"""A done that waits for its standing office's approval: how it gets there, and what the office's yes and no do."""

from collections.abc import Sequence
from datetime import date

from bot.commands.asked import Asked
from bot.commands.decision import (
    GONE,
    Decision,
    Outcome,
    entry_of_request,
    look_at_task,
    office_of_request,
    outcome_note,
    request_note,
)
from bot.commands.telling import by_office, tell_office, tell_outcome
from bot.days import read_leading_day
from bot.listing import due_words, entry_lines, status_line, title_line, what_words
from bot.message import Line, block, bold, line
from bot.wording import capitalised, full_day, full_named_day
from store import requests
from store.agenda import Entry, entries
from store.changes import due_values, look_anew, write
from store.lookup import office_of
from store.states import RequestKind, RequestState, State
from store.tables import AssignmentRow, RequestRow

_TAKEN_BACK = "rút lại"
_MOOT = "việc không còn chờ duyệt"
_REOPENED = {
    "state": State.OPEN,
    "done_at": None,
    "document": None,
    "document_date": None,
    "note": None,
}


async def submit(asked: Asked, newly: Sequence[Entry]) -> str:
    """Put what was just reported as done before the standing office of its plan; returns the headline for who did."""
    submitted = await entries(asked.session, ids=[entry.id for entry in newly])
    names, unheard = [], []
    for plan_key in dict.fromkeys(entry.plan_key for entry in submitted):
        office = await office_of(asked.session, plan_key)
        asking: list[tuple[RequestRow, Entry | None]] = []
        for entry in submitted:
            if entry.plan_key == plan_key:
                row = await requests.ask(
                    asked.session,
                    kind=RequestKind.DONE,
                    office=office.code,
                    actor=asked.actor,
                    now=asked.now,
                    assignment_id=entry.id,
                )
                asking.append((row, entry))
        note = request_note(asked, DECISION, asking)
        names.append(by_office(office))
        if not await tell_office(asked, office, note, key=f"request:{asking[0][0].id}:asked"):
            unheard.append(office.name)
    headline = f"Đã báo xong, chờ {'; '.join(dict.fromkeys(names))} duyệt."
    if unheard:
        headline += f" {'; '.join(dict.fromkeys(unheard))} chưa kết nối ở đây nên chưa nhận được tin."
    return headline


async def withdraw(asked: Asked, opened: Sequence[Entry]) -> None:
    """The done of these was taken back: nobody has to approve it any more."""
    for row in await requests.waiting_about(asked.session, RequestKind.DONE, [entry.id for entry in opened]):
        await requests.settle(
            asked.session,
            row,
            RequestState.WITHDRAWN,
            actor=asked.actor,
            now=asked.now,
            reason=_TAKEN_BACK,
        )


def _lines(asked: Asked, row: RequestRow, entry: Entry | None) -> list[Line]:
    lines = entry_of_request(entry)
    if entry is not None:
        due = due_words(entry)
        lines += [line(capitalised(due))] if due else []
        lines.append(status_line(entry, asked.today, tappable=False))
        lines += [line(f"Ghi chú: {entry.note}")] if entry.note else []
    return [*lines, line(f"Người gửi: {row.person_name}")]


async def _accept(asked: Asked, row: RequestRow, entry: Entry | None) -> Outcome:
    """It is done, as of the moment at which it was reported."""
    assignment = await _submitted(asked, row)
    if entry is None or assignment is None:
        return _moot(entry)
    await write(asked.session, assignment, "approve", {"state": State.DONE}, actor=asked.actor, now=asked.now)
    office = await office_of_request(asked, row)
    about = (title_line(entry), line(what_words(entry)))
    told = outcome_note(entry, "✅ Đã được duyệt.", about, f"{by_office(office)} đã duyệt.")
    return Outcome(
        blocks=(
            block(
                line("✅ ", bold("Đã duyệt.")),
                *entry_of_request(entry),
                await tell_outcome(asked, row.id, entry, told),
            ),
        ),
        state=RequestState.ACCEPTED,
    )


async def _refuse(asked: Asked, row: RequestRow, entry: Entry | None, typed: str) -> Outcome:
    """It is open again, on its own day or on the new one with which the words begin."""
    assignment = await _submitted(asked, row)
    if entry is None or assignment is None:
        return _moot(entry)
    reading = read_leading_day(typed, year=entry.plan_year)
    reason = reading.rest.strip(" ,;:.-") if reading.day else typed
    wrong = _what_is_wrong(row, reading.day, reading.unreal, reading.several, reason, asked.today)
    if wrong is not None:
        return Outcome(blocks=(block(wrong),), state=None)
    values = _REOPENED | (
        {**due_values(reading.day, asked.timetable), "snoozed_until": None} if reading.day else {}
    )
    await write(asked.session, assignment, "return", values, actor=asked.actor, now=asked.now, subject=reason)
    look_anew(assignment, asked.timetable, asked.today)
    await asked.session.flush()
    (opened,) = await entries(asked.session, ids=[entry.id])
    new_day = f"Hạn mới: {full_named_day(reading.day)}" if reading.day else ""
    decided = f"{by_office(await office_of_request(asked, row))} không duyệt. Lý do: {reason}"
    about = entry_lines(opened, asked.today)
    told = outcome_note(opened, "↩️ Bị trả lại, việc để mở.", about, decided, *filter(None, [new_day]))
    return Outcome(
        blocks=(
            block(line("↩️ ", bold("Đã trả lại, việc để mở."))),
            block(line(f"🏛 {entry.agency_name}"), *entry_lines(opened, asked.today, tappable=False)),
            block(
                f"Lý do: {reason}",
                *filter(None, [new_day]),
                await tell_outcome(asked, row.id, opened, told),
            ),
        ),
        state=RequestState.REFUSED,
        reason=reason,
    )


def _what_is_wrong(
    row: RequestRow,
    day: date | None,
    unreal: str | None,
    several: Sequence[str],
    reason: str,
    today: date,
) -> str | None:
    example = f"ví dụ: /refuse {row.id} 15/4 cần bổ sung văn bản"
    if unreal:
        return f"Không có ngày {unreal}. Chưa có gì thay đổi. Anh/chị xem lại ngày, {example}"
    if several:
        return f"Chưa rõ hạn mới là ngày nào: {' hay '.join(several)}. Anh/chị ghi ngày ở đầu, {example}"
    if day is not None and day <= today:
        return f"Hạn mới phải sau hôm nay; {full_day(day)} thì không. Chưa có gì thay đổi, {example}"
    if day is not None and not reason:
        return f"Anh/chị ghi thêm lý do trả lại, {example}"
    return None


async def _submitted(asked: Asked, row: RequestRow) -> AssignmentRow | None:
    if row.assignment_id is None:
        return None
    assignment = await asked.session.get_one(AssignmentRow, row.assignment_id, with_for_update=True)
    return assignment if assignment.state is State.SUBMITTED and not assignment.retired else None


def _moot(entry: Entry | None) -> Outcome:
    why = GONE if entry is None else f"{entry.code} của {entry.agency_name} không còn chờ duyệt."
    return Outcome(
        blocks=(block(f"{why} Đề nghị được khép lại."),), state=RequestState.WITHDRAWN, reason=_MOOT
    )


DECISION = Decision(
    words="duyệt việc đã báo xong",
    lines=_lines,
    look=look_at_task,
    accept=_accept,
    refuse=_refuse,
    reasons=("Thiếu số văn bản", "Chưa đúng sản phẩm", "Hồ sơ chưa đủ"),
    own_reason="lý do; kèm hạn mới nếu cần: 15/4 cần bổ sung văn bản",
)
