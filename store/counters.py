"""How many messages came in and went out since the bot was born: figures that survive restarts and pruning."""

from __future__ import annotations

from dataclasses import dataclass

from store.database import Database


@dataclass(frozen=True, slots=True)
class Counts:
    """The state of the queues for a status page."""

    accepted: int  #: events stored for an answer
    answered: int
    set_aside: int  #: events nobody could answer; the operator should look
    duplicates: int  #: redelivered events that were dropped
    sent: int  #: messages delivered
    failed: int  #: messages that did not get through: blocked, rejected or uncertain
    waiting: int  #: events that wait for an answer now
    unsent: int  #: messages that wait to be sent now


class Counters:
    """Named numbers that only grow."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **counts: int) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO counters (name, value) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
                [(name, count) for name, count in counts.items() if count],
            )

    def all(self) -> dict[str, int]:
        return dict(self._database.read("SELECT name, value FROM counters"))
