"""From the inbox to the outbox: every person's messages strictly in order, different people in parallel."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from app.committer import GroupCommit
from app.content import Content
from app.effects import Effects
from app.outgoing import parts_of, report
from app.sender import Sender
from core.engine import take_turn
from core.messages import Event, Platform, Reply
from core.ports import Messenger
from core.session import Session
from core.turn import Said
from store.store import InboxItem, Store, TurnRecord

log = logging.getLogger(__name__)

#: A message whose step fails this often is set aside with its reason; the person is told, the rest goes on.
MOST_ATTEMPTS = 3
#: How long a lane waits before it tries again when the store cannot be written (seconds).
_STORE_PAUSE = 5.0
_SORRY = Reply("Ой, с этим сообщением у меня не получилось. Я уже сообщил хозяину; напишите «меню», и продолжим.")


class Dispatcher:
    """Owns the lanes. Everything runs on one event loop; only effects leave it."""

    def __init__(
        self,
        store: Store,
        content: Content,
        effects: Effects,
        sender: Sender,
        messengers: Mapping[Platform, Messenger],
    ) -> None:
        self._store = store
        self._content = content
        self._effects = effects
        self._sender = sender
        self._messengers = messengers
        self._lanes: dict[str, deque[InboxItem]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._commits = GroupCommit[TurnRecord](self._commit)
        self._stopping = False

    async def receive(self, platform: Platform, events: Sequence[Event], position: str) -> None:
        """Store a batch and the platform's position in one transaction; only then may the messenger acknowledge."""
        for item in self._store.receive(events, platform, position):
            if item.event.press_id:
                self._spawn(self._acknowledge(item.event))
            self._enqueue(item)

    def recover(self) -> int:
        """Take up what was accepted before a restart; returns how many messages that is."""
        backlog = self._store.backlog()
        for item in backlog:
            self._enqueue(item)
        return len(backlog)

    async def drain(self, seconds: float) -> None:
        """Stop starting new turns, give the running ones a moment. What does not finish stays in the inbox."""
        self._stopping = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _enqueue(self, item: InboxItem) -> None:
        lane = item.event.lane
        if lane in self._lanes:
            self._lanes[lane].append(item)
            return
        self._lanes[lane] = deque([item])
        self._spawn(self._work(lane))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, lane: str) -> None:
        """One lane, until it is empty."""
        queue = self._lanes[lane]
        try:
            while queue and not self._stopping:
                try:
                    await self._answer(queue[0])
                except Exception as error:  # the store itself failed (a full disk): the lane waits, nothing is lost
                    log.exception("the store failed: %s", type(error).__name__)
                    await asyncio.sleep(_STORE_PAUSE)
                else:
                    queue.popleft()
        finally:
            del self._lanes[lane]

    async def _answer(self, item: InboxItem) -> None:
        if item.event.group and not item.event.addressed:
            await self._commits.add(TurnRecord(item.id, item.event.lane, None, (), (), now=item.event.at))
            return
        while True:
            try:
                await self._commits.add(await self._record(item))
            except Exception as error:  # whatever a step does, the loop must live and the person must hear
                if self._failed(item, error):
                    return
            else:
                return

    async def _record(self, item: InboxItem) -> TurnRecord:
        event = item.event
        session = Session.from_json(self._store.session(event.lane))
        steps = take_turn(self._content.scenario, session, event, self._content.world)
        turn = await self._effects.drive(steps, event)
        report(turn, self._store, self._messengers)
        return TurnRecord(
            inbox_id=item.id,
            lane=event.lane,
            session={} if turn.forget else turn.session.to_json(),
            changes=tuple(turn.changes),
            outgoing=parts_of(event, turn.said, self._messengers),
            now=event.at,
        )

    def _failed(self, item: InboxItem, error: Exception) -> bool:
        """Count a failed try; True when the message is set aside for good."""
        attempts = self._store.attempt(item.id)
        log.warning(
            "step failed: %s", type(error).__name__, extra={"inbox": item.id, "attempt": attempts}, exc_info=error
        )
        if attempts < MOST_ATTEMPTS:
            return False
        self._store.set_aside(item.id, f"{type(error).__name__}: {error}"[:500])
        self._store.journal(
            "Сообщение",
            f"Не смог ответить на одно сообщение: {type(error).__name__}.",
            "Отложено; остальные работают. Подробности в журнале сервера.",
            item.event.at,
        )
        apology = parts_of(item.event, [Said(_SORRY)], self._messengers)
        self._commit([TurnRecord(None, item.event.lane, None, (), apology, now=item.event.at)])
        return True

    def _commit(self, records: Sequence[TurnRecord]) -> None:
        self._sender.enqueue(self._store.commit(records))

    async def _acknowledge(self, event: Event) -> None:
        messenger = self._messengers.get(event.platform)
        if messenger is not None:
            await messenger.acknowledge(event.press_id, event.chat_id, event.user_id)
