"""The kinds of batchUpdate requests that write cells: appendCells, updateCells, repeatCell, validation, merges."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.google_book import Book
from sandbox.google_errors import InvalidError
from sandbox.google_grid import Cell, Json, Tab
from sandbox.google_masks import Mask, masked_update, write_mask
from sandbox.google_ranges import Rect, open_rect
from sandbox.google_values import from_extended

_FIELDS = ("userEnteredValue", "userEnteredFormat", "note", "dataValidation")


def target(book: Book, message: Json) -> tuple[Tab, Rect]:
    """The tab and the rectangle of a GridRange, inside the grid."""
    tab = book.now.tab(message.get("sheetId"))
    rect = open_rect(message).within(len(tab.rows), len(tab.columns))
    if rect.height <= 0 or rect.width <= 0:
        raise InvalidError("The range must not be empty.")
    return tab, tab.require(rect)


def written(old: Cell, message: Json, mask: Mask) -> Cell:
    """The cell after a CellData was written through a mask; what the mask names and the message lacks is cleared."""
    cell = old
    if "userEnteredValue" in mask:
        cell = from_extended(message.get("userEnteredValue") or {}, cell)
    if "userEnteredFormat" in mask:
        look = masked_update(cell.format, message.get("userEnteredFormat"), mask["userEnteredFormat"])
        cell = cell._replace(format=look or None)
    if "note" in mask:
        cell = cell._replace(note=message.get("note", ""))
    if "dataValidation" in mask:
        cell = cell._replace(validation=message.get("dataValidation"))
    return cell


def append_cells(book: Book, body: Json) -> Json:
    """After the last row with data, growing the grid when it is full."""
    tab = book.now.tab(body.get("sheetId"))
    if "tableId" in body:
        raise InvalidError("Native tables are not part of this emulator.")
    rows = body.get("rows", [])
    at = tab.end_of_data()
    if at + len(rows) > len(tab.rows):
        book.now.grow(tab, at + len(rows) - len(tab.rows))
    _write(tab, at, 0, rows, write_mask(body.get("fields", ""), _FIELDS))
    return {}


def update_cells(book: Book, body: Json) -> Json:
    """From a start cell, or into a range whose uncovered cells are cleared."""
    mask = write_mask(body.get("fields", ""), _FIELDS)
    rows = body.get("rows", [])
    if "range" in body:
        tab, rect = target(book, body["range"])
        if len(rows) > rect.height or any(len(row.get("values", [])) > rect.width for row in rows):
            raise InvalidError("Data exceeds the requested range.")
        tab.change(rect, lambda cell: written(cell, {}, mask))
        _write(tab, rect.top, rect.left, rows, mask)
        return {}
    start = body.get("start")
    if start is None:
        raise InvalidError("Either 'start' or 'range' must be set.")
    tab = book.now.tab(start.get("sheetId"))
    _write(tab, start.get("rowIndex", 0), start.get("columnIndex", 0), rows, mask)
    return {}


def _write(tab: Tab, top: int, left: int, rows: list[Json], mask: Mask) -> None:
    for row, message in enumerate(rows, top):
        cells = message.get("values", [])
        tab.require(Rect(row, row + 1, left, left + len(cells)))
        tab.put(row, left, [written(tab.cell(row, left + place), cell, mask) for place, cell in enumerate(cells)])


def repeat_cell(book: Book, body: Json) -> Json:
    mask = write_mask(body.get("fields", ""), _FIELDS)
    tab, rect = target(book, body.get("range", {}))
    message = body.get("cell", {})
    tab.change(rect, lambda cell: written(cell, message, mask))
    return {}


def set_data_validation(book: Book, body: Json) -> Json:
    """A rule belongs to its cells and travels with them; no rule clears."""
    tab, rect = target(book, body.get("range", {}))
    rule = body.get("rule")
    if rule is not None and "type" not in rule.get("condition", {}):
        raise InvalidError("A data validation rule must have a condition.")
    tab.change(rect, lambda cell: cell._replace(validation=rule))
    return {}


def merge_cells(book: Book, body: Json) -> Json:
    """The value of the top left cell stays, the others become empty."""
    tab, rect = target(book, body.get("range", {}))
    for part in _parts(rect, body.get("mergeType", "MERGE_ALL")):
        if any(part.meets(other) and part != other for other in tab.merges):
            raise InvalidError("You must select all cells in a merged range to merge or unmerge them.")
        corner = tab.cell(part.top, part.left)
        tab.change(part, lambda cell: cell._replace(value=None, formula=""))
        tab.put(part.top, part.left, [corner])
        if part not in tab.merges:
            tab.merges.append(part)
    return {}


def _parts(rect: Rect, how: str) -> list[Rect]:
    if how == "MERGE_ROWS":
        return [Rect(row, row + 1, rect.left, rect.right) for row in range(rect.top, rect.bottom)]
    if how == "MERGE_COLUMNS":
        return [Rect(rect.top, rect.bottom, column, column + 1) for column in range(rect.left, rect.right)]
    return [rect]


KINDS: dict[str, Callable[[Book, Json], Json]] = {
    "appendCells": append_cells,
    "updateCells": update_cells,
    "repeatCell": repeat_cell,
    "setDataValidation": set_data_validation,
    "mergeCells": merge_cells,
}
