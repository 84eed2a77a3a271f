"""The letter that reminds one late agency (công văn đôn đốc), ready to be numbered and signed."""

from collections.abc import Sequence
from datetime import date

from bot.papers.official_form import OfficialPaper
from bot.papers.official_words import (
    DOTS,
    blank_day,
    official_day,
    plan_number,
    plan_words,
    superior_of,
)
from bot.papers.progress_report import Late
from bot.wording import full_day
from store.report_source import PlanFacts


def letter_docx(plan: PlanFacts, late: Sequence[Late], *, day: date) -> bytes:
    """About what one agency has not completed past its term at the end of that day; at least one. Not for the event loop."""
    agency = late[0].agency_name
    paper = OfficialPaper(title=f"Công văn đôn đốc {agency}")
    paper.head(
        superior=superior_of(plan),
        office=plan.office_name,
        number=f"Số: ……/{plan.office}-………",
        about=["V/v đôn đốc nhiệm vụ quá hạn", f"theo Kế hoạch số {plan_number(plan)}"],
        place=DOTS,
        day=blank_day(day.year),
    )
    paper.addressed_to(agency)
    paper.text(
        f"Thực hiện {plan_words(plan)}, {plan.office_name} theo dõi, tổng hợp kết quả thực hiện của các cơ quan."
        f" Tính đến hết {official_day(day)}, {agency} còn {len(late)} việc chưa hoàn thành đã quá hạn, cụ thể:"
    )
    paper.table(
        ("TT", "Việc", "Hạn", "Quá hạn (ngày)", "Tiến độ, nguyên nhân cơ quan đã nêu"),
        (10, 75, 24, 18, 38),
        [
            (
                str(number),
                f"[{one.code}] {one.what}",
                full_day(one.due),
                str(one.days),
                "; ".join(one.reasons) or "Chưa nêu",
            )
            for number, one in enumerate(late, start=1)
        ],
        centred=frozenset({0, 2, 3}),
    )
    paper.text(
        f"{plan.office_name} đề nghị {agency} khẩn trương hoàn thành các việc nêu trên, gửi kết quả về"
        f" {plan.office_name} trước ngày ….. tháng ….. năm …….; trường hợp chưa thể hoàn thành, có văn bản nêu rõ"
        " nguyên nhân và thời gian hoàn thành để tổng hợp, báo cáo cấp có thẩm quyền."
    )
    paper.last_text(f"{plan.office_name} đề nghị {agency} quan tâm thực hiện./.")
    paper.closing(receivers=["Như trên;", f"{DOTS};", f"Lưu: VT, {DOTS}."], position=DOTS)
    return paper.bytes()
