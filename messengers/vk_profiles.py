"""Names of people in VK: updates carry ids only, so names are asked in batches and remembered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from core.messages import Event
from messengers.vk_replies import RefusedError

#: users.get takes a thousand ids; a poll brings far fewer.
_BATCH = 1000
_REMEMBERED = 20_000
_PATIENCE_SECONDS = 3.0
_AFTER_FAILURE_SECONDS = 30.0

Request = Callable[..., Awaitable[Any]]


class Profiles:
    """A bounded cache of names. A VK that does not answer costs one short wait per half a minute."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._names: dict[str, str] = {}
        self._silent_until = 0.0

    async def named(self, events: Sequence[Event]) -> list[Event]:
        """The same events with names, "" where VK did not tell."""
        unknown = list(dict.fromkeys(event.user_id for event in events if event.user_id not in self._names))
        if unknown and time.monotonic() >= self._silent_until:
            await self._learn(unknown[:_BATCH])
        return [replace(event, name=self._names.get(event.user_id, "")) for event in events]

    async def _learn(self, ids: list[str]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                people = await self._request("users.get", user_ids=",".join(ids))
        except (RefusedError, TimeoutError):
            self._silent_until = time.monotonic() + _AFTER_FAILURE_SECONDS
            return
        listed = [person for person in people if isinstance(person, dict)] if isinstance(people, list) else []
        told = {str(person.get("id")): _full_name(person) for person in listed}
        while self._names and len(self._names) + len(ids) > _REMEMBERED:
            del self._names[next(iter(self._names))]  # dicts keep order: the oldest goes first
        # Whom VK does not know is remembered as nameless, or every message would ask again.
        self._names |= {user: told.get(user, "") for user in ids}


def _full_name(person: dict[str, Any]) -> str:
    parts = (person.get("first_name"), person.get("last_name"))
    return " ".join(part for part in parts if isinstance(part, str) and part)
