"""The progress report as a paper to be signed: every figure is the report's, what only a person knows is dots."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.papers.official_form import Group, OfficialPaper, Span
from bot.papers.official_words import (
    DOTS,
    addressee_of,
    blank_day,
    handed_in_words,
    official_day,
    percent,
    plan_number,
    plan_words,
    sentence,
    superior_of,
)
from bot.papers.progress_report import AnnexLine, FinishedItem, Late, Missing, ProgressReport, Row
from bot.wording import full_day, joined
from store.figures import Figures

_LINE = "…" * 62
_FIGURE_HEAD = (
    "Tổng số",
    Group("Hoàn thành", ("Đúng hạn", "Quá hạn")),
    Group("Chưa hoàn thành", ("Trong hạn", "Quá hạn")),
    Group("Không thời hạn", ("Chưa xong", "Đã xong")),
    "Không phát sinh",
    "Tỷ lệ đạt",
)
_FIGURE_WIDTHS = (12, 14, 12, 14, 12, 14, 12, 17, 12)


def report_docx(report: ProgressReport) -> bytes:
    """The whole paper with its annex. Takes a moment: not for the event loop."""
    plan, period = report.plan, report.period
    about = f"Kết quả thực hiện {plan.title.removeprefix('Kế hoạch thực hiện ')}"
    paper = OfficialPaper(title=f"Báo cáo {period.name}")
    paper.head(
        superior=superior_of(plan),
        office=plan.office_name,
        number=f"Số: ……/BC-{plan.office}",
        place=DOTS,
        day=blank_day(plan.year),
    )
    paper.title("Báo cáo", [about, f"({_lowered(period.name)})"])
    paper.addressed_to(addressee_of(plan))
    paper.text(
        f"Thực hiện {plan_words(plan)}, {plan.office_name} báo cáo kết quả thực hiện {_lowered(period.name)}"
        f" (số liệu từ {official_day(period.data_from)} đến {official_day(period.cutoff)}) như sau:"
    )
    if report.provisional:
        paper.subheading(
            f"Số liệu tạm tính đến {official_day(report.day)}: chưa hết thời điểm chốt số liệu của kỳ."
        )
    _general(paper, report)
    _finished(paper, report)
    _late(paper, report.late)
    _reporting(paper, report)
    _by_hand(paper)
    paper.last_text(
        f"Trên đây là báo cáo kết quả thực hiện Kế hoạch số {plan_number(plan)} {_lowered(period.name)};"
        f" chi tiết từng việc có tại Phụ lục kèm theo. {plan.office_name} kính báo cáo./."
    )
    paper.closing(receivers=["Như trên;", f"{DOTS};", f"Lưu: VT, {DOTS}."], position=DOTS)
    _annex(paper, report)
    return paper.bytes()


def _general(paper: OfficialPaper, report: ProgressReport) -> None:
    figures = report.overall
    paper.heading("I. Kết quả chung")
    paper.text(
        f"Tính đến hết {official_day(report.day)}, Kế hoạch có {figures.total} việc của"
        f" {len(report.by_agency)} cơ quan (mỗi sản phẩm mà một cơ quan phải nộp trong một kỳ là một việc),"
        f" trong đó {figures.dated} việc có thời hạn; đã hoàn thành {figures.done}/{figures.dated} việc,"
        f" đạt {percent(figures.percent)}. Cụ thể:"
    )
    paper.table(
        ("Việc có thời hạn", "Trong hạn", "Quá hạn", "Cộng"),
        (60, 35, 35, 35),
        [
            ("Đã hoàn thành", *_numbers(figures.done_in_term, figures.done_late, figures.done)),
            ("Chưa hoàn thành", *_numbers(figures.open_in_term, figures.open_late, figures.not_done)),
            (
                "Cộng",
                *_numbers(
                    figures.done_in_term + figures.open_in_term,
                    figures.done_late + figures.open_late,
                    figures.dated,
                ),
            ),
        ],
        centred=frozenset({1, 2, 3}),
        bold_last=True,
    )
    for words in _others(figures):
        paper.text(words)
    paper.subheading("1. Theo lĩnh vực")
    _figure_table(paper, "Lĩnh vực", report.by_area, figures)
    paper.subheading("2. Theo cơ quan")
    _figure_table(paper, "Cơ quan", report.by_agency, figures)


def _others(figures: Figures) -> Iterator[str]:
    if figures.undated or figures.undated_done:
        yield (
            f"Không có thời hạn (thường xuyên, đột xuất, theo quy định của Trung ương):"
            f" {figures.undated + figures.undated_done} việc, trong đó đã hoàn thành {figures.undated_done} việc."
        )
    if figures.waived:
        yield f"Không phát sinh: {figures.waived} việc (không tính vào tỷ lệ)."
    if figures.submitted:
        yield f"Đã gửi kết quả, chờ duyệt (tính là chưa hoàn thành): {figures.submitted} việc."


def _figure_table(paper: OfficialPaper, name: str, rows: Sequence[Row], total: Figures) -> None:
    lines = [
        (str(number), _without_number(row.name), *_figure_cells(row.figures))
        for number, row in enumerate(rows, start=1)
    ]
    paper.table(
        ("TT", name, *_FIGURE_HEAD),
        (9, 37, *_FIGURE_WIDTHS),
        [*lines, ("", "Tổng cộng", *_figure_cells(total))],
        centred=frozenset({0, *range(2, 11)}),
        bold_last=True,
        size=10,
    )


def _figure_cells(figures: Figures) -> tuple[str, ...]:
    return (
        *_numbers(
            figures.total,
            figures.done_in_term,
            figures.done_late,
            figures.open_in_term,
            figures.open_late,
            figures.undated,
            figures.undated_done,
            figures.waived,
        ),
        percent(figures.percent),
    )


def _finished(paper: OfficialPaper, report: ProgressReport) -> None:
    period = report.period
    count = sum(len(item.by) for item in report.finished)
    agencies = len({one.agency_name for item in report.finished for one in item.by})
    paper.heading("II. Kết quả thực hiện trong kỳ")
    window = f"từ {official_day(period.data_from)} đến {official_day(report.day)}"
    if not count:
        paper.text(f"Trong kỳ ({window}) chưa có việc nào được ghi nhận hoàn thành.")
        return
    paper.text(f"Trong kỳ ({window}) có {count} việc của {agencies} cơ quan hoàn thành:")
    for number, (area, items) in enumerate(groupby(report.finished, key=lambda item: item.area), start=1):
        paper.subheading(f"{number}. {_without_number(area)}")
        for item in items:
            paper.text(_item_words(item))


def _item_words(item: FinishedItem) -> str:
    """One sentence: who has finished it, with which document; notes in the officers' own words."""
    parts = []
    for one in item.by:
        said = [handed_in_words(one.document, one.on), "" if one.in_term else "quá hạn", one.note]
        parts.append(f"{one.agency_name} ({'; '.join(words for words in said if words)})")
    if len(parts) == 1:
        return sentence(f"- [{item.code}] {item.what}: {parts[0]} đã hoàn thành")
    return sentence(f"- [{item.code}] {item.what}: {len(parts)} cơ quan đã hoàn thành, gồm {joined(parts)}")


