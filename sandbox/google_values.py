"""Values of cells in and out: what clients send becomes cells, and cells become what the three renderings show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sandbox.google_display import Failure, is_date, shown
from sandbox.google_errors import InvalidError
from sandbox.google_formulas import Formula
from sandbox.google_grid import Cell, Json, Scalar, Tab
from sandbox.google_locale import Locale, serial
from sandbox.google_ranges import Rect, parse_cells, split_title
from sandbox.google_typing import check_length, enter, tidy

RENDERINGS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
ERROR_TYPES = {
    "#ERROR!": "ERROR",
    "#NULL!": "NULL_VALUE",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#VALUE!": "VALUE",
    "#REF!": "REF",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#N/A": "N_A",
}


class Calculator:
    """Reads one revision of a spreadsheet; results of formulas are remembered for the life of the object."""

    def __init__(self, tabs: Sequence[Tab], locale: Locale, today: date) -> None:
        self._tabs = tabs
        self._locale = locale
        self._today = serial(today)
        self._results: dict[tuple[int, str], Scalar] = {}

    def value(self, tab: Tab, cell: Cell) -> Scalar:
        """The effective value."""
        if not cell.formula:
            return cell.value
        key = (tab.sheet_id, cell.formula)
        if key not in self._results:
            self._results[key] = Failure("#REF!")  # what a formula that needs itself gets
            result = Formula(cell.formula, lambda name: self._fetch(tab, name), self._locale, self._today).value()
            self._results[key] = tidy(result) if isinstance(result, float) else result
        return self._results[key]

    def shown(self, tab: Tab, cell: Cell) -> str:
        """What a person sees."""
        return shown(self.value(tab, cell), cell.format, self._locale)

    def rendered(self, tab: Tab, cell: Cell, rendering: str, dates_as_text: bool) -> Any:
        """The cell in an answer of the values API."""
        if rendering == "FORMATTED_VALUE" or (dates_as_text and is_date(cell.format)):
            return self.shown(tab, cell)
        if rendering == "FORMULA" and cell.formula:
            return cell.formula
        value = self.value(tab, cell)
        return "" if value is None else value

    def block(self, tab: Tab, rect: Rect, rendering: str, dates_as_text: bool) -> list[list[Any]]:
        """A rectangle without its trailing empty rows, each row without its trailing empty cells."""
        block: list[list[Any]] = []
        for row in tab.rows[rect.top : rect.bottom]:
            cells = row.cells[rect.left : rect.right]
            line = [self.rendered(tab, cell, rendering, dates_as_text) for cell in cells]
            while line and line[-1] == "":
                line.pop()
            block.append(line)
        while block and not block[-1]:
            block.pop()
        return block

    def _fetch(self, tab: Tab, name: str) -> list[Scalar]:
        title, cells = split_title(name)
        target = tab if title is None else next((other for other in self._tabs if other.title == title), None)
        area = parse_cells(cells)
        if target is None or area is None:
            return [Failure("#REF!")]
        rect = area.within(len(target.rows), len(target.columns))
        if rect.top >= len(target.rows) or rect.left >= len(target.columns):
            return [Failure("#REF!")]
        return [self.value(target, cell) for _, _, cell in target.cells(rect)]


def check_rendering(rendering: str) -> str:
    if rendering not in RENDERINGS:
        raise InvalidError(f"Invalid value at 'value_render_option': \"{rendering}\"")
    return rendering


def entered(old: Cell, value: Any, option: str, locale: Locale, year: int) -> Cell:
    """The cell after the values API wrote ``value``: None skips, "" clears, RAW keeps strings as they are."""
    if value is None:
        return old
    if isinstance(value, (list, dict)):
        kind = "list_value" if isinstance(value, list) else "struct_value"
        raise InvalidError(f"Invalid values[0][0]: {kind} {{}}")
    if isinstance(value, str) and option == "USER_ENTERED":
        return enter(old, value, locale, year)
    if isinstance(value, str):
        return old._replace(value=check_length(value) or None, formula="")
    return old._replace(value=value if isinstance(value, bool) else tidy(value), formula="")


def from_extended(message: Json, old: Cell) -> Cell:
    """The cell after a typed ``userEnteredValue``: a string stays text whatever it begins with."""
    if len(message) > 1:
        raise InvalidError("Only one of the value fields can be set.")
    kind = next(iter(message), "")
    value: Any = message.get(kind)
    expected: dict[str, type | tuple[type, ...]] = {"stringValue": str, "numberValue": (int, float), "boolValue": bool}
    if kind == "formulaValue":
        if not isinstance(value, str) or not value.startswith("="):
            raise InvalidError("The formula must begin with an equals sign.")
        return old._replace(value=None, formula=check_length(value))
    if kind and (kind not in expected or not isinstance(value, expected[kind])):
        raise InvalidError(f"Invalid value at '{kind}'")
    if kind == "numberValue" and isinstance(value, bool):
        raise InvalidError(f"Invalid value at '{kind}'")
    if kind == "stringValue":
        value = check_length(value) or None
    return old._replace(value=tidy(value) if kind == "numberValue" else value, formula="")


def extended(value: Scalar) -> Json:
    """The ExtendedValue message of an effective value."""
    if isinstance(value, Failure):
        return {"errorValue": {"type": ERROR_TYPES[value], "message": "Formula error."}}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}
