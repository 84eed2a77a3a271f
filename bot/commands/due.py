"""/due: what is late, due today and soon; or all of the year, one code, or another agency's list."""

from collections.abc import Sequence
from datetime import date

from bot.codes import looks_like_code, read_code, read_details
from bot.commands.asked import Answer, Asked
from bot.commands.due_list import USUAL_DAYS, Span, due_list, read_span
from bot.commands.lists import known_codes, matching
from bot.commands.menu import Command
from bot.commands.not_ours import of_others
from bot.commands.one_agency import list_of_agency
from bot.commands.unknown import unknown_code
from bot.listing import entry_lines, periods_of
from bot.message import Message, block, bold, line, message
from bot.wording import SEE_ALL, SEE_DUE, runs
from store.agenda import Entry, entries


async def due(asked: Asked) -> Answer:
    """The list that was asked for. Another agency's is shown to the plan's standing office only."""
    span = read_span(asked.args) if asked.args else Span(days=USUAL_DAYS)
    if span is not None:
        own = await entries(asked.session, agencies=asked.agency_codes, open_only=True)
        return Answer(message=due_list(own, asked.agencies, asked.today, span))
    owed = await entries(asked.session, agencies=asked.agency_codes)
    reading = read_code(asked.args, known_codes(owed))
    if reading.code is not None:
        return Answer(message=_of_code(matching(owed, reading.code), reading.rest, asked.today))
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


def _of_code(found: Sequence[Entry], rest: str, today: date) -> Message:
    details = read_details(
        rest, lambda period: any(period.covers(own) for e in found for own in periods_of(e))
    )
    asked_for = details.period
    if asked_for is not None:
        found = [entry for entry in found if any(asked_for.covers(own) for own in periods_of(entry))]
    several = len({entry.agency for entry in found}) > 1
    blocks = [
        block(*([line(bold(f"🏛 {entry.agency_name}"))] if several else []), *entry_lines(entry, today))
        for entry in found
    ]
    task = found[0].task
    return message(*blocks, choices=[[runs(f"Chi tiết {task}", f"/task {task}")]])
