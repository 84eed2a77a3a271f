"""The sandbox's Zalo with one person who has written to the bot there, and the channel to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.zalo.api import ZaloApi
from bot.zalo.channel import ZaloChannel
from tests.app.town import Town, open_town

TOKEN = "4120230001:ZALO-SANDBOX"
_LAN = 1001


@dataclass(frozen=True, kw_only=True)
class Lan:
    """The person's private chat: `number` is the sandbox's of it, `address` the platform's."""

    town: Town
    number: int
    address: str

    async def messages(self) -> list[Any]:
        """What the bot wrote to her, as the chat page shows it."""
        answer = await self.town.ask("GET", f"/chats/{self.number}/messages?limit=1000")
        return [message for message in answer["messages"] if message["outgoing"]]


@asynccontextmanager
async def open_lan() -> AsyncIterator[Lan]:
    async with open_town() as town:
        await town.ask("POST", "/users", {"id": _LAN, "first_name": "Lan"})
        chat = {"platform": "zalo", "type": "private", "members": [_LAN], "started": True}
        made = await town.ask("POST", "/chats", chat)
        yield Lan(town=town, number=made["id"], address=made["address"])


@asynccontextmanager
async def open_channel(url: str, *, token: str = TOKEN) -> AsyncIterator[ZaloChannel]:
    """The bot's channel to the sandbox at that address, with little patience."""
    async with ZaloApi(token=token, api_url=f"{url}/zalo", read_seconds=1.5) as api:
        yield ZaloChannel(api)
