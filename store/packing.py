"""How values become text in the database: JSON that survives whatever people type."""

from __future__ import annotations

import json
from typing import Any


def pack(value: Any) -> str:
    """A value as JSON text.

    Phones cut emoji in half now and then; such a text is no valid UTF-8, so it is stored escaped.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


def unpack(text: str) -> Any:
    return json.loads(text)
