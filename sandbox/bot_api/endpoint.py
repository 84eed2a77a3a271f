"""The door of the Bot API: token, parameters, ordered failures, the call, the log, the answer."""

import json
import secrets

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from sandbox.bot_api.answer import Answer
from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.params import Params, read_params
from sandbox.bot_api.registry import METHODS
from sandbox.bot_api.update_methods import UpdateDesk
from sandbox.bot_api.webhook import WebhookPost
from sandbox.connections import drop_connection
from sandbox.faults import Fault, FaultKind
from sandbox.hanging import Dropped, hang
from sandbox.json_types import JsonObject
from sandbox.world import World

_BEFORE = frozenset({FaultKind.STATUS, FaultKind.FLOOD, FaultKind.HANG_BEFORE, FaultKind.DROP_BEFORE})
_STATUS_WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class BotApi:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>` as Telegram would."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.post = WebhookPost(world)
        self.post.reply = self._webhook_reply
        self.desk = UpdateDesk(world, self.post)

    async def method(self, request: Request) -> Response:
        """One call over HTTP."""
        name = request.path_params["method"]
        if not self._is_ours(request.path_params["token"]):
            return _json(401, ApiError(401, "Unauthorized").as_json())
        try:
            params = await read_params(request)
        except ApiError as error:
            self._write_down(name, None, error.code, error.as_json())
            return _json(error.code, error.as_json())
        except ClientDisconnect:
            return Response(status_code=499)
        chat_id = params.number_or_none("chat_id")
        fault = self.world.faults.next_for(name, chat_id)
        try:
            if fault is not None and fault.kind in _BEFORE:
                await self._strike_before(request, fault)
            status, body = await self._outcome(name, params)
            self._write_down(name, chat_id, status, body)
            if fault is not None and fault.kind not in _BEFORE:
                return await self._strike_after(request, fault, status, body)
        except ApiError as error:
            self._write_down(name, chat_id, error.code, error.as_json())
            return _json(error.code, error.as_json())
        except Dropped:
            self._write_down(name, chat_id, 0, {"ok": False})
            return Response(status_code=499)
        return _json(status, body)

    async def file(self, request: Request) -> Response:
        """A download of what getFile named."""
        if not self._is_ours(request.path_params["token"]):
            return _json(401, ApiError(401, "Unauthorized").as_json())
        file = self.world.files.at(request.path_params["path"])
        if file is None:
            return _json(404, ApiError(404, "Not Found").as_json())
        return Response(file.content, media_type="application/octet-stream")

    def _is_ours(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.world.settings.token.encode())

    async def _outcome(self, name: str, params: Params) -> tuple[int, JsonObject]:
        try:
            result = await self._call(name.lower(), params)
        except ApiError as error:
            return error.code, error.as_json()
        answer = result if isinstance(result, Answer) else Answer(result=result)
        return 200, answer.as_json()

    async def _call(self, name: str, params: Params) -> object:
        match name:
            case "getupdates":
                return await self.desk.get_updates(params)
            case "setwebhook":
                return self.desk.set_webhook(params)
            case "deletewebhook":
                return self.desk.delete_webhook(params)
            case "getwebhookinfo":
                return self.desk.get_webhook_info()
        method = METHODS.get(name)
        if method is None:
            raise ApiError(404, "Not Found")
        return method(self.world, params)

    async def _webhook_reply(self, call: JsonObject) -> None:
        """A call in a webhook's answer: carried out, its result is not told."""
        name = str(call["method"])
        params = Params(values={key: value for key, value in call.items() if key != "method"})
        status, body = await self._outcome(name, params)
        self._write_down(name, params.number_or_none("chat_id"), status, body)

    async def _strike_before(self, request: Request, fault: Fault) -> None:
        match fault.kind:
            case FaultKind.STATUS:
                raise _ordered_error(fault)
            case FaultKind.FLOOD:
                seconds = self.world.faults.flood_seconds(fault)
                raise ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
            case FaultKind.HANG_BEFORE:
                await hang(self.world, request, fault.seconds)
            case _:
                await drop_connection(request)
                raise Dropped

    async def _strike_after(self, request: Request, fault: Fault, status: int, body: JsonObject) -> Response:
        match fault.kind:
            case FaultKind.HANG_AFTER:
                try:
                    await hang(self.world, request, fault.seconds)
                except Dropped:
                    return Response(status_code=499)
                return _json(status, body)
            case FaultKind.BAD_JSON:
                whole = json.dumps(body, ensure_ascii=False)
                return Response(whole[: len(whole) // 2], status, media_type="application/json")
            case _:
                await drop_connection(request)
                return Response(status_code=499)

    def _write_down(self, name: str, chat_id: int | None, status: int, body: JsonObject) -> None:
        result = body.get("result")
        if name.lower() == "getupdates" and result == []:
            return
        message_id = result.get("message_id") if isinstance(result, dict) else None
        self.world.log.add(
            method=name,
            chat_id=chat_id,
            status=status,
            message_id=message_id if isinstance(message_id, int) else None,
            ok=body.get("ok") is True,
        )


def _ordered_error(fault: Fault) -> ApiError:
    if fault.status == 429:
        seconds = fault.retry_after or 1
        words = fault.description or f"Too Many Requests: retry after {seconds}"
        return ApiError(429, words, {"retry_after": seconds})
    words = fault.description or _STATUS_WORDS.get(fault.status, "Internal Server Error")
    return ApiError(fault.status, words)


def _json(status: int, body: JsonObject) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(content.encode("utf-8", "surrogatepass"), status, media_type="application/json")
