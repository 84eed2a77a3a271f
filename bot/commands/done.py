"""/done: say which assignments are done. Nothing changes before a yes: the answer is a question."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.codes import Details as Read
from bot.codes import read_codes, shorten
from bot.commands.asked import Answer, Asked
from bot.commands.decide_done import submit, withdraw
from bot.commands.done_which import (
    MOST_CODES,
    TOO_MANY,
    Several,
    by_period,
    covered,
    of_codes,
    read_beside,
    say_unclear,
    say_unknown,
    say_wrong_day,
)
from bot.commands.evidence import NOT_KEPT_HERE, add_to, attach, file_details, file_lines, refused_files
from bot.commands.files_sent import take_along
from bot.commands.lists import known_codes, matching
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
    proposed,
    written,
)
from bot.courtesy import is_courtesy
from bot.listing import (
    done_choice,
    done_command,
    due_words,
    on_time_words,
    status_line,
    title_line,
    typed_name,
)
from bot.message import Block, Choice, Line, Message, Tone, block, bold, line, message
from bot.wording import SEE_DUE, capitalised, full_day
from plan.vietnam import day_of
from store.agenda import Entry, entries
from store.changes import mark_done
from store.tables import ProposalRow

_USUAL = timedelta(days=30)
_LABEL_LIMIT = 60


async def done(asked: Asked) -> Answer:
    """Ask for a yes, or which of several; say so when it is done already or not theirs. A file, a date or a code that will
    not do stops it all."""
    refused = refused_files(asked.files)
    if refused is not None:
        return Answer(message=refused)
    owed = await entries(asked.session, agencies=asked.agency_codes)
    if is_courtesy(asked.args):
        return Answer(message=_which_code(owed, asked))
    reading = read_codes(asked.args, known_codes(owed))
    if len(reading.codes) + len(reading.strange) > MOST_CODES:
        return Answer(message=TOO_MANY)
    if len(reading.codes) + len(reading.strange) > 1:
        return Answer(message=await _of_several(asked, of_codes(asked, owed, reading), reading.strange))
    if reading.codes:
        found = matching(owed, reading.codes[0])
        return await _of_one(asked, found, read_beside(asked, found, reading.rest))
    if not reading.strange:
        of_period = by_period(asked, owed)
        if of_period.read is not None:
            return await _of_one(asked, of_period.found, of_period.read)
        if of_period.instead is not None:
            return Answer(message=of_period.instead)
    meant = await named(asked, Command.DONE, owed)
    return meant.instead or await _of_one(asked, meant.found, read_beside(asked, meant.found, meant.rest))


async def _of_one(asked: Asked, found: Sequence[Entry], read: Read) -> Answer:
    """What one code or one period names."""
    if read.day_fault is not None:
        return Answer(message=say_wrong_day(asked, read, found))
    if read.period is not None:
        found = covered(found, read.period)
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=await _closed(asked, found))
    kept = await _kept(asked, read)
    if len(still_open) == 1:
        question = await ask_for_yes(asked, CHANGE, still_open, kept)
    else:
        question = await ask_which(asked, CHANGE, still_open, kept, strange_period=read.strange_period)
    return Answer(message=_with_hint(question, asked, still_open, read))


async def _closed(asked: Asked, found: Sequence[Entry]) -> Message:
    """What is done already, which a file may still be added to."""
    said = already_done(found)
    if not asked.files:
        return said
    of_files = f"📎 {await add_to(asked, found, asked.files)}" if len(found) == 1 else NOT_KEPT_HERE
    return Message(blocks=(*said.blocks, block(of_files)))


async def _of_several(asked: Asked, several: Several, strange: Sequence[str]) -> Message:
    """What several codes name: one question for all, or none while one of them is unknown or unclear."""
    read, chosen = several.read, several.chosen
    if strange and not chosen and not several.unclear:
        return await say_unknown(asked, strange)
    if read.day_fault is not None:
        return say_wrong_day(asked, read, [*chosen, *several.closed, *sum(several.unclear.values(), ())])
    if several.unclear:
        unclear = say_unclear(several.unclear)
        unknown = (await say_unknown(asked, strange)).blocks if strange else ()
        return replace(unclear, blocks=(*unknown, *unclear.blocks))
    if strange:
        return await _without_the_strange(asked, await say_unknown(asked, strange), chosen, read)
    if not chosen:
        return already_done(several.closed)
    question = _with_hint(
        await ask_for_yes(asked, CHANGE, chosen, await _kept(asked, read)), asked, chosen, read
    )
    if not several.closed:
        return question
    earlier = block("Đã ghi nhận từ trước:", *(title_line(entry) for entry in several.closed))
    return replace(question, blocks=(*question.blocks, earlier))


async def _without_the_strange(asked: Asked, said: Message, chosen: Sequence[Entry], read: Read) -> Message:
    """Offer what is left of a list when a code of it is not theirs."""
    proposal = await proposed(
        asked,
        Command.DONE,
        alternatives=[[entry.id for entry in chosen]],
        details=await _kept(asked, read),
    )
    label = shorten(f"Chỉ ghi {', '.join(entry.code for entry in chosen)}", _LABEL_LIMIT)
    rest = Choice(label=label, action=f"pick:{proposal}:0")
    stop = Choice(label="Thôi", action=f"no:{proposal}", tone=Tone.NO)
    return replace(said, choices=((rest,), (stop,)))


async def _kept(asked: Asked, read: Read) -> dict[str, Any]:
    """What a yes needs to know, as plain JSON."""
    dated = read.dated.isoformat() if read.dated else None
    files = file_details(asked) or await take_along(asked)
    return {"document": read.document, "document_date": dated, "note": read.note, **files}


def _dated(details: Details) -> date | None:
    written_as = details.get("document_date")
    return date.fromisoformat(written_as) if written_as else None


def _with_hint(question: Message, asked: Asked, found: Sequence[Entry], read: Read) -> Message:
    """How to name the document's date where it may be missing: it decides whether the work was on time."""
    hint: Block | None = None
    late = next((entry for entry in found if entry.is_late(asked.today)), None)
    if read.loose_day and read.dated is None:
        hint = block(
            f"Ngày {read.loose_day} đang là ghi chú. Nếu là ngày văn bản, anh/chị gõ ngay sau số văn bản giúp."
        )
    elif late is not None and late.late_after is not None and read.dated is None:
        number, day = read.document or "15/KH-UBND", full_day(late.late_after)
        hint = block(f"Văn bản ký trong hạn? Gõ cả ngày ký, ví dụ: /done {typed_name(late)} {number} {day}")
    return replace(question, blocks=(*question.blocks, hint)) if hint else question


