"""A Telegram app in somebody's hand: turns taps into the updates the real app would cause, and shows the answers."""

from __future__ import annotations

import re
import time
from typing import Any, Protocol

from sandbox.phone import Shown, ShownButton
from sandbox.telegram_rules import units

TYPING_SECONDS = 5.0

Message = dict[str, Any]

#: What «send» attaches, as Telegram describes it.
_ATTACHMENTS: dict[str, dict[str, Any]] = {
    "sticker": {
        "sticker": {
            "file_id": "CAACAgIAAxkBAAE",
            "file_unique_id": "AgADaQ",
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "👍",
        }
    },
    "voice": {
        "voice": {
            "file_id": "AwACAgIAAxkBAAE",
            "file_unique_id": "AgADvw",
            "duration": 3,
            "mime_type": "audio/ogg",
            "file_size": 12345,
        }
    },
    "photo": {
        "photo": [
            {"file_id": "AgACAgIAAxkBAAE1", "file_unique_id": "AQADs", "width": 90, "height": 67, "file_size": 1200},
            {"file_id": "AgACAgIAAxkBAAE2", "file_unique_id": "AQADm", "width": 800, "height": 600, "file_size": 80000},
        ]
    },
}


class Network(Protocol):
    """What a phone needs of Telegram's servers."""

    username: str

    def deliver(self, kind: str, payload: dict[str, Any]) -> None:
        """Queue an update for the bot."""

    def next_message_id(self) -> int: ...

    def open_query(self) -> str:
        """The id of a fresh callback query."""

    def allow(self, chat: dict[str, Any]) -> bool:
        """Let the bot write to this chat; True when it was blocked before."""

    def forbid(self, chat: dict[str, Any]) -> None:
        """Let the bot's messages to this chat fail with 403."""

    def membership(self, user: dict[str, Any], chat: dict[str, Any], member: bool) -> None:
        """Tell the bot that it was let in or thrown out."""


