from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes import clean
from bot.documents import DayFault, DocumentDays, read_document

DAYS = DocumentDays(earliest=date(2022, 1, 1), today=date(2023, 3, 13))


@pytest.mark.parametrize(
    "text",
    [
        "15/KH-UBND ngày 20/02/2023",
        "15/KH-UBND 20-2-2023",
        "15/KH-UBND 20.2.2023",
        "15/KH-UBND 20/2/23",
        "15/KH-UBND 2023-02-20",
        "15/KH-UBND 20/2",
        "15/KH-UBND, ngày 20 tháng 02 năm 2023",
        "15/kh-ubnd ngay 20 thang 2 nam 2023",
        "15/KH-UBND ngày 20 tháng 2",
        "15/KH-UBND (ngày 20/02/2023)",
        "15/KH-UBND ký ngày 20/02/2023",
        "15/KH-UBND: 20/02/2023",
        "số 15/KH-UBND-20/2/2023",
        "ngày 20/02/2023 số 15/KH-UBND",
        "20/2 15/KH-UBND",
    ],
)
def test_a_date_beside_a_number_is_the_documents(text: str) -> None:
    document = read_document(text, DAYS)

    assert (document.number, document.dated) == ("15/KH-UBND", date(2023, 2, 20))
    assert clean(document.rest).strip(" ,.") == ""


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("15/KH-UBND 20/02/2023 đã trình", "đã trình"),
        ("15/KH-UBND đã ký ngày 20/02/2023", "đã ký"),
        ("đã trình, ngày 20/02/2023", "đã trình,"),
        ("20/02/2023 đã trình", "đã trình"),
        ("ngày 20/2 đã trình", "đã trình"),
        ("văn bản ngày 20/2", "văn bản"),
        ("quý I 20/02/2023", "quý I"),
        ("20/02/2023 quý I 15/BC-STP", "quý I"),
    ],
)
def test_a_date_that_nothing_else_claims_is_the_documents(text: str, rest: str) -> None:
    document = read_document(text, DAYS)

    assert (document.dated, clean(document.rest)) == (date(2023, 2, 20), rest)


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        ("15/KH-UBND gửi ngày 20/02/2023", "20/02/2023"),
        ("15/KH-UBND đã gửi 20/02/2023", "20/02/2023"),
        ("đã gửi ngày 20/02 15/KH-UBND", "20/02"),
        ("đã gửi 20/2", None),
        ("20/2 đã gửi", None),
        ("15/KH-UBND 90/95 hồ sơ", None),
        ("15/KH-UBND 2/3 đơn vị", None),
        ("tháng 02/2023", None),
        ("năm 2023", None),
        ("15/KH-UBND 6 tháng", None),
        ("6 tháng 12/BC-STP", None),
        ("13/2026/QĐ-UBND", None),
        ("20-2", None),
        ("20.2", None),
        ("", None),
    ],
)
def test_other_days_and_numbers_are_left_alone(text: str, loose: str | None) -> None:
    document = read_document(text, DAYS)

    assert (document.dated, document.fault, document.loose) == (None, None, loose)


@pytest.mark.parametrize(
    ("text", "fault", "written"),
    [
        ("15/KH-UBND 31/9/2023", DayFault.NO_SUCH_DAY, "31/9/2023"),
        ("15/KH-UBND ngày 31 tháng 9", DayFault.NO_SUCH_DAY, "31 tháng 9"),
        ("15/KH-UBND ngày 45/13/2023", DayFault.NO_SUCH_DAY, "45/13/2023"),
        ("15/KH-UBND 0/2/2023", DayFault.NO_SUCH_DAY, "0/2/2023"),
        ("15/KH-UBND 29/2/2023", DayFault.NO_SUCH_DAY, "29/2/2023"),
        ("15/KH-UBND 29/2", DayFault.NO_SUCH_DAY, "29/2"),
        ("15/KH-UBND 20/2/202", DayFault.NO_SUCH_DAY, "20/2/202"),
        ("15/KH-UBND 20/2/0000", DayFault.NO_SUCH_DAY, "20/2/0000"),
        ("15/KH-UBND 14/3/2023", DayFault.FUTURE, "14/3/2023"),
        ("ngày 14/3", DayFault.FUTURE, "14/3"),
        ("15/KH-UBND 20/2/2032", DayFault.FUTURE, "20/2/2032"),
        ("15/KH-UBND 31/12/2021", DayFault.TOO_EARLY, "31/12/2021"),
    ],
)
def test_a_date_that_cannot_be_is_refused_and_never_repaired(
    text: str, fault: DayFault, written: str
) -> None:
    document = read_document(text, DAYS)

    assert (document.dated, document.fault, document.written) == (None, fault, written)


@pytest.mark.parametrize(
    ("typed", "today", "dated"),
    [
        ("13/3", date(2023, 3, 13), date(2023, 3, 13)),
        ("28/12", date(2024, 1, 5), date(2023, 12, 28)),
        ("3/1", date(2024, 1, 5), date(2024, 1, 3)),
        ("20/3", date(2023, 3, 13), None),
        ("10/9", date(2023, 3, 13), None),
        ("11/9", date(2023, 3, 13), date(2022, 9, 11)),
        ("29/2", date(2024, 3, 1), date(2024, 2, 29)),
    ],
)
def test_without_a_year_it_is_the_last_such_day_within_half_a_year(
    typed: str, today: date, dated: date | None
) -> None:
    days = DocumentDays(earliest=date(2022, 1, 1), today=today)

    assert read_document(f"15/KH-UBND {typed}", days).dated == dated


def test_a_day_that_is_a_period_owed_stays_one_except_beside_a_number() -> None:
    def is_owed(day: int, month: int, year: int | None) -> bool:
        return (day, month) == (20, 2) and year in (None, 2023)

    assert read_document("ngày 20/2", DAYS, is_owed).dated is None
    assert read_document("20/02/2023 đã gửi", DAYS, is_owed).dated is None
    assert read_document("15/KH-UBND 20/2", DAYS, is_owed).dated == date(2023, 2, 20)
    assert read_document("ngày 21/2", DAYS, is_owed).dated == date(2023, 2, 21)


def test_without_days_a_date_stays_where_it_is() -> None:
    document = read_document("15/KH-UBND ngày 20/02/2023")

    assert (document.number, document.dated) == ("15/KH-UBND", None)
    assert clean(document.rest) == "ngày 20/02/2023"


PIECES = st.sampled_from([
    "15/KH-UBND", "số 12/BC-STP", "ngày", "tháng", "năm", "2023", "31/9/2023", "20/2", "20-02-2023", "29/2", "2.6a",
    "quý I", ",", "đã gửi", "99/99/9999", "٣/٤/٢٠٢٣", "²/2",
])  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=6).map(" ".join)))
def test_reading_never_fails_and_a_date_is_always_a_real_day_up_to_today(text: str) -> None:
    document = read_document(clean(text), DAYS)

    assert document.dated is None or DAYS.earliest <= document.dated <= DAYS.today
    assert document.dated is None or document.fault is None
    assert (document.written is None) == (document.dated is None and document.fault is None)
