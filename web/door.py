"""A door through which a messaging service brings updates: each is in the inbox before it is told so."""

import hmac
import json
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from store.inbox import Arrival, Keep

# Updates have a few kilobytes; a long message with all its entities and the one that it answers stays far below.
MOST_BYTES = 1_000_000
_log = structlog.get_logger("receive")


def door(
    path: str,
    *,
    header: str,
    secret: str,
    arrival_of: Callable[[dict[str, Any]], Arrival | None],
    keep: Keep,
) -> Route:
    """`header` is where the service says the `secret`; `arrival_of` raises ValueError for what is no update, and says None to
    what only tries the door; `keep` must have committed the arrival when it returns. Answers 200 then, 503 when the
    database is away, 401 to those who do not know the secret, 413 and 400 to what is no update."""

    async def take_in(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(header, "").encode(), secret.encode()):
            return Response(status_code=401)
        try:
            arrival = arrival_of(_object(await _body(request)))
        except _TooLong:
            return Response(status_code=413)
        except (ValueError, RecursionError, ClientDisconnect) as error:
            _log.warning("not an update", error=type(error).__name__)
            return Response(status_code=400)
        try:
            if arrival is not None:
                await keep([arrival])
        except SQLAlchemyError as error:
            _log.warning("database not available, refusing an update for now", error=type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return Route(path, take_in, methods=["POST"])


class _TooLong(Exception):
    pass


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


def _object(body: bytes) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object."""
    update = json.loads(body)
    if not isinstance(update, dict):
        raise ValueError("not an object")
    # Python reads NaN and 1e999, which no database would take as JSON.
    json.dumps(update, allow_nan=False)
    return update
