"""The methods of the Zalo Bot Platform, typed (https://docs.zaloplatforms.com/docs/BOT).

An answer says by `ok` and `error_code` whether the platform has done it; the HTTP status says nothing reliable. The token
stands in every address: no exception here shows one, nor keeps another that does.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from bot.network import NEVER_LEFT

API_URL = "https://bot-api.zaloplatforms.com"
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 15.0
_POLL_MARGIN_SECONDS = 10.0
_CONNECTIONS = 8
_NO_WEBHOOK, _TOO_MANY = 404, 429
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
_DESCRIPTION_LIMIT = 200


class ZaloError(Exception):
    """A call that did not succeed."""


class Refused(ZaloError):
    """The platform says no, with its code and words."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description


class TokenRefused(Refused):
    """401: the token is none, or none any more."""


class Passing(Refused):
    """A no that passes by itself."""


class QuotaExceeded(Passing):
    """429: the month's messages are used up, or too many came at once. The platform does not say until when."""


class TimedOut(Passing):
    """408: it took the platform too long. What was asked may have been done or not."""


class Unavailable(Passing):
    """The platform says that it has failed, with 5xx or, as its table of codes has it, with 403 "Internal server error". What
    was asked has not been done."""


class Unreadable(ZaloError):
    """Something answered that is not the platform, or not in its words: it may have been done or not."""


class Unreachable(ZaloError):
    """No answer came. `left`: the request may have arrived all the same."""

    def __init__(self, reason: str, *, left: bool) -> None:
        super().__init__(reason)
        self.left = left


@dataclass(frozen=True, kw_only=True)
class Me:
    """The bot itself. `name` is what people see and mention."""

    id: str
    name: str
    can_join_groups: bool


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """`date` is in milliseconds since 1970."""

    id: str
    date: int


@dataclass(frozen=True, kw_only=True)
class TextStyle:
    """A run of a text in styles ("b", "i"): where it starts and how long it is, in UTF-16 units."""

    start: int
    length: int
    styles: tuple[str, ...]


