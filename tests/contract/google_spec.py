"""Google's own description of the Sheets API, as the judge of every request we send and every answer we emulate."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

Json = dict[str, Any]

#: Which message a field mask inside a request names the fields of.
_MASKED = {
    "appendCells": "CellData",
    "updateCells": "CellData",
    "repeatCell": "CellData",
    "updateSheetProperties": "SheetProperties",
    "updateSpreadsheetProperties": "SpreadsheetProperties",
    "updateDimensionProperties": "DimensionProperties",
    "updateDeveloperMetadata": "DeveloperMetadata",
}


@cache
def discovery() -> Json:
    """The discovery document that ships with google-api-python-client; the test is skipped where it is absent."""
    found = importlib.util.find_spec("googleapiclient")
    if found is None or found.origin is None:
        pytest.skip("google-api-python-client is not installed: no discovery document to check against")
    path = Path(found.origin).parent / "discovery_cache" / "documents" / "sheets.v4.json"
    document: Json = json.loads(path.read_text("utf-8"))
    return document


@cache
def methods() -> Mapping[str, Json]:
    """Every method by its id without the common ``sheets.`` prefix, such as ``spreadsheets.values.get``."""

    def walk(resource: Json) -> Iterator[tuple[str, Json]]:
        for method in resource.get("methods", {}).values():
            yield method["id"].removeprefix("sheets."), method
        for inner in resource.get("resources", {}).values():
            yield from walk(inner)

    return dict(walk(discovery()))


def method_of(http_method: str, path: str) -> str:
    """The id of the method a request calls; the longest matching path wins."""
    candidates: list[tuple[int, str]] = []
    for name, method in methods().items():
        shape = re.escape(method["flatPath"]).replace(r"\{", "{").replace(r"\}", "}")
        shape = re.sub(r"\{range\}", r".+", shape)
        shape = re.sub(r"\{\w+\}", r"[^/:]+", shape)
        if method["httpMethod"] == http_method and re.fullmatch("/" + shape, unquote(path), re.DOTALL):
            candidates.append((len(method["flatPath"]), name))
    assert candidates, f"the API has no method {http_method} {path}"
    return max(candidates)[1]


def check_request(method_id: str, query: Mapping[str, str | Sequence[str]], body: Any) -> None:
    """The request is one the real service would parse: known names, right types, known enum values, real masks."""
    method = methods()[method_id]
    common = discovery()["parameters"]
    own = {name: one for name, one in method["parameters"].items() if one["location"] == "query"}
    for name, value in query.items():
        assert name in own or name in common, f"{method_id}: unknown parameter {name}"
        for one in [value] if isinstance(value, str) else value:
            _check_parameter(one, own.get(name) or common[name], f"{method_id}?{name}")
        if name == "fields" and isinstance(value, str):
            check_mask(value, method["response"]["$ref"])
    required = [name for name, one in own.items() if one.get("required")]
    assert not set(required) - set(query), f"{method_id}: {required} required"
    if "request" in method:
        _check(body, method["request"]["$ref"], f"{method_id} request")
    else:
        assert not body, f"{method_id} takes no body"


def check_answer(method_id: str, body: Any) -> None:
    """A successful answer has only what the real service can send."""
    _check(body, methods()[method_id]["response"]["$ref"], f"{method_id} answer")


def check_error(status: int, body: Any) -> None:
    """A refusal has the shape of google.rpc.Status, without Drive's ``errors[]``."""
    error = body["error"]
    assert set(error) <= {"code", "message", "status", "details"}, error
    assert error["code"] == status
    assert isinstance(error["message"], str)
    assert re.fullmatch(r"[A-Z_]+", error["status"])


def check_exchange(
    http_method: str, path: str, query: Mapping[str, str | Sequence[str]], body: str, status: int, answer: str
) -> None:
    """One line of an emulator's journal: the request, and the answer where it was JSON of the API's own."""
    name = method_of(http_method, path)
    check_request(name, query, json.loads(body) if body else {})
    if status == 200:
        check_answer(name, json.loads(answer))
    else:
        check_error(status, json.loads(answer))


def _check_parameter(value: str, schema: Json, where: str) -> None:
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r} is not one of {schema['enum']}"
    if schema["type"] == "boolean":
        assert value in ("true", "false"), f"{where}: {value!r} is not a boolean"


def _check(value: Any, schema_name: str, where: str) -> None:
    schema = discovery()["schemas"][schema_name]
    assert isinstance(value, dict), f"{where}: {schema_name} expected, got {value!r}"
    for name, inner in value.items():
        assert name in schema.get("properties", {}), f"{where}: {schema_name} has no field {name!r}"
        _check_value(inner, schema["properties"][name], f"{where}.{name}")
        if schema_name == "Request" and name in _MASKED:
            check_mask(inner.get("fields", ""), _MASKED[name])


def _check_value(value: Any, schema: Json, where: str) -> None:
    if value is None and schema.get("type") != "any":
        return  # JSON null is how a client says «not set»
    if "$ref" in schema:
        _check(value, schema["$ref"], where)
        return
    kind = schema.get("type")
    if kind == "array":
        assert isinstance(value, list), f"{where}: a list expected, got {value!r}"
        for place, item in enumerate(value):
            _check_value(item, schema["items"], f"{where}[{place}]")
    elif kind == "object":
        assert isinstance(value, dict), f"{where}: an object expected, got {value!r}"
        for name, item in value.items():
            _check_value(item, schema["additionalProperties"], f"{where}.{name}")
    else:
        _check_scalar(value, schema, where)


def _check_scalar(value: Any, schema: Json, where: str) -> None:
    types: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "boolean": (bool,),
        "integer": (int,),
        "number": (int, float),
        "any": (str, bool, int, float, type(None)),
    }
    kind = schema["type"]
    right = isinstance(value, types[kind]) and (kind in ("boolean", "any") or not isinstance(value, bool))
    assert right, f"{where}: {kind} expected, got {value!r}"
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r} is not one of {schema['enum']}"
    if schema.get("format") == "int32":
        assert -(2**31) <= value < 2**31, f"{where}: {value} does not fit in 32 bits"


def check_mask(text: str, schema_name: str) -> None:
    """Every name of a field mask exists in the message it is about."""
    assert text, f"an empty mask for {schema_name}"
    stack, here, token = [schema_name], schema_name, ""
    for sign in re.findall(r"[\w*]+|[().,/]", text):
        if sign == "(":
            stack.append(here)
        elif sign == ")":
            here = stack.pop()
        elif sign == ",":
            here = stack[-1]
        elif sign not in "./":
            token = sign
            here = "*" if token == "*" else _field(here, token)


def _field(schema_name: str, name: str) -> str:
    """The message of a field, "" for a scalar."""
    schema = discovery()["schemas"].get(schema_name, {})
    assert name in schema.get("properties", {}), f"mask: {schema_name or 'a scalar'} has no field {name!r}"
    field = schema["properties"][name]
    return str(field.get("$ref") or field.get("items", {}).get("$ref") or "")
