"""A calendar's file: what two other readers make of it, whatever words are in it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import icalendar
from hypothesis import example, given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from ical.event import EventStatus

from bot.papers.calendar import Calendar, Event, fingerprint, ics, uid_of

NOW = datetime(2023, 3, 13, 0, 30, tzinfo=UTC)
MOVED = datetime(2023, 3, 10, 8, 0, tzinfo=UTC)
SATURDAY = date(2023, 9, 16)


def event(**more: object) -> Event:
    words = {
        "summary": "2.6a Quyết định; rà soát, đơn giản hóa – hạn",
        "description": "Nhiệm vụ: …\nHạn: 16/09/2023",
    }
    known = {"uid": uid_of("due", "2.6a"), "day": SATURDAY, **words}
    return Event(**(known | more))  # type: ignore[arg-type]


def made(*events: Event, name: str = "Nhắc việc – Sở Tư pháp") -> bytes:
    return ics(Calendar(name=name, events=events), made_at=NOW)


def read(file: bytes) -> Sequence[icalendar.Component]:
    return icalendar.Calendar.from_ical(file).walk("VEVENT")


def test_a_day_is_a_whole_day_in_vietnam_and_takes_nobodys_time() -> None:
    [found] = read(made(event()))

    assert found["DTSTART"].to_ical() == b"20230916"
    assert found["DTSTART"].params["VALUE"] == "DATE"
    assert found.decoded("DTEND") == date(2023, 9, 17)
    assert (found["STATUS"], found["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")


def test_the_file_names_itself_its_zone_and_its_method() -> None:
    file = icalendar.Calendar.from_ical(made(event()))

    assert (file["METHOD"], file["VERSION"]) == ("PUBLISH", "2.0")
    assert file["X-WR-CALNAME"] == "Nhắc việc – Sở Tư pháp"
    assert file["X-WR-TIMEZONE"] == "Asia/Ho_Chi_Minh"
    assert [zone["TZID"] for zone in file.walk("VTIMEZONE")] == ["Asia/Ho_Chi_Minh"]


def test_what_has_changed_says_how_often_and_when() -> None:
    [found] = read(made(event(sequence=3, modified=MOVED)))
    [never] = read(made(event()))

    assert (found["SEQUENCE"], found.decoded("LAST-MODIFIED")) == (3, MOVED)
    assert (never["SEQUENCE"], "LAST-MODIFIED" in never) == (0, False)
    assert found.decoded("DTSTAMP") == NOW


def test_what_is_off_is_cancelled_and_rings_no_more() -> None:
    [found] = read(made(event(is_cancelled=True, alarms=(timedelta(hours=7),))))

    assert found["STATUS"] == "CANCELLED"
    assert found.walk("VALARM") == []


def test_alarms_are_counted_from_the_midnight_of_the_day() -> None:
    friday, same_day = timedelta(days=-1, hours=7, minutes=30), timedelta(hours=7, minutes=30)

    [found] = read(made(event(alarms=(friday, same_day))))

    triggers = [alarm["TRIGGER"].to_ical() for alarm in found.walk("VALARM")]
    assert triggers == [b"-PT16H30M", b"PT7H30M"]
    assert [alarm["ACTION"] for alarm in found.walk("VALARM")] == ["DISPLAY", "DISPLAY"]


def test_a_calendar_of_nothing_is_still_a_valid_one() -> None:
    file = made()

    assert read(file) == []
    assert icalendar.Calendar.from_ical(file).subcomponents != []
    assert IcsCalendarStream.calendar_from_ics(file.decode()).events == []


def test_ids_are_the_same_for_the_same_and_show_nothing_of_it() -> None:
    assert uid_of("due", "cchc-2023", "2.6a") == uid_of("due", "cchc-2023", "2.6a")
    assert len({uid_of("a", "bc"), uid_of("ab", "c"), uid_of("abc"), uid_of("a", "b", "c")}) == 4
    assert "2.6a" not in uid_of("due", "2.6a")


def test_the_moment_of_the_making_does_not_make_another_calendar() -> None:
    one, other = Calendar(name="x", events=[event()]), Calendar(name="x", events=[event(sequence=1)])

    assert fingerprint(one) == fingerprint(Calendar(name="x", events=[event()]))
    assert fingerprint(one) != fingerprint(other)


WORDS = st.text(max_size=300)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 30))
EVENTS = st.builds(
    Event,
    uid=st.uuids().map(str),
    day=DAYS,
    summary=WORDS,
    description=WORDS,
    sequence=st.integers(0, 2**31 - 1),
    modified=st.none() | st.just(MOVED),
    is_cancelled=st.booleans(),
    alarms=st.lists(
        st.integers(-20_000, 1_000).map(lambda minutes: timedelta(minutes=minutes)), max_size=3
    ).map(tuple),
)


@example([], "\n")
@example([], "Sở Tư pháp, 2023; a\\b")
@given(st.lists(EVENTS, max_size=4), WORDS)
def test_whatever_words_are_in_it_every_reader_finds_the_same_days(events: list[Event], name: str) -> None:
    file = made(*events, name=name)

    ours = [(one["UID"], one.decoded("DTSTART"), one["SEQUENCE"]) for one in read(file)]
    other = IcsCalendarStream.calendar_from_ics(file.decode())
    assert ours == [(one.uid, one.day, one.sequence) for one in events]
    assert [(one.uid, one.dtstart, one.sequence) for one in other.events] == ours
    assert [one.status is EventStatus.CANCELLED for one in other.events] == [
        one.is_cancelled for one in events
    ]


@given(EVENTS)
def test_lines_have_75_octets_at_most_and_end_as_the_standard_says(one: Event) -> None:
    lines = made(one).split(b"\r\n")

    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    # No character is torn in two.
    assert all(line.decode() for line in lines[:-1])


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_words_come_out_as_they_went_in(words: str) -> None:
    [found] = read(made(event(summary=words, description=f"{words}\n{words}")))

    assert str(found["SUMMARY"]) == words
    assert str(found["DESCRIPTION"]) == f"{words}\n{words}"
