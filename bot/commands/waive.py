"""/waive: nothing arose ("không phát sinh"), so nothing will be handed in."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.codes import note_of
from bot.commands.asked import Answer, Asked
from bot.commands.menu import Command
from bot.commands.proposing import (
    Change,
    Details,
    already_done,
    ask_for_yes,
    ask_which,
    done_before,
    written,
)
from bot.commands.which import which
from bot.listing import done_command
from bot.message import Line, Message, block, line, message
from bot.wording import day_month, joined
from plan.assignments import DutyKind
from plan.text import fold
from store.agenda import Entry, entries
from store.changes import open_row, write
from store.lookup import standing_offices
from store.states import State
from store.tables import ProposalRow

# "(nếu có)" at the end of what is to be handed in; "nếu có yêu cầu" is a condition of something else.
_IF_ANY = re.compile(r"\bneu co\b(?! \w)")
_LONGER = timedelta(days=30)


def can_be_waived(entry: Entry) -> bool:
    """Whether an agency may say that nothing arose: for what the paper asks for "nếu có" only, and for one period of what
    recurs. Reports are owed in any case."""
    if entry.kind in (DutyKind.REPORT, DutyKind.SUPPORT):
        return False
    return entry.slot != "" or _IF_ANY.search(fold(f"{entry.title}\n{entry.product}")) is not None


async def waive(asked: Asked) -> Answer:
    """Ask for a yes; without a reason ask for one; of what must be handed in say what to do instead."""
    owed = await entries(asked.session, agencies=asked.agency_codes)
    meant = await which(asked, Command.WAIVE, owed)
    if meant.instead is not None:
        return meant.instead
    if not meant.still_open:
        return Answer(message=already_done(meant.found))
    waivable = [entry for entry in meant.still_open if can_be_waived(entry)]
    if not waivable:
        return Answer(message=await _must_be_done(asked, meant.still_open[0]))
    reason = note_of(meant.rest)
    if reason is None:
        first = waivable[0]
        named = f"{first.code} {first.period}".strip()
        return Answer(
            message=message(
                f"Anh/chị ghi lý do không phát sinh sau mã việc giúp, ví dụ: /waive {named} không có hồ sơ"
            )
        )
    kept = {"reason": reason}
    if len(waivable) == 1:
        return Answer(message=await ask_for_yes(asked, CHANGE, waivable, kept))
    return Answer(message=await ask_which(asked, CHANGE, waivable, kept, strange_period=meant.strange_period))


async def _must_be_done(asked: Asked, entry: Entry) -> Message:
    if entry.is_report:
        why = "Báo cáo định kỳ thì kỳ nào cũng phải nộp, kể cả khi không có gì mới, nên không ghi “không phát sinh” được."
        return message(why, *_extend_hint(entry))
    if entry.kind is DutyKind.SUPPORT:
        return message(
            f"Phần phối hợp của {entry.code} do cơ quan chủ trì đề nghị, nên không ghi “không phát sinh” được.",
            block(line("Nếu không có gì để gửi, anh/chị báo xong kèm ghi chú: ", done_command(entry))),
        )
    offices = joined(await standing_offices(asked.session)) or "cơ quan thường trực"
    return message(
        f"{entry.code} là việc phải có sản phẩm theo kế hoạch (không ghi “nếu có”, không chia kỳ), nên không ghi "
        "“không phát sinh” được.",
        *_extend_hint(entry),
        f"Nếu thực tế không còn phải làm, anh/chị trao đổi với {offices} giúp.",
    )


def _extend_hint(entry: Entry) -> list[str]:
    if entry.due is None:
        return []
    later = day_month(entry.due + _LONGER)
    named = f"{entry.code} {entry.period}".strip()
    return [f"Cần thêm thời gian thì xin gia hạn, ví dụ: /extend {named} {later} chờ văn bản"]


def _lines(details: Details) -> list[Line]:
    return [line(f"Lý do: {details['reason']}")]


async def _carry_out(asked: Asked, found: Sequence[Entry], proposal: ProposalRow) -> Answer:
    """Close what was proposed as not arisen; what someone closed before stays as they wrote it."""
    newly = [entry for entry in found if await _write(asked, entry, proposal)]
    if not newly:
        return Answer(message=done_before(found), edits_tapped=True)
    return written(CHANGE, proposal, "Đã ghi nhận không phát sinh.", newly, found)


async def _write(asked: Asked, entry: Entry, proposal: ProposalRow) -> bool:
    row = await open_row(asked.session, entry.id)
    if row is None:
        return False
    await write(
        asked.session,
        row,
        "waive",
        {"state": State.WAIVED, "done_at": asked.now, "note": proposal.details["reason"]},
        actor=asked.actor,
        now=asked.now,
        proposal_id=proposal.id,
    )
    return True


CHANGE = Change(
    command=Command.WAIVE, question="Ghi nhận không phát sinh?", lines=_lines, carry_out=_carry_out
)
