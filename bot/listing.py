"""How assignments are written as lines: the same in the morning message and in every answer."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from bot.codes import code_command, shorten
from bot.commands.menu import Command
from bot.message import Choice, Line, Span, bold, line
from bot.offered import offered
from bot.periods import Period, period_of_slot, periods_in
from bot.wording import capitalised, day_month, days, fits, full_day, named_day, runs
from plan.assignments import DutyKind
from plan.milestones import DueDates
from plan.vietnam import day_of
from store.agenda import Entry
from store.states import State

TITLE_LIMIT = 80
PRODUCT_LIMIT = 56
SHORT_TITLE_LIMIT = 48
# Three choices stand beside each other on a phone.
_DONE_LABEL_LIMIT = 20
ASK_LIMIT = 80


class Standing(StrEnum):
    """Where an open assignment stands on a day; TODAY spans from `remind_by` to `late_after`."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    ONGOING = "ongoing"
    ADHOC = "adhoc"
    EXTERNAL = "external"


HEADINGS = {
    Standing.LATE: "⛔ Quá hạn",
    Standing.TODAY: "⏰ Hạn hôm nay",
    Standing.SOON: "🗓 Sắp đến hạn",
    Standing.ONGOING: "🔁 Thường xuyên",
    Standing.ADHOC: "⚡ Đột xuất, khi có yêu cầu",
    Standing.EXTERNAL: "⏳ Chờ văn bản, chưa có ngày",
}


def standing(entry: Entry, today: date) -> Standing:
    """Which section of a list an open assignment belongs to."""
    if entry.due is None:
        match entry.kind:
            case DutyKind.ONGOING:
                return Standing.ONGOING
            case DutyKind.ADHOC:
                return Standing.ADHOC
            case DutyKind.EXTERNAL | DutyKind.DATES | DutyKind.REPORT | DutyKind.SUPPORT:
                return Standing.EXTERNAL
    if entry.is_late(today):
        return Standing.LATE
    return Standing.TODAY if (entry.remind_by or entry.due) <= today else Standing.SOON


def what_is_left(entry: Entry, today: date) -> str:
    """ "còn 3 ngày", "hạn hôm nay", "quá hạn 5 ngày". Days late count from `late_after` (Bộ luật Dân sự 2015, Điều 148)."""
    due, last = entry.due, entry.late_after or entry.due
    if due is None or last is None:
        return _why_no_day(entry.kind)
    if today > last:
        return f"quá hạn {days(today - last)}"
    until = f"nộp được đến hết {named_day(last, entry.plan_year)}"
    if due < today:
        return "hạn chuyển sang hôm nay" if today == last else until
    if due == today:
        return "hạn hôm nay" if last == today else f"hạn hôm nay (ngày nghỉ), {until}"
    if entry.remind_by == today:
        return f"hạn rơi vào ngày nghỉ ({named_day(due, entry.plan_year)}), nên nộp hôm nay"
    left = f"còn {days(due - today)}"
    return left if entry.remind_by is None or entry.remind_by > today else f"{left}, {until}"


def _why_no_day(kind: DutyKind) -> str:
    match kind:
        case DutyKind.ONGOING:
            return "thường xuyên, không có hạn cụ thể"
        case DutyKind.ADHOC:
            return "đột xuất, khi có yêu cầu"
        case DutyKind.EXTERNAL | DutyKind.DATES | DutyKind.REPORT | DutyKind.SUPPORT:
            return "chưa có ngày: cần người xem văn bản để ấn định"


def due_words(entry: Entry) -> str | None:
    """ "hạn 31/03", with the weekday where it is a day off; None when there is no due day. Of a report, whose data have
    a day of their own: "nộp chậm nhất 16/03"."""
    if entry.due is None:
        return None
    day = day_month if entry.remind_by in (None, entry.due) else named_day
    words = f"{'nộp chậm nhất' if entry.is_report else 'hạn'} {day(entry.due, entry.plan_year)}"
    extended = extension_words(entry)
    return f"{words} ({extended})" if extended else words


