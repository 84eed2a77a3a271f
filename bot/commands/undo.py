"""/undo: take back the last change made in this chat, or the last one of an assignment. It is shown before it happens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.codes import read_code, read_details
from bot.commands.asked import Answer, Asked, steered
from bot.commands.lists import known_codes, matching
from bot.commands.menu import Command
from bot.commands.not_ours import of_others
from bot.commands.proposing import Change, ask_for_yes
from bot.commands.taking_back import approved, take_back_changes
from bot.commands.unknown import unknown_code
from bot.listing import periods_of
from bot.message import Line, Message, bold, line, message
from bot.wording import SEE_DUE, full_day
from plan.vietnam import local
from store.agenda import Entry, entries
from store.changes import UNDO_WINDOW, last_undoable
from store.requests import waiting_about
from store.states import RequestKind
from store.tables import AuditRow, ProposalRow, RequestRow

# What was done, and what undoing it means, by the action in the audit table.
_DEEDS = {
    "done": "Ghi nhận đã xong",
    "waive": "Ghi nhận không phát sinh",
    "progress": "Ghi tiến độ",
    "snooze": "Hoãn nhắc",
    "setdue": "Ấn định ngày",
    "ask": "Đề nghị phối hợp",
}


async def undo(asked: Asked) -> Answer:
    """Show the last change of this chat that can be taken back, and ask for a yes."""
    mine = await _changeable(asked)
    code = None
    if asked.args:
        known = known_codes(mine)
        reading = read_code(asked.args, known)
        if reading.code is None:
            others = await of_others(asked, reading.word or "")
            return others or unknown_code(Command.UNDO, reading.word, reading.rest, known.values())
        code = reading.code
        mine = _of_period(matching(mine, code), reading.rest)
    ids = {entry.id for entry in mine}
    last = await last_undoable(asked.session, chat_id=asked.chat.id, now=asked.now, assignment_ids=ids)
    behind = await _last_asked(asked, mine, since=last[0].at if last else None)
    if behind is not None:
        row, proposal = behind
        found = [entry for entry in mine if entry.id in proposal.assignment_ids]
        deed = _deed_words("Xin gia hạn", row.asked_at)
        return Answer(
            message=await ask_for_yes(
                asked, CHANGE, found, {"entries": [], "proposal": proposal.id, "deed": deed}
            )
        )
    if not last:
        said = await approved(asked, list(ids)) if code else None
        return Answer(message=said or _nothing(code))
    changed = {row.assignment_id for row in last}
    found = [entry for entry in mine if entry.id in changed]
    details = {"entries": [row.id for row in last], "deed": _deed(last[0])}
    return Answer(message=await ask_for_yes(asked, CHANGE, found, details))


async def _last_asked(
    asked: Asked, mine: Sequence[Entry], *, since: datetime | None
) -> tuple[RequestRow, ProposalRow] | None:
    """What this chat asked for last and nobody has decided, if that is later than its last change."""
    rows = await waiting_about(
        asked.session, RequestKind.EXTENSION, [entry.id for entry in mine if entry.is_open]
    )
    own = [row for row in rows if row.chat_id == asked.chat.id and (since is None or row.asked_at > since)]
    if not own:
        return None
    proposal = await asked.session.get(ProposalRow, own[-1].details.get("proposal", 0))
    return (own[-1], proposal) if proposal is not None else None


async def _changeable(asked: Asked) -> list[Entry]:
    """What this chat may change: its agencies' assignments, and those of the plans that it steers."""
    plans = await steered(asked)
    if not plans:
        return await entries(asked.session, agencies=asked.agency_codes)
    everything = await entries(asked.session)
    return [e for e in everything if e.plan_key in plans or e.agency in asked.agency_codes]


def _of_period(found: Sequence[Entry], rest: str) -> list[Entry]:
    period = read_details(
        rest, lambda named: any(named.covers(own) for entry in found for own in periods_of(entry))
    ).period
    if period is None:
        return list(found)
    return [entry for entry in found if any(period.covers(own) for own in periods_of(entry))]


def _nothing(code: str | None) -> Message:
    what = f"{code} không có" if code else "Không có"
    return message(
        f"{what} lần ghi nào ở đây hoàn tác được: chỉ hoàn tác được trong {UNDO_WINDOW.days} ngày, "
        "khi chưa ai ghi khác sau đó.",
        choices=[[SEE_DUE]],
    )


def _deed(row: AuditRow) -> str:
    """ "Ghi nhận đã xong lúc 07:30 13/03/2023", in the time of Vietnam and by nobody's name."""
    return _deed_words(_DEEDS.get(row.action, "Thay đổi"), row.at)


def _deed_words(deed: str, at: datetime) -> str:
    there = local(at)
    return f"{deed} lúc {there:%H:%M} {full_day(there.date())}"


def _lines(details: Any) -> list[Line]:
    return [line("Hoàn tác: ", bold(details["deed"]))]


async def _carry_out(asked: Asked, _: Sequence[Entry], proposal: ProposalRow) -> Answer:
    ids = proposal.details["entries"]
    if not ids:
        return await take_back_changes(
            asked, [], await asked.session.get(ProposalRow, proposal.details["proposal"])
        )
    first = await asked.session.get_one(AuditRow, ids[0])
    behind = await asked.session.get(ProposalRow, first.proposal_id) if first.proposal_id else None
    return await take_back_changes(asked, ids, behind)


CHANGE = Change(command=Command.UNDO, question="Hoàn tác lần ghi này?", lines=_lines, carry_out=_carry_out)
