"""What a call is answered with when it went well."""

from dataclasses import dataclass

from sandbox.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A result, and for a few methods a description beside it."""

    result: object
    description: str | None = None

    def as_json(self) -> JsonObject:
        """The body of the answer."""
        body: JsonObject = {"ok": True, "result": self.result}
        return body if self.description is None else body | {"description": self.description}
