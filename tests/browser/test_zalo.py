"""The chat page on Zalo: the same conversation, without what Zalo does not have."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import httpx
import pytest
from playwright.sync_api import Page, expect

from .bot_hands import World
from .conftest import HEAD, OFFICER

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]

ZALO_TOKEN = "4120230001:ZALO-SANDBOX"
BOT = "Bot Nhắc Việc"


@dataclass(frozen=True, kw_only=True)
class ZaloChat:
    """A chat, and the bot on the other side of it."""

    world: World
    id: int
    address: str

    def call(self, method: str, **parameters: object) -> dict[str, object]:
        """The whole answer of one call."""
        address = f"{self.world.base_url}/zalo/bot{ZALO_TOKEN}/{method}"
        return cast(dict[str, object], httpx.post(address, json=parameters, timeout=30).json())

    def send(self, **parameters: object) -> None:
        """A message of the bot; a refusal is a failed test."""
        answer = self.call("sendMessage", chat_id=self.address, **parameters)
        assert answer["ok"], answer

    def heard(self) -> str:
        """The text of the next event."""
        event = cast(dict[str, dict[str, str]], self.call("getUpdates", timeout=10)["result"])
        return event["message"]["text"]


@pytest.fixture
def zalo(world: World) -> Callable[..., ZaloChat]:
    """Makes a chat on Zalo."""

    def make(**body: object) -> ZaloChat:
        made = cast(dict[str, object], world.ask("POST", "/chats", {"platform": "zalo"} | body))
        return ZaloChat(world=world, id=cast(int, made["id"]), address=cast(str, made["address"]))

    return make


def test_a_person_writes_first_and_sees_the_answer_with_its_styles(
    open_page: OpenPage, zalo: Callable[..., ZaloChat]
) -> None:
    chat = zalo(type="private", members=[OFFICER])
    page = open_page(at=f"/#chat={chat.id}")

    expect(page.locator("#barred")).to_contain_text("sau khi bạn viết trước")
    page.get_by_role("combobox", name="Tin nhắn").fill("hạn")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("#messages .person .text")).to_have_text("hạn")
    heard = chat.heard()
    chat.send(text="Hạn: 1 việc. Gõ /han", text_styles=[{"start": 0, "len": 3, "st": ["b"]}])

    expect(page.locator("#messages .bot .text b")).to_have_text("Hạn")
    expect(page.locator("#messages .bot .command")).to_have_count(0)
    expect(page.locator("#barred")).to_be_hidden()
    expect(page.locator("#chat-sub")).to_have_text("Zalo · Trò chuyện riêng với bot")
    assert heard == "hạn"


def test_in_a_group_the_bot_is_called_by_its_name(open_page: OpenPage, zalo: Callable[..., ZaloChat]) -> None:
    chat = zalo(type="group", title="Sở Tư pháp", members=[OFFICER, HEAD])
    page = open_page(at=f"/#chat={chat.id}")
    box = page.get_by_role("combobox", name="Tin nhắn")

    box.press_sequentially("@bot")
    box.press("Tab")
    expect(box).to_have_value(f"@{BOT} ")
    box.press_sequentially("han")
    box.press("Enter")

    expect(page.locator("#messages .person .text")).to_have_text(f"@{BOT} han")
    assert chat.heard() == f"@{BOT} han"


def test_what_has_no_words_is_named(open_page: OpenPage, zalo: Callable[..., ZaloChat]) -> None:
    chat = zalo(type="private", members=[OFFICER])
    sent: list[dict[str, object]] = [
        {"sticker": "46027"},
        {"voice": "https://a.vn/1.aac"},
        {"unsupported": True},
        {"photo": "https://a.vn/1.jpg"},
    ]
    for one in sent:
        chat.world.ask("POST", f"/chats/{chat.id}/messages", {"from": OFFICER} | one)

    page = open_page(at=f"/#chat={chat.id}")

    names = ["Nhãn dán", "Tin thoại", "Tin mà bot không đọc được", "Ảnh"]
    expect(page.locator("#messages .person .name")).to_have_text(names)
    expect(page.locator(f'#chat-list [data-chat="{chat.id}"] .line')).to_have_text("ZaloẢnh")
