"""`make pictures`: plays the year of three people, and a morning on Zalo, before a phone's screen, and keeps what is worth
a look.

Each picture is the sandbox's chat page, in one chat, at that moment of the story. The other agencies are there too and do
what they owe, but for a few. A message that is longer than the screen makes the screen longer. The board is photographed in
a town of its own. Letters and signs are those of a phone when the fonts Noto Sans and Noto Color Emoji are there (Debian:
fonts-noto-core, fonts-noto-color-emoji).
"""

import asyncio
import base64
import logging
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog
from playwright.async_api import Page, async_playwright
from playwright.sync_api import sync_playwright
from sqlalchemy import select

from store.changes import Actor, mark_done
from store.states import Role, State
from store.tables import AgencyRow, AssignmentRow
from tests.app.province import Province, open_province
from tests.app.three_people import live
from tests.app.town import ZALO
from tests.browser.board_town import board_town
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS, PHONE
from tests.png import indexed_png
from tests.worlds import bound_chat

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_PEOPLES = {"SNV", "STP", "HKS"}
_LAGGARDS = {"STTTT", "SXD", "HTD", "SKHCN"}
_GROUPS = -5000
_OFFICER = 5000
_SCALE = 2
_LONGEST = 1600
# What is photographed: the newest message, with what it answers; the pinned one when that is what it is about. Returns
# how many pixels of it do not fit.
_SHOW = """(pinned) => {
  const scroller = document.querySelector("#scroller");
  const bubbles = [...document.querySelectorAll("#messages > .bot, #messages > .person")];
  const isPinned = (one) => one.querySelector(".text")?.textContent.startsWith("🗂") ?? false;
  const at = bubbles.findLastIndex((one) => isPinned(one) === pinned);
  const before = bubbles[at - 1];
  const first = before?.classList.contains("person") ? before : bubbles[at];
  const top = first.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop - 10;
  const bottom = bubbles[at].getBoundingClientRect().bottom - scroller.getBoundingClientRect().top + scroller.scrollTop;
  scroller.scrollTop = Math.min(top, bottom + 12 - scroller.clientHeight);
  document.querySelector("#new-pill").style.display = "none";
  document.activeElement?.blur();
  return Math.ceil(bottom - top + 12 - scroller.clientHeight);
}"""
# A picture of a screen has few colours: the most frequent ones are kept, the others become their nearest.
_TO_PALETTE = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const one of pixels) counts.set(one, (counts.get(one) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 128).map(([one]) => one);
  const parts = (one) => [one & 255, (one >> 8) & 255, (one >> 16) & 255];
  const known = palette.map(parts);
  const nearest = new Map();
  for (const one of counts.keys()) {
    const [r, g, b] = parts(one);
    const far = known.map(([x, y, z]) => (x - r) ** 2 + (y - g) ** 2 + (z - b) ** 2);
    nearest.set(one, far.indexOf(Math.min(...far)));
  }
  const indices = Uint8Array.from(pixels, (one) => nearest.get(one));
  let text = "";
  for (let at = 0; at < indices.length; at += 32768) text += String.fromCharCode(...indices.subarray(at, at + 32768));
  return { width: image.width, height: image.height, palette: known, indices: btoa(text) };
}"""


class Peopled(Province):
    """A province whose other agencies have groups, too, and are done with most of what is due."""

    async def comes(self, day: str, hour: str = "07:30") -> None:
        """That day comes, after everybody else has done what was due before it."""
        await self._others_keep_up(date.fromisoformat(f"2023-{day}"))
        await super().comes(day, hour)

    async def move_in(self) -> None:
        """The other agencies' groups."""
        async with self.service.database.read() as session:
            others = list(await session.scalars(select(AgencyRow).where(AgencyRow.code.not_in(_PEOPLES))))
        await self.town.person(_OFFICER, "Cán bộ đầu mối")
        for number, agency in enumerate(others):
            await self.town.group(_GROUPS - number, agency.name, _OFFICER)
            await bound_chat(self.service.database, str(_GROUPS - number), agency.code, group=True)

    async def _others_keep_up(self, today: date) -> None:
        owed = select(AssignmentRow.id).where(
            AssignmentRow.agency.not_in(_PEOPLES | _LAGGARDS),
            AssignmentRow.state == State.OPEN,
            AssignmentRow.due < today,
        )
        async with self.service.database.write() as session:
            for number in list(await session.scalars(owed)):
                await mark_done(
                    session,
                    assignment_id=number,
                    document=f"{number}/BC",
                    note=None,
                    actor=Actor(person=str(_OFFICER), name="Cán bộ đầu mối", chat_id=1),
                    now=self.clock(),
                )


