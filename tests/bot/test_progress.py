import pytest

from bot.commands.progress import ProgressReading, read_progress
from tests.bot.office import Office, labels, plain


@pytest.mark.parametrize(
    ("typed", "percent", "note"),
    [
        ("60% đã lấy ý kiến", 60, "đã lấy ý kiến"),
        ("60 % đã lấy ý kiến", 60, "đã lấy ý kiến"),
        ("60 phần trăm đã lấy ý kiến", 60, "đã lấy ý kiến"),
        ("60 phan tram da lay y kien", 60, "da lay y kien"),
        ("đã lấy ý kiến, 60%", 60, "đã lấy ý kiến"),
        ("đã lấy 60% ý kiến", 60, "đã lấy ý kiến"),
        ("60%", 60, None),
        ("60", 60, None),
        ("đạt 60%", 60, None),
        ("đã được khoảng 60 phần trăm", 60, None),
        ("0%", 0, None),
        ("100%", 100, None),
        ("60% đã lấy ý kiến 12/15 sở, đạt 80%", 60, "đã lấy ý kiến 12/15 sở, đạt 80%"),
        ("60% theo 15/KH-UBND", 60, "theo 15/KH-UBND"),
        ("3 sở đã góp ý", None, "3 sở đã góp ý"),
        ("đã lấy ý kiến", None, "đã lấy ý kiến"),
        ("", None, None),
    ],
)
def test_a_percentage_is_read_wherever_it_stands(typed: str, percent: int | None, note: str | None) -> None:
    assert read_progress(typed) == ProgressReading(percent=percent, note=note)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("101%", "số nguyên từ 0 đến 100, không phải 101%"),
        ("150", "không phải 150%"),
        ("1000 phần trăm", "không phải 1000%"),
        ("60,5%", "không phải 60,5%"),
        ("-5%", "không phải -5%"),
        ("9" * 400 + "%", "không phải 999999999999%"),
        ("từ 40% lên 60%", "Chưa rõ tiến độ là 40% hay 60%"),
        ("60-70%", "Chưa đọc được số phần trăm"),
        ("nhiều %", "Chưa đọc được số phần trăm"),
    ],
)
def test_what_is_no_progress_is_refused_and_never_guessed(typed: str, words: str) -> None:
    reading = read_progress(typed)

    assert reading.percent is None
    assert reading.wrong is not None
    assert words in reading.wrong


async def confirmed(office: Office, typed: str) -> str:
    return plain((await office.tap(await office.say(typed), "Xác nhận")).message)


async def test_progress_asks_first_and_is_then_shown_in_lists(office: Office) -> None:
    await office.bind("STP")

    question = await office.say("/progress 2.6a 60% đã lấy ý kiến")
    untouched = await office.entry("STP", "2.6a")
    answer = await office.tap(question, "Xác nhận")

    assert plain(question).startswith("Ghi tiến độ?\n\n2.6a ")
    assert untouched.progress is None
    assert answer.edits_tapped
    assert plain(answer.message) == (
        "✅ Đã ghi tiến độ.\n"
        "\n"
        "2.6a Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống…\n"
        "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh · hạn 31/03\n"
        "\n"
        "Tiến độ: 60%\n"
        "Ghi chú: đã lấy ý kiến\n"
        "[Hoàn tác]"
    )
    assert "Hạn 31/03 · còn 18 ngày · 60% · /done_2_6a" in plain(await office.say("/due"))
    assert "còn 18 ngày · 60% · /done_2_6a\n  Tiến độ: đã lấy ý kiến\n" in plain(
        await office.say("/task 2.6a")
    )
    written = (await office.audit())[-1]
    assert (written.action, written.person, written.person_name) == ("progress", "7", "Nguyễn Văn A")


@pytest.mark.parametrize(
    "typed",
    [
        "tiendo 2.6a 60 phần trăm",
        "tiến độ 60% 2.6a",
        "2.6a tiến độ 60%",
        "2.6a 60%",
        "cập nhật 2.6a 60%",
        "/progress_2_6a 60",
    ],
)
async def test_progress_is_understood_in_many_words(office: Office, typed: str) -> None:
    await office.bind("STP")

    await confirmed(office, typed)

    assert (await office.entry("STP", "2.6a")).progress == 60


