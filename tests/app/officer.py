"""An officer in a private chat with a bot that runs on the real plan, on one of the sandbox's platforms."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.clock import RehearsalClock
from app.rules import read_rules
from app.service import Service, running
from config.settings import Tokens
from sandbox.world import DEFAULT_ZALO_TOKEN
from store.agenda import Entry, entries
from store.invites import make_invite
from store.states import Role
from tests.app.province import DATA, expect
from tests.app.town import AT_ONCE, BY_HAND, TOKEN, Seen, Town, quiet, settings_for

LAN = 1001
BOTS = {"telegram": Tokens(telegram=TOKEN), "zalo": Tokens(zalo=DEFAULT_ZALO_TOKEN)}


@dataclass(kw_only=True)
class Officer:
    """She writes, and the bot (`service`, at the moment that `clock` shows) answers in her `chat`."""

    town: Town
    service: Service
    clock: RehearsalClock
    chat: int

    async def says(self, text: str, *sentences: str) -> Seen:
        """The last of the bot's answers. What it must say is given as sentences; what it may not say begins with "¬"."""
        before = await self.town.heard(self.chat)
        await self.town.says(self.chat, text, who=LAN)
        return await self._answer(before, text, sentences)

    async def sends(self, said: str, content: dict[str, Any], *sentences: str) -> Seen:
        """Something else than words, as the control API names it (only on Zalo); `said` is what to call it here."""
        before = await self.town.heard(self.chat)
        await self.town.ask("POST", f"/chats/{self.chat}/messages", {"from": LAN} | content)
        self.town.updates += 1
        return await self._answer(before, said, sentences)

    async def _answer(self, before: list[Seen], said: str, sentences: tuple[str, ...]) -> Seen:
        await quiet(self.service.database, updates=self.town.updates)
        found = (await self.town.heard(self.chat))[len(before) :]
        assert found, f"no answer to {said}"
        expect(found[-1].text, sentences, said)
        return found[-1]

    async def invite(self, agency: str) -> str:
        """The letters of an invite for officers of an agency."""
        async with self.service.database.write() as session:
            return await make_invite(session, role=Role.OFFICER, agency=agency, now=self.clock())

    async def is_done(self, agency: str, code: str) -> bool:
        async with self.service.database.read() as session:
            found: list[Entry] = list(await entries(session, agencies=[agency]))
        return next(one for one in found if one.code == code).done_at is not None


def number_of(label: str, message: Seen) -> str:
    """The number by which a choice of that message is answered."""
    found = re.search(rf"^\s*(\d+)\. {re.escape(label)}$", message.text, re.MULTILINE)
    assert found is not None, f"no {label!r} in:\n{message.text}"
    return found[1]


async def move_in(town: Town, platform: str) -> int:
    """Lan and her chat with the bot, in which nothing was said; the chat's number."""
    await town.ask("POST", "/users", {"id": LAN, "first_name": "Lan"})
    chat = {"platform": platform, "type": "private", "members": [LAN]}
    made = await town.ask("POST", "/chats", chat | ({"id": LAN} if platform == "telegram" else {}))
    return int(made["id"])


@asynccontextmanager
async def at_work(
    town: Town, folder: Path, chat: int, since: datetime, platform: str, **settings: object
) -> AsyncIterator[Officer]:
    """The bot is started at that moment, only on that platform, and stopped at the block's end; its store stays in the
    folder."""
    chosen = settings_for(town.url, folder, nhacviec_plans=str(DATA / "tasks.yaml"), **settings)
    clock = RehearsalClock(since, speed=0)
    async with running(
        chosen,
        read_rules(chosen),
        tokens=BOTS[platform],
        clock=clock,
        rhythm=BY_HAND,
        pace=AT_ONCE,
    ) as service:
        yield Officer(town=town, service=service, clock=clock, chat=chat)
