"""getUpdates, setWebhook, deleteWebhook, getWebhookInfo."""

import asyncio
import re
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request

from sandbox.connections import disconnection, is_connected
from sandbox.json_types import JsonObject
from sandbox.loopback import loopback_address
from sandbox.world import World
from sandbox.zalo import ZaloWebhook
from sandbox.zalo_api.answer import Answer
from sandbox.zalo_api.errors import ZaloError, bad_request
from sandbox.zalo_api.params import Params
from sandbox.zalo_api.webhook import ZaloPost

POLL_SECONDS = 30.0
_SECRET = re.compile(r"[\x21-\x7e]{8,256}")


class UpdateDesk:
    """Hands events out, each of them once: to one of the polls, or to a webhook."""

    def __init__(self, world: World, post: ZaloPost) -> None:
        self._world = world
        self._post = post

    async def get_updates(self, request: Request, params: Params) -> Answer:
        """One event, forgotten as soon as it leaves. 408 when none came in time, 400 while a webhook is set.

        A client that has gone by then takes nothing with it (ClientDisconnect).
        """
        zalo = self._world.zalo
        loop = asyncio.get_running_loop()
        end = loop.time() + params.seconds("timeout", POLL_SECONDS)
        gone = asyncio.ensure_future(disconnection(request))
        zalo.open_polls += 1
        try:
            while True:
                if zalo.webhook.url:
                    raise bad_request("getUpdates cannot be used while a webhook is set")
                if gone.done() or not is_connected(request):
                    raise ClientDisconnect
                if zalo.waiting:
                    event = zalo.waiting.popleft()
                    self._world.changed()
                    return Answer(result=event)
                left = end - loop.time()
                if left <= 0 or self._world.closed:
                    raise ZaloError(408, "Request timeout")
                arrival = zalo.arrived.coming()
                await asyncio.wait({gone, arrival}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                arrival.cancel()
        finally:
            zalo.open_polls -= 1
            gone.cancel()

    async def set_webhook(self, params: Params) -> Answer:
        """Keeps the address and then tries it: 400 when it does not answer, though it stays set.

        The real platform refuses addresses of the machine itself, the sandbox all others.
        """
        url, secret = params.required("url").strip(), params.required("secret_token")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret_token must have 8-256 characters")
        _check_address(url)
        self._keep(ZaloWebhook(url=url, secret_token=secret, updated_at=self._world.clock.milliseconds()))
        refused = await self._post.verify()
        if refused is not None:
            raise bad_request(f"webhook verification failed: {refused}")
        return Answer(result=self._info())

    def delete_webhook(self) -> Answer:
        """Polls work again."""
        zalo = self._world.zalo
        if not zalo.webhook.url and zalo.switches.absent_webhook_is_error:
            raise ZaloError(404, "Not Found: no webhook is set")
        self._keep(ZaloWebhook(updated_at=self._world.clock.milliseconds()))
        return Answer(result=self._info())

    def get_webhook_info(self) -> Answer:
        """The address. Where none is set 404, as bots have observed, or "" as the documentation has it."""
        zalo = self._world.zalo
        if not zalo.webhook.url and zalo.switches.absent_webhook_is_error:
            raise ZaloError(404, "Not Found")
        return Answer(result=self._info())

    def _info(self) -> JsonObject:
        webhook = self._world.zalo.webhook
        return {"url": webhook.url, "updated_at": webhook.updated_at}

    def _keep(self, webhook: ZaloWebhook) -> None:
        self._world.zalo.webhook = webhook
        self._world.zalo.arrived.notify()  # open polls end
        self._world.changed()
        self._post.restart()


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        here = parts.scheme in {"http", "https"} and loopback_address(parts.hostname or "") is not None
    except ValueError:
        here = False
    if not here:
        raise bad_request("url must be an address of this machine: the sandbox delivers nowhere else")
