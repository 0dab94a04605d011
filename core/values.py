"""Cell values and rows: the plain data that tables, sessions and formulas share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

#: What one cell or one plain variable may hold. Dates are ISO strings ("2026-11-22", "2026-11-22T10:00"): the sheet
#: surface turns them into real dates by the column's type. ``None`` and "" both mean empty; "" is the canonical one.
Cell: TypeAlias = str | int | float | bool | None

#: What a variable may hold: a cell, an exact number, or a record (see `Record`).
Value: TypeAlias = "Cell | Decimal | Record"

#: Crockford-like alphabet without E (so that "12E5" never looks like a number to a spreadsheet), I, L, O, U.
_ID_ALPHABET = "0123456789abcdfghjkmnpqrstvwxyz"


def stable_id(*parts: str) -> str:
    """A row id made from its cause, so that a repeated cause makes the same row: letter + 11 characters (54 bits).

    The first character is always a letter and "e" never occurs, so neither Excel nor CSV turns it into a number.
    """
    number = int.from_bytes(hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest(), "big")
    digits = []
    for _ in range(11):
        number, rest = divmod(number, len(_ID_ALPHABET))
        digits.append(_ID_ALPHABET[rest])
    return "r" + "".join(digits)


@dataclass(frozen=True, slots=True)
class Record:
    """A variable with fields: ``{погода}`` shows ``value``, ``{погода.город}`` a field. Field names ignore case."""

    value: Cell
    fields: Mapping[str, Cell] = field(default_factory=dict)

    def get(self, name: str) -> Cell:
        """The field, "" when there is none."""
        wanted = fold(name)
        return next((cell for key, cell in self.fields.items() if fold(key) == wanted), "")

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "fields": dict(self.fields)}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; ``cells`` are keyed by header text as the owner spells it."""

    id: str
    cells: Mapping[str, Cell]

    def get(self, column: str) -> Cell:
        """The cell under that header (case ignored), "" when the column is missing or the cell is empty."""
        if column in self.cells:
            cell = self.cells[column]
        else:
            wanted = fold(column)
            cell = next((value for key, value in self.cells.items() if fold(key) == wanted), "")
        return "" if cell is None else cell


def sheet_number(row: Row, position: int) -> int:
    """The row's number as its sheet shows it: rows read whole carry it as "@<number>", others count by position."""
    return int(row.id[1:]) if row.id.startswith("@") and row.id[1:].isdecimal() else position


def fold(name: str) -> str:
    """How names are compared: case, «ё» and repeated spaces do not matter."""
    return " ".join(name.casefold().replace("ё", "е").split())


def is_empty(value: Value) -> bool:
    """Empty is None, "" or spaces; 0 and False are values."""
    if isinstance(value, Record):
        value = value.value
    return value is None or (isinstance(value, str) and not value.strip())