class TelegramPhone:
    """One person in one chat with the bot; a group chat has one phone per member."""

    def __init__(self, network: Network, user: dict[str, Any], chat: dict[str, Any]) -> None:
        self.user = user
        self.chat_info = chat
        self.chat: list[Shown] = []
        self.keyboard: list[list[ShownButton]] = []
        self._network = network
        self._messages: list[Message] = []  # one per bubble of `chat`
        self._one_time = False
        self._typing_until = 0.0

    @property
    def typing(self) -> bool:
        return time.monotonic() < self._typing_until

    @typing.setter
    def typing(self, on: bool) -> None:
        self._typing_until = time.monotonic() + TYPING_SECONDS if on else 0.0

    async def start(self, ref: str = "") -> None:
        if self._network.allow(self.chat_info):
            self._network.membership(self.user, self.chat_info, member=True)
        await self.say(f"/start {ref}".strip())

    async def say(self, text: str) -> None:
        self._say(text, {})

    async def reply(self, text: str) -> None:
        """Answer the bot's newest message, which is how people address a bot in a group."""
        quoted = next(m for bubble, m in zip(self.chat[::-1], self._messages[::-1], strict=True) if not bubble.mine)
        self._say(text, {"reply_to_message": {k: v for k, v in quoted.items() if k != "reply_to_message"}})

    async def press(self, label: str) -> None:
        for bubble, message in zip(self.chat[::-1], self._messages[::-1], strict=True):
            for row, shown in enumerate(bubble.buttons):
                for column, button in enumerate(shown):
                    if button.label == label:
                        return self._press_inline(message, message["reply_markup"]["inline_keyboard"][row][column])
        button = next(button for button in _flat(self.keyboard, label))
        if self._one_time:
            self.keyboard = []
        if button.kind == "phone":
            await self.share_contact(f"+7916{self.user['id']:07d}")
        elif button.kind == "location":
            await self.share_location(55.7558, 37.6176)
        else:
            await self.say(label)
        return None

    async def share_location(self, latitude: float, longitude: float) -> None:
        self._send({"location": {"latitude": latitude, "longitude": longitude}}, "📍")

    async def share_contact(self, phone: str) -> None:
        contact = {"phone_number": phone, "first_name": self.user["first_name"], "user_id": self.user["id"]}
        self._send({"contact": contact}, phone)

    async def forward_contact(self, phone: str, owner_id: int) -> None:
        """Send somebody else's card, as anyone can from the address book."""
        self._send({"contact": {"phone_number": phone, "first_name": "Друг", "user_id": owner_id}}, phone)

    async def send(self, what: str) -> None:
        self._send(_ATTACHMENTS[what], f"[{what}]")

    def block(self) -> None:
        self._network.forbid(self.chat_info)
        self._network.membership(self.user, self.chat_info, member=False)

    def bot_said(self, since: int = 0) -> list[Shown]:
        return [bubble for bubble in self.chat[since:] if not bubble.mine]

    def receive(self, message: Message, markup: dict[str, Any], image: bytes = b"") -> None:
        """The bot's message arrives."""
        self.typing = False
        text = message.get("text") or message.get("caption") or ""
        shown = Shown(text, buttons=_buttons(markup.get("inline_keyboard", [])), image=image, at=time.time())
        self._append(shown, message)
        if "keyboard" in markup:
            self.keyboard = _buttons(markup["keyboard"])
            self._one_time = bool(markup.get("one_time_keyboard"))
        elif markup.get("remove_keyboard"):
            self.keyboard = []

    def edit(self, message: Message) -> None:
        """The bot changed its message in place."""
        for bubble, known in zip(self.chat, self._messages, strict=True):
            if known["message_id"] == message["message_id"]:
                known.update(message)
                bubble.text = message.get("text") or message.get("caption") or ""
                bubble.buttons = _buttons(message.get("reply_markup", {}).get("inline_keyboard", []))

    def _say(self, text: str, extra: dict[str, Any]) -> None:
        found = entities(text, self._network.username)
        self._send({"text": text, **({"entities": found} if found else {}), **extra}, text)

    def _send(self, content: dict[str, Any], shown: str) -> None:
        self._network.allow(self.chat_info)
        message = {
            "message_id": self._network.next_message_id(),
            "from": self.user,
            "chat": self.chat_info,
            "date": int(time.time()),
            **content,
        }
        self._append(Shown(shown, mine=True, at=time.time()), message)
        self._network.deliver("message", message)

    def _press_inline(self, message: Message, button: dict[str, Any]) -> None:
        if "callback_data" not in button:
            return  # a link opens in the browser, the bot hears nothing
        query = {
            "id": self._network.open_query(),
            "from": self.user,
            "message": message,
            "chat_instance": str(self.chat_info["id"] * 31),
            "data": button["callback_data"],
        }
        self._network.deliver("callback_query", query)

    def _append(self, shown: Shown, message: Message) -> None:
        self.chat.append(shown)
        self._messages.append(message)


def entities(text: str, username: str) -> list[dict[str, Any]]:
    """The commands and mentions Telegram marks in a text."""
    found = []
    for match in re.finditer(r"(?<![\w/])/\w+(?:@\w+)?|(?<!\w)@\w{3,}", text):
        kind = "bot_command" if match[0].startswith("/") else "mention"
        found.append({"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])})
    return found


def _buttons(rows: list[list[Any]]) -> list[list[ShownButton]]:
    return [[_button(button) for button in row] for row in rows]


def _button(button: Any) -> ShownButton:
    if isinstance(button, str):
        return ShownButton(button)
    if button.get("url"):
        return ShownButton(button["text"], "url", button["url"])
    kind = "phone" if button.get("request_contact") else "location" if button.get("request_location") else "say"
    return ShownButton(button["text"], kind)


def _flat(rows: list[list[ShownButton]], label: str) -> list[ShownButton]:
    found = [button for row in rows for button in row if button.label == label]
    if not found:
        raise KeyError(label)
    return found
