"""Which rows of «Рассылки» are due: each slot is either sent or honestly skipped, and a wrong row is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from core.values import Row, fold
from jobs.phrases import ScheduleError, parse, parse_late
from jobs.schedule import Schedule, due, next_slot
from jobs.ticker import cron

#: Slots missed longer ago than this are not even mentioned.
_LOOK_BACK = timedelta(days=8)


class State(StrEnum):
    """What to do about a slot."""

    SEND = "send"
    SKIP = "skip"  #: too late by the row's «Опоздание», or a newer slot of the same row is due as well


@dataclass(frozen=True, slots=True)
class Due:
    """A slot whose time has come. ``key`` is its name for `Store.claim`: wall-clock time, the same after a restart."""

    row: Row
    slot: datetime
    state: State

    @property
    def key(self) -> str:
        return f"{self.slot:%Y-%m-%dT%H:%M}"


@dataclass(slots=True)
class Plan:
    """What a look at the clock and the table says."""

    due: list[Due] = field(default_factory=list)
    upcoming: dict[str, datetime | None] = field(default_factory=dict)  #: row id -> «Следующая», None: it is over
    problems: dict[str, ScheduleError] = field(default_factory=dict)  #: row id -> what to write into «Статус»


def plan(rows: Iterable[Row], now: datetime, tz: tzinfo, last_seen: datetime | None) -> Plan:
    """Slots since ``last_seen``, the previous look; None at the very first one, and then nothing is due yet."""
    result = Plan()
    since = min(last_seen or now, now)  # a clock that was ahead must not make us deaf until it comes true
    for row in rows:
        if not enabled(row):
            continue
        try:
            schedule, late = read(row)
        except ScheduleError as problem:
            result.problems[row.id] = problem
            continue
        slots = due(schedule, max(since, now - max(late, _LOOK_BACK)), now, tz)
        for slot in slots:
            fresh = slot == slots[-1] and now - slot <= late
            result.due.append(Due(row, slot, State.SEND if fresh else State.SKIP))
        result.upcoming[row.id] = next_slot(schedule, now, tz)
    return result


def enabled(row: Row) -> bool:
    """Only an explicit «да» sends: a row that is half written stays silent."""
    cell = row.get("Включена")
    return cell is True or fold(str(cell)) == "да"


def read(row: Row) -> tuple[Schedule, timedelta]:
    """The row's schedule and how late it may be. Raises `ScheduleError`."""
    return parse(str(row.get("Когда")), cron), parse_late(str(row.get("Опоздание")))
