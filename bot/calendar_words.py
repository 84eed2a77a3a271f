"""How the events of calendars are written: what is due, and what they say when they are opened."""

from datetime import date

from bot.codes import shorten
from bot.listing import day_off_words
from bot.wording import full_day
from plan.assignments import DutyKind
from plan.milestones import DueDates
from store.calendar_days import DayOwed

_SUMMARY_LIMIT, _PERIOD_LIMIT = 80, 40


def what(one: DayOwed) -> str:
    """ "2.6a Quyết định công bố… (quý I)", "BC Báo cáo… (Quý III/2023)", "2.6a phối hợp với Sở Tư pháp: gửi danh mục"."""
    if one.kind is DutyKind.SUPPORT:
        asked = f"{one.code} phối hợp với {one.asked_by_name or ''}".rstrip()
        return shorten(": ".join(part for part in (asked, one.period) if part), _SUMMARY_LIMIT)
    period = f" ({shorten(one.period, _PERIOD_LIMIT)})" if one.period else ""
    product = one.product.strip(" .")
    return f"{one.code} {shorten(product, _SUMMARY_LIMIT - len(one.code) - len(period))}{period}"


def due_word(one: DayOwed) -> str:
    """Of a report: the day on which it is handed in, beside its cutoff."""
    return "hạn nộp" if one.kind is DutyKind.REPORT else "hạn"


def more_about(one: DayOwed, day: date | None) -> list[str]:
    """What the event says when it is opened; `day` is its due day."""
    lines = [f"Nhiệm vụ: {one.title}"]
    if one.kind is DutyKind.SUPPORT:
        lines.append(f"Nội dung phối hợp: {one.period}")
    elif one.kind is not DutyKind.REPORT:
        lines.append(f"Sản phẩm: {one.product}")
    if one.period and one.kind is not DutyKind.SUPPORT:
        lines.append(f"Kỳ: {one.period}")
    if one.data_from is not None and one.cutoff is not None:
        lines.append(f"Số liệu: từ {full_day(one.data_from)} đến {full_day(one.cutoff)}")
    if day is not None:
        lines.append(f"Hạn: {full_day(day)}")
        dates = DueDates.if_dated(one.due, one.remind_by, one.late_after, one.cutoff)
        off = day_off_words(dates) if dates is not None else None
        if off is not None:
            lines.append(off)
    if one.agency_name:
        lines.append(f"Cơ quan: {one.agency_name}")
        if one.former_due is not None and one.due is not None:
            lines.append(f"Hạn trước đó: {full_day(one.former_due)}")
    return [*lines, f"Kế hoạch: {one.document}"]
