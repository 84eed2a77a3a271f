"""How updates come in: asked for by the process that leads, or brought by Telegram to any of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from bot.telegram.connect import PollingBot
from bot.telegram.receive import Keep, TelegramReceiver
from bot.telegram.webhook import TelegramWebhook, secret_of
from config.settings import Settings
from store.database import Database
from store.inbox import Arrival
from store.leadership import Leadership
from web.health import Trouble
from web.telegram_door import telegram_door

# A poll takes up to 50 s and may have to be tried again.
_UNHEARD = timedelta(minutes=2)


class WayIn(Protocol):
    """One way for updates to come in."""

    @property
    def doors(self) -> Sequence[BaseRoute]:
        """What the web room has to answer to for it."""
        ...

    async def prepare(self) -> None:
        """Tell Telegram that updates are to come this way. Doing it again changes nothing. Raises TelegramError."""
        ...

    async def run(self) -> None:
        """Receive, for ever."""
        ...

    @property
    def is_ours(self) -> bool:
        """Whether it is this process's turn to receive."""
        ...

    def troubles(self, wall: datetime) -> list[Trouble]:
        """What keeps updates from coming, as far as this process can know."""
        ...


def way_in(
    settings: Settings, bot: PollingBot, database: Database, keep: Keep, *, who: str, wall: datetime
) -> WayIn:
    """The way that the settings choose. `who` is this process in the words of the log, `wall` when it began."""
    if settings.telegram_webhook_url:
        return _Webhook(bot, settings.telegram_webhook_url, keep, wall)
    return _Polling(bot, database, keep, who)


class _Polling:
    doors: Sequence[BaseRoute] = ()

    def __init__(self, bot: PollingBot, database: Database, keep: Keep, who: str) -> None:
        self._bot = bot
        self._receiver = TelegramReceiver(bot, _waiting_for(database, keep))
        bot_id, _, _ = bot.token.partition(":")
        self._leadership = Leadership(database, f"telegram:{bot_id}", who=who)

    async def prepare(self) -> None:
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def run(self) -> None:
        await self._leadership.while_leading(self._receiver.run)

    @property
    def is_ours(self) -> bool:
        return self._leadership.leading_since is not None

    def troubles(self, wall: datetime) -> list[Trouble]:
        leading_since = self._leadership.leading_since
        if leading_since is None:
            return []
        heard_at = max(leading_since, self._receiver.last_received_at or leading_since)
        return _unheard(heard_at, wall, "no poll for updates has succeeded")


def _waiting_for(database: Database, keep: Keep) -> Keep:
    """Keep updates as soon as the database lets us: what is not kept must not be confirmed by the next poll."""

    async def kept(arrivals: list[Arrival]) -> None:
        await database.absence.wait_out("receive", lambda: keep(arrivals))

    return kept


class _Webhook:
    def __init__(self, bot: PollingBot, url: str, keep: Keep, began: datetime) -> None:
        self._webhook = TelegramWebhook(bot, url=url)
        self._began = began
        self.doors: Sequence[BaseRoute] = [
            telegram_door(urlsplit(url).path, secret=secret_of(bot.token), keep=keep)
        ]

    async def prepare(self) -> None:
        await self._webhook.set()

    async def run(self) -> None:
        await self._webhook.watch()

    @property
    def is_ours(self) -> bool:
        return True

    def troubles(self, wall: datetime) -> list[Trouble]:
        return _unheard(self._webhook.last_received_at or self._began, wall, self._webhook.fault)


def _unheard(heard_at: datetime, wall: datetime, detail: str) -> list[Trouble]:
    if wall - heard_at <= _UNHEARD:
        return []
    return [Trouble(name="receiving", detail=detail, since=heard_at)]
