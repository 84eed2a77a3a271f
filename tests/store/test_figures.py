from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.assignments import DutyKind
from store.agenda import Entry
from store.figures import Column, Figures, column_of, figures, grouped
from store.states import State
from tests.bot.entries import TUYEN_TRUYEN, due_on, without_day

TODAY = date(2023, 3, 13)
BEFORE, AFTER = date(2023, 2, 27), date(2023, 3, 2)


def closed(entry: Entry, reported: date, state: State = State.DONE, document: date | None = None) -> Entry:
    at = datetime(reported.year, reported.month, reported.day, 3, tzinfo=UTC)
    return replace(entry, state=state, done_at=at, document_date=document)


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        (TUYEN_TRUYEN, Column.OPEN_LATE),
        (due_on(TODAY), Column.OPEN_IN_TERM),
        (due_on(TODAY + timedelta(days=1)), Column.OPEN_IN_TERM),
        (closed(TUYEN_TRUYEN, BEFORE), Column.DONE_IN_TERM),
        (closed(TUYEN_TRUYEN, date(2023, 2, 28)), Column.DONE_IN_TERM),
        (closed(TUYEN_TRUYEN, AFTER), Column.DONE_LATE),
        (closed(TUYEN_TRUYEN, AFTER, document=BEFORE), Column.DONE_IN_TERM),
        (closed(TUYEN_TRUYEN, AFTER, document=AFTER), Column.DONE_LATE),
        (closed(TUYEN_TRUYEN, AFTER, State.WAIVED), Column.WAIVED),
        (closed(without_day(DutyKind.ONGOING), AFTER, State.WAIVED), Column.WAIVED),
        (without_day(DutyKind.ONGOING), Column.UNDATED),
        (without_day(DutyKind.EXTERNAL), Column.UNDATED),
        (closed(without_day(DutyKind.ADHOC), AFTER), Column.UNDATED_DONE),
        (closed(without_day(DutyKind.ADHOC), AFTER, State.SUBMITTED), Column.UNDATED),
        (replace(TUYEN_TRUYEN, kind=DutyKind.EXTERNAL), Column.OPEN_LATE),
    ],
)
def test_each_assignment_is_counted_in_one_column(entry: Entry, column: Column) -> None:
    assert column_of(entry, TODAY) is column


def test_a_due_day_off_is_late_only_after_the_next_working_day() -> None:
    saturday = due_on(date(2023, 9, 16))

    assert column_of(saturday, date(2023, 9, 18)) is Column.OPEN_IN_TERM
    assert column_of(saturday, date(2023, 9, 19)) is Column.OPEN_LATE
    assert column_of(closed(saturday, date(2023, 9, 18)), date(2023, 9, 30)) is Column.DONE_IN_TERM


def test_what_waits_for_approval_is_not_complete_and_not_late_because_the_approval_takes_long() -> None:
    in_time = closed(TUYEN_TRUYEN, BEFORE, State.SUBMITTED)
    too_late = closed(TUYEN_TRUYEN, AFTER, State.SUBMITTED)

    found = figures([in_time, too_late], TODAY)

    assert found == Figures(open_in_term=1, open_late=1, submitted=2)
    assert (found.done, found.percent) == (0, 0)


def test_a_supporting_agencys_part_does_not_count() -> None:
    support = replace(TUYEN_TRUYEN, kind=DutyKind.SUPPORT)

    assert figures([support, TUYEN_TRUYEN], TODAY) == Figures(open_late=1)
    assert grouped([support], lambda entry: entry.agency) == {}


@pytest.mark.parametrize(
    ("done", "left", "percent"),
    [
        (0, 5, 0),
        (1, 199, 1),
        (1, 200, 0),
        (1, 2, 33),
        (2, 1, 67),
        (1, 1, 50),
        (3, 5, 38),
        (199, 1, 99),
        (4, 0, 100),
    ],
)
def test_the_percentage_is_rounded_half_up_and_100_only_when_nothing_is_missing(
    done: int, left: int, percent: int
) -> None:
    assert Figures(done_late=done, open_in_term=left).percent == percent


def test_undated_and_waived_ones_are_no_part_of_the_percentage() -> None:
    assert Figures(done_in_term=1, open_late=1, undated=7, undated_done=5, waived=9).percent == 50
    assert Figures(undated=7, undated_done=5, waived=9).percent is None
    assert Figures().percent is None


def test_entries_are_grouped_in_the_order_in_which_they_come() -> None:
    other = replace(TUYEN_TRUYEN, agency="STP")

    assert grouped([other, TUYEN_TRUYEN, other], lambda entry: entry.agency) == {
        "STP": [other, other],
        "SNV": [TUYEN_TRUYEN],
    }


DAYS = st.dates(date(2023, 1, 1), date(2023, 12, 31))
STATES = st.sampled_from([State.SUBMITTED, State.DONE, State.WAIVED])
ANY_ENTRY = st.one_of(
    DAYS.map(due_on),
    st.sampled_from(DutyKind).map(without_day),
    st.builds(
        closed, st.one_of(DAYS.map(due_on), st.just(without_day(DutyKind.ONGOING))), DAYS, STATES, DAYS
    ),
    DAYS.map(lambda day: replace(due_on(day), kind=DutyKind.SUPPORT)),
)


@given(st.lists(ANY_ENTRY, max_size=30), DAYS)
def test_the_counts_always_add_up(entries: list[Entry], today: date) -> None:
    found = figures(entries, today)

    columns = [getattr(found, column.value) for column in Column]
    assert sum(columns) == found.total == sum(entry.kind is not DutyKind.SUPPORT for entry in entries)
    assert found.done + found.not_done == found.dated
    assert found.submitted <= found.not_done + found.undated
    assert found.percent is None or 0 <= found.percent <= 100
    by_agency = grouped(entries, lambda entry: entry.due)
    assert sum(figures(group, today).total for group in by_agency.values()) == found.total
