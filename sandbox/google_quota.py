"""Google's per-minute quotas, and the timeline that shows how much of them the bot uses."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

from sandbox.google_errors import quota_exceeded

Kind = Literal["read", "write"]


class Quota:
    """Counts requests. ``limit`` None counts only; a number (60 at Google) refuses what comes above it in a minute."""

    def __init__(self, limit: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self.clock = clock
        self.reads = 0
        self.writes = 0
        self.timeline: deque[tuple[float, Kind]] = deque(maxlen=10_000)  #: when each request was served

    def take(self, kind: Kind) -> None:
        """Let one request pass, or refuse it the way Google does."""
        if self.limit is not None and self.spent(kind) >= self.limit:
            raise quota_exceeded(kind.capitalize(), self.limit)
        self.timeline.append((self.clock(), kind))
        if kind == "read":
            self.reads += 1
        else:
            self.writes += 1

    def spent(self, kind: Kind, seconds: float = 60) -> int:
        """Requests of this kind during the last minute."""
        since = self.clock() - seconds
        return sum(one == kind and at > since for at, one in self.timeline)