def _late(paper: OfficialPaper, late: Sequence[Late]) -> None:
    paper.heading("III. Việc chưa hoàn thành đã quá hạn và nguyên nhân")
    if not late:
        paper.text("Không có việc nào quá hạn.")
        return
    agencies = len({one.agency for one in late})
    paper.text(
        f"Có {len(late)} việc của {agencies} cơ quan chưa hoàn thành đã quá hạn. Nguyên nhân ghi theo báo cáo"
        " tiến độ và đề nghị gia hạn của cơ quan; chỗ để trống là cơ quan chưa nêu."
    )
    paper.table(
        ("TT", "Việc", "Cơ quan", "Hạn", "Quá hạn (ngày)", "Tiến độ, nguyên nhân"),
        (9, 53, 32, 22, 15, 34),
        [
            (
                str(number),
                f"[{one.code}] {one.what}",
                one.agency_name,
                full_day(one.due),
                str(one.days),
                "; ".join(one.reasons) or DOTS,
            )
            for number, one in enumerate(late, start=1)
        ],
        centred=frozenset({0, 3, 4}),
    )


def _reporting(paper: OfficialPaper, report: ProgressReport) -> None:
    period = report.period
    paper.heading("IV. Thực hiện chế độ báo cáo của kỳ")
    over = (
        f"hết hạn {official_day(period.due)}"
        if report.term_is_over
        else f"hạn {official_day(period.due)} chưa hết; số liệu tính đến {official_day(report.reports_day)}"
    )
    if not report.missing:
        paper.text("Kỳ này Kế hoạch không yêu cầu cơ quan nào báo cáo.")
    for number, one in enumerate(report.missing, start=1):
        paper.subheading(f"{number}. {one.title} ({over})")
        paper.text(_missing_words(one, is_over=report.term_is_over))


