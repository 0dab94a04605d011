"""Russian words that depend on a number: plural forms, and months as dates spell them."""

from __future__ import annotations

from decimal import Decimal

MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)


def plural(number: int | float | Decimal, one: str, few: str, many: str) -> str:
    """The form that agrees with the number: 1 минута, 2 минуты, 5 минут, 11 минут, 1,5 минуты."""
    if number != int(number):
        return few
    rest = abs(int(number)) % 100
    if 11 <= rest <= 14:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(rest % 10, many)
