"""Checks calls against Telegram's machine-readable specification: types, required fields, fields nobody knows."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sandbox.telegram import Call

_SCALARS: dict[str, tuple[type, ...]] = {"String": (str,), "Integer": (int,), "Float": (int, float), "Boolean": (bool,)}


class BotApi:
    """The vendor's description of methods and types, asked what is wrong with a value."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._methods = spec["methods"]
        self._types = spec["types"]

    @classmethod
    def load(cls) -> BotApi:
        beside = Path(__file__).parents[2].parent / "shared" / "specs"
        path = Path(os.environ.get("SPECS_DIR", beside)) / "telegram_bot_api.json"
        if not path.exists():
            pytest.skip("telegram_bot_api.json is not here: set SPECS_DIR to the folder of vendors' specifications")
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def problems(self, call: Call) -> list[str]:
        """What is wrong with one request and its answer, [] when nothing is."""
        method = self._methods[call.method]
        fields = {field["name"]: field for field in method.get("fields", [])}
        parameters = {
            name: _decoded(value, fields[name]["types"]) if name in fields else value
            for name, value in call.params.items()
        }
        found = self._object(parameters, list(fields.values()), call.method)
        if call.answer["ok"]:
            return found + self._value(call.answer["result"], method["returns"], f"{call.method} answer")
        known = {"ok", "error_code", "description", "parameters"}
        found += [f"{call.method} error: unknown {name}" for name in call.answer.keys() - known]
        fields = self._types["ResponseParameters"]["fields"]
        return found + self._object(call.answer.get("parameters", {}), fields, f"{call.method} parameters")

    def _value(self, value: Any, types: list[str], where: str) -> list[str]:
        """The complaints of the alternative that fits best."""
        return min((self._as(value, name, where) for name in types), key=len)

    def _as(self, value: Any, name: str, where: str) -> list[str]:
        if name.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{where}: {value!r} is not a list"]
            inner = name.removeprefix("Array of ")
            return [p for n, item in enumerate(value) for p in self._value(item, [inner], f"{where}[{n}]")]
        if name == "InputFile":
            return [] if isinstance(value, bytes) else [f"{where}: not an uploaded file"]
        if name in _SCALARS:
            fits = isinstance(value, _SCALARS[name]) and (name == "Boolean" or not isinstance(value, bool))
            return [] if fits else [f"{where}: {value!r} is not {name}"]
        described = self._types[name]
        if "subtypes" in described:
            return self._value(value, described["subtypes"], where)
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is not {name}"]
        return self._object(value, described.get("fields", []), f"{where}.{name}")

    def _object(self, value: dict[str, Any], fields: list[dict[str, Any]], where: str) -> list[str]:
        types = {field["name"]: field["types"] for field in fields}
        required = {field["name"] for field in fields if field["required"]}
        found = [f"{where}: unknown {name}" for name in value.keys() - types.keys()]
        found += [f"{where}: {name} is missing" for name in required - value.keys()]
        known = value.keys() & types.keys()
        return found + [p for name in known for p in self._value(value[name], types[name], f"{where}.{name}")]


def _decoded(value: Any, types: list[str]) -> Any:
    """A form carries texts; every type but String travels as JSON inside one."""
    if not isinstance(value, str) or types == ["InputFile", "String"]:
        return value
    if types in (["String"], ["Integer", "String"]):
        return int(value) if "Integer" in types and value.lstrip("-").isdecimal() else value
    return json.loads(value)
