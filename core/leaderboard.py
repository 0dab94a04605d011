"""Who did how much this week: a leaderboard whose answers cost the same for a thousand rows and for a million."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from core.ranking import History, LastDays, Ranking
from core.schema import WHO_COLUMN
from core.values import Cell, Row, fold

#: A participant is anyone with a workout in this many last days, today included.
ACTIVE_DAYS = 28
#: Amounts are kept as whole thousandths: corrections never drift as sums of floats do, so ties stay ties.
_UNITS = 1000
_MOST = 10**15
_WEEKS_KEPT = 2
#: A row as it is kept: who, day as an ordinal, units, the name in the row.
_Counted: TypeAlias = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class Score:
    """One row as the leaderboard sees it."""

    row_id: str
    who: str
    day: date
    amount: float
    name: str


@dataclass(frozen=True, slots=True)
class BoardSpec:
    """Which columns of a table make a leaderboard; ``amount`` "" counts rows."""

    table: str
    who: str
    amount: str
    date: str
    label: str = ""

    def read(self, row: Row) -> Score | None:
        """The row's score; None when it has no readable date or names nobody."""
        name = str(row.get(self.who)).strip()
        who = str(row.get(WHO_COLUMN)).strip() or fold(name)
        day = _day(row.get(self.date))
        if not who or day is None:
            return None
        return Score(row.id, who, day, _number(row.get(self.amount)) if self.amount else 1.0, name)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands this week."""

    total: float
    place: int | None  #: in the TOP, ties share it; a hidden person sees the place they would take; None: no workout
    of: int  #: how many people take places this week
    percentile: int | None  #: whole % of other participants with a strictly smaller total; None: the group is small
    best_total: float  #: of their best week so far, this one included
    best_week: date | None  #: the first day of that week
    previous_total: float  #: of the week before
    workouts: int  #: rows this week


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the TOP."""

    place: int
    who: str
    name: str
    total: float


