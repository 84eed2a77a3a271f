"""The whole year 2023, day by day: the real plan, 35 agencies, the bot over HTTP, and tables worked out on paper."""

import asyncio
import re
from collections import Counter
from datetime import time

import pytest

from plan.text import fold
from tests.app.town import TELEGRAM, ZALO, Seen
from tests.app.year_lived import FIRST, Year, live_through
from tests.app.year_on_paper import DEPARTMENTS, DISTRICTS, LADDERS, SILENT, is_worked, ladder_on_paper, on

MORNING = time(7, 30)
LIMIT = {TELEGRAM: 4096, ZALO: 2000}


@pytest.fixture(scope="module", params=[TELEGRAM, ZALO])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Year:
    return asyncio.run(live_through(tmp_path_factory.mktemp("year"), request.param))


def command(about: str) -> str:
    """What the bot offers to tap: "/done_2_3_q1" for "2.3 q1"."""
    return "/done_" + about.lower().replace(".", "_").replace(" ", "_")


def commands_in(message: Seen) -> list[str]:
    """The commands that are offered, on Zalo to be typed: “xong 2.3 q1”, “xong BC 6 tháng”."""
    typed = [fold(about).replace("6 thang", "6t") for about in re.findall(r"“xong ([^”]+)”", message.text)]
    return [command(about) for about in typed] or re.findall(r"/done_\w+", message.text)


@pytest.mark.parametrize("agency", LADDERS)
def test_an_agency_hears_exactly_what_was_worked_out_on_paper(year: Year, agency: str) -> None:
    assert year.told[agency] == ladder_on_paper(LADDERS[agency])


def test_the_messages_in_the_chats_say_what_the_notices_say(year: Year) -> None:
    for agency, told in year.told.items():
        in_chat = Counter(
            (message.at.date(), offered)
            for message in year.unasked[agency]
            for offered in commands_in(message)
        )

        # Each once: no item is in two pieces of a long message, and none in two messages of a morning.
        assert in_chat == Counter((notice.day, command(notice.about)) for notice in told), agency


def test_nothing_comes_on_a_day_off_or_at_any_hour_but_the_mornings(year: Year) -> None:
    heard_at = {message.at for messages in year.unasked.values() for message in messages}

    assert heard_at
    assert [at for at in heard_at if not is_worked(at.date())] == []
    assert {at.time() for at in heard_at} == {MORNING}


def test_nothing_is_heard_of_what_is_done(year: Year) -> None:
    too_late = [
        (agency, notice)
        for agency, closed in year.closed.items()
        for notice in year.told[agency]
        if notice.about in closed and notice.day > closed[notice.about]
    ]

    assert sum(len(closed) for closed in year.closed.values()) > 200
    assert too_late == []


def test_a_chat_gets_at_most_one_message_a_morning(year: Year) -> None:
    assert set(year.mornings.values()) == {1}


def test_on_zalo_a_month_stays_far_below_what_the_platform_allows(year: Year) -> None:
    assert (0 < year.most_sent < 1500) == (year.channel == ZALO)


def test_a_message_too_long_for_one_comes_in_pieces_of_whole_items(year: Year) -> None:
    pieces = Counter((agency, one.at.date()) for agency, found in year.unasked.items() for one in found)

    assert [morning for morning, count in pieces.items() if count > 1]
    assert set(pieces) == set(year.mornings)
    for messages in year.unasked.values():
        for message in messages:
            assert len(message.text) <= LIMIT[year.channel]
            assert commands_in(message), message.text


def test_no_notice_is_there_twice(year: Year) -> None:
    told_twice = [key for key, count in Counter(year.notice_keys).items() if count > 1]
    same_day_twice = [
        (agency, notice.day, notice.about)
        for agency, told in year.told.items()
        for notice in told
        if [(one.day, one.about) for one in told].count((notice.day, notice.about)) > 1
    ]

    assert told_twice == []
    assert same_day_twice == []
    assert year.uncertain == 0


REPORTS = {
    "BC 6t": "9/6 13/6 14/6 15/6 16/6 19/6 20/6 21/6",
    "BC q3": "11/9 13/9 14/9 15/9 19/9 20/9",
}


@pytest.mark.parametrize("report", REPORTS)
def test_every_department_and_district_is_asked_for_its_report_until_it_has_reported(
    year: Year, report: str
) -> None:
    days = [on(day) for day in REPORTS[report].split()]
    answers_on = set()

    for agency in (*DEPARTMENTS, *DISTRICTS):
        heard = [notice.day for notice in year.told[agency] if notice.about == report]
        reported = year.closed[agency][report]
        answers_on.add(reported)
        assert heard == [day for day in days if day <= reported], agency

    assert len(DEPARTMENTS) == 18
    assert len(DISTRICTS) == 11
    # Some before the due day, some on it, some late.
    assert min(answers_on) < days[4] <= max(answers_on)


def test_of_a_report_due_on_a_saturday_friday_is_the_last_reminder_and_monday_is_silent(year: Year) -> None:
    for agency, told in year.told.items():
        quarter = [notice for notice in told if notice.about == "BC q3"]

        assert all(notice.milestone == "due-0" for notice in quarter if notice.day == on("15/9")), agency
        assert not [notice for notice in quarter if notice.day in (on("16/9"), on("17/9"), on("18/9"))]
        assert all(notice.milestone.startswith("late") == (notice.day >= on("19/9")) for notice in quarter)


def test_what_was_missed_before_the_start_says_that_it_comes_late(year: Year) -> None:
    first = [message for message in year.unasked["SNV"] if message.at.date() == FIRST]

    items = "\n\n".join(message.text for message in first).split("\n\n")
    [ke_hoach] = [item for item in items if "/done_7_3a1" in item or "“xong 7.3a1”" in item]

    assert "Nhắc muộn: lẽ ra ngày 01/03" in ke_hoach


def test_what_comes_in_time_does_not_say_that_it_is_late(year: Year) -> None:
    later = [message for found in year.unasked.values() for message in found if message.at.date() > FIRST]

    assert not [message for message in later if "Nhắc muộn" in message.text]


@pytest.mark.parametrize("agency", SILENT)
def test_who_owes_nothing_with_a_date_hears_nothing(year: Year, agency: str) -> None:
    assert year.told[agency] == []
    assert year.unasked[agency] == []
