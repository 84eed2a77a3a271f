"""The door through which Telegram brings updates: each is in the inbox before it is told so."""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.telegram.updates import arrival_of
from store.inbox import Arrival

# Updates have a few kilobytes; a long message with all its entities and the one that it answers stays far below.
MOST_BYTES = 1_000_000
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_ID_LIMIT = 2**63
_log = structlog.get_logger("receive")

Keep = Callable[[list[Arrival]], Awaitable[None]]


def telegram_door(path: str, *, secret: str, keep: Keep) -> Route:
    """`keep` must have committed the update when it returns. Answers 200 then, 503 when the database is away (Telegram
    comes again), 401 to those who do not know the secret, 413 and 400 to what is no update."""

    async def take_in(request: Request) -> Response:
        if not _is_known(request, secret):
            return Response(status_code=401)
        try:
            body = await _body(request)
            arrival = arrival_of(_update(body))
        except _TooLong:
            return Response(status_code=413)
        except (ValueError, RecursionError, ClientDisconnect) as error:
            _log.warning("not an update", error=type(error).__name__)
            return Response(status_code=400)
        try:
            await keep([arrival])
        except SQLAlchemyError as error:
            _log.warning("database not available, refusing an update for now", error=type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return Route(path, take_in, methods=["POST"])


class _TooLong(Exception):
    pass


def _is_known(request: Request, secret: str) -> bool:
    said = request.headers.get(_SECRET_HEADER, "")
    return hmac.compare_digest(said.encode(), secret.encode())


async def _body(request: Request) -> bytes:
    announced = request.headers.get("Content-Length", "0")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise _TooLong
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise _TooLong
    return bytes(body)


def _update(body: bytes) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object with an id."""
    update = json.loads(body)
    if not isinstance(update, dict):
        raise ValueError("not an object")
    # Python reads NaN and 1e999, which no database would take as JSON.
    json.dumps(update, allow_nan=False)
    number = update.get("update_id")
    if type(number) is not int or abs(number) >= _ID_LIMIT:
        raise ValueError("no update_id")
    return update
