"""Reads days as people type them: «12.05.2026», «12 мая», «завтра»."""

from __future__ import annotations

import re
from datetime import date, timedelta

from core.numerals import flat
from core.suggest import closest
from core.values import fold
from core.wording import MONTHS

_RELATIVE = {"позавчера": -2, "вчера": -1, "сегодня": 0, "завтра": 1, "послезавтра": 2}
_NUMERIC = re.compile(r"(\d{1,2})[./\- ](\d{1,2})(?:[./\- ](\d{4}|\d{2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NAMED = re.compile(r"(\d{1,2})(?:-?го)? ([а-я]{3,9})\.?(?: (\d{4}))?")
_MONTHS = {month: index for index, month in enumerate((fold(name) for name in MONTHS), 1)}
_YEARS = range(1900, 2101)


def read_date(typed: str, today: date) -> date | None:
    """The day; without a year the one nearest to ``today`` (a tie goes to the future). None when unreadable."""
    text = re.sub(r"\s*(?:года|г\.?)$", "", fold(flat(typed[:60])).strip(" ,!?…")).strip(".").removeprefix("на ")
    if text in _RELATIVE:
        return today + timedelta(days=_RELATIVE[text])
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.fullmatch(text):
        return _resolve(int(match[1]), int(match[2]), match[3], today)
    if match := _NAMED.fullmatch(text):
        return _resolve(int(match[1]), _month(match[2]), match[3], today)
    return None


def _month(word: str) -> int:
    """1-12 for «мая», «май», «нояб», «нaября»; 0 for what is no month."""
    if word in ("май", "мае"):
        return 5
    starting = [number for month, number in _MONTHS.items() if month[:3] == word[:3] and month.startswith(word[:-1])]
    return starting[0] if starting else _MONTHS.get(closest(word, _MONTHS), 0)


def _resolve(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return _day(int(year) if len(year) == 4 else _century(int(year), today), month, day)
    around = range(today.year - 4, today.year + 5)  # wide enough for the 29th of February
    days = [found for near in around if (found := _day(near, month, day))]
    return min(days, key=lambda found: (abs(found - today), found < today), default=None)


def _century(year: int, today: date) -> int:
    """«85» is 1985, a birthday; «27» is next year, a booking."""
    return 2000 + year if year <= today.year % 100 + 10 else 1900 + year


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None
