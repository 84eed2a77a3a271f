"""Words as official papers have them (Nghị định 30/2020/NĐ-CP, Phụ lục I). Days are days in Vietnam."""

from datetime import date, datetime

from bot.listing import document_words
from bot.overview import area_words
from bot.wording import full_day
from plan.model import AgencyKind
from store.agenda import Entry
from store.figures import Column
from store.report_source import PlanFacts

DOTS = "…………………"

COLUMN_WORDS = {
    Column.DONE_IN_TERM: "Hoàn thành đúng hạn",
    Column.DONE_LATE: "Hoàn thành quá hạn",
    Column.OPEN_IN_TERM: "Chưa hoàn thành, trong hạn",
    Column.OPEN_LATE: "Chưa hoàn thành, quá hạn",
    Column.UNDATED: "Không có thời hạn, chưa hoàn thành",
    Column.UNDATED_DONE: "Không có thời hạn, đã hoàn thành",
    Column.WAIVED: "Không phát sinh",
}


def official_day(day: date) -> str:
    """ "ngày 05 tháng 02 năm 2023": days under 10 and the months 1 and 2 get a zero (Mục II khoản 4 điểm b)."""
    month = f"{day.month:02}" if day.month < 3 else f"{day.month}"
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def blank_day(year: int) -> str:
    """The day of a paper that is not signed yet."""
    return f"ngày ….. tháng ….. năm {year}"


def area_of(entry: Entry) -> str:
    return area_words(entry.area, entry.area_name)


def what_of(entry: Entry) -> str:
    """The task and what is handed in, with the period where it recurs."""
    product = "" if entry.product == entry.title else f" - {entry.product}"
    period = f" ({entry.period})" if entry.period else ""
    return f"{entry.title.rstrip('. ')}{product.rstrip('. ')}{period}"


def document_of(entry: Entry) -> str:
    """ "số 15/KH-UBND ngày 20/02/2023"; empty without a number."""
    return document_words(entry.document, entry.document_date) if entry.document else ""


def handed_in_words(document: str, on: date | None) -> str:
    """The document with its own day, or else the day on which it was reported."""
    reported = f"ngày {full_day(on)}" if on is not None and " ngày " not in document else ""
    return "; ".join(words for words in (document, reported) if words)


def sentence(text: str) -> str:
    """With one full stop at its end."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def percent(value: int | None) -> str:
    return "—" if value is None else f"{value}%"


def plan_words(plan: PlanFacts) -> str:
    """The plan as it is named for the first time in a paper, with its number and day."""
    return f"{plan.title} (số {plan_document(plan)})"


def plan_document(plan: PlanFacts) -> str:
    """ "192/KH-UBND ngày 20 tháng 12 năm 2022"."""
    number, _, day = plan.document.partition(" ngày ")
    try:
        return f"{number} {official_day(datetime.strptime(day, '%d/%m/%Y').date())}"  # noqa: DTZ007
    except ValueError:
        return plan.document


def plan_number(plan: PlanFacts) -> str:
    """ "192/KH-UBND", when it is named again."""
    return plan.document.partition(" ngày ")[0]


def superior_of(plan: PlanFacts) -> str:
    """Whom the standing office is under, by its level: the plan does not say of which province."""
    return f"UBND tỉnh {DOTS}" if plan.office_kind == AgencyKind.DEPARTMENT else DOTS


def addressee_of(plan: PlanFacts) -> str:
    return "Ủy ban nhân dân tỉnh" if plan.office_kind == AgencyKind.DEPARTMENT else DOTS