@dataclass(kw_only=True)
class Camera:
    """Photographs a chat into docs/pictures/phone-<name>.png. `darkroom` is a page that makes the pictures small."""

    page: Page
    darkroom: Page
    url: str = ""

    async def __call__(self, name: str, chat: int) -> None:
        await self._resize(PHONE[1])
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.url}/#chat={chat}")
        await self.page.wait_for_selector("#messages [data-id]")
        await self.page.wait_for_function(
            "document.querySelector('#link-state').dataset.state !== 'connecting'"
        )
        await self.page.wait_for_timeout(150)
        missing = await self.page.evaluate(_SHOW, name == "pinned")
        if missing > 0:
            await self._resize(min(PHONE[1] + missing, _LONGEST))
            await self.page.evaluate(_SHOW, name == "pinned")
        await self.page.wait_for_timeout(100)
        taken = base64.b64encode(await self.page.screenshot()).decode()
        found = await self.darkroom.evaluate(_TO_PALETTE, f"data:image/png;base64,{taken}")
        picture = indexed_png(
            found["width"], found["height"], found["palette"], base64.b64decode(found["indices"])
        )
        (FOLDER / f"phone-{name}.png").write_bytes(picture)

    async def _resize(self, height: int) -> None:
        await self.page.set_viewport_size({"width": PHONE[0], "height": height})


async def take_pictures() -> None:
    """All of them, each anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        phone = await browser.new_context(
            viewport={"width": PHONE[0], "height": PHONE[1]},
            device_scale_factor=_SCALE,
            has_touch=True,
            is_mobile=True,
            locale="vi-VN",
        )
        camera = Camera(page=await phone.new_page(), darkroom=await phone.new_page())
        with tempfile.TemporaryDirectory() as folder:
            async with open_province(Path(folder), camera, Peopled) as province:
                camera.url = province.town.url.rstrip("/")
                assert isinstance(province, Peopled)
                await province.move_in()
                await live(province)
        with tempfile.TemporaryDirectory() as folder:
            async with open_province(Path(folder), camera, channel=ZALO) as province:
                camera.url = province.town.url.rstrip("/")
                await first_morning_on_zalo(province)
        await browser.close()


async def first_morning_on_zalo(province: Province) -> None:
    """A reminder whose choices have numbers, and a question that is answered by one."""
    minh = await province.private(_OFFICER, "Minh (Sở Tư pháp)")
    await minh.says(f"vào {await province.operators_invite(Role.OFFICER, 'STP')}", "✅ Đã kết nối")
    await province.comes("03-07")
    await minh.photographed("zalo-morning")
    question = await minh.says("xong 2.6a 15/KH-STP 6/3/2023", "Ghi nhận đã xong?")
    await minh.says(question.action("Xác nhận"), "✅ Đã ghi nhận xong.")
    await minh.photographed("zalo-done")


def take_board_picture() -> None:
    """The board's overview in June, on a desk."""
    with (
        tempfile.TemporaryDirectory() as folder,
        board_town(Path(folder)) as town,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1100}, locale="vi-VN")
        page.goto(town.office_link())
        page.get_by_role("button", name="Vào bảng theo dõi").click()
        page.screenshot(path=FOLDER / "board-overview.png")
        browser.close()


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit("No Chromium found: install chromium to take the pictures.")
    logging.disable(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(take_pictures())
    take_board_picture()
