"""The Zalo Bot Platform over HTTP: a call, and what its answer says. https://bot.zaloplatforms.com/docs"""

from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from bot.zalo.render import TextStyle


class ZaloError(Exception):
    """A call that brought no result."""


class ZaloRefused(ZaloError):
    """The platform answered that it does not do it; `code` is like an HTTP status, whatever the HTTP status was."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description


class ZaloUnreadable(ZaloError):
    """An answer with that HTTP status came that is none of the platform's: a gateway's page, half of a JSON."""

    def __init__(self, status: int) -> None:
        super().__init__(f"unreadable answer with status {status}")
        self.status = status


class ZaloUnanswered(ZaloError):
    """No answer came; what httpx raised is the cause."""


class ZaloApi:
    """Calls to the server at `api_url` (https://bot-api.zaloplatforms.com or one that speaks the same) as the bot of
    `token`. Timeouts and proxies are those of `http`."""

    def __init__(self, *, token: str, api_url: str, http: httpx.AsyncClient) -> None:
        self._address = f"{api_url.rstrip('/')}/bot{token}"
        self._http = http

    async def send_message(self, chat_id: str, text: str, *, styles: Iterable[TextStyle] = ()) -> str:
        """The id of the message, "" when the answer does not tell. Raises ZaloError."""
        wanted: dict[str, object] = {"chat_id": chat_id, "text": text}
        codes = [{"start": style.start, "len": style.length, "st": [style.code]} for style in styles]
        if codes:
            wanted["text_styles"] = codes
        sent = await self.call("sendMessage", wanted)
        return str(sent.get("message_id", "")) if isinstance(sent, dict) else ""

    async def call(self, method: str, params: Mapping[str, object]) -> Any:
        """The result of any method, None when there is none. Raises ZaloError."""
        try:
            answer = await self._http.post(f"{self._address}/{method}", json=params)
        except httpx.HTTPError as error:
            raise ZaloUnanswered(type(error).__name__) from error
        return _result(answer)


def _result(answer: httpx.Response) -> Any:
    """Refusals come with the HTTP status 200 as well as with their own, and name their code in two ways."""
    try:
        body = answer.json()
    except ValueError as error:
        raise ZaloUnreadable(answer.status_code) from error
    if not isinstance(body, dict) or not isinstance(body.get("ok"), bool):
        raise ZaloUnreadable(answer.status_code)
    if body["ok"]:
        return body.get("result")
    code = body.get("error_code", body.get("errorCode", answer.status_code))
    if not isinstance(code, int):
        raise ZaloUnreadable(answer.status_code)
    raise ZaloRefused(code, str(body.get("description", "")))
