"""Messages in and out: nothing accepted is lost, nothing is answered or sent twice, whatever dies and when."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.changes import Put
from core.messages import Button, Does, Event, Keyboard, Outcome, Outgoing, Reply, Sent
from store import outbox
from store.inbox import KEEP_DONE
from store.outbox import KEEP_REPLIES
from store.store import Store, TurnRecord

NOW = 1_795_000_000.0


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    store = Store(url, clock)
    yield store
    store.close()


def event(number: int, text: str = "привет", user: int = 1) -> Event:
    return Event(f"telegram:{number}", "telegram", str(user), str(user), "text", 1.5, text=text, location=(55.7, 37.6))


def say(key: str, text: str = "ответ", chat: str = "telegram:1") -> Outgoing:
    keyboard = Keyboard(((Button("Да", data="t1"), Button("Сайт", Does.URL, url="https://example.com")),))
    return Outgoing(key, chat, Reply(text, keyboard), press_id="p1")


def turn(inbox_id: int | None, *outgoing: Outgoing, **rest: object) -> TurnRecord:
    return TurnRecord(
        **{  # type: ignore[arg-type]
            "inbox_id": inbox_id,
            "lane": "telegram:1",
            "session": None,
            "changes": (),
            "outgoing": outgoing,
            **rest,
        }
    )


def test_events_and_the_position_outlive_the_process(store: Store, url: str) -> None:
    items = store.receive([event(1), event(2, "пол-эмодзи \ud83d и ноль \0")], "telegram", "3")
    assert [item.event.key for item in items] == ["telegram:1", "telegram:2"]
    again = Store(url)
    assert again.backlog() == items
    assert (again.position("telegram"), again.position("vk")) == ("3", "")
    again.close()


def test_a_redelivered_event_is_dropped_even_after_its_answer(store: Store) -> None:
    (item,) = store.receive([event(1), event(1)], "telegram", "2")
    assert store.receive([event(1)], "telegram", "2") == []
    store.commit([turn(item.id)])
    assert store.receive([event(1)], "telegram", "2") == []
    counts = store.counts()
    assert (counts.accepted, counts.answered, counts.duplicates, counts.waiting) == (1, 1, 3, 0)


def test_a_batch_that_cannot_be_stored_moves_no_position(store: Store) -> None:
    bad = Event("telegram:9", "telegram", "1", "1", "text", 1.0, text=object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        store.receive([event(8), bad], "telegram", "10")
    assert (store.backlog(), store.position("telegram")) == ([], "")
    assert store.counts().accepted == 0


def test_keys_are_forgotten_after_two_days_and_texts_at_once(store: Store, clock: Clock, tmp_path: Path) -> None:
    (item,) = store.receive([event(1, "моя тайна")], "telegram", "2")
    store.commit([turn(item.id)])
    clock.now += KEEP_DONE - 1
    assert store.receive([event(1)], "telegram", "2") == []
    clock.now += 10_000
    store.receive([], "telegram", "2")
    assert len(store.receive([event(1)], "telegram", "2")) == 1


def test_a_commit_is_all_or_nothing(store: Store, url: str) -> None:
    items = store.receive([event(1), event(2)], "telegram", "3")
    good = turn(
        items[0].id, say("telegram:1/1"), session={"at": "a"}, changes=[Put("Заказы", "r1", {"Что": "чай"}, True)]
    )
    with pytest.raises(TypeError):
        store.commit([good, turn(items[1].id, session={"bad": object()})])
    assert (store.names(), store.session("telegram:1"), store.outbox_pending()) == ([], None, [])
    assert store.backlog() == items
    store.commit([good])
    assert [row.cells for row in store.rows("Заказы")] == [{"Что": "чай"}]
    again = Store(url)
    assert [row.cells for row in again.rows("Заказы")] == [{"Что": "чай"}]
    again.close()


def test_an_event_is_answered_once_even_if_two_answers_come(store: Store) -> None:
    (item,) = store.receive([event(1)], "telegram", "2")
    first = store.commit([turn(item.id, say("telegram:1/1", "первый"), session={"at": "a"})])
    second = store.commit(
        [turn(item.id, say("telegram:1/2"), session={"at": "b"}, changes=[Put("Заказы", "r1", {"Что": "чай"}, True)])]
    )
    assert (len(first), second) == (1, [])
    assert store.session("telegram:1") == {"at": "a"}
    assert store.names() == []


def test_a_session_is_kept_left_alone_or_forgotten(store: Store) -> None:
    store.commit([turn(None, session={"at": "вопрос", "n": 1})])
    store.commit([turn(None, session=None)])
    assert store.session("telegram:1") == {"at": "вопрос", "n": 1}
    store.commit([turn(None, session={})])
    assert store.session("telegram:1") is None


def test_a_message_with_a_known_key_is_not_sent_again(store: Store) -> None:
    (item,) = store.commit([turn(None, say("b/1/anna"))])
    assert store.commit([turn(None, say("b/1/anna"), say("b/1/boris"))])[0].outgoing.key == "b/1/boris"
    store.sent([(item.id, Sent(Outcome.SENT, "77"), NOW)])
    assert store.commit([turn(None, say("b/1/anna"))]) == []
    assert store.delivery("b/1/") == {"sent": 1, "pending": 1}
    assert store.delivery("b/10/") == {}


def test_replies_go_before_broadcasts_and_keep_their_order(store: Store, url: str) -> None:
    store.commit([turn(None, say("b/1"), say("b/2"), priority=1), turn(None, say("r/1"), say("r/2"))])
    again = Store(url)
    assert [item.outgoing for item in again.outbox_pending()] == [say("r/1"), say("r/2"), say("b/1"), say("b/2")]
    again.close()


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.UNCERTAIN, Outcome.BLOCKED, Outcome.REJECTED])
def test_a_finished_message_leaves_the_queue_for_good(store: Store, outcome: Outcome) -> None:
    (item,) = store.commit([turn(None, say("k"))])
    store.sent([(item.id, Sent(outcome, detail="код 5 \ud83d"), NOW)])
    store.sent([(item.id, Sent(Outcome.RETRY, retry_after=1), NOW + 1)])
    assert store.outbox_pending() == []
    assert store.delivery("k") == {outcome.value: 1}
    counts = store.counts()
    assert (counts.sent, counts.failed) == ((1, 0) if outcome is Outcome.SENT else (0, 1))


def test_finished_replies_are_forgotten_sooner_than_broadcasts_and_waiting_ones_never(
    store: Store, clock: Clock
) -> None:
    day = 24 * 3600.0
    done = store.commit([turn(None, say("r/1")), turn(None, say("b/1"), priority=1)])
    store.commit([turn(None, say("r/2")), turn(None, say("b/2"), priority=1)])
    store.sent([(item.id, Sent(Outcome.SENT), NOW) for item in done])
    for days, kept in ((6, {"r/1", "r/2", "b/1", "b/2"}), (8, {"r/2", "b/1", "b/2"}), (41, {"r/2", "b/2"})):
        clock.now = NOW + days * day
        store.sent([])
        assert {key for key in ("r/1", "r/2", "b/1", "b/2") if store.delivery(key)} == kept


def test_a_long_backlog_of_finished_messages_is_cleared_step_by_step(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_PRUNE_AT_ONCE", 2)
    done = store.commit([turn(None, *(say(f"r/{n}", chat=f"vk:{n}") for n in range(5)))])
    store.sent([(item.id, Sent(Outcome.SENT), NOW) for item in done])
    clock.now += KEEP_REPLIES + 1
    left = []
    for _ in range(3):
        store.sent([])
        left.append(store.delivery("r/").get("sent", 0))
    assert left == [3, 1, 0]


@pytest.mark.parametrize("outcome", [Outcome.RETRY, Outcome.FATAL])
def test_an_undelivered_message_waits_with_its_attempts(store: Store, outcome: Outcome) -> None:
    (item,) = store.commit([turn(None, say("k"))])
    store.sent([(item.id, Sent(outcome, retry_after=30), 100.0)])
    (waiting,) = store.outbox_pending()
    assert (waiting.outgoing, waiting.attempts, waiting.not_before) == (say("k"), 1, 130.0)


def test_an_event_nobody_can_answer_does_not_hold_the_others(store: Store) -> None:
    first, second = store.receive([event(1), event(2)], "telegram", "3")
    assert [store.attempt(first.id), store.attempt(first.id)] == [1, 2]
    assert store.backlog()[0].attempts == 2
    store.set_aside(first.id, "KeyError: \ud83d")
    store.set_aside(first.id, "ещё раз")
    assert [item.id for item in store.backlog()] == [second.id]
    assert store.counts().set_aside == 1


_WORKER = """
import os, signal, sys
from core.messages import Event, Outgoing, Reply
from store.store import Store, TurnRecord
store = Store(sys.argv[1])
for n in range(20):
    events = [Event(f"telegram:{n}.{i}", "telegram", "1", "1", "text", 1.0) for i in range(3)]
    items = store.receive(events, "telegram", str(n))
    print("accepted", n, flush=True)
    store.commit([TurnRecord(items[0].id, "l", {"n": n}, (), [Outgoing(items[0].event.key, "telegram:1", Reply("a"))])])
    print("answered", n, flush=True)
    if n == 7:
        with store._database.transaction() as connection:
            store.receive([Event("telegram:torn", "telegram", "1", "1", "text", 1.0)], "telegram", "torn")
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_loses_nothing_it_had_accepted(url: str) -> None:
    root = Path(__file__).parents[2]
    worker = subprocess.run([sys.executable, "-c", _WORKER, url], cwd=root, capture_output=True, text=True, timeout=60)
    assert worker.returncode == -signal.SIGKILL
    assert worker.stdout.split()[-2:] == ["answered", "7"]
    store = Store(url)
    assert [item.event.key for item in store.backlog()] == [f"telegram:{n}.{i}" for n in range(8) for i in (1, 2)]
    assert [item.outgoing.key for item in store.outbox_pending()] == [f"telegram:{n}.0" for n in range(8)]
    assert (store.position("telegram"), store.session("l")) == ("7", {"n": 7})
    store.close()
