"""A1 notation and grid ranges: how a client names a rectangle of cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from sandbox.google_errors import InvalidError

_CELL = re.compile(r"^\$?([A-Za-z]{1,3})?\$?([1-9]\d*)?$")
_PLAIN_TITLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_LOOKS_LIKE_CELL = re.compile(r"^[A-Za-z]{1,3}\d+$")


class Rect(NamedTuple):
    """Half-open, zero-based rectangle."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def meets(self, other: Rect) -> bool:
        return (
            self.top < other.bottom and other.top < self.bottom and self.left < other.right and other.left < self.right
        )


class OpenRect(NamedTuple):
    """A rectangle some of whose sides are left to the grid: ``A2:B``, ``3:5``."""

    top: int | None = None
    bottom: int | None = None
    left: int | None = None
    right: int | None = None

    def within(self, rows: int, columns: int) -> Rect:
        return Rect(
            self.top or 0,
            rows if self.bottom is None else self.bottom,
            self.left or 0,
            columns if self.right is None else self.right,
        )


def letters(column: int) -> str:
    """0 -> A, 26 -> AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(text: str) -> int:
    """A -> 0, AA -> 26."""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def quoted(title: str) -> str:
    """A tab's title as Google writes it in a range: anything but plain Latin names is quoted."""
    if _PLAIN_TITLE.match(title) and not _LOOKS_LIKE_CELL.match(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def a1(title: str, rect: Rect) -> str:
    """The rectangle's name in an answer; one cell is written without a colon."""
    first = f"{letters(rect.left)}{rect.top + 1}"
    last = f"{letters(rect.right - 1)}{rect.bottom}"
    return f"{quoted(title)}!{first}" + (f":{last}" if rect.height * rect.width != 1 else "")


def split_title(text: str) -> tuple[str | None, str]:
    """``'Мой лист'!A1`` -> title and cells; the title is None when there is none."""
    if text.startswith("'"):
        match = re.match(r"^'((?:[^']|'')+)'(?:!(.*))?$", text, re.S)
        if match is None:
            raise InvalidError(f"Unable to parse range: {text}")
        return match[1].replace("''", "'"), match[2] or ""
    title, found, cells = text.rpartition("!")
    return (title, cells) if found else (None, text)


def parse_cells(cells: str) -> OpenRect | None:
    """``A1``, ``A1:B2``, ``A:B``, ``2:5``, ``A2:B``; None when it is something else."""
    first, colon, last = cells.partition(":")
    start, end = _CELL.match(first), _CELL.match(last or first)
    if not first or start is None or end is None or (not colon and not (start[1] and start[2])):
        return None
    if colon and not last:
        return None
    left, right = (column_number(part[1]) if part[1] else None for part in (start, end))
    top, bottom = (int(part[2]) - 1 if part[2] else None for part in (start, end))
    if left is not None and right is not None and right < left:
        left, right = right, left
    if top is not None and bottom is not None and bottom < top:
        top, bottom = bottom, top
    return OpenRect(top, None if bottom is None else bottom + 1, left, None if right is None else right + 1)


def open_rect(grid_range: Mapping[str, Any]) -> OpenRect:
    """A GridRange message; sides that are not given are open."""
    keys = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    return OpenRect(*(grid_range.get(key) for key in keys))


def grid_range(sheet_id: int, rect: Rect) -> dict[str, int]:
    """The message for a rectangle."""
    keys = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    return {"sheetId": sheet_id, **dict(zip(keys, rect, strict=True))}
