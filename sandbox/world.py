"""All emulators together, and the real bot beside them as its own process with only environment variables."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path

from sandbox.google import GoogleEmulator
from sandbox.google_owner import Owner
from sandbox.quotes import QuotesEmulator
from sandbox.telegram import TelegramEmulator
from sandbox.vk import VkEmulator
from sandbox.weather import WeatherEmulator

#: A bot that is told to stop does so within five seconds; then it is ended.
_PATIENCE = 6.0


class SandboxWorld:
    """The outside world of one bot. ``data`` is the folder of the bot's own memory."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.telegram = TelegramEmulator()
        self.vk = VkEmulator()
        self.google = GoogleEmulator()
        self.weather = WeatherEmulator()
        self.quotes = QuotesEmulator()
        self.sheet_id = ""
        self.bot: Process | None = None
        self.overrides: dict[str, str] = {}  #: settings given to the bot instead of the right ones

    @property
    def owner(self) -> Owner:
        """The hands of the owner of the bot's spreadsheet."""
        return self.google.owner(self.sheet_id)

    async def start(self) -> None:
        """Start every emulator and put the default recipe into an empty spreadsheet, as the operator would."""
        for emulator in (self.telegram, self.vk, self.google, self.weather, self.quotes):
            await emulator.start()
        self.sheet_id = self.google.create("Фитнес-клуб")
        await self.command("init")

    def environment(self) -> dict[str, str]:
        """The settings of the bot: base addresses are the only thing that tells it where it is."""
        return {
            **{name: value for name, value in os.environ.items() if name not in _SETTINGS},
            "TELEGRAM_TOKEN": self.telegram.token,
            "TELEGRAM_API_URL": self.telegram.url,
            "VK_TOKEN": self.vk.token,
            "VK_GROUP_ID": str(self.vk.group_id),
            "VK_API_URL": f"{self.vk.url}/method/",
            "GOOGLE_SHEET_ID": self.sheet_id,
            "GOOGLE_API_URL": self.google.url,
            "WEATHERAPI_KEY": self.weather.key,
            "WEATHERAPI_URL": self.weather.url,
            "WEATHER_CACHE_SECONDS": "2",  # whoever changes the weather on the page wants to hear of it
            "QUOTES_URL": self.quotes.url,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
            "PYTHONUNBUFFERED": "1",
            **self.overrides,
        }

    @property
    def database(self) -> Path:
        return self.data / "bot.db"

    @property
    def bot_runs(self) -> bool:
        return self.bot is not None and self.bot.returncode is None

    async def command(self, *arguments: str) -> str:
        """Run `tabletalk ARGUMENTS` to its end; returns what it printed. Raises `RuntimeError` when it failed."""
        process = await self._spawn(*arguments, capture=True)
        output, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"tabletalk {' '.join(arguments)}: {output.decode()[-2000:]}")
        return output.decode()

    async def start_bot(self) -> None:
        """`tabletalk run` beside us; its log goes to a file in the data folder."""
        if not self.bot_runs:
            self.bot = await self._spawn("run")

    async def stop_bot(self) -> int:
        """SIGTERM, as an operator would; returns the exit code."""
        if self.bot is None:
            return 0
        if self.bot.returncode is None:
            self.bot.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.bot.wait(), _PATIENCE)
            except TimeoutError:
                self.bot.kill()
        return await self.bot.wait()

    async def kill_bot(self) -> None:
        """SIGKILL: what a power cut looks like."""
        if self.bot_runs and self.bot is not None:
            self.bot.kill()
            await self.bot.wait()

    async def stop(self) -> None:
        await self.stop_bot()
        for emulator in (self.telegram, self.vk, self.google, self.weather, self.quotes):
            await emulator.stop()

    async def _spawn(self, *arguments: str, capture: bool = False) -> Process:
        command = (sys.executable, "-m", "app.cli", *arguments)  # in its own folder: no stray .env is read
        if capture:
            both = asyncio.subprocess.PIPE
            return await asyncio.create_subprocess_exec(
                *command, env=self.environment(), cwd=self.data, stdout=both, stderr=asyncio.subprocess.STDOUT
            )
        with (self.data / "bot.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command, env=self.environment(), cwd=self.data, stdout=log, stderr=log
            )


_SETTINGS = frozenset(
    {
        *("TELEGRAM_TOKEN", "TELEGRAM_API_URL", "VK_TOKEN", "VK_GROUP_ID", "VK_API_URL", "GOOGLE_SHEET_ID"),
        *("GOOGLE_CREDENTIALS", "GOOGLE_API_URL", "WEATHERAPI_KEY", "WEATHERAPI_URL", "QUOTES_URL", "DATABASE_URL"),
        *("TIMEZONE", "RECIPE", "ALLOW_PRIVATE_HOSTS", "WEATHER_CACHE_SECONDS"),
    }
)
