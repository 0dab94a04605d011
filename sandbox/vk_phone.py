"""A person's phone in VK: turns taps into the events VK would send, and the bot's messages into bubbles."""

from __future__ import annotations

import json
import re
import time
from typing import Any, Protocol

from sandbox.phone import Shown, ShownButton

_KINDS = {"text": "say", "callback": "say", "open_link": "url", "location": "location"}
#: VK draws the location button itself, with this caption.
_LOCATION_LABEL = "Отправить своё местоположение"
#: Where this person is when they press a location button.
_HERE = (55.7558, 37.6173)

_Rows = list[list[dict[str, Any]]]

#: What VK puts into a message beside text, cut to the fields a bot meets.
ATTACHMENTS: dict[str, dict[str, Any]] = {
    "sticker": {"type": "sticker", "sticker": {"inner_type": "base_sticker_new", "product_id": 1, "sticker_id": 9008}},
    "voice": {
        "type": "audio_message",
        "audio_message": {
            "id": 6, "owner_id": 1, "duration": 3, "waveform": [0, 7], "access_key": "ab12",
            "link_mp3": "https://example.invalid/v.mp3", "link_ogg": "https://example.invalid/v.ogg",
        },
    },
    "photo": {
        "type": "photo",
        "photo": {
            "id": 5, "owner_id": 1, "album_id": -3, "date": 1790000000, "access_key": "cd34", "text": "",
            "has_tags": False,
            "sizes": [{"type": "x", "url": "https://example.invalid/p.jpg", "width": 4, "height": 3}],
        },
    },
}  # fmt: skip


class Line(Protocol):
    """What a phone needs of the emulator it talks through."""

    group_id: int
    screen_name: str
    allowed: set[int]

    def emit(self, kind: str, body: dict[str, Any]) -> str:
        """Queue an event for the bot; return its id."""

    def incoming(self, user_id: int, peer_id: int, text: str, **fields: Any) -> None:
        """Queue a message of a person to the bot."""

    def expect_answer(self, event_id: str, user_id: int, peer_id: int) -> None:
        """Remember a pressed callback button until the bot answers it."""


class VkPhone:
    """Implements `sandbox.phone.Phone`. In a group chat `say` turns «@club1» into VK's mention markup."""

    def __init__(self, line: Line, user_id: int, name: str, peer_id: int) -> None:
        self.user_id, self.name, self.peer_id = user_id, name, peer_id
        self.chat: list[Shown] = []
        self.keyboard: list[list[ShownButton]] = []
        self.typing = False
        self._line = line
        self._inline: list[_Rows] = []  # one per message that has buttons, newest last
        self._bottom: _Rows = []
        self._one_time = False

    @property
    def in_group(self) -> bool:
        return self.peer_id != self.user_id

    async def start(self, ref: str = "") -> None:
        """The «Начать» button of an empty chat, or of a vk.me/club1?ref=… link."""
        origin = {"ref": ref, "ref_source": "link"} if ref else {}
        self._send("Начать", payload=json.dumps({"command": "start"}), **origin)

    async def say(self, text: str) -> None:
        called = rf"@(club{self._line.group_id}|{re.escape(self._line.screen_name)})\b"
        self._send(re.sub(called, rf"[club{self._line.group_id}|@\1]", text) if self.in_group else text)

    async def press(self, label: str) -> None:
        board, action = self._find(label)
        kind, payload = action["type"], _payload(action)
        if kind == "text":
            mention = f"[club{self._line.group_id}|@{self._line.screen_name}] " if self.in_group else ""
            self._send(mention + action["label"], **({"payload": payload} if payload else {}))
        elif kind == "location":
            self._send("", geo=_geo(*_HERE), **({"payload": payload} if payload else {}))
        elif kind == "callback":
            self._call_back(payload)
        if board is self._bottom and self._one_time and kind in ("text", "location"):
            self._show_keyboard([], one_time=False)

    async def share_location(self, latitude: float, longitude: float) -> None:
        self._send("", geo=_geo(latitude, longitude))

    async def share_contact(self, phone: str) -> None:
        """VK has no contact button: people type the number."""
        self._send(phone)

    async def send(self, what: str) -> None:
        self._send("", attachments=[ATTACHMENTS[what]])

    def block(self) -> None:
        self._line.allowed.discard(self.user_id)
        self._line.emit("message_deny", {"user_id": self.user_id})

    def bot_said(self, since: int = 0) -> list[Shown]:
        return [shown for shown in self.chat[since:] if not shown.mine]

    def deliver(self, text: str, board: dict[str, Any] | None, image: bytes) -> None:
        """A message of the bot arrives."""
        self.typing = False
        rows: _Rows = board["buttons"] if board else []
        inline = bool(board and board.get("inline"))
        self.chat.append(Shown(text, False, _drawn(rows) if inline else [], image, time.time()))
        if inline:
            self._inline.append(rows)
        elif board is not None:
            self._show_keyboard(rows, bool(board.get("one_time")))

    def _send(self, text: str, **fields: Any) -> None:
        self.chat.append(Shown(text, mine=True, at=time.time()))
        self._line.incoming(self.user_id, self.peer_id, text, **fields)

    def _call_back(self, payload: str) -> None:
        body: dict[str, Any] = {"user_id": self.user_id, "peer_id": self.peer_id, "conversation_message_id": 1}
        # Unlike message_new, here VK hands the payload over as an object, not as a string.
        body |= {"payload": json.loads(payload) if payload else {}, "event_id": f"{time.monotonic_ns():012x}"[-12:]}
        self._line.expect_answer(body["event_id"], self.user_id, self.peer_id)
        self._line.emit("message_event", body)

    def _find(self, label: str) -> tuple[_Rows, dict[str, Any]]:
        for board in (*reversed(self._inline), self._bottom):
            for row in board:
                for button in row:
                    if _label(button) == label:
                        return board, button["action"]
        raise KeyError(label)

    def _show_keyboard(self, rows: _Rows, one_time: bool) -> None:
        self._bottom, self._one_time = rows, one_time
        self.keyboard = _drawn(rows)


def _label(button: dict[str, Any]) -> str:
    return str(button["action"].get("label", _LOCATION_LABEL))


def _drawn(rows: _Rows) -> list[list[ShownButton]]:
    return [
        [
            ShownButton(_label(button), _KINDS.get(button["action"]["type"], "say"), button["action"].get("link", ""))
            for button in row
        ]
        for row in rows
    ]


def _payload(action: dict[str, Any]) -> str:
    payload = action.get("payload", "")
    return payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)


def _geo(latitude: float, longitude: float) -> dict[str, Any]:
    place = {"country": "Россия", "city": "Москва", "title": "Москва, Россия"}
    return {"type": "point", "coordinates": {"latitude": latitude, "longitude": longitude}, "place": place}
