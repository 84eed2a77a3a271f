"""/ask: a lead asks supporting agencies for their part by a day of its own, and sees who has answered.

Reminders, /due, /done and /history of an asked agency know the part as they know every assignment. Nobody is asked before
the lead's yes.
"""

from collections.abc import Sequence
from datetime import date

from bot.asks import ask_line, tell_asked, tell_closed
from bot.codes import shorten
from bot.commands.ask_words import AskWords, read_ask
from bot.commands.asked import Answer, Asked
from bot.commands.menu import Command
from bot.commands.proposing import (
    Change,
    Details,
    already_done,
    ask_for_yes,
    ask_which,
    done_before,
    named,
    written,
)
from bot.listing import due_words, periods_of, title_line, what_words
from bot.message import Block, Line, Message, block, bold, line, message
from bot.periods import periods_in
from bot.wording import day_month, fits, full_day, joined, runs, weekday
from plan.directory import name_key
from store.agenda import Entry, entries
from store.asks import Closed, ask, asks_of
from store.chats import chats_of
from store.lookup import all_agencies
from store.tables import AgencyRow, ProposalRow

_WHAT_LIMIT = 200
_LABEL_LIMIT = 40
_EXAMPLE = "ví dụ: /ask {code} SYT, SGDĐT 10/6 gửi danh mục"


async def ask_(asked: Asked) -> Answer:
    """Ask for a yes to what was read, or show who has answered when only the code was given."""
    owed = [e for e in await entries(asked.session, agencies=asked.agency_codes) if not e.is_support]
    meant = await named(asked, Command.ASK, owed)
    if meant.instead is not None:
        return meant.instead
    found, rest = _narrowed(meant.found, meant.rest)
    if not rest:
        return Answer(message=await _overview(asked, found))
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=already_done(found))
    words = read_ask(rest, await all_agencies(asked.session), asked.today)
    code = found[0].code
    refused = _not_understood(words, code, rest)
    if refused is not None:
        return Answer(message=refused)
    if words.day is None:
        return Answer(message=_which_day(words, code))
    agencies, unknown = await _asked_agencies(asked, words, still_open)
    if not agencies:
        return Answer(message=_nobody(unknown, code))
    details = await _details(asked, words, words.day, agencies, unknown)
    if len(still_open) == 1:
        return Answer(message=await ask_for_yes(asked, CHANGE, still_open, details))
    return Answer(message=await ask_which(asked, CHANGE, still_open, details))


def _narrowed(found: Sequence[Entry], rest: str) -> tuple[list[Entry], str]:
    """Those of the period that was named first of all, where there are several."""
    entries_ = list(found)
    for period, start, end in periods_in(rest):
        of_period = [e for e in entries_ if any(period.covers(own) for own in periods_of(e))]
        if len(entries_) > 1 and of_period and not rest[:start].strip(" ,;:"):
            return of_period, rest[end:].strip(" ,;:")
        break
    return entries_, rest


def _not_understood(words: AskWords, code: str, rest: str) -> Message | None:
    example = _EXAMPLE.format(code=code)
    if words.strange is not None:
        rows = []
        for agency in words.perhaps:
            typed = f"/ask {code} {_with_code(rest, words.strange, agency)}"
            if fits(typed):
                rows.append([runs(shorten(agency.name, _LABEL_LIMIT), typed)])
        if rows:
            strange = shorten(words.strange, _LABEL_LIMIT)
            return message(f"“{strange}” là cơ quan nào?", choices=rows)
        names = joined([f"{agency.name} ({agency.code})" for agency in words.perhaps])
        hint = [f"Có thể là: {names}"] if names else []
        return message(
            f"Chưa rõ “{shorten(words.strange, _LABEL_LIMIT)}” là cơ quan nào, nên chưa gửi đề nghị.",
            *hint,
            f"Anh/chị gõ mã hoặc tên cơ quan, {example}",
        )
    if words.names_nobody:
        return message(f"Anh/chị đề nghị cơ quan nào? Gõ mã hoặc tên, {example}")
    return None


