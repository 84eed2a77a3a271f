"""What comes in by a form of the board: read within bounds, and only when the form is ours."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from web.board import told
from web.board.security import is_ours
from web.board.told import Closed

_MOST_BYTES = 20_000
_MOST_FIELDS = 50


async def form_of(request: Request, secret: str | None, *, origin: str) -> Mapping[str, str]:
    """The fields of a form that was given to who has the secret; of several fields of one name the words one after the
    other. Raises Closed for any other form."""
    # Our pages tell nobody where they come from, so a browser says "null" for them.
    if request.headers.get("Origin", origin) not in (origin, "null"):
        raise Closed(told.NOT_OURS)
    fields: dict[str, str] = {}
    try:
        pairs = parse_qsl((await _body(request)).decode(errors="replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Closed(told.NOT_OURS) from None
    for name, value in pairs:
        fields[name] = f"{fields[name]} {value}" if name in fields else value
    if not is_ours(secret, fields.get("proof", "")):
        raise Closed(told.NOT_OURS)
    return fields


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST_BYTES:
                raise Closed(told.TOO_LONG)
    except ClientDisconnect:
        raise Closed(told.NOT_OURS) from None
    return bytes(body)
