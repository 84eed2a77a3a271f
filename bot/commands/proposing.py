"""What every change of assignments has in common: which one is meant, the question before it, and who may answer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.codes import read_code, shorten
from bot.commands.asked import Answer, Asked, steered
from bot.commands.lists import known_codes, matching
from bot.commands.menu import Command
from bot.commands.not_ours import of_others
from bot.commands.unknown import unknown_code
from bot.listing import (
    done_command,
    done_words,
    due_words,
    status_line,
    support_words,
    title_line,
    what_words,
)
from bot.message import Block, Choice, Line, Message, Tone, block, bold, line, message
from bot.wording import NOT_IN_PLAN, day_month, no_longer_bound, yes_or_no
from store.agenda import Entry
from store.proposals import propose
from store.tables import ProposalRow

MOST_CHOICES = 8
_TASK_TITLE_LIMIT = 160
_LABEL_LIMIT = 60
_MOST_AT_ONCE = 6

Details = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One way to change assignments: `question` heads what is asked before it, `lines` are what goes with it, `carry_out`
    does it once a person has said yes. `about` lists in the question what would change, where one block for each is too
    much; `status` is what the question says of each assignment's term, without it where it stands today; `warn` says of the
    assignments what a person should know before the yes. `after_undo` does what else follows when a yes has been taken
    back: it gets what is as before again, and may have an answer of its own. `taken_back` answers when the yes had made
    assignments: with those that are gone and those that stay."""

    command: Command
    question: str
    lines: Callable[[Details], list[Line]]
    carry_out: Callable[[Asked, Sequence[Entry], ProposalRow], Awaitable[Answer]]
    about: Callable[[Asked, Sequence[Entry]], list[Block]] | None = None
    warn: Callable[[Sequence[Entry], Details], list[Line]] | None = None
    after_undo: Callable[[Asked, ProposalRow, Sequence[Entry]], Awaitable[Answer | None]] | None = None
    taken_back: Callable[[Asked, Sequence[Entry], Sequence[Entry]], Awaitable[Answer]] | None = None
    status: Callable[[Entry, Details, date], Line] | None = None


@dataclass(frozen=True, kw_only=True)
class Named:
    """The assignments that a person's words name, and the rest of the words; or the answer when they name none."""

    found: tuple[Entry, ...] = ()
    rest: str = ""
    instead: Answer | None = None


async def named(asked: Asked, command: Command, owed: Sequence[Entry]) -> Named:
    """Which of `owed` the words name by a code; a code of others and an unknown one have their answers."""
    known = known_codes(owed)
    reading = read_code(asked.args, known)
    if reading.code is not None:
        return Named(found=tuple(matching(owed, reading.code)), rest=reading.rest)
    others = await of_others(asked, reading.word or "")
    return Named(instead=others or unknown_code(command, reading.word, reading.rest, known.values()))


async def proposed(
    asked: Asked,
    command: Command,
    *,
    assignment_ids: Sequence[int] = (),
    alternatives: Sequence[Sequence[int]] = (),
    details: Details | None = None,
) -> int:
    """Keep what the person asked for until they say yes to it, or pick one of the alternatives; returns the proposal's id."""
    return await propose(
        asked.session,
        chat_id=asked.chat.id,
        person=asked.person.id,
        action=command.value,
        assignment_ids=assignment_ids,
        alternatives=alternatives,
        details=details,
        asked_in=asked.message_id,
        now=asked.now,
    )


async def ask_for_yes(asked: Asked, change: Change, found: Sequence[Entry], details: Details) -> Message:
    """Keep the proposal and ask for the yes that makes it so."""
    proposal = await proposed(
        asked,
        change.command,
        assignment_ids=[entry.id for entry in found],
        details=details,
    )
    several = len({entry.agency for entry in found} | set(asked.agency_codes)) > 1
    if change.about is not None:
        about = change.about(asked, found)
    else:
        about = [block(*_asked_lines(entry, asked, change, details, with_agency=several)) for entry in found]
    return message(
        block(line(bold(change.question))),
        *about,
        *_block_of(change.lines(details)),
        *_block_of(change.warn(found, details) if change.warn else []),
        choices=yes_or_no(proposal),
    )


def _asked_lines(
    entry: Entry, asked: Asked, change: Change, details: Details, *, with_agency: bool
) -> list[Line]:
    if change.status is not None:
        status = change.status(entry, details, asked.today)
    else:
        status = status_line(entry, asked.today, tappable=False)
    lines = [title_line(entry), line(what_words(entry)), status]
    return [line(f"🏛 {entry.agency_name}"), *lines] if with_agency else lines