def extension_words(entry: Entry) -> str | None:
    """ "gia hạn lần 1, hạn gốc 31/03" of what was extended; None of all else, and where the plan's day is in force again."""
    if not entry.extensions or entry.due == entry.plan_due:
        return None
    original = f", hạn gốc {day_month(entry.plan_due, entry.plan_year)}" if entry.plan_due else ""
    return f"gia hạn lần {entry.extensions}{original}"


def day_off_words(dates: DueDates) -> str | None:
    """What it means that a due day is a day off, with the working days before and after it; None when it is none."""
    if dates.remind_by == dates.due:
        return None
    return (
        f"{named_day(dates.due)} là ngày nghỉ: nhắc trước vào {named_day(dates.remind_by)}, "
        f"nộp được đến hết {named_day(dates.late_after)}."
    )


def done_words(entry: Entry) -> str:
    """ "đã xong ngày 30/03/2023, số 15/KH-UBND": what was reported, when and with what, by nobody's name."""
    when = f" ngày {full_day(day_of(entry.done_at))}" if entry.done_at else ""
    match entry.state:
        case State.WAIVED:
            return f"không phát sinh, ghi{when}"
        case State.SUBMITTED:
            what = f"đã báo xong{when}, chờ duyệt"
        case State.DONE | State.OPEN:
            what = f"đã xong{when}"
    return what + (f", {document_words(entry.document, entry.document_date)}" if entry.document else "")


def on_time_words(entry: Entry, completed: date) -> str | None:
    """ "đúng hạn" or "quá hạn 3 ngày" of what is completed that day; days late count from `late_after`. None when there is
    no due day."""
    if entry.late_after is None:
        return None
    late = completed - entry.late_after
    return f"quá hạn {days(late)}" if late > timedelta() else "đúng hạn"


def document_words(document: str, dated: date | None) -> str:
    """ "số 15/KH-UBND ngày 20/02/2023"."""
    return f"số {document}" + (f" ngày {full_day(dated)}" if dated else "")


def periods_of(entry: Entry) -> frozenset[Period]:
    """The periods under which it can be asked for."""
    own = period_of_slot(entry.slot)
    year = (own and own.year) or entry.plan_year
    # What a lead asked for is in its own words, which may name any period.
    words = "" if entry.is_support else entry.period
    named = [period for period, _, _ in periods_in(words)] + ([own] if own else [])
    return frozenset(replace(period, year=period.year or year) for period in named)


def done_command(entry: Entry) -> Span:
    """What to answer when it is done: "/done_7_2a" or "/done_bc_q1", by hand "xong 7.2a", "xong BC q1"."""
    return command_about(Command.DONE, entry)


def command_about(command: Command, entry: Entry, *more: str) -> Span:
    """A command about one assignment: its code, its period where it recurs, and `more` words."""
    own = period_of_slot(entry.slot)
    period = [] if own is None else [own.said, *_other_year(own, entry)]
    tapped = (*typed_name(entry).split(), *more)
    return offered(command, "_".join(map(code_command, tapped)), " ".join([entry.code, *period, *more]))


def typed_name(entry: Entry) -> str:
    """How one assignment is named behind a command: "2.6a", "BC q1", "BC nam 2024"."""
    own = period_of_slot(entry.slot)
    return entry.code if own is None else " ".join([entry.code, own.key, *_other_year(own, entry)])


def _other_year(own: Period, entry: Entry) -> list[str]:
    return [] if own.year in (None, entry.plan_year) else [f"{own.year}"]


def done_choice(entry: Entry) -> Choice | None:
    """What to choose beside an open assignment with a due day when it is done: "✅ 2.6a", "✅ BC quý I". None for others, and
    where no choice can name it."""
    typed = f"/done {typed_name(entry)}"
    if not entry.is_open or entry.due is None or not fits(typed):
        return None
    if not entry.slot:
        return runs(f"✅ {entry.code}", typed)
    # What a lead asked for is in words of its own, which say nothing without its name.
    words = "phối hợp" if entry.is_support else re.sub(rf"[ /](?:năm )?{entry.plan_year}$", "", entry.period)
    label = f"✅ {entry.code} {words[:1].lower()}{words[1:]}"
    fitting = bool(words) and len(label) <= _DONE_LABEL_LIMIT
    return runs(label if fitting else f"✅ {typed_name(entry)}", typed)