def _missing_words(one: Missing, *, is_over: bool) -> str:
    handed_in = f"{one.handed_in}/{one.owed} cơ quan đã nộp"
    if not one.agencies:
        return f"{handed_in}; không có cơ quan nào quá hạn." if one.handed_in < one.owed else f"{handed_in}."
    count = (
        f"{len(one.agencies)} cơ quan chưa nộp khi hết hạn"
        if is_over
        else f"{len(one.agencies)} cơ quan quá hạn"
    )
    return sentence(f"{handed_in}; {count}: {joined(one.agencies)}")


def _by_hand(paper: OfficialPaper) -> None:
    """What the bot cannot know."""
    paper.heading("V. Đánh giá, kiến nghị")
    for words in (
        "1. Đánh giá chung",
        "2. Khó khăn, vướng mắc và nguyên nhân",
        "3. Nhiệm vụ trọng tâm kỳ tới và kiến nghị",
    ):
        paper.subheading(words)
        paper.text(_LINE)


def _annex(paper: OfficialPaper, report: ProgressReport) -> None:
    plan = report.plan
    paper.annex(
        f"Chi tiết từng việc tính đến hết {official_day(report.day)}",
        f"(Kèm theo Báo cáo số ……/BC-{plan.office} {blank_day(plan.year)} của {plan.office_name})",
    )
    rows: list[Sequence[str] | Span] = []
    number = 0
    for area, of_area in groupby(report.annex, key=lambda line: line.area):
        rows.append(Span(words=area.upper(), bold=True))
        for (code, what), lines in groupby(of_area, key=lambda line: (line.code, line.what)):
            rows.append(Span(words=f"[{code}] {what}", bold=True))
            for line in lines:
                number += 1
                rows.append((str(number), *_annex_cells(line)))
    paper.table(
        ("TT", "Cơ quan", "Hạn", "Kết quả", "Văn bản, ngày hoàn thành", "Tiến độ, ghi chú"),
        (12, 62, 24, 58, 52, 49),
        rows,
        centred=frozenset({0, 2}),
        size=10,
    )


def _annex_cells(line: AnnexLine) -> tuple[str, ...]:
    progress = f"{line.progress}%" if line.progress is not None else ""
    return (
        line.agency_name,
        full_day(line.due) if line.due else "",
        line.standing,
        handed_in_words(line.document, line.completed_on),
        "; ".join(words for words in (progress, line.note) if words),
    )


def _numbers(*counts: int) -> tuple[str, ...]:
    return tuple(str(count) for count in counts)


def _without_number(area: str) -> str:
    """Tables and sections number for themselves."""
    number, _, name = area.partition(". ")
    return name if number.isdigit() else area


def _lowered(text: str) -> str:
    """As it stands within a sentence: "Quý I/2023" is "quý I/2023"."""
    return text[:1].lower() + text[1:]