def _which_day(words: AskWords, code: str) -> Message:
    example = _EXAMPLE.format(code=code)
    if words.no_day is not None:
        return message(f"{words.no_day} Chưa gửi đề nghị.", f"Anh/chị gõ ngày khác, {example}")
    return message(f"Anh/chị cần chậm nhất ngày nào? Gõ cả ngày, {example}")


def _with_code(rest: str, strange: str, agency: AgencyRow) -> str:
    return " ".join(rest.split()).replace(strange, agency.code, 1)


async def _asked_agencies(
    asked: Asked, words: AskWords, found: Sequence[Entry]
) -> tuple[list[AgencyRow], list[str]]:
    """Whom to ask, never the lead itself; and names of the plan behind which nobody can be found."""
    chosen = {agency.code: agency for agency in words.agencies}
    unknown: dict[str, None] = {}
    if words.everyone:
        known = {
            name_key(str(name)): agency
            for agency in await all_agencies(asked.session)
            for name in (*agency.aliases, agency.name, agency.code)
        }
        for name in dict.fromkeys(name for entry in found for name in entry.support):
            agency = known.get(name_key(name))
            if agency is None:
                unknown[name] = None
            else:
                chosen[agency.code] = agency
    leads = {entry.agency for entry in found}
    return [agency for code, agency in chosen.items() if code not in leads], list(unknown)


def _nobody(unknown: Sequence[str], code: str) -> Message:
    example = _EXAMPLE.format(code=code)
    if unknown:
        return message(
            f"Kế hoạch chỉ ghi phối hợp là “{joined(unknown)}”, không rõ gồm những cơ quan nào.",
            f"Anh/chị gõ tên từng cơ quan, {example}",
        )
    return message(f"Không có cơ quan nào khác để đề nghị. Anh/chị gõ mã hoặc tên cơ quan, {example}")


async def _details(
    asked: Asked, words: AskWords, day: date, agencies: Sequence[AgencyRow], unknown: Sequence[str]
) -> dict[str, object]:
    without = [agency.name for agency in agencies if not await chats_of(asked.session, agency.code)]
    return {
        "agencies": [agency.code for agency in agencies],
        "names": [agency.name for agency in agencies],
        "without_chat": without,
        "unknown": list(unknown),
        "due": day.isoformat(),
        "before": words.before.isoformat() if words.before else None,
        "what": shorten(words.note, _WHAT_LIMIT) if words.note else "",
    }


def _lines(details: Details) -> list[Line]:
    due = date.fromisoformat(details["due"])
    before = date.fromisoformat(details["before"]) if details["before"] else None
    meant = f" (trước ngày {day_month(before)})" if before else ""
    lines = [
        line("Gửi: ", bold(joined(details["names"]))),
        line("Hạn trả lời: ", bold(f"{weekday(due)} {full_day(due)}"), meant),
        line(f"Nội dung: {details['what']}" if details["what"] else "Nội dung: chưa ghi"),
    ]
    if details["without_chat"]:
        names = joined(details["without_chat"])
        lines.append(line(f"⚠️ Chưa kết nối với bot, anh/chị báo trực tiếp: {names}"))
    if details["unknown"]:
        lines.append(line(f"⚠️ Không rõ gồm những ai nên không gửi: {joined(details['unknown'])}"))
    return lines


def _warn(found: Sequence[Entry], details: Details) -> list[Line]:
    due = date.fromisoformat(details["due"])
    return [
        line(f"⚠️ Sau hạn của chính việc {entry.code} ({day_month(entry.due, entry.plan_year)}).")
        for entry in found
        if entry.due is not None and due > entry.due
    ]


