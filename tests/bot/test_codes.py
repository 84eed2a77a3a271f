from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes import (
    clean,
    code_command,
    code_key,
    code_stem,
    nearest_codes,
    read_code,
    read_codes,
    read_details,
    shorten,
    take_period,
)
from bot.documents import DocumentDays
from bot.periods import Period

KNOWN = {
    code_key(code): code
    for code in ("1.1a", "2.1", "2.1b", "2.6", "2.6a", "2.6b", "6.5", "7.3a1", "BC", "BCLV")
}


@pytest.mark.parametrize(
    ("typed", "code", "rest"),
    [
        ("2.6a", "2.6a", ""),
        ("2.6A", "2.6a", ""),
        ("2,6a", "2.6a", ""),
        ("2-6a", "2.6a", ""),
        ("2.6 a", "2.6a", ""),
        ("2_6a", "2.6a", ""),
        ("2_1b_q1", "2.1b", "q1"),
        ("6_5_t3", "6.5", "t3"),
        ("bc_q1", "BC", "q1"),
        ("bc quý I", "BC", "quý I"),
        ("7_3a1", "7.3a1", ""),
        ("quý I 2.1b", "2.1b", "quý I"),
        ("15/KH-UBND 2.6a đã gửi", "2.6a", "15/KH-UBND đã gửi"),
        ("2.6a, đã gửi", "2.6a", "đã gửi"),
    ],
)
def test_a_known_code_is_found_wherever_it_stands(typed: str, code: str, rest: str) -> None:
    reading = read_code(typed, KNOWN)

    assert (reading.code, reading.rest) == (code, rest)


@pytest.mark.parametrize(
    ("typed", "word"),
    [("2.9a thay cho 2.6a", "2.9a"), ("2.9 thay cho 2.6a", "2.9"), ("26a", "26a"), ("xyz 3.4", "3.4")],
)
def test_an_unknown_code_is_never_taken_for_another(typed: str, word: str) -> None:
    reading = read_code(typed, KNOWN)

    assert (reading.code, reading.word) == (None, word)


@pytest.mark.parametrize(
    ("typed", "codes", "strange", "rest"),
    [
        ("2.6a", ("2.6a",), (), ""),
        ("2.6a 2.6b 15/KH-UBND", ("2.6a", "2.6b"), (), "15/KH-UBND"),
        ("2.6a, 6.5", ("2.6a", "6.5"), (), ""),
        ("2.6a,6.5;2.1b", ("2.6a", "6.5", "2.1b"), (), ""),
        ("2.6A và 2,6b", ("2.6a", "2.6b"), (), ""),
        ("2.6 a, 2.6 b", ("2.6a", "2.6b"), (), ""),
        ("2.6a 2.6a", ("2.6a",), (), ""),
        ("15/KH-UBND 2.6a 2.6b đã gửi", ("2.6a", "2.6b"), (), "15/KH-UBND đã gửi"),
        ("2.6a thay cho 2.6b", ("2.6a",), (), "thay cho 2.6b"),
        ("2.6a 9.9 2.6b", ("2.6a", "2.6b"), ("9.9",), ""),
        ("9.9 2.6a", ("2.6a",), ("9.9",), ""),
        ("15/KH-UBND 9.9 2.6a", ("2.6a",), ("9.9",), "15/KH-UBND"),
        ("9.9 thay cho 2.6a", (), ("9.9",), "thay cho 2.6a"),
        ("2.1b bc quý I", ("2.1b",), (), "bc quý I"),
        ("2_1b_q1 2.6a", ("2.1b",), (), "q1 2.6a"),
        ("2.6a ngày 2.1", ("2.6a",), (), "ngày 2.1"),
        ("ngày 2.1 6.5", ("6.5",), (), "ngày 2.1"),
        ("trong ngày 2.6a", ("2.6a",), (), "trong ngày"),
        ("quý I 12/BC-STP", (), (), "quý I 12/BC-STP"),
        ("BC, BCLV quý I", ("BC", "BCLV"), (), "quý I"),
        ("bc và bclv quý I", ("BC", "BCLV"), (), "quý I"),
        ("2.6a + BC đã gửi", ("2.6a", "BC"), (), "đã gửi"),
        ("2.6a BC đã gửi", ("2.6a",), (), "BC đã gửi"),
        ("", (), (), ""),
    ],
)
def test_codes_that_stand_together_are_one_list(
    typed: str, codes: tuple[str, ...], strange: tuple[str, ...], rest: str
) -> None:
    reading = read_codes(typed, KNOWN)

    assert (reading.codes, reading.strange, reading.rest) == (codes, strange, rest)


