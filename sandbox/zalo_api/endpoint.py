"""The door of the Zalo Bot Platform: token, parameters, ordered failures, the call, the log, the answer."""

import secrets

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from sandbox.chats import Platform
from sandbox.connections import drop_connection
from sandbox.faults import Fault, FaultKind
from sandbox.hanging import Dropped, hang
from sandbox.world import World
from sandbox.zalo_api import sending
from sandbox.zalo_api.answer import Answer, ok
from sandbox.zalo_api.errors import ZaloError, phrase, quota_exceeded, refusal
from sandbox.zalo_api.params import Params, read_params
from sandbox.zalo_api.updates import UpdateDesk
from sandbox.zalo_api.webhook import ZaloPost

_POLL_TIMEOUT = 408


class ZaloApi:
    """Answers `/zalo/bot<token>/<method>` as the platform would; names of methods are told apart by case."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.post = ZaloPost(world)
        self._desk = UpdateDesk(world, self.post)

    async def method(self, request: Request) -> Response:
        """One call over HTTP."""
        name, style = request.path_params["method"], self.world.zalo.switches.error_style
        if not self._is_ours(request.path_params["token"]):
            return refusal(ZaloError(401, "Unauthorized"), style)
        try:
            params = await read_params(request)
        except ZaloError as error:
            self._write_down(name, None, error)
            return refusal(error, style)
        except ClientDisconnect:
            return Response(status_code=499)
        chat_id = self._chat_id(params)
        fault = self.world.faults.next_for(name, chat_id, Platform.ZALO)
        style = style if fault is None or fault.style is None else fault.style
        try:
            instead = None if fault is None else await self._struck_before(request, fault)
            outcome = instead or await self._outcome(request, name, params)
            self._write_down(name, chat_id, outcome)
            response = refusal(outcome, style) if isinstance(outcome, ZaloError) else ok(outcome)
            return response if fault is None else await self._struck_after(request, fault, response)
        except Dropped:
            self._write_down(name, chat_id, None)
        except ClientDisconnect:
            pass  # a poll that nobody waits for any more
        return Response(status_code=499)

    def _is_ours(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.world.settings.zalo_token.encode())

    def _chat_id(self, params: Params) -> int | None:
        """The sandbox's own number of the chat that a call is for."""
        given = params.values.get("chat_id")
        chat = self.world.zalo.chat_at(given, self.world.chats) if isinstance(given, str) else None
        return None if chat is None else chat.id

    async def _outcome(self, request: Request, name: str, params: Params) -> Answer | ZaloError:
        try:
            return await self._call(request, name, params)
        except ZaloError as error:
            return error

    async def _call(self, request: Request, name: str, params: Params) -> Answer:
        match name:
            case "getMe":
                return self._get_me()
            case "getUpdates":
                return await self._desk.get_updates(request, params)
            case "sendMessage":
                return sending.send_message(self.world, params)
            case "sendPhoto":
                return sending.send_photo(self.world, params)
            case "sendSticker":
                return sending.send_sticker(self.world, params)
            case "sendChatAction":
                return sending.send_chat_action(self.world, params)
            case "setWebhook":
                return await self._desk.set_webhook(params)
            case "deleteWebhook":
                return self._desk.delete_webhook()
            case "getWebhookInfo":
                return self._desk.get_webhook_info()
            case _:
                raise ZaloError(404, "Not Found")

    def _get_me(self) -> Answer:
        """https://docs.zaloplatforms.com/docs/BOT/apis/getMe"""
        bot = self.world.zalo.bot
        return Answer(
            result={
                "id": str(bot.id),
                "account_name": bot.first_name,
                "account_type": "BASIC",
                "can_join_groups": True,
            }
        )

    async def _struck_before(self, request: Request, fault: Fault) -> ZaloError | None:
        """What a failure says instead of the call, which does not count then; None: the call goes on."""
        match fault.kind:
            case FaultKind.STATUS:
                return _ordered_error(fault)
            case FaultKind.FLOOD:
                return quota_exceeded()
            case FaultKind.HANG_BEFORE:
                await hang(self.world, request, fault.seconds)
            case FaultKind.DROP_BEFORE:
                await drop_connection(request)
                raise Dropped
        return None

    async def _struck_after(self, request: Request, fault: Fault, response: Response) -> Response:
        """What a failure makes of the answer to a call that has counted and is in the log."""
        match fault.kind:
            case FaultKind.HANG_AFTER:
                try:
                    await hang(self.world, request, fault.seconds)
                except Dropped:
                    return Response(status_code=499)
            case FaultKind.BAD_JSON:
                half = bytes(response.body)[: len(response.body) // 2]
                return Response(half, response.status_code, media_type="application/json")
            case FaultKind.DROP_AFTER:
                await drop_connection(request)
                return Response(status_code=499)
        return response

    def _write_down(self, name: str, chat_id: int | None, outcome: Answer | ZaloError | None) -> None:
        """Into the log, unless it was a poll that brought nothing. None: the connection was dropped."""
        code = outcome.code if isinstance(outcome, ZaloError) else 200
        if name == "getUpdates" and code == _POLL_TIMEOUT:
            return
        self.world.log.add(
            platform=Platform.ZALO,
            method=name,
            chat_id=chat_id,
            status=0 if outcome is None else code,
            message_id=outcome.message_id if isinstance(outcome, Answer) else None,
            ok=isinstance(outcome, Answer),
        )


def _ordered_error(fault: Fault) -> ZaloError:
    usual = quota_exceeded().description if fault.status == 429 else phrase(fault.status)
    return ZaloError(fault.status, fault.description or usual)
