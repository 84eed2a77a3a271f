"""A real sandbox, a real Chromium, and two chats to look at."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, sync_playwright
from starlette.applications import Starlette

from sandbox.limits import LimitSettings
from sandbox.server import create_app, serve
from sandbox.world import DEFAULT_TOKEN, Settings

from .bot_hands import BotHands, World

CHROMIUM = next(
    filter(None, (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))), None
)
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OFFICE = -1001
OFFICER = 11
HEAD = 12
PRIVATE = 21

DESK = (1280, 800)
PHONE = (390, 844)


@dataclass(kw_only=True)
class Watch:
    """What a page did that a calm page does not do."""

    home: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listens to everything that the page says and asks for."""
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _error(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"blob", "data"} and f"{address.scheme}://{address.netloc}" != self.home:
            self.strangers.append(request.url)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests here; each test has a context of its own."""
    if CHROMIUM is None:
        pytest.skip("no Chromium found: install chromium to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


def fresh_app() -> Starlette:
    """An empty sandbox whose clock begins on a Tuesday morning in March 2023, without flood limits."""
    start = datetime.fromisoformat("2023-03-07T07:25:00+07:00")
    return create_app(Settings(clock_from=start, limits=LimitSettings(enabled=False)))


@pytest.fixture
def sandbox_url() -> Iterator[str]:
    """A fresh sandbox with a server of its own."""
    with serve(fresh_app(), port=0) as url:
        yield url.rstrip("/")


@pytest.fixture
def bot(sandbox_url: str) -> BotHands:
    """The bot's side."""
    return BotHands(base_url=sandbox_url, token=DEFAULT_TOKEN)


@pytest.fixture
def world(sandbox_url: str) -> World:
    """A group of two people and a private chat."""
    world = World(base_url=sandbox_url)
    world.ask("PUT", "/clock", {"running": False})
    world.person(OFFICER, "Cán bộ", "đầu mối")
    world.person(HEAD, "Trưởng phòng")
    world.person(PRIVATE, "Chuyên viên", "Sở Xây dựng")
    world.group(OFFICE, "Sở Nội vụ", [OFFICER, HEAD])
    world.private(PRIVATE)
    return world


@pytest.fixture
def watch(sandbox_url: str) -> Watch:
    """What goes wrong in the pages of this test."""
    return Watch(home=sandbox_url)


@pytest.fixture
def open_page(
    chromium: Browser, sandbox_url: str, watch: Watch, world: World
) -> Iterator[Callable[..., Page]]:
    """Opens the chat page in a window of a given size; no page may complain or ask a stranger."""
    contexts = []

    def open_one(size: tuple[int, int] = DESK, *, at: str = "/") -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE, is_mobile=size == PHONE
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        page.goto(sandbox_url + at)
        return page

    yield open_one

    for context in contexts:
        context.close()
    assert watch.complaints == []
    assert watch.strangers == []