@pytest.mark.parametrize(
    ("typed", "codes", "periods", "rest"),
    [
        ("BC năm, BCLV năm 5/BC", ("BC", "BCLV"), {"BC": "nam"}, "năm 5/BC"),
        ("BC quý I, BCLV năm", ("BC", "BCLV"), {"BC": "q1"}, "năm"),
        ("2.1b quý I và 2.6a và BC", ("2.1b", "2.6a", "BC"), {"2.1b": "q1"}, ""),
        ("2.1b q1; BC 6 tháng; BCLV", ("2.1b", "BC", "BCLV"), {"2.1b": "q1", "BC": "6t"}, ""),
        ("BC năm đã gửi 2.6a", ("BC",), {}, "năm đã gửi 2.6a"),
        ("BC quý I và quý II", ("BC",), {}, "quý I và quý II"),
        ("BC quý I, BC quý II", ("BC",), {}, "quý I, BC quý II"),
    ],
)
def test_a_period_behind_a_code_of_a_list_is_that_codes(
    typed: str, codes: tuple[str, ...], periods: dict[str, str], rest: str
) -> None:
    reading = read_codes(typed, KNOWN)

    assert (reading.codes, reading.rest) == (codes, rest)
    assert {code: period.key for code, period in reading.periods.items()} == periods


def test_an_unknown_code_behind_a_period_belongs_to_the_list() -> None:
    reading = read_codes("BC quý I, 9.9a", KNOWN)

    assert (reading.codes, reading.strange) == (("BC",), ("9.9a",))


@pytest.mark.parametrize(
    ("typed", "nearest"), [("26a", "2.6a"), ("2.6aa", "2.6a"), ("1.1", "1.1a"), ("7.3a", "7.3a1")]
)
def test_a_mistyped_code_has_a_nearest_one(typed: str, nearest: str) -> None:
    assert nearest in nearest_codes(typed, KNOWN.values())


@pytest.mark.parametrize(
    ("text", "document", "note"),
    [
        ("15/KH-UBND", "15/KH-UBND", None),
        ("15/kh-ubnd", "15/KH-UBND", None),
        ("số 12/BC-STP", "12/BC-STP", None),
        ("so 12/bc-stp da gui", "12/BC-STP", "da gui"),
        ("1234/QĐ-UBND, đã ký", "1234/QĐ-UBND", "đã ký"),
        ("đã ký 1234/QĐ-UBND", "1234/QĐ-UBND", "đã ký"),
        ("192 /KH-UBND", "192/KH-UBND", None),
        ("13/2026/QĐ-UBND", "13/2026/QĐ-UBND", None),
        ("10-NQ/TU", "10-NQ/TU", None),
        ("05/TTr", "05/TTr", None),
        ("25/VP", "25/VP", None),
        ("12/BC-STP ngày 20/02/2023", "12/BC-STP", "ngày 20/02/2023"),
        ("20/02/2023", None, "20/02/2023"),
        ("đã gửi ngày 20/02", None, "đã gửi ngày 20/02"),
        ("2 lần/tuần", None, "2 lần/tuần"),
        ("3/tháng", None, "3/tháng"),
        ("5/nam", None, "5/nam"),
        ("", None, None),
        (" - ", None, None),
    ],
)
def test_a_document_number_is_told_from_a_date(text: str, document: str | None, note: str | None) -> None:
    details = read_details(text, lambda period: False)

    assert (details.document, details.note) == (document, note)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("quý I 15/BC-VPUBND đã gửi", "đã gửi"),
        ("15/BC-VPUBND quý I: đã gửi", "đã gửi"),
        ("đã gửi 15/BC-VPUBND quý I", "đã gửi"),
        ("đã gửi báo cáo quý I cho Sở 15/BC-VPUBND", "đã gửi báo cáo quý I cho Sở"),
    ],
)
def test_period_number_and_note_come_in_any_order(text: str, note: str) -> None:
    details = read_details(text, lambda period: period.key == "q1")

    assert details.period == Period(key="q1")
    assert details.document == "15/BC-VPUBND"
    assert details.note == note


