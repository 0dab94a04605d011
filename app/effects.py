"""Drives a dialogue step through its effects: waits for APIs off the event loop while the person sees «печатает…»."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor

from core.effects import Answer, Effect
from core.messages import Event, Platform
from core.ports import Messenger
from core.turn import Turn

#: Effects wait for the network, not for the processor: many may wait at once.
_THREADS = 32
#: An answer from the cache comes sooner than this: then nobody needs to see «печатает…».
_TYPING_AFTER = 0.2
#: Both platforms forget «печатает…» after about five seconds.
_TYPING_EVERY = 4.0


class Effects:
    """``answer`` performs any effect; it is synchronous and thread-safe."""

    def __init__(self, answer: Callable[[Effect], Answer], messengers: Mapping[Platform, Messenger]) -> None:
        self._outside = answer
        self._messengers = messengers
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="effects")

    async def drive(self, steps: Generator[Effect, Answer, Turn], event: Event) -> Turn:
        """Run a step to its end, performing what it asks for."""
        try:
            effect = next(steps)
            while True:
                effect = steps.send(await self._perform(effect, event))
        except StopIteration as finished:
            turn: Turn = finished.value
            return turn

    async def _perform(self, effect: Effect, event: Event) -> Answer:
        typing = asyncio.get_running_loop().create_task(self._typing(event))
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._outside, effect)
        finally:
            typing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await typing

    async def _typing(self, event: Event) -> None:
        await asyncio.sleep(_TYPING_AFTER)
        messenger = self._messengers.get(event.platform)
        while messenger is not None:
            await messenger.typing(event.chat)
            await asyncio.sleep(_TYPING_EVERY)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
