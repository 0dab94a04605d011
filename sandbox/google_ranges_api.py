"""The values API: reading and writing rectangles by A1 range or by data filter, and the table detection of append."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sandbox.google_book import Book, Content
from sandbox.google_errors import InvalidError
from sandbox.google_grid import Json, Tab
from sandbox.google_pins import rectangles
from sandbox.google_ranges import OpenRect, Rect, a1, letters
from sandbox.google_values import Calculator, check_rendering, entered

INPUTS = ("RAW", "USER_ENTERED")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a read wants its values."""

    rendering: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"
    dimension: str = "ROWS"

    def __post_init__(self) -> None:
        check_rendering(self.rendering)
        if self.dates not in ("SERIAL_NUMBER", "FORMATTED_STRING"):
            raise InvalidError(f"Invalid value at 'date_time_render_option': \"{self.dates}\"")
        if self.dimension not in ("ROWS", "COLUMNS"):
            raise InvalidError(f"Invalid value at 'major_dimension': \"{self.dimension}\"")


def value_range(calculator: Calculator, tab: Tab, rect: Rect, reading: Reading) -> Json:
    """An empty range has no ``values`` key at all."""
    values = calculator.block(tab, rect, reading.rendering, reading.dates == "FORMATTED_STRING")
    answer: Json = {"range": a1(tab.title, rect), "majorDimension": reading.dimension}
    if reading.dimension == "COLUMNS":
        values = _turned(values)
    if values:
        answer["values"] = values
    return answer


def _turned(values: Sequence[Sequence[Any]]) -> list[list[Any]]:
    width = max((len(row) for row in values), default=0)
    columns = [[row[place] if place < len(row) else "" for row in values] for place in range(width)]
    for column in columns:
        while column and column[-1] == "":
            column.pop()
    return columns


def read(book: Book, content: Content, text: str, reading: Reading) -> Json:
    tab, area = content.locate(text)
    rect = tab.require_start(area.within(len(tab.rows), len(tab.columns)))
    return value_range(book.calculator(content), tab, rect, reading)


def read_filtered(book: Book, content: Content, filters: list[Json], reading: Reading) -> list[Json]:
    calculator = book.calculator(content)
    return [
        {"valueRange": value_range(calculator, tab, rect, reading), "dataFilters": [one]}
        for one in filters
        for tab, rect in rectangles(content, one)
    ]


@dataclass(frozen=True, slots=True)
class Written:
    """What one range of a write changed."""

    tab: Tab
    rect: Rect
    cells: int
    matched: str = ""  #: the whole range a data filter found

    def to_json(self) -> Json:
        return {
            "updatedRange": a1(self.tab.title, self.rect),
            "updatedRows": self.rect.height,
            "updatedColumns": self.rect.width,
            "updatedCells": self.cells,
        }


def totals(written: Sequence[Written]) -> Json:
    return {
        "totalUpdatedRows": sum(one.rect.height for one in written),
        "totalUpdatedColumns": sum(one.rect.width for one in written),
        "totalUpdatedCells": sum(one.cells for one in written),
        "totalUpdatedSheets": len({one.tab.sheet_id for one in written}),
    }


def write(book: Book, text: str, body: Json, option: str) -> Written:
    """Into an A1 range. A range of one cell is only a starting point; a bigger one must not be exceeded."""
    tab, area = book.now.locate(text)
    rect = tab.require_start(area.within(len(tab.rows), len(tab.columns)))
    if rect.height * rect.width == 1:
        rect = tab.bounds._replace(top=rect.top, left=rect.left)
    return fill(book, tab, rect, body, option)


