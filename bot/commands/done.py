"""/done: say which assignment is done. Nothing changes before a yes: the answer is a question with a button."""

from collections.abc import Sequence
from datetime import timedelta

from bot.codes import read_details
from bot.commands.asked import Answer, Asked
from bot.commands.decide_done import submit, withdraw
from bot.commands.menu import Command
from bot.commands.proposing import (
    MOST_CHOICES,
    Change,
    Details,
    already_done,
    ask_for_yes,
    ask_which,
    done_before,
    named,
    written,
)
from bot.listing import done_command, due_words, periods_of, title_line
from bot.message import Line, Message, block, bold, line, message
from bot.wording import SEE_DUE
from plan.text import fold
from store.agenda import Entry, entries
from store.changes import mark_done
from store.tables import ProposalRow

_USUAL = timedelta(days=30)
_REPORT_WORDS = "bao cao"


async def done(asked: Asked) -> Answer:
    """Ask for a yes, or which of several; say so when it is done already or not theirs."""
    owed = await entries(asked.session, agencies=asked.agency_codes)
    if not asked.args:
        return Answer(message=_which_code(owed, asked))
    found, rest = _reports(asked.args, owed)
    if not found:
        meant = await named(asked, Command.DONE, owed)
        if meant.instead is not None:
            return meant.instead
        found, rest = list(meant.found), meant.rest
    # Of a single one the period needs no telling: "kế hoạch năm 2023" is then a note.
    details = read_details(
        rest,
        lambda period: any(
            period.covers(own) for e in found if len(found) > 1 or e.is_support for own in periods_of(e)
        ),
    )
    period = details.period
    if period is not None:
        found = [entry for entry in found if any(period.covers(own) for own in periods_of(entry))]
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=already_done(found))
    kept = {"document": details.document, "note": details.note}
    if len(still_open) == 1:
        return Answer(message=await ask_for_yes(asked, CHANGE, still_open, kept))
    return Answer(
        message=await ask_which(asked, CHANGE, still_open, kept, strange_period=details.strange_period)
    )


def _reports(args: str, owed: Sequence[Entry]) -> tuple[list[Entry], str]:
    words = args.split()
    if fold(" ".join(words[:2])) == _REPORT_WORDS:
        return [entry for entry in owed if entry.is_report], " ".join(words[2:])
    return [], ""


def _which_code(owed: Sequence[Entry], asked: Asked) -> Message:
    near = [
        entry
        for entry in owed
        if entry.is_open and entry.remind_by is not None and entry.remind_by <= asked.today + _USUAL
    ]
    lines = [
        block(title_line(entry), line(f"{due_words(entry)} · {done_command(entry)}"))
        for entry in near[:MOST_CHOICES]
    ]
    hint = "Anh/chị đã xong việc nào? Gõ mã việc, số văn bản nếu có, ví dụ: /done 2.6a 15/KH-UBND"
    return message(hint, *lines, choices=[[SEE_DUE]])


def _paper_lines(details: Details) -> list[Line]:
    """The document number and note that go with it."""
    document, note = details.get("document"), details.get("note")
    lines = [line("Số văn bản: ", bold(document) if document else "chưa ghi")]
    return [*lines, line(f"Ghi chú: {note}")] if note else lines


async def _carry_out(asked: Asked, found: Sequence[Entry], proposal: ProposalRow) -> Answer:
    """Close what was proposed; what someone closed before stays as they wrote it."""
    newly = [entry for entry in found if await _mark(asked, entry, proposal)]
    if not newly:
        return Answer(message=done_before(found), edits_tapped=True)
    headline = await submit(asked, newly) if asked.options.approves_done else "Đã ghi nhận xong."
    return written(CHANGE, proposal, headline, newly, found)


async def _mark(asked: Asked, entry: Entry, proposal: ProposalRow) -> bool:
    audit_id = await mark_done(
        asked.session,
        assignment_id=entry.id,
        document=proposal.details.get("document"),
        note=proposal.details.get("note"),
        actor=asked.actor,
        now=asked.now,
        proposal_id=proposal.id,
        submitted=asked.options.approves_done,
    )
    return audit_id is not None


async def _taken_back(asked: Asked, _proposal: ProposalRow, opened: Sequence[Entry]) -> None:
    await withdraw(asked, opened)


CHANGE = Change(
    command=Command.DONE,
    question="Ghi nhận đã xong?",
    lines=_paper_lines,
    carry_out=_carry_out,
    after_undo=_taken_back,
)
