"""Group commit: turns that finish in the same moment share one transaction, so durability costs little under load."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")


class GroupCommit(Generic[Item]):
    """Collects items during one pass of the event loop and hands them over together.

    ``write`` stores a batch in one transaction and raises if it could not; then every waiter gets that error.
    """

    def __init__(self, write: Callable[[Sequence[Item]], None]) -> None:
        self._write = write
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []

    async def add(self, item: Item) -> None:
        """Returns once the item is durable."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._flush)
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((item, done))
        await done

    def _flush(self) -> None:
        batch, self._waiting = self._waiting, []
        error: Exception | None = None
        try:
            self._write([item for item, _ in batch])
        except Exception as problem:
            error = problem
        for _, done in batch:
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
