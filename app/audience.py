"""Whom a row of «Рассылки» speaks to: subscribers who fit its condition, and the chats it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import TabletalkError
from core.formula import Formula, compile_formula
from core.messages import Platform
from core.suggest import did_you_mean
from core.template import show
from core.turn import World
from core.values import Row, Value, fold

Address = tuple[Platform, str]

_CHAT = re.compile(r"(telegram|vk):(-?\d+)")


@dataclass(frozen=True, slots=True)
class Audience:
    """``condition`` over the columns of «Пользователи»; None means every subscriber."""

    condition: Formula | None
    chats: tuple[Address, ...]

    def address(self, person: Row, world: World) -> Address | None:
        """Where to write to this person; None when they are not meant. Nobody who unsubscribed is ever meant."""
        if person.get("Подписка") is not True:
            return None
        cells = {fold(column): cell for column, cell in person.cells.items()}

        def lookup(name: str) -> Value:
            return cells.get(fold(name), "")

        today = datetime.now(world.timezone)
        if self.condition is not None and not self.condition.holds(lookup, today):
            return None
        if telegram := show(person.get("Telegram")).strip():
            return "telegram", telegram
        vk = show(person.get("VK")).strip()
        return ("vk", vk) if vk else None


def read_audience(row: Row, columns: Sequence[str]) -> Audience:
    """Raises `TabletalkError` in Russian for a condition or a chat that cannot be understood."""
    text = show(row.get("Кому")).strip()
    condition = compile_formula(text.removeprefix("=")) if text else None
    known = {fold(column) for column in columns}
    for name in condition.names if condition else ():
        if fold(name) not in known:
            raise TabletalkError(f"«Кому»: в «Пользователях» нет столбца «{name}».{did_you_mean(name, columns)}")
    return Audience(condition, tuple(_chats(show(row.get("Чаты")))))


def _chats(text: str) -> list[Address]:
    found: list[Address] = []
    for part in re.split(r"[,;\s]+", text.strip()):
        match = _CHAT.fullmatch(part)
        if match is None and part:
            raise TabletalkError(f"«Чаты»: не понимаю «{part[:60]}».", "Жду telegram:-1001234567890 или vk:2000000001.")
        if match is not None:
            found.append(("telegram" if match[1] == "telegram" else "vk", match[2]))
    return found
