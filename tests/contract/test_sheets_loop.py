"""The background loop over hours of trouble: outages, quotas, lost permissions, and a bot that is too busy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from sandbox.emulator import Fault
from sheets.budget import Budget
from sheets.cycle import Cadence
from sheets.surface import RefusedError
from tests.contract.sheets_world import ADVICE, QUICK, WORKOUTS, World, until_settled, world


@pytest.fixture
async def club(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as one:
        yield one


async def test_the_loop_outlives_an_outage_and_a_quota(club: World) -> None:
    loop = asyncio.create_task(club.sync.run())
    try:
        await club.until(lambda: club.sync.state.last_success is not None)
        club.google.faults.append(Fault("reject", times=-1, status=503))
        club.log_workout("r1", Участник="Аня")
        club.sync.wake()
        await club.until(lambda: club.sync.state.failures >= 2)
        assert "503" in club.sync.state.last_error
        assert club.sync.state.queue == 1
        club.google.faults[:] = [Fault("reject", times=-1, status=429)]
        await club.until(lambda: "реже" in club.sync.state.last_error)
        club.google.faults.clear()
        await club.until(lambda: club.sync.state.failures == 0)
        assert club.shown(WORKOUTS, "Участник") == ["Аня"]
        club.owner.set(WORKOUTS, 2, "Участник", "Анна")
        await club.until(lambda: club.held(WORKOUTS, "Участник") == ["Анна"])
    finally:
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop


async def test_a_lost_permission_names_the_cure_and_heals(club: World) -> None:
    club.google.forbidden.add(club.sheet_id)
    with pytest.raises(RefusedError) as refused:
        await club.sync.once()
    assert "Откройте доступ" in refused.value.hint
    club.google.forbidden.clear()
    club.log_workout("r1", Участник="Аня")
    await until_settled(club, 2)
    assert club.shown(WORKOUTS, "Участник") == ["Аня"]


async def test_a_busy_bot_stays_within_its_budget(club: World) -> None:
    budget = Budget(limit=20)
    sync = club.restart(Cadence(pause=0.01, woken=0.01, structure=0.0, backoff=0.01, backoff_max=0.1), budget)
    club.google.quota.timeline.clear()
    reads, writes = club.google.reads, club.google.writes
    loop = asyncio.create_task(sync.run())
    try:
        for number in range(60):
            club.log_workout(f"r{number}", Минуты=number)
            if number:
                club.log_workout("r0", Минуты=1000 + number)
            sync.wake()
            await asyncio.sleep(0.03)
    finally:
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
    assert club.google.writes - writes <= 20
    assert club.google.reads - reads <= 21
    assert sync.state.reads == club.google.reads - reads
    club.restart(QUICK)
    await until_settled(club, 6)
    assert len(club.shown(WORKOUTS, "Минуты")) == 60
    assert club.shown(WORKOUTS, "Минуты")[0] == "1059"


async def test_an_edit_of_the_owner_counts_even_while_writing_fails(club: World) -> None:
    club.owner.append_row(ADVICE, {"Погода": "град"})
    club.log_workout("r1", Участник="Аня")
    club.google.faults.append(Fault("reject", ":batchUpdate", times=-1, status=403))
    with pytest.raises(RefusedError):
        await club.sync.once()
    assert club.changed == {ADVICE}
    assert "град" in club.held(ADVICE, "Погода")


async def test_a_surprise_inside_does_not_end_the_loop(club: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheets.cycle.Pulled.parse", lambda *args: {}["тайна"])
    loop = asyncio.create_task(club.sync.run())
    try:
        await club.until(lambda: club.sync.state.failures >= 2)
        assert club.sync.state.last_error == "Ошибка бота: KeyError"
        monkeypatch.undo()
        await club.until(lambda: club.sync.state.failures == 0)
    finally:
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
