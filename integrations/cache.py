"""Remembers answers of outside services: asked once per key at a time, and the last good one serves through outages."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from core.errors import IntegrationError

#: Is this body still good? Called with its age in seconds and the body.
Fresh = Callable[[float, str], bool]


class Cache(Protocol):
    """Where bodies are kept; the bot's store implements it to survive restarts."""

    def cached(self, key: str) -> tuple[float, str] | None:
        """When the body was fetched (seconds since the epoch) and the body; None when there is none."""

    def cache(self, key: str, body: str) -> None:
        """Keep a body fetched now."""


class MemoryCache:
    """A bounded `Cache` in memory; the longest unused body leaves first."""

    def __init__(self, limit: int = 500, clock: Callable[[], float] = time.time) -> None:
        self._limit = limit
        self._clock = clock
        self._bodies: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._lock = threading.Lock()

    def cached(self, key: str) -> tuple[float, str] | None:
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
            return self._bodies.get(key)

    def cache(self, key: str, body: str) -> None:
        with self._lock:
            self._bodies[key] = (self._clock(), body)
            self._bodies.move_to_end(key)
            while len(self._bodies) > self._limit:
                self._bodies.popitem(last=False)


def younger(seconds: float) -> Fresh:
    """Fresh while younger than that; a body from the future (the clock was set back) is not trusted."""
    return lambda age, _body: 0 <= age < seconds


class Memory:
    """Reading through a `Cache`: single-flight per key, stale-if-error."""

    def __init__(self, cache: Cache, clock: Callable[[], float] = time.time) -> None:
        self._cache = cache
        self._clock = clock
        self._flights: dict[str, Future[str]] = {}
        self._lock = threading.Lock()

    def read(self, key: str, fetch: Callable[[], str], *, fresh: Fresh, stale_for: float) -> str:
        """The fresh body; else a fetched one; else, when fetching fails, the last body not older than ``stale_for``."""
        body = self._if(key, fresh)
        if body is not None:
            return body
        with self._lock:
            flight = self._flights.get(key)
            leads = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if leads:
            self._fly(key, flight, fetch, fresh)
        error = flight.exception()
        if error is None:
            return flight.result()
        stale = self._if(key, younger(stale_for)) if isinstance(error, IntegrationError) else None
        if stale is None:
            raise error
        return stale

    def _if(self, key: str, fresh: Fresh) -> str | None:
        kept = self._cache.cached(key)
        return kept[1] if kept is not None and fresh(self._clock() - kept[0], kept[1]) else None

    def _fly(self, key: str, flight: Future[str], fetch: Callable[[], str], fresh: Fresh) -> None:
        """Fetch for everybody who waits. The cache is asked again: another flight may have landed meanwhile."""
        try:
            body = self._if(key, fresh)
            if body is None:
                body = fetch()
                self._cache.cache(key, body)
            flight.set_result(body)
        except BaseException as error:  # whoever waits must wake up, whatever happened
            flight.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key]
