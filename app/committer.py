"""Group commit: turns that finish in the same moment share one transaction, so durability costs little under load."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

Item = TypeVar("Item")
_Batch: TypeAlias = list[tuple[Item, asyncio.Future[None]]]


class GroupCommit(Generic[Item]):
    """Collects items during one pass of the event loop and hands them over together.

    ``write`` stores a batch in one transaction and raises if it could not; then each item is tried alone, and only
    those that still cannot be stored get their error.
    """

    def __init__(self, write: Callable[[Sequence[Item]], None]) -> None:
        self._write = write
        self._waiting: _Batch[Item] = []

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
        error = self._try(batch)
        if error is None or len(batch) == 1:
            self._tell(batch, error)
            return
        for one in batch:  # one item that cannot be stored must not take the others with it
            self._tell([one], self._try([one]))

    def _try(self, batch: _Batch[Item]) -> Exception | None:
        try:
            self._write([item for item, _ in batch])
        except Exception as error:
            return error
        return None

    @staticmethod
    def _tell(batch: _Batch[Item], error: Exception | None) -> None:
        for _, done in batch:
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
