"""/hold and /release: who, which day, what is said, and what is written down."""

from datetime import date

import pytest

from scheduler.scan import scan_if_owed
from store.holds import holds_from
from store.lookup import plans_of
from store.states import Role
from tests.bot.office import TIMETABLE, Office, labels, plain
from tests.worlds import at


@pytest.fixture
async def desk(office: Office) -> Office:
    await office.bind_standing_office()
    office.now = at("2023-03-13", "06:00")
    return office


async def held(office: Office) -> list[tuple[str, str]]:
    """The days and agencies that are held back."""
    async with office.database.read() as session:
        found = await holds_from(session, ["SNV", "STP"], date(2023, 1, 1))
    return [(f"{one.day:%d/%m}", one.agency) for one in found]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/hold STP", [("13/03", "STP")]),
        ("giữ lại sở tư pháp", [("13/03", "STP")]),
        ("/hold so tu phap 14/3", [("14/03", "STP")]),
        ("/hold 14/03/2023 STP", [("14/03", "STP")]),
        ("/hold STP ngày 14-3", [("14/03", "STP")]),
        ("/hold STP ngày mai", [("14/03", "STP")]),
        ("/hold mai stp", [("14/03", "STP")]),
        ("/hold STP hôm nay", [("13/03", "STP")]),
        ("/hold STP, SNV", [("13/03", "SNV"), ("13/03", "STP")]),
        ("/hold STP và VPUB 15/3", [("15/03", "STP"), ("15/03", "VPUB")]),
        ("/hold tư pháp", [("13/03", "STP")]),
        ("/hold STP 20/3", [("20/03", "STP")]),
        (
            "/hold tất cả",
            [("13/03", "SNV"), ("13/03", "STP"), ("13/03", "STTTT"), ("13/03", "VPUB")],
        ),
    ],
)
async def test_agencies_and_a_day_are_read_in_any_order(
    desk: Office, typed: str, expected: list[tuple[str, str]]
) -> None:
    await desk.say(typed)

    assert await held(desk) == expected


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("/hold STP 10/3", "Ngày 10/03/2023 đã qua."),
        ("/hold STP 18/3", "Thứ Bảy 18/03/2023 là ngày nghỉ, bot không nhắc."),
        ("/hold STP 21/3", "Chỉ giữ lại được trong 7 ngày tới, đến 20/03/2023."),
        ("/hold STP 31/2", "Không có ngày “31/2”."),
        ("/hold STP 30/2/2023", "Không có ngày “30/2/2023”."),
        ("/hold XYZ", "Không có cơ quan nào tên “XYZ”."),
        ("/hold STP vì chờ văn bản", "Không có cơ quan nào tên “vì chờ văn bản”."),
        ("/hold", "Anh/chị giữ lại lời nhắc của cơ quan nào?"),
    ],
)
async def test_what_cannot_be_followed_holds_nothing_and_says_what_to_do(
    desk: Office, typed: str, begins: str
) -> None:
    text = plain(await desk.say(typed))

    assert text.startswith(begins)
    assert "/hold STP" in text
    assert await held(desk) == []


async def test_a_mistyped_name_is_asked_about(desk: Office) -> None:
    question = await desk.say("/hold so tu phsp 14/3")

    await desk.tap(question, "Sở Tư pháp")

    assert await held(desk) == [("14/03", "STP")]


async def test_a_hold_says_when_it_will_be_told_and_has_its_way_back(desk: Office) -> None:
    answer = await desk.say("/hold STP 17/3")

    assert plain(answer) == (
        "⏸ Đã giữ lại lời nhắc Thứ Sáu 17/03 của Sở Tư pháp.\n"
        "Việc vẫn còn đó: nếu không cho gửi sớm hơn, bot nhắc vào Thứ Hai 20/03, ghi rõ là nhắc muộn.\n"
        "[Cho gửi STP 17/03]\n"
        "[Dự kiến nhắc]"
    )
    released = (await desk.tap(answer, "Cho gửi STP")).message
    assert plain(released).startswith(
        "▶️ Đã cho gửi lời nhắc Thứ Sáu 17/03 của Sở Tư pháp.\nBot nhắc lúc 07:30 Thứ Sáu 17/03."
    )
    assert await held(desk) == []


async def test_a_second_hold_changes_nothing(desk: Office) -> None:
    await desk.say("/hold STP")

    again = await desk.say("/hold STP")

    assert plain(again).startswith("⏸ Lời nhắc Thứ Hai 13/03 của Sở Tư pháp đang được giữ lại rồi.")
    assert [entry.action for entry in await desk.audit()].count("hold") == 1


async def test_all_of_them_are_held_and_let_go_at_once(desk: Office) -> None:
    answer = await desk.say("/hold tất cả 14/3")

    released = (await desk.tap(answer, "Cho gửi tất cả")).message

    assert plain(answer).startswith("⏸ Đã giữ lại lời nhắc Thứ Ba 14/03 của tất cả 4 cơ quan.")
    assert "Đã cho gửi lời nhắc Thứ Ba 14/03" in plain(released)
    assert await held(desk) == []


