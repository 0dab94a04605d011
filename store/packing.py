"""How values become text in the database: JSON that survives whatever people type."""

from __future__ import annotations

import dataclasses
import json
from typing import Any


def pack(value: Any) -> str:
    """A plain value as JSON text.

    Phones cut emoji in half now and then; such a text is no valid UTF-8, so it is stored escaped.
    """
    return _utf8(value, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def pack_message(message: Any) -> str:
    """What ``message.to_json()`` says, as JSON text, without copying it first: this runs for every message."""
    return _utf8(message, _MESSAGES.encode(message))


def unpack(text: str) -> Any:
    return json.loads(text)


def storable(text: str) -> str:
    """Text of strangers for a plain column: what is no valid UTF-8 becomes a question mark."""
    return text.encode(errors="replace").decode()


def _utf8(value: Any, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, default=_fields)
    return text


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


_MESSAGES = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_fields)
