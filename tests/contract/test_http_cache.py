"""Remembering answers: freshness, single-flight, stale-if-error, bounds."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from core.errors import IntegrationError
from integrations.cache import Memory, MemoryCache, younger


class Service:
    """Counts its calls; fails while ``down``; waits for ``gate`` when it is set."""

    def __init__(self) -> None:
        self.calls = 0
        self.down: BaseException | None = None
        self.gate: threading.Event | None = None

    def fetch(self) -> str:
        self.calls += 1
        number = self.calls
        if self.gate is not None:
            self.gate.wait(5)
        if self.down is not None:
            raise self.down
        return f"body {number}"


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def memory(now: list[float]) -> Memory:
    return Memory(MemoryCache(limit=3, clock=lambda: now[0]), lambda: now[0])


def read(memory: Memory, service: Service, key: str = "k", stale_for: float = 100) -> str:
    return memory.read(key, service.fetch, fresh=younger(10), stale_for=stale_for)


def test_fresh_then_old(memory: Memory, now: list[float]) -> None:
    service = Service()
    assert [read(memory, service), read(memory, service)] == ["body 1", "body 1"]
    now[0] += 10
    assert read(memory, service) == "body 2"


def test_a_clock_set_back_does_not_freeze_the_answer(memory: Memory, now: list[float]) -> None:
    service = Service()
    read(memory, service)
    now[0] -= 500
    assert read(memory, service) == "body 2"


def test_stale_if_error_and_no_longer(memory: Memory, now: list[float]) -> None:
    service = Service()
    read(memory, service)
    service.down = IntegrationError("down")
    now[0] += 99
    assert read(memory, service) == "body 1"
    now[0] += 1
    with pytest.raises(IntegrationError):
        read(memory, service)


def test_a_bug_of_ours_is_not_hidden_behind_an_old_answer(memory: Memory, now: list[float]) -> None:
    service = Service()
    read(memory, service)
    service.down = KeyError("bug")
    now[0] += 50
    with pytest.raises(KeyError):
        read(memory, service)


def test_an_error_is_not_remembered(memory: Memory) -> None:
    service = Service()
    service.down = IntegrationError("down")
    with pytest.raises(IntegrationError):
        read(memory, service)
    service.down = None
    assert read(memory, service) == "body 2"


def crowd(memory: Memory, service: Service, keys: list[str]) -> list[Any]:
    """Everybody asks at once, while the service takes its time."""
    service.gate = threading.Event()
    outcomes: list[Any] = []

    def ask(key: str) -> None:
        try:
            outcomes.append(read(memory, service, key))
        except IntegrationError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=ask, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    while service.calls < len(set(keys)):
        time.sleep(0.005)
    time.sleep(0.1)  # the others pile up behind the first
    service.gate.set()
    for thread in threads:
        thread.join(5)
    return outcomes


def test_a_crowd_costs_one_call_per_key(memory: Memory) -> None:
    service = Service()
    outcomes = crowd(memory, service, ["a"] * 15 + ["b"] * 15)
    assert sorted(outcomes) == ["body 1"] * 15 + ["body 2"] * 15
    assert service.calls == 2


def test_a_crowd_shares_one_failure_and_nobody_hangs(memory: Memory) -> None:
    service = Service()
    service.down = IntegrationError("down")
    outcomes = crowd(memory, service, ["a"] * 10)
    assert len(outcomes) == 10
    assert all(isinstance(outcome, IntegrationError) for outcome in outcomes)
    assert service.calls < 10
    assert memory._flights == {}


def test_the_memory_is_bounded_and_the_longest_unused_leaves() -> None:
    cache = MemoryCache(limit=2)
    cache.cache("a", "1")
    cache.cache("b", "2")
    cache.cached("a")
    cache.cache("c", "3")
    assert [cache.cached(key) is not None for key in "abc"] == [True, False, True]
