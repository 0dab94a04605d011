"""VK's Bots Long Poll: numbered events under a key, waiting polls, and the three ways VK forgets (failed 1, 2, 3)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

#: Most events VK hands out in one answer.
BATCH = 100


class LongPoll:
    """Events of one community; kept while the bot is away, so that it can catch up."""

    def __init__(self) -> None:
        self.key = secrets.token_hex(20)
        self.received = 0  #: events the bot has acknowledged by asking for the next ones
        self._void_keys: set[str] = set()
        self._first = 0  #: number of the event before the oldest kept one
        self._events: list[dict[str, Any]] = []
        self._arrived = asyncio.Event()

    @property
    def last(self) -> int:
        """Number of the newest event: the ``ts`` a newcomer gets."""
        return self._first + len(self._events)

    def push(self, event: dict[str, Any]) -> None:
        self._events.append(event)
        # Waiting polls hold the old Event; later ones must wait for the next arrival.
        self._arrived.set()
        self._arrived = asyncio.Event()

    def expire_key(self) -> None:
        """What VK does about hourly: the next poll is answered failed 2 (new key, same ts)."""
        self.key = secrets.token_hex(20)

    def forget_history(self, keep: int = 0) -> None:
        """Drop all but the newest ``keep`` events: a poll from before is answered failed 1."""
        gone = max(len(self._events) - keep, 0)
        self._first += gone
        del self._events[:gone]

    def lose_everything(self) -> None:
        """Void both key and ts, and the events behind them: the next poll is answered failed 3."""
        self._void_keys.add(self.key)
        self.expire_key()
        self.forget_history()
        self._first += 1  # the numbering itself moves on

    async def poll(self, query: Mapping[str, str]) -> dict[str, Any]:
        """One a_check: events after ``ts``, at once or as soon as they come, an empty list after ``wait`` seconds."""
        ts, key = query.get("ts", ""), query.get("key", "")
        if failure := self._failure(ts, key):
            return failure
        self.received = max(self.received, int(ts))
        if int(ts) == self.last:
            await self._wait(float(query.get("wait", "25")))
        # The world may have changed while the poll waited.
        if failure := self._failure(ts, key):
            return failure
        start = int(ts) - self._first
        updates = self._events[start : start + BATCH]
        return {"ts": str(int(ts) + len(updates)), "updates": updates}

    def _failure(self, ts: str, key: str) -> dict[str, Any] | None:
        if key in self._void_keys or not ts.isdigit():
            return {"failed": 3}
        if key != self.key:
            return {"failed": 2}
        if not self._first <= int(ts) <= self.last:
            # VK gives this one ts as an integer and every other as a string.
            return {"failed": 1, "ts": min(max(int(ts), self._first), self.last)}
        return None

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(max(seconds, 0.0), 90.0)):
                await self._arrived.wait()
        except TimeoutError:
            return
