"""One cell on its way between the sheet and the bot: Russian input as people type it, byte-exact where it is text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.numerals import digits
from core.schema import Column, Type
from core.suggest import did_you_mean
from core.values import Cell, fold
from core.wording import MONTHS

#: Google's longest cell; the rest of a longer text stays with the bot only.
CELL_MAX = 50_000

_EPOCH = datetime(1899, 12, 30)
_LAST_SERIAL = 2_958_465  # 31.12.9999
_YES = frozenset({"да", "true", "истина", "yes", "1", "+", "v", "✓", "✔", "☑"})
_NO = frozenset({"нет", "false", "ложь", "no", "0", "-", "−", "☐"})
_MONEY_MARK = re.compile(r"(₽|руб(лей|ля|ль)?\.?|р\.|[$€])$", re.IGNORECASE)
_DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WORDS = re.compile(r"(\d{1,2}) ([а-я]+) (\d{4})(?: ?г\.?)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that does not fit its column: what is wrong and what to type instead."""

    what: str
    fix: str


def same(one: Cell, other: Cell) -> bool:
    """Equal as cells: True is not 1, and both kinds of empty are one."""
    one, other = ("" if one is None else one), ("" if other is None else other)
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def as_text(value: Cell) -> str:
    """The shortest text of a value: 7.0 is «7», never «7.0»."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def read_cell(raw: Cell, column: Column | None) -> Cell | Unreadable:
    """What a raw value of the sheet means in this column; a column unknown to the bot keeps what was read."""
    if raw is None or raw == "":
        return ""
    if column is None:
        return _shortest(raw)
    if isinstance(raw, str) and not raw.strip() and column.type is not Type.TEXT:
        return ""
    if column.type is Type.CHOICE:
        return _choice(as_text(raw), column.choices)
    return _READERS[column.type](raw)


def write_cell(cell: Cell, column: Column | None) -> Cell:
    """What to put into the sheet for a value of the bot; dates become serial numbers, "" clears."""
    if cell is None or cell == "" or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    kind = column.type if column is not None else None
    if kind in (Type.DATE, Type.DATETIME) and isinstance(cell, str):
        serial = _serial(cell)
        return _clean(cell) if serial is None else serial
    if kind in (Type.NUMBER, Type.MONEY):
        number = _number(cell)
        return _clean(as_text(cell)) if isinstance(number, Unreadable) else number
    if kind is None and not isinstance(cell, str):
        return cell
    return _clean(as_text(cell))


def settled(cell: Cell, column: Column | None) -> Cell:
    """The value as it will come back from the sheet: what both sides can agree on."""
    written = write_cell(cell, column)
    back = read_cell(written, column)
    return written if isinstance(back, Unreadable) else back


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n")[:CELL_MAX]


def _shortest(raw: Cell) -> Cell:
    return int(raw) if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15 else raw


def _text(raw: Cell) -> Cell:
    return as_text(raw)


def _phone(raw: Cell) -> Cell:
    return as_text(raw).strip()


def _choice(text: str, choices: tuple[str, ...]) -> Cell | Unreadable:
    known = {fold(choice): choice for choice in choices}
    if not known or fold(text) in known:
        return known.get(fold(text), text.strip())
    hint = did_you_mean(text, choices).strip() or f"Выберите из списка: {', '.join(choices)}."
    return Unreadable(f"«{text[:60]}» нет в списке.", hint)


def _number(raw: Cell) -> Cell | Unreadable:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _shortest(raw)
    text = _MONEY_MARK.sub("", as_text(raw).strip()).strip()
    if "," in text and "." in text:  # the later mark is the decimal one, the other groups thousands
        text = text.replace("." if text.rfind(",") > text.rfind(".") else ",", "")
    number = None if isinstance(raw, bool) else digits(text)
    if number is None:
        return Unreadable(f"«{as_text(raw)[:60]}» не похоже на число.", "Напишите число цифрами, например 45 или 12,5.")
    return _shortest(float(number))


def _flag(raw: Cell) -> Cell | Unreadable:
    if isinstance(raw, bool):
        return raw
    word = fold(as_text(raw))
    if word in _YES or word in _NO:
        return word in _YES
    return Unreadable(f"«{as_text(raw)[:60]}» — не «да» и не «нет».", "Напишите «да» или «нет».")


def _date(raw: Cell) -> Cell | Unreadable:
    moment = _moment(raw)
    if moment is None:
        return Unreadable(f"«{as_text(raw)[:60]}» не похоже на дату.", "Напишите дату так: 12.05.2026.")
    return moment.date().isoformat()


def _datetime(raw: Cell) -> Cell | Unreadable:
    moment = _moment(raw)
    if moment is None:
        return Unreadable(f"«{as_text(raw)[:60]}» не похоже на дату и время.", "Напишите так: 12.05.2026 10:00.")
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


_READERS: dict[Type, Callable[[Cell], Cell | Unreadable]] = {
    Type.TEXT: _text,
    Type.PHONE: _phone,
    Type.NUMBER: _number,
    Type.MONEY: _number,
    Type.FLAG: _flag,
    Type.DATE: _date,
    Type.DATETIME: _datetime,
}


def _moment(raw: Cell) -> datetime | None:
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, (int, float)):
        return _EPOCH + timedelta(seconds=round(raw * 86400)) if 1 <= raw <= _LAST_SERIAL else None
    text = " ".join(raw.casefold().replace("t", " ").replace(",", " ").split())
    for pattern, order in ((_DOTTED, (3, 2, 1)), (_ISO, (1, 2, 3)), (_WORDS, (3, 2, 1))):
        found = pattern.match(text)
        if found:
            return _assemble([found[place] for place in order], text[found.end() :].strip())
    return None


def _assemble(parts: list[str], clock: str) -> datetime | None:
    year, month, day = parts
    if not month.isdecimal():
        month = str(MONTHS.index(month) + 1) if month in MONTHS else "0"
    time = _CLOCK.fullmatch(clock or "0:00")
    if time is None:
        return None
    try:
        full_year = int(year) + (2000 if len(year) == 2 else 0)
        day_ = date(full_year, int(month), int(day))
        return datetime(day_.year, day_.month, day_.day, int(time[1]), int(time[2]), int(time[3] or 0))
    except ValueError:
        return None


def _serial(iso: str) -> float | int | None:
    moment = _moment(iso)
    if moment is None or moment < _EPOCH:
        return None
    seconds = (moment - _EPOCH) // timedelta(seconds=1)
    return seconds // 86400 if seconds % 86400 == 0 else seconds / 86400
