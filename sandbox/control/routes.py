"""The paths of the control API."""

from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.bot_api.webhook import WebhookPost
from sandbox.clock import ClockRefused
from sandbox.control.body import ControlError, answer
from sandbox.control.machinery import Machinery, clock_refusal
from sandbox.control.people import People
from sandbox.control.talk import Talk
from sandbox.control.zalo import ZaloControl
from sandbox.world import World
from sandbox.zalo_api.webhook import ZaloPost

Handler = Callable[[Request], Awaitable[Response]]


def control_routes(world: World, post: WebhookPost, zalo_post: ZaloPost) -> list[Route]:
    """All routes under /control."""
    people, talk, zalo = People(world), Talk(world), ZaloControl(world, zalo_post)
    machinery = Machinery(world, post, zalo)
    chat = "/control/chats/{chat_id:signed}"
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/control/state", machinery.state),
        ("POST", "/control/users", people.put_user),
        ("POST", "/control/chats", people.put_chat),
        ("GET", f"{chat}/messages", talk.messages),
        ("POST", f"{chat}/messages", talk.write),
        ("PATCH", f"{chat}/messages/{{message_id:int}}", talk.edit),
        ("POST", f"{chat}/photos", talk.send_photo),
        ("POST", f"{chat}/documents", talk.send_document),
        ("POST", f"{chat}/taps", talk.tap),
        ("POST", f"{chat}/read", people.read),
        ("POST", f"{chat}/block", people.block),
        ("POST", f"{chat}/unblock", people.unblock),
        ("POST", f"{chat}/migrate", people.migrate),
        ("GET", f"{chat}/commands", people.commands),
        ("GET", "/control/callbacks/{callback_query_id}", talk.callback),
        ("GET", "/control/files/{file_id}", talk.file),
        ("POST", "/control/updates", machinery.inject),
        ("PUT", "/control/zalo", zalo.set_switches),
        ("POST", "/control/zalo/events", zalo.inject),
        ("GET", "/control/faults", machinery.faults),
        ("POST", "/control/faults", machinery.order_fault),
        ("DELETE", "/control/faults", machinery.clear_faults),
        ("PUT", "/control/limits", machinery.set_limits),
        ("GET", "/control/clock", machinery.clock),
        ("PUT", "/control/clock", machinery.set_clock),
        ("PUT", "/control/clock/stops", machinery.set_stops),
        ("POST", "/control/clock/jump", machinery.jump),
        ("GET", "/control/log", machinery.log),
        ("GET", "/control/events", machinery.events),
        ("POST", "/control/reset", machinery.reset),
    ]
    return [Route(path, _guarded(handler), methods=[verb]) for verb, path, handler in table]


def _guarded(handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except ClockRefused as refused:
            error = clock_refusal(refused)
        except ControlError as refused:
            error = refused
        except ClientDisconnect:
            return Response(status_code=499)
        return answer({"error": str(error)}, error.status)

    return guarded
