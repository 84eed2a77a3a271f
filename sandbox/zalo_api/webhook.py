"""Delivery of events to the bot's webhook: one after the other, and not again when one is not taken."""

import asyncio
import contextlib

import httpx

from sandbox.json_types import JsonObject
from sandbox.world import World
from sandbox.zalo import ZaloWebhook
from sandbox.zalo_api.answer import encoded

SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
READ_TIMEOUT_SECONDS = 30.0
VERIFY_TIMEOUT_SECONDS = 5.0


class ZaloPost:
    """Delivers while a webhook is set. `start` and `stop` belong to the server's life.

    `error` says why the latest delivery (or the verification) was not taken; None when it was.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._task: asyncio.Task[None] | None = None
        self._running = False
        self.error: str | None = None

    def start(self) -> None:
        """Begins to deliver, if a webhook is set (it may come from a saved state)."""
        self._running = True
        self.restart()

    def restart(self) -> None:
        """Takes note of a new or removed webhook; an event under way to the old one goes to the new one as well."""
        self.error = None
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._running and self._world.zalo.webhook.url:
            self._task = asyncio.get_running_loop().create_task(self._deliver_all())

    async def stop(self) -> None:
        """Ends all deliveries."""
        self._running = False
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def verify(self) -> str | None:
        """Posts an empty object to the webhook: None when it is taken with 2xx, otherwise why not."""
        webhook = self._world.zalo.webhook
        async with _client(VERIFY_TIMEOUT_SECONDS) as client:
            self.error = await _refusal(client, webhook, {})
        return self.error

    async def _deliver_all(self) -> None:
        zalo = self._world.zalo
        webhook = zalo.webhook
        async with _client(READ_TIMEOUT_SECONDS) as client:
            while True:
                if not zalo.waiting:
                    await zalo.arrived.wait(None)
                    continue
                event = zalo.waiting[0]
                for _ in range(zalo.switches.deliveries):
                    self.error = await _refusal(client, webhook, {"ok": True, "result": event})
                if zalo.waiting and zalo.waiting[0] is event:  # not after a reset
                    zalo.waiting.popleft()
                self._world.changed()


def _client(seconds: float) -> httpx.AsyncClient:
    # trust_env: a proxy of the machine must not stand between two programs on it.
    return httpx.AsyncClient(timeout=seconds, trust_env=False)


async def _refusal(client: httpx.AsyncClient, webhook: ZaloWebhook, body: JsonObject) -> str | None:
    """Posts a body; None when it was taken, otherwise why not."""
    headers = {SECRET_HEADER: webhook.secret_token, "Content-Type": "application/json"}
    try:
        answer = await client.post(webhook.url, content=encoded(body), headers=headers)
    except httpx.TimeoutException:
        return "no answer in time"
    except httpx.HTTPError:
        return "connection refused"
    return None if answer.is_success else f"{answer.status_code} {answer.reason_phrase}"
