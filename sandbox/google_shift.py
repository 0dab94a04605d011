"""Where rows and columns go when others are inserted, deleted or moved: everything attached to them follows this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Shift(Protocol):
    """A change of one axis of a tab, as a function from old places to new ones."""

    def index(self, place: int) -> int | None:
        """The new place of one row or column, None when it is gone."""

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The new half-open span of a range, None when nothing of it is left."""


@dataclass(frozen=True, slots=True)
class Inserted:
    at: int
    count: int

    def index(self, place: int) -> int:
        return place if place < self.at else place + self.count

    def span(self, start: int, end: int) -> tuple[int, int]:
        # A range that begins at the insert is pushed down; one the insert falls inside grows.
        return self.index(start), self.index(end - 1) + 1


@dataclass(frozen=True, slots=True)
class Deleted:
    start: int
    end: int

    def index(self, place: int) -> int | None:
        if place < self.start:
            return place
        return None if place < self.end else place - (self.end - self.start)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        first, last = self._cut(start), self._cut(end)
        return (first, last) if first < last else None

    def _cut(self, edge: int) -> int:
        return min(edge, self.start) if edge < self.end else edge - (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Moved:
    """``before`` is the place in the old numbering that the block is put in front of."""

    start: int
    end: int
    before: int

    @property
    def landing(self) -> int:
        """The first index of the block after the move."""
        return self.before if self.before <= self.start else self.before - (self.end - self.start)

    def index(self, place: int) -> int:
        if self.start <= place < self.end:
            return place - self.start + self.landing
        without = place if place < self.start else place - (self.end - self.start)
        return without if without < self.landing else without + (self.end - self.start)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        if self.start <= start and end <= self.end:
            return self.index(start), self.index(end - 1) + 1
        if start <= self.start and self.end <= end and start <= self.before <= end:
            return start, end
        left = Deleted(self.start, self.end).span(start, end)
        return left and Inserted(self.landing, self.end - self.start).span(*left)
