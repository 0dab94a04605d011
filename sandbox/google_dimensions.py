"""The kinds of batchUpdate requests about rows and columns: append, insert, delete, move, hide, resize, sort."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.google_book import Book
from sandbox.google_cells import target
from sandbox.google_errors import InvalidError
from sandbox.google_grid import Cell, Json, Tab
from sandbox.google_masks import write_mask
from sandbox.google_ranges import Rect
from sandbox.google_values import Calculator


def span(book: Book, message: Json, inserting: bool = False) -> tuple[Tab, str, int, int]:
    """Tab, dimension, start and end of a DimensionRange; an insert may start right after the last line."""
    tab = book.now.tab(message.get("sheetId"))
    dimension = message.get("dimension", "")
    if dimension not in ("ROWS", "COLUMNS"):
        raise InvalidError("Invalid dimension: DIMENSION_UNSPECIFIED")
    length = len(tab.rows) if dimension == "ROWS" else len(tab.columns)
    start, end = message.get("startIndex", 0), message.get("endIndex", length)
    if start < 0 or end <= start:
        raise InvalidError(f"Invalid range: startIndex {start}, endIndex {end}")
    if (start if inserting else end) > length:
        raise InvalidError(f"range exceeds the sheet: {dimension} {start}:{end}, there are {length}")
    return tab, dimension, start, end


def append_dimension(book: Book, body: Json) -> Json:
    tab = book.now.tab(body.get("sheetId"))
    length = body.get("length", 0)
    if length <= 0:
        raise InvalidError("length must be positive")
    if body.get("dimension") == "COLUMNS":
        book.now.check_room(length * len(tab.rows))
        tab.insert_columns(len(tab.columns), length)
    else:
        book.now.grow(tab, length)
    return {}


def insert_dimension(book: Book, body: Json) -> Json:
    """The new lines look like the one before, or like the one after."""
    tab, dimension, start, end = span(book, body.get("range", {}), inserting=True)
    before = body.get("inheritFromBefore", False)
    if before and start == 0:
        raise InvalidError("inheritFromBefore cannot be true if inserting at index 0")
    length = len(tab.rows) if dimension == "ROWS" else len(tab.columns)
    like = start - 1 if before else (start if start < length else None)
    book.now.check_room((end - start) * (len(tab.columns) if dimension == "ROWS" else len(tab.rows)))
    insert = tab.insert_rows if dimension == "ROWS" else tab.insert_columns
    book.now.restructure(tab, insert(start, end - start, like), dimension)
    return {}


def delete_dimension(book: Book, body: Json) -> Json:
    tab, dimension, start, end = span(book, body.get("range", {}))
    delete = tab.delete_rows if dimension == "ROWS" else tab.delete_columns
    book.now.restructure(tab, delete(start, end), dimension)
    return {}


def move_dimension(book: Book, body: Json) -> Json:
    """``destinationIndex`` counts before the lines are taken out."""
    tab, dimension, start, end = span(book, body.get("source", {}))
    before = body.get("destinationIndex", 0)
    if start <= before <= end:
        raise InvalidError("The destination index is within the source range.")
    rows = dimension == "ROWS"
    if not 0 <= before <= (len(tab.rows) if rows else len(tab.columns)):
        raise InvalidError("The destination index is outside the sheet.")
    block = Rect(start, end, 0, len(tab.columns)) if rows else Rect(0, len(tab.rows), start, end)
    for merge in tab.merges:
        inside = start <= merge[0 if rows else 2] and merge[1 if rows else 3] <= end
        if merge.meets(block) and not inside:
            raise InvalidError("You can't move part of a merged cell.")
    move = tab.move_rows if rows else tab.move_columns
    book.now.restructure(tab, move(start, end, before), dimension)
    return {}


def update_dimension_properties(book: Book, body: Json) -> Json:
    tab, dimension, start, end = span(book, body.get("range", {}))
    mask = write_mask(body.get("fields", ""), ("hiddenByUser", "pixelSize"))
    properties = body.get("properties", {})
    for index in range(start, end):
        if "hiddenByUser" in mask:
            hidden = bool(properties.get("hiddenByUser", False))
            _set(tab, dimension, index, hidden=hidden)
        if "pixelSize" in mask:
            _set(tab, dimension, index, size=properties.get("pixelSize", 0))
    return {}


def _set(tab: Tab, dimension: str, index: int, hidden: bool | None = None, size: int | None = None) -> None:
    if dimension == "ROWS":
        row = tab.rows[index]
        row = row if hidden is None else row._replace(hidden=hidden)
        tab.rows[index] = row if size is None else row._replace(height=size)
    else:
        column = tab.columns[index]
        column = column if hidden is None else column._replace(hidden=hidden)
        tab.columns[index] = column if size is None else column._replace(width=size)


def auto_resize_dimensions(book: Book, body: Json) -> Json:
    """As wide as the longest text, roughly."""
    tab, dimension, start, end = span(book, body.get("dimensions", {}))
    calculator = book.calculator()
    for index in range(start, end):
        if dimension == "COLUMNS":
            longest = max((len(calculator.shown(tab, row.cell(index))) for row in tab.rows), default=0)
            _set(tab, dimension, index, size=max(21, longest * 8 + 12))
        else:
            _set(tab, dimension, index, size=21)
    return {}


def sort_range(book: Book, body: Json) -> Json:
    tab, rect = target(book, body.get("range", {}))
    specs = body.get("sortSpecs", [])
    if any(not rect.left <= spec.get("dimensionIndex", 0) < rect.right for spec in specs):
        raise InvalidError("The sort column is outside the range.")
    if any(merge.meets(rect) and merge.height > 1 for merge in tab.merges):
        raise InvalidError("You can't sort a range with vertical merges.")
    sort_rows(
        book, tab, rect, [(spec.get("dimensionIndex", 0), spec.get("sortOrder") == "DESCENDING") for spec in specs]
    )
    return {}


def sort_rows(book: Book, tab: Tab, rect: Rect, keys: list[tuple[int, bool]]) -> list[int]:
    """Sort by (column, descending); hidden and filtered rows stay where they are. Metadata follows its row.

    Answers the old indexes of the rows in their new order.
    """
    places = [row for row in range(rect.top, rect.bottom) if not (tab.rows[row].hidden or tab.rows[row].filtered)]
    calculator = book.calculator()
    order = places.copy()
    for column, descending in reversed(keys):
        _sort_by(order, calculator, tab, column, descending)
    tab.reorder(rect, order)
    went = dict(zip(order, places, strict=True))
    book.now.move_pins(tab.sheet_id, "ROW", lambda index: went.get(index, index))
    return order


def _sort_by(order: list[int], calculator: Calculator, tab: Tab, column: int, descending: bool) -> None:
    """Numbers before text before truth, the other way round when descending; blanks are always last."""

    def key(row: int) -> tuple[int, float | str]:
        value = calculator.value(tab, _cell(row))
        if isinstance(value, str):
            return 1, value.casefold()
        return (2 if isinstance(value, bool) else 0), float(value or 0)

    def _cell(row: int) -> Cell:
        return tab.cell(row, column)

    blanks = [row for row in order if calculator.value(tab, _cell(row)) is None]
    filled = [row for row in order if calculator.value(tab, _cell(row)) is not None]
    filled.sort(key=key, reverse=descending)
    order[:] = filled + blanks


KINDS: dict[str, Callable[[Book, Json], Json]] = {
    "appendDimension": append_dimension,
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "moveDimension": move_dimension,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize_dimensions,
    "sortRange": sort_range,
}
