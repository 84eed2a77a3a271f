"""The JSON Schemas beside the data: made from the shapes, and true of the data."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from plan.shape import SCHEMAS, schema_text

DATA = Path(__file__).parents[2] / "data"


class EditorLoader(yaml.SafeLoader):
    """YAML as editors read it (1.2): dates are text; numbers and truth values are not."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_editors_see(name: str) -> Any:
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=EditorLoader)  # noqa: S506


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_the_one_made_from_the_shape(name: str) -> None:
    committed = (DATA / name).read_text(encoding="utf-8")

    assert committed == schema_text(SCHEMAS[name]), "run: python -m plan.shape data"


@pytest.mark.parametrize("name", ["tasks", "agencies"])
def test_the_data_is_valid_by_its_schema(name: str) -> None:
    errors = list(validator(f"{name}.schema.json").iter_errors(as_editors_see(f"{name}.yaml")))

    assert errors == []


@pytest.mark.parametrize("name", ["tasks", "agencies"])
def test_the_data_names_its_schema_in_its_first_line(name: str) -> None:
    first = (DATA / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]

    assert first == f"# yaml-language-server: $schema={name}.schema.json"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"year": 1999}, "year"),
        ({"year": "2023"}, "year"),
        ({"key": "CCHC 2023"}, "key"),
        ({"agencies": "../agencies.yaml"}, "agencies"),
        ({"report_address": "ktxh.soctrang.gov.vn"}, "report_address"),
        ({"tasks": []}, "tasks"),
        ({"colour": "red"}, None),
    ],
)
def test_editors_mark_what_the_loader_would_refuse(change: dict[str, Any], wrong: str | None) -> None:
    data = as_editors_see("tasks.yaml") | change

    errors = list(validator("tasks.schema.json").iter_errors(data))

    assert [error.path[0] if error.path else None for error in errors] == [wrong]


@pytest.mark.parametrize(
    "change",
    [
        {"code": "1.01"},
        {"code": 1.1},
        {"product": "Báo cáo"},
        {"outputs": []},
        {"lead": []},
        {"lead": "Sở Nội vụ"},
        {"colour": "red"},
    ],
)
def test_editors_mark_a_wrong_task(change: dict[str, Any]) -> None:
    data = as_editors_see("tasks.yaml")
    data["tasks"][0] |= change

    errors = list(validator("tasks.schema.json").iter_errors(data))

    assert [list(error.path)[:2] for error in errors] == [["tasks", 0]]
