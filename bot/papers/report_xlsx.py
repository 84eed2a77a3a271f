"""The progress report as a workbook: overview, every assignment, late ones, reminders, history.

Totals of the overview are formulas over its rows, so that whoever filters or edits sees them follow; the counts themselves
are the report's.
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from math import ceil
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.codes import clean
from bot.papers.official_words import COLUMN_WORDS, official_day, plan_document
from bot.papers.progress_report import ProgressReport, Row
from plan.vietnam import local
from store.figures import Column, Figures

Value = str | int | date | None

_FONT = "Times New Roman"
_HEAD = PatternFill("solid", fgColor="DDE6F0")
_THIN = Side(style="thin", color="A0A0A0")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_LINE_HEIGHT = 15.0
_NAME_WIDTHS = (48, *[13] * 9)
_DAY = "dd/mm/yyyy"
# Told apart in words as well, never by colour alone; light, so that black print stays legible.
_COLOURS = {
    Column.DONE_IN_TERM: "CDE8D5",
    Column.DONE_LATE: "FFF0B3",
    Column.OPEN_LATE: "F6C7B6",
    Column.UNDATED_DONE: "CDE8D5",
    Column.WAIVED: "E4E4E4",
}
_FIGURE_HEAD = (
    "Tổng số",
    "Hoàn thành đúng hạn",
    "Hoàn thành quá hạn",
    "Chưa hoàn thành, trong hạn",
    "Chưa hoàn thành, quá hạn",
    "Không có thời hạn, chưa hoàn thành",
    "Không có thời hạn, đã hoàn thành",
    "Không phát sinh",
    "Tỷ lệ đạt (%)",
)


def report_xlsx(report: ProgressReport) -> bytes:
    """The whole workbook. Takes a moment: not for the event loop."""
    book = Workbook()
    overview = book.worksheets[0]
    overview.title = "Tổng quan"
    _overview(overview, report)
    _assignments(book.create_sheet("Tất cả việc"), report)
    _late(book.create_sheet("Quá hạn"), report)
    _missing(book.create_sheet("Chưa báo cáo"), report)
    _reminders(book.create_sheet("Nhắc việc"), report)
    _history(book.create_sheet("Lịch sử"), report)
    for sheet in book.worksheets:
        sheet.sheet_view.zoomScale = 100
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _overview(sheet: Worksheet, report: ProgressReport) -> None:
    figures, period = report.overall, report.period
    _put(sheet, 1, 1, f"{report.plan.title} - {period.name}", bold=True, size=14)
    _put(sheet, 2, 1, f"Kế hoạch số {plan_document(report.plan)}")
    until = official_day(report.day)
    window = f"từ {official_day(period.data_from)} đến {official_day(period.cutoff)}"
    provisional = "; SỐ LIỆU TẠM TÍNH, chưa hết thời điểm chốt" if report.provisional else ""
    _put(sheet, 3, 1, f"Số liệu tính đến hết {until}; kỳ số liệu {window}{provisional}")
    row = _square(sheet, 5, figures)
    row = _by_name(sheet, row + 2, "Lĩnh vực", report.by_area)
    _by_name(sheet, row + 2, "Cơ quan", report.by_agency)
    _widths(sheet, _NAME_WIDTHS)
    sheet.freeze_panes = "B5"
    _print(sheet, head=None)


def _square(sheet: Worksheet, top: int, figures: Figures) -> int:
    """The official 2×2, then what has no due day; returns the last row."""
    for column, words in enumerate(("Việc có thời hạn", "Trong hạn", "Quá hạn", "Cộng"), start=1):
        _head(sheet, top, column, words)
    lines = (
        ("Đã hoàn thành", figures.done_in_term, figures.done_late),
        ("Chưa hoàn thành", figures.open_in_term, figures.open_late),
    )
    for offset, (name, in_term, late) in enumerate(lines, start=1):
        row = top + offset
        _cell(sheet, row, 1, name)
        _cell(sheet, row, 2, in_term)
        _cell(sheet, row, 3, late)
        _sum(sheet, row, 4, f"=B{row}+C{row}", bold=False)
    total = top + 3
    _cell(sheet, total, 1, "Cộng", bold=True)
    for number in (2, 3, 4):
        letter = get_column_letter(number)
        _sum(sheet, total, number, f"=SUM({letter}{top + 1}:{letter}{top + 2})")
    more = (
        ("Tỷ lệ đạt (%)", figures.percent if figures.percent is not None else "—"),
        ("Không có thời hạn, chưa hoàn thành", figures.undated),
        ("Không có thời hạn, đã hoàn thành", figures.undated_done),
        ("Không phát sinh", figures.waived),
        ("Tổng cộng", figures.total),
        ("Trong đó chờ duyệt (tính là chưa hoàn thành)", figures.submitted),
    )
    for row, (name, count) in enumerate(more, start=total + 1):
        _cell(sheet, row, 1, name)
        _cell(sheet, row, 2, count)
    return total + len(more)


def _by_name(sheet: Worksheet, top: int, name: str, rows: Sequence[Row]) -> int:
    """Figures by area or agency with their sum; returns the last row."""
    for column, words in enumerate((name, *_FIGURE_HEAD), start=1):
        _head(sheet, top, column, words)
    _fit(sheet, top, (name, *_FIGURE_HEAD), _NAME_WIDTHS)
    for number, one in enumerate(rows, start=top + 1):
        own = one.figures
        _cell(sheet, number, 1, one.name)
        counts = (
            own.total,
            own.done_in_term,
            own.done_late,
            own.open_in_term,
            own.open_late,
            own.undated,
            own.undated_done,
            own.waived,
        )
        for column, count in enumerate(counts, start=2):
            _cell(sheet, number, column, count)
        _cell(sheet, number, 10, own.percent if own.percent is not None else "—")
    total = top + len(rows) + 1
    _cell(sheet, total, 1, "Tổng cộng", bold=True)
    for column in range(2, 10):
        letter = get_column_letter(column)
        _sum(sheet, total, column, f"=SUM({letter}{top + 1}:{letter}{total - 1})")
    _colour(sheet, f"F{top + 1}:F{total}", f"$F{top + 1}>0", _COLOURS[Column.OPEN_LATE])
    return total


def _assignments(sheet: Worksheet, report: ProgressReport) -> None:
    head = {
        "TT": 6, "Lĩnh vực": 26, "Mã": 8, "Nhiệm vụ, sản phẩm": 60, "Mã cơ quan": 10, "Cơ quan": 30, "Hạn": 12,
        "Kết quả": 30, "Ngày hoàn thành": 13, "Văn bản": 28, "Tiến độ (%)": 9, "Ghi chú": 40,
    }  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (
            number, line.area, line.code, line.what, line.agency, line.agency_name, line.due, line.standing,
            line.completed_on, line.document, line.progress, line.note,
        )
        for number, line in enumerate(report.annex, start=1)
    ]  # fmt: skip
    last = _list(sheet, head, rows)
    for column, colour in _COLOURS.items():
        words = COLUMN_WORDS[column]
        _colour(sheet, f"A2:L{last}", f'LEFT($H2,{len(words)})="{words}"', colour)


def _late(sheet: Worksheet, report: ProgressReport) -> None:
    head = {
        "TT": 6,
        "Mã": 8,
        "Việc": 60,
        "Cơ quan": 32,
        "Hạn": 12,
        "Quá hạn (ngày)": 10,
        "Tiến độ, nguyên nhân": 60,
    }
    rows: list[tuple[Value, ...]] = [
        (number, one.code, one.what, one.agency_name, one.due, one.days, "; ".join(one.reasons))
        for number, one in enumerate(report.late, start=1)
    ]
    _list(sheet, head, rows)


def _missing(sheet: Worksheet, report: ProgressReport) -> None:
    head = {"Mã": 8, "Báo cáo": 60, "Cơ quan chưa nộp khi hết hạn": 40}
    rows: list[tuple[Value, ...]] = [
        (one.code, one.title, agency) for one in report.missing for agency in one.agencies
    ]
    _list(sheet, head, rows)


def _reminders(sheet: Worksheet, report: ProgressReport) -> None:
    head = {
        "Mã": 8, "Việc": 60, "Cơ quan": 32, "Số ngày đã nhắc": 10, "Lần đầu": 12, "Lần cuối": 12,
        "Lần không gửi được": 10,
    }  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (
            line.code,
            line.what,
            line.agency_name,
            len(line.days),
            line.days[0] if line.days else None,
            line.days[-1] if line.days else None,
            line.failed,
        )
        for line in report.reminders
    ]
    _list(sheet, head, rows)


def _history(sheet: Worksheet, report: ProgressReport) -> None:
    head = {"Thời điểm": 17, "Mã": 8, "Kỳ": 16, "Cơ quan": 10, "Người": 26, "Làm gì": 26, "Nội dung": 70}
    rows: list[tuple[Value, ...]] = [
        (
            f"{local(line.at):%d/%m/%Y %H:%M}",
            line.code,
            line.period,
            line.agency,
            line.who,
            line.what,
            line.said,
        )
        for line in report.history
    ]
    _list(sheet, head, rows)


def _list(sheet: Worksheet, head: dict[str, int], rows: Sequence[tuple[Value, ...]]) -> int:
    """A list with a frozen head and a filter; returns the last row."""
    for column, words in enumerate(head, start=1):
        _head(sheet, 1, column, words)
    for row, values in enumerate(rows, start=2):
        for column, value in enumerate(values, start=1):
            _cell(sheet, row, column, value)
        _fit(sheet, row, values, tuple(head.values()))
    _fit(sheet, 1, tuple(head), tuple(head.values()))
    _widths(sheet, tuple(head.values()))
    last = max(len(rows) + 1, 2)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{last}"
    _print(sheet, head="1:1")
    return last


def _colour(sheet: Worksheet, cells: str, formula: str, colour: str) -> None:
    """Where the formula is true, which is of the first of the cells."""
    fill = PatternFill("solid", bgColor=colour)
    sheet.conditional_formatting.add(cells, FormulaRule(formula=[formula], fill=fill))  # type: ignore[no-untyped-call]


def _head(sheet: Worksheet, row: int, column: int, words: str) -> None:
    cell = sheet.cell(row, column, words)
    cell.font, cell.fill, cell.border = Font(name=_FONT, size=11, bold=True), _HEAD, _BOX
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _put(sheet: Worksheet, row: int, column: int, words: str, *, bold: bool = False, size: int = 12) -> None:
    sheet.cell(row, column, words).font = Font(name=_FONT, size=size, bold=bold)


def _cell(sheet: Worksheet, row: int, column: int, value: Value, *, bold: bool = False) -> None:
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        words = clean(value)
        cell.value = words or None
        if words:
            # An officer's words are never a formula.
            cell.data_type = "s"
    else:
        cell.value = value
    _dress(cell, bold=bold, horizontal="left" if isinstance(value, str) else "center")
    if isinstance(value, date):
        cell.number_format = _DAY


def _sum(sheet: Worksheet, row: int, column: int, formula: str, *, bold: bool = True) -> None:
    cell = sheet.cell(row, column)
    cell.value = formula
    _dress(cell, bold=bold, horizontal="center")


def _dress(cell: Cell | MergedCell, *, bold: bool, horizontal: Literal["left", "center"]) -> None:
    cell.font, cell.border = Font(name=_FONT, size=11, bold=bold), _BOX
    cell.alignment = Alignment(horizontal=horizontal, vertical="top", wrap_text=True)


def _fit(sheet: Worksheet, row: int, values: Sequence[Value], widths: Sequence[int]) -> None:
    """As high as its longest words need: not every program finds that out by itself."""
    lines = [ceil(0.95 * len(str(value or "")) / width) for value, width in zip(values, widths, strict=True)]
    sheet.row_dimensions[row].height = _LINE_HEIGHT * max(1, *lines)


def _widths(sheet: Worksheet, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _print(sheet: Worksheet, *, head: str | None) -> None:
    """On A4 lying, one page wide."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if head:
        sheet.print_title_rows = head
