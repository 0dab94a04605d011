"""Where one person stands in the dialogue: JSON that survives restarts and changes of the scenario under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.effects import Place
from core.messages import Button, Does, Keyboard
from core.values import Record, Value, fold

#: A conversation left alone this long starts with a clean set of variables (seconds).
FORGET_AFTER = 24 * 3600


@dataclass(slots=True)
class Session:
    """The working copy of one turn; the engine never changes a session that was handed to it."""

    at: str = ""  #: key of the step that waits for an answer, "" when nothing waits
    state: dict[str, Any] = field(default_factory=dict)  #: the waiting block's own notes
    variables: dict[str, Value] = field(default_factory=dict)  #: folded name -> value, for this conversation
    sight: dict[str, str] = field(default_factory=dict)  #: folded label -> token, buttons of the last answer
    menu: dict[str, str] = field(default_factory=dict)  #: the same for the keyboard that stays at the bottom
    places: dict[str, Place] = field(default_factory=dict)  #: folded city as typed -> the place the person meant
    seen: float = 0.0  #: when the person last said anything

    def to_json(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "state": self.state,
            "variables": {name: pack(value) for name, value in self.variables.items()},
            "sight": self.sight,
            "menu": self.menu,
            "places": {typed: [p.name, p.region, p.country, p.ref, p.timezone] for typed, p in self.places.items()},
            "seen": self.seen,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Session:
        data = data or {}
        return cls(
            at=data.get("at", ""),
            state=dict(data.get("state") or {}),
            variables={name: unpack(value) for name, value in (data.get("variables") or {}).items()},
            sight=dict(data.get("sight") or {}),
            menu=dict(data.get("menu") or {}),
            places={typed: Place(*parts) for typed, parts in (data.get("places") or {}).items()},
            seen=float(data.get("seen") or 0.0),
        )

    def button(self, label: str) -> str:
        """The token behind a folded label in sight, "" when there is none; a label may have been cut with «…»."""
        for buttons in (self.sight, self.menu):
            if label in buttons:
                return buttons[label]
        if not label.endswith("…"):
            return ""
        known = {**self.menu, **self.sight}
        return next((token for full, token in known.items() if full.startswith(label[:-1])), "")

    def look_at(self, keyboards: list[Keyboard]) -> None:
        """Remember the buttons the person now sees, so that typing a label works like pressing it."""
        if not keyboards:
            return
        self.sight = {fold(b.label): b.data for keyboard in keyboards for b in _sayable(keyboard)}
        for keyboard in keyboards:
            if not keyboard.inline:
                self.menu = {fold(b.label): b.data for b in _sayable(keyboard)}


def _sayable(keyboard: Keyboard) -> list[Button]:
    return [button for button in keyboard.buttons if button.does is Does.SAY]


def pack(value: Value) -> Any:
    """A value as JSON; a record becomes {"value", "fields"}."""
    if isinstance(value, Record):
        return value.to_json()
    return plain(value)


def unpack(data: Any) -> Value:
    if isinstance(data, dict):
        return Record(data.get("value", ""), dict(data.get("fields") or {}))
    return data  # type: ignore[no-any-return]


def plain(value: Value) -> str | int | float | bool | None:
    """A value as a table cell: exact decimals become numbers, records their main value."""
    if isinstance(value, Record):
        value = value.value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
