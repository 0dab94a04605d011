"""Which moments of the schedule were taken: a broadcast runs once per slot, whoever crashes or starts twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from store.database import Database


@dataclass(frozen=True, slots=True)
class Slot:
    """One run of a broadcast; ``finished`` is None while it goes on."""

    broadcast: str
    slot: str  #: ISO time of the schedule, not of the run
    finished: float | None = None
    sent: int = 0
    failed: int = 0


class Slots:
    """Slots are claimed by inserting them: the unique key lets only one insert through."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def claim(self, broadcast: str, slot: str) -> bool:
        """Take a slot; False when somebody, perhaps we before a crash, took it already."""
        with self._database.transaction() as connection:
            inserted = connection.execute(
                "INSERT INTO slots (broadcast, slot, claimed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (broadcast, slot, self._clock()),
            )
        return inserted.rowcount > 0

    def done(self, broadcast: str, slot: str, sent: int, failed: int) -> None:
        """The run is over, with these figures."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE slots SET finished = ?, sent = ?, failed = ? WHERE broadcast = ? AND slot = ?",
                (self._clock(), sent, failed, broadcast, slot),
            )

    def open(self) -> list[Slot]:
        """Runs that were claimed and never finished: after a crash they go on from here."""
        rows = self._database.read("SELECT broadcast, slot FROM slots WHERE finished IS NULL ORDER BY claimed")
        return [Slot(broadcast, slot) for broadcast, slot in rows]

    def last(self, broadcast: str) -> Slot | None:
        """The latest slot taken, None when there was none."""
        rows = self._database.read(
            "SELECT broadcast, slot, finished, sent, failed FROM slots WHERE broadcast = ? ORDER BY slot DESC LIMIT 1",
            (broadcast,),
        )
        return Slot(*rows[0]) if rows else None
