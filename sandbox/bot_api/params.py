"""The parameters of a call: query, form, multipart or JSON, read as leniently as Telegram reads them."""

import json
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.files import UPLOAD_MAX
from sandbox.json_types import JsonObject

_FORM_ROOM = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file of a multipart body."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Params:
    """What a call was given. Absent, empty and null are the same to Telegram for most parameters."""

    values: JsonObject = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether the parameter was given at all and is not null."""
        return self.values.get(name) is not None or name in self.uploads

    def text(self, name: str) -> str:
        """The parameter as text, "" when absent; objects become JSON."""
        value = self.values.get(name)
        match value:
            case None:
                return ""
            case str():
                return value
            case bool():
                return "true" if value else "false"
            case _:
                return json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """The parameter as a whole number; anything else is the default."""
        try:
            return int(self.text(name).strip())
        except ValueError:
            return default

    def number_or_none(self, name: str) -> int | None:
        """The parameter as a whole number, or None."""
        try:
            return int(self.text(name).strip())
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        """True for true, yes and 1."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def structure(self, name: str, fault: str) -> object:
        """The parameter as JSON, None when absent or empty; 400 with `fault` when it is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            decoded: object = json.loads(value)
        except ValueError as error:
            raise bad_request(fault) from error
        return decoded


async def read_params(request: Request) -> Params:
    """Reads query and body of a request; 400 for a body that is no JSON, 413 for one that is too large."""
    values: JsonObject = dict(request.query_params)
    if request.method == "GET":
        return Params(values=values)
    if int(request.headers.get("content-length") or 0) > UPLOAD_MAX + _FORM_ROOM:
        raise ApiError(413, "Request Entity Too Large")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return Params(values=values | _json_body(await request.body()))
    if kind not in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        return Params(values=values)
    try:
        return await _form_body(request, values)
    except HTTPException as error:
        raise ApiError(400, f"Bad Request: {error.detail}") from error


async def _form_body(request: Request, values: JsonObject) -> Params:
    uploads: dict[str, Upload] = {}
    async with request.form(max_part_size=UPLOAD_MAX) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                uploads[name] = Upload(
                    name=(value.filename or "file").replace("\\", "/").rpartition("/")[2],
                    mime_type=value.content_type or "application/octet-stream",
                    content=await value.read(),
                )
            else:
                values[name] = value
    return Params(values=values, uploads=uploads)


def _json_body(body: bytes) -> JsonObject:
    if not body.strip():
        return {}
    try:
        decoded = json.loads(body)
    except ValueError as error:
        raise ApiError(400, "Bad Request: can't parse JSON object") from error
    if not isinstance(decoded, dict):
        raise ApiError(400, "Bad Request: object expected")
    return decoded
