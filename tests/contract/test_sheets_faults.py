"""The sync on a bad day: lost answers, late writes, kills, outages, and an owner who is faster than the network."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from core.errors import SheetError
from sandbox.emulator import Fault
from sheets.surface import UncertainError
from tests.contract.sheets_world import ADVICE, WORKOUTS, World, until_settled, world

APPEND, AIM = ":batchUpdate", "batchUpdateByDataFilter"


@pytest.fixture
async def club(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as one:
        yield one


LOST = [
    Fault("drop", APPEND),
    Fault("drop", APPEND, times=3),
    Fault("garbage", APPEND),
    Fault("empty", APPEND),
    Fault("html", APPEND, status=502),
    Fault("reject", APPEND, status=503),
    Fault("reject", APPEND, status=500, times=3),
    Fault("reject", APPEND, status=429),
]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: f"{fault.kind}-{fault.status}x{fault.times}")
@pytest.mark.parametrize("restart", [False, True])
async def test_a_row_appears_once_whatever_becomes_of_the_answer(club: World, fault: Fault, restart: bool) -> None:
    club.log_workout("r1", Участник="Аня")
    club.google.faults.append(Fault(fault.kind, fault.match, fault.times, fault.status))
    with pytest.raises(SheetError):
        await club.sync.once()
    if restart:
        club.restart()
    club.log_workout("r2", Участник="Боря")
    await until_settled(club)
    assert sorted(club.shown(WORKOUTS, "Участник")) == ["Аня", "Боря"]
    assert club.sync.state.queue == 0


async def test_a_write_that_lands_late_is_fenced_off(club: World) -> None:
    club.log_workout("r1", Участник="Аня")
    club.google.delay_writes(times=1, after=1000)
    with pytest.raises(UncertainError):
        await club.sync.once()
    await until_settled(club)
    club.google.land_late()
    await club.settle()
    assert club.shown(WORKOUTS, "Участник") == ["Аня"]


async def test_a_write_that_lands_between_the_failure_and_the_question_counts(club: World) -> None:
    club.log_workout("r1", Участник="Аня")
    club.google.delay_writes(times=1, after=1)
    with pytest.raises(UncertainError):
        await club.sync.once()
    await until_settled(club)
    assert club.shown(WORKOUTS, "Участник") == ["Аня"]


async def test_killed_while_the_request_is_on_its_way(club: World) -> None:
    club.log_workout("r1", Участник="Аня")
    club.google.faults.append(Fault("delay", APPEND, seconds=0.5))
    cycle = asyncio.create_task(club.sync.once())
    await club.until(lambda: bool(club.store.memo("sheet.flight")))
    cycle.cancel()
    with suppress(asyncio.CancelledError):
        await cycle
    club.restart()
    await until_settled(club, 4)
    await asyncio.sleep(0.6)
    await until_settled(club, 2)
    assert club.shown(WORKOUTS, "Участник") == ["Аня"]


@pytest.mark.parametrize("fault", [Fault("drop", AIM), Fault("reject", AIM, status=503), Fault("garbage", AIM)])
async def test_an_update_with_a_lost_answer_never_undoes_a_newer_value(club: World, fault: Fault) -> None:
    club.log_workout("r1", Минуты=10)
    await club.settle()
    club.log_workout("r1", Минуты=20)
    club.google.faults.append(Fault(fault.kind, fault.match, 1, fault.status))
    with pytest.raises(UncertainError):
        await club.sync.once()
    club.log_workout("r1", Минуты=30)
    club.restart()
    await until_settled(club)
    assert club.shown(WORKOUTS, "Минуты") == ["30"]
    assert club.held(WORKOUTS, "Минуты") == [30]
    assert club.reports == []


async def test_a_late_update_is_disarmed(club: World) -> None:
    club.log_workout("r1", Минуты=10)
    await club.settle()
    club.log_workout("r1", Минуты=20)
    club.google.delay_writes(times=1, after=1000, match=AIM)
    with pytest.raises(UncertainError):
        await club.sync.once()
    club.log_workout("r1", Минуты=30)
    await until_settled(club)
    club.google.land_late()
    await club.settle()
    assert club.shown(WORKOUTS, "Минуты") == ["30"]


async def test_a_late_update_is_disarmed_even_when_nothing_is_left_to_write(club: World) -> None:
    club.log_workout("r1", Минуты=10)
    await club.settle()
    club.log_workout("r1", Минуты=20)
    club.google.delay_writes(times=1, after=1000, match=AIM)
    with pytest.raises(UncertainError):
        await club.sync.once()
    club.log_workout("r1", Минуты=10)
    await until_settled(club, 3)
    club.google.land_late()
    await club.settle()
    assert club.shown(WORKOUTS, "Минуты") == ["10"]
    assert club.held(WORKOUTS, "Минуты") == [10]


@pytest.mark.parametrize("match", [":batchUpdate", "batchGetByDataFilter", AIM])
@pytest.mark.parametrize("status", [429, 503])
async def test_adopting_a_row_of_the_owner_is_tried_until_it_works(club: World, match: str, status: int) -> None:
    club.owner.append_row(WORKOUTS, {"Участник": "Вера"})
    club.google.faults.append(Fault("reject", match, status=status))
    with pytest.raises(SheetError):
        await club.sync.once()
    await until_settled(club, 3)
    assert club.held(WORKOUTS, "Участник") == ["Вера"]
    assert len(club.shown(WORKOUTS, "_id")) == 1


OWNER_MOVES: dict[str, Callable[[World], None]] = {
    "sort": lambda club: club.owner.sort(WORKOUTS, "Минуты", descending=random.random() < 0.5),
    "insert": lambda club: club.owner.insert_row(WORKOUTS, 2),
    "move": lambda club: club.owner.move_row(WORKOUTS, 2, 4),
}


@pytest.mark.parametrize("move", OWNER_MOVES)
async def test_the_owner_moves_rows_between_any_two_requests(club: World, move: str) -> None:
    for number in range(5):
        club.log_workout(f"r{number}", Участник=f"Человек {number}", Минуты=number)
    await club.settle()
    club.google.between = lambda: OWNER_MOVES[move](club)
    for step in range(4):
        for number in range(5):
            club.log_workout(f"r{number}", Заметка=f"{number}:{step}")
        await club.sync.once()
    club.google.between = None
    await club.settle()
    shown = dict(zip(club.shown(WORKOUTS, "Участник"), club.shown(WORKOUTS, "Заметка"), strict=True))
    shown.pop("", None)
    assert shown == {f"Человек {number}": f"{number}:3" for number in range(5)}


async def test_deleting_the_aimed_row_does_not_hit_its_neighbour(club: World) -> None:
    for number in range(3):
        club.log_workout(f"r{number}", Участник=f"Человек {number}")
    await club.settle()
    club.log_workout("r1", Заметка="бот")

    def delete_in_the_window() -> None:
        if club.google.journal[-1].path.endswith("batchGetByDataFilter"):
            club.google.between = None
            club.owner.delete_row(WORKOUTS, 3)

    club.google.between = delete_in_the_window
    await club.settle(4)
    assert club.google.between is None
    assert club.shown(WORKOUTS, "Участник") == ["Человек 0", "Человек 2"]
    assert "бот" not in club.shown(WORKOUTS, "Заметка")


async def test_old_and_empty_answers_delete_nothing(club: World) -> None:
    for number in range(3):
        club.log_workout(f"r{number}", Участник=f"Человек {number}")
    await club.settle()
    club.google.empty_reads = 2
    await club.settle(1)
    club.google.empty_reads = 0
    club.google.stale_reads = 2
    await club.settle(1)
    await club.settle(2)
    assert len(club.held(WORKOUTS, "Участник")) == 3
    assert club.held(ADVICE, "Погода") == ["дождь", "ясно"]
    assert club.reports == []


async def test_an_owner_tab_that_lost_everything_is_believed_at_the_second_look(club: World) -> None:
    club.owner.delete_row(ADVICE, 2)
    club.owner.delete_row(ADVICE, 2)
    club.restart()
    await club.sync.once()
    assert club.held(ADVICE, "Погода") == ["дождь", "ясно"]
    await club.sync.once()
    assert club.held(ADVICE, "Погода") == []


async def test_a_row_google_refuses_is_set_aside_and_the_others_flow(
    club: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sheets.cells.CELL_MAX", 60_000)
    for number in range(8):
        club.log_workout(f"r{number}", Участник=f"Человек {number}", Заметка="я" * (50_001 if number == 5 else 1))
    await until_settled(club, 8)
    assert sorted(club.shown(WORKOUTS, "Участник")) == [f"Человек {number}" for number in range(8) if number != 5]
    assert "r5" in club.problems()


async def test_a_thousand_rows_at_once(club: World) -> None:
    for number in range(1100):
        club.log_workout(f"r{number}", Участник=f"Человек {number}", Минуты=number)
    writes = club.google.writes
    await club.settle()
    assert club.google.writes - writes == 3
    assert club.shown(WORKOUTS, "Минуты") == [str(number) for number in range(1100)]


async def test_mass_deletion_pulls_the_brake(club: World) -> None:
    for number in range(40):
        club.log_workout(f"r{number}", Минуты=number)
    await club.settle()
    for _ in range(30):
        club.owner.delete_row(WORKOUTS, 2)
    await club.settle(4)
    assert len(club.held(WORKOUTS, "Минуты")) == 40
    assert "Разом пропало строк: 30" in club.problems()
    for _ in range(30):
        club.owner.undo()
    club.log_workout("r0", Минуты=500)
    await club.settle(3)
    assert len(club.held(WORKOUTS, "Минуты")) == 40
    assert "500" in club.shown(WORKOUTS, "Минуты")
