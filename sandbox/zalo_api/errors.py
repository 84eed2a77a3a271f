"""Zalo's refusals: a code and words, on the wire in one of four ways."""

from http.client import responses

from starlette.responses import HTMLResponse, Response

from sandbox.faults import ErrorStyle
from sandbox.json_types import JsonObject
from sandbox.zalo_api.answer import json_response


class ZaloError(Exception):
    """A call was refused. The platform gives no parameters beside code and words, not even with 429."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def bad_request(reason: str) -> ZaloError:
    """400: the call makes no sense."""
    return ZaloError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ZaloError:
    """403: the bot may not talk there."""
    return ZaloError(403, f"Forbidden: {reason}")


def quota_exceeded() -> ZaloError:
    """429, which says nothing of when to come again."""
    return ZaloError(429, "Quota exceeded")


def phrase(code: int) -> str:
    """The usual words for a code."""
    return responses.get(code, "Error")


def refusal(error: ZaloError, style: ErrorStyle) -> Response:
    """A refusal as an answer over HTTP."""
    name = "errorCode" if style is ErrorStyle.CAMEL else "error_code"
    body: JsonObject = {"ok": False, name: error.code, "description": error.description}
    match style:
        case ErrorStyle.BODY:
            return json_response(body)
        case ErrorStyle.STATUS | ErrorStyle.CAMEL:
            return json_response(body, error.code)
        case ErrorStyle.PLAIN:
            words = f"{error.code} {phrase(error.code)}"
            page = f"<html><head><title>{words}</title></head><body><h1>{words}</h1></body></html>"
            return HTMLResponse(page, error.code)
