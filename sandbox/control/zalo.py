"""The Zalo bot as the control API shows it, and the switches of its platform."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from sandbox.control.body import ControlError, answer, read_body
from sandbox.faults import ErrorStyle
from sandbox.json_types import JsonObject
from sandbox.world import World
from sandbox.zalo_api.webhook import ZaloPost

_DELIVERIES_MAX = 10


class ZaloControl:
    """The part of the control API that is about the Zalo bot itself."""

    def __init__(self, world: World, post: ZaloPost) -> None:
        self._world = world
        self._post = post

    def view(self) -> JsonObject:
        """The bot, how it gets its events, what its plan has used, and the switches."""
        zalo, limits = self._world.zalo, self._world.limits.settings
        month = self._world.clock.month()
        return {
            "bot": zalo.bot.as_api(),
            "webhook": {
                "url": zalo.webhook.url,
                "updated_at": zalo.webhook.updated_at,
                "error": self._post.error,
            },
            "polling": zalo.open_polls > 0,
            "polls": zalo.open_polls,
            "waiting": len(zalo.waiting),
            "month": month,
            "sent_this_month": zalo.count.of(month),
            "messages_allowed": limits.zalo_messages_allowed,
            "users": len(zalo.people),
            "users_allowed": limits.zalo_users_allowed,
            "error_style": zalo.switches.error_style.value,
            "deliveries": zalo.switches.deliveries,
            "absent_webhook_is_error": zalo.switches.absent_webhook_is_error,
        }

    async def set_switches(self, request: Request) -> Response:
        """Chooses what the platform does where that is unknown or varies; what is not given stays."""
        body, zalo = await read_body(request), self._world.zalo
        deliveries = body.whole_or_none("deliveries")
        if deliveries is not None and not 1 <= deliveries <= _DELIVERIES_MAX:
            raise ControlError(f"deliveries must lie between 1 and {_DELIVERIES_MAX}")
        style = body.choice_or_none("error_style", ErrorStyle)
        absent = body.flag_or_none("absent_webhook_is_error")
        now = zalo.switches
        zalo.switches = replace(
            now,
            error_style=now.error_style if style is None else style,
            deliveries=now.deliveries if deliveries is None else deliveries,
            absent_webhook_is_error=now.absent_webhook_is_error if absent is None else absent,
        )
        return answer(self.view())

    async def inject(self, request: Request) -> Response:
        """Queues an event as it is, readable or not."""
        body = await read_body(request)
        self._world.zalo.queue(body.fields)
        self._world.changed()
        return answer({"ok": True})

    def restart(self) -> None:
        """After a reset there is no webhook any more."""
        self._post.restart()