def fill(book: Book, tab: Tab, rect: Rect, body: Json, option: str) -> Written:
    """Values from the top left corner of ``rect``; null skips a cell, a short row leaves the rest alone."""
    if option not in INPUTS:
        raise InvalidError(
            "'valueInputOption' is required but not specified" if not option else f"Invalid value: {option}"
        )
    values: list[list[Any]] = body.get("values", [])
    if any(not isinstance(row, list) for row in values):
        raise InvalidError("Invalid values: every row must be a list")
    if body.get("majorDimension") == "COLUMNS":
        values = [
            [row[place] if place < len(row) else None for row in values]
            for place in range(max(map(len, values), default=0))
        ]
    width = max((len(row) for row in values), default=0)
    if len(values) > rect.height:
        raise InvalidError(_overflow(tab, rect, f"row [{rect.bottom + 1}]"))
    if width > rect.width:
        raise InvalidError(_overflow(tab, rect, f"column [{letters(rect.right)}]"))
    locale, year = book.now.locale, book.today().year
    for row, line in enumerate(values, rect.top):
        old = tab.rows[row]
        cells = [entered(old.cell(rect.left + place), value, option, locale, year) for place, value in enumerate(line)]
        tab.put(row, rect.left, cells)
    touched = sum(value is not None for line in values for value in line)
    area = Rect(rect.top, rect.top + max(len(values), 1), rect.left, rect.left + max(width, 1))
    return Written(tab, area, touched)


def _overflow(tab: Tab, rect: Rect, where: str) -> str:
    return f"Requested writing within range [{a1(tab.title, rect)}], but tried writing to {where}"


def write_filtered(book: Book, data: Json, option: str) -> list[Written]:
    """Into every range a data filter matches; a filter that matches nothing writes nothing."""
    found = rectangles(book.now, data.get("dataFilter", {}))
    if not found and book.strict_lookups:
        raise InvalidError("No range matches the data filter.")
    return [replace(fill(book, tab, rect, data, option), matched=a1(tab.title, rect)) for tab, rect in found]


def clear(book: Book, text: str) -> str:
    """Values go, looks stay."""
    tab, area = book.now.locate(text)
    rect = tab.require_start(area.within(len(tab.rows), len(tab.columns)))
    tab.change(rect, lambda cell: cell._replace(value=None, formula=""))
    return a1(tab.title, rect)


def append(book: Book, text: str, body: Json, option: str, insert: str) -> Json:
    """After the «table» that the range falls in: not necessarily the one you meant."""
    tab, area = book.now.locate(text)
    table = _last_block(tab) if area == OpenRect() else _block(tab, tab.require_start(area.within(*tab.bounds[1::2])))
    start = area.within(len(tab.rows), len(tab.columns))
    top, left = (table.bottom, table.left) if table else (start.top, start.left)
    height = len(body.get("values", []))
    if insert == "INSERT_ROWS" and top < len(tab.rows):
        book.now.restructure(tab, tab.insert_rows(top, height, max(top - 1, 0)), "ROWS")
    if top + height > len(tab.rows):
        book.now.grow(tab, top + height - len(tab.rows))
    written = fill(book, tab, tab.bounds._replace(top=top, left=left), body, option)
    answer: Json = {"updates": {"spreadsheetId": book.id, **written.to_json()}}
    if table:
        answer["tableRange"] = a1(tab.title, table)
    return answer


def _last_block(tab: Tab) -> Rect | None:
    """Without a range Google takes the last block of the tab."""
    end = tab.end_of_data()
    if not end:
        return None
    row = tab.rows[end - 1]
    column = next(place for place, cell in enumerate(row.cells) if cell.filled)
    return _block(tab, Rect(end - 1, end, column, column + 1))


def _block(tab: Tab, rect: Rect) -> Rect | None:
    """The contiguous block of filled cells around the filled part of ``rect``, None when that is empty."""
    filled = [(row, column) for row, column, cell in tab.cells(rect) if cell.filled]
    if not filled:
        return None
    rows, columns = [row for row, _ in filled], [column for _, column in filled]
    block = Rect(rect.top, rect.top + 1, min(columns), max(columns) + 1)
    if rows[0] != rect.top:
        block = block._replace(top=rows[0], bottom=rows[0] + 1)
    while True:
        around = Rect(max(block.top - 1, 0), block.bottom + 1, max(block.left - 1, 0), block.right + 1)
        near = [(row, column) for row, column, cell in tab.cells(around) if cell.filled]
        grown = Rect(
            min(row for row, _ in near),
            max(row for row, _ in near) + 1,
            min(column for _, column in near),
            max(column for _, column in near) + 1,
        )
        if grown == block:
            return block
        block = grown
