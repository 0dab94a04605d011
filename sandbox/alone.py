"""One emulator by itself on a loopback port, for tests and benchmarks that want it in another process."""

from __future__ import annotations

import asyncio
import json
import signal

from sandbox.emulator import Emulator
from sandbox.google import GoogleEmulator
from sandbox.quotes import QuotesEmulator
from sandbox.telegram import TelegramEmulator
from sandbox.vk import VkEmulator
from sandbox.weather import WeatherEmulator

EMULATORS: dict[str, type[Emulator]] = {
    "telegram": TelegramEmulator,
    "vk": VkEmulator,
    "google": GoogleEmulator,
    "weather": WeatherEmulator,
    "quotes": QuotesEmulator,
}


async def serve(name: str, port: int) -> None:
    """Listen until SIGTERM. The first line printed is JSON: the address and what a client needs to use it."""
    emulator = EMULATORS[name]()
    await emulator.start(port)
    print(json.dumps({"url": emulator.url, **_credentials(emulator)}), flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await emulator.stop()


def _credentials(emulator: Emulator) -> dict[str, str | int]:
    """What the vendor would have given the operator: made-up tokens and the id of one empty spreadsheet."""
    match emulator:
        case TelegramEmulator():
            return {"token": emulator.token}
        case VkEmulator():
            return {"token": emulator.token, "group_id": emulator.group_id}
        case GoogleEmulator():
            return {"spreadsheet_id": emulator.create("Таблица бота")}
        case WeatherEmulator():
            return {"key": emulator.key}
    return {}
