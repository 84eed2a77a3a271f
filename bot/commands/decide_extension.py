"""An agency asks for a later due day: what its standing office reads, and what its yes and its no do."""

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
)
from bot.commands.telling import by_office, tell_outcome
from bot.listing import day_off_words, entry_lines, status_line
from bot.message import Line, block, bold, line
from bot.wording import full_day, full_named_day
from plan.milestones import DueDates
from store import requests
from store.agenda import Entry, entries
from store.changes import audit_event, due_values, look_anew, open_row, write
from store.states import RequestKind, RequestState
from store.tables import AssignmentRow, RequestRow

_MOOT = "việc không còn để mở"


def asked_day(row: RequestRow) -> date:
    """The day that was asked for."""
    return date.fromisoformat(row.details["due"])


def _lines(asked: Asked, row: RequestRow, entry: Entry | None) -> list[Line]:
    day = asked_day(row)
    lines = entry_of_request(entry)
    if entry is not None:
        lines.append(status_line(entry, asked.today, tappable=False))
    lines.append(line("Xin đến: ", bold(full_named_day(day))))
    off = day_off_words(DueDates.of(day, asked.timetable.calendar))
    lines += [line(off)] if off else []
    lines.append(line(f"Lý do: {row.details['reason']}"))
    if entry is not None:
        lines.append(
            line(f"Đã gia hạn {entry.extensions} lần" if entry.extensions else "Chưa gia hạn lần nào")
        )
    return [*lines, line(f"Người gửi: {row.person_name}")]


async def _accept(asked: Asked, row: RequestRow, entry: Entry | None) -> Outcome:
    """The asked day becomes the due day and milestones start anew; the plan's own day stays on record."""
    assignment = await _still_open(asked, row)
    if entry is None or assignment is None:
        return _moot(entry)
    day = asked_day(row)
    if day <= asked.today or (assignment.due is not None and day <= assignment.due):
        return Outcome(blocks=(block(*_too_late(asked, row, entry, day)),), state=None)
    values = {
        **due_values(day, asked.timetable),
        "extensions": assignment.extensions + 1,
        "snoozed_until": None,
    }
    await write(
        asked.session,
        assignment,
        "extend_accept",
        values,
        actor=asked.actor,
        now=asked.now,
        subject=row.details["reason"],
    )
    look_anew(assignment, asked.timetable, asked.today)
    await asked.session.flush()
    (extended,) = await entries(asked.session, ids=[entry.id])
    office = await office_of_request(asked, row)
    headline, about = f"✅ Được gia hạn đến {full_day(day)}.", entry_lines(extended, asked.today)
    told = outcome_note(extended, headline, about, f"{by_office(office)} đồng ý.")
    return Outcome(
        blocks=(
            block(line("✅ ", bold(f"Đã đồng ý gia hạn đến {full_day(day)}."))),
            block(line(f"🏛 {entry.agency_name}"), *entry_lines(extended, asked.today, tappable=False)),
            block(await tell_outcome(asked, row.id, extended, told)),
        ),
        state=RequestState.ACCEPTED,
    )


async def _refuse(asked: Asked, row: RequestRow, entry: Entry | None, reason: str) -> Outcome:
    """The due day stays."""
    if entry is None or await _still_open(asked, row) is None:
        return _moot(entry)
    await audit_event(
        asked.session,
        "extend_refuse",
        actor=asked.actor,
        now=asked.now,
        subject=reason,
        assignment_id=entry.id,
        after={"due": row.details["due"], "reason": reason},
    )
    office = await office_of_request(asked, row)
    headline = f"❌ Chưa được gia hạn đến {full_day(asked_day(row))}."
    decided = f"{by_office(office)} không đồng ý. Lý do: {reason}"
    told = outcome_note(entry, headline, entry_lines(entry, asked.today), decided)
    return Outcome(
        blocks=(
            block(line(bold(f"Đã từ chối gia hạn đến {full_day(asked_day(row))}."))),
            block(line(f"🏛 {entry.agency_name}"), *entry_lines(entry, asked.today, tappable=False)),
            block(f"Lý do: {reason}", await tell_outcome(asked, row.id, entry, told)),
        ),
        state=RequestState.REFUSED,
        reason=reason,
    )


async def close_needless(asked: Asked, before: Sequence[Entry]) -> None:
    """What has just been closed needs no later day any more: nobody has to decide about it."""
    was_open = [entry.id for entry in before if entry.is_open]
    closed = [entry.id for entry in await entries(asked.session, ids=was_open) if not entry.is_open]
    for row in await requests.waiting_about(asked.session, RequestKind.EXTENSION, closed):
        await requests.settle(
            asked.session, row, RequestState.WITHDRAWN, actor=asked.actor, now=asked.now, reason=_MOOT
        )


async def _still_open(asked: Asked, row: RequestRow) -> AssignmentRow | None:
    return await open_row(asked.session, row.assignment_id) if row.assignment_id is not None else None


def _moot(entry: Entry | None) -> Outcome:
    why = GONE if entry is None else f"{entry.code} của {entry.agency_name} không còn để mở."
    return Outcome(
        blocks=(block(f"{why} Đề nghị gia hạn được khép lại."),), state=RequestState.WITHDRAWN, reason=_MOOT
    )


def _too_late(asked: Asked, row: RequestRow, entry: Entry, day: date) -> Sequence[str | Line]:
    passed = (
        f"Ngày xin {full_day(day)} đã qua"
        if day <= asked.today
        else f"Hạn hiện nay không còn sớm hơn ngày xin {full_day(day)}"
    )
    return (
        f"{passed}, nên không đồng ý đề nghị {row.id} được nữa.",
        f"Anh/chị ấn định ngày khác: /setdue {entry.code} {entry.agency} ngày/tháng",
        f"hoặc từ chối: /refuse {row.id} đã quá ngày xin",
    )


DECISION = Decision(
    words="xin gia hạn",
    lines=_lines,
    look=look_at_task,
    accept=_accept,
    refuse=_refuse,
    reasons=("Chưa đủ căn cứ gia hạn", "Cần xong đúng hạn", "Ngày xin xa quá"),
    own_reason="lý do",
)
