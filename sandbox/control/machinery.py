"""Time, limits, failures, raw updates, the log and the events."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.bot_api.webhook import WebhookPost
from sandbox.chats import Platform
from sandbox.clock import ClockRefused, Stop, read_instant
from sandbox.control.body import Body, ControlError, answer, read_body, read_json, whole_query
from sandbox.control.views import chat_view
from sandbox.control.zalo import ZaloControl
from sandbox.faults import ErrorStyle, FaultKind
from sandbox.limits import LimitsRefused
from sandbox.world import World

CLOCK_POLL_MAX_SECONDS = 60.0


class Machinery:
    """The part of the control API that is about the sandbox itself."""

    def __init__(self, world: World, post: WebhookPost, zalo: ZaloControl) -> None:
        self._world = world
        self._post = post
        self._zalo = zalo

    async def state(self, _: Request) -> Response:
        """Everything that a page shows at first."""
        world = self._world
        return answer(
            {
                "bot": world.bot.as_api(),
                "users": [user.as_api() for user in world.users.values()],
                "chats": [chat_view(world, chat) for chat in world.chats.values()],
                "clock": world.clock.as_json(),
                "limits": world.limits.as_json(),
                "webhook": self._post.info(),
                "polling": world.open_polls > 0,
                "zalo": self._zalo.view(),
            }
        )

    async def clock(self, request: Request) -> Response:
        """The clock; with `after` it waits until the version is another one."""
        clock, seen = self._world.clock, whole_query(request, "after")
        if seen is not None and clock.version == seen and not self._world.closed:
            try:
                seconds = float(request.query_params.get("timeout", "30"))
            except ValueError as error:
                raise ControlError("timeout must be a number of seconds") from error
            await clock.changed.wait(min(CLOCK_POLL_MAX_SECONDS, max(0.0, seconds)))
        return answer(clock.as_json())

    async def set_clock(self, request: Request) -> Response:
        """Sets time, speed or whether it runs. Time goes back only while nobody has said anything."""
        body = await read_body(request)
        silent = not any(chat.messages for chat in self._world.chats.values())
        written = body.text_or_none("now")
        self._world.clock.change(
            now=None if written is None else read_instant(written),
            speed=body.number_or_none("speed"),
            running=body.flag_or_none("running"),
            may_go_back=silent and not len(self._world.updates),
        )
        return self._clock_changed()

    async def set_stops(self, request: Request) -> Response:
        """The places that the program under rehearsal offers to jump to."""
        given = await read_json(request)
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise ControlError("the body must be a list of stops")
        stops = [Body(fields=one) for one in given]
        self._world.clock.set_stops(
            tuple(Stop(label=stop.text("label"), at=read_instant(stop.text("at"))) for stop in stops)
        )
        return self._clock_changed()

    async def jump(self, request: Request) -> Response:
        """Goes forward to a stop or an instant."""
        body = await read_body(request)
        label = body.text_or_none("label")
        if label is not None:
            self._world.clock.jump_to_stop(label)
        else:
            self._world.clock.jump(read_instant(body.text("to")))
        return self._clock_changed()

    async def set_limits(self, request: Request) -> Response:
        """Makes the limits stricter or looser, or switches them."""
        body = await read_body(request)
        try:
            self._world.limits.change(**body.fields)
        except LimitsRefused as error:
            raise ControlError(str(error)) from error
        self._world.changed()
        return answer(self._world.limits.as_json())

    async def order_fault(self, request: Request) -> Response:
        """Orders a failure; `times` 0 or null means until deleted, no `platform` both of them."""
        body = await read_body(request)
        kind = body.choice("kind", FaultKind)
        seconds = body.number_or_none("seconds")
        status = body.whole_or_none("status")
        if status is not None and not 400 <= status <= 599:
            raise ControlError("status must lie between 400 and 599")
        fault = self._world.faults.order(
            kind,
            method=body.text_or_none("method"),
            chat_id=body.whole_or_none("chat_id"),
            platform=body.choice_or_none("platform", Platform),
            style=body.choice_or_none("style", ErrorStyle),
            status=500 if status is None else status,
            description=body.text_or_none("description"),
            retry_after=body.whole_or_none("retry_after"),
            seconds=30.0 if seconds is None else max(0.0, seconds),
            times=(body.whole_or_none("times") or None) if "times" in body.fields else 1,
        )
        return answer(fault.as_json())

    async def faults(self, _: Request) -> Response:
        """What is still to fail."""
        return answer({"faults": [fault.as_json() for fault in self._world.faults.ordered()]})

    async def clear_faults(self, _: Request) -> Response:
        """Nothing fails any more."""
        self._world.faults.clear()
        return answer({"ok": True})

    async def inject(self, request: Request) -> Response:
        """Queues an update as it is, readable or not."""
        body = await read_body(request)
        number = self._world.updates.add_raw(body.fields)
        self._world.changed()
        return answer({"update_id": number})

    async def log(self, request: Request) -> Response:
        """The calls of the bot after a number."""
        calls = self._world.log.after(whole_query(request, "after") or 0, whole_query(request, "limit"))
        return answer({"calls": calls})

    async def events(self, _: Request) -> Response:
        """News as Server-Sent Events."""
        return StreamingResponse(
            self._world.events.stream(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    async def reset(self, _: Request) -> Response:
        """Everything anew."""
        self._world.reset()
        self._post.restart()
        self._zalo.restart()
        return answer({"ok": True})

    def _clock_changed(self) -> Response:
        self._world.changed()
        self._world.events.publish("clock", clock=self._world.clock.as_json())
        return answer(self._world.clock.as_json())


def clock_refusal(error: ClockRefused) -> ControlError:
    """A refusal of the clock as one of the control API: 409 when time would run backwards."""
    return ControlError(str(error), 409 if error.conflict else 400)
