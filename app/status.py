"""How the bot is doing, in figures: written by the running bot, read by the sandbox page and by the operator."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from typing import Any

from app.sender import Sender
from sheets.cycle import SheetSync
from store.store import Store

#: The memo the running bot refreshes.
MEMO = "status"
_EVERY = 2.0


class Reporter:
    """Writes the figures into the store every two seconds, when they changed."""

    def __init__(self, store: Store, sync: SheetSync | None, sender: Sender) -> None:
        self._store = store
        self._sync = sync
        self._sender = sender
        self._last: dict[str, Any] = {}

    async def run(self) -> None:
        while True:
            figures = self.figures()
            if figures != self._last:
                self._last = figures
                self._store.set_memo(MEMO, {**figures, "at": time.time()})
            await asyncio.sleep(_EVERY)

    def figures(self) -> dict[str, Any]:
        sync = self._sync
        sheet = None if sync is None else asdict(sync.state)
        return {"counts": asdict(self._store.counts()), "sending": self._sender.waiting, "sheet": sheet}
