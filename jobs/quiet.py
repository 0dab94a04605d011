"""Quiet hours: broadcasts wait for the morning, answers to people never do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from jobs.phrases import ScheduleError

_HOURS = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")


@dataclass(frozen=True, slots=True)
class Quiet:
    """From ``start`` to ``end`` on the owner's wall clock, usually over midnight; equal times: never quiet."""

    start: time
    end: time

    def until(self, now: datetime, tz: tzinfo) -> datetime | None:
        """When it ends, None when it is not quiet now."""
        local = now.astimezone(tz)
        at = local.time()
        overnight = self.start > self.end
        inside = (at >= self.start or at < self.end) if overnight else self.start <= at < self.end
        if not inside:
            return None
        day = local.date() + timedelta(days=1 if overnight and at >= self.start else 0)
        return datetime.combine(day, self.end, tz).astimezone(UTC).astimezone(tz)


def parse_quiet(text: str) -> Quiet | None:
    """«22:00-8:00»; None when the setting is empty. Raises `ScheduleError`."""
    if not text.strip():
        return None
    match = _HOURS.fullmatch(text.strip())
    start, end = (_time(match[1], match[2]), _time(match[3], match[4])) if match else (None, None)
    if start is None or end is None:
        raise ScheduleError(f"Не понимаю тихие часы «{text.strip()[:40]}».", "Например: 22:00-8:00.")
    return Quiet(start, end)


def _time(hours: str, minutes: str | None) -> time | None:
    """A time of day, midnight also as 24:00; None when there is no such time."""
    hour, minute = int(hours), int(minutes or 0)
    return time(hour % 24, minute) if hour * 60 + minute <= 24 * 60 and minute < 60 else None
