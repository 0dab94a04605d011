"""When something is due: slots of a schedule on the owner's wall clock, each exactly once whatever the clocks do."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import takewhile
from typing import Protocol

#: No clock change shifts the wall clock by more: a search starts this much earlier to find slots inside the gap.
_SHIFT = timedelta(hours=3)
#: No two days of a calendar rule are further apart than a month.
_DAYS_AHEAD = 62


class Schedule(Protocol):
    """A rule on the owner's wall clock: datetimes here have no zone."""

    def after(self, wall: datetime) -> datetime | None:
        """The first time strictly later, None when there is none."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Certain days of the week or of the month, at certain times. The 31st means the last day of a shorter month."""

    times: tuple[time, ...]
    weekdays: frozenset[int] = frozenset()  #: 0 is Monday
    monthdays: frozenset[int] = frozenset()

    def after(self, wall: datetime) -> datetime | None:
        for ahead in range(_DAYS_AHEAD):
            day = wall.date() + timedelta(days=ahead)
            if self._includes(day):
                for at in sorted(self.times):
                    if datetime.combine(day, at) > wall:
                        return datetime.combine(day, at)
        return None

    def _includes(self, day: date) -> bool:
        last = monthrange(day.year, day.month)[1]
        return day.weekday() in self.weekdays or day.day in {min(wanted, last) for wanted in self.monthdays}


@dataclass(frozen=True, slots=True)
class Once:
    """One day, at certain times."""

    day: date
    times: tuple[time, ...]

    def after(self, wall: datetime) -> datetime | None:
        slots = (datetime.combine(self.day, at) for at in sorted(self.times))
        return next((slot for slot in slots if slot > wall), None)


def next_slot(schedule: Schedule, after: datetime, tz: tzinfo) -> datetime | None:
    """The first slot later than ``after``, None when the schedule is over."""
    return next(_slots(schedule, after, tz), None)


def due(schedule: Schedule, after: datetime, now: datetime, tz: tzinfo) -> list[datetime]:
    """Slots later than ``after`` and not later than ``now``, oldest first."""
    return list(takewhile(lambda slot: slot <= now, _slots(schedule, after, tz)))


def _slots(schedule: Schedule, after: datetime, tz: tzinfo) -> Iterator[datetime]:
    wall = schedule.after(after.astimezone(tz).replace(tzinfo=None) - _SHIFT)
    while wall is not None:
        slot = _moment(wall, tz)
        if slot > after:
            after = slot
            yield slot
        wall = schedule.after(wall)


def _moment(wall: datetime, tz: tzinfo) -> datetime:
    """The moment a wall clock shows this time: the first of two in autumn, the one an hour later in the spring gap."""
    return wall.replace(tzinfo=tz, fold=0).astimezone(UTC).astimezone(tz)
