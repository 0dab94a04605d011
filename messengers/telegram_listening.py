"""The loop that never goes deaf: ask, store, only then confirm, and come back after every kind of failure."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from core.errors import MessengerError
from core.messages import Event, Outcome, Sent
from core.ports import Receive
from messengers.telegram_replies import DEAD_TOKEN

log = logging.getLogger(__name__)

#: Long polls are short, so that a connection that died without a word is noticed in seconds; the first poll after a
#: failure does not wait at all, and so forgives a slow network.
POLL_SECONDS = 3
RETRY_AFTER_MAX = 60.0

Update = dict[str, Any]


class Listening:
    """Polls one bot. ``ask(offset, seconds)`` is getUpdates, ``judge`` says what an error of it means."""

    #: Seconds from one failed poll to the next; the last bounds how long we stay deaf after an outage.
    pauses: Sequence[float] = (0.2, 0.5, 1, 2, 3)
    #: The same for a refused token; after these it counts as dead.
    denial_pauses: Sequence[float] = (1, 2, 5, 10, 20)

    def __init__(self, ask: Callable[[int, int], Awaitable[Any]], judge: Callable[[Exception], Sent]) -> None:
        self._ask = ask
        self._judge = judge
        self.skipped = 0  #: updates that held nothing for a dialogue
        self.heard_at = 0.0  #: monotonic time of the last successful poll, for a watchdog

    async def run(self, offset: int, read: Callable[[Update], Event | None], receive: Receive) -> None:
        """Listen for ever. Raises `MessengerError` when the token stays refused."""
        failures = denials = 0
        while True:
            began = time.monotonic()
            try:
                offset = await self._turn(offset, 0 if failures else POLL_SECONDS, read, receive)
                failures = denials = 0
            except Exception as error:
                verdict = self._judge(error)
                failures += 1
                denials = denials + 1 if verdict.outcome is Outcome.FATAL else 0
                if denials > len(self.denial_pauses):
                    raise MessengerError(*DEAD_TOKEN) from None
                if failures in (1, 10) or failures % 100 == 0:
                    log.warning("getUpdates failed %d times: %s", failures, verdict.detail)
                pauses, tries = (self.denial_pauses, denials) if denials else (self.pauses, failures)
                pause = max(pauses[min(tries, len(pauses)) - 1], min(verdict.retry_after, RETRY_AFTER_MAX))
                await asyncio.sleep(began + pause - time.monotonic())

    async def _turn(self, offset: int, seconds: int, read: Callable[[Update], Event | None], receive: Receive) -> int:
        """One poll: everything it brought is stored before the returned offset confirms it."""
        updates = await self._ask(offset, seconds)
        self.heard_at = time.monotonic()
        if not updates:
            # All before it is confirmed. After a quiet week Telegram may start from a lower id: an old offset is deaf.
            return 0
        known = [update for update in updates if isinstance(update, dict)]
        events = [event for update in known if (event := read(update)) is not None]
        self.skipped += len(updates) - len(events)
        ids: list[int] = [update["update_id"] for update in known if isinstance(update.get("update_id"), int)]
        following = max(ids) + 1
        await receive(events, str(following))
        return following
