"""A stand for tests: the emulated Telegram, the real adapter on it, and what it received."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from PIL import Image

from core.messages import Event, Outgoing, Reply
from messengers.telegram import TelegramMessenger
from sandbox.telegram import TelegramEmulator


def png(width: int = 40, height: int = 30) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


@dataclass
class Stand:
    """``events`` is the inbox; ``pictures`` holds what `picture` answers by image address."""

    telegram: TelegramEmulator
    bot: TelegramMessenger
    events: list[Event] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)

    async def receive(self, events: Sequence[Event], position: str) -> None:
        self.events.extend(events)
        self.positions.append(position)

    async def heard(self, count: int, seconds: float = 20) -> list[Event]:
        """Wait until the inbox holds that many events."""
        await until(lambda: len(self.events) >= count, seconds)
        return self.events

    @asynccontextmanager
    async def listening(self, position: str = "") -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.bot.listen(position, self.receive))
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until(done: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not done():
            await asyncio.sleep(0.005)


async def drawn(reply: Reply) -> tuple[bytes, str] | None:
    """A picture service: «gone» has none, «broken» fails, «odd» is no picture, the rest is drawn."""
    match reply.image_url:
        case "gone":
            return None
        case "broken":
            raise ConnectionError("the picture's server is down")
        case "odd":
            return b"not a picture", "odd"
    return png(), reply.image_url


def outgoing(text: str = "Привет!", chat: int = 1, key: str = "telegram:1/0", **parts: object) -> Outgoing:
    return Outgoing(key, f"telegram:{chat}", Reply(text, **parts))  # type: ignore[arg-type]


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    telegram = TelegramEmulator()
    bot = TelegramMessenger(telegram.token, await telegram.start(), picture=drawn)
    bot.listening.pauses = (0.01, 0.05)
    bot.listening.denial_pauses = (0.01, 0.02, 0.03)
    try:
        await bot.start()
        yield Stand(telegram, bot)
    finally:
        await bot.close()
        await telegram.stop()
