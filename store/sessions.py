"""Where every conversation stands, so that a restart goes unnoticed in the middle of a dialogue."""

from __future__ import annotations

from typing import Any

from store.database import Database
from store.packing import pack, unpack


class Sessions:
    """One JSON object per lane."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, lane: str) -> dict[str, Any] | None:
        text = self._database.value("SELECT data FROM sessions WHERE lane = ?", (lane,))
        return None if text is None else dict(unpack(text))

    def put(self, lane: str, data: dict[str, Any], now: float) -> None:
        """Remember a conversation; an empty one is forgotten."""
        with self._database.transaction() as connection:
            if not data:
                connection.execute("DELETE FROM sessions WHERE lane = ?", (lane,))
                return
            connection.execute(
                "INSERT INTO sessions (lane, data, updated) VALUES (?, ?, ?) "
                "ON CONFLICT (lane) DO UPDATE SET data = excluded.data, updated = excluded.updated",
                (lane, pack(data), now),
            )
