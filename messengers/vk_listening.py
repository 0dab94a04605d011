"""VK's Long Poll loop: events are stored before they are acknowledged, and no outage, key or ts loss ends it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from core.messages import Event
from core.ports import Receive
from messengers.vk_profiles import Profiles
from messengers.vk_replies import NO_ANSWER, TOKEN_TRIES, RefusedError
from messengers.vk_updates import event

_log = logging.getLogger(__name__)

#: A server that failed this often in a row may have moved: ask for its address again, keeping our place.
_SERVER_TRIES = 3
#: Waits start at ``pause`` and double this often: a bot must be back seconds after VK is.
_DOUBLINGS = 3

_Json = dict[str, Any]


class Transport(Protocol):
    """The two calls of Long Poll; both raise `RefusedError`."""

    async def server(self) -> _Json:
        """key, server and ts of a new session. VK limits this call (error 29): not one per poll."""

    async def poll(self, server: _Json, ts: str) -> _Json:
        """One a_check: waits for events after ``ts``."""


class Listener:
    """One `listen` call. ``counters`` (shared with the messenger) tell `status` what went wrong so far."""

    def __init__(
        self,
        transport: Transport,
        profiles: Profiles,
        group_id: Callable[[], int | None],
        counters: Counter[str],
        pause: float,
    ) -> None:
        self._transport = transport
        self._profiles = profiles
        self._group_id = group_id
        self._counters = counters
        self._pause = pause
        self._server: _Json | None = None
        self._ts = ""

    async def run(self, ts: str, receive: Receive) -> None:
        """Poll for ever from ``ts``; `MessengerError` when the token is dead."""
        self._ts = ts
        failures = refusals = 0
        while True:
            wait = 0.0
            try:
                healthy = await self._turn(receive)
                refusals = 0
            except RefusedError as refusal:
                healthy = False
                wait = refusal.verdict.retry_after if refusal.code != NO_ANSWER else 0.0
                refusals = refusals + 1 if refusal.fatal else 0
                self._counters[f"poll refused {refusal.code}"] += 1
                _log.warning("VK Long Poll: %s", refusal)
                if refusals >= TOKEN_TRIES:
                    raise refusal.error() from None
            except Exception:  # the inbox could not store the batch: keep our place and offer it again
                healthy = False
                _log.exception("A batch of VK events was not stored; it will be asked for again")
            failures = 0 if healthy else failures + 1
            if failures and failures % _SERVER_TRIES == 0:
                self._server = None
            if failures:
                await asyncio.sleep(max(wait, self._pause * 2 ** min(failures - 1, _DOUBLINGS)))

    async def _turn(self, receive: Receive) -> bool:
        """One poll; False when VK answered that our key or place is lost."""
        if self._server is None:
            self._server = await self._transport.server()
            if not self._ts:
                # Remember the starting point at once: what is written before the first event is then not missed.
                await self._advance([], str(self._server["ts"]), receive)
        answer = await self._transport.poll(self._server, self._ts)
        if "failed" in answer:
            await self._recover(answer, receive)
            return False
        ts, updates = answer.get("ts"), answer.get("updates")
        if not isinstance(ts, str | int) or not isinstance(updates, list):
            raise RefusedError(NO_ANSWER)
        if updates or str(ts) != self._ts:
            events = [read for update in updates if (read := self._read(update))]
            await self._advance(await self._profiles.named(events), str(ts), receive)
        return True

    async def _advance(self, events: list[Event], ts: str, receive: Receive) -> None:
        await receive(events, ts)
        # Asking with the new ts is the acknowledgement, so it changes only after the events are stored.
        self._ts = ts

    async def _recover(self, answer: _Json, receive: Receive) -> None:
        failed = answer["failed"]
        self._counters[f"failed {failed}"] += 1
        if failed == 1 and isinstance(answer.get("ts"), str | int):
            _log.warning("VK no longer keeps some of the events that came while the bot was away")
            await self._advance([], str(answer["ts"]), receive)
            return
        self._server = None
        if failed == 3:
            _log.warning("VK lost its place in the events; listening from now on")
            self._ts = ""

    def _read(self, update: Any) -> Event | None:
        try:
            read = event(update, self._group_id()) if isinstance(update, dict) else None
        except Exception:  # one poisonous update must not stop the ones behind it
            _log.exception("An update of VK could not be read")
            read = None
        if read is None:
            self._counters["skipped"] += 1
            return None
        return read if read.at else replace(read, at=time.time())
