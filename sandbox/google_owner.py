"""The owner's hands: what a person does to the spreadsheet in the browser, typed the way a person types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.google_batch import KINDS
from sandbox.google_book import Book, Content
from sandbox.google_dimensions import sort_rows
from sandbox.google_grid import Cell, Row, Tab
from sandbox.google_ranges import Rect
from sandbox.google_typing import enter

_Undo = Callable[[Content], object]


class Owner:
    """Rows and columns are counted from 1 as in the interface, row 1 is the header; a column may also be named by its
    header. Unknown tabs and headers raise KeyError, what the interface refuses raises ValueError.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._undo: list[_Undo] = []

    @property
    def revision(self) -> int:
        """Grows with every change, whoever makes it."""
        return self._book.revision

    def tabs(self) -> list[str]:
        return [tab.title for tab in self._book.now.tabs]

    def read(self, tab: str) -> list[list[str]]:
        """The tab as it looks, header first, down to the last row with data; every row is equally wide."""
        found, calculator = self._tab(tab), self._book.calculator()
        rows = found.rows[: found.end_of_data()]
        width = max((place + 1 for row in rows for place, cell in enumerate(row.cells) if cell.filled), default=0)
        return [[calculator.shown(found, row.cell(column)) for column in range(width)] for row in rows]

    def headers(self, tab: str) -> list[str]:
        found, calculator = self._tab(tab), self._book.calculator()
        titles = [calculator.shown(found, cell) for cell in found.rows[0].cells]
        while titles and not titles[-1]:
            titles.pop()
        return titles

    def find(self, tab: str, header: str, text: str) -> int:
        """The number of the first row that shows this text under the header; KeyError when there is none."""
        found, calculator = self._tab(tab), self._book.calculator()
        column = self._column(found, header)
        for index in range(1, found.end_of_data()):
            if calculator.shown(found, found.cell(index, column)) == text:
                return index + 1
        raise KeyError(text)

    def note(self, tab: str, row: int, column: str | int) -> str:
        """The note on a cell, "" when there is none."""
        found = self._tab(tab)
        return found.cell(row - 1, self._column(found, column)).note

    def choices(self, tab: str, row: int, column: str | int) -> list[str]:
        """The dropdown of a cell, [] when it has none."""
        found = self._tab(tab)
        return _choices(found.cell(row - 1, self._column(found, column)))

    def unseen(self, tab: str) -> set[int]:
        """Numbers of the rows that are hidden, by hand or by the filter."""
        return {number for number, row in enumerate(self._tab(tab).rows, 1) if row.hidden or row.filtered}

    def set(self, tab: str, row: int, column: str | int, text: str) -> None:
        """Type a text into a cell."""
        self._type(tab, row, {self._column(self._tab(tab), column): text})

    def rename_header(self, tab: str, header: str, title: str) -> None:
        self.set(tab, 1, header, title)

    def append_row(self, tab: str, cells: Mapping[str, str]) -> int:
        """Type a row below the last one; its number."""
        found = self._tab(tab)
        row = found.end_of_data() + 1
        if row > len(found.rows):
            with self._book.change() as content:
                content.grow(found, 1000)
        self._type(tab, row, {self._column(found, header): text for header, text in cells.items()})
        return row

    def copy_row(self, tab: str, row: int, to: int) -> None:
        """Copy a whole row, hidden cells included, and paste it over another one."""
        found = self._tab(tab)
        found.require(Rect(min(row, to) - 1, max(row, to), 0, 1))
        self._replace_row(found, to - 1, found.rows[row - 1].cells)

    def insert_row(self, tab: str, at: int) -> None:
        """Insert an empty row that becomes number ``at``; it looks like the row above it."""
        place = _rows(self._tab(tab), at - 1)
        self._request("insertDimension", {"range": place, "inheritFromBefore": at > 1})
        self._undo.append(lambda content: self._apply("deleteDimension", {"range": place}))

    def delete_row(self, tab: str, row: int) -> None:
        found = self._tab(tab)
        kept, place = found.rows[row - 1], _rows(found, row - 1)
        self._request("deleteDimension", {"range": place})

        def back(content: Content) -> None:
            # The cells return, developer metadata of the row does not.
            self._apply("insertDimension", {"range": place})
            content.tab(place["sheetId"]).rows[row - 1] = kept

        self._undo.append(back)

    def move_row(self, tab: str, row: int, to: int) -> None:
        """Drag a row so that it becomes number ``to``."""
        self._move(self._tab(tab), "ROWS", row - 1, to - 1)

    def move_column(self, tab: str, header: str | int, to: int) -> None:
        """Drag a column so that it becomes number ``to``."""
        found = self._tab(tab)
        self._move(found, "COLUMNS", self._column(found, header), to - 1)

    def insert_column(self, tab: str, at: int, header: str = "") -> None:
        """Insert a column that becomes number ``at``."""
        place = {"sheetId": self._tab(tab).sheet_id, "dimension": "COLUMNS", "startIndex": at - 1, "endIndex": at}
        self._request("insertDimension", {"range": place, "inheritFromBefore": at > 1})
        self._undo.append(lambda content: self._apply("deleteDimension", {"range": place}))
        if header:
            self.set(tab, 1, at, header)

    def delete_column(self, tab: str, header: str | int) -> None:
        found = self._tab(tab)
        column = self._column(found, header)
        kept = [row.cell(column) for row in found.rows]
        number = found.sheet_id
        place = {"sheetId": number, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
        self._request("deleteDimension", {"range": place})

        def back(content: Content) -> None:
            self._apply("insertDimension", {"range": place})
            target = content.tab(number)
            for index, cell in enumerate(kept):
                if cell != Cell():
                    target.put(index, column, [cell])

        self._undo.append(back)

    def sort(self, tab: str, header: str | int, descending: bool = False) -> None:
        """Sort everything below the header. Hidden rows stay where they are, as in the interface."""
        found = self._tab(tab)
        area = Rect(1, found.end_of_data(), 0, len(found.columns))
        column = self._column(found, header)
        with self._book.change():
            order = sort_rows(self._book, found, area, [(column, descending)])
        places = sorted(order)

        def back(content: Content) -> None:
            went = dict(zip(order, places, strict=True))
            target = content.tab(found.sheet_id)
            target.reorder(area, [went[place] for place in places])
            returns = {new: old for old, new in went.items()}
            content.move_pins(target.sheet_id, "ROW", lambda index: returns.get(index, index))

        self._undo.append(back)

    def hide_row(self, tab: str, row: int, hidden: bool = True) -> None:
        body = {"range": _rows(self._tab(tab), row - 1), "fields": "hiddenByUser"}
        self._request("updateDimensionProperties", {**body, "properties": {"hiddenByUser": hidden}})
        back = {**body, "properties": {"hiddenByUser": not hidden}}
        self._undo.append(lambda content: self._apply("updateDimensionProperties", back))

    def filter(self, tab: str, header: str | int, hide: Sequence[str]) -> None:
        """Switch the filter on, with these values unticked under the header."""
        found = self._tab(tab)
        area = {"sheetId": found.sheet_id, "startRowIndex": 0, "endRowIndex": max(found.end_of_data(), 1)}
        criteria = {str(self._column(found, header)): {"hiddenValues": list(hide)}}
        self._request("setBasicFilter", {"filter": {"range": area, "criteria": criteria}})
        self._undo.append(lambda content: self._apply("clearBasicFilter", {"sheetId": found.sheet_id}))

    def clear_filter(self, tab: str) -> None:
        self._request("clearBasicFilter", {"sheetId": self._tab(tab).sheet_id})

    def add_tab(self, title: str, headers: Sequence[str] = ()) -> None:
        reply = self._request("addSheet", {"properties": {"title": title}})
        number = reply["addSheet"]["properties"]["sheetId"]
        for column, header in enumerate(headers, 1):
            self.set(title, 1, column, header)
        del self._undo[len(self._undo) - len(headers) :]  # one step back removes the tab whole
        self._undo.append(lambda content: self._apply("deleteSheet", {"sheetId": number}))

    def delete_tab(self, tab: str) -> None:
        content = self._book.now
        found = self._tab(tab)
        index, kept = content.tabs.index(found), found.copy()
        self._request("deleteSheet", {"sheetId": found.sheet_id})
        self._undo.append(lambda content: content.tabs.insert(index, kept))

    def rename_tab(self, tab: str, title: str) -> None:
        number, old = self._tab(tab).sheet_id, self._tab(tab).title
        body = {"properties": {"sheetId": number, "title": title}, "fields": "title"}
        self._request("updateSheetProperties", body)
        back = {"properties": {"sheetId": number, "title": old}, "fields": "title"}
        self._undo.append(lambda content: self._apply("updateSheetProperties", back))

    def undo(self) -> bool:
        """Ctrl+Z: take the owner's last action back, keeping what the bot did meanwhile. False: nothing to undo."""
        if not self._undo:
            return False
        with self._book.change() as content:
            self._undo.pop()(content)
        return True

    def _tab(self, title: str) -> Tab:
        found = self._book.now.titled(title)
        if found is None:
            raise KeyError(title)
        return found

    def _column(self, tab: Tab, column: str | int) -> int:
        if isinstance(column, int):
            return column - 1
        titles = [self._book.calculator().shown(tab, cell) for cell in tab.rows[0].cells]
        if column in titles:
            return titles.index(column)
        raise KeyError(column)

    def _apply(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        return KINDS[kind](self._book, body)

    def _request(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        with self._book.change():
            return self._apply(kind, body)

    def _type(self, tab: str, row: int, texts: Mapping[int, str]) -> None:
        found = self._tab(tab)
        found.require(Rect(row - 1, row, min(texts, default=0), max(texts, default=0) + 1))
        cells = list(found.rows[row - 1].cells)
        for column, text in texts.items():
            cells += [Cell()] * (column + 1 - len(cells))
            cells[column] = enter(cells[column], text, self._book.now.locale, self._book.today().year)
            _check_choice(cells[column], text)
        self._replace_row(found, row - 1, tuple(cells))

    def _replace_row(self, tab: Tab, index: int, cells: tuple[Cell, ...]) -> None:
        old: Row = tab.rows[index]
        with self._book.change():
            tab.rows[index] = old._replace(cells=cells)

        def back(content: Content) -> None:
            target = content.tab(tab.sheet_id)
            for column in range(max(len(cells), len(old.cells))):
                before, after = old.cell(column), cells[column] if column < len(cells) else Cell()
                if before != after:
                    target.put(index, column, [before])

        self._undo.append(back)

    def _move(self, tab: Tab, dimension: str, index: int, to: int) -> None:
        def drag(start: int, end: int) -> dict[str, Any]:
            source = {"sheetId": tab.sheet_id, "dimension": dimension, "startIndex": start, "endIndex": start + 1}
            return {"source": source, "destinationIndex": end if end < start else end + 1}

        if index == to:
            return
        self._request("moveDimension", drag(index, to))
        self._undo.append(lambda content: self._apply("moveDimension", drag(to, index)))


def _rows(tab: Tab, index: int) -> dict[str, Any]:
    return {"sheetId": tab.sheet_id, "dimension": "ROWS", "startIndex": index, "endIndex": index + 1}


def _choices(cell: Cell) -> list[str]:
    condition = (cell.validation or {}).get("condition", {})
    values = condition.get("values", []) if condition.get("type") == "ONE_OF_LIST" else []
    return [value.get("userEnteredValue", "") for value in values]


def _check_choice(cell: Cell, text: str) -> None:
    """A strict dropdown does not let a person type anything else."""
    choices = _choices(cell)
    if text and choices and (cell.validation or {}).get("strict") and text not in choices:
        raise ValueError(f"Можно только выбрать из списка: {', '.join(choices)}.")
