"""What people type without a slash: the command may stand behind what it is about."""

import pytest

from bot.commands.typed import read_typed
from tests.bot.office import Office, labels, plain


@pytest.mark.parametrize(
    ("text", "command", "args"),
    [
        ("2.6a", "task", "2.6a"),
        ("2.6 a", "task", "2.6 a"),
        ("2.6 a xong", "done", "2.6 a"),
        ("2.6a hoàn tất 15/QĐ-UBND", "done", "2.6a 15/QĐ-UBND"),
        ("2.6a đã ban hành 15/QĐ-UBND", "done", "2.6a 15/QĐ-UBND"),
        ("10/3 2.6a xong", "done", "10/3 2.6a"),
        ("quý 1 xong", "done", "quý 1"),
        ("báo cáo quý 1 đã xong", "done", "báo cáo quý 1"),
        ("bao cao quy 1 xong 12/BC-STP", "done", "bao cao quy 1 12/BC-STP"),
        ("BC q1 đã nộp", "done", "BC q1"),
        ("đã nộp báo cáo quý 1 số 12/BC-STP ngày 15/3", "done", "báo cáo quý 1 số 12/BC-STP ngày 15/3"),
        ("2.6a được 60% rồi", "progress", "2.6a 60% rồi"),
        ("2.6a đã đạt khoảng 60 phần trăm", "progress", "2.6a 60 phần trăm"),
        ("2.3 quý 1 60%", "progress", "2.3 quý 1 60%"),
        ("2.6a xin gia hạn 30/6 vì chờ văn bản", "extend", "2.6a 30/6 vì chờ văn bản"),
        ("2.6a de nghi duoc gia han den 30/6", "extend", "2.6a den 30/6"),
        ("em xin được gia hạn 2.6a 30/6", "extend", "2.6a 30/6"),
        ("30/6 2.6a xin gia hạn", "extend", "30/6 2.6a"),
        ("báo cáo quý 1 xin gia hạn đến 20/3", "extend", "báo cáo quý 1 đến 20/3"),
        ("2.6a phối hợp SYT 25/3 gửi danh mục", "ask", "2.6a SYT 25/3 gửi danh mục"),
        ("đề nghị phối hợp 2.6a SYT", "ask", "2.6a SYT"),
        ("2.3 quý I không phát sinh không có hồ sơ", "waive", "2.3 quý I không có hồ sơ"),
        ("2.6a hoãn đến 20/3", "snooze", "2.6a 20/3"),
        ("hoãn 2.6a đến thứ hai", "snooze", "2.6a đến thứ hai"),
        ("2.6a hoàn tác", "undo", "2.6a"),
        ("báo cáo quý 1", "reports", "quý 1"),
        ("bc", "reports", ""),
        ("đang kết nối", "who", ""),
        ("việc sắp đến hạn", "due", ""),
    ],
)
def test_a_command_is_found_behind_what_it_is_about(text: str, command: str, args: str) -> None:
    typed = read_typed(text, bot_name="nhacviec_bot")

    assert typed is not None
    assert (typed.command, typed.args) == (command, args)


@pytest.mark.parametrize(
    "text",
    ["2.6a đang lấy ý kiến", "2.6a hoàn chỉnh hồ sơ", "2.6a đã gửi SYT lấy ý kiến", "15/3 họp", "có việc gì"],
)
def test_what_says_nothing_of_a_deed_is_no_command(text: str) -> None:
    typed = read_typed(text, bot_name="nhacviec_bot")

    assert typed is not None
    assert typed.command is None


async def test_a_code_with_words_that_say_no_deed_is_asked_about(office: Office) -> None:
    await office.bind("STP")

    shown = await office.say("2.6a đang lấy ý kiến")

    assert plain(shown) == (
        "Chưa rõ anh/chị muốn ghi gì cho 2.6a: “đang lấy ý kiến”. Chọn giúp:\n"
        "[Báo xong]\n"
        "[Ghi tiến độ]\n"
        "[Chi tiết]"
    )
    question = (await office.tap(shown, "Ghi tiến độ")).message
    assert plain(question).startswith("Ghi tiến độ?")
    assert "Ghi chú: đang lấy ý kiến" in plain(question)


async def test_nobody_is_offered_what_the_chat_may_not_do(office: Office) -> None:
    await office.bind("STP")

    assert labels(await office.say("dondok")) == ["Việc đến hạn", "Trợ giúp"]


@pytest.mark.parametrize("text", ["xong hết", "xong hết rồi", "đã xong rồi nhé", "xong rồi ạ"])
async def test_done_without_a_code_shows_what_can_be_done(office: Office, text: str) -> None:
    await office.bind("STP")

    assert plain(await office.say(text)).startswith("Anh/chị đã xong việc nào? Gõ mã việc")


async def test_courtesy_is_no_note(office: Office) -> None:
    await office.bind("STP")

    assert "Ghi chú" not in plain(await office.say("2.6a xong rồi nhé ạ"))
