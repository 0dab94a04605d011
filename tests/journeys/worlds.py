"""Two sandbox worlds with the real bot in each: one whose people use Telegram, one whose people use VK."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from app.bot import Bot
from app.settings import Settings
from sandbox.emulator import Emulator
from sandbox.world import SandboxWorld


@dataclass
class Worlds:
    """The same things happen in both, so that what people see can be compared word for word."""

    telegram: SandboxWorld
    vk: SandboxWorld
    _people: count[int] = field(default_factory=lambda: count(1001))

    def somebody(self) -> int:
        """A person nobody has met yet."""
        return next(self._people)

    @property
    def both(self) -> tuple[SandboxWorld, SandboxWorld]:
        return self.telegram, self.vk


def set_scene(world: SandboxWorld) -> None:
    """The weather every journey meets."""
    world.weather.set_weather("Казань", code=1213, temp_c=-3.0, wind_kph=18.0, chance=80)
    world.weather.set_weather("Ростов-на-Дону", code=1003, temp_c=9.0, wind_kph=7.0, chance=0)
    world.weather.set_weather("Москва", code=1000, temp_c=24.0, wind_kph=7.0, chance=0)


class InProcess:
    """The bot on this test's own event loop, from the same environment a process would get."""

    def __init__(self, world: SandboxWorld) -> None:
        self.world = world
        self._stop = asyncio.Event()
        self._task: asyncio.Task[int] | None = None
        self.bot: Bot | None = None

    def start(self) -> None:
        environment = self.world.environment()
        names = Settings.model_fields
        given = {name: environment[name.upper()] for name in names if name.upper() in environment}
        self.bot = Bot(Settings(_env_file=None, **given))  # type: ignore[arg-type]
        self._task = asyncio.get_running_loop().create_task(self.bot.run(self._stop))

    async def stop(self) -> int:
        self._stop.set()
        assert self._task is not None
        return await asyncio.wait_for(self._task, 10)


async def listening(world: SandboxWorld) -> None:
    """Wait until the bot asks both messengers for news; VK gives a new bot nothing that was said before that."""
    async with asyncio.timeout(30):
        while not (_asked(world.telegram, "getMe") and _asked(world.vk, "getLongPollServer")):
            await asyncio.sleep(0.02)


def _asked(emulator: Emulator, path: str) -> bool:
    return any(path.casefold() in exchange.path.casefold() for exchange in emulator.journal)


async def new_world(folder: Path) -> SandboxWorld:
    folder.mkdir(parents=True, exist_ok=True)
    world = SandboxWorld(folder)
    await world.start()
    set_scene(world)
    return world
