"""What the page knows of the running bot: its memory file, opened for reading only and missing at first."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.status import MEMO

_LATEST = "SELECT lane, data FROM sessions ORDER BY updated DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The bot at one moment. ``figures`` are what `app.status` reports, {} before its first report."""

    figures: dict[str, Any] = field(default_factory=dict)
    lane: str = ""  #: the conversation that moved last
    at: str = ""  #: key of the step it waits at


class Memory:
    """Reads again only after the file has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._version = -1
        self._glimpse = Glimpse()

    def look(self) -> Glimpse:
        """The newest glimpse; the last one while the file is away or busy."""
        try:
            connection = self._open()
            version = connection.execute("PRAGMA data_version").fetchone()[0] if connection else self._version
            if connection and version != self._version:
                self._glimpse, self._version = _read(connection), version
        except (sqlite3.Error, OSError):
            self.close()
        return self._glimpse

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._version = None, -1

    def _open(self) -> sqlite3.Connection | None:
        if self._connection is None and self._path.exists():
            address = f"{self._path.absolute().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(address, uri=True, timeout=0.1, isolation_level=None)
        return self._connection


def _read(connection: sqlite3.Connection) -> Glimpse:
    memo = connection.execute("SELECT value FROM memos WHERE key = ?", (MEMO,)).fetchone()
    session = connection.execute(_LATEST).fetchone()
    lane, data = session if session else ("", "{}")
    return Glimpse(json.loads(memo[0]) if memo else {}, lane, json.loads(data).get("at", ""))
