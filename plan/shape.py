"""Holding a file against its shape (plan/documents.py), and the shape as JSON Schema for editors.

`python -m plan.shape data` writes the schemas anew.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import ErrorDetails

from plan.documents import AgenciesShape, PlanShape
from plan.problems import Problem, closest, shortened
from plan.yaml_source import Source, Steps

SCHEMAS: Mapping[str, type[BaseModel]] = {
    "tasks.schema.json": PlanShape,
    "agencies.schema.json": AgenciesShape,
}

ShapeT = TypeVar("ShapeT", bound=BaseModel)


def read_shape(source: Source, shape: type[ShapeT]) -> tuple[ShapeT | None, tuple[Problem, ...]]:
    """`source` as `shape`, or None and everything about it that does not fit."""
    try:
        return shape.model_validate(source.data), ()
    except ValidationError as error:
        return None, tuple(
            source.origin(details["loc"]).problem(_message(details, shape))
            for details in error.errors(include_url=False)
        )


def schema_text(shape: type[BaseModel]) -> str:
    """The JSON Schema of `shape` as committed beside the data."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **shape.model_json_schema()}
    return json.dumps(_without_titles(schema), ensure_ascii=False, indent=2) + "\n"


def _without_titles(value: JsonValue) -> JsonValue:
    """Drop the English titles that pydantic makes of field names; editors would show them."""
    if isinstance(value, dict):
        return {
            key: _without_titles(inner)
            for key, inner in value.items()
            if not (key == "title" and isinstance(inner, str))
        }
    if isinstance(value, list):
        return [_without_titles(inner) for inner in value]
    return value


def _message(details: ErrorDetails, shape: type[BaseModel]) -> str:
    found, context = details["input"], details.get("ctx", {})
    last = details["loc"][-1] if details["loc"] else ""
    match details["type"]:
        case "missing":
            return f'"{last}" is missing'
        case "extra_forbidden":
            known = sorted(_keys_at(shape, details["loc"][:-1]))
            near = closest(str(last), known)
            return f'unknown key "{shortened(str(last))}"' + (
                f': did you mean "{near}"?' if near else f" (known here: {', '.join(known)})"
            )
        case "value_error":
            return _not_found(found) or str(context["error"])
        case "enum":
            near = closest(str(found), re.findall(r"'(\w+)'", str(context["expected"])))
            hint = f': did you mean "{near}"?' if near else ""
            return (
                _not_found(found) or f'expected {context["expected"]}, found "{shortened(str(found))}"{hint}'
            )
        case "string_too_long":
            return f"at most {context['max_length']} characters; this has {len(str(found))}"
        case "too_long":
            return f"at most {context['max_length']} entries; this has {context['actual_length']}"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "string_too_short":
            return "says nothing"
        case "too_short":
            return "the list is empty"
        case "string_type":
            return f"expected text, found {_what(found)}"
        case "list_type" | "tuple_type":
            return f"expected a list ([…] or lines with a dash), found {_what(found)}"
        case "bool_parsing" | "bool_type":
            return f"expected true or false, found {_what(found)}"
        case "model_type":
            return f"expected keys with values, found {_what(found)}"
        case _:
            return details["msg"]


def _not_found(found: object) -> str | None:
    return None if isinstance(found, str) else f"expected a value, found {_what(found)}"


def _what(found: object) -> str:
    match found:
        case None:
            return "nothing"
        case str():
            return f'"{shortened(found)}"'
        case list():
            return "a list"
        case int() | float():
            return f"{found}"
        case _:
            return "keys with values"


def _keys_at(shape: type[BaseModel], path: Steps) -> Iterator[str]:
    """The keys that the mapping at `path` may have."""
    for step in path:
        if isinstance(step, str):
            inner = _shape_inside(shape.model_fields[step].annotation)
            if inner is None:
                return
            shape = inner
    yield from shape.model_fields


def _shape_inside(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _shape_inside(part))), None)


if __name__ == "__main__":
    for name, model in SCHEMAS.items():
        (Path(sys.argv[1]) / name).write_text(schema_text(model), encoding="utf-8")
