"""What an officer does: writes, completes commands, taps, attaches; and what a tester does from the menus."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page, expect

from .bot_hands import BotHands, World
from .conftest import HEAD, OFFICE, PHONE, PRIVATE

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]

COMMANDS = [
    {"command": "due", "description": "Việc sắp đến hạn"},
    {"command": "done", "description": "Báo đã xong một việc"},
    {"command": "help", "description": "Hướng dẫn"},
]
KEYS = {"inline_keyboard": [[{"text": "Đã xong 2.6a", "callback_data": "done:2.6a"}]]}


def test_enter_sends_and_shift_enter_begins_a_new_line(open_page: OpenPage, bot: BotHands) -> None:
    page = open_page(at=f"/#chat={PRIVATE}")
    box = page.get_by_role("combobox", name="Tin nhắn")

    box.press_sequentially("xong 2.6a")
    box.press("Shift+Enter")
    box.press_sequentially("đã gửi công văn")
    box.press("Enter")

    expect(page.locator("#messages .person .text")).to_have_text("xong 2.6a\nđã gửi công văn")
    expect(box).to_have_value("")
    assert bot.next_update()["message"]["text"] == "xong 2.6a\nđã gửi công văn"


def test_completion_narrows_and_completes(open_page: OpenPage, bot: BotHands) -> None:
    bot.call("setMyCommands", commands=COMMANDS)
    page = open_page(at=f"/#chat={PRIVATE}")
    box = page.get_by_role("combobox", name="Tin nhắn")
    options = page.get_by_role("listbox", name="Lệnh của bot").get_by_role("option")

    box.press_sequentially("/")
    expect(options).to_have_count(3)
    box.press_sequentially("d")
    expect(options).to_have_count(2)
    box.press("ArrowDown")
    box.press("Tab")

    expect(box).to_have_value("/done ")
    expect(options).to_have_count(0)
    expect(box).to_be_focused()


def test_a_tap_on_a_completion_completes_and_names_the_bot_in_a_group(
    open_page: OpenPage, bot: BotHands
) -> None:
    bot.call("setMyCommands", commands=COMMANDS)
    page = open_page(PHONE, at=f"/#chat={OFFICE}")
    box = page.get_by_role("combobox", name="Tin nhắn")
    expect(page.locator("#chat-title")).to_have_text("Sở Nội vụ")

    box.press_sequentially("/du")
    page.get_by_role("option", name="/due").tap()

    expect(box).to_have_value("/due@nhacviec_bot ")


def test_a_complete_command_is_sent_by_enter(open_page: OpenPage, bot: BotHands) -> None:
    bot.call("setMyCommands", commands=COMMANDS)
    page = open_page(at=f"/#chat={PRIVATE}")
    box = page.get_by_role("combobox", name="Tin nhắn")

    box.press_sequentially("/due")
    box.press("Enter")

    assert bot.next_update()["message"]["text"] == "/due"


@pytest.mark.parametrize(
    ("chat", "sent"), [(PRIVATE, "/done_2_6a"), (OFFICE, "/done_2_6a@nhacviec_bot")], ids=["private", "group"]
)
def test_a_tap_on_a_command_in_a_message_sends_it(
    open_page: OpenPage, bot: BotHands, chat: int, sent: str
) -> None:
    bot.send(chat, "Hạn 10/03/2023, báo xong: /done_2_6a")
    page = open_page(at=f"/#chat={chat}")

    page.get_by_role("button", name="/done_2_6a").click()

    expect(page.locator("#messages .person .text")).to_have_text(sent)
    assert bot.next_update()["message"]["text"] == sent
    expect(page.locator("#messages .bot .command")).to_have_count(1)


def test_a_tap_on_a_button_answers(open_page: OpenPage, bot: BotHands) -> None:
    bot.send(OFFICE, "<b>2.6a</b> đến hạn thứ Sáu", reply_markup=KEYS)
    page = open_page(PHONE, at=f"/#chat={OFFICE}")

    page.get_by_role("button", name="Đã xong 2.6a").tap()
    tap = bot.next_update()["callback_query"]
    bot.call("answerCallbackQuery", callback_query_id=tap["id"], text="Đã ghi nhận 2.6a")

    assert tap["data"] == "done:2.6a"
    expect(page.locator(".toast")).to_have_text("Đã ghi nhận 2.6a")


def test_an_alert_is_a_dialog_that_must_be_closed(open_page: OpenPage, bot: BotHands) -> None:
    bot.send(OFFICE, "<b>2.6a</b> đến hạn thứ Sáu", reply_markup=KEYS)
    page = open_page(at=f"/#chat={OFFICE}")

    page.get_by_role("button", name="Đã xong 2.6a").click()
    tap = bot.next_update()["callback_query"]
    bot.call(
        "answerCallbackQuery", callback_query_id=tap["id"], text="Việc này đã có người báo.", show_alert=True
    )

    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Việc này đã có người báo.")
    dialog.get_by_role("button", name="Đã rõ").click()
    expect(dialog).to_be_hidden()


def test_one_chooses_who_writes_in_a_group(open_page: OpenPage, bot: BotHands) -> None:
    page = open_page(at=f"/#chat={OFFICE}")

    page.get_by_label("Ai đang viết").select_option(label="Trưởng phòng")
    page.get_by_role("combobox", name="Tin nhắn").fill("/late")
    page.get_by_role("button", name="Gửi", exact=True).click()

    expect(page.locator("#messages .person .name")).to_have_text("Trưởng phòng")
    sent = cast(dict[str, dict[str, object]], bot.next_update()["message"])
    assert sent["from"]["id"] == HEAD


def test_a_file_is_sent_with_its_caption(open_page: OpenPage, tmp_path: Path) -> None:
    file = tmp_path / "Báo cáo quý I.docx"
    file.write_bytes(b"noi dung")
    page = open_page(at=f"/#chat={PRIVATE}")
    expect(page.locator("#chat-sub")).to_have_text("Trò chuyện riêng với bot")

    page.locator("#file").set_input_files(file)
    page.get_by_role("combobox", name="Tin nhắn").fill("Sở gửi báo cáo")
    page.get_by_role("button", name="Gửi", exact=True).click()

    message = page.locator("#messages .person")
    expect(message.locator(".file")).to_contain_text("Báo cáo quý I.docx")
    expect(message.locator(".text")).to_have_text("Sở gửi báo cáo")


def test_a_blocked_bot_is_marked_and_let_back_in(open_page: OpenPage) -> None:
    page = open_page(at=f"/#chat={PRIVATE}")
    page.locator("#chat-menu .menu-button").click()

    page.get_by_role("button", name="Chặn bot").click()

    expect(page.locator(f'#chat-list li[data-chat="{PRIVATE}"]')).to_contain_text("Đã chặn")
    expect(page.locator("#composer")).to_be_hidden()

    page.get_by_role("button", name="Bỏ chặn").click()

    expect(page.locator("#composer")).to_be_visible()


def test_a_group_without_its_bot_says_so_and_takes_it_back(open_page: OpenPage, world: World) -> None:
    world.ask("POST", f"/chats/{OFFICE}/block")
    page = open_page(at=f"/#chat={OFFICE}")
    chat = page.locator(f'#chat-list li[data-chat="{OFFICE}"]')
    expect(chat).to_contain_text("Bot không còn ở đây")

    page.get_by_role("button", name="Thêm lại bot").click()

    expect(page.locator("#barred")).to_be_hidden()
    expect(chat).not_to_contain_text("Bot không còn ở đây")


def test_a_person_begins_before_the_bot_may_write(open_page: OpenPage, world: World, bot: BotHands) -> None:
    world.ask("POST", "/chats", {"id": PRIVATE, "type": "private", "members": [PRIVATE], "started": False})
    page = open_page(PHONE, at=f"/#chat={PRIVATE}")

    page.get_by_role("button", name="Bắt đầu").tap()

    assert bot.next_update()["message"]["text"] == "/start"
    expect(page.get_by_role("combobox", name="Tin nhắn")).to_be_visible()


def test_the_keys_of_a_reply_keyboard_write_their_text(open_page: OpenPage, bot: BotHands) -> None:
    keyboard = {"keyboard": [[{"text": "Đồng ý"}, {"text": "Để sau"}]], "one_time_keyboard": True}
    bot.send(PRIVATE, "Ghi nhận 2.6a đã xong?", reply_markup=keyboard)
    page = open_page(PHONE, at=f"/#chat={PRIVATE}")

    page.get_by_role("button", name="Đồng ý").tap()

    expect(page.locator("#messages .person .text")).to_have_text("Đồng ý")
    expect(page.get_by_role("button", name="Để sau")).to_be_hidden()


def test_a_reply_in_a_group_reaches_the_bot(open_page: OpenPage, bot: BotHands) -> None:
    asked = bot.send(OFFICE, "Đã xong việc nào?")
    page = open_page(at=f"/#chat={OFFICE}")

    page.locator(f'#messages [data-reply="{asked}"]').click()
    page.get_by_role("combobox", name="Tin nhắn").fill("việc 2.6a")
    page.keyboard.press("Enter")

    expect(page.locator("#messages .person .quote")).to_contain_text("Đã xong việc nào?")
    assert bot.next_update()["message"]["text"] == "việc 2.6a"


def test_each_chat_keeps_its_own_draft(open_page: OpenPage) -> None:
    page = open_page(at=f"/#chat={OFFICE}")
    box = page.get_by_role("combobox", name="Tin nhắn")
    box.fill("viết dở")

    page.locator(f'#chat-list li[data-chat="{PRIVATE}"] a').click()
    expect(box).to_have_value("")
    page.locator(f'#chat-list li[data-chat="{OFFICE}"] a').click()

    expect(box).to_have_value("viết dở")


def test_a_group_that_migrates_is_followed_to_its_new_id(open_page: OpenPage) -> None:
    page = open_page(at=f"/#chat={OFFICE}")
    page.locator("#chat-menu .menu-button").click()

    page.get_by_role("button", name=re.compile("supergroup")).click()

    expect(page).to_have_url(re.compile(r"#chat=-100\d{4,}"))
    expect(page.locator("#chat-title")).to_have_text("Sở Nội vụ")
    expect(page.locator("#chat-list .title", has_text="Sở Nội vụ")).to_have_count(1)


def test_a_tester_orders_a_fault_and_takes_it_back(open_page: OpenPage, world: World) -> None:
    page = open_page()
    page.locator("#global-menu .menu-button").click()

    page.get_by_role("button", name="Gây lỗi").click()

    expect(page.locator(".waiting li")).to_have_count(1)
    page.get_by_role("button", name="Bỏ mọi lỗi").click()
    expect(page.locator(".waiting li")).to_have_count(0)


def test_the_keyboard_alone_is_enough(open_page: OpenPage, bot: BotHands) -> None:
    bot.send(OFFICE, "Chào cơ quan")
    page = open_page()
    expect(page.locator("#chat-list li")).to_have_count(2)

    page.locator("#search").focus()
    page.keyboard.type("noi vu")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Tin nhắn")).to_be_focused()
    page.keyboard.type("/due")
    page.keyboard.press("Enter")

    expect(page.locator("#messages .person .text")).to_have_text("/due")
