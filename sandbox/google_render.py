"""The Spreadsheet resource: what spreadsheets.get and the answers of batchUpdate say about a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.google_book import Book, Content
from sandbox.google_grid import Cell, Json, Tab
from sandbox.google_masks import Mask, below, wants
from sandbox.google_metadata import Metadata
from sandbox.google_ranges import Rect, grid_range
from sandbox.google_values import Calculator, extended

_DEFAULT_FORMAT = {
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {"fontFamily": "arial,sans,sans-serif", "fontSize": 10},
}

_CELL_FIELDS = (
    "userEnteredValue",
    "effectiveValue",
    "formattedValue",
    "userEnteredFormat",
    "effectiveFormat",
    "note",
    "dataValidation",
)


def spreadsheet(book: Book, content: Content, ranges: Sequence[str], grid: bool, mask: Mask) -> Json:
    """The resource; ``ranges`` leave only the tabs they touch. A mask that names data asks for it by itself."""
    places = [content.locate(text) for text in ranges]
    areas = [(tab, tab.require_start(area.within(*tab.bounds[1::2]))) for tab, area in places]
    answer: Json = {
        "spreadsheetId": book.id,
        "properties": {
            "title": content.title,
            "locale": content.locale.name,
            "autoRecalc": "ON_CHANGE",
            "timeZone": content.time_zone,
            "defaultFormat": _DEFAULT_FORMAT,
        },
        "sheets": [],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
    }
    with_data = wants(mask, "sheets", "data") if mask else grid
    reader = _GridReader(content, book.calculator(content), below(mask, "sheets", "data"))
    for tab in content.tabs:
        rects = [rect for touched, rect in areas if touched is tab]
        if rects or not ranges:
            sheet = _sheet(content, tab)
            if with_data:
                sheet["data"] = [reader.data(tab, rect) for rect in rects or [tab.bounds]]
            answer["sheets"].append(sheet)
    if content.names:
        answer["namedRanges"] = [
            {"namedRangeId": key, "name": name, "range": grid_range(sheet_id, rect)}
            for key, (name, sheet_id, rect) in content.names.items()
        ]
    pinned = [entry.to_json() for entry in content.metadata.values() if entry.kind == "SPREADSHEET"]
    if pinned:
        answer["developerMetadata"] = pinned
    return answer


def sheet_properties(content: Content, tab: Tab) -> Json:
    grid: Json = {"rowCount": len(tab.rows), "columnCount": len(tab.columns)}
    if tab.frozen_rows:
        grid["frozenRowCount"] = tab.frozen_rows
    if tab.frozen_columns:
        grid["frozenColumnCount"] = tab.frozen_columns
    return {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": content.tabs.index(tab),
        "sheetType": "GRID",
        "gridProperties": grid,
        **tab.looks,
    }


def _sheet(content: Content, tab: Tab) -> Json:
    sheet: Json = {"properties": sheet_properties(content, tab)}
    pinned = [m.to_json() for m in content.metadata.values() if m.kind == "SHEET" and m.sheet_id == tab.sheet_id]
    if pinned:
        sheet["developerMetadata"] = pinned
    if tab.merges:
        sheet["merges"] = [grid_range(tab.sheet_id, rect) for rect in tab.merges]
    if tab.filter:
        sheet["basicFilter"] = {"range": grid_range(tab.sheet_id, tab.filter[0]), **tab.filter[1]}
    if tab.rules:
        sheet["conditionalFormats"] = [
            {"ranges": [grid_range(tab.sheet_id, rect) for rect in rects], **rule} for rects, rule in tab.rules
        ]
    if tab.protections:
        sheet["protectedRanges"] = [
            {
                "protectedRangeId": key,
                "range": grid_range(tab.sheet_id, rect) if rect else {"sheetId": tab.sheet_id},
                "requestingUserCanEdit": True,
                **rest,
            }
            for key, (rect, rest) in tab.protections.items()
        ]
    return sheet


class _GridReader:
    """Builds GridData, computing only what the mask asks for."""

    def __init__(self, content: Content, calculator: Calculator, mask: Mask) -> None:
        self._calculator = calculator
        cells = below(mask, "rowData", "values")
        self._wanted = {name for name in _CELL_FIELDS if wants(cells, name)}
        self._rows_wanted = wants(mask, "rowMetadata")
        self._columns_wanted = wants(mask, "columnMetadata")
        self._cells_wanted = wants(mask, "rowData")
        self._pins: dict[tuple[int | None, str, int | None], list[Json]] = {}
        for entry in content.metadata.values():
            self._pins.setdefault(_place(entry), []).append(entry.to_json())

    def data(self, tab: Tab, rect: Rect) -> Json:
        answer: Json = {}
        if rect.top:
            answer["startRow"] = rect.top
        if rect.left:
            answer["startColumn"] = rect.left
        if self._cells_wanted:
            rows = [
                {"values": [self._cell(tab, cell) for cell in row.cells[rect.left : rect.right]]}
                for row in tab.rows[rect.top : rect.bottom]
            ]
            rows = [row if row["values"] else {} for row in rows]
            while rows and not any(rows[-1].get("values", ())):
                rows.pop()
            if rows:
                answer["rowData"] = rows
        if self._rows_wanted:
            answer["rowMetadata"] = [
                self._line(tab, "ROW", index, tab.rows[index].height, tab.rows[index].hidden, tab.rows[index].filtered)
                for index in range(rect.top, rect.bottom)
            ]
        if self._columns_wanted:
            answer["columnMetadata"] = [
                self._line(tab, "COLUMN", index, tab.columns[index].width, tab.columns[index].hidden, False)
                for index in range(rect.left, rect.right)
            ]
        return answer

    def _line(self, tab: Tab, kind: str, index: int, size: int, hidden: bool, filtered: bool) -> Json:
        line: Json = {"pixelSize": size}
        if hidden:
            line["hiddenByUser"] = True
        if filtered:
            line["hiddenByFilter"] = True
        pins = self._pins.get((tab.sheet_id, kind, index))
        if pins:
            line["developerMetadata"] = pins
        return line

    def _cell(self, tab: Tab, cell: Cell) -> Json:
        wanted = self._wanted
        answer: Json = {}
        if cell.filled:
            if "userEnteredValue" in wanted:
                answer["userEnteredValue"] = {"formulaValue": cell.formula} if cell.formula else extended(cell.value)
            value = self._calculator.value(tab, cell)
            if value is not None and "effectiveValue" in wanted:
                answer["effectiveValue"] = extended(value)
            if "formattedValue" in wanted:
                answer["formattedValue"] = self._calculator.shown(tab, cell)
        if cell.format or cell.note or cell.validation:
            rest: dict[str, Any] = {
                "userEnteredFormat": cell.format,
                "effectiveFormat": cell.format,
                "note": cell.note,
                "dataValidation": cell.validation,
            }
            answer.update({name: value for name, value in rest.items() if value and name in wanted})
        return answer


def _place(entry: Metadata) -> tuple[int | None, str, int | None]:
    return entry.sheet_id, entry.kind, entry.line
