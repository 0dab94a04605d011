"""Everything at once: an owner who never rests, a network that fails, a process that is killed. Nothing may be lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.errors import SheetError
from sandbox.emulator import Fault
from tests.contract.sheets_world import WORKOUTS, World, world

FAULTS = [("drop", 200), ("reject", 503), ("reject", 429), ("garbage", 200), ("html", 502)]


@pytest.fixture
async def club(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as one:
        yield one


class Storm:
    """What the bot and the owner did, to compare with what is there in the end."""

    def __init__(self, club: World, seed: int) -> None:
        self.club = club
        self.dice = random.Random(seed)
        self.minutes: dict[str, int] = {}  #: what the bot wrote last, by row
        self.notes: dict[str, str] = {}  #: what the owner wrote last, by row
        self.typed = 0  #: rows the owner added

    def bot(self) -> None:
        """The bot logs a workout or corrects one."""
        known = list(self.minutes)
        id_ = self.dice.choice(known) if known and self.dice.random() < 0.5 else f"r{len(known)}"
        self.minutes[id_] = self.dice.randrange(10_000)
        self.club.log_workout(id_, Минуты=self.minutes[id_], Участник=id_)

    def owner(self) -> None:
        """The owner does something, between any two requests."""
        if self.dice.random() < 0.6:
            return
        hands, rows = self.club.owner, len(self.club.owner.read(WORKOUTS))
        act = self.dice.randrange(5)
        if act == 0:
            hands.sort(WORKOUTS, self.dice.choice(["Минуты", "Участник"]), self.dice.random() < 0.5)
        elif act == 1 and rows > 3:
            hands.move_row(WORKOUTS, self.dice.randrange(2, rows), self.dice.randrange(2, rows))
        elif act == 2:
            hands.insert_row(WORKOUTS, self.dice.randrange(2, rows + 2))
        elif act == 3:
            self.typed += 1
            hands.append_row(WORKOUTS, {"Участник": f"owner{self.typed}"})
        elif self.minutes:
            id_ = self.dice.choice(list(self.minutes))
            with suppress(KeyError):
                row = hands.find(WORKOUTS, "_id", id_)
                self.notes[id_] = f"заметка {self.dice.randrange(10_000)}"
                hands.set(WORKOUTS, row, "Заметка", self.notes[id_])

    def weather(self) -> None:
        """Something goes wrong on the way."""
        if self.dice.random() < 0.4:
            kind, status = self.dice.choice(FAULTS)
            match = self.dice.choice(["", ":batchUpdate", "batchGet", "ByDataFilter"])
            self.club.google.faults.append(Fault(kind, match, self.dice.randrange(1, 3), status))  # type: ignore[arg-type]
        if self.dice.random() < 0.3:
            self.club.google.delay_writes(times=1, after=self.dice.randrange(1, 8))
        if self.dice.random() < 0.1:
            self.club.google.stale_reads = 1
        if self.dice.random() < 0.1:
            self.club.google.empty_reads = 1

    async def step(self) -> None:
        for _ in range(self.dice.randrange(3)):
            self.bot()
        self.weather()
        cycle = asyncio.create_task(self.club.sync.once())
        if self.dice.random() < 0.2:  # killed in the middle
            await asyncio.sleep(self.dice.random() * 0.02)
            cycle.cancel()
            with suppress(asyncio.CancelledError, SheetError):
                await cycle
            self.club.restart()
            return
        with suppress(SheetError):
            await cycle

    async def calm(self) -> None:
        self.club.google.between = None
        self.club.google.faults.clear()
        self.club.google.stale_reads = self.club.google.empty_reads = 0
        for _ in range(6):
            with suppress(SheetError):
                await self.club.sync.once()
            self.club.google.land_late()
        await self.club.settle(3)


@pytest.mark.parametrize("seed", range(8))
async def test_after_the_storm_both_sides_hold_the_same_and_everything(club: World, seed: int) -> None:
    storm = Storm(club, seed)
    club.google.between = storm.owner
    for _ in range(25):
        await storm.step()
    await storm.calm()

    header, *lines = club.owner.read(WORKOUTS)
    rows = [dict(zip(header, line, strict=True)) for line in lines if any(line)]
    by_id = {row["_id"]: row for row in rows}
    assert len(by_id) == len(rows) == len(storm.minutes) + storm.typed
    assert {id_: by_id[id_]["Минуты"] for id_ in storm.minutes} == {id_: str(n) for id_, n in storm.minutes.items()}
    assert {id_: by_id[id_]["Заметка"] for id_ in storm.notes} == storm.notes
    assert all(row["Участник"] in (row["_id"], *(f"owner{n + 1}" for n in range(storm.typed))) for row in rows)
    held = {row.id: (str(row.get("Минуты")), row.get("Заметка")) for row in club.store.rows(WORKOUTS)}
    assert held == {row["_id"]: (row["Минуты"], row["Заметка"]) for row in rows}
    assert club.sync.state.queue == 0
