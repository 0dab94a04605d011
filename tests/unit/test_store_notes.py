"""Slots, cached answers and memos: small facts that must outlive the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from store.cache import MOST_ENTRIES
from store.slots import Slot
from store.store import Store


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    ticks = count(1000)
    store = Store(url, lambda: float(next(ticks)))
    yield store
    store.close()


def test_a_slot_is_taken_once_by_whoever_comes_first(store: Store, url: str) -> None:
    second = Store(url)
    assert [store.claim("ТОП-5", "2026-11-23T10:00"), second.claim("ТОП-5", "2026-11-23T10:00")] == [True, False]
    assert second.claim("ТОП-5", "2026-11-30T10:00")
    assert second.claim("Цитата", "2026-11-23T10:00")
    second.close()


def test_an_interrupted_slot_is_found_again_and_a_finished_one_is_not(store: Store, url: str) -> None:
    store.claim("ТОП-5", "2026-11-23T10:00")
    store.claim("ТОП-5", "2026-11-30T10:00")
    store.slot_done("ТОП-5", "2026-11-23T10:00", sent=40, failed=2)
    again = Store(url)
    assert again.open_slots() == [Slot("ТОП-5", "2026-11-30T10:00")]
    again.slot_done("ТОП-5", "2026-11-30T10:00", sent=41, failed=1)
    last = store.last_slot("ТОП-5")
    assert last is not None
    assert (last.slot, last.sent, last.failed, last.finished is None) == ("2026-11-30T10:00", 41, 1, False)
    assert (store.open_slots(), store.last_slot("Другая")) == ([], None)
    again.close()


def test_a_cached_answer_is_the_newest_and_knows_its_age(store: Store, url: str) -> None:
    assert store.cached("погода") is None
    store.cache("погода", "{}")
    first = store.cached("погода")
    store.cache("погода", '{"a": "\ud83d"}')
    second = store.cached("погода")
    assert first is not None
    assert second is not None
    assert (first[1], second[1], second[0] > first[0]) == ("{}", '{"a": "?"}', True)
    again = Store(url)
    assert again.cached("погода") == second
    again.close()


def test_the_cache_forgets_the_oldest_answers(store: Store) -> None:
    store._cache._database.read("PRAGMA synchronous = OFF")  # two thousand waits for the disk prove nothing more
    for n in range(MOST_ENTRIES + 2):
        store.cache(f"k{n}", "x")
    assert [store.cached("k0"), store.cached("k1")] == [None, None]
    assert store.cached("k2") is not None


def test_the_cache_may_be_used_by_any_thread_while_the_bot_writes(store: Store) -> None:
    failed: list[Exception] = []

    def work(name: str) -> None:
        try:
            for n in range(20):
                store.cache(f"{name}{n}", name)
                assert store.cached(f"{name}{n}")
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for n in range(20):
        store.set_memo("n", n)
    for thread in threads:
        thread.join()
    assert failed == []
    assert store.memo("n") == 19


def test_a_memo_is_any_json_value(store: Store, url: str) -> None:
    value = {"fence": 5, "rows": ["r1"], "лист": None}
    store.set_memo("flight", value)
    again = Store(url)
    assert (again.memo("flight"), again.memo("other")) == (value, None)
    store.set_memo("flight", None)
    assert again.memo("flight") is None
    again.close()
