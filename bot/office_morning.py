"""The note of the morning to those who oversee a plan: what the standing office has to see to, and the week in figures.

Long lists are cut, so that all of it is one message.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from bot.codes import shorten
from bot.message import Block, Choice, Line, Message, block, bold, code, italic, line, message
from bot.wording import capitalised, day_month, full_day, joined, moment, named_day, reason_words, runs
from store.agenda import Entry
from store.office_list import OfficeList, Unheard
from store.quota import HeldBack
from store.undelivered import FailedMorning
from store.week import Clash, LateAgency, ReportThisWeek, WeekFigures

# What is not shown is not marked as told either: it comes the next morning.
MOST_UNDELIVERED = 8
_MOST = 5
_MOST_NAMES = 3
_NAME_LIMIT = 60
_PRODUCT_LIMIT = 50
_TO_SUNDAY = timedelta(days=6)
_A_MONTH = timedelta(days=30)


def office_morning(day: date, todo: OfficeList, figures: WeekFigures | None) -> Message | None:
    """All of it in one note, what has to be seen to first; None when there is nothing to say."""
    sections = [
        *([_undelivered(day, todo.undelivered)] if todo.undelivered else []),
        *(_held_back(one) for one in todo.held_back),
        *([_waiting(todo.waiting)] if todo.waiting else []),
        *([_unheard(todo.unheard, this_week=todo.unheard_this_week)] if todo.unheard else []),
        *([_clashes(todo.clashes)] if todo.clashes else []),
        *([_undated(day, todo.undated)] if todo.undated else []),
    ]
    week = [] if figures is None or figures.is_empty else _week(figures)
    if not sections and not week:
        return None
    if sections and not todo.undelivered:
        sections.insert(0, block(line(bold(f"📋 {named_day(day)}/{day.year}: việc cần xem"))))
    return message(*sections, *week, choices=_choices(todo, figures if week else None))


def _choices(todo: OfficeList, figures: WeekFigures | None) -> list[list[Choice]]:
    found = [
        *([runs("Duyệt đề nghị", "/approve")] if todo.waiting else []),
        *([runs("Nơi nhận", "/bindings")] if todo.unheard else []),
        *([runs("Cơ quan quá hạn", "/late")] if figures is not None and figures.late else []),
        *([runs("Tình hình chung", "/status")] if figures is not None else []),
    ]
    return [found[start : start + 2] for start in range(0, len(found), 2)]


def _undelivered(day: date, failed: Sequence[FailedMorning]) -> Block:
    lines = [
        line(bold(f"⚠️ {full_day(day)}: lời nhắc chưa tới nơi.")),
        line("Các việc này chưa được tính là đã đôn đốc. Đề nghị liên hệ trực tiếp."),
    ]
    for one in failed:
        who = "Chuyển lên lãnh đạo, cơ quan thường trực" if one.is_escalation else _names(one.agencies)
        lines.append(line(bold(f"• {who}"), f": {one.assignments} việc"))
        lines.append(line(italic(reason_words(one.error))))
    if len(failed) >= MOST_UNDELIVERED:
        lines.append(line("Nếu còn tin khác chưa tới nơi, bot báo tiếp vào sáng làm việc sau."))
    return block(*lines)


def _held_back(one: HeldBack) -> Block:
    lines = [line(bold(f"📵 {capitalised(one.channel)} đã dùng hết {one.allowed} tin của tháng."))]
    if one.agencies:
        lines.append(line(f"Lời nhắc chưa tới nơi: {_names(one.agencies)}. Đề nghị liên hệ trực tiếp."))
    if one.others:
        since = f", từ {moment(one.since)}" if one.since is not None else ""
        lines.append(line(f"Câu trả lời đang giữ lại: {one.others}{since}. Quá một ngày thì không gửi nữa."))
    return block(*lines)


def _names(agencies: Sequence[str]) -> str:
    more = len(agencies) - _MOST_NAMES
    words = joined([shorten(name, _NAME_LIMIT) for name in agencies[:_MOST_NAMES]])
    return (words or "không rõ cơ quan") + (f" và {more} cơ quan khác" if more > 0 else "")


def _waiting(count: int) -> Block:
    return block(
        line(bold(f"📨 {count} đề nghị đã chờ quá 2 ngày làm việc.")), line("Xem và trả lời: /approve")
    )


def _unheard(found: Sequence[Unheard], *, this_week: bool) -> Block:
    why = "có việc quá hạn hoặc đến hạn trong 30 ngày" if this_week else "có việc cần nhắc hôm nay"
    return block(
        line(bold(f"🔕 {len(found)} cơ quan {why} nhưng không có nơi nhận lời nhắc.")),
        *(_unheard_line(one) for one in found[:_MOST]),
        *_more(len(found), "cơ quan khác: /bindings"),
        line("Tạo mã mời: ", code(f"/invite {found[0].code}")),
    )


def _unheard_line(one: Unheard) -> Line:
    why = " (bot bị chặn hoặc bị xóa khỏi nhóm)" if one.cut_off else ""
    return line(f"• {shorten(one.name, _NAME_LIMIT)}: {one.count} việc{why}")


def _clashes(found: Sequence[Clash]) -> Block:
    return block(
        line(bold("📌 Nhiều việc cùng tuần")),
        *(line(f"• {clash_words(one)}") for one in found[:_MOST]),
        *_more(len(found), "trường hợp khác. Xem việc của một cơ quan: /agency"),
    )


def clash_words(clash: Clash) -> str:
    """ "Sở Tư pháp: 3 việc và báo cáo quý III/2023 cùng tuần 11/09–17/09"."""
    periods = list(dict.fromkeys(period[:1].lower() + period[1:] for period in clash.reports))
    count = f"{len(clash.reports)} " if len(clash.reports) > 1 else ""
    parts = [
        *([f"{clash.tasks} việc"] if clash.tasks else []),
        *([f"{count}báo cáo {', '.join(periods)}"] if periods else []),
    ]
    return f"{shorten(clash.agency, _NAME_LIMIT)}: {' và '.join(parts)} cùng tuần {_span(clash.monday)}"


def _undated(day: date, found: Sequence[Entry]) -> Block:
    by_output: dict[tuple[str, str], list[Entry]] = {}
    for entry in sorted(found, key=lambda entry: (entry.order, entry.agency)):
        by_output.setdefault((entry.plan_key, entry.code), []).append(entry)
    outputs = list(by_output.values())
    return block(
        line(bold(f"⏳ {len(outputs)} việc chờ văn bản, chưa có ngày.")),
        *(_undated_line(of_output) for of_output in outputs[:_MOST]),
        *_more(len(outputs), "việc khác: /setdue"),
        line("Khi có văn bản: ", code(f"/setdue {outputs[0][0].code} {full_day(day + _A_MONTH)}")),
    )


def _undated_line(of_output: Sequence[Entry]) -> Line:
    entry, more = of_output[0], len(of_output) - 1
    who = shorten(entry.agency_name, _NAME_LIMIT) + (f" và {more} cơ quan khác" if more else "")
    return line("• ", bold(entry.code), f" {shorten(entry.product.rstrip(' .'), _PRODUCT_LIMIT)} ({who})")


def _week(figures: WeekFigures) -> list[Block]:
    head = [line(bold(f"📊 Tuần {_span(figures.monday)}/{(figures.monday + _TO_SUNDAY).year}"))]
    if figures.ended:
        share = f"{figures.done}/{figures.ended} việc đã đến hạn ({figures.percent}%)"
        head.append(line(f"Đã xong {share}. Tuần trước xong {figures.done_last_week} việc."))
    elif figures.done_last_week:
        head.append(line(f"Tuần trước xong {figures.done_last_week} việc."))
    ahead = []
    if figures.due:
        ahead.append(
            line(f"🗓 Tuần này đến hạn: {figures.due} việc chưa xong của {figures.due_agencies} cơ quan")
        )
    ahead += [_report_line(report) for report in figures.reports]
    return [
        block(*head),
        *([_late(figures.late)] if figures.late else []),
        *([block(*ahead)] if ahead else []),
    ]


def _late(found: Sequence[LateAgency]) -> Block:
    count = sum(one.count for one in found)
    return block(
        line(bold(f"⛔ Quá hạn: {count} việc của {len(found)} cơ quan")),
        *(
            line(f"• {shorten(one.agency, _NAME_LIMIT)}: {one.count} việc, lâu nhất {one.longest} ngày")
            for one in found[:_MOST]
        ),
        *_more(len(found), "cơ quan khác: /late"),
    )


def _report_line(report: ReportThisWeek) -> Line:
    period = report.period[:1].lower() + report.period[1:]
    return line(
        f"📄 Báo cáo {period}, nộp chậm nhất {day_month(report.due)}: đã nộp {report.handed_in}/{report.owed}"
    )


def _more(count: int, what: str) -> Iterable[Line]:
    return [line(f"và {count - _MOST} {what}")] if count > _MOST else []


def _span(monday: date) -> str:
    return f"{day_month(monday)}–{day_month(monday + _TO_SUNDAY)}"
