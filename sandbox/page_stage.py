"""What all open pages share: the world, who holds the phones, the bot's memory and the switched-on troubles."""

from __future__ import annotations

import asyncio

from core.messages import Platform
from sandbox.page_memory import Glimpse, Memory
from sandbox.page_phone import Gallery, Seat
from sandbox.page_trouble import Switch, switches
from sandbox.world import SandboxWorld

#: The first thing a visitor should meet: weather worth an advice.
_SCENE = (("Казань", 1213, -6.0), ("Москва", 1189, 12.0), ("Сочи", 1000, 27.0))
#: A bot starts within a second or two; a page without it is still worth showing.
_TRIES = 400


class Stage:
    """Opened once per process; every page is a view of it."""

    def __init__(self, world: SandboxWorld) -> None:
        self.world = world
        self.memory = Memory(world.database)
        self.gallery = Gallery()
        self.seats: dict[Platform, Seat] = {
            "telegram": Seat("telegram", world.telegram.phone, 1001),
            "vk": Seat("vk", world.vk.phone, 2001, first_name=1),
        }
        self.switches: list[Switch] = switches(world)
        self.ready = False

    async def open(self) -> None:
        """Start the emulators and the bot beside us."""
        await self.world.start()
        for city, code, degrees in _SCENE:
            self.world.weather.set_weather(city, code, degrees, wind_kph=18.0, chance=70 if code > 1100 else 0)
        await self.world.start_bot()
        await self._listening()
        self.ready = True

    async def close(self) -> None:
        self.memory.close()
        await self.world.stop()

    async def kill_bot(self) -> None:
        await self.world.kill_bot()

    async def start_bot(self) -> None:
        await self.world.start_bot()

    def talking(self, glimpse: Glimpse) -> Seat | None:
        """Whose conversation moved last; None when it was nobody on this page."""
        return next((seat for seat in self.seats.values() if seat.lane == glimpse.lane), None)

    async def _listening(self) -> None:
        """Until the bot asks both messengers for news: VK gives a new bot nothing said before that."""
        for _ in range(_TRIES):
            if not self.world.bot_runs or (self.world.telegram.updates.waiting and self._vk_server_known):
                return
            await asyncio.sleep(0.05)

    @property
    def _vk_server_known(self) -> bool:
        return any(call.method == "groups.getLongPollServer" for call in self.world.vk.calls)
