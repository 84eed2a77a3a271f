"""/progress: how far an assignment is, in percent and in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from bot.listing import command_about, done_command, title_line
from bot.message import Line, Message, block, bold, line, message
from bot.wording import fits, runs
from plan.text import fold
from store.agenda import Entry, entries
from store.changes import open_row, write
from store.tables import ProposalRow

_PERCENT = re.compile(
    r"(?<![\w.,/-])(?P<number>-?\d+(?:[.,]\d+)?)\s*(?:%|ph[aâầ][nm]\s*tr[aâă]m(?!\w)|percent(?!\w))",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[0-9]{1,3}")
# What people say around a percentage and what is no note by itself.
_FILLERS = frozenset({"dat", "duoc", "khoang", "da", "moi", "hien", "len", "den", "tien", "do", "la", "xong"})
_OR = frozenset({"hay", "hoac", "-", "–", "den", "toi"})
_STEPS = (25, 50, 75, 100)


@dataclass(frozen=True, kw_only=True)
class ProgressReading:
    """A percentage and a note, as far as they were typed; or what is wrong with the percentage."""

    percent: int | None = None
    note: str | None = None
    wrong: str | None = None


def read_progress(text: str) -> ProgressReading:
    """Take a percentage out of the text, wherever it stands; what is left is the note."""
    if _WHOLE.fullmatch(text):
        text = f"{text}%"
    found = list(_PERCENT.finditer(text))
    if not found:
        if "%" in text:
            return ProgressReading(wrong="Chưa đọc được số phần trăm.")
        return ProgressReading(note=note_of(text))
    first = found[0]
    between = fold(text[first.end() : found[1].start()]).strip() if len(found) > 1 else ""
    unsure = bool(text[: first.start()].strip()) or between in _OR
    if len({one["number"] for one in found}) > 1 and unsure:
        read = " hay ".join(f"{one['number']}%" for one in found[:3])
        return ProgressReading(wrong=f"Chưa rõ tiến độ là {read}.")
    number = first["number"]
    if not _WHOLE.fullmatch(number) or int(number) > 100:
        return ProgressReading(wrong=f"Tiến độ là số nguyên từ 0 đến 100, không phải {number[:12]}%.")
    note = note_of(text[: first.start()] + " " + text[first.end() :])
    if note and _FILLERS.issuperset(fold(note).split()):
        note = None
    return ProgressReading(percent=int(number), note=note)


async def progress(asked: Asked) -> Answer:
    """Ask for a yes to the new progress; without one, say how far it is and how to write it."""
    owed = await entries(asked.session, agencies=asked.agency_codes)
    meant = await which(asked, Command.PROGRESS, owed)
    if meant.instead is not None:
        return meant.instead
    still_open = meant.still_open
    if not still_open:
        return Answer(message=already_done(meant.found))
    reading = read_progress(meant.rest)
    example = f"/progress {still_open[0].code} 60% đã lấy ý kiến"
    if reading.wrong is not None:
        return Answer(message=message(f"{reading.wrong} Anh/chị gõ lại giúp, ví dụ: {example}"))
    if reading.percent is None and reading.note is None and len(still_open) == 1:
        return Answer(message=_how_far(still_open[0], example))
    if reading.percent is None and reading.note is None:
        return Answer(message=message(f"Anh/chị cho biết tiến độ, ví dụ: {example}"))
    kept = {"percent": reading.percent, "note": reading.note}
    if len(still_open) == 1:
        return Answer(message=await ask_for_yes(asked, CHANGE, still_open, kept))
    return Answer(
        message=await ask_which(asked, CHANGE, still_open, kept, strange_period=meant.strange_period)
    )


def _how_far(entry: Entry, example: str) -> Message:
    so_far = "chưa ghi" if entry.progress is None else f"{entry.progress}%"
    told = [line(f"Ghi chú: {entry.progress_note}")] if entry.progress_note else []
    command = command_about(Command.PROGRESS, entry).text
    steps = [runs(f"{step}%", f"{command} {step}%") for step in _STEPS if fits(f"{command} {step}%")]
    return message(
        block(title_line(entry), line("Tiến độ: ", bold(so_far)), *told),
        f"Anh/chị chọn, hoặc gõ cả ghi chú, ví dụ: {example}",
        choices=[steps] if steps else [],
    )


def _lines(details: Details) -> list[Line]:
    percent, note = details.get("percent"), details.get("note")
    lines = [line("Tiến độ: ", bold(f"{percent}%"))] if percent is not None else []
    return [*lines, line(f"Ghi chú: {note}")] if note else lines


async def _carry_out(asked: Asked, found: Sequence[Entry], proposal: ProposalRow) -> Answer:
    """Write the progress; what somebody closed meanwhile stays closed."""
    newly = [entry for entry in found if await _write(asked, entry, proposal)]
    if not newly:
        return Answer(message=done_before(found), edits_tapped=True)
    answer = written(CHANGE, proposal, "Đã ghi tiến độ.", newly, found)
    if proposal.details.get("percent") != 100:
        return answer
    # 100% is an officer's estimate; what closes an assignment is that it was handed in.
    hint = block("Đã ban hành hoặc đã nộp thì anh/chị báo xong để bot không nhắc nữa.")
    done = [runs(f"Báo xong {entry.code}", done_command(entry).text) for entry in newly]
    shown = answer.message
    return replace(
        answer, message=Message(blocks=(*shown.blocks, hint), choices=(tuple(done), *shown.choices))
    )


async def _write(asked: Asked, entry: Entry, proposal: ProposalRow) -> bool:
    row = await open_row(asked.session, entry.id)
    if row is None:
        return False
    percent, note = proposal.details.get("percent"), proposal.details.get("note")
    # A note alone is about the percentage that stands; a new percentage makes an old note untrue.
    values = {"progress_note": note} if percent is None else {"progress": percent, "progress_note": note}
    await write(
        asked.session,
        row,
        "progress",
        values,
        actor=asked.actor,
        now=asked.now,
        proposal_id=proposal.id,
    )
    return True


CHANGE = Change(command=Command.PROGRESS, question="Ghi tiến độ?", lines=_lines, carry_out=_carry_out)
