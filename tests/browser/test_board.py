"""The board in a real browser, on a phone and on a wall screen: it fits, it is accessible, and it works without a mouse.

The pages run no script, so what a browser shows is all there is.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.board_town import BoardTown, board_town
from tests.browser.conftest import Watch

PHONE, WALL = (390, 844), (1920, 1080)
PAGES = {
    "overview": "/board/",
    "one area": "/board/?area=2",
    "weeks ahead": "/board/weeks",
    "late list": "/board/late",
    "one agency": "/board/agency/VPUB",
    "one task": "/board/task/cchc-2023/2.6",
    "the reports": "/board/task/cchc-2023/BC",
    "delivery": "/board/delivery",
    "edited plan": "/board/plan-changes",
    "requests": "/board/requests",
    "command line": "/board/say",
    "nothing there": "/board/nowhere",
}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoardTown]:
    with board_town(Path(tmp_path_factory.mktemp("board"))) as opened:
        yield opened


@pytest.fixture
def come(chromium: Browser, town: BoardTown) -> Iterator[Callable[..., Page]]:
    """A window in which somebody has come in; no page may complain or ask a stranger."""
    contexts = []
    watch = Watch(home=town.url)

    def come_in(size: tuple[int, int], link: str) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE, is_mobile=size == PHONE
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        page.goto(link)
        page.get_by_role("button", name="Vào bảng theo dõi").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tình hình chung")
        return page

    yield come_in

    for context in contexts:
        context.close()
    # Chromium tells of every answer that is no success; the page of what is not there is one.
    assert [one for one in watch.complaints if "404" not in one] == []
    assert watch.strangers == []


@pytest.mark.parametrize("size", [PHONE, WALL], ids=["phone", "wall"])
def test_every_page_fits_and_is_accessible(
    come: Callable[..., Page], town: BoardTown, size: tuple[int, int]
) -> None:
    page = come(size, town.office_link())
    found = {}
    for name, path in PAGES.items():
        page.goto(town.url + path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], name
        looked = Axe().run(page).response
        assert looked["passes"], name
        found[name] = [
            (one["id"], one["nodes"][0]["html"][:100], one["nodes"][0]["failureSummary"])
            for one in looked["violations"]
        ]

    assert found == {name: [] for name in PAGES}


def test_the_page_of_the_link_is_accessible(chromium: Browser, town: BoardTown) -> None:
    page = chromium.new_page()
    page.goto(town.office_link())

    looked = Axe().run(page).response
    page.close()

    assert looked["passes"]
    assert looked["violations"] == []


def test_a_due_day_is_set_with_the_keyboard_alone(come: Callable[..., Page], town: BoardTown) -> None:
    page = come(WALL, town.office_link())
    page.goto(f"{town.url}/board/task/cchc-2023/1.1")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Tới nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")

    form = page.locator("form", has=page.get_by_role("button", name="Ấn định hạn 1.1a"))
    form.get_by_label("Hạn mới").fill("2023-09-29")
    form.get_by_label("Hạn mới").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Thứ Sáu 29/09/2023")
    page.get_by_role("button", name="Xác nhận").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Đã ấn định hạn 29/09/2023")


def test_one_goes_from_a_lamp_to_the_agency_and_from_there_to_a_task_and_its_past(
    come: Callable[..., Page], town: BoardTown
) -> None:
    page = come(PHONE, town.leader_link())
    page.get_by_role("link", name="LV 2: 1 quá hạn").first.click()
    expect(page).to_have_url(f"{town.url}/board/agency/VPUB?area=2")
    page.locator("li.is-late a").first.click()

    marked = page.locator("li:target")
    expect(marked).to_contain_text("Văn phòng UBND tỉnh")
    marked.get_by_text("Lịch sử").click()
    expect(marked.locator("details li").first).to_contain_text("ghi tiến độ 60%")


def test_the_colour_is_never_all_there_is(come: Callable[..., Page], town: BoardTown) -> None:
    page = come(WALL, town.office_link())

    lamps = page.locator("td.lamp:not(.empty)").all_inner_texts()

    assert len(lamps) > 50
    words = ("quá hạn", "sắp đến hạn", "trong hạn", "đã xong", "không có hạn")
    assert all(any(word in lamp for word in words) for lamp in lamps)
    assert all(any(sign in lamp for sign in "✕!●✓–") for lamp in lamps)


def test_paper_has_the_figures_and_none_of_the_buttons(come: Callable[..., Page], town: BoardTown) -> None:
    page = come(WALL, town.office_link())
    page.emulate_media(media="print")

    expect(page.get_by_role("button", name="Đăng xuất")).to_be_hidden()
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("table.lights")).to_be_visible()
    assert page.pdf(format="A4", landscape=True).startswith(b"%PDF")


def test_who_signs_out_cannot_go_back(come: Callable[..., Page], town: BoardTown) -> None:
    page = come(WALL, town.office_link())
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã đăng xuất")

    answer = page.request.get(f"{town.url}/board/")

    assert answer.status == 403
