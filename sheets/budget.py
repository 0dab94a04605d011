"""Counts requests to Google, so that the bot stays well inside the quota and can show it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

Kind = Literal["read", "write"]


class Budget:
    """How many requests of a kind were made in the last minute, and how many more may be.

    Google allows a service account 60 reads and 60 writes a minute; the rest above ``limit`` is kept for recovery.
    """

    def __init__(self, limit: int = 45, window: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._window = window
        self._clock = clock
        self._spent: dict[Kind, deque[float]] = {"read": deque(), "write": deque()}

    def spend(self, kind: Kind) -> None:
        """Note one request about to be made."""
        self._spent[kind].append(self._clock())

    def used(self, kind: Kind) -> int:
        """Requests of the last minute."""
        spent, edge = self._spent[kind], self._clock() - self._window
        while spent and spent[0] <= edge:
            spent.popleft()
        return len(spent)

    def left(self, kind: Kind) -> int:
        """Requests that may be made right now."""
        return max(0, self.limit - self.used(kind))
