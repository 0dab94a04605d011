"""What the bot wants to say, stored in the same transaction as the step that said it, until a messenger took it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.messages import Outcome, Outgoing, Reply, Sent
from store.counters import Counters
from store.database import Database
from store.packing import pack_message, storable, unpack

#: Keys of finished replies stay this long, longer than any platform redelivers the event they answer.
KEEP_REPLIES = 7 * 24 * 3600.0
#: Those of broadcasts stay over a month: a resumed one writes to nobody twice, and the owner reads how many arrived.
KEEP_BROADCASTS = 40 * 24 * 3600.0
_PRUNE_EVERY = 600.0
_PRUNE_AT_ONCE = 5000

#: A fatal outcome is about the token, not the message: it waits for the operator.
_STILL_PENDING = frozenset({Outcome.RETRY, Outcome.FATAL})


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A message on its way. Lower ``priority`` goes first: 0 is a reply to somebody who is talking right now."""

    id: int
    outgoing: Outgoing
    attempts: int = 0
    priority: int = 0
    not_before: float = 0.0  #: seconds since the epoch


class Outbox:
    """Messages by idempotency key."""

    def __init__(self, database: Database, counters: Counters, clock: Callable[[], float]) -> None:
        self._database = database
        self._counters = counters
        self._clock = clock
        self._pruned = 0.0

    def add(self, messages: Sequence[Outgoing], priority: int = 0, not_before: float = 0.0) -> list[OutboxItem]:
        """Store messages; those whose key is known already are left out of the answer and never sent again."""
        new = []
        with self._database.transaction() as connection:
            for message in messages:
                body = pack_message({"reply": message.reply, "press_id": message.press_id})
                stored = connection.execute(
                    "INSERT INTO outbox (key, chat, body, priority, not_before) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (key) DO NOTHING RETURNING id",
                    (message.key, message.chat, body, priority, not_before),
                ).fetchone()
                if stored:
                    new.append(OutboxItem(stored[0], message, 0, priority, not_before))
        return new

    def pending(self) -> list[OutboxItem]:
        """Messages not sent yet: by priority, then in the order they were said."""
        rows = self._database.read(
            "SELECT id, key, chat, body, attempts, priority, not_before FROM outbox "
            "WHERE state = 'pending' ORDER BY priority, id"
        )
        return [
            OutboxItem(id_, _outgoing(key, chat, body), attempts, priority, not_before)
            for id_, key, chat, body, attempts, priority, not_before in rows
        ]

    def sent(self, results: Sequence[tuple[int, Sent, float]]) -> None:
        """Record what became of messages: (id, result, when)."""
        with self._database.transaction() as connection:
            for id_, result, now in results:
                if result.outcome in _STILL_PENDING:
                    connection.execute(
                        "UPDATE outbox SET attempts = attempts + 1, not_before = ?, detail = ? "
                        "WHERE id = ? AND state = 'pending'",
                        (now + result.retry_after, storable(result.detail), id_),
                    )
                    continue
                done = connection.execute(
                    "UPDATE outbox SET state = ?, attempts = attempts + 1, ref = ?, detail = ?, "
                    "finished = ?, body = '' WHERE id = ? AND state = 'pending'",
                    (result.outcome.value, result.ref, storable(result.detail), now, id_),
                ).rowcount
                self._counters.add(**{"sent" if result.outcome is Outcome.SENT else "failed": done})
            self._prune()

    def states(self, prefix: str) -> dict[str, int]:
        """How many chats have messages whose key begins so, by state: the progress of a broadcast."""
        rows = self._database.read(
            "SELECT state, count(DISTINCT chat) FROM outbox WHERE key >= ? AND key < ? GROUP BY state",
            (prefix, prefix + "\U0010ffff"),
        )
        return dict(rows)

    def waiting(self) -> int:
        return int(self._database.value("SELECT count(*) FROM outbox WHERE state = 'pending'"))

    def _prune(self) -> None:
        now = self._clock()
        if abs(now - self._pruned) < _PRUNE_EVERY:
            return
        with self._database.transaction() as connection:
            gone = [
                connection.execute(
                    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox "
                    "WHERE finished IS NOT NULL AND (priority = 0) = ? AND finished < ? ORDER BY finished LIMIT ?)",
                    (reply, now - keep, _PRUNE_AT_ONCE),
                ).rowcount
                for reply, keep in ((True, KEEP_REPLIES), (False, KEEP_BROADCASTS))
            ]
        if max(gone) < _PRUNE_AT_ONCE:  # else there is more: go on with the next call
            self._pruned = now


def _outgoing(key: str, chat: str, body: str) -> Outgoing:
    data = unpack(body)
    return Outgoing(key, chat, Reply.from_json(data["reply"]), data["press_id"])
