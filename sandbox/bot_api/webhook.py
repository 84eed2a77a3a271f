"""Delivery of updates to the bot's webhook: in order for each chat, repeated with growing delay until 2xx."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

import httpx

from sandbox.json_types import JsonObject
from sandbox.signals import Signal
from sandbox.update_queue import WaitingUpdate
from sandbox.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
READ_TIMEOUT_SECONDS = 60.0

# Carries out the call that a webhook's answer may contain.
Reply = Callable[[JsonObject], Awaitable[None]]


class WebhookPost:
    """Delivers while a webhook is set. `start` and `stop` belong to the server's life."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._task: asyncio.Task[None] | None = None
        self._running = False
        self.reply: Reply | None = None
        self._delay = 0.0
        self._error: tuple[int, str] | None = None

    def start(self) -> None:
        """Begins to deliver, if a webhook is set (it may come from a saved state)."""
        self._running = True
        self.restart()

    def restart(self) -> None:
        """Takes note of a new or removed webhook; deliveries under way to the old one are given up."""
        self._delay = 0.0
        self._error = None
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._running and self._world.webhook.url:
            self._task = asyncio.get_running_loop().create_task(self._deliver_all())

    async def stop(self) -> None:
        """Ends all deliveries."""
        self._running = False
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def info(self) -> JsonObject:
        """https://core.telegram.org/bots/api#webhookinfo"""
        webhook, updates = self._world.webhook, self._world.updates
        told: JsonObject = {
            "url": webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(updates),
        }
        if webhook.url:
            told |= {"max_connections": webhook.max_connections, "ip_address": webhook.ip_address}
        if self._error is not None:
            told |= {"last_error_date": self._error[0], "last_error_message": self._error[1]}
        return told | ({"allowed_updates": list(updates.allowed)} if updates.allowed else {})

    async def _deliver_all(self) -> None:
        webhook = self._world.webhook
        limits = httpx.Limits(max_connections=webhook.max_connections)
        busy: set[int] = set()
        finished = Signal()

        async def deliver(update: WaitingUpdate) -> None:
            await self._deliver(client, update)
            busy.discard(update.lane)
            finished.notify()

        # trust_env: a proxy of the machine must not stand between two programs on it.
        async with (
            httpx.AsyncClient(timeout=READ_TIMEOUT_SECONDS, limits=limits, trust_env=False) as client,
            asyncio.TaskGroup() as group,
        ):
            while True:
                for update in self._ready(busy, webhook.max_connections):
                    busy.add(update.lane)
                    group.create_task(deliver(update))
                await _either(self._world.updates.arrived.coming(), finished.coming())

    def _ready(self, busy: set[int], room: int) -> list[WaitingUpdate]:
        """The oldest waiting update of each chat that has none under way."""
        chosen: dict[int, WaitingUpdate] = {}
        for update in self._world.updates.first(1_000):
            if len(busy) + len(chosen) >= room:
                break
            if update.lane not in busy:
                chosen.setdefault(update.lane, update)
        return list(chosen.values())

    async def _deliver(self, client: httpx.AsyncClient, update: WaitingUpdate) -> None:
        webhook = self._world.webhook
        headers = {SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
        try:
            answer = await client.post(
                webhook.url,
                content=json.dumps(update.content, ensure_ascii=False).encode(),
                headers=headers | {"Content-Type": "application/json"},
            )
        except httpx.TimeoutException:
            await self._failed("Read timeout expired")
            return
        except httpx.HTTPError:
            await self._failed("Connection refused")
            return
        if not answer.is_success:
            await self._failed(
                f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
            )
            return
        self._delay = 0.0
        self._world.updates.remove(update.id)
        self._world.changed()
        await self._carry_out(answer)

    async def _failed(self, reason: str) -> None:
        """Remembers the error and waits: 1, 2, 4 … up to 60 real seconds, before the next attempt."""
        settings = self._world.settings
        self._error = (int(settings.real_time()), reason)
        self._delay = min(settings.webhook_longest_delay, max(settings.webhook_first_delay, self._delay * 2))
        await asyncio.sleep(self._delay)

    async def _carry_out(self, answer: httpx.Response) -> None:
        try:
            call = answer.json()
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str) and self.reply is not None:
            await self.reply(call)


async def _either(*coming: asyncio.Future[None]) -> None:
    try:
        await asyncio.wait(coming, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for future in coming:
            future.cancel()