async def test_when_the_days_scan_has_run_it_is_too_late_for_that_day(desk: Office) -> None:
    await scan_if_owed(desk.database, TIMETABLE, day=date(2023, 3, 13), now=at("2023-03-13"), wall=desk.now)
    desk.now = at("2023-03-13", "08:00")

    refused = await desk.say("/hold STP hôm nay")
    taken = await desk.say("/hold STP")

    assert plain(refused).startswith("Lời nhắc hôm nay đã gửi rồi, không giữ lại được nữa.")
    assert plain(taken).startswith("⏸ Đã giữ lại lời nhắc Thứ Ba 14/03 của Sở Tư pháp.")


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        ("06:00", "Bot nhắc lúc 07:30 Thứ Hai 13/03."),
        ("09:00", "Nếu còn việc cần nhắc, bot gửi trong ít phút nữa."),
        ("18:00", "Giờ gửi hôm nay đã hết: bot nhắc vào Thứ Ba 14/03."),
    ],
)
async def test_a_release_says_when_the_reminders_leave(desk: Office, hour: str, words: str) -> None:
    await desk.say("/hold STP")
    desk.now = at("2023-03-13", hour)

    assert words in plain(await desk.say("/release STP"))


async def test_a_release_without_a_name_offers_what_is_held_back(desk: Office) -> None:
    await desk.say("/hold STP")
    await desk.say("/hold SNV 14/3")

    answer = await desk.say("/release")

    assert labels(answer) == ["Cho gửi STP 13/03", "Cho gửi SNV 14/03", "Cho gửi tất cả"]


async def test_a_release_of_one_day_leaves_the_others(desk: Office) -> None:
    await desk.say("/hold STP")
    await desk.say("/hold STP 14/3")

    await desk.say("/release STP 14/3")

    assert await held(desk) == [("13/03", "STP")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/release SNV", "Lời nhắc của Sở Nội vụ không bị giữ lại."),
        ("/release STP 14/3", "Lời nhắc ngày 14/03/2023 của Sở Tư pháp không bị giữ lại."),
        ("/release XYZ", "Không có cơ quan nào tên “XYZ”."),
    ],
)
async def test_a_release_of_what_is_not_held_says_so(desk: Office, typed: str, said: str) -> None:
    await desk.say("/hold STP")

    assert plain(await desk.say(typed)).startswith(said)
    assert await held(desk) == [("13/03", "STP")]


async def test_with_nothing_held_back_a_release_says_so(desk: Office) -> None:
    assert plain(await desk.say("/release")).startswith("Không có lời nhắc nào đang giữ lại.")


async def test_holds_and_releases_are_written_down(desk: Office) -> None:
    await desk.say("/hold STP, SNV 14/3")
    await desk.say("/release tất cả")

    first, second = (await desk.audit())[-2:]
    assert (first.action, first.person_name, first.subject) == ("hold", "Nguyễn Văn A", "SNV, STP")
    assert first.after == {"day": "2023-03-14", "agencies": ["SNV", "STP"]}
    assert (second.action, second.subject) == ("release", "tất cả")
    assert second.after == {"day": "2023-03-14", "agencies": ["SNV", "STP"]}


@pytest.mark.parametrize("typed", ["/hold STP", "/release STP", "/hold tất cả"])
async def test_officers_and_leaders_hold_nothing_back(desk: Office, typed: str) -> None:
    desk.chat = "300"
    await desk.bind("STP")
    await desk.bind("", role=Role.LEADER)

    assert plain(await desk.say(typed)).startswith("Lệnh này không dùng được")
    assert await held(desk) == []


async def test_another_plans_standing_office_holds_nothing_of_this_one(desk: Office) -> None:
    await desk.say("/hold VPUB")
    desk.chat = "300"
    await desk.bind("STP", role=Role.STANDING_OFFICE)

    refused = await desk.say("/hold STP")
    everything = await desk.say("/hold tất cả")
    released = await desk.say("/release tất cả")

    async with desk.database.read() as session:
        assert await plans_of(session, ["STP"]) == frozenset()
    assert plain(refused).startswith("Sở Tư pháp không còn việc nào trong kế hoạch mà ở đây theo dõi.")
    assert plain(everything).startswith("Không còn cơ quan nào có việc chưa xong.")
    assert plain(released).startswith("Không có lời nhắc nào đang giữ lại.")
    assert await held(desk) == [("13/03", "VPUB")]


async def test_of_several_days_in_a_row_the_first_that_is_not_held_back_is_named(desk: Office) -> None:
    await desk.say("/hold STP 14/3")

    answer = plain(await desk.say("/hold STP 13/3"))

    assert "bot nhắc vào Thứ Tư 15/03" in answer