class ZaloApi:
    """A client for one bot. Every method raises ZaloError. Close it at the end."""

    def __init__(
        self,
        *,
        token: str,
        api_url: str = API_URL,
        proxy: str | None = None,
        read_seconds: float = _READ_SECONDS,
    ) -> None:
        self.token = token
        base = api_url.rstrip("/")
        # Proxies of the environment are for the world outside, not for a server on this machine.
        outside = urlsplit(base).hostname not in _THIS_MACHINE
        self._read_seconds = read_seconds
        self._client = httpx.AsyncClient(
            base_url=f"{base}/bot{token}/",
            proxy=proxy,
            trust_env=outside,
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            timeout=httpx.Timeout(_CONNECT_SECONDS, read=read_seconds, write=read_seconds),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def get_me(self) -> Me:
        found = await self._result("getMe")
        return Me(
            id=_text(found, "id"),
            name=_text(found, "account_name"),
            can_join_groups=found.get("can_join_groups") is True,
        )

    async def get_updates(self, timeout_seconds: int) -> dict[str, Any] | None:
        """Wait for the next event, which with this is delivered for good; None when none came in that time: the platform says
        so with 408, and an empty result says it too."""
        try:
            answer = await self._call(
                "getUpdates",
                read_seconds=timeout_seconds + _POLL_MARGIN_SECONDS,
                timeout=str(timeout_seconds),  # documented as a string
            )
        except TimedOut:
            return None
        return _result("getUpdates", answer) if answer.get("result") else None

    async def send_message(self, chat_id: str, text: str, styles: Sequence[TextStyle] = ()) -> SentMessage:
        """`text` has 1 to 2000 characters."""
        asked: dict[str, Any] = {"chat_id": chat_id, "text": text}
        if styles:
            asked["text_styles"] = [
                {"start": one.start, "len": one.length, "st": list(one.styles)} for one in styles
            ]
        return _sent(await self._result("sendMessage", **asked))

    async def send_photo(self, chat_id: str, photo: str, caption: str | None = None) -> SentMessage:
        """`photo` is an address where the platform can fetch it."""
        asked: dict[str, Any] = {"chat_id": chat_id, "photo": photo} | (
            {"caption": caption} if caption else {}
        )
        return _sent(await self._result("sendPhoto", **asked))

    async def send_sticker(self, chat_id: str, sticker: str) -> SentMessage:
        """`sticker` is an id of the platform's catalogue."""
        return _sent(await self._result("sendSticker", chat_id=chat_id, sticker=sticker))

    async def send_typing(self, chat_id: str) -> None:
        """sendChatAction with the one action that there is."""
        await self._call("sendChatAction", chat_id=chat_id, action="typing")

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have events brought to `url`; `secret` has 8 to 256 characters. Refused when the address cannot be verified, and
        kept by the platform all the same."""
        await self._call("setWebhook", url=url, secret_token=secret)

    async def webhook_url(self) -> str:
        """Where events are brought (getWebhookInfo); empty when nowhere, which the platform says with 404."""
        try:
            found = await self._result("getWebhookInfo")
        except Refused as error:
            if error.code == _NO_WEBHOOK:
                return ""
            raise
        url = found.get("url")
        return url if isinstance(url, str) else ""

    async def delete_webhook(self) -> None:
        """Where none is set the platform says so in one way or another: that is no error."""
        try:
            await self._call("deleteWebhook")
        except Refused as error:
            if error.code not in (400, _NO_WEBHOOK):
                raise

    async def _result(self, method: str, **asked: Any) -> dict[str, Any]:
        return _result(method, await self._call(method, **asked))

    async def _call(self, method: str, *, read_seconds: float | None = None, **asked: Any) -> dict[str, Any]:
        seconds = read_seconds or self._read_seconds
        timeout = httpx.Timeout(_CONNECT_SECONDS, read=seconds, write=self._read_seconds)
        try:
            response = await self._client.post(method, json=asked, timeout=timeout)
        except httpx.HTTPError as error:
            lost = Unreachable(type(error).__name__, left=not isinstance(error, NEVER_LEFT))
        else:
            return _answer(method, response, secret=self.token.rpartition(":")[2])
        # Not where the other is caught: it would be kept as this one's context, and has the address in it.
        raise lost

    def __repr__(self) -> str:
        return f"ZaloApi(bot {self.token.partition(':')[0]})"


def _answer(method: str, response: httpx.Response, *, secret: str) -> dict[str, Any]:
    """Whoever refuses may repeat the address that was asked: `secret`, the token's, is left out of what it says."""
    answer = _object(response.content)
    if answer is None and response.status_code == _TOO_MANY:
        raise QuotaExceeded(_TOO_MANY, "without a description")
    if answer is None:
        raise Unreadable(f"{method}: not a JSON object, with status {response.status_code}")
    if answer.get("ok") is True:
        return answer
    code = _error_code(answer)
    if code is None:
        raise Unreadable(f"{method}: an answer in other words, with status {response.status_code}")
    words = answer.get("description")
    said = words.replace(secret, "<token>") if isinstance(words, str) else "without a description"
    raise _refusal(code, said)


def _result(method: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    result = answer.get("result")
    if not isinstance(result, dict):
        raise Unreadable(f"{method}: an answer without a result")
    return result


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
        # Python reads NaN and 1e999, which no database would take as JSON.
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _error_code(answer: Mapping[str, Any]) -> int | None:
    for name in ("error_code", "errorCode"):
        if type(answer.get(name)) is int:
            return int(answer[name])
    return None


def _refusal(code: int, description: str) -> Refused:
    words = description[:_DESCRIPTION_LIMIT]
    match code:
        case 401:
            return TokenRefused(code, words)
        case 403 if "internal" in words.lower():
            return Unavailable(code, words)
        case 408:
            return TimedOut(code, words)
        case 429:
            return QuotaExceeded(code, words)
        case _:
            return Unavailable(code, words) if code >= 500 else Refused(code, words)


def _sent(result: Mapping[str, Any]) -> SentMessage:
    date = result.get("date")
    return SentMessage(id=_text(result, "message_id"), date=date if type(date) is int else 0)


def _text(result: Mapping[str, Any], name: str) -> str:
    value = result.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"a result without {name}")
    return value
