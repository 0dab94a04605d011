"""What a person's phone shows and can do: the one vocabulary in which tests and the page talk to both emulators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ShownButton:
    """A button as the phone draws it. ``kind``: say, url, phone or location."""

    label: str
    kind: str = "say"
    url: str = ""


@dataclass(slots=True)
class Shown:
    """One bubble of the chat."""

    text: str
    mine: bool = False  #: True: sent by the person, not by the bot
    buttons: list[list[ShownButton]] = field(default_factory=list)  #: inline buttons under this bubble
    image: bytes = b""
    at: float = 0.0


class Phone(Protocol):
    """One person's phone in one messenger. Every action is what the real app would send to the platform."""

    chat: list[Shown]  #: everything said, oldest first
    keyboard: list[list[ShownButton]]  #: the reply keyboard at the bottom, [] when hidden
    typing: bool  #: the bot shows «печатает…» now

    async def start(self, ref: str = "") -> None:
        """Open the bot by its link and press Start."""

    async def say(self, text: str) -> None:
        """Type a message."""

    async def press(self, label: str) -> None:
        """Press the newest visible button with this label (inline first, then the keyboard). KeyError if none."""

    async def share_location(self, latitude: float, longitude: float) -> None: ...

    async def share_contact(self, phone: str) -> None: ...

    async def send(self, what: str) -> None:
        """Send something that is not text: "sticker", "voice" or "photo"."""

    def block(self) -> None:
        """Forbid the bot to write to this person."""

    def bot_said(self, since: int = 0) -> list[Shown]:
        """The bot's bubbles from index ``since`` of ``chat`` on."""
