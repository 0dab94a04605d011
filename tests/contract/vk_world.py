"""One community for the tests of VK: the emulator, a bot that listens, and an inbox that shows what was stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from core.errors import MessengerError
from core.messages import Event, Keyboard, Outgoing, Reply, Sent
from messengers.vk import VkMessenger
from sandbox.vk import VkEmulator
from tests.contract import vk_spec

TOKEN = "vk-test-secret"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PATIENCE = 10.0


class Inbox:
    """What the product's inbox does: stores a batch and the position together, or refuses both."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.positions: list[str] = []
        self.refuse = 0  #: how many batches to refuse, as a full disk would
        self.gate: asyncio.Event | None = None  #: when set, storing waits for it

    async def receive(self, events: Sequence[Event], position: str) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.refuse:
            self.refuse -= 1
            raise OSError("disk is full")
        self.events += events
        self.positions.append(position)

    @property
    def position(self) -> str:
        return self.positions[-1] if self.positions else ""

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events]

    async def until(self, count: int) -> list[Event]:
        await eventually(lambda: len(self.events) >= count)
        return self.events


class World:
    """The emulator and any number of bots one after another; the inbox outlives them."""

    def __init__(self, vk: VkEmulator, bot: VkMessenger) -> None:
        self.vk, self.bot, self.inbox = vk, bot, Inbox()
        self.pictures: dict[str, bytes] = {}
        self._listening: asyncio.Task[None] | None = None

    def listen(self) -> asyncio.Task[None]:
        """Listen from where the inbox got to, as after a restart."""
        self._listening = asyncio.ensure_future(self.bot.listen(self.inbox.position, self.inbox.receive))
        return self._listening

    async def listening(self) -> None:
        """Listen, and wait until the starting point is stored."""
        self.listen()
        await eventually(lambda: bool(self.inbox.positions))

    async def hang_up(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def send(self, reply: Reply | str, key: str = "k/0", chat: str = "vk:42") -> Sent:
        return await self.bot.send(Outgoing(key, chat, reply if isinstance(reply, Reply) else Reply(reply)))

    async def show(self, keyboard: Keyboard) -> Sent:
        return await self.send(Reply("Выбирайте", keyboard))

    async def start_error(self) -> MessengerError:
        try:
            await self.bot.start()
        except MessengerError as error:
            return error
        raise AssertionError("the bot started")

    def calls(self, method: str) -> list[Mapping[str, str]]:
        """Parameters of every call of a method that VK read, oldest first."""
        return [call.params for call in self.vk.calls if call.method == method]

    def asked(self, method: str) -> int:
        """How often a method was called, whatever became of it."""
        return sum(exchange.path == f"/method/{method}" for exchange in self.vk.journal)


@asynccontextmanager
async def world(group_id: int | None = 1, emulator_group: int = 1, token: str = TOKEN) -> AsyncIterator[World]:
    """Afterwards every call of the test, whatever it was about, is held against VK's own schema."""
    vk = VkEmulator(token=TOKEN, group_id=emulator_group)
    url = await vk.start()

    async def picture(reply: Reply) -> tuple[bytes, str] | None:
        return one.pictures[reply.image_url], reply.image_url

    bot = VkMessenger(token, group_id, f"{url}/method/", picture=picture, wait=1, pause=0.01)
    one = World(vk, bot)
    try:
        yield one
    finally:
        await one.hang_up()
        await bot.close()
        await vk.stop()
    if vk_spec.available():
        against_schema = [problem for call in vk.calls for problem in vk_spec.problems(call)]
        assert not against_schema, against_schema


async def eventually(true: Callable[[], bool]) -> None:
    """Wait for something that happens in another task."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.005)
