"""`tabletalk sandbox`: the world of emulators, the real bot in it, and the page that shows them."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from core.errors import SettingError
from sandbox.world import SandboxWorld


def play(port: int, headless: bool, data: Path | None) -> None:
    """Run until stopped. Without ``data`` the bot starts with an empty memory every time."""
    with tempfile.TemporaryDirectory(prefix="tabletalk-") as temporary:
        folder = data or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        world = SandboxWorld(folder)
        if headless:
            asyncio.run(_headless(world))
            return
        try:
            from sandbox.page import show
        except ModuleNotFoundError as error:
            if error.name != "nicegui":
                raise
            raise SettingError(
                "Для страницы нужен пакет nicegui.", "Установите: pip install 'tabletalk[sandbox]' или --headless."
            ) from None
        show(world, port)


async def _headless(world: SandboxWorld) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await world.start()
    await world.start_bot()
    for emulator in (world.telegram, world.vk, world.google, world.weather, world.quotes):
        print(f"{emulator.name}: {emulator.url}", file=sys.stdout, flush=True)
    await stop.wait()
    await world.stop()
