"""A stage for broadcasts: the real bot without Google, a clock in our hand, and people who joined long ago."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.bot import Bot
from app.broadcasts import Broadcasts
from app.effects import Effects
from core.changes import Put
from core.messages import Platform
from core.people import person_id
from core.schema import BROADCASTS, JOURNAL, PEOPLE, SCENARIO, SETTINGS, WHO_COLUMN, WORKOUTS
from core.values import Cell, stable_id
from sandbox.phone import Phone
from sandbox.world import SandboxWorld
from store.store import Store, TurnRecord
from tests.journeys.worlds import InProcess, listening, set_scene

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))
_GROUP, _VK_CHAT = -100500, 1
CHATS = f"telegram:{_GROUP}, vk:{2_000_000_000 + _VK_CHAT}"
_PATIENCE = 20.0


class Stage:
    """One bot with the default recipe and its owner's hands on the rows; ``now`` is the time of its schedule."""

    def __init__(self, folder: Path) -> None:
        self.world = SandboxWorld(folder)
        self.world.overrides = {"GOOGLE_SHEET_ID": ""}
        self.now = MONDAY
        self._runner: InProcess | None = None

    async def open(self, now: datetime = MONDAY - timedelta(days=1)) -> None:
        for emulator in (self.world.telegram, self.world.vk, self.world.weather, self.world.quotes):
            await emulator.start()
        set_scene(self.world)
        for city in ("Уфа", "Самара"):
            self.world.weather.set_weather(city, code=1000, temp_c=1.0)
        await self._up(now)

    async def __aenter__(self) -> Stage:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.down()
        await self.world.stop()

    async def down(self) -> None:
        if self._runner is not None:
            await self._runner.stop()
            self._runner = None

    async def restart(self, now: datetime) -> None:
        """The bot goes down and comes back later with the same memory; its first look is over."""
        await self.down()
        await self._up(now)

    async def _up(self, now: datetime) -> None:
        self.now = now
        for emulator in (self.world.telegram, self.world.vk):
            emulator.journal.clear()
        self._runner = InProcess(self.world)
        self._runner.start()
        self.rely_on(self.bot.effects)
        await listening(self.world)
        await self.look()

    def rely_on(self, effects: Effects) -> None:
        """Broadcasts by our clock, with this outside world."""
        bot = self.bot
        bot.broadcasts = Broadcasts(
            bot.store, bot.content, effects, bot.sender, bot.messengers, lambda: self.now.timestamp()
        )

    @property
    def bot(self) -> Bot:
        assert self._runner is not None
        assert self._runner.bot is not None
        return self._runner.bot

    @property
    def store(self) -> Store:
        return self.bot.store

    # --- time

    async def tick(self, now: datetime) -> None:
        """Time passes, the bot looks at its schedule, and what it says arrives."""
        self.now = now
        await self.look()
        async with asyncio.timeout(_PATIENCE):
            while self.store.counts().unsent:
                await asyncio.sleep(0.01)
        await self.look()  # what became of the messages is written into the row by the next look

    async def look(self) -> None:
        await self.bot.broadcasts.tick()

    # --- people

    def join(self, platform: Platform, number: int, name: str, **cells: Cell) -> Phone:
        """Somebody who met the bot earlier and subscribed."""
        column = "Telegram" if platform == "telegram" else "VK"
        known: dict[str, Cell] = {
            "Имя": name,
            "Город": "Казань",
            "Подписка": True,
            "В рейтинге": True,
            column: str(number),
        }
        self._put(PEOPLE.title, person_id(f"{platform}:{number}"), {**known, **cells}, new=True)
        if platform == "vk":
            self.world.vk.allowed.add(number)
            return self.world.vk.phone(number, name)
        phone = self.world.telegram.phone(number, name)
        self.world.telegram.allow(phone.chat_info)
        return phone

    def group(self) -> Phone:
        """A Telegram group with the bot in it."""
        return self.world.telegram.phone(90, "Тренер", chat_id=_GROUP)

    def chat(self) -> Phone:
        """A VK group chat with the bot in it."""
        return self.world.vk.phone(90, "Тренер", chat_id=_VK_CHAT)

    async def heard(self, phone: Phone, count: int = 1, pause: float = 0.02) -> list[str]:
        """Exactly so many messages of the bot, waited for; a ``pause`` later there are still no more."""
        async with asyncio.timeout(_PATIENCE):
            while len(phone.bot_said()) < count:
                await asyncio.sleep(0.01)
        await asyncio.sleep(pause)
        said = [bubble.text for bubble in phone.bot_said()]
        assert len(said) == count, said
        return said

    # --- the owner

    def edit(self, **cells: Cell) -> None:
        """The owner changes cells of the recipe's only broadcast."""
        self._put(BROADCASTS.title, self._broadcast, cells)

    def write_steps(self, *steps: dict[str, Cell]) -> None:
        """The owner adds rows at the end of «Сценарий»."""
        for step in steps:
            self._put(SCENARIO.title, stable_id(str(step)), step, new=True)

    def people(self, column: str) -> list[Cell]:
        """One column of «Пользователи»."""
        return [row.get(column) for row in self.store.rows(PEOPLE.title)]

    def row(self, column: str) -> Cell:
        row = self.store.row(BROADCASTS.title, self._broadcast)
        assert row is not None
        return row.get(column)

    def setting(self, name: str, value: str) -> None:
        row = next(row for row in self.store.rows(SETTINGS.title) if row.get("Настройка") == name)
        self._put(SETTINGS.title, row.id, {"Значение": value})

    def workout(self, name: str, platform: Platform, number: int, at: datetime, minutes: int) -> None:
        who = person_id(f"{platform}:{number}")
        cells: dict[str, Cell] = {"Дата": f"{at:%Y-%m-%dT%H:%M}", "Участник": name, "Минуты": minutes, WHO_COLUMN: who}
        self._put(WORKOUTS.title, stable_id(who, str(at)), cells, new=True)

    def journal(self) -> str:
        """What «Журнал» tells the owner."""
        return "\n".join(" ".join(map(str, row.cells.values())) for row in self.store.rows(JOURNAL.title))

    @property
    def _broadcast(self) -> str:
        (row,) = self.store.rows(BROADCASTS.title)
        return row.id

    def _put(self, table: str, row_id: str, cells: dict[str, Cell], *, new: bool = False) -> None:
        self.store.commit([TurnRecord(None, "", None, (Put(table, row_id, cells, new=new),), ())])
