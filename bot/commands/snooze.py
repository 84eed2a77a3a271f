"""/snooze: fewer reminders of an assignment for some days. The last one before it is due always comes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.commands.asked import Answer, Asked
from bot.commands.menu import Command
from bot.commands.proposing import Change, Details, already_done, ask_for_yes, ask_which, done_before, written
from bot.commands.which import which
from bot.days import TypedDay, days_in
from bot.listing import command_about, what_is_left
from bot.message import Line, Message, block, bold, line, message
from bot.wording import day_month, full_day, named_day
from plan.text import fold
from store.agenda import Entry, entries
from store.snoozes import Snooze, foreseen
from store.snoozes import snooze as put_to_sleep
from store.tables import ProposalRow

USUAL_DAYS = 3
MOST_DAYS = 30
_LATER = timedelta(days=30)
_EXAMPLE = "/snooze 2.6a 3 ngày hoặc /snooze 2.6a 20/3"
# Here "20.3" and "20-3" are days: the code has been taken out.
_DOTTED = re.compile(r"(?<![\w./-])(\d{1,2})[.-](\d{1,2})(?![\w/]|[.-]\d)")
_SPAN = re.compile(r"(?<![\w/.,-])(?P<count>\d{1,6}|mot|hai|ba|bon) ?(?P<unit>ngay|hom|tuan)(?!\w)")
_TOMORROW = re.compile(r"(?<!\w)(?:ngay )?mai(?!\w)")
_NEXT_WEEK = re.compile(r"(?<!\w)tuan (?:sau|toi)(?!\w)")
_WEEKDAY = re.compile(r"(?<!\w)(?:thu (?P<day>hai|ba|tu|nam|sau|bay|[2-7])|chu nhat)(?!\w)")
# A time is meant: "cuối tháng", "quý sau".
_SOME_TIME = re.compile(
    r"(?<!\w)(?:dau|giua|cuoi|het|sang|qua)? ?(?:thang|quy|tuan|nam) ?(?:nay|sau|toi)?(?!\w)"
)
_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4}
_WEEKDAYS = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5, "nhat": 6}


@dataclass(frozen=True, kw_only=True)
class UntilReading:
    """The day from which reminders are wanted again, or what is wrong with what was typed."""

    until: date | None = None
    wrong: str | None = None


def read_until(text: str, today: date) -> UntilReading:
    """A day, a number of days or weeks, or a weekday; three days when the text names no time at all. Always after `today`, at
    most thirty days on. A time that is not understood is asked for again."""
    until, wrong = _named_day(text, today)
    if wrong is not None:
        return UntilReading(wrong=wrong)
    if until is None:
        if any(char.isdigit() for char in text) or _SOME_TIME.search(fold(text)):
            return UntilReading(wrong="Chưa rõ anh/chị muốn hoãn đến bao giờ.")
        until = today + timedelta(days=USUAL_DAYS)
    if until <= today:
        return UntilReading(wrong=f"Ngày nhắc lại phải sau hôm nay, {full_day(until)} thì không được.")
    if until > today + timedelta(days=MOST_DAYS):
        return UntilReading(wrong=f"Mỗi lần hoãn nhắc được nhiều nhất {MOST_DAYS} ngày.")
    return UntilReading(until=until)


def _named_day(text: str, today: date) -> tuple[date | None, str | None]:
    """The day that the words name, and what is wrong with it."""
    folded = fold(text)
    if found_days := days_in(_DOTTED.sub(r"\1/\2", text), year=today.year):
        return _day(found_days, today)
    if (found := _SPAN.search(folded)) is not None or (found := re.fullmatch(r"(?P<count>\d{1,6})", folded)):
        count = _NUMBERS.get(found["count"]) or int(found["count"])
        in_weeks = found.groupdict().get("unit") == "tuan"
        # Beyond what a calendar holds it is too long in any case.
        return today + timedelta(days=min(count * (7 if in_weeks else 1), 366)), None
    if _TOMORROW.search(folded):
        return today + timedelta(days=1), None
    if (found := _WEEKDAY.search(folded)) is not None:
        return _weekday(found, today, folded)
    if _NEXT_WEEK.search(folded):
        return today + timedelta(days=7 - today.weekday()), None
    return None, None


def _weekday(found: re.Match[str], today: date, folded: str) -> tuple[date, None]:
    """The next such day; "thứ Sáu tuần sau" is in the week after this one."""
    day = found["day"] or "nhat"
    wanted = _WEEKDAYS[day] if day in _WEEKDAYS else int(day) - 2
    if _NEXT_WEEK.search(folded):
        return today + timedelta(days=7 - today.weekday() + wanted), None
    return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1), None


def _day(found: Sequence[TypedDay], today: date) -> tuple[date | None, str | None]:
    if len({day.day for day in found}) > 1:
        return None, f"Chưa rõ hoãn đến ngày nào: {' hay '.join(day.words for day in found)}."
    until = found[0].day
    if until is None:
        return None, f"Không có ngày {found[0].words}."
    # At the end of a year "05/01" is in the next one.
    if not found[0].year_typed and until < today and (until.month, until.day) != (2, 29):
        turned = until.replace(year=today.year + 1)
        until = turned if turned <= today + _LATER else until
    return until, None


async def snooze(asked: Asked) -> Answer:
    """Ask for a yes; of what cannot be snoozed say why, and what to do instead."""
    owed = await entries(asked.session, agencies=asked.agency_codes)
    meant = await which(asked, Command.SNOOZE, owed)
    if meant.instead is not None:
        return meant.instead
    if not meant.still_open:
        return Answer(message=already_done(meant.found))
    reading = read_until(meant.rest, asked.today)
    if reading.until is None:
        return Answer(message=message(f"{reading.wrong} Anh/chị gõ lại giúp, ví dụ: {_EXAMPLE}"))
    come = {entry.id: await _foreseen(asked, entry, reading.until) for entry in meant.still_open}
    possible = [entry for entry in meant.still_open if (found := come[entry.id]) and found.changes]
    if not possible:
        first = meant.still_open[0]
        return Answer(message=_why_not(first, come[first.id], reading.until, asked.today))
    kept: dict[str, str] = {"until": reading.until.isoformat()}
    if len(possible) > 1:
        strange = meant.strange_period
        # A day may name a period ("20/3"); here it says until when.
        no_period = strange is None or bool(days_in(strange, year=asked.today.year))
        return Answer(
            message=await ask_which(
                asked, CHANGE, possible, kept, strange_period=None if no_period else strange
            )
        )
    return Answer(message=await ask_for_yes(asked, CHANGE, possible, kept | _awake(come[possible[0].id])))


async def _foreseen(asked: Asked, entry: Entry, until: date) -> Snooze | None:
    return await foreseen(asked.session, entry.id, until=until, timetable=asked.timetable, today=asked.today)


def _awake(found: Snooze | None) -> dict[str, str]:
    return {} if found is None else {"until": found.until.isoformat(), "again": found.again.isoformat()}


def _why_not(entry: Entry, found: Snooze | None, until: date, today: date) -> Message:
    name = f"{entry.code} {entry.period}".strip()
    if entry.due is None:
        return message(
            f"{name} không có hạn cụ thể nên không có lời nhắc để hoãn.",
            block(line("Xem chi tiết: ", command_about(Command.TASK, entry))),
        )
    later = day_month(max(entry.due, today) + _LATER)
    extend = f"Cần thêm thời gian thì xin gia hạn, ví dụ: /extend {name} {later} chờ văn bản"
    if found is None:
        return message(f"{name} {what_is_left(entry, today)} nên không hoãn nhắc được.", extend)
    planned = named_day(found.planned, entry.plan_year)
    if found.planned < until:
        last = "trước ngày chốt số liệu hoặc hạn nộp" if entry.is_report else "trước hạn"
        return message(
            f"Lần nhắc tới của {name} ({planned}) là lần cuối {last}, nên không hoãn được.", extend
        )
    nothing = (
        f"Từ nay đến {day_month(until, entry.plan_year)} không có lời nhắc nào của {name}: "
        f"lần nhắc tới là {planned}. Chưa có gì thay đổi."
    )
    wait = (found.planned - today).days + USUAL_DAYS
    if wait > MOST_DAYS:
        return message(nothing)
    return message(nothing, f"Muốn hoãn lâu hơn, anh/chị gõ số ngày, ví dụ: /snooze {name} {wait} ngày")


def _lines(details: Details) -> list[Line]:
    until = date.fromisoformat(details["until"])
    lines = [line("Hoãn nhắc đến ", bold(named_day(until)))]
    again = details.get("again")
    if again is None:
        return [*lines, line("Lời nhắc cuối trước hạn vẫn được gửi.")]
    if again == details["until"]:
        return lines
    return [*lines, line(f"Nhắc lại: {named_day(date.fromisoformat(again))}")]


async def _carry_out(asked: Asked, found: Sequence[Entry], proposal: ProposalRow) -> Answer:
    """Snooze what was proposed, as it stands now: a day may have passed since the question."""
    until = date.fromisoformat(proposal.details["until"])
    if until <= asked.today:
        again = f"Đã đến ngày nhắc lại ({full_day(until)}), nên chưa hoãn gì. Anh/chị gõ lại lệnh giúp."
        return Answer(message=message(again), edits_tapped=True)
    outcomes = {entry.id: await _sleep(asked, entry, until, proposal) for entry in found}
    newly = [entry for entry in found if outcomes[entry.id] is not None]
    if newly:
        if len(newly) == 1:
            proposal.details = {**proposal.details, **_awake(outcomes[newly[0].id])}
        return written(CHANGE, proposal, "Đã hoãn nhắc.", newly, [e for e in found if e in newly])
    still_open = [entry for entry in found if entry.is_open]
    if not still_open:
        return Answer(message=done_before(found), edits_tapped=True)
    come = await _foreseen(asked, still_open[0], until)
    return Answer(message=_why_not(still_open[0], come, until, asked.today), edits_tapped=True)


async def _sleep(asked: Asked, entry: Entry, until: date, proposal: ProposalRow) -> Snooze | None:
    return await put_to_sleep(
        asked.session,
        assignment_id=entry.id,
        until=until,
        timetable=asked.timetable,
        actor=asked.actor,
        now=asked.now,
        today=asked.today,
        proposal_id=proposal.id,
    )


CHANGE = Change(command=Command.SNOOZE, question="Hoãn nhắc?", lines=_lines, carry_out=_carry_out)
