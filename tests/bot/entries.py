"""Assignments made by hand for tests of wording."""

from dataclasses import replace
from datetime import UTC, date, datetime

from plan.assignments import DutyKind
from plan.workdays import WorkingCalendar
from store.agenda import Entry
from store.states import State

CALENDAR = WorkingCalendar()

TUYEN_TRUYEN = Entry(
    id=1,
    plan_key="cchc-2023",
    plan_year=2023,
    code="7.2a",
    task="7.2",
    area=7,
    area_name="Công tác chỉ đạo điều hành",
    heading=None,
    title="Xây dựng và tổ chức thực hiện Kế hoạch tuyên truyền CCHC năm 2023",
    product="Kế hoạch",
    schedule="Tháng 02/2023",
    lead=("Sở Nội vụ",),
    support=("Sở ban ngành",),
    agency="SNV",
    agency_name="Sở Nội vụ",
    slot="",
    period="",
    kind=DutyKind.DATES,
    due=date(2023, 2, 28),
    remind_by=date(2023, 2, 28),
    late_after=date(2023, 2, 28),
    data_from=None,
    cutoff=None,
    report_address="https://ktxh.soctrang.gov.vn",
    state=State.OPEN,
    done_at=None,
    document=None,
    note=None,
    document_date=None,
    progress=None,
    progress_note=None,
    snoozed_until=None,
    plan_due=date(2023, 2, 28),
    extensions=0,
    asked_by=None,
    parent_id=None,
)


def due_on(day: date, entry: Entry = TUYEN_TRUYEN) -> Entry:
    return replace(entry, due=day, remind_by=CALENDAR.remind_by(day), late_after=CALENDAR.late_after(day))


def without_day(kind: DutyKind) -> Entry:
    return replace(TUYEN_TRUYEN, kind=kind, due=None, remind_by=None, late_after=None)


def report(due: date, cutoff: date, slot: str, period: str) -> Entry:
    return replace(
        due_on(due),
        id=9,
        code="BC",
        task="BC",
        area=None,
        area_name=None,
        title="Báo cáo tình hình, kết quả thực hiện công tác CCHC",
        product="Báo cáo tình hình, kết quả thực hiện công tác CCHC",
        schedule="",
        kind=DutyKind.REPORT,
        slot=slot,
        period=period,
        data_from=date(2022, 12, 15),
        cutoff=cutoff,
    )


QUARTER_1 = report(date(2023, 3, 16), date(2023, 3, 14), "q1", "Quý I/2023")
QUARTER_3 = report(date(2023, 9, 16), date(2023, 9, 14), "q3", "Quý III/2023")


def done(entry: Entry, document: str | None = None) -> Entry:
    return replace(
        entry, state=State.DONE, done_at=datetime(2023, 3, 30, 18, 0, tzinfo=UTC), document=document
    )
