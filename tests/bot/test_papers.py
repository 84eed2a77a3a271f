"""The papers: what the store says, read back from the files as a word processor or a spreadsheet would."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
import pytest_asyncio
from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.shared import Length
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from bot.papers.letter_docx import letter_docx
from bot.papers.official_words import handed_in_words, official_day
from bot.papers.progress_report import ProgressReport, as_on_paper, progress_report
from bot.papers.report_docx import report_docx
from bot.papers.report_xlsx import report_xlsx
from store.figures import Figures
from store.report_source import report_source, reporting_periods
from store.states import Role
from tests.bot.entries import TUYEN_TRUYEN
from tests.bot.office import Office, open_office, plain

TODAY = date(2023, 3, 17)
EVIL = "=HYPERLINK(1;2)"


def on(day: int, hour: int = 3) -> datetime:
    return datetime(2023, 3, day, hour, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Lived:
    """Some days of March, the report of quý I made on the 17th, and one of today with what /status said then."""

    report: ProgressReport
    today: ProgressReport
    status: str


async def confirmed(office: Office, text: str, at: datetime) -> None:
    office.now = at
    await office.tap(await office.say(text), "Xác nhận")


async def read(office: Office, day: date, reports_day: date) -> ProgressReport:
    async with office.database.read() as session:
        [period, _] = await reporting_periods(session, "cchc-2023")
        source = await report_source(session, "cchc-2023", period, day=day, reports_day=reports_day)
    return progress_report(source, today=TODAY)


@pytest_asyncio.fixture
async def lived() -> AsyncIterator[Lived]:
    async with open_office() as office:
        office.now = on(10)
        await office.bind("STP", "VPUB", "STTTT")
        await confirmed(office, "/done 2.1a 05/KH-VPUB 30/1/2023 đã gửi các sở", on(10))
        await confirmed(office, "/done bc q1 stp 20/BC-STP 13/3/2023", on(13))
        await confirmed(office, "/done 6.5 t1 12/TB-STTTT 3/2/2023", on(13))
        await confirmed(office, f"/progress 6.5 t2 40% {EVIL}", on(14))
        await confirmed(office, "/extend 6.5 t2 30/6/2023 chờ số liệu của huyện", on(14))
        await confirmed(office, "/done 2.1b q1 9/QĐ-UBND 15/3/2023", on(15))
        report = await read(office, date(2023, 3, 14), date(2023, 3, 16))
        office.now, office.chat = on(17), "200"
        await office.bind("", role=Role.LEADER)
        status = plain(await office.say("/status"))
        yield Lived(report=report, today=await read(office, TODAY, TODAY), status=status)


def opened(content: bytes) -> DocumentObject:
    return Document(BytesIO(content))


def area_number(code: str) -> int | None:
    return int(code[0]) if code[0].isdigit() else None


def mm(length: Length | None) -> int:
    assert length is not None
    return round(float(length.mm))


def words(paper: DocumentObject) -> str:
    return "\n".join(paragraph.text for paragraph in paper.paragraphs)


def rows(paper: DocumentObject, table: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in paper.tables[table].rows]


def book(report: ProgressReport) -> Workbook:
    return load_workbook(BytesIO(report_xlsx(report)))


def values(workbook: Workbook, sheet: str) -> list[tuple[Any, ...]]:
    return list(workbook[sheet].iter_rows(values_only=True))


def added(found: list[Figures]) -> Figures:
    names = Figures.__dataclass_fields__
    return Figures(**{name: sum(getattr(one, name) for one in found) for name in names})


def test_todays_figures_are_those_of_status(lived: Lived) -> None:
    figures = lived.today.overall

    assert (
        f"Đạt {figures.percent}% kế hoạch: đã xong {figures.done}/{figures.dated} việc có thời hạn."
        in lived.status
    )
    for name, count in (
        ("✅ Hoàn thành đúng hạn", figures.done_in_term),
        ("☑️ Hoàn thành quá hạn", figures.done_late),
        ("⏳ Chưa hoàn thành, trong hạn", figures.open_in_term),
        ("⛔ Chưa hoàn thành, quá hạn", figures.open_late),
        ("🔁 Không có thời hạn", figures.undated),
        ("Tổng cộng", figures.total),
    ):
        assert f"{name}: {count}\n" in lived.status


def test_figures_are_as_of_the_cutoff_and_what_came_after_is_not_in_them(lived: Lived) -> None:
    assert (lived.report.overall.done_in_term, lived.report.overall.done_late) == (2, 1)
    assert (lived.today.overall.done_in_term, lived.today.overall.done_late) == (3, 1)
    assert not lived.report.provisional
    assert lived.today.provisional


def test_areas_and_agencies_and_the_annex_add_up_to_the_whole(lived: Lived) -> None:
    report = lived.report

    assert added([row.figures for row in report.by_area]) == report.overall
    assert added([row.figures for row in report.by_agency]) == report.overall
    assert len(report.annex) == report.overall.total
    assert len(report.late) == report.overall.open_late
    assert sum(len(item.by) for item in report.finished) == report.overall.done
    assert {line.column for line in report.annex if line.completed_on} == {"done_in_term", "done_late"}


def test_late_items_have_the_reasons_that_agencies_gave(lived: Lived) -> None:
    [late] = [one for one in lived.report.late if one.agency == "STTTT"]

    assert late.days == 14
    assert late.reasons == (
        f"tiến độ 40%: {EVIL}",
        "xin gia hạn đến 30/06/2023 (chưa trả lời), lý do: chờ số liệu của huyện",
    )
    assert [one.reasons for one in lived.report.late if one.agency == "SNV"] == [()]


def test_the_annex_is_in_the_order_of_the_paper() -> None:
    codes = ["BC", "7.7", "2.10", "7.3a1", "2.9b", "7.5", "2.9a"]
    found = sorted(
        (replace(TUYEN_TRUYEN, code=code, area=area_number(code)) for code in codes), key=as_on_paper
    )

    assert [entry.code for entry in found] == ["2.9a", "2.9b", "2.10", "7.3a1", "7.5", "7.7", "BC"]


def test_who_has_not_reported_when_the_term_is_over_is_named(lived: Lived) -> None:
    [missing] = lived.report.missing

    assert (missing.code, missing.agencies, missing.owed, missing.handed_in) == ("BC", ("Sở Nội vụ",), 2, 1)
    assert lived.report.term_is_over


def test_the_paper_has_the_form_of_the_decree(lived: Lived) -> None:
    paper = opened(report_docx(lived.report))
    body, annex = paper.sections

    assert (mm(body.page_width), mm(body.page_height)) == (210, 297)
    assert (annex.orientation, mm(annex.page_width)) == (WD_ORIENT.LANDSCAPE, 297)
    assert 20 <= mm(body.top_margin) <= 25
    assert 20 <= mm(body.bottom_margin) <= 25
    assert 30 <= mm(body.left_margin) <= 35
    assert 15 <= mm(body.right_margin) <= 20
    assert body.different_first_page_header_footer
    assert "PAGE" in body.header.paragraphs[0]._p.xml
    runs = [run for paragraph in paper.paragraphs for run in paragraph.runs if run.text]
    assert {run.font.name for run in runs} == {"Times New Roman"}
    assert {run.font.size.pt for run in runs if run.font.size} == {14.0}
    assert rows(paper, 0)[0] == [
        "UBND TỈNH …………………\nSỞ NỘI VỤ\n",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n",
    ]
    assert rows(paper, 0)[1] == ["Số: ……/BC-SNV", "…………………, ngày ….. tháng ….. năm 2023"]
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in (paper.tables[1], paper.tables[-1]))


def test_the_paper_says_what_the_report_says(lived: Lived) -> None:
    paper = opened(report_docx(lived.report))
    said, figures = words(paper), lived.report.overall

    assert "BÁO CÁO\nKết quả thực hiện cải cách hành chính năm 2023\n(quý I/2023)" in said
    assert f"đã hoàn thành {figures.done}/{figures.dated} việc, đạt {figures.percent}%" in said
    assert "từ ngày 15 tháng 12 năm 2022 đến ngày 14 tháng 3 năm 2023" in said
    assert "Văn phòng UBND tỉnh (số 05/KH-VPUB ngày 30/01/2023; đã gửi các sở) đã hoàn thành." in said
    assert "Sở Thông tin và Truyền thông (số 12/TB-STTTT ngày 03/02/2023; quá hạn) đã hoàn thành." in said
    assert "1/2 cơ quan đã nộp; 1 cơ quan chưa nộp khi hết hạn: Sở Nội vụ." in said
    assert "9/QĐ-UBND" not in said
    assert rows(paper, 1)[1:] == [
        ["Đã hoàn thành", "2", "1", "3"],
        ["Chưa hoàn thành", str(figures.open_in_term), "2", str(figures.not_done)],
        ["Cộng", str(2 + figures.open_in_term), "3", str(figures.dated)],
    ]
    for table in (2, 3):
        *each, total = [row[2:-1] for row in rows(paper, table)[2:]]
        assert [str(sum(map(int, column))) for column in zip(*each, strict=True)] == total
    numbered = [row[0] for row in rows(paper, len(paper.tables) - 1) if row[0].isdigit()]
    assert numbered == [str(number) for number in range(1, figures.total + 1)]


def test_provisional_figures_are_called_so(lived: Lived) -> None:
    early = replace(lived.report, provisional=True)

    assert "Số liệu tạm tính đến ngày 14 tháng 3 năm 2023" in words(opened(report_docx(early)))
    assert "tạm tính" not in words(opened(report_docx(lived.report)))
    assert "TẠM TÍNH" in str(values(book(early), "Tổng quan")[2][0])


def test_the_workbook_has_everything_and_its_sums_are_the_reports(lived: Lived) -> None:
    workbook, report = book(lived.report), lived.report
    overview = {row[0]: row for row in values(workbook, "Tổng quan") if row[0]}
    every = values(workbook, "Tất cả việc")

    assert workbook.sheetnames == [
        "Tổng quan",
        "Tất cả việc",
        "Quá hạn",
        "Chưa báo cáo",
        "Nhắc việc",
        "Lịch sử",
    ]
    assert overview["Đã hoàn thành"][1:3] == (2, 1)
    assert overview["Chưa hoàn thành"][1:3] == (report.overall.open_in_term, 2)
    assert len(every) == report.overall.total + 1
    assert [row[7] for row in every].count("Hoàn thành đúng hạn") == report.overall.done_in_term
    for row in report.by_agency:
        assert overview[row.name][1:4] == (row.figures.total, row.figures.done_in_term, row.figures.done_late)
    sheet = workbook["Tất cả việc"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:L{report.overall.total + 1}")
    assert len(sheet.conditional_formatting) == 1
    assert ("14/03/2023 10:00", "6.5", "tháng 2", "STTTT") in [row[:4] for row in values(workbook, "Lịch sử")]


def test_what_officers_write_is_never_a_formula(lived: Lived) -> None:
    workbook = book(lived.report)
    found = [
        cell
        for sheet in workbook.worksheets
        for line in sheet.iter_rows()
        for cell in line
        if isinstance(cell.value, str) and EVIL in cell.value
    ]

    assert found
    assert {cell.data_type for cell in found} == {"s"}


def test_the_letter_names_the_agencys_own_late_items_and_leaves_to_a_person_what_it_cannot_know(
    lived: Lived,
) -> None:
    own = [late for late in lived.report.late if late.agency == "STTTT"]
    paper = opened(letter_docx(lived.report.plan, own, day=lived.report.day))
    said = words(paper)

    assert "Kính gửi: Sở Thông tin và Truyền thông" in said
    assert "còn 1 việc chưa hoàn thành đã quá hạn" in said
    assert "V/v đôn đốc nhiệm vụ quá hạn\ntheo Kế hoạch số 192/KH-UBND" in rows(paper, 0)[1][0]
    assert rows(paper, 1)[1][2:4] == ["28/02/2023", "14"]
    assert re.search(r"trước ngày ….. tháng ….. năm", said)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2023, 2, 5), "ngày 05 tháng 02 năm 2023"),
        (date(2023, 3, 15), "ngày 15 tháng 3 năm 2023"),
        (date(2022, 12, 20), "ngày 20 tháng 12 năm 2022"),
    ],
)
def test_days_are_written_as_the_decree_has_them(day: date, said: str) -> None:
    assert official_day(day) == said


def test_a_document_without_a_day_is_told_with_the_day_on_which_it_was_reported() -> None:
    assert handed_in_words("số 1/BC", TODAY) == "số 1/BC; ngày 17/03/2023"
    assert handed_in_words("số 1/BC ngày 16/03/2023", TODAY) == "số 1/BC ngày 16/03/2023"
    assert handed_in_words("", TODAY) == "ngày 17/03/2023"