class Leaderboard:
    """Totals by person and week, kept up to date row by row.

    Days are the owner's local dates. ``week_start`` is the first day of the week: 0 is Monday.
    """

    def __init__(self) -> None:
        self._rows: dict[str, _Counted] = {}
        self._people: dict[str, History] = {}
        self._last = LastDays()
        self._rankings: dict[int, Ranking] = {}  # by first day: the weeks asked about last
        self._hidden: set[str] = set()
        self._names: dict[str, str] = {}

    def put(self, row_id: str, who: str, day: date, amount: float, name: str = "") -> None:
        """Count a row; a row counted before is replaced."""
        self._put(row_id, (who, day.toordinal(), _units(amount), name))

    def remove(self, row_id: str) -> None:
        """Stop counting a row; an unknown one changes nothing."""
        row = self._rows.pop(row_id, None)
        if row is None:
            return
        who, day, units, _ = row
        history = self._people[who]
        before = history.last
        history.remove(day, units)
        if not history.days:
            del self._people[who]
        self._last.move(who, before, history.last)
        self._rank(who)

    def hide(self, who: str) -> None:
        """Keep this person out of the TOP; their own standing still works."""
        self._hidden.add(who)
        self._rank(who)

    def show(self, who: str) -> None:
        """Undo `hide`."""
        self._hidden.discard(who)
        self._rank(who)

    def rename(self, who: str, name: str) -> None:
        """The name the TOP shows instead of the one in the rows; "" returns to the rows' name."""
        if name:
            self._names[who] = name
        else:
            self._names.pop(who, None)
        self._rank(who)

    def standing(self, who: str, today: date, week_start: int = 0, min_group: int = 5) -> Standing:
        """How this person stands in the week of ``today``; works for strangers too."""
        start = _week(today, week_start)
        ranking, history = self._ranking_of(start), self._people.get(who) or History()
        mine, ranked = history.total(start), who in ranking.totals
        best, best_start = history.best(start)
        return Standing(
            total=mine / _UNITS,
            place=ranking.place(mine) if ranked else None,
            of=len(ranking.visible) + (ranked and who in self._hidden),
            percentile=self._percentile(ranking, history, mine, today, min_group),
            best_total=best / _UNITS,
            best_week=date.fromordinal(best_start) if best_start else None,
            previous_total=history.total(start - 7) / _UNITS,
            workouts=history.count(start, start + 7),
        )

    def top(self, n: int, today: date, week_start: int = 0) -> list[Entry]:
        """The first ``n`` people of the week who are not hidden; equal totals share a place."""
        ranking = self._ranking_of(_week(today, week_start))
        return [
            Entry(ranking.place(-minus), who, self._name(who), -minus / _UNITS)
            for minus, _, who in ranking.visible[: max(n, 0)]
        ]

    def weeks(self, who: str, today: date, count: int, week_start: int = 0) -> list[tuple[date, float]]:
        """(first day, total) of the last ``count`` weeks, oldest first, this one last."""
        start, history = _week(today, week_start), self._people.get(who) or History()
        starts = range(start - 7 * (count - 1), start + 1, 7)
        return [(date.fromordinal(first), history.total(first) / _UNITS) for first in starts]

    @contextmanager
    def assuming(self, scores: Iterable[Score]) -> Iterator[Leaderboard]:
        """Count rows that are not stored yet, only inside the ``with`` block."""
        undo: list[tuple[str, _Counted | None, str, str]] = []
        try:
            for score in scores:
                history = self._people.get(score.who)
                undo.append((score.row_id, self._rows.get(score.row_id), score.who, history.name if history else ""))
                self.put(score.row_id, score.who, score.day, score.amount, score.name)
            yield self
        finally:
            for row_id, row, who, name in reversed(undo):
                self.remove(row_id)
                if row is not None:
                    self._put(row_id, row)
                if who in self._people:
                    self._people[who].name = name
                    self._rank(who)

    def _put(self, row_id: str, row: _Counted) -> None:
        self.remove(row_id)
        self._rows[row_id] = row
        who, day, units, name = row
        history = self._people.setdefault(who, History())
        history.name = name or history.name
        before = history.last
        history.add(day, units)
        self._last.move(who, before, history.last)
        self._rank(who)

    def _name(self, who: str) -> str:
        history = self._people.get(who)
        return self._names.get(who) or (history.name if history else "")

    def _ranking_of(self, start: int) -> Ranking:
        """The ranking of one week. Only this week and the last are asked about daily, so only two are kept."""
        ranking = self._rankings.get(start)
        if ranking is None:
            while len(self._rankings) >= _WEEKS_KEPT:
                del self._rankings[min(self._rankings)]
            ranking = self._rankings[start] = Ranking(start)
            for who in self._last.since(start):
                self._place(who, ranking)
        return ranking

    def _rank(self, who: str) -> None:
        """Bring one person's lines up to date."""
        for ranking in self._rankings.values():
            self._place(who, ranking)

    def _place(self, who: str, ranking: Ranking) -> None:
        ranking.place_person(who, self._people.get(who), self._name(who), who not in self._hidden)

    def _percentile(self, ranking: Ranking, history: History, mine: int, today: date, min_group: int) -> int | None:
        """The share of other participants with a strictly smaller total, in whole percent rounded down."""
        since = today.toordinal() - ACTIVE_DAYS + 1
        group = self._last.between(since, ranking.end)
        group += ranking.went_on(since, lambda: {who: self._people[who] for who in self._last.since(ranking.end)})
        others = group - bool(history.count(since, ranking.end))
        if group < min_group or not others:
            return None
        smaller = bisect_left(ranking.ordered, mine)
        if mine > 0:
            smaller += group - len(ranking.ordered)  # those with nothing this week; never the asker
        return smaller * 100 // others


def _week(day: date, week_start: int) -> int:
    return (day - timedelta(days=(day.weekday() - week_start) % 7)).toordinal()


def _units(amount: float) -> int:
    return max(-_MOST, min(_MOST, round(amount * _UNITS))) if math.isfinite(amount) else 0


def _day(cell: Cell) -> date | None:
    try:
        return date.fromisoformat(str(cell)[:10])
    except ValueError:
        return None


def _number(cell: Cell) -> float:
    """A number as people type it; what is not one counts as nothing done, the row stays a workout."""
    if isinstance(cell, str):
        try:
            return float(cell.replace(",", ".").replace(" ", "").replace("\u00a0", ""))
        except ValueError:
            return 0.0
    return float(cell or 0)
