"""Everybody on the other side of the bot: who wrote to it, who blocked it, and the phones in their hands."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

from sandbox.telegram_phone import TelegramPhone
from sandbox.telegram_queue import UpdateQueue
from sandbox.telegram_rules import Refusal


class TelegramNetwork:
    """People, chats and the updates they cause; the Bot API's methods stand on top of it."""

    def __init__(self, bot_id: int, username: str) -> None:
        self.username = username
        self.me: dict[str, Any] = {"id": bot_id, "is_bot": True, "first_name": "Бот", "username": username}
        self.updates = UpdateQueue()
        self.privacy = False  #: True: in groups the bot hears only what is meant for it
        self.chats: dict[int, dict[str, Any]] = {}  #: chats the bot may write to
        self.closed: dict[int, Refusal] = {}  #: chats that refuse the bot, and with which words
        self.queries: dict[str, float] = {}  #: callback queries waiting for an answer, and since when
        self._phones: dict[int, dict[int, TelegramPhone]] = {}  # by chat, then by person
        self._ids = count(1)

    @property
    def received(self) -> int:
        """How many updates the bot has confirmed."""
        return self.updates.confirmed

    def phones_in(self, chat_id: int) -> list[TelegramPhone]:
        """Everybody who sees this chat."""
        return list(self._phones.get(chat_id, {}).values())

    def phone(self, user_id: int, name: str = "Аня", chat_id: int | None = None, username: str = "") -> TelegramPhone:
        """The phone of a person, open on the chat with the bot or on a group (``chat_id`` < 0)."""
        known = self._phones.setdefault(chat_id or user_id, {})
        if user_id not in known:
            user = {"id": user_id, "is_bot": False, "first_name": name or "Аня", "language_code": "ru"}
            chat: dict[str, Any] = {"id": user_id, "first_name": user["first_name"], "type": "private"}
            if username:
                user["username"] = chat["username"] = username
            if chat_id is not None:
                chat = {"id": chat_id, "title": "Группа", "type": "supergroup"}
                self.allow(chat)
            known[user_id] = TelegramPhone(self, user, chat)
        return known[user_id]

    def flood(self, count: int, users: int) -> None:
        """Queue ``count`` messages from ``users`` people at once, in turn, for benchmarks."""
        now = int(time.time())
        for number in range(count):
            user_id = 1_000_000 + number % users
            chat = {"id": user_id, "first_name": "Гость", "type": "private"}
            self.chats[user_id] = chat
            sender = {"id": user_id, "is_bot": False, "first_name": "Гость", "language_code": "ru"}
            content = {"from": sender, "chat": chat, "date": now, "text": f"сообщение {number // users + 1}"}
            self.updates.add("message", {"message_id": self.next_message_id(), **content})

    def deliver(self, kind: str, payload: dict[str, Any]) -> None:
        if kind == "message" and self.privacy and payload["chat"]["id"] < 0 and not self._meant_for_bot(payload):
            return
        self.updates.add(kind, payload)

    def next_message_id(self) -> int:
        return next(self._ids)

    def open_query(self) -> str:
        query_id = str(4_400_000_000_000 + self.next_message_id())
        self.queries[query_id] = time.monotonic()
        return query_id

    def allow(self, chat: dict[str, Any]) -> bool:
        self.chats[chat["id"]] = chat
        return self.closed.pop(chat["id"], None) is not None

    def forbid(self, chat: dict[str, Any]) -> None:
        private = chat["type"] == "private"
        reason = "bot was blocked by the user" if private else "bot was kicked from the supergroup chat"
        self.closed[chat["id"]] = Refusal(403, f"Forbidden: {reason}")

    def membership(self, user: dict[str, Any], chat: dict[str, Any], member: bool) -> None:
        states: list[dict[str, Any]] = [{"status": "member", "user": self.me}]
        states.append({"status": "kicked", "user": self.me, "until_date": 0})
        old, new = states[::-1] if member else states
        change = {"from": user, "chat": chat, "date": int(time.time())}
        self.updates.add("my_chat_member", {**change, "old_chat_member": old, "new_chat_member": new})

    def _meant_for_bot(self, message: dict[str, Any]) -> bool:
        to_bot = message.get("reply_to_message", {}).get("from", {}).get("id") == self.me["id"]
        text = message.get("text", "")
        return to_bot or text.startswith("/") or f"@{self.username}" in text
