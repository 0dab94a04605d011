"""Small things worth remembering across restarts: answers of outside services and notes of the sync cycle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from store.database import Database
from store.packing import pack, storable, unpack

MOST_ENTRIES = 2000


class Cache:
    """Bodies by key with the time they were fetched; the oldest give way.

    Requests to outside services run in worker threads, so this one has a connection and a lock of its own.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._database = Database(path, threads=True)
        self._lock = Lock()
        self._clock = clock

    def get(self, key: str) -> tuple[float, str] | None:
        """(when fetched, body), None when unknown. How fresh is fresh enough, the caller knows."""
        with self._lock:
            rows = self._database.read("SELECT fetched, body FROM cache WHERE key = ?", (key,))
        return (float(rows[0][0]), str(rows[0][1])) if rows else None

    def put(self, key: str, body: str) -> None:
        with self._lock, self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO cache (key, body, fetched) VALUES (?, ?, ?) "
                "ON CONFLICT (key) DO UPDATE SET body = excluded.body, fetched = excluded.fetched",
                (key, storable(body), self._clock()),
            )
            connection.execute(
                "DELETE FROM cache WHERE key IN (SELECT key FROM cache ORDER BY fetched DESC, key LIMIT -1 OFFSET ?)",
                (MOST_ENTRIES,),
            )

    def close(self) -> None:
        with self._lock:
            self._database.close()


class Memos:
    """JSON values by key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Any:
        text = self._database.value("SELECT value FROM memos WHERE key = ?", (key,))
        return None if text is None else unpack(text)

    def put(self, key: str, value: Any) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO memos (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, pack(value)),
            )