@pytest.mark.parametrize("text", ["ngày 31/3 15/BC-STP", "15/BC-STP n3103", "31/3/2023, 15/BC-STP"])
def test_a_day_that_is_owed_is_a_period_and_no_documents_date(text: str) -> None:
    days = DocumentDays(earliest=date(2022, 1, 1), today=date(2023, 4, 13))

    details = read_details(text, lambda period: period.key == "n3103", days)

    assert details.period is not None
    assert (details.period.key, details.document, details.dated) == ("n3103", "15/BC-STP", None)


def test_a_period_that_is_not_owed_stays_in_the_note_and_is_told() -> None:
    details = read_details("quý II 15/BC-VPUBND", lambda period: period.key == "q1")

    assert (details.period, details.strange_period, details.note) == (None, "quý II", "quý II")


def test_clean_words_hold_nothing_that_cannot_be_seen() -> None:
    assert clean("2.\u200b6a\u202e \x00gửi\n\nrồi \ud800\ufeff") == "2.6a gửi rồi"


def test_notes_and_numbers_have_a_limit() -> None:
    details = read_details(
        "15/" + "-".join(["KH", *["ABCDEFGHIJKLMNOPQRST"] * 4]) + " " + "á" * 4000, lambda _: False
    )

    assert details.document is not None
    assert len(details.document) <= 60
    assert details.note == "á" * 500


def test_text_is_cut_at_a_word() -> None:
    assert shorten("Xây dựng và triển khai, thực hiện", 24) == "Xây dựng và triển khai…"
    assert shorten("Kế hoạch", 24) == "Kế hoạch"


def test_a_code_can_be_tapped() -> None:
    assert [code_command(code) for code in ("7.2a", "BC", "BC-LV")] == ["7_2a", "bc", "bc_lv"]
    assert [code_stem(code) for code in ("2.6a", "7.3a1", "2.6", "BC")] == ["2.6", "7.3", "2.6", "bc"]


@given(st.text(max_size=200))
def test_reading_never_fails_and_keeps_within_limits(text: str) -> None:
    words = clean(text)
    reading = read_code(words, KNOWN)
    listed = read_codes(words, KNOWN)
    details = read_details(reading.rest, lambda period: True)

    assert reading.code is None or reading.code in KNOWN.values()
    assert set(listed.codes) <= set(KNOWN.values())
    assert details.note is None or 0 < len(details.note) <= 500


@pytest.mark.parametrize(
    ("typed", "period", "strange", "rest"),
    [
        ("quý I 60%", "q1", None, "60%"),
        ("60% quý I", "q1", None, "60%"),
        ("số liệu quý I đã chốt", "q1", None, "số liệu quý I đã chốt"),
        ("quý II 60%", None, "quý II", "quý II 60%"),
        ("60% theo 15/KH-UBND", None, None, "60% theo 15/KH-UBND"),
        ("", None, None, ""),
    ],
)
def test_a_period_is_taken_out_and_nothing_else(
    typed: str, period: str | None, strange: str | None, rest: str
) -> None:
    reading = take_period(typed, lambda found: found.key == "q1")

    assert (reading.period and reading.period.key, reading.strange, reading.rest) == (period, strange, rest)
