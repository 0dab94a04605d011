"""One small club for the sheet's tests: a Google Sheet, the bot's memory, and the sync between them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from core.changes import Put, Remove
from core.errors import SheetError
from core.schema import TABS
from core.values import Cell
from sandbox.google import GoogleEmulator
from sandbox.google_owner import Owner
from sheets.budget import Budget
from sheets.cycle import Cadence, SheetSync
from sheets.google import GoogleSheet, open_google
from sheets.init import Content, init
from store.store import Store, TurnRecord
from tests.contract import google_spec

WORKOUTS, ADVICE, JOURNAL, PEOPLE = "Тренировки", "Рекомендации", "Журнал", "Пользователи"
RECIPE: dict[str, Content] = {
    ADVICE: (["Погода", "Рекомендация"], [["дождь", "Возьмите зонт"], ["ясно", "Бегите в парк"]]),
    PEOPLE: ([column.name for column in TABS[PEOPLE].columns], []),
    WORKOUTS: (["Дата", "Участник", "Упражнение", "Минуты", "Результат", "Заметка"], []),
    JOURNAL: ([column.name for column in TABS[JOURNAL].columns], []),
}
#: Fast enough for a test, with room for the requests of one cycle.
QUICK = Cadence(pause=0.05, woken=0.01, structure=0.0, backoff=0.05, backoff_max=0.2)


class World:
    """The emulator, the owner's hands, the store, and any number of bots one after another."""

    def __init__(self, google: GoogleEmulator, sheet_id: str, store: Store) -> None:
        self.google = google
        self.sheet_id = sheet_id
        self.owner: Owner = google.owner(sheet_id)
        self.store = store
        self.reports: list[tuple[str, str, str]] = []
        self.changed: set[str] = set()
        self._syncs: list[SheetSync] = []
        self.sync = self.restart()

    def surface(self, budget: Budget | None = None) -> GoogleSheet:
        surface = open_google(self.sheet_id, api_url=self.google.url, budget=budget or Budget(limit=10_000))
        surface.pause = 0.01
        return surface

    def restart(self, cadence: Cadence = QUICK, budget: Budget | None = None) -> SheetSync:
        """A new process over the same memory: everything that was only in RAM is gone."""
        self.sync = SheetSync(
            self.surface(budget),
            self.store,
            TABS,
            self.changed.update,
            lambda where, what, fix: self.reports.append((where, what, fix)),
            cadence,
        )
        self._syncs.append(self.sync)
        return self.sync

    async def settle(self, times: int = 2) -> None:
        """Enough cycles for both sides to agree, while nothing fails."""
        for _ in range(times):
            await self.sync.once()

    def log_workout(self, id_: str, **cells: Cell) -> None:
        """The bot writes a row, or changes one."""
        new = self.store.row(WORKOUTS, id_) is None
        self.commit(Put(WORKOUTS, id_, cells, new=new))

    def commit(self, *changes: Put | Remove) -> None:
        self.store.commit([TurnRecord(None, "lane", None, list(changes), [], 0, 0.0)])

    def shown(self, tab: str, header: str) -> list[str]:
        """A column as the owner sees it."""
        place = self.owner.headers(tab).index(header)
        return [row[place] if place < len(row) else "" for row in self.owner.read(tab)[1:]]

    def held(self, tab: str, column: str) -> list[Cell]:
        """A column as the bot knows it."""
        return [row.get(column) for row in self.store.rows(tab)]

    def problems(self) -> str:
        return "\n".join(" | ".join(report) for report in self.reports)

    async def until(self, true: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something the background loop does."""
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        for sync in self._syncs:
            await sync.close()
        self.store.close()
        await self.google.stop()


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """A club whose sheet was built by `init` and read once."""
    google = GoogleEmulator()
    await google.start()
    one = World(google, google.create("Клуб"), Store(f"sqlite:///{folder / 'bot.db'}"))
    try:
        await asyncio.to_thread(init, one.surface(), RECIPE)
        await one.settle()
        one.changed.clear()
        yield one
        check_journal(google)
    finally:
        await one.close()


def check_journal(google: GoogleEmulator) -> None:
    """Every request made so far is one the real service would parse, by Google's own description."""
    for exchange in google.journal:
        method = google_spec.method_of(exchange.method, exchange.path)
        google_spec.check_request(method, exchange.query, json.loads(exchange.body) if exchange.body else {})


async def until_settled(club: World, attempts: int = 12) -> None:
    """Cycle as the background loop does: a failure only means another turn."""
    for _ in range(attempts):
        with suppress(SheetError):
            await club.sync.once()
