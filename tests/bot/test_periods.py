import pytest

from bot.periods import Period, period_of_slot, periods_in


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("quý I", Period(key="q1")),
        ("quy 1", Period(key="q1")),
        ("Quý IV/2024", Period(key="q4", year=2024)),
        ("quý II năm 2023", Period(key="q2", year=2023)),
        ("q3", Period(key="q3")),
        ("q1_2024", Period(key="q1", year=2024)),
        ("tháng 03", Period(key="t3")),
        ("tháng 12/2023", Period(key="t12", year=2023)),
        ("t3", Period(key="t3")),
        ("6 tháng", Period(key="6t")),
        ("6 tháng đầu năm 2023", Period(key="6t", year=2023)),
        ("6 tháng cuối năm", Period(key="6tc")),
        ("9 tháng đầu năm", Period(key="9t")),
        ("6t", Period(key="6t")),
        ("cả năm", Period(key="nam")),
        ("năm 2023", Period(key="nam", year=2023)),
        ("ngày 31/3", Period(key="n3103")),
        ("n3103", Period(key="n3103")),
    ],
)
def test_a_period_is_read_as_people_name_it(text: str, period: Period) -> None:
    assert [found for found, _, _ in periods_in(text)] == [period]


@pytest.mark.parametrize(
    "text", ["quý báu", "15/KH-UBND", "tháng này", "t33", "quý V", "20/02x", "đầu tháng"]
)
def test_other_words_are_no_period(text: str) -> None:
    assert list(periods_in(text)) == []


@pytest.mark.parametrize(
    ("slot", "period"),
    [
        ("", None),
        ("2023-Q1", Period(key="q1", year=2023)),
        ("2023-M03", Period(key="t3", year=2023)),
        ("2023-H1", Period(key="6t", year=2023)),
        ("2023-H2", Period(key="6tc", year=2023)),
        ("2023-9M", Period(key="9t", year=2023)),
        ("2023-Y", Period(key="nam", year=2023)),
        ("2023-03-31", Period(key="n3103", year=2023)),
        ("q1", Period(key="q1")),
        ("6t", Period(key="6t")),
    ],
)
def test_a_slot_has_a_short_name(slot: str, period: Period | None) -> None:
    assert period_of_slot(slot) == period
