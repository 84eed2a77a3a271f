"""The parameters of a call: query, form or JSON."""

import json
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.requests import Request

from sandbox.json_types import JsonObject
from sandbox.zalo_api.errors import bad_request


@dataclass(frozen=True, kw_only=True)
class Params:
    """What a call was given; what is null is as good as absent."""

    values: JsonObject = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter as text, "" when absent; 400 when it is something else."""
        value = self.values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise bad_request(f"{name} must be a string")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise bad_request(f"{name} must be encoded in UTF-8")
        return value

    def required(self, name: str) -> str:
        """The parameter as text; 400 when it is absent or empty."""
        value = self.text(name)
        if not value.strip():
            raise bad_request(f"{name} is required")
        return value

    def seconds(self, name: str, default: float) -> float:
        """A number of seconds, as number or text; 400 when it is neither."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise bad_request(f"{name} must be a number")
        try:
            return max(0.0, float(value))
        except ValueError as error:
            raise bad_request(f"{name} must be a number") from error

    def structure(self, name: str) -> object:
        """The parameter as JSON, None when absent or empty; 400 when it is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            decoded: object = json.loads(value)
        except ValueError as error:
            raise bad_request(f"{name} is not JSON") from error
        return decoded


async def read_params(request: Request) -> Params:
    """Reads query and body of a request; 400 for a body that cannot be read."""
    values: JsonObject = dict(request.query_params)
    if request.method == "GET":
        return Params(values=values)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return Params(values=values | _json_body(await request.body()))
    if kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        try:
            async with request.form() as form:
                values |= {name: value for name, value in form.multi_items() if isinstance(value, str)}
        except HTTPException as error:
            raise bad_request(error.detail) from error
    return Params(values=values)


def _json_body(body: bytes) -> JsonObject:
    if not body.strip():
        return {}
    try:
        decoded = json.loads(body)
    except ValueError as error:
        raise bad_request("the body is not JSON") from error
    if not isinstance(decoded, dict):
        raise bad_request("the body must be a JSON object")
    return decoded
