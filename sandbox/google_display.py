"""How a cell looks: number formats rendered in the spreadsheet's locale (FORMATTED_VALUE)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.google_grid import Scalar
from sandbox.google_locale import Locale, moment

_DATE_KINDS = ("DATE", "TIME", "DATE_TIME")
_DATE_TOKEN = re.compile(r'"[^"]*"|yyyy|yy|mmmm|mm|m|dd|d|hh|h|ss|s|.', re.IGNORECASE | re.DOTALL)
_FIGURES = re.compile(r"[#0][#0,.]*")
_CURRENCY_SIGN = re.compile(r"\[\$([^\]-]*)[^\]]*\]")


class Failure(str):
    """What a formula that failed shows, such as ``#REF!``; reads deliver it as an ordinary string."""

    __slots__ = ()


def is_date(format: Mapping[str, Any] | None) -> bool:
    return bool(format) and (format or {}).get("numberFormat", {}).get("type") in _DATE_KINDS


def shown(value: Scalar, format: Mapping[str, Any] | None, locale: Locale) -> str:
    """The text a person sees in the cell."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return locale.true if value else locale.false
    shape = (format or {}).get("numberFormat") or {}
    kind, pattern = shape.get("type", ""), shape.get("pattern", "")
    if kind in _DATE_KINDS:
        default = {"DATE": locale.date, "TIME": "h:mm:ss", "DATE_TIME": f"{locale.date} h:mm:ss"}[kind]
        return _date(value, pattern or default, locale)
    if pattern and kind != "TEXT" and _FIGURES.search(pattern):
        return _patterned(value, pattern, locale)
    return _general(value, locale)


def _general(value: float, locale: Locale) -> str:
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    return f"{value:.10G}".replace(".", locale.decimal)


def _patterned(value: float, pattern: str, locale: Locale) -> str:
    pattern = _CURRENCY_SIGN.sub(r"\1", pattern.split(";")[0]).replace('"', "")
    match = _FIGURES.search(pattern)
    if match is None:
        return _general(value, locale)
    if "%" in pattern:
        value *= 100
    _, _, decimals = match[0].partition(".")
    text = f"{abs(value):{',' if ',' in match[0] else ''}.{len(decimals)}f}"
    whole, _, fraction = text.partition(".")
    while fraction and decimals[len(fraction) - 1] == "#" and fraction.endswith("0"):
        fraction = fraction[:-1]
    figures = whole.replace(",", locale.group) + (locale.decimal + fraction if fraction else "")
    sign = "-" if value < 0 and any(digit in "123456789" for digit in figures) else ""
    return sign + pattern[: match.start()] + figures + pattern[match.end() :]


def _date(value: float, pattern: str, locale: Locale) -> str:
    try:
        at = moment(value)
    except OverflowError:
        return _general(value, locale)
    tokens = _DATE_TOKEN.findall(pattern)
    return "".join(_piece(tokens, place, at, locale) for place in range(len(tokens)))


def _piece(tokens: list[str], place: int, at: datetime, locale: Locale) -> str:
    code = tokens[place].lower()
    if code in ("m", "mm") and _is_minutes(tokens, place):
        return f"{at.minute:0{len(code)}d}"
    if code == "mmmm":
        return locale.months[at.month - 1]
    if code == "yy":
        return f"{at.year % 100:02d}"
    numbers = {"y": at.year, "m": at.month, "d": at.day, "h": at.hour, "s": at.second}
    if code.isalpha() and code[0] in numbers and code in ("yyyy", "m", "mm", "d", "dd", "h", "hh", "s", "ss"):
        return f"{numbers[code[0]]:0{len(code)}d}"
    return tokens[place].strip('"')


def _is_minutes(tokens: list[str], place: int) -> bool:
    """``m`` after hours or before seconds means minutes."""
    letters = [(index, token.lower()) for index, token in enumerate(tokens) if token.lower()[0] in "ymdhs"]
    position = next(index for index, (where, _) in enumerate(letters) if where == place)
    before = letters[position - 1][1] if position else ""
    after = letters[position + 1][1] if position + 1 < len(letters) else ""
    return before.startswith("h") or after.startswith("s")
