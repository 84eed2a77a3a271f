"""Which assignments a /done means: several codes, a period alone, and what was typed beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.codes import CodesReading, Details, looks_like_code, read_details, says_report, shorten
from bot.commands.asked import Asked
from bot.commands.lists import matching
from bot.commands.menu import Command
from bot.commands.not_ours import items_of
from bot.commands.unknown import unknown_code
from bot.courtesy import is_courtesy
from bot.documents import DayFault, DocumentDays
from bot.listing import periods_of
from bot.message import Message, block, line, message
from bot.periods import Period
from bot.wording import SEE_DUE, full_day, joined, runs
from store.agenda import Entry

MOST_CODES = 10
TOO_MANY = message(
    f"Mỗi lần ghi nhận được nhiều nhất {MOST_CODES} mã. Anh/chị chia ra nhiều lần giúp. Chưa ghi gì."
)
_SEE_REPORTS = runs("Các kỳ báo cáo", "/reports")
_ECHO_LIMIT = 40


def read_beside(asked: Asked, found: Sequence[Entry], rest: str, *, needs_period: bool = False) -> Details:
    """What stands beside the code. Of a single assignment the period needs no telling: "kế hoạch năm 2023" is then a note."""
    year = min((entry.plan_year for entry in found), default=asked.today.year)
    days = DocumentDays(earliest=date(year - 1, 1, 1), today=asked.today)
    if len(found) == 1 and not needs_period:
        # "ask1" is no note.
        found = [entry for entry in found if entry.is_support]
    read = read_details(rest, lambda period: bool(covered(found, period)), days)
    return replace(read, note=None) if read.note and is_courtesy(read.note) else read


def covered(found: Sequence[Entry], period: Period) -> list[Entry]:
    """Those that the period names."""
    return [entry for entry in found if any(period.covers(own) for own in periods_of(entry))]


@dataclass(frozen=True, kw_only=True)
class ByPeriod:
    """What a period alone names, and what stands beside it; or what to say instead, if anything."""

    found: tuple[Entry, ...] = ()
    read: Details | None = None
    instead: Message | None = None


def by_period(asked: Asked, owed: Sequence[Entry]) -> ByPeriod:
    """Reports by their period ("quý I", "báo cáo quý I"), or what else is owed for it. What may be meant as a code is not for
    here."""
    words = asked.args.split()
    names_report = says_report(words)
    rest = " ".join(words[2:]) if names_report else asked.args
    read = read_beside(asked, owed, rest, needs_period=True)
    if any(looks_like_code(word) and not word.isdigit() for word in (read.note or "").split()):
        return ByPeriod()
    reports = [entry for entry in owed if entry.is_report]
    if read.period is not None:
        found = covered(reports, read.period) or covered(owed, read.period)
        return ByPeriod(found=tuple(found), read=read)
    if names_report and reports:
        return ByPeriod(found=tuple(reports), read=read)
    if read.strange_period:
        return ByPeriod(
            instead=message(
                f"{joined(asked.agency_names)} không có báo cáo hay việc nào của kỳ “{read.strange_period}”.",
                choices=[[_SEE_REPORTS, SEE_DUE]],
            )
        )
    return ByPeriod(instead=None if read.note else unknown_code(Command.DONE, None, "", ()).message)


@dataclass(frozen=True, kw_only=True)
class Several:
    """What several codes name: `chosen` can be done now, `closed` is done already, `unclear` are codes that name more than
    one open assignment."""

    chosen: tuple[Entry, ...]
    closed: tuple[Entry, ...]
    unclear: dict[str, tuple[Entry, ...]]
    read: Details


def of_codes(asked: Asked, owed: Sequence[Entry], reading: CodesReading) -> Several:
    """A period that stands behind a code within the list is that code's; one after the list counts for the others that have
    it."""
    named = {code: matching(owed, code) for code in reading.codes}
    everything = [entry for found in named.values() for entry in found]
    read = read_beside(asked, everything, reading.rest)
    chosen: dict[int, Entry] = {}
    closed: dict[int, Entry] = {}
    unclear: dict[str, tuple[Entry, ...]] = {}
    for code, of_code in named.items():
        own = reading.periods.get(code) if len(of_code) > 1 else None
        period = own or read.period
        found = (period and covered(of_code, period)) or of_code
        still_open = [entry for entry in found if entry.is_open]
        if len(still_open) > 1 or (own and not covered(of_code, own)):
            unclear[code] = tuple(still_open or of_code)
        elif still_open:
            chosen[still_open[0].id] = still_open[0]
        else:
            closed |= {entry.id: entry for entry in found}
    return Several(chosen=tuple(chosen.values()), closed=tuple(closed.values()), unclear=unclear, read=read)


def say_unclear(unclear: dict[str, tuple[Entry, ...]]) -> Message:
    """For codes that name several: each on its own then asks which."""
    lines = [
        line(
            f"• {code}: ", ", ".join(dict.fromkeys(" ".join(filter(None, (e.code, e.period))) for e in found))
        )
        for code, found in unclear.items()
    ]
    return message(
        block("Chưa ghi gì: có mã gồm nhiều việc. Anh/chị gõ riêng từng mã giúp:", *lines),
        choices=[[runs(f"/done {code}", f"/done {code}") for code in list(unclear)[:3]]],
    )


async def say_unknown(asked: Asked, strange: Sequence[str]) -> Message:
    """For codes that this chat's agencies do not have: whose each is, if anybody's."""
    lines = []
    for word in strange:
        of_others = await items_of(asked, word)
        lines.append(
            f"• {of_others[0].code} do {joined(of_others[0].lead)} chủ trì."
            if of_others
            else f"• Không có việc mã “{shorten(word, _ECHO_LIMIT)}”."
        )
    head = f"Chưa ghi gì: có mã không phải việc của {joined(asked.agency_names)}."
    return message(block(head, *lines))


def say_wrong_day(asked: Asked, read: Details, found: Sequence[Entry]) -> Message:
    """For a document's date that cannot be: it is asked for again, never repaired."""
    written = shorten(read.written_day or "", _ECHO_LIMIT)
    match read.day_fault:
        case DayFault.FUTURE:
            why = f"Ngày văn bản “{written}” chưa đến (hôm nay {full_day(asked.today)})."
        case DayFault.TOO_EARLY:
            why = f"Ngày văn bản “{written}” sớm quá so với kế hoạch năm {found[0].plan_year}."
        case DayFault.NO_SUCH_DAY | None:
            why = f"Ngày “{written}” không có trong lịch."
    example = " ".join(("/done", found[0].code, read.document or "15/KH-UBND", full_day(asked.today)))
    return message(why, f"Anh/chị xem lại và gõ lại giúp, ví dụ: {example}. Chưa ghi gì.")
