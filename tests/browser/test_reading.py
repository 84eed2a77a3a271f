"""What a reader sees: chats, messages, the clock, on a desk and on a phone."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.server import serve

from .bot_hands import BotHands, World
from .conftest import DESK, HEAD, OFFICE, OFFICER, PHONE, PRIVATE, Watch, fresh_app

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]

REMINDER = (
    "<b>Sáng thứ Ba 07/03: 2 việc cần chú ý</b>\n\n"
    "• <b>2.6a</b> Kế hoạch rà soát, đánh giá thủ tục hành chính năm 2023, hạn thứ Sáu 10/03 /done_2_6a\n"
    "• <b>7.3a</b> Kế hoạch kiểm tra công tác cải cách hành chính, hạn thứ Sáu 10/03"
)


def row(chat_id: int) -> str:
    return f'#chat-list li[data-chat="{chat_id}"]'


def test_a_message_that_arrives_shows_up_and_counts_as_unread(open_page: OpenPage, bot: BotHands) -> None:
    page = open_page()
    expect(page.locator(row(OFFICE))).to_contain_text("Sở Nội vụ")

    bot.send(OFFICE, REMINDER)

    chat = page.locator(row(OFFICE))
    expect(chat).to_contain_text("Sáng thứ Ba 07/03: 2 việc cần chú ý")
    expect(chat.locator(".badge")).to_have_text("1")
    expect(chat.locator(".at")).to_have_text("07:25")
    expect(page).to_have_title(re.compile(r"^\(1\)"))


def test_opening_a_chat_shows_its_messages_and_marks_them_read(open_page: OpenPage, bot: BotHands) -> None:
    bot.send(OFFICE, REMINDER)
    page = open_page()

    page.locator(row(OFFICE)).locator("a").click()

    message = page.locator("#messages .bot")
    expect(message).to_contain_text("Nhắc Việc")
    expect(message.locator("b").first).to_have_text("Sáng thứ Ba 07/03: 2 việc cần chú ý")
    expect(message.locator("time")).to_have_text("07:25")
    expect(page.locator("#messages .day")).to_have_text("Thứ Ba, 07/03/2023")
    expect(page.locator(row(OFFICE)).locator(".badge")).to_have_count(0)


def test_text_with_html_in_it_is_shown_as_text(open_page: OpenPage, world: World, bot: BotHands) -> None:
    nasty = "<img src=x onerror=\"document.title='hỏng'\"> <b>không đậm</b> &amp; <script>alert(1)</script>"
    world.writes(PRIVATE, PRIVATE, nasty)
    bot.call("sendMessage", chat_id=PRIVATE, text=nasty)

    page = open_page(at=f"/#chat={PRIVATE}")

    for side in (".person", ".bot"):
        expect(page.locator(f"#messages {side} .text")).to_have_text(nasty)
    expect(page.locator("#messages img, #messages b, #messages script")).to_have_count(0)


def test_markup_that_telegram_does_not_know_never_reaches_the_page(open_page: OpenPage, watch: Watch) -> None:
    page = open_page()
    hostile = (
        '<b onclick="x()">đậm</b><img src="/x" onerror="x()"><script>x()</script><style>*{}</style>'
        '<a href="javascript:x()">bấm</a><a href="https://example.vn/">trang</a><iframe src="/"></iframe>'
    )

    drawn = page.evaluate(
        """async (html) => {
            const { rich } = await import("/static/text.js");
            const box = document.createElement("div");
            box.append(rich(html));
            return box.innerHTML;
        }""",
        hostile,
    )

    assert drawn == (
        '<b>đậm</b>bấm<a href="https://example.vn/" target="_blank" rel="noopener noreferrer">trang</a>'
    )
    # The page's policy is a second wall, and it says so when it reads the handlers.
    assert all("Content Security Policy" in complaint for complaint in watch.complaints)
    watch.complaints.clear()


def test_an_edited_message_says_so_and_a_deleted_one_is_gone(open_page: OpenPage, bot: BotHands) -> None:
    kept = bot.send(OFFICE, "Bản thứ nhất")
    dropped = bot.send(OFFICE, "Tin sẽ bị xóa")
    page = open_page(at=f"/#chat={OFFICE}")
    expect(page.locator("#messages .bot")).to_have_count(2)

    bot.call("editMessageText", chat_id=OFFICE, message_id=kept, text="Bản thứ hai")
    bot.call("deleteMessage", chat_id=OFFICE, message_id=dropped)

    expect(page.locator("#messages .bot")).to_have_count(1)
    expect(page.locator("#messages .bot .text")).to_have_text("Bản thứ hai")
    expect(page.locator("#messages .bot .foot")).to_contain_text("đã sửa")


def test_the_pinned_message_stands_on_top(open_page: OpenPage, bot: BotHands) -> None:
    pinned = bot.send(OFFICE, "<b>Lịch chốt số liệu năm 2023</b>\nQuý I: 15/3")
    page = open_page(at=f"/#chat={OFFICE}")
    expect(page.locator("#pinned")).to_be_hidden()

    bot.call("pinChatMessage", chat_id=OFFICE, message_id=pinned)

    expect(page.locator("#pinned")).to_contain_text("Lịch chốt số liệu năm 2023")


def test_a_long_unread_reminder_is_read_from_its_first_line(open_page: OpenPage, bot: BotHands) -> None:
    bot.send(OFFICE, "<b>Dòng đầu</b>\n" + "Một dòng của lời nhắc\n" * 60 + "<b>Dòng cuối</b>")
    page = open_page(PHONE)

    page.locator(row(OFFICE)).locator("a").tap()

    expect(page.locator("#messages").get_by_text("Dòng đầu")).to_be_in_viewport()
    expect(page.locator("#messages").get_by_text("Dòng cuối")).not_to_be_in_viewport()


def test_search_needs_no_diacritics(open_page: OpenPage, world: World) -> None:
    world.group(-1002, "Sở Giáo dục và Đào tạo", [OFFICER])
    page = open_page()
    expect(page.locator("#chat-list li")).to_have_count(3)

    page.locator("#search").fill("giao duc dao")

    expect(page.locator("#chat-list li")).to_have_count(1)
    expect(page.locator("#chat-list li")).to_contain_text("Sở Giáo dục và Đào tạo")


def test_the_newest_chat_comes_first_and_then_the_alphabet(
    open_page: OpenPage, world: World, bot: BotHands
) -> None:
    world.group(-1002, "Ban Dân tộc", [OFFICER])
    world.group(-1003, "Đài Phát thanh", [OFFICER])
    page = open_page()

    bot.send(OFFICE, "Tin mới")

    expect(page.locator("#chat-list .title")).to_have_text(
        ["Sở Nội vụ", "Ban Dân tộc", "Chuyên viên Sở Xây dựng", "Đài Phát thanh"]
    )


def test_a_clock_jump_shows_the_new_day(open_page: OpenPage, world: World) -> None:
    page = open_page()
    stop = page.get_by_role("button", name="Tới lời nhắc kế tiếp")
    expect(page.locator("#clock-now")).to_have_text("Thứ Ba 07/03/2023 07:25")
    expect(stop).to_be_disabled()
    stops = [{"label": "Tới lời nhắc kế tiếp", "at": "2023-03-10T07:30:00+07:00"}]
    world.ask("PUT", "/clock/stops", stops)

    stop.click()

    expect(page.locator("#clock-now")).to_have_text("Thứ Sáu 10/03/2023 07:30")
    expect(stop).to_be_disabled()


def test_the_clock_runs_at_the_pace_that_one_chooses(open_page: OpenPage, world: World) -> None:
    page = open_page()
    page.get_by_label("Nhịp đồng hồ").select_option(label="3600× · 1 giây = 1 giờ")

    page.get_by_role("button", name="Chạy đồng hồ").click()

    expect(page.get_by_role("button", name="Dừng đồng hồ")).to_be_visible()
    expect(page.locator("#clock-now")).not_to_have_text("Thứ Ba 07/03/2023 07:25")


def test_a_phone_shows_one_view_at_a_time(open_page: OpenPage, bot: BotHands) -> None:
    bot.send(OFFICE, REMINDER)
    page = open_page(PHONE)
    chats, conversation = page.locator("nav.chats"), page.locator("#conversation")
    expect(page.locator(row(OFFICE))).to_be_visible()
    expect(conversation).to_be_hidden()

    page.locator(row(OFFICE)).locator("a").tap()

    expect(conversation).to_be_visible()
    expect(chats).to_be_hidden()
    expect(page).to_have_url(re.compile(rf"#chat={OFFICE}$"))

    page.get_by_role("link", name="Về danh sách").tap()

    expect(chats).to_be_visible()
    expect(conversation).to_be_hidden()


def test_a_desk_shows_both_views(open_page: OpenPage) -> None:
    page = open_page(DESK, at=f"/#chat={OFFICE}")

    expect(page.locator("nav.chats")).to_be_visible()
    expect(page.locator("#conversation")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_nothing_is_wider_than_the_window(open_page: OpenPage, bot: BotHands, size: tuple[int, int]) -> None:
    bot.send(OFFICE, REMINDER + "\n" + "https://example.vn/" + "a" * 300)
    page = open_page(size, at=f"/#chat={OFFICE}")
    expect(page.locator("#messages .bot")).to_be_visible()

    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert wider <= 0
    assert page.locator("#scroller").evaluate("node => node.scrollWidth - node.clientWidth") <= 0


def test_the_open_chat_survives_a_reload_and_the_back_button_leaves_it(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    page.locator(row(OFFICE)).locator("a").tap()
    expect(page.locator("#chat-title")).to_have_text("Sở Nội vụ")

    page.reload()

    expect(page.locator("#chat-title")).to_have_text("Sở Nội vụ")

    page.go_back()

    expect(page.locator("nav.chats")).to_be_visible()


def test_a_reader_who_scrolled_up_is_told_of_new_messages_and_stays(
    open_page: OpenPage, bot: BotHands
) -> None:
    for number in range(12):
        bot.send(OFFICE, f"Tin số {number}\n" + REMINDER)
    page = open_page(at=f"/#chat={OFFICE}")
    expect(page.locator("#messages .bot")).to_have_count(12)
    page.locator("#scroller").evaluate("node => { node.scrollTop = 0; }")
    pill = page.locator("#new-pill")
    expect(pill).to_have_text("Tin mới nhất")

    bot.send(OFFICE, "Tin đến sau")

    expect(pill).to_have_text("1 tin mới")
    assert page.locator("#scroller").evaluate("node => node.scrollTop") == 0

    pill.click()

    expect(pill).to_be_hidden()
    expect(page.get_by_text("Tin đến sau").last).to_be_in_viewport()


def test_a_lost_connection_is_shown_and_made_anew(chromium: Browser) -> None:
    with serve(fresh_app(), port=0) as url:
        page = chromium.new_page()
        page.goto(url)
        expect(page.locator("#link-state")).to_have_text("Đã kết nối")

    expect(page.locator("#link-state")).to_have_text(re.compile("Mất kết nối"))

    with serve(fresh_app(), port=urlsplit(url).port or 0) as url_again:
        World(base_url=url_again.rstrip("/")).group(OFFICE, "Nhóm lập khi mất kết nối", [])

        expect(page.locator("#link-state")).to_have_text("Đã kết nối", timeout=15_000)
        expect(page.locator(row(OFFICE))).to_contain_text("Nhóm lập khi mất kết nối")
        page.close()


def test_the_page_is_quiet_and_asks_nobody_but_its_server(
    open_page: OpenPage, watch: Watch, world: World, bot: BotHands
) -> None:
    bot.send(OFFICE, REMINDER)
    page = open_page(at=f"/#chat={OFFICE}")
    expect(page.locator("#messages .bot")).to_be_visible()
    world.writes(OFFICE, HEAD, "/due")
    expect(page.locator("#messages .person")).to_be_visible()

    page.locator("#global-menu .menu-button").click()

    expect(page.get_by_role("button", name="Gây lỗi")).to_be_visible()
    assert watch.complaints == []
    assert watch.strangers == []
