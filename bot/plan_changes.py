"""What people hear of an edited plan file: the standing office before and after, the agencies concerned after."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.codes import shorten
from bot.message import Block, Choice, Line, Message, Tone, block, bold, line, message
from bot.wording import SEE_DUE, day_month, full_day, joined
from store.difference import ChangeKind, Difference, DutyChange, TextChange

_MOST_LINES = 20
_MOST_CHARACTERS = 2800
_MOST_OF_AGENCY = 12
_MOST_NAMES = 3
_TITLE_LIMIT = 70
_TEXT_LIMIT = 60
_MARKS = {ChangeKind.NEW: "➕", ChangeKind.MOVED: "📅", ChangeKind.RETIRED: "➖"}
_COUNTED = {ChangeKind.NEW: "việc mới", ChangeKind.MOVED: "việc đổi ngày", ChangeKind.RETIRED: "việc bỏ đi"}
_OF_AGENCY = {
    ChangeKind.NEW: "➕ Việc mới",
    ChangeKind.MOVED: "📅 Đổi ngày",
    ChangeKind.RETIRED: "➖ Không còn phải làm",
}
_FIELDS = {
    "title": "tên",
    "product": "sản phẩm",
    "schedule": "thời gian thực hiện",
    "heading": "đề mục",
    "area_name": "lĩnh vực",
    "lead": "chủ trì",
    "support": "phối hợp",
    "period": "kỳ",
}
_PLAN_FIELDS = {
    "title": "Tên kế hoạch",
    "document": "Số văn bản của kế hoạch",
    "standing_office": "Cơ quan thường trực",
    "report_address": "Nơi nhập báo cáo",
    "agency": "Tên cơ quan",
}


def question(number: int, document: str, year: int, difference: Difference) -> Message:
    """For the standing office: what the file would change, in one message whatever its length, and yes or no."""
    concerned = len({change.agency for change in difference.duties if change.is_open})
    told = f"Áp dụng thì {concerned} cơ quan liên quan được báo. " if concerned else ""
    return message(
        block(
            line(bold("📝 Tệp kế hoạch đã được sửa, chưa áp dụng.")),
            line(f"Kế hoạch số {document}"),
            line(f"{counts(difference)}."),
        ),
        *_lines_within(difference, year),
        f"{told}Chưa trả lời thì kế hoạch đang chạy giữ nguyên.",
        choices=[
            [
                Choice(label="Áp dụng", action=f"plan:yes:{number}", tone=Tone.YES),
                Choice(label="Không áp dụng", action=f"plan:no:{number}", tone=Tone.NO),
            ]
        ],
    )


def taken_over(
    document: str, year: int, difference: Difference, *, told: int, without_chat: Sequence[str], asked: bool
) -> Message:
    """For the standing office: the file is in force. `told` agencies have heard; what changed is shown unless it was asked
    about before."""
    heard = [f"Đã báo {told} cơ quan liên quan."] if told else []
    if without_chat:
        heard.append(f"Chưa kết nối nên chưa được báo: {_names(without_chat)}")
    return message(
        block(
            line(bold("✅ Đã áp dụng tệp kế hoạch mới.")),
            line(f"Kế hoạch số {document}"),
            line(f"{counts(difference)}."),
        ),
        *([] if asked else _lines_within(difference, year)),
        *([block(*heard)] if heard else []),
    )


def refused_elsewhere(document: str) -> Message:
    """For the others who should know: the standing office said no, so file and running plan differ."""
    return message(
        block(
            line(bold("Cơ quan thường trực không áp dụng tệp kế hoạch đã sửa.")),
            line(f"Kế hoạch số {document} đang chạy giữ nguyên; tệp vẫn khác cho tới khi được sửa lại."),
        )
    )


def of_agency(agency_name: str, document: str, year: int, changes: Sequence[DutyChange]) -> Message:
    """For an agency: its own new, changed and retired assignments."""
    shown = sorted(changes, key=lambda change: list(ChangeKind).index(change.kind))[:_MOST_OF_AGENCY]
    blocks: list[Block] = []
    for kind in ChangeKind:
        of_kind = [change for change in shown if change.kind is kind]
        for position, change in enumerate(of_kind):
            heading = [line(bold(_OF_AGENCY[kind]))] if position == 0 else []
            period = f" · {change.period}" if change.period else ""
            title = line(bold(change.code), f" {shorten(change.title, _TITLE_LIMIT)}{period}")
            days = _days(change, year)
            blocks.append(block(*heading, title, *([line(days)] if days else [])))
    more = len(changes) - len(shown)
    if more:
        blocks.append(block(f"… và {more} việc khác."))
    head = block(
        line(bold(f"📝 Kế hoạch thay đổi: {len(changes)} việc của {agency_name}.")),
        line(f"Kế hoạch số {document}"),
    )
    return message(head, *blocks, choices=[[SEE_DUE]])


def counts(difference: Difference) -> str:
    """ "3 việc mới, 1 việc bỏ đi, 2 chỗ sửa nội dung"."""
    parts = [f"{len(found)} {_COUNTED[kind]}" for kind in ChangeKind if (found := difference.of_kind(kind))]
    if difference.texts:
        parts.append(f"{len(difference.texts)} chỗ sửa nội dung")
    return ", ".join(parts)


def _lines_within(difference: Difference, year: int) -> list[Block]:
    """As many lines as fit one message, and how many changes there are beyond."""
    blocks: list[Block] = []
    used, left = 0, len(difference.duties) + len(difference.texts)
    for count, shown in all_lines(difference, year):
        length = sum(len(span.text) for span in shown)
        if len(blocks) == _MOST_LINES or used + length > _MOST_CHARACTERS:
            break
        blocks.append(block(shown))
        used, left = used + length, left - count
    if left:
        blocks.append(block(f"… và {left} thay đổi khác."))
    return blocks


def all_lines(difference: Difference, year: int) -> Iterator[tuple[int, Line]]:
    """Each line with how many changes it tells: one of several agencies alike is told once."""
    for text in difference.texts:
        if text.code is None:
            yield 1, _text_line(text)
    alike: dict[tuple[object, ...], list[DutyChange]] = {}
    for change in difference.duties:
        key = (
            change.kind, change.code, change.period, change.old_due, change.new_due,
            change.old_cutoff, change.new_cutoff,
        )  # fmt: skip
        alike.setdefault(key, []).append(change)
    for kind in ChangeKind:
        for changes in alike.values():
            if changes[0].kind is kind:
                yield len(changes), _duty_line(changes, year)
    for text in difference.texts:
        if text.code is not None:
            yield 1, _text_line(text)


def _duty_line(changes: Sequence[DutyChange], year: int) -> Line:
    first = changes[0]
    title = "" if first.kind is ChangeKind.MOVED else f" {shorten(first.title, _TITLE_LIMIT)}"
    names = _names([change.agency_name for change in changes])
    parts = [part for part in (first.period, _days(first, year, with_set=False), names) if part]
    done = sum(not change.is_open for change in changes)
    if done:
        parts.append(f"đã xong: {done}" if len(changes) > 1 else "đã xong")
    extended = [
        f"{change.agency_name} đang gia hạn đến {day_month(change.set_due, year)}"
        for change in changes
        if change.set_due is not None
    ]
    if extended:
        parts.append(_names(extended))
    return line(f"{_MARKS[first.kind]} ", bold(first.code), f"{title} · {' · '.join(parts)}")


def _days(change: DutyChange, year: int, *, with_set: bool = True) -> str:
    match change.kind:
        case ChangeKind.NEW:
            return f"hạn {day_month(change.new_due, year)}" if change.new_due else ""
        case ChangeKind.RETIRED:
            return ""
        case ChangeKind.MOVED:
            parts = []
            if change.old_due != change.new_due:
                days = f"hạn {_day(change.old_due, year)} → {_day(change.new_due, year)}"
                if with_set and change.set_due is not None:
                    days += f" (thay cho ngày đã gia hạn {day_month(change.set_due, year)})"
                parts.append(days)
            if change.old_cutoff != change.new_cutoff:
                parts.append(
                    f"chốt số liệu {_day(change.old_cutoff, year)} → {_day(change.new_cutoff, year)}"
                )
            return ", ".join(parts)


def _day(day: date | None, year: int) -> str:
    if day is None:
        return "chưa có ngày"
    return day_month(day) if day.year == year else full_day(day)


def _text_line(text: TextChange) -> Line:
    words = f"{_quoted(text.old)} → {_quoted(text.new)}"
    if text.code is None:
        return line("✏️ ", bold(_PLAN_FIELDS[text.field]), f": {words}")
    return line("✏️ ", bold(text.code), f" sửa {_FIELDS[text.field]}: {words}")


def _quoted(text: str) -> str:
    return f"“{shorten(text, _TEXT_LIMIT)}”" if text else "(không ghi)"


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    shown = joined(names[:_MOST_NAMES])
    return f"{shown} và {more} cơ quan khác" if more > 0 else shown