async def ask_which(
    asked: Asked,
    change: Change,
    found: Sequence[Entry],
    details: Details,
    *,
    strange_period: str | None = None,
) -> Message:
    """Keep the alternatives and ask which of several is meant."""
    alternatives = [[entry.id] for entry in found[:MOST_CHOICES]]
    labels = choice_labels(found)[:MOST_CHOICES]
    if _can_be_one(found):
        alternatives.append([entry.id for entry in found])
        labels.append(f"Tất cả ({len(found)})")
    proposal = await proposed(
        asked,
        change.command,
        alternatives=alternatives,
        details=details,
    )
    rows = [(Choice(label=label, action=f"pick:{proposal}:{index}"),) for index, label in enumerate(labels)]
    first = found[0]
    name = first.code if len({entry.code for entry in found}) == 1 else first.task
    one_task = len({(entry.plan_key, entry.task) for entry in found}) == 1
    is_done = change.command is Command.DONE
    if len({(entry.plan_key, entry.code, entry.slot) for entry in found}) == 1:
        which = f"{name} của cơ quan nào?"
    elif one_task:
        which = f"Anh/chị đã xong phần nào của {name}?" if is_done else f"Phần nào của {name}?"
    else:
        which = "Anh/chị đã xong việc nào?" if is_done else "Việc nào?"
    blocks = [block(line(bold(which)))]
    if strange_period:
        blocks.insert(0, block(f"{name} không có kỳ “{strange_period}”."))
    if len(asked.agencies) > 1 and len({entry.agency for entry in found}) == 1:
        blocks.append(block(line(f"🏛 {first.agency_name}")))
    if one_task:
        blocks.append(block(shorten(first.title, _TASK_TITLE_LIMIT)))
    if len(found) > MOST_CHOICES and is_done:
        blocks.append(block(line("Kỳ khác: gõ cả kỳ, ví dụ ", done_command(found[-1]))))
    if any(details.values()):
        blocks += _block_of(change.lines(details))
    stop = (Choice(label="Thôi", action=f"no:{proposal}", tone=Tone.NO),)
    return message(*blocks, choices=[*rows, stop])


def _can_be_one(found: Sequence[Entry]) -> bool:
    """Whether one yes may change them all: outputs of one task of one agency, or its reports of one period, each once."""
    tasks = {(e.plan_key, e.slot if e.is_report else e.task, e.agency) for e in found}
    outputs = {entry.code for entry in found}
    if any(entry.is_support for entry in found):
        return False
    return len(tasks) == 1 and len(outputs) == len(found) <= _MOST_AT_ONCE


def choice_labels(found: Sequence[Entry]) -> list[str]:
    """What each choice says: what tells them apart first, as a phone shows no more than the beginning."""
    agencies = len({entry.agency for entry in found}) > 1
    plans = len({entry.plan_key for entry in found}) > 1
    labels = []
    for entry in found:
        product = None if entry.is_report else entry.product
        above = (entry.plan_key if plans else None, entry.agency if agencies else None)
        due = f"hạn {day_month(entry.due, entry.plan_year)}" if entry.due else None
        parts = (
            (*above, entry.code, support_words(entry), due)
            if entry.is_support
            else (*above, entry.code, entry.period, due, product)
        )
        labels.append(shorten(" · ".join(part for part in parts if part), _LABEL_LIMIT))
    return labels


def _block_of(lines: Sequence[Line]) -> list[Block]:
    return [block(*lines)] if lines else []


async def refusal(asked: Asked, found: Sequence[Entry]) -> Message | None:
    """Why this chat may not change these assignments (any more): it neither speaks for their agency nor steers their
    plan."""
    if not found:
        return NOT_IN_PLAN
    plans = await steered(asked)
    foreign = [
        entry for entry in found if entry.agency not in asked.agency_codes and entry.plan_key not in plans
    ]
    return no_longer_bound(foreign[0].agency_name) if foreign else None


def already_done(found: Sequence[Entry]) -> Message:
    """When and with what document."""
    shown = found[:MOST_CHOICES]
    return message(
        *(
            block(title_line(entry), line(what_words(entry)), line("✅ ", bold(done_words(entry))))
            for entry in shown
        ),
    )


def written(
    change: Change,
    proposal: ProposalRow,
    headline: str,
    newly: Sequence[Entry],
    found: Sequence[Entry],
    *,
    verdict: Callable[[Entry], str | None] | None = None,
) -> Answer:
    """The answer when a yes has been carried out, with its way back; what somebody else closed before is named. `verdict` is
    what is said of each beside its due day."""
    earlier = [entry for entry in found if entry not in newly]
    before = (
        [block("Đã có người ghi nhận từ trước:", *(title_line(entry) for entry in earlier))]
        if earlier
        else []
    )
    return Answer(
        message=message(
            block(line("✅ ", bold(headline))),
            *(
                block(title_line(entry), line(_what_and_due(entry, verdict(entry) if verdict else None)))
                for entry in newly
            ),
            *_block_of(change.lines(proposal.details)),
            *before,
            choices=[[Choice(label="Hoàn tác", action=f"undo:{proposal.id}", tone=Tone.NO)]],
        ),
        edits_tapped=True,
    )


def _what_and_due(entry: Entry, verdict: str | None) -> str:
    return " · ".join(part for part in (what_words(entry), due_words(entry), verdict) if part)


def done_before(found: Sequence[Entry]) -> Message:
    done = already_done(found)
    return Message(blocks=(block("Đã có người ghi nhận từ trước, không ghi thêm."), *done.blocks))
