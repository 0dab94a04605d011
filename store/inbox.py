"""What people sent, stored before it is acknowledged: nothing accepted is lost, nothing is answered twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.messages import Event, Platform
from store.counters import Counters
from store.database import Database
from store.packing import pack_message, storable, unpack

#: Platforms redeliver within hours; after this long a key is forgotten.
KEEP_DONE = 48 * 3600.0
KEEP_SET_ASIDE = 30 * 24 * 3600.0
_PRUNE_EVERY = 600.0
_PRUNE_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An event that waits for its answer."""

    id: int
    event: Event
    attempts: int = 0


class Inbox:
    """Events in the order they came."""

    def __init__(self, database: Database, counters: Counters, clock: Callable[[], float]) -> None:
        self._database = database
        self._counters = counters
        self._clock = clock
        self._pruned = 0.0

    def receive(self, events: Sequence[Event], platform: Platform, position: str) -> list[InboxItem]:
        """Store new events together with the platform's position; redelivered ones are dropped."""
        new = []
        with self._database.transaction() as connection:
            for event in events:
                stored = connection.execute(
                    "INSERT INTO inbox (key, event) VALUES (?, ?) ON CONFLICT (key) DO NOTHING RETURNING id",
                    (event.key, pack_message(event)),
                ).fetchone()
                if stored:
                    new.append(InboxItem(stored[0], event))
            connection.execute(
                "INSERT INTO positions (platform, position) VALUES (?, ?) "
                "ON CONFLICT (platform) DO UPDATE SET position = excluded.position",
                (platform, position),
            )
            self._counters.add(accepted=len(new), duplicates=len(events) - len(new))
            self._prune()
        return new

    def position(self, platform: Platform) -> str:
        """Where the platform's stream goes on, "" at the very first start."""
        return str(self._database.value("SELECT position FROM positions WHERE platform = ?", (platform,)) or "")

    def backlog(self) -> list[InboxItem]:
        """Events without an answer, oldest first: where to go on after a restart."""
        rows = self._database.read("SELECT id, event, attempts FROM inbox WHERE state = 'new' ORDER BY id")
        return [InboxItem(id_, Event.from_json(unpack(event)), attempts) for id_, event, attempts in rows]

    def attempt(self, inbox_id: int) -> int:
        """Note that an answer is being tried; returns how many tries there were, this one included."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "UPDATE inbox SET attempts = attempts + 1 WHERE id = ? RETURNING attempts", (inbox_id,)
            ).fetchone()
        return int(row[0]) if row else 0

    def finish(self, inbox_id: int) -> bool:
        """Mark an event answered; False when it was finished before, and then its answer must not count again."""
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE inbox SET state = 'done', event = '', finished = ? WHERE id = ? AND state = 'new'",
                (self._clock(), inbox_id),
            )
        return changed.rowcount > 0

    def set_aside(self, inbox_id: int, reason: str) -> None:
        """Stop trying this event; it is kept for the operator, the others go on."""
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE inbox SET state = 'set aside', reason = ?, finished = ? WHERE id = ? AND state = 'new'",
                (storable(reason), self._clock(), inbox_id),
            )
            self._counters.add(set_aside=changed.rowcount)

    def waiting(self) -> int:
        return int(self._database.value("SELECT count(*) FROM inbox WHERE state = 'new'"))

    def _prune(self) -> None:
        now = self._clock()
        if abs(now - self._pruned) < _PRUNE_EVERY:
            return
        with self._database.transaction() as connection:
            gone = [
                connection.execute(
                    "DELETE FROM inbox WHERE id IN "
                    "(SELECT id FROM inbox WHERE finished < ? AND state = ? ORDER BY finished LIMIT ?)",
                    (now - keep, state, _PRUNE_AT_ONCE),
                ).rowcount
                for state, keep in (("done", KEEP_DONE), ("set aside", KEEP_SET_ASIDE))
            ]
        if max(gone) < _PRUNE_AT_ONCE:  # else there is more: go on with the next call
            self._pruned = now
