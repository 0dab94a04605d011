"""A phone on the page: the person who holds it, what its screen shows, and what a tap on it does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from nicegui import events
from nicegui.element import Element

from core.messages import Platform
from sandbox.phone import Phone, Shown, ShownButton

#: Who comes to the bot: every second name to one phone, the others to the other; then the names begin again.
NAMES = ("Аня", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Игорь", "Кира", "Лев", "Майя", "Олег")
#: Older bubbles are not drawn.
_MOST_BUBBLES = 60
_HERE = (55.7963, 49.1064)
_CAPTIONS = {"sticker": "Стикер", "voice": "Голосовое, 0:03", "photo": "Фото", "location": "Я здесь", "contact": ""}


class Gallery:
    """Pictures of the chats by a name made from their content, so that a browser asks for each once."""

    def __init__(self) -> None:
        self._pictures: dict[str, bytes] = {}
        self._names: dict[bytes, str] = {}

    def address(self, image: bytes) -> str:
        if not image:
            return ""
        name = self._names.get(image)
        if name is None:
            name = self._names[image] = blake2b(image, digest_size=12).hexdigest()
            self._pictures[name] = image
        return f"/picture/{name}"

    def picture(self, name: str) -> bytes | None:
        return self._pictures.get(name)


@dataclass(slots=True)
class Seat:
    """Whoever holds the phone of one messenger now. All open pages show the same seat."""

    platform: Platform
    find: Callable[[int, str], Phone]  #: the emulator's phone of a person
    first_id: int
    first_name: int = 0  #: place in `NAMES`
    said: str = ""  #: the last thing typed or pressed, for the graph
    said_at: float = 0.0
    captions: dict[int, str] = field(default_factory=dict)  #: what the bubbles without words were
    _number: int = 0

    @property
    def user_id(self) -> int:
        return self.first_id + self._number

    @property
    def name(self) -> str:
        return NAMES[(self.first_name + 2 * self._number) % len(NAMES)]

    @property
    def phone(self) -> Phone:
        return self.find(self.user_id, self.name)

    @property
    def messenger(self) -> str:
        return {"telegram": "Telegram", "vk": "VK"}[self.platform]

    @property
    def lane(self) -> str:
        """How the bot's memory calls this conversation."""
        return f"{self.platform}:{self.user_id}"

    def newcomer(self) -> None:
        """Hand the phone to somebody who never wrote to the bot."""
        self._number += 1
        self.captions.clear()
        self.said = ""

    async def do(self, action: str, what: str) -> None:
        """One tap. A button that has gone meanwhile does nothing, as on a real phone."""
        phone = self.phone
        self.said, self.said_at = what, time.time()
        if action == "start":
            await phone.start()
        elif action == "say" and what.strip():
            await phone.say(what.strip())
        elif action == "press":
            try:
                await phone.press(what)
            except KeyError:
                return
        elif action == "send":
            await self._attach(phone, what)

    async def _attach(self, phone: Phone, what: str) -> None:
        self.captions[len(phone.chat)] = what
        if what == "location":
            await phone.share_location(*_HERE)
        elif what == "contact":
            await phone.share_contact(f"+7916{self.user_id:07d}")
        else:
            await phone.send(what)

    def screen(self, gallery: Gallery) -> dict[str, Any]:
        """Everything the phone shows, ready for the browser."""
        phone = self.phone
        first = max(len(phone.chat) - _MOST_BUBBLES, 0)
        chat = [self._bubble(number, phone.chat[number], gallery) for number in range(first, len(phone.chat))]
        return {"person": self.name, "chat": chat, "keyboard": _rows(phone.keyboard), "typing": phone.typing}

    def _bubble(self, number: int, shown: Shown, gallery: Gallery) -> dict[str, Any]:
        kind = self.captions.get(number, "" if shown.text or not shown.mine else "location")
        return {
            "id": f"{self.user_id}-{number}",
            "text": _CAPTIONS.get(kind, "") or shown.text,
            "kind": kind,
            "mine": shown.mine,
            "at": time.strftime("%H:%M", time.localtime(shown.at)),
            "image": gallery.address(shown.image),
            "buttons": _rows(shown.buttons),
        }


class PhoneView(Element, component="page_phone.js"):
    """The phone in one browser. ``look`` is the platform's name: it decides the colours."""

    def __init__(self, seat: Seat, gallery: Gallery, title: str) -> None:
        super().__init__()
        self._seat = seat
        self._gallery = gallery
        self._screen: dict[str, Any] = {}
        self._props["look"] = seat.platform
        self._props["title"] = title
        self.on("act", self._act)
        self.on("newcomer", self._newcomer)
        self.refresh()

    def refresh(self) -> None:
        """Send the browser what changed, if anything."""
        screen = self._seat.screen(self._gallery)
        changed = {name: value for name, value in screen.items() if self._screen.get(name) != value}
        if changed:
            self._screen = screen
            self._props.update(changed)

    async def _act(self, event: events.GenericEventArguments) -> None:
        action, what = event.args
        await self._seat.do(str(action), str(what))
        self.refresh()

    def _newcomer(self) -> None:
        self._seat.newcomer()
        self.refresh()


def _rows(rows: list[list[ShownButton]]) -> list[list[dict[str, str]]]:
    return [[{"label": b.label, "kind": b.kind, "url": b.url if _opens(b.url) else ""} for b in row] for row in rows]


def _opens(url: str) -> bool:
    """The bot's links come from a spreadsheet: nothing but a web address may become one on the page."""
    return url.startswith(("https://", "http://"))