def _which_code(owed: Sequence[Entry], asked: Asked) -> Message:
    near = [
        entry
        for entry in owed
        if entry.is_open and entry.remind_by is not None and entry.remind_by <= asked.today + _USUAL
    ]
    lines = [
        block(
            title_line(entry),
            line(f"{due_words(entry)} · ", done_command(entry)),
            choices=[choice] if (choice := done_choice(entry)) is not None else [],
        )
        for entry in near[:MOST_CHOICES]
    ]
    hint = "Anh/chị đã xong việc nào? Gõ mã việc, số và ngày văn bản nếu có, ví dụ: /done 2.6a 15/KH-UBND 20/02/2023"
    files = [NOT_KEPT_HERE] if asked.files else []
    return message(hint, *lines, *files, choices=[[SEE_DUE]])


def _paper_lines(details: Details) -> list[Line]:
    """The document's number and date, the note and the files that go with it."""
    document, dated, note = details.get("document"), _dated(details), details.get("note")
    lines = [line("Số văn bản: ", bold(document) if document else "chưa ghi")]
    if dated is not None:
        lines.append(line("Ngày văn bản: ", bold(full_day(dated))))
    if note:
        lines.append(line(f"Ghi chú: {note}"))
    return [*lines, *file_lines(details)]


def _judged(entry: Entry, details: Details, today: date) -> Line:
    """Its term, judged by the document's date, or by today without one."""
    dated = _dated(details)
    verdict = on_time_words(entry, dated) if dated is not None else None
    if verdict is None:
        return status_line(entry, today, tappable=False)
    return line(f"{capitalised(due_words(entry) or '')} · ", bold(verdict), " theo ngày văn bản")


async def _carry_out(asked: Asked, found: Sequence[Entry], proposal: ProposalRow) -> Answer:
    """Close what was proposed; what someone closed before stays as they wrote it."""
    newly = [entry for entry in found if await _mark(asked, entry, proposal)]
    if not newly:
        return Answer(message=done_before(found), edits_tapped=True)
    no_room = await attach(asked, newly, proposal.details)
    waiting = [entry for entry in newly if _needs_approval(asked, entry)]
    headline = await submit(asked, waiting) if waiting else "Đã ghi nhận xong."
    completed = _dated(proposal.details) or day_of(asked.now)
    answer = written(
        CHANGE,
        proposal,
        headline,
        newly,
        found,
        verdict=lambda entry: on_time_words(entry, completed),
    )
    if no_room is None:
        return answer
    return replace(answer, message=replace(answer.message, blocks=(*answer.message.blocks, block(no_room))))


def _needs_approval(asked: Asked, entry: Entry) -> bool:
    """What a lead asked for is the lead's to judge."""
    return asked.options.approves_done and not entry.is_support


async def _mark(asked: Asked, entry: Entry, proposal: ProposalRow) -> bool:
    audit_id = await mark_done(
        asked.session,
        assignment_id=entry.id,
        document=proposal.details.get("document"),
        document_date=_dated(proposal.details),
        note=proposal.details.get("note"),
        actor=asked.actor,
        now=asked.now,
        proposal_id=proposal.id,
        submitted=_needs_approval(asked, entry),
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
    status=_judged,
)
