"""/done: say which assignment is done. Nothing changes here: the answer is a question with a button."""

from collections.abc import Sequence
from datetime import timedelta

from bot.codes import Details, read_code, read_details, shorten
from bot.commands.asked import Answer, Asked
from bot.commands.lists import known_codes, matching
from bot.commands.menu import Command
from bot.commands.not_ours import of_others
from bot.commands.unknown import unknown_code
from bot.listing import (
    done_command,
    done_words,
    due_words,
    periods_of,
    status_line,
    title_line,
    what_words,
)
from bot.message import Choice, Line, Message, Tone, block, bold, line, message
from bot.wording import SEE_DUE, day_month, yes_or_no
from plan.text import fold
from store.agenda import Entry, entries
from store.proposals import propose

_MOST_CHOICES = 8
_TASK_TITLE_LIMIT = 160
_BUTTON_LIMIT = 60
_MOST_AT_ONCE = 6
_USUAL = timedelta(days=30)
_REPORT_WORDS = "bao cao"


async def done(asked: Asked) -> Answer:
    """Ask for a yes, or which of several; say so when it is done already or not theirs."""
    owed = await entries(asked.session, agencies=asked.agency_codes)
    if not asked.args:
        return Answer(message=_which_code(owed, asked))
    found, rest = _named(asked.args, owed)
    if not found:
        known = known_codes(owed)
        reading = read_code(asked.args, known)
        others = await of_others(asked, reading.word or "")
        return others or unknown_code(Command.DONE, reading.word, reading.rest, known.values())
    # Of a single one the period needs no telling: "kế hoạch năm 2023" is then a note.
    details = read_details(
        rest,
        lambda period: len(found) > 1 and any(period.covers(own) for e in found for own in periods_of(e)),
    )
    period = details.period
    if period is not None:
        found = [entry for entry in found if any(period.covers(own) for own in periods_of(entry))]
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=already_done(found))
    if len(still_open) == 1:
        return Answer(message=await ask_for_yes(asked, still_open, details.document, details.note))
    return Answer(message=await _ask_which(asked, still_open, details))


def _named(args: str, owed: Sequence[Entry]) -> tuple[list[Entry], str]:
    reading = read_code(args, known_codes(owed))
    if reading.code is not None:
        return matching(owed, reading.code), reading.rest
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
        for entry in near[:_MOST_CHOICES]
    ]
    hint = "Anh/chị đã xong việc nào? Gõ mã việc, số văn bản nếu có, ví dụ: /done 2.6a 15/KH-UBND"
    return message(hint, *lines, choices=[[SEE_DUE]])


def already_done(found: Sequence[Entry]) -> Message:
    """When and with what document."""
    shown = found[:_MOST_CHOICES]
    return message(
        *(
            block(title_line(entry), line(what_words(entry)), line("✅ ", bold(done_words(entry))))
            for entry in shown
        ),
    )


async def ask_for_yes(
    asked: Asked, found: Sequence[Entry], document: str | None, note: str | None
) -> Message:
    """Keep the proposal and ask for the one tap that makes it so."""
    proposal = await propose(
        asked.session,
        chat_id=asked.chat.id,
        assignment_ids=[entry.id for entry in found],
        document=document,
        note=note,
        now=asked.now,
    )
    several = len(asked.agencies) > 1
    return message(
        block(line(bold("Ghi nhận đã xong?"))),
        *(block(*_asked_lines(entry, asked, with_agency=several)) for entry in found),
        block(*paper_lines(document, note)),
        choices=yes_or_no(proposal),
    )


def _asked_lines(entry: Entry, asked: Asked, *, with_agency: bool) -> list[Line]:
    lines = [title_line(entry), line(what_words(entry)), status_line(entry, asked.today, tappable=False)]
    return [line(f"🏛 {entry.agency_name}"), *lines] if with_agency else lines


def paper_lines(document: str | None, note: str | None) -> list[Line]:
    """The document number and note that go with it."""
    lines = [line("Số văn bản: ", bold(document) if document else "chưa ghi")]
    return [*lines, line(f"Ghi chú: {note}")] if note else lines


async def _ask_which(asked: Asked, found: Sequence[Entry], details: Details) -> Message:
    alternatives = [[entry.id] for entry in found[:_MOST_CHOICES]]
    labels = _labels(found)[:_MOST_CHOICES]
    if _can_be_one(found):
        alternatives.append([entry.id for entry in found])
        labels.append(f"Tất cả ({len(found)})")
    proposal = await propose(
        asked.session,
        chat_id=asked.chat.id,
        alternatives=alternatives,
        document=details.document,
        note=details.note,
        now=asked.now,
    )
    rows = [(Choice(label=label, action=f"pick:{proposal}:{index}"),) for index, label in enumerate(labels)]
    first = found[0]
    name = first.code if len({entry.code for entry in found}) == 1 else first.task
    one_task = len({(entry.plan_key, entry.task) for entry in found}) == 1
    blocks = [
        block(
            line(bold(f"Anh/chị đã xong phần nào của {name}?" if one_task else "Anh/chị đã xong việc nào?"))
        )
    ]
    if details.strange_period:
        blocks.insert(0, block(f"{name} không có kỳ “{details.strange_period}”."))
    if len(asked.agencies) > 1 and len({entry.agency for entry in found}) == 1:
        blocks.append(block(line(f"🏛 {first.agency_name}")))
    if one_task:
        blocks.append(block(shorten(first.title, _TASK_TITLE_LIMIT)))
    if len(found) > _MOST_CHOICES:
        blocks.append(block(f"Kỳ khác: gõ cả kỳ, ví dụ {done_command(found[-1])}"))
    if details.document or details.note:
        blocks.append(block(*paper_lines(details.document, details.note)))
    stop = (Choice(label="Thôi", action=f"no:{proposal}", tone=Tone.NO),)
    return message(*blocks, choices=[*rows, stop])


def _can_be_one(found: Sequence[Entry]) -> bool:
    """Whether one yes may close them all: outputs of one task of one agency, each once."""
    tasks = {(entry.plan_key, entry.task, entry.agency) for entry in found}
    outputs = {entry.code for entry in found}
    return len(tasks) == 1 and len(outputs) == len(found) <= _MOST_AT_ONCE


def _labels(found: Sequence[Entry]) -> list[str]:
    """What each button says: what tells them apart first, as a phone shows no more than the beginning."""
    agencies = len({entry.agency for entry in found}) > 1
    plans = len({entry.plan_key for entry in found}) > 1
    labels = []
    for entry in found:
        product = None if entry.is_report else entry.product
        above = (entry.plan_key if plans else None, entry.agency if agencies else None)
        due = f"hạn {day_month(entry.due, entry.plan_year)}" if entry.due else None
        parts = (*above, entry.code, entry.period, due, product)
        labels.append(shorten(" · ".join(part for part in parts if part), _BUTTON_LIMIT))
    return labels
