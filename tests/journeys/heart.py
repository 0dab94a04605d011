"""The bot's heart on a real store: dispatcher and sender wired as the app wires them, the messenger a notebook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

from app.content import Content
from app.dispatcher import Dispatcher
from app.effects import Effects
from app.sender import Sender
from core.effects import Answer, Effect, Failure, Reason
from core.messages import Capabilities, Event, Kind, Outcome, Outgoing, Platform, Sent
from core.ports import Messenger, Receive
from store.store import Store
from tests.unit.talk import NOW, scenario_rows

SCENARIO = """
меню   | меню      | Меню      | Цитата > цитата / Раз > раз | | | | |
раз    | сообщение | Раз, {слово¦тишина} | | | | | меню |
цитата | цитата    |           | | цитата | | | |
       | сообщение | {цитата}  | | | | | меню |
слово  | вопрос    | Слово?    | | слово | | | |
       | сообщение | Вы сказали: {слово} | | | | | меню |
"""


class Notebook:
    """A messenger that writes down what it is told to send; ``outcomes`` are its answers, SENT when they run out."""

    capabilities = Capabilities(4096, 100, 100, 8, 100, 100, 8, 64, phone=True)

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.said: list[tuple[str, str]] = []
        self.outcomes: list[Sent] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def start(self) -> str:
        return self.platform

    async def listen(self, position: str, receive: Receive) -> None:
        await receive((), position)

    async def send(self, outgoing: Outgoing) -> Sent:
        await self.gate.wait()
        self.said.append((outgoing.chat, outgoing.reply.text))
        return self.outcomes.pop(0) if self.outcomes else Sent(Outcome.SENT, "1")

    async def typing(self, chat: str) -> None:
        await asyncio.sleep(0)

    async def acknowledge(self, press_id: str, chat: str, user_id: str) -> None:
        await asyncio.sleep(0)

    async def close(self) -> None:
        self.gate.set()

    def to(self, user: str) -> list[str]:
        """What this person was told, the menu that follows every answer left out."""
        return [text for chat, text in self.said if chat == f"{self.platform}:{user}" and text != "Меню"]


class Heart:
    """Store, content, effects, sender and dispatcher wired as the app wires them."""

    def __init__(self, path: Path, outside: Callable[[Effect], Answer]) -> None:
        self.store = Store(f"sqlite:///{path}")
        columns = ["Шаг", "Блок", "Текст", "Кнопки", "Переменная", "Параметры", "Если", "Дальше", "Ошибка"]
        self.store.seed({"Сценарий": (columns, scenario_rows(SCENARIO))})
        self.telegram = Notebook("telegram")
        self.messengers: dict[Platform, Messenger] = {"telegram": self.telegram}
        self.effects = Effects(outside, self.messengers)
        self.fatal: list[Platform] = []
        self.sender = Sender(self.store, self.messengers, lambda platform, why: self.fatal.append(platform))
        self.content = Content(self.store, "Europe/Moscow")
        self.dispatcher = Dispatcher(self.store, self.content, self.effects, self.sender, self.messengers)
        self._count = 0

    def event(self, user: str, text: str, key: str = "", kind: Kind = "text") -> Event:
        self._count += 1
        return Event(
            key or f"telegram:{user}:{self._count}", "telegram", user, user, kind, NOW + self._count, text=text
        )

    async def hear(self, *events: Event) -> None:
        await self.dispatcher.receive("telegram", events, str(self._count))

    async def say(self, user: str, *texts: str) -> None:
        await self.hear(*(self.event(user, text) for text in texts))

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not done():
                await asyncio.sleep(0.005)

    async def quiet(self) -> None:
        await self.until(lambda: self.store.counts().waiting == 0 and self.store.counts().unsent == 0)


Outside: TypeAlias = Callable[[Effect], Answer]
Hearts: TypeAlias = Callable[..., AbstractAsyncContextManager[Heart]]


def hearts(path: Path) -> Hearts:
    """Starts hearts one after another over the same database, as restarts do."""

    @asynccontextmanager
    async def beat(outside: Outside = lambda effect: Failure(Reason.UNAVAILABLE)) -> AsyncIterator[Heart]:
        beating = Heart(path, outside)
        try:
            yield beating
        finally:
            await beating.dispatcher.drain(1)
            await beating.sender.drain(1)
            beating.effects.close()
            beating.store.close()

    return beat
