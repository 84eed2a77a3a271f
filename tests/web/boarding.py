"""The board served over real HTTP on a real store, and people who come in by links from their chats."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape

import httpx

from bot.conversation import Conversation
from bot.handling import Handled
from bot.message import Message
from bot.options import Options
from bot.press import Press
from bot.request import Person
from plan.model import Plan
from store.database import Database
from store.states import ChatKind, Role
from tests.bot.office import ENTRANCES, PLAN, TIMETABLE, Office, plain, put_plan
from tests.ports import free_port
from web.application import application
from web.board.board import Board
from web.serving import serving

OFFICE, LEADER, OFFICER, OTHER = "100", "200", "300", "400"
_WALL = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_LINK = re.compile(r"http\S+")
_PROOF = re.compile(r'name="proof" value="([0-9a-f]{64})"')


@dataclass(kw_only=True)
class Town:
    """A store with the small plan, its chats, and the board at `url`. `wall` is the network's time, which tests move."""

    database: Database
    office: Office
    board: Board
    url: str
    wall: datetime = _WALL
    handled: list[Handled] = field(default_factory=list)
    wakings: int = 0

    async def link(self, chat: str) -> str:
        """A new one-time link, as the chat's person gets it from the bot."""
        said = plain(await self.say(chat, "/board"))
        found = _LINK.search(said)
        assert found is not None, said
        return found[0]

    async def say(self, chat: str, text: str) -> Message:
        self.office.chat, self.office.kind = chat, ChatKind.PRIVATE
        self.office.person = Person(id=chat, name=NAMES[chat])
        self.office.wall = self.wall
        return await self.office.say(text)

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=30) as client:
            yield client

    @asynccontextmanager
    async def visitor(self, chat: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser that has come in for that chat."""
        async with self.browser() as client:
            came = await come_in(client, await self.link(chat))
            assert came.status_code == 303, came.text
            yield client


NAMES = {
    OFFICE: "Nguyễn Thị Thường",
    LEADER: "Trần Văn Lãnh",
    OFFICER: "Lê Văn Cán",
    OTHER: "Phạm Thị Khác",
}


async def come_in(client: httpx.AsyncClient, link: str) -> httpx.Response:
    """Open the link and press its button."""
    page = await client.get(link)
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token is not None, page.text
    return await client.post(
        "/board/sign-in", data={"proof": proof_in(page.text), "token": unescape(token[1])}
    )


def proof_in(html: str) -> str:
    found = _PROOF.search(html)
    assert found is not None, html
    return found[1]


async def press(client: httpx.AsyncClient, page: httpx.Response, label: str) -> httpx.Response:
    """Press the button of the page that has that label."""
    button = re.search(
        rf'<button name="(action|text)" value="([^"]*)"[^>]*>{re.escape(label)}</button>', page.text
    )
    assert button is not None, page.text
    where = "/board/tap" if button[1] == "action" else "/board/say"
    return await client.post(where, data={"proof": proof_in(page.text), button[1]: unescape(button[2])})


def text_of(page: httpx.Response) -> str:
    """What stands on the page, without its tags."""
    body = re.sub(r"<head>.*</head>", "", page.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@asynccontextmanager
async def open_town(database: Database, plan: Plan = PLAN) -> AsyncIterator[Town]:
    """On a migrated store that is empty: the plan (else the small one), the standing office, a leader and an officer."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with database.write() as session:
        await put_plan(session, plan)
    handled: list[Handled] = []
    office = Office(database)

    def woken() -> None:
        town.wakings += 1

    board = Board(
        database,
        url,
        press=Press(database, TIMETABLE),
        clock=lambda: town.office.now,
        wall=lambda: town.wall,
        on_queued=woken,
        on_handled=handled.append,
    )
    town = Town(database=database, office=office, board=board, url=url, handled=handled)
    town.office.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(public_url=url)
    )
    for chat, agency, role in (
        (OFFICE, "SNV", Role.STANDING_OFFICE),
        (LEADER, "", Role.LEADER),
        (OFFICER, "STP", Role.OFFICER),
    ):
        await town.say(chat, f"/start {await town.office.invite(agency, role=role)}")

    board.talk_with(town.office.conversation)
    async with serving(application(board.routes()), host="127.0.0.1", port=port):
        yield town
