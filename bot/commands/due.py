"""/due: what is late, due today and soon; or all of the year, one code, or another agency's list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.codes import looks_like_code, read_code, read_details
from bot.commands.asked import Answer, Asked, overseen
from bot.commands.due_list import USUAL_DAYS, Span, due_list, read_span
from bot.commands.lists import done_choices, known_codes, matching
from bot.commands.menu import Command
from bot.commands.not_ours import of_others
from bot.commands.one_agency import list_of_agency, only_own
from bot.commands.unknown import unknown_code
from bot.commands.whole_plan import entries_overseen, of_everyone, read_whole, whole_plan
from bot.listing import entry_lines, periods_of
from bot.message import Message, block, bold, line, message
from bot.wording import SEE_ALL, SEE_DUE, SEE_WHOLE, runs
from store.agenda import Entry, entries


async def due(asked: Asked) -> Answer:
    """The list that was asked for; without agencies of its own a chat that oversees asks for the whole plan. What is not
    its own is shown to those only who may read the plan as a whole."""
    whole = read_whole(asked.args)
    if whole is not None:
        may_read = not asked.agencies or await overseen(asked)
        return await whole_plan(asked, whole) if may_read else only_own(asked)
    span = read_span(asked.args) if asked.args else Span(days=USUAL_DAYS)
    if span is not None:
        return await _own(asked, span) if asked.agencies else await whole_plan(asked, span)
    owed = await entries(asked.session, agencies=asked.agency_codes)
    reading = read_code(asked.args, known_codes(owed))
    if reading.code is not None:
        found = _in_period(matching(owed, reading.code), reading.rest)
        return Answer(message=_of_code(found, asked.today), paged=True)
    if not asked.agencies:
        everyone = await entries_overseen(asked)
        reading = read_code(asked.args, known_codes(everyone))
        if reading.code is not None:
            return of_everyone(_in_period(matching(everyone, reading.code), reading.rest), asked.today)
    of_agency = await list_of_agency(asked)
    if of_agency is not None:
        return of_agency
    if reading.word and looks_like_code(reading.word):
        others = await of_others(asked, reading.word)
        return others or unknown_code(Command.DUE, reading.word, "", known_codes(owed).values())
    return Answer(
        message=message(
            "Chưa hiểu anh/chị muốn xem việc nào. Có thể gõ:",
            block("/due – quá hạn, hôm nay, 30 ngày tới", "/due 7 – trong 7 ngày", "/due 7.2 – một việc"),
            choices=[[SEE_DUE, SEE_ALL]],
        )
    )


async def _own(asked: Asked, span: Span) -> Answer:
    own = await entries(asked.session, agencies=asked.agency_codes, open_only=True)
    listed = due_list(own, asked.agencies, asked.today, span)
    if await overseen(asked):
        listed = replace(listed, choices=((SEE_WHOLE,),))
    return Answer(message=listed, paged=True)


def _in_period(found: Sequence[Entry], rest: str) -> list[Entry]:
    """Those of the period that was named, or all of them."""
    details = read_details(
        rest, lambda period: any(period.covers(own) for e in found for own in periods_of(e))
    )
    period = details.period
    if period is None:
        return list(found)
    return [entry for entry in found if any(period.covers(own) for own in periods_of(entry))]


def _of_code(found: Sequence[Entry], today: date) -> Message:
    several = len({entry.agency for entry in found}) > 1
    blocks = [
        block(
            *([line(bold(f"🏛 {entry.agency_name}"))] if several else []),
            *entry_lines(entry, today),
            choices=done_choices(entry),
        )
        for entry in found
    ]
    task = found[0].task
    head = block(line(bold(f"📋 Việc {task}")))
    return message(head, *blocks, choices=[[runs(f"Chi tiết {task}", f"/task {task}")]])
