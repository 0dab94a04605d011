"""Whom a row of «Рассылки» speaks to: subscribers who fit its condition, and the chats it names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import TabletalkError
from core.formula import Formula, compile_formula
from core.messages import Platform
from core.suggest import did_you_mean
from core.template import show
from core.values import Row, Value, fold

Address = tuple[Platform, str]

#: Where each messenger keeps a person's number in «Пользователи»; the first connected one is written to.
_COLUMNS: tuple[tuple[Platform, str], ...] = (("telegram", "Telegram"), ("vk", "VK"))
_PERSON = re.compile(r"[0-9]+")
_CHAT = re.compile(r"(telegram|vk):(-?[0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Audience:
    """``condition`` over the columns of «Пользователи»; None means every subscriber."""

    condition: Formula | None
    chats: tuple[Address, ...]

    def address(self, person: Row, connected: Collection[Platform], now: datetime) -> Address | None:
        """Where to write to this person; None when they are not meant. Nobody who unsubscribed is ever meant.

        Raises `FormulaError` when the condition cannot be reckoned from this person's cells.
        """
        if person.get("Подписка") is not True or not self._fits(person, now):
            return None
        for platform, column in _COLUMNS:
            number = show(person.get(column)).strip()
            if platform in connected and _PERSON.fullmatch(number):
                return platform, number
        return None

    def _fits(self, person: Row, now: datetime) -> bool:
        cells = {fold(column): cell for column, cell in person.cells.items()}

        def lookup(name: str) -> Value:
            return cells.get(fold(name), "")

        return self.condition is None or self.condition.holds(lookup, now)


def read_audience(row: Row, columns: Sequence[str]) -> Audience:
    """Raises `TabletalkError` in Russian for a condition or a chat that cannot be understood."""
    text = show(row.get("Кому")).strip()
    condition = compile_formula(text.removeprefix("=")) if text else None
    known = {fold(column) for column in columns}
    for name in sorted(condition.names) if condition else ():
        if fold(name) not in known:
            meant = did_you_mean(name, columns)
            quotes = "" if meant else f"Если это слово, а не столбец, возьмите его в кавычки: «{name}»."
            raise TabletalkError(f"«Кому»: в «Пользователях» нет столбца «{name}».{meant}", quotes)
    return Audience(condition, tuple(dict.fromkeys(_chats(show(row.get("Чаты"))))))


def _chats(text: str) -> list[Address]:
    found: list[Address] = []
    for part in re.split(r"[,;\s]+", text.strip()):
        match = _CHAT.fullmatch(part)
        if match is None and part:
            raise TabletalkError(f"«Чаты»: не понимаю «{part[:60]}».", "Жду telegram:-1001234567890 или vk:2000000001.")
        if match is not None:
            found.append(("telegram" if match[1].lower() == "telegram" else "vk", match[2]))
    return found
