"""The only place that knows APScheduler: it ticks and reads cron lines; what is due is decided elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from jobs.phrases import ScheduleError
from jobs.schedule import Schedule

Work = Callable[[], Awaitable[None]]

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY_OF_WEEK = 4
_STOP_SECONDS = 5.0


class Ticker:
    """Calls ``tick`` at once and then every few seconds, and ``daily`` once a day, never two of one kind at a time.

    A tick that fails is reported through ``failed`` and the next one comes all the same.
    """

    def __init__(
        self,
        tick: Work,
        failed: Callable[[BaseException], None],
        seconds: float = 15.0,
        daily: Work | None = None,
    ) -> None:
        self._failed = failed
        self._running: set[asyncio.Task[None]] = set()
        # Late is better than never (the default drops a tick that is a second late), one for all missed is enough.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._add(tick, seconds)
        if daily is not None:
            self._add(daily, timedelta(days=1).total_seconds())

    def start(self) -> None:
        """Begin, inside a running event loop."""
        self._scheduler.start()

    async def stop(self, seconds: float = _STOP_SECONDS) -> None:
        """No more ticks; a running one may finish, within reason."""
        if not self._scheduler.running:
            return
        self._scheduler.remove_all_jobs()
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=seconds)
            for task in late:
                task.cancel()
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # the library puts its own end off to the next pass of the loop

    def _add(self, work: Work, seconds: float) -> None:
        async def run() -> None:
            task = asyncio.current_task()
            if task is not None:
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            try:
                await work()
            except Exception as error:
                self._failed(error)

        self._scheduler.add_job(run, "interval", seconds=seconds, next_run_time=datetime.now(UTC))


class CronLine:
    """A cron line as a `Schedule`. The library counts in UTC, so that the wall clock it is given never jumps."""

    def __init__(self, trigger: CronTrigger) -> None:
        self._trigger = trigger

    def after(self, wall: datetime) -> datetime | None:
        later = wall.replace(tzinfo=UTC) + timedelta(microseconds=1)
        slot = self._trigger.get_next_fire_time(None, later)
        return None if slot is None else slot.replace(tzinfo=None)


@lru_cache(maxsize=100)
def cron(line: str) -> Schedule:
    """Reads «0 10 * * 1». Raises `ScheduleError`."""
    fields = line.split()
    try:
        fields[_DAY_OF_WEEK] = _named_days(fields[_DAY_OF_WEEK])
        schedule = CronLine(CronTrigger.from_crontab(" ".join(fields), timezone=UTC))
        never = schedule.after(datetime.now(UTC).replace(tzinfo=None)) is None
    except (ValueError, IndexError):
        raise ScheduleError(f"Не понимаю строку cron «{line[:60]}».", "Например: 0 10 * * 1.") from None
    if never:
        raise ScheduleError(f"Время «{line[:60]}» никогда не наступит.", "Проверьте день и месяц.")
    return schedule


def _named_days(field: str) -> str:
    """Day numbers by name: cron counts from Sunday (0 and 7), the library from Monday."""
    names = []
    for part in field.lower().split(","):
        days, _, step = part.partition("/")
        first, dash, last = days.partition("-")
        if not first.isdecimal():
            names.append(part)
            continue
        if not dash:
            last = "6" if step else first
        names += [_DAYS[day % 7] for day in range(int(first), int(last) + 1, int(step or 1))]
    return ",".join(names)
