"""Where VK's messages go: who may be written to, what was said already, and whose phone shows it."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from typing import Any

from sandbox.vk_phone import VkPhone
from sandbox.vk_rules import GROUP_CHAT, VkError

#: VK remembers a random_id for this long and for this many messages of a dialog.
_REMEMBER_SECONDS, _REMEMBER_MESSAGES = 3600, 100


class Dialogs:
    """All conversations of one community."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.allowed: set[int] = set()  #: people who wrote to the community and did not forbid it to answer
        self.refusals: dict[int, int] = {}  #: peer -> error code of everything sent there
        self.phones: dict[int, list[VkPhone]] = {}
        self._numbers: Counter[int] = Counter()
        self._recent: dict[int, OrderedDict[int, tuple[float, int]]] = {}

    def number(self, peer: int) -> int:
        """The next conversation_message_id of a peer."""
        self._numbers[peer] += 1
        return self._numbers[peer]

    def check(self, peer: int) -> None:
        """The error VK gives to whoever writes there without right."""
        if peer in self.refusals:
            raise VkError(self.refusals[peer])
        if peer > GROUP_CHAT and peer not in self.phones:
            raise VkError(917)
        if peer <= 0:
            raise VkError(936)
        if peer < GROUP_CHAT and peer not in self.allowed:
            raise VkError(901)

    def deliver(self, message: dict[str, Any], images: list[bytes]) -> int:
        """The peer_id form of messages.send: the number of the message, or of the one this repeats."""
        peer, random_id, now = message["peer_id"], message["random_id"], time.time()
        self.check(peer)
        recent = self._recent.setdefault(peer, OrderedDict())
        if random_id and random_id in recent and recent[random_id][0] > now - _REMEMBER_SECONDS:
            return recent[random_id][1]
        self.number(peer)
        number = len(self.sent) + 1
        # 0 switches the protection off, yet such a message still pushes older ones out of the hundred.
        recent[random_id or -number - 2**31] = (now, number)
        if len(recent) > _REMEMBER_MESSAGES:
            recent.popitem(last=False)
        self.sent.append({**message, "id": number, "at": now})
        for phone in self.phones.get(peer, ()):
            phone.deliver(message["message"], message["keyboard"], images[0] if images else b"")
        return number

    def deliver_one(self, message: dict[str, Any], images: list[bytes]) -> dict[str, Any]:
        """The peer_ids form never fails as a whole: each recipient carries its own error."""
        peer = message["peer_id"]
        try:
            number = self.deliver(message, images)
        except VkError as error:
            failure = {"code": error.code, "description": str(error)}
            return {"peer_id": peer, "message_id": 0, "conversation_message_id": 0, "error": failure}
        return {"peer_id": peer, "message_id": number, "conversation_message_id": self._numbers[peer]}

    def type(self, peer: int) -> None:
        """messages.setActivity: the bot is typing."""
        self.check(peer)
        for phone in self.phones.get(peer, ()):
            phone.typing = True
