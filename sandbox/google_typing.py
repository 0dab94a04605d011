"""What the spreadsheet makes of text typed by a person (USER_ENTERED): «1,5» a number, «1-2» a date, «=…» a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Any, NamedTuple, TypeVar

from sandbox.google_errors import InvalidError
from sandbox.google_grid import Cell, Scalar
from sandbox.google_locale import Locale, serial

MAX_CELL = 50_000

T = TypeVar("T")

_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


class Parsed(NamedTuple):
    """A value and the number format the spreadsheet gives to the cell because of how it was typed."""

    value: Scalar
    kind: str = ""
    pattern: str = ""


def check_length(text: str) -> str:
    """The text itself when a cell can hold it."""
    if len(text) > MAX_CELL:
        raise InvalidError(f"Your input contains more than the maximum of {MAX_CELL} characters in a single cell.")
    return text


def enter(old: Cell, text: str, locale: Locale, year: int) -> Cell:
    """The cell after a person typed ``text`` into it. ``year`` completes dates typed without one."""
    check_length(text)
    shape = (old.format or {}).get("numberFormat")
    if shape and shape.get("type") == "TEXT":
        return old._replace(value=text or None, formula="")
    if text.startswith("'"):
        return old._replace(value=text[1:], formula="")
    if text.startswith("=") and len(text) > 1:
        return old._replace(value=None, formula=text)
    parsed = parse(text, locale, year)
    if not parsed.kind or shape:
        return old._replace(value=parsed.value, formula="")
    fresh: dict[str, Any] = {**(old.format or {}), "numberFormat": {"type": parsed.kind, "pattern": parsed.pattern}}
    return old._replace(value=parsed.value, formula="", format=fresh)


def parse(text: str, locale: Locale, year: int) -> Parsed:
    """A typed value; text that is nothing else stays byte for byte what it was."""
    plain = text.strip()
    if not plain:
        return Parsed(text or None)
    truth = {locale.true: True, locale.false: False, "TRUE": True, "FALSE": False}
    if plain.upper() in truth:
        return Parsed(truth[plain.upper()])
    for reading in (_number, _share, _money, _date_time):
        parsed = reading(plain, locale, year)
        if parsed is not None:
            return parsed
    return Parsed(text)


def _figure(text: str, locale: Locale) -> float | None:
    groups, point = re.escape(locale.groups), re.escape(locale.decimal)
    whole_part = rf"\d{{1,3}}(?:[{groups}]\d{{3}})+|\d+|(?={point})"
    match = re.fullmatch(rf"([-+]?)({whole_part})(?:{point}(\d+))?(?:[eE]([-+]?\d+))?", text, re.ASCII)
    if match is None:
        return None
    sign, whole, fraction, power = match.groups()
    whole = re.sub(rf"[{groups}]", "", whole)
    number = float(f"{sign}{whole or 0}.{fraction or 0}e{power or 0}")
    return number if abs(number) < float("inf") else None


def _number(text: str, locale: Locale, year: int) -> Parsed | None:
    number = _figure(text, locale)
    return None if number is None else Parsed(tidy(number))


def _share(text: str, locale: Locale, year: int) -> Parsed | None:
    number = _figure(text[:-1].rstrip(), locale) if text.endswith("%") else None
    if number is None:
        return None
    return Parsed(tidy(number / 100), "PERCENT", "0.00%" if locale.decimal in text else "0%")


def _money(text: str, locale: Locale, year: int) -> Parsed | None:
    match = re.match(rf"^(?:(?:{locale.currencies})\s*)?(.+?)(?:\s*(?:{locale.currencies}))?$", text)
    number = _figure(match[1], locale) if match else None
    return None if number is None else Parsed(tidy(number), "CURRENCY", locale.currency)


def _date_time(text: str, locale: Locale, year: int) -> Parsed | None:
    day, _, clock = text.replace("T", " ", 1).partition(" ")
    if not clock and ":" in day:
        of_day = _clock(day)
        return (
            None if of_day is None else Parsed(_seconds(of_day) / 86400, "TIME", "h:mm" + ":ss" * (day.count(":") > 1))
        )
    found = _quietly(lambda: _day(day, locale, year))
    of_day = _clock(clock.strip()) if clock else time()
    if found is None or of_day is None:
        return None
    pattern = "yyyy-mm-dd" if _ISO.fullmatch(day) else locale.date
    value = tidy(serial(datetime.combine(found, of_day)))
    if clock:
        return Parsed(value, "DATE_TIME", pattern + " h:mm" + ":ss" * (clock.count(":") > 1))
    return Parsed(value, "DATE", pattern)


def _day(text: str, locale: Locale, year: int) -> datetime | None:
    iso = _ISO.fullmatch(text)
    if iso:
        return datetime(int(iso[1]), int(iso[2]), int(iso[3]))
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    day, month = int(match[1]), int(match[2])
    if not locale.day_first:
        day, month = month, day
    typed = int(match[3]) if match[3] else year
    return datetime(typed + 2000 if typed < 100 else typed, month, day)


def _clock(text: str) -> time | None:
    match = _TIME.fullmatch(text)
    return _quietly(lambda: time(int(match[1]), int(match[2]), int(match[3] or 0))) if match else None


def _seconds(of_day: time) -> int:
    return of_day.hour * 3600 + of_day.minute * 60 + of_day.second


def _quietly(make: Callable[[], T]) -> T | None:
    """A date that does not exist (31.02) is just text."""
    try:
        return make()
    except ValueError:
        return None


def tidy(number: float) -> int | float:
    """Whole numbers are integers in every answer."""
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else number
