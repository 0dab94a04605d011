"""The queue behind getUpdates: updates wait until they are confirmed by an offset, and only one poller may wait."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice
from typing import Any

from sandbox.telegram_rules import Refusal

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
LIMIT_MAX = 100
TIMEOUT_MAX = 50

Update = dict[str, Any]


class UpdateQueue:
    """Updates in the order of their ids, kept until confirmed."""

    def __init__(self) -> None:
        self.confirmed = 0  #: how many updates the bot has acknowledged
        self._updates: deque[tuple[int, Update]] = deque()  # with the ids we gave, whatever an update claims
        self._next_id = 872_000_001
        self._waiting: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._updates)

    @property
    def waiting(self) -> bool:
        """True while somebody's poll is open."""
        return self._waiting is not None

    def add(self, kind: str, payload: dict[str, Any]) -> None:
        self.add_raw({kind: payload})

    def add_raw(self, update: Update) -> None:
        """Queue any update, malformed ones included; it gets the next id."""
        self._updates.append((self._next_id, {"update_id": self._next_id, **update}))
        self._next_id += 1
        self.answer_now()

    def answer_now(self) -> None:
        """End the open poll with whatever there is."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Update]:
        """What getUpdates answers. A second poller ends the first one's wait with a conflict."""
        self._confirm(offset)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(Refusal(409, CONFLICT))
        if not self._updates and seconds > 0:
            await self._wait(min(seconds, TIMEOUT_MAX))
        wanted = (update for update_id, update in self._updates if update_id >= offset)
        return list(islice(wanted, max(1, min(limit, LIMIT_MAX))))

    async def _wait(self, seconds: float) -> None:
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            pass
        finally:
            if self._waiting is waiting:
                self._waiting = None

    def _confirm(self, offset: int) -> None:
        before = len(self._updates)
        if offset < 0:
            while len(self._updates) > -offset:
                self._updates.popleft()
        while offset > 0 and self._updates and self._updates[0][0] < offset:
            self._updates.popleft()
        self.confirmed += before - len(self._updates)

    def renumber(self, next_id: int) -> None:
        """Go on from another id, as Telegram does after a week without updates."""
        self._next_id = next_id
