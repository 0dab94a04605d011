"""VK's published JSON schema as a judge of calls: what was asked and what was answered, with its known mistakes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sandbox.vk import Call

#: Where the schema itself is wrong or silent, and why we do not follow it there.
EXCEPTIONS = {
    "groups.setLongPollSettings.message_event": "a parameter the schema forgot; VK lists it among the event types",
    "base_error.inner_type": "required by the schema for generated clients; VK's answers do not carry it",
    "messages_message_attachment_type": "an enumeration without kinds VK does send («narrative», «podcast»)",
}
#: Parameters that every method takes.
_COMMON = {"access_token", "v", "lang", "test_mode", "captcha_sid", "captcha_key"}

_Json = dict[str, Any]


def folder() -> Path:
    """The vendor's specifications: SPECS_DIR, or the folder beside the checkout."""
    beside = Path(__file__).parents[2].parent / "shared" / "specs"
    return Path(os.environ.get("SPECS_DIR") or beside) / "vk"


def available() -> bool:
    return (folder() / "messages.methods.json").is_file()


def needed() -> None:
    """Skip the test when the specifications are not on this machine."""
    if not available():
        pytest.skip("VK's schema is not here: set SPECS_DIR")


def problems(call: Call) -> list[str]:
    """What VK's schema has against a call of a method and its answer."""
    found = request_problems(call.method, call.params) + _answer_problems(_methods()[call.method], call.answer)
    return [f"{call.method}: {problem}" for problem in found]


def object_problems(definition: str, value: Any) -> list[str]:
    """What the schema has against one object, such as messages_message."""
    return _against({"$ref": f"#/$defs/{definition}"}, value)


def request_problems(name: str, params: Mapping[str, str]) -> list[str]:
    """What the schema has against the parameters of a call."""
    known = {parameter["name"]: parameter for parameter in _methods()[name]["parameters"]}
    found = [f"{wanted} is required" for wanted, one in known.items() if one.get("required") and wanted not in params]
    for param, text in params.items():
        if param in _COMMON or f"{name}.{param}" in EXCEPTIONS:
            continue
        if param not in known:
            found.append(f"unknown parameter {param}")
        else:
            found += [f"{param}: {problem}" for problem in _parameter_problems(known[param], text)]
    return found


def _parameter_problems(parameter: _Json, text: str) -> list[str]:
    schema = {key: value for key, value in parameter.items() if key not in ("name", "required", "$ref")}
    try:
        if "$ref" in parameter:
            # Declared a string, yet its text is the JSON of another definition.
            return _against({"$ref": parameter["$ref"]}, json.loads(text))
        return _against(schema, _typed(text, schema))
    except ValueError:
        return [f"{text!r} is not {parameter['type']}"]


def _typed(text: str, schema: _Json) -> Any:
    """Forms carry text only: here is the value as its declared type."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "array" in kinds:
        return [_typed(part, schema["items"]) for part in text.split(",")]
    if "boolean" in kinds and text in ("0", "1"):
        return text == "1"
    if "integer" in kinds:
        return text if "string" in kinds and not text.lstrip("-").isdigit() else int(text)
    return float(text) if "number" in kinds else text


def _answer_problems(method: _Json, answer: Any) -> list[str]:
    if isinstance(answer, dict) and "error" in answer:
        return object_problems("base_error", answer["error"])
    found = [_against(choice, answer) for choice in method["responses"].values()]
    return [] if [] in found else found[0]


def _against(schema: _Json, value: Any) -> list[str]:
    validator = Draft202012Validator({**_fixed(schema), "$defs": _definitions()})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@cache
def _methods() -> dict[str, _Json]:
    files = folder().glob("*.methods.json")
    return {method["name"]: method for file in files for method in json.loads(file.read_text("utf-8"))["methods"]}


@cache
def _definitions() -> dict[str, _Json]:
    """Every object and answer of the files we have, as one document: VK's names are unique across its files."""
    found: dict[str, _Json] = {}
    for file in [*folder().glob("*.objects.json"), *folder().glob("*.responses.json")]:
        for name, definition in json.loads(file.read_text("utf-8"))["definitions"].items():
            found[name] = {} if name in EXCEPTIONS else _fixed(definition)
    found["base_error"]["required"].remove("inner_type")
    return found


@cache
def _names() -> frozenset[str]:
    files = [*folder().glob("*.objects.json"), *folder().glob("*.responses.json")]
    return frozenset(name for file in files for name in json.loads(file.read_text("utf-8"))["definitions"])


def _fixed(schema: Any) -> Any:
    """VK writes ``required: true`` inside a property, as drafts before 4 did, and refers to neighbouring files."""
    if isinstance(schema, list):
        return [_fixed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    fixed = {key: _fixed(value) for key, value in schema.items() if not (key == "required" and value is True)}
    properties = schema.get("properties")
    if isinstance(properties, dict):
        fixed["required"] = [
            name for name, one in properties.items() if isinstance(one, dict) and one.get("required") is True
        ]
    if isinstance(reference := schema.get("$ref"), str):
        name = reference.rpartition("/")[2]
        del fixed["$ref"]
        # Objects of sections we have no file of (audio, market, …) may be anything.
        if name in _names():
            fixed["$ref"] = f"#/$defs/{name}"
    return fixed
