"""getUpdates, setWebhook, deleteWebhook, getWebhookInfo. https://core.telegram.org/bots/api#getting-updates"""

import asyncio
import re
from urllib.parse import urlsplit

from sandbox.bot_api.answer import Answer
from sandbox.bot_api.errors import bad_request, conflict
from sandbox.bot_api.params import Params
from sandbox.bot_api.webhook import WebhookPost
from sandbox.loopback import loopback_address
from sandbox.world import WebhookSettings, World

LONG_POLL_MAX_SECONDS = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_SECRET_MAX = 256
_OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class UpdateDesk:
    """Hands updates out, to one long poll at a time or to a webhook, never to both."""

    def __init__(self, world: World, post: WebhookPost) -> None:
        self._world = world
        self._post = post
        self._poll: asyncio.Future[None] | None = None

    async def get_updates(self, params: Params) -> list[object]:
        """Waits at most `timeout` real seconds; a newer call makes this one end with 409."""
        queue = self._world.updates
        if self._world.webhook.url:
            raise conflict(_WEBHOOK_ACTIVE)
        self._end_poll(_OTHER_POLL)
        self._allow(params)
        offset = params.integer("offset")
        forgotten = queue.keep_last(-offset) if offset < 0 else queue.confirm_below(offset)
        if forgotten:
            self._world.changed()
        limit = params.integer("limit", 100)
        limit = limit if 1 <= limit <= 100 else 100
        seconds = min(LONG_POLL_MAX_SECONDS, max(0, params.integer("timeout")))
        if not len(queue) and seconds and not self._world.closed:
            self._world.open_polls += 1
            try:
                await self._wait(seconds)
            finally:
                self._world.open_polls -= 1
        return [update.content for update in queue.first(limit)]

    def set_webhook(self, params: Params) -> Answer:
        """https://core.telegram.org/bots/api#setwebhook; plain http is allowed to this machine."""
        url = params.text("url").strip()
        if not url:
            return self.delete_webhook(params)
        secret = params.text("secret_token")
        if len(secret) > _SECRET_MAX:
            raise bad_request("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        wanted = WebhookSettings(
            url=url,
            secret_token=secret,
            max_connections=min(100, max(1, params.integer("max_connections", 40))),
            ip_address=_checked_address(url),
        )
        unchanged = wanted == self._world.webhook
        self._end_poll("terminated by setWebhook request")
        self._allow(params)
        if params.flag("drop_pending_updates"):
            self._world.updates.keep_last(0)
        self._world.webhook = wanted
        self._world.changed()
        self._post.restart()
        return Answer(result=True, description="Webhook is already set" if unchanged else "Webhook was set")

    def delete_webhook(self, params: Params) -> Answer:
        """https://core.telegram.org/bots/api#deletewebhook"""
        was_set = bool(self._world.webhook.url)
        if params.flag("drop_pending_updates"):
            self._world.updates.keep_last(0)
        self._world.webhook = WebhookSettings()
        self._world.changed()
        self._post.restart()
        return Answer(
            result=True, description="Webhook was deleted" if was_set else "Webhook is already deleted"
        )

    def get_webhook_info(self) -> object:
        """https://core.telegram.org/bots/api#getwebhookinfo"""
        return self._post.info()

    def _allow(self, params: Params) -> None:
        given = params.structure("allowed_updates", "can't parse allowed updates JSON object")
        if isinstance(given, list):
            self._world.updates.allow(str(kind) for kind in given)
            self._world.changed()

    def _end_poll(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(conflict(reason))

    async def _wait(self, seconds: float) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = mine
        arrival = self._world.updates.arrived.coming()
        try:
            await asyncio.wait({mine, arrival}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
            if self._poll is mine:
                self._poll = None
        if mine.done():
            mine.result()


def _checked_address(url: str) -> str:
    """The address that a webhook's host stands for; the sandbox delivers to this machine only."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise bad_request("bad webhook: invalid URL specified") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise bad_request("bad webhook: invalid URL specified")
    address = loopback_address(host)
    if address is not None:
        return address
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in {None, 443, 80, 88, 8443}:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    raise bad_request("bad webhook: Failed to resolve host: the sandbox delivers to this machine only")
