"""What a call is answered with when it went well."""

import json
from dataclasses import dataclass

from starlette.responses import Response

from sandbox.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A result (None: none at all, as of sendChatAction), and the sandbox's number of a message that was sent."""

    result: object = None
    message_id: int | None = None

    def as_json(self) -> JsonObject:
        """The body of the answer."""
        return {"ok": True} | ({} if self.result is None else {"result": self.result})


def ok(answer: Answer) -> Response:
    """A call that went well, as an answer over HTTP."""
    return json_response(answer.as_json())


def json_response(body: JsonObject, status: int = 200) -> Response:
    """A body as an answer over HTTP."""
    return Response(encoded(body), status, media_type="application/json")


def encoded(body: JsonObject) -> bytes:
    """A body as it goes over the wire."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
