"""From the outbox to the messengers: in order within a chat, many chats at once, every outcome written down."""

from __future__ import annotations

import asyncio
import heapq
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

from app.committer import GroupCommit
from core.messages import Outcome, Platform, Sent, of_chat
from core.ports import Messenger
from store.store import OutboxItem, Store

log = logging.getLogger(__name__)

Deliver = Callable[[Messenger, OutboxItem], Coroutine[Any, Any, None]]

#: How many messages of one platform may be on their way at once.
_IN_FLIGHT = 32
#: Pauses between tries grow from one second to this.
_LONGEST_PAUSE = 300.0
#: An answer that was lost on the way is repeated this often at most: rather a rare repeat than silence.
UNCERTAIN_REPEATS = 1


class Sender:
    """Replies (priority 0) go before broadcasts (priority 1); within a chat nothing overtakes."""

    def __init__(
        self,
        store: Store,
        messengers: Mapping[Platform, Messenger],
        on_fatal: Callable[[Platform, str], None],
    ) -> None:
        self._store = store
        self._on_fatal = on_fatal
        self._lines = {platform: _Line(messenger, self._deliver) for platform, messenger in messengers.items()}
        self._results = GroupCommit[tuple[int, Sent, float]](store.sent)

    def enqueue(self, items: Sequence[OutboxItem]) -> None:
        """Take rows that are already stored. Rows for a messenger that is off wait in the store."""
        for item in items:
            line = of_chat(item.outgoing.chat, self._lines)
            if line is not None:
                line.add(item)

    def recover(self) -> int:
        """Take up what was not sent before a restart."""
        pending = self._store.outbox_pending()
        self.enqueue(pending)
        return len(pending)

    @property
    def waiting(self) -> int:
        return sum(line.waiting for line in self._lines.values())

    async def drain(self, seconds: float) -> None:
        """Let what is on its way arrive; the rest stays in the outbox."""
        await asyncio.gather(*(line.stop(seconds) for line in self._lines.values()))

    async def _deliver(self, messenger: Messenger, item: OutboxItem) -> None:
        """Until the message is sent or given up; waits in between, so that its chat keeps its order."""
        attempts = item.attempts
        while True:
            sent = await messenger.send(item.outgoing)
            attempts += 1
            again = sent.outcome is Outcome.RETRY or (
                sent.outcome is Outcome.UNCERTAIN and attempts <= UNCERTAIN_REPEATS
            )
            await self._results.add((item.id, sent if not again else _keep(sent), time.time()))
            if sent.outcome is Outcome.FATAL:
                self._on_fatal(messenger.platform, sent.detail)
            if sent.outcome is not Outcome.SENT:
                log.warning("send: %s %s", sent.outcome, sent.detail, extra={"outbox": item.id, "attempt": attempts})
            if not again:
                return
            await asyncio.sleep(sent.retry_after or min(2.0 ** min(attempts - 1, 9), _LONGEST_PAUSE))


def _keep(sent: Sent) -> Sent:
    """Still pending: an uncertain send that will be repeated once more stays in the outbox meanwhile."""
    return Sent(Outcome.RETRY, sent.ref, sent.retry_after, sent.detail)


class _Line:
    """One platform's queue: a heap by (priority, order) of chats' heads, a bounded number on their way."""

    def __init__(self, messenger: Messenger, deliver: Deliver) -> None:
        self._messenger = messenger
        self._deliver = deliver
        self._heap: list[tuple[int, int, OutboxItem]] = []
        self._order = count()
        self._chats: dict[str, list[tuple[int, int, OutboxItem]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    @property
    def waiting(self) -> int:
        return len(self._heap) + len(self._tasks) + sum(map(len, self._chats.values()))

    def add(self, item: OutboxItem) -> None:
        entry = (item.priority, next(self._order), item)
        behind = self._chats.get(item.outgoing.chat)
        if behind is None:
            self._chats[item.outgoing.chat] = []
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappush(behind, entry)
        self._fill()

    def _fill(self) -> None:
        while self._heap and len(self._tasks) < _IN_FLIGHT and not self._stopped:
            _, _, item = heapq.heappop(self._heap)
            task = asyncio.get_running_loop().create_task(self._deliver(self._messenger, item))
            self._tasks.add(task)
            task.add_done_callback(partial(self._done, item))

    def _done(self, item: OutboxItem, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("delivery stopped: %s", type(error).__name__, exc_info=error)
        chat = item.outgoing.chat
        behind = self._chats[chat]
        if behind:
            heapq.heappush(self._heap, heapq.heappop(behind))
        else:
            del self._chats[chat]
        self._fill()

    async def stop(self, seconds: float) -> None:
        self._stopped = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
