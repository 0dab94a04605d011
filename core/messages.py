"""The common words of every messenger: what a person sends (Event) and what the bot answers (Reply)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeVar

T = TypeVar("T")

Platform = Literal["telegram", "vk"]

#: What a person did. ``other`` is anything we cannot read (sticker, voice, an unknown kind): it still gets an answer.
Kind = Literal["text", "press", "start", "location", "contact", "other", "blocked", "allowed"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a person did, free of any platform's types.

    ``key`` is the platform's own event id and the idempotency key of everything that follows from it.
    """

    key: str  #: "telegram:872341" or "vk:9f0c...": the same redelivered event has the same key
    platform: Platform
    user_id: str
    chat_id: str
    kind: Kind
    at: float  #: when it happened, seconds since the epoch
    group: bool = False
    addressed: bool = True  #: False in a group chat when nobody spoke to the bot
    text: str = ""
    press: str = ""  #: the token of the pressed button, see core/buttons.py
    press_id: str = ""  #: what the platform wants back to stop the button's spinner
    ref: str = ""  #: the start parameter of t.me/bot?start=… or vk.me/club?ref=…
    name: str = ""  #: how the platform calls the person, "" when it does not say
    username: str = ""
    phone: str = ""
    location: tuple[float, float] | None = None  #: latitude, longitude in degrees
    attachments: tuple[str, ...] = ()  #: kinds of what came along: "sticker", "voice", "photo"

    @property
    def person(self) -> str:
        """The person's identity across restarts: "telegram:42"."""
        return f"{self.platform}:{self.user_id}"

    @property
    def chat(self) -> str:
        """Where an answer goes: "vk:2000000001"."""
        return f"{self.platform}:{self.chat_id}"

    @property
    def lane(self) -> str:
        """Events of one lane are answered strictly in order; different lanes run in parallel."""
        return f"{self.chat}:{self.user_id}" if self.group else self.person

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Event:
        location = data.get("location")
        return cls(
            **{
                **data,
                "location": (location[0], location[1]) if location else None,
                "attachments": tuple(data.get("attachments") or ()),
            }
        )


def of_chat(chat: str, by_platform: Mapping[Platform, T]) -> T | None:
    """What belongs to the messenger of this chat ("telegram:42"); None when that messenger is not there."""
    return next((one for platform, one in by_platform.items() if chat.startswith(f"{platform}:")), None)


class Does(StrEnum):
    """What a button does when pressed."""

    SAY = "say"  #: sends its token back to us
    URL = "url"
    PHONE = "phone"  #: asks the platform for the person's phone number
    LOCATION = "location"


@dataclass(frozen=True, slots=True)
class Button:
    """One button. ``data`` is an opaque token of at most 64 bytes (Telegram's callback_data limit)."""

    label: str
    does: Does = Does.SAY
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Rows of buttons. ``inline`` sits under its message; otherwise it replaces the phone's keyboard."""

    rows: tuple[tuple[Button, ...], ...]
    inline: bool = True

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.rows for button in row]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of numbers, drawn only when it is sent. ``bars`` are (label, value) from left to right."""

    title: str
    bars: tuple[tuple[str, float], ...]
    unit: str = ""
    highlight: int = -1  #: index of the bar that speaks about the reader, -1 for none


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the bot: plain text, never markup, with at most one picture and one keyboard."""

    text: str = ""
    keyboard: Keyboard | None = None
    chart: Chart | None = None
    image_url: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Reply:
        keyboard, chart = data.get("keyboard"), data.get("chart")
        return cls(
            text=data.get("text", ""),
            image_url=data.get("image_url", ""),
            keyboard=keyboard and _keyboard(keyboard),
            chart=chart and Chart(**{**chart, "bars": tuple((label, value) for label, value in chart["bars"])}),
        )


def _keyboard(data: dict[str, Any]) -> Keyboard:
    rows = tuple(tuple(Button(**{**b, "does": Does(b["does"])}) for b in row) for row in data["rows"])
    return Keyboard(rows, data["inline"])


class Outcome(StrEnum):
    """What became of one send; the adapters' error tables map every platform error to one of these."""

    SENT = "sent"
    RETRY = "retry"  #: certainly not delivered; try again after ``retry_after`` seconds
    UNCERTAIN = "uncertain"  #: the answer was lost: it may have been delivered
    BLOCKED = "blocked"  #: this person cannot be reached until they write again
    REJECTED = "rejected"  #: this message will never be accepted; ``detail`` says why
    FATAL = "fatal"  #: the token or the settings are wrong: the operator must act


@dataclass(frozen=True, slots=True)
class Sent:
    """The result of one send."""

    outcome: Outcome
    ref: str = ""  #: the platform's id of the delivered message
    retry_after: float = 0.0
    detail: str = ""  #: for the operator's log: a code and a sentence, never a token, never the person's text


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row of the outbox on its way to a messenger."""

    key: str  #: idempotency key, "<event key>/<part>": VK's random_id is derived from it, the same on every retry
    chat: str  #: "telegram:42"
    reply: Reply
    press_id: str = ""  #: set when this answers a pressed button, so that its spinner stops


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can show; keyboards and texts are degraded to it by rule (messengers/rendering.py)."""

    text_max: int
    inline_buttons: int
    inline_rows: int
    inline_row: int
    reply_buttons: int
    reply_rows: int
    reply_row: int
    label_max: int
    phone: bool
    extra: dict[str, int] = field(default_factory=dict)