def title_line(entry: Entry) -> Line:
    return line(bold(entry.code), f" {shorten(entry.title, TITLE_LIMIT)}")


def data_window(entry: Entry) -> str | None:
    """ "số liệu từ 15/12/2022 đến 14/03/2023, chốt 14/03" of a report."""
    if entry.data_from is None or entry.cutoff is None:
        return None
    window = f"số liệu từ {full_day(entry.data_from)} đến {full_day(entry.cutoff)}"
    return f"{window}, chốt {day_month(entry.cutoff, entry.plan_year)}"


def entry_lines(entry: Entry, today: date, *, tappable: bool = True) -> tuple[Line, ...]:
    """An assignment as an officer reads it on a phone: what, which output and period, until when and what to tap."""
    return (title_line(entry), line(what_words(entry)), status_line(entry, today, tappable=tappable))


def short_line(entry: Entry, today: date) -> Line:
    """One line for lists that cover much: "⛔ 2.6a Thực hiện hiệu quả… · quý I · quá hạn 5 ngày"; of an open one without a
    due day how far it is."""
    title = f" {shorten(entry.title, SHORT_TITLE_LIMIT)}"
    period = [entry.period] if entry.period else []
    if not entry.is_open:
        return line("✅ ", bold(entry.code), " · ".join([title, *period, done_words(entry)]))
    progress = [] if entry.progress is None else [f"{entry.progress}%"]
    kind = standing(entry, today)
    if entry.due is None:
        return line(bold(entry.code), " · ".join([title, *period, *progress]))
    left = f"hạn {day_month(entry.due, entry.plan_year)}"
    if kind is not Standing.SOON:
        left = what_is_left(entry, today)
    return line(
        HEADINGS[kind].split()[0], " ", bold(entry.code), " · ".join([title, *period, left, *progress])
    )


def what_words(entry: Entry) -> str:
    """The output and its period, a report's period and data window, or what a lead asked for."""
    if entry.is_support:
        return capitalised(support_words(entry))
    if entry.is_report:
        return " · ".join(part for part in (capitalised(entry.period), data_window(entry)) if part)
    product = shorten(entry.product.rstrip(" ."), PRODUCT_LIMIT)
    return " · ".join(part for part in (product, entry.period) if part)


def support_words(entry: Entry) -> str:
    """ "phối hợp với Sở Tư pháp: gửi danh mục"."""
    what = shorten(entry.period, ASK_LIMIT)
    return f"phối hợp với {entry.asked_by_name or entry.asked_by}" + (f": {what}" if what else "")


def status_line(entry: Entry, today: date, *, tappable: bool = True, begins: bool = True) -> Line:
    """Until when, what is left and how far it is, or that it is done; `begins` when it begins a line."""
    if not entry.is_open:
        return line("✅ ", done_words(entry))
    left = what_is_left(entry, today)
    urgent = entry.due is not None and standing(entry, today) in (Standing.LATE, Standing.TODAY)
    parts: list[str | Span] = []
    ends_today = entry.due == today == entry.late_after
    names_day = entry.due is not None and not ends_today and not (entry.remind_by == today < entry.due)
    if ends_today:
        left = f"{left} {day_month(today)}"
    if names_day:
        parts.append(f"{due_words(entry)} · ")
    parts.append(bold(left) if urgent else left)
    extended = extension_words(entry)
    if extended and not names_day:
        parts.append(f" · {extended}")
    if entry.is_report and entry.cutoff == today:
        parts += [" · ", bold("chốt số liệu hôm nay")]
    if entry.progress is not None:
        parts.append(f" · {entry.progress}%")
    if tappable:
        parts += [" · ", done_command(entry)]
    first, *others = line(*parts)
    return (replace(first, text=capitalised(first.text)), *others) if begins else (first, *others)


def sections(entries: Iterable[Entry], today: date) -> Iterator[tuple[Standing, list[Entry]]]:
    """Open assignments by where they stand, the most pressing first; empty sections are left out."""
    by_standing: dict[Standing, list[Entry]] = {kind: [] for kind in Standing}
    for entry in entries:
        by_standing[standing(entry, today)].append(entry)
    for kind, found in by_standing.items():
        if found:
            yield kind, found
