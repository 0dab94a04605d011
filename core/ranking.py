"""What the leaderboard remembers: everyone's rows in compact form, and one week kept in order."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping

from core.values import fold


class History:
    """All rows of one person in two parallel arrays, sorted by day: about 12 bytes a row, however old."""

    __slots__ = ("days", "name", "units")

    def __init__(self) -> None:
        self.days = array("i")
        self.units = array("q")
        self.name = ""

    @property
    def last(self) -> int | None:
        return self.days[-1] if self.days else None

    def add(self, day: int, units: int) -> None:
        at = bisect_right(self.days, day)
        self.days.insert(at, day)
        self.units.insert(at, units)

    def remove(self, day: int, units: int) -> None:
        at = self.units.index(units, bisect_left(self.days, day), bisect_right(self.days, day))
        del self.days[at], self.units[at]

    def count(self, since: int, end: int) -> int:
        return bisect_left(self.days, end) - bisect_left(self.days, since)

    def total(self, start: int) -> int:
        return sum(self.units[bisect_left(self.days, start) : bisect_left(self.days, start + 7)])

    def best(self, start: int) -> tuple[int, int]:
        """(units, first day) of the best week up to the one that begins at ``start``; the earlier of equals."""
        totals: dict[int, int] = {}
        for day, units in zip(self.days, self.units, strict=True):
            if day < start + 7:
                week = start + (day - start) // 7 * 7
                totals[week] = totals.get(week, 0) + units
        return max(((units, week) for week, units in totals.items()), key=lambda best: best[0], default=(0, 0))


class LastDays:
    """People by the day of their last row, so that the active ones are counted day by day and not one by one."""

    def __init__(self) -> None:
        self._people: dict[int, set[str]] = {}
        self._days: list[int] = []  # the keys in order

    def move(self, who: str, before: int | None, after: int | None) -> None:
        if before == after:
            return
        if before is not None:
            self._people[before].discard(who)
        if after is not None:
            if after not in self._people:
                self._people[after] = set()
                insort(self._days, after)
            self._people[after].add(who)

    def between(self, since: int, end: int) -> int:
        days = self._days[bisect_left(self._days, since) : bisect_left(self._days, end)]
        return sum(len(self._people[day]) for day in days)

    def since(self, start: int) -> Iterator[str]:
        for day in self._days[bisect_left(self._days, start) :]:
            yield from self._people[day]


class Ranking:
    """One week in order: ``ordered`` are everybody's totals, ``visible`` the lines of the TOP."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start + 7
        self.totals: dict[str, int] = {}
        self.ordered: list[int] = []
        self.visible: list[tuple[int, str, str]] = []  # minus units, folded name, who
        self._lines: dict[str, tuple[int, str, str]] = {}
        self._since = 0
        self._went_on: set[str] | None = None

    def place_person(self, who: str, history: History | None, name: str, visible: bool) -> None:
        """Bring one person's line up to date; ``history`` None: they have no rows any more."""
        if self._went_on is not None:
            self._went_on.discard(who)
            if history and self._is_later(history):
                self._went_on.add(who)
        if history is None or not history.count(self.start, self.end):
            self._drop(who)
            return
        units = history.total(self.start)
        line = (-units, fold(name), who) if visible else None
        if self.totals.get(who) == units and self._lines.get(who) == line:
            return
        self._drop(who)
        self.totals[who] = units
        insort(self.ordered, units)
        if line:
            self._lines[who] = line
            insort(self.visible, line)

    def place(self, units: int) -> int:
        """One more than the number of visible people with a greater total."""
        return 1 + bisect_left(self.visible, (-units,))

    def went_on(self, since: int, later: Callable[[], Mapping[str, History]]) -> int:
        """How many people with a row between ``since`` and the week's end have a later last row as well.

        For this week they are typing errors («2062»); for last week nearly everybody, hence counted only once.
        """
        if self._went_on is None or self._since != since:
            self._since = since
            self._went_on = {who for who, history in later().items() if self._is_later(history)}
        return len(self._went_on)

    def _is_later(self, history: History) -> bool:
        return (history.last or 0) >= self.end and history.count(self._since, self.end) > 0

    def _drop(self, who: str) -> None:
        units = self.totals.pop(who, None)
        if units is None:
            return
        del self.ordered[bisect_left(self.ordered, units)]
        line = self._lines.pop(who, None)
        if line:
            del self.visible[bisect_left(self.visible, line)]
