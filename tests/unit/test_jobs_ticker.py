"""The ticker ticks, survives a failing tick, never runs two at once, and stops without leaving anything behind."""

from __future__ import annotations

import asyncio

from jobs.ticker import Ticker


async def test_ticks_come_at_once_and_again_and_a_failure_is_reported_and_survived() -> None:
    ticks, failures, enough = 0, [], asyncio.Event()

    async def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 1:
            raise ValueError("первый блин")
        enough.set()

    ticker = Ticker(tick, failures.append, seconds=0.02)
    ticker.start()
    await asyncio.wait_for(enough.wait(), 10)
    await ticker.stop()
    assert [str(error) for error in failures] == ["первый блин"]
    stopped_at = ticks
    await asyncio.sleep(0.1)
    assert ticks == stopped_at


async def test_the_daily_work_runs_at_start_beside_the_ticks() -> None:
    daily, ticked = asyncio.Event(), asyncio.Event()

    async def once_a_day() -> None:
        daily.set()

    async def tick() -> None:
        ticked.set()

    ticker = Ticker(tick, lambda error: None, seconds=60, daily=once_a_day)
    ticker.start()
    await asyncio.wait_for(asyncio.gather(daily.wait(), ticked.wait()), 10)
    await ticker.stop()


async def test_a_long_tick_is_never_doubled_and_finishes_before_the_stop() -> None:
    running, most, finished, started, release = 0, 0, 0, asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        nonlocal running, most, finished
        running += 1
        most = max(most, running)
        started.set()
        await release.wait()
        running -= 1
        finished += 1

    ticker = Ticker(tick, lambda error: None, seconds=0.02)
    ticker.start()
    await asyncio.wait_for(started.wait(), 10)
    await asyncio.sleep(0.1)
    stopping = asyncio.create_task(ticker.stop())
    await asyncio.sleep(0)
    release.set()
    await asyncio.wait_for(stopping, 10)
    assert (most, running) == (1, 0)
    assert finished >= 1


async def test_stopping_twice_or_before_the_start_is_harmless() -> None:
    async def tick() -> None:
        return

    ticker = Ticker(tick, lambda error: None)
    await ticker.stop()
    ticker.start()
    await ticker.stop()
    await ticker.stop()