async def test_a_note_alone_keeps_the_percentage_and_a_new_percentage_drops_an_old_note(
    office: Office,
) -> None:
    await office.bind("STP")
    await confirmed(office, "/progress 2.6a 40%")

    await confirmed(office, "/progress 2.6a đang trình ký")
    noted = await office.entry("STP", "2.6a")
    await confirmed(office, "/progress 2.6a 80%")
    further = await office.entry("STP", "2.6a")

    assert (noted.progress, noted.progress_note) == (40, "đang trình ký")
    assert (further.progress, further.progress_note) == (80, None)


async def test_a_hundred_percent_is_not_done_but_shows_how_to_say_so(office: Office) -> None:
    await office.bind("STP")

    question = await office.say("/progress 2.6a 100%")
    answer = (await office.tap(question, "Xác nhận")).message

    assert "báo xong để bot không nhắc nữa" in plain(answer)
    assert labels(answer) == ["Báo xong 2.6a", "Hoàn tác"]
    assert plain((await office.tap(answer, "Báo xong")).message).startswith("Ghi nhận đã xong?")
    assert await office.done_codes() == []


async def test_what_has_no_day_has_progress_too(office: Office) -> None:
    await office.bind_standing_office()

    await confirmed(office, "/progress 7.3b 30% đã kiểm tra 3 xã")

    assert "7.3b Kiểm tra công vụ · 30%" in plain(await office.say("/due all"))


async def test_progress_is_of_one_period(office: Office) -> None:
    await office.bind("VPUB")

    await confirmed(office, "/progress 2.1b quý II 20%")
    which = await office.say("/progress 2.1b 30%")

    assert (await office.entry("VPUB", "2.1b", "2023-Q2")).progress == 20
    assert plain(which).startswith("Phần nào của 2.1b?")
    picked = await office.tap(which, "2.1b · quý I")
    assert "Tiến độ: 30%" in plain(picked.message)


async def test_progress_can_be_taken_back_and_the_assignment_is_not_called_reopened(office: Office) -> None:
    await office.bind("STP")
    await confirmed(office, "/progress 2.6a 40% một")
    answer = (await office.tap(await office.say("/progress 2.6a 80% hai"), "Xác nhận")).message

    undone = await office.tap(answer, "Hoàn tác")

    assert plain(undone.message).startswith("↩️ Đã hoàn tác, tiến độ trở lại như trước.\n")
    entry = await office.entry("STP", "2.6a")
    assert (entry.progress, entry.progress_note) == (40, "một")


async def test_without_a_number_or_note_it_says_how_far_and_offers_steps(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/progress 2.6a")

    assert "Tiến độ: chưa ghi" in plain(message)
    assert labels(message) == ["25%", "50%", "75%", "100%"]
    assert "Tiến độ: 50%" in plain((await office.tap(message, "50%")).message)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/progress", "Anh/chị cho biết mã việc, ví dụ: /progress 2.6a 60% đã lấy ý kiến"),
        ("/progress 2.6a 120%", "Anh/chị gõ lại giúp, ví dụ: /progress 2.6a 60% đã lấy ý kiến"),
        ("/progress 7.2a 60%", "7.2a do Sở Nội vụ chủ trì, không phải việc của Sở Tư pháp."),
        ("/progress 2.9 60%", "Không có việc mã “2.9”."),
    ],
)
async def test_what_cannot_be_written_says_what_to_do(office: Office, typed: str, words: str) -> None:
    await office.bind("STP")

    assert words in plain(await office.say(typed))
    assert [entry.action for entry in await office.audit()] == ["bind"]


async def test_what_is_done_has_no_progress_any_more(office: Office) -> None:
    await office.bind("STP")
    asked = await office.say("/progress 2.6a 60%")
    await confirmed(office, "/done 2.6a")

    answer = await office.tap(asked, "Xác nhận")

    assert "Đã có người ghi nhận từ trước" in plain(answer.message)
    assert "✅ đã xong" in plain(await office.say("/progress 2.6a 70%"))
    assert (await office.entry("STP", "2.6a")).progress is None


@pytest.mark.parametrize("text", ["60% hay 70%", "60% - 70%", "60% đến 70%"])
def test_of_two_percentages_nobody_guesses_one(text: str) -> None:
    assert read_progress(text).wrong == "Chưa rõ tiến độ là 60% hay 70%."
