"""/remind: the standing office asks for assignments now, beside what the mornings say; once a day for each assignment."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from bot.commands.asked import Answer, Asked, steered
from bot.commands.lists import by_agency
from bot.commands.menu import Command
from bot.commands.proposing import Change, Details, already_done, proposed
from bot.commands.remind_words import Meant, read_meant
from bot.listing import Standing, due_words, standing, what_is_left
from bot.message import Block, Line, Message, block, bold, line, message, to_json
from bot.wording import day_month, full_day, joined, yes_or_no
from store.agenda import Entry, entries
from store.changes import audit_event, open_row
from store.chats import chats_of
from store.lookup import assignments_of, plans_of
from store.nudges import nudged_on, queue_nudge
from store.tables import AgencyRow, ProposalRow

_AHEAD = timedelta(days=30)
_PRESSING = (Standing.LATE, Standing.TODAY)
_LINES_SHOWN = 10
_AGENCIES_NAMED = 12
_AGENCIES_APART = 3


async def remind(asked: Asked) -> Answer:
    """Ask for a yes to what would be sent, and say what would not be."""
    meant = await read_meant(asked)
    if meant.instead is not None:
        return meant.instead
    if meant.codes:
        return await _about_codes(asked, meant)
    plans = await steered(asked)
    owed = [
        entry
        for entry in await entries(
            asked.session, agencies=[agency.code for agency in meant.agencies], open_only=True
        )
        if entry.plan_key in plans
    ]
    pressing = [entry for entry in owed if standing(entry, asked.today) in _PRESSING]
    if not pressing:
        return Answer(message=_nothing_pressing(meant.agencies, owed))
    return Answer(message=await _question(asked, pressing, meant.text))


async def _about_codes(asked: Asked, meant: Meant) -> Answer:
    ids = await assignments_of(asked.session, await steered(asked), meant.codes)
    of_all = await entries(asked.session, ids=ids)
    wanted = {agency.code for agency in meant.agencies}
    found = [entry for entry in of_all if not wanted or entry.agency in wanted]
    if not found:
        names = joined([agency.name for agency in meant.agencies])
        owners = joined(list(by_agency(of_all)))
        return Answer(
            message=message(
                f"{meant.name} không phải việc của {names}. Cơ quan có việc này: {owners or 'chưa có'}."
            )
        )
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=already_done(found))
    ripe = [entry for entry in still_open if _is_ripe(entry, asked.today, meant.name)]
    if not ripe and all(entry.due is None for entry in still_open):
        ripe = still_open
    if not ripe:
        return Answer(message=_too_early(still_open, meant.name, asked.today))
    return Answer(message=await _question(asked, ripe, meant.text))


def _is_ripe(entry: Entry, today: date, name: str) -> bool:
    """Late, due within 30 days, or without a day but named by its very code."""
    first = entry.remind_by or entry.due
    return entry.code == name if first is None else first <= today + _AHEAD


def _nothing_pressing(agencies: Sequence[AgencyRow], owed: Sequence[Entry]) -> Message:
    names = joined([agency.name for agency in agencies])
    if not owed:
        return message(f"{names} không còn việc nào trong kế hoạch mà ở đây theo dõi.")
    dated = [entry for entry in owed if entry.due is not None]
    near = f" Gần nhất: {dated[0].code}, {due_words(dated[0])}." if dated else ""
    example = (dated or owed)[0]
    return message(
        f"{names} không có việc quá hạn hay đến hạn hôm nay.{near}",
        f"Muốn đôn đốc một việc: gõ mã việc, ví dụ /remind {example.code} {example.agency}",
    )


def _too_early(found: Sequence[Entry], name: str, today: date) -> Message:
    dated = [entry for entry in found if entry.due is not None]
    shown = [line(f"• {entry.agency_name} · {_standing_words(entry, today)}") for entry in dated]
    return message(
        f"{name} chưa đến lúc đôn đốc: bot chỉ đôn đốc việc quá hạn hoặc còn không quá {_AHEAD.days} ngày.",
        block(*shown[:_LINES_SHOWN]),
    )


async def _question(asked: Asked, found: Sequence[Entry], text: str | None) -> Message:
    """What a yes would send, by agency; without a question when there is nothing to send."""
    day = asked.timetable.hours.next_notices(asked.now, asked.timetable.calendar)
    told = await nudged_on(asked.session, [entry.id for entry in found], day)
    placed = await _with_chats(asked, found)
    going = [entry for entry in found if entry.id not in told and entry.agency in placed]
    left_out = _left_out(found, told, placed, day, asked.today)
    if not going:
        return message(block(line(bold("Không có gì để gửi."))), *left_out)
    proposal = await proposed(
        asked,
        Command.REMIND,
        assignment_ids=[entry.id for entry in going],
        details={"text": text},
    )
    return message(
        block(line(bold(f"Đôn đốc {_counted(going)}?"))),
        *_going_blocks(going, asked.today),
        block(*_text_lines({"text": text}), line(_when(asked, day))),
        *left_out,
        choices=yes_or_no(proposal),
    )


def _counted(found: Sequence[Entry]) -> str:
    return f"{len(found)} việc của {len({entry.agency for entry in found})} cơ quan"


def _going_blocks(going: Sequence[Entry], today: date) -> list[Block]:
    """By agency; where many owe the same, by what they owe, so that it is one screen."""
    agencies = by_agency(going)
    alike: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in going:
        alike.setdefault((entry.plan_key, entry.code, _standing_words(entry, today)), []).append(entry)
    if len(agencies) <= _AGENCIES_APART or len(alike) >= len(agencies):
        return [_agency_block(name, own, today) for name, own in agencies.items()]
    return [
        block(
            _entry_line(owed[0], today),
            line(f"🏛 {len(by_agency(owed))} cơ quan: {_listed(list(by_agency(owed)))}"),
        )
        for owed in alike.values()
    ]


def _agency_block(name: str, own: Sequence[Entry], today: date) -> Block:
    lines = [_entry_line(entry, today) for entry in own[:_LINES_SHOWN]]
    more = len(own) - len(lines)
    return block(line(bold(f"🏛 {name}")), *lines, *([f"… và {more} việc nữa"] if more else []))


def _entry_line(entry: Entry, today: date) -> Line:
    return line("• ", bold(entry.code), f" · {_standing_words(entry, today)}")


def _standing_words(entry: Entry, today: date) -> str:
    return " · ".join(part for part in (entry.period, due_words(entry), what_is_left(entry, today)) if part)


def _text_lines(details: Details) -> list[Line]:
    return [line(f"Lời nhắn: {details['text']}")] if details.get("text") else []


def _when(asked: Asked, day: date) -> str:
    """ "Sẽ gửi lúc 07:00 ngày 14/03/2023" outside the hours in which the bot speaks unasked."""
    hours = asked.timetable.hours
    if hours.notices_for(asked.now, asked.timetable.calendar) is not None:
        return "Gửi ngay sau khi anh/chị xác nhận."
    return f"Ngoài giờ gửi tin: sẽ gửi lúc {hours.opens:%H:%M} ngày {full_day(day)}."


def _left_out(
    found: Sequence[Entry], told: Collection[int], placed: Collection[str], day: date, today: date
) -> list[Block]:
    """Of what was asked for: what has been reminded of before, and who has no chat."""
    blocks = []
    again = [entry for entry in found if entry.id in told]
    if again:
        when = (
            "Hôm nay đã đôn đốc rồi" if day == today else f"Đã có tin đôn đốc chờ gửi ngày {day_month(day)}"
        )
        whose = [
            f"{name} ({', '.join(entry.code for entry in own)})" for name, own in by_agency(again).items()
        ]
        blocks.append(block(f"{when}, không gửi thêm: {_listed(whose)}."))
    nowhere = list(by_agency([entry for entry in found if entry.agency not in placed]))
    if nowhere:
        blocks.append(block(f"Chưa có nơi nhận: {_listed(nowhere)}."))
    return blocks


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _AGENCIES_NAMED
    return joined(names[:_AGENCIES_NAMED]) + (f"; và {more} cơ quan nữa" if more > 0 else "")


async def _with_chats(asked: Asked, found: Sequence[Entry]) -> dict[str, list[int]]:
    """The chats (ids) within reach of each agency that has any."""
    placed = {}
    for agency in dict.fromkeys(entry.agency for entry in found):
        chats = await chats_of(asked.session, agency)
        if chats:
            placed[agency] = [chat.id for chat in chats]
    return placed


async def _carry_out(asked: Asked, found: Sequence[Entry], proposal: ProposalRow) -> Answer:
    """Queue one message for each chat; every right and every fact is looked at again."""
    day = asked.timetable.hours.next_notices(asked.now, asked.timetable.calendar)
    plans = await steered(asked)
    ours = [entry for entry in found if entry.plan_key in plans]
    # Locked before it is asked who was reminded: of two who tap at once the second finds the first.
    still_open = [entry for entry in ours if await open_row(asked.session, entry.id) is not None]
    told = await nudged_on(asked.session, [entry.id for entry in still_open], day)
    placed = await _with_chats(asked, still_open)
    going = [entry for entry in still_open if entry.id not in told and entry.agency in placed]
    left_out = _left_out(still_open, told, placed, day, asked.today)
    closed = [entry for entry in found if entry not in still_open]
    if closed:
        left_out.append(
            block("Không còn để mở, không gửi: " + ", ".join(entry.code for entry in closed) + ".")
        )
    if not going:
        return Answer(message=message(block(line(bold("Không có gì để gửi."))), *left_out), edits_tapped=True)
    text = proposal.details.get("text")
    await _queue(asked, going, placed, day, text=text, proposal_id=proposal.id)
    for entry in going:
        await audit_event(
            asked.session,
            "remind",
            actor=asked.actor,
            now=asked.now,
            subject=text or "",
            assignment_id=entry.id,
            after={"day": day.isoformat(), "chats": len(placed[entry.agency])},
        )
    return Answer(message=_sent_words(asked, going, day, proposal.details, left_out), edits_tapped=True)


async def _queue(
    asked: Asked,
    going: Sequence[Entry],
    placed: dict[str, list[int]],
    day: date,
    *,
    text: str | None,
    proposal_id: int,
) -> None:
    lead = to_json(await _lead(asked, going, text))
    by_chat: dict[int, dict[int, date | None]] = {}
    for entry in going:
        for chat in placed[entry.agency]:
            by_chat.setdefault(chat, {})[entry.id] = entry.due
    for chat, assignments in by_chat.items():
        await queue_nudge(
            asked.session,
            chat_id=chat,
            assignments=assignments,
            day=day,
            lead=lead,
            proposal_id=proposal_id,
            wall=asked.wall,
        )


async def _lead(asked: Asked, going: Sequence[Entry], text: str | None) -> Message:
    """Who asks, and what they wrote."""
    plans = {entry.plan_key for entry in going}
    offices = [
        office.name
        for office in asked.bindings.offices
        if plans & await plans_of(asked.session, [office.code])
    ]
    who = block(line(bold(f"📣 {joined(offices)} (cơ quan thường trực) đôn đốc:")))
    return message(who, *([block(text)] if text else []))


def _sent_words(
    asked: Asked, going: Sequence[Entry], day: date, details: Details, left_out: Sequence[Block]
) -> Message:
    hours = asked.timetable.hours
    at_once = hours.notices_for(asked.now, asked.timetable.calendar) is not None
    head = (
        f"Đang gửi đôn đốc {_counted(going)}."
        if at_once
        else f"Đã ghi: sẽ gửi lúc {hours.opens:%H:%M} ngày {full_day(day)} đôn đốc {_counted(going)}."
    )
    whose = [
        line(f"🏛 {name}: {', '.join(dict.fromkeys(entry.code for entry in own))}")
        for name, own in by_agency(going).items()
    ]
    more = len(whose) - _AGENCIES_NAMED
    return message(
        block(line("📣 ", bold(head))),
        block(*whose[:_AGENCIES_NAMED], *([f"… và {more} cơ quan nữa"] if more > 0 else [])),
        *([block(*_text_lines(details))] if details.get("text") else []),
        *left_out,
        "Tin nào không tới nơi sẽ có trong danh sách sáng ngày làm việc kế tiếp.",
    )


CHANGE = Change(command=Command.REMIND, question="Đôn đốc?", lines=_text_lines, carry_out=_carry_out)
