"""How formulas and decision tables treat values: what is true, what is equal, what is less, what is a number."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from core.numerals import digits
from core.values import Record, Value, fold

#: The four kinds formulas reckon with: text (dates are ISO text), exact numbers, flags; "" is empty.
Plain: TypeAlias = str | Decimal | bool

_YES = frozenset({"да", "истина", "true"})
_NO = frozenset({"нет", "ложь", "false"})
_RUSSIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: (\d{1,2}):(\d\d))?")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?")


def plain(value: Value) -> Plain:
    """Any value in one of the kinds above: a record is its value, nothing is "", infinities are nothing."""
    if isinstance(value, Record):
        value = value.value
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return value
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else ""


def number(value: Plain) -> Decimal | None:
    """The number a value is, or is written as («5», «1 234,5»); None for everything else."""
    if isinstance(value, str):
        return digits(value)
    return None if isinstance(value, bool) else value


def moment(value: Plain) -> date | None:
    """The date or datetime a text is written as (ISO or «22.11.2026 10:00»); None for everything else."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if _ISO_DATE.fullmatch(text):
            return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
        if match := _RUSSIAN_DATE.fullmatch(text):
            day, month, year, hour, minute = match.groups()
            found = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0))
            return found if hour else found.date()
    except ValueError:
        return None
    return None


def is_true(value: Plain) -> bool:
    """Empty, zero and «нет» are false."""
    if isinstance(value, str):
        return bool(value.strip()) and fold(value) not in _NO
    return bool(value)


def equal(left: Plain, right: Plain) -> bool:
    """Numbers by value, dates by day, flags with «да» and «нет», texts without case, «ё» and outer spaces."""
    if isinstance(left, bool) or isinstance(right, bool):
        return _flag(left) is _flag(right)
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return number(left) == number(right)
    days = _comparable_days(left, right)
    return days[0] == days[1] if days else fold(left) == fold(right)


def less(left: Plain, right: Plain) -> bool:
    """Whether left comes before right; False for what has no order (empty, a text and a number, flags)."""
    if isinstance(left, bool) or isinstance(right, bool) or left == "" or right == "":
        return False
    numbers = number(left), number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0] < numbers[1]
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return False
    days = _comparable_days(left, right)
    return days[0] < days[1] if days else fold(left) < fold(right)


def _flag(value: Plain) -> bool | None:
    """A flag, also as a word, 1 or 0; an empty cell of a flag column means «нет»."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return {Decimal(1): True, Decimal(0): False}.get(value)
    word = fold(value)
    return True if word in _YES else False if word in _NO or not word else None


def _comparable_days(left: Plain, right: Plain) -> tuple[date, date] | None:
    """Two dates, cut to days when one of them has no time: a workout at 10:00 today is «today»."""
    first, second = moment(left), moment(right)
    if first is None or second is None:
        return None
    if isinstance(first, datetime) and isinstance(second, datetime):
        return first, second
    return _day(first), _day(second)


def _day(of: date) -> date:
    return of.date() if isinstance(of, datetime) else of