async def _carry_out(asked: Asked, found: Sequence[Entry], proposal: ProposalRow) -> Answer:
    """Ask all of them; a lead's assignment that somebody has closed since asks nobody."""
    details, asking, ids = proposal.details, [], []
    if date.fromisoformat(details["due"]) <= asked.today:
        return Answer(
            message=message("Ngày trả lời đã qua, chưa gửi đề nghị. Anh/chị gõ lại với ngày khác giúp.")
        )
    for entry in found:
        made = [await _ask_one(asked, entry, agency, proposal) for agency in details["agencies"]]
        ids += [number for number in made if number is not None]
        asking += [entry] if any(made) else []
    if not ids:
        return Answer(message=done_before(found), edits_tapped=True)
    await tell_asked(asked, ids)
    return written(CHANGE, proposal, "Đã gửi đề nghị phối hợp.", asking, found)


async def _ask_one(asked: Asked, entry: Entry, agency: str, proposal: ProposalRow) -> int | None:
    return await ask(
        asked.session,
        parent_id=entry.id,
        agency=agency,
        due=date.fromisoformat(proposal.details["due"]),
        what=proposal.details["what"],
        timetable=asked.timetable,
        actor=asked.actor,
        now=asked.now,
        today=asked.today,
        proposal_id=proposal.id,
    )


async def _taken_back(asked: Asked, gone: Sequence[Entry], kept: Sequence[Entry]) -> Answer:
    """The agencies hear that they need not answer any more; what was answered stays."""
    await tell_closed(
        asked.session,
        [
            Closed(
                id=entry.id,
                agency=entry.agency,
                lead_name=entry.asked_by_name or "",
                code=entry.code,
                title=entry.title,
                what=entry.period,
            )
            for entry in gone
        ],
        wall=asked.wall,
    )
    blocks = []
    if gone:
        blocks.append(
            block(
                line("↩️ ", bold("Đã thôi đề nghị phối hợp. Không phải trả lời nữa:")),
                *(line(f"• {entry.agency_name}") for entry in gone),
            )
        )
    if kept:
        blocks.append(block("Đã trả lời nên giữ nguyên:", *(line(f"• {e.agency_name}") for e in kept)))
    return Answer(message=message(*blocks), edits_tapped=bool(gone))


async def _overview(asked: Asked, found: Sequence[Entry]) -> Message:
    """Who has answered and who is silent."""
    asks = await asks_of(asked.session, [entry.id for entry in found])
    if not asks:
        return message(
            block(line(bold("Chưa đề nghị cơ quan nào phối hợp.")), title_line(found[0])),
            *(
                [block(line("Phối hợp theo kế hoạch: ", joined(found[0].support)))]
                if found[0].support
                else []
            ),
            f"Muốn đề nghị: gõ cơ quan, ngày cần, nội dung, {_EXAMPLE.format(code=found[0].code)}",
        )
    answered = sum(not one.is_open for one in asks)
    blocks: list[Block] = [block(line(bold(f"🤝 {answered}/{len(asks)} đề nghị phối hợp đã được trả lời.")))]
    for entry in found:
        own = [one for one in asks if one.parent_id == entry.id]
        if own:
            head = line(" · ".join(part for part in (what_words(entry), due_words(entry)) if part))
            blocks.append(block(title_line(entry), head, *_grouped(own)))
    return message(*blocks)


def _grouped(asks: Sequence[Entry]) -> list[Line]:
    """By what was asked for, the silent first."""
    lines: list[Line] = []
    for what in dict.fromkeys(one.period for one in asks):
        of_what = sorted((one for one in asks if one.period == what), key=lambda one: not one.is_open)
        if what:
            lines.append(line(f"“{what}”"))
        lines += [ask_line(one) for one in of_what]
    return lines


CHANGE = Change(
    command=Command.ASK,
    question="Gửi đề nghị phối hợp?",
    lines=_lines,
    carry_out=_carry_out,
    warn=_warn,
    taken_back=_taken_back,
)
