"""How the references of formulas follow inserted, deleted and moved rows, and tabs that are renamed."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.google_grid import Tab, shifted
from sandbox.google_ranges import Rect, letters, parse_cells, quoted, split_title
from sandbox.google_shift import Shift

_SHEET = r"(?:'(?:[^']|'')+'!|[^\W\d]\w*!)?"
_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9]\d*"
_COLUMN = r"\$?[A-Za-z]{1,3}"
REFERENCE = rf"{_SHEET}(?:{_CELL}(?::(?:{_CELL}|{_COLUMN}))?|{_COLUMN}:{_COLUMN})(?![\w(])"
STRING = r'"(?:[^"]|"")*"'
_MOVABLE = re.compile(rf"{STRING}|(?<![\w!])(?P<ref>{REFERENCE})")


def follow(tab: Tab, changed: str, same: bool, rows: Shift | None, columns: Shift | None) -> None:
    """Rewrite the references of every formula of ``tab`` into the tab titled ``changed``, whose grid has shifted."""

    def moved(match: re.Match[str]) -> str:
        reference = match["ref"]
        if not reference:
            return match[0]
        title, cells = split_title(reference)
        if (title is None and not same) or (title is not None and title.casefold() != changed.casefold()):
            return reference
        area = parse_cells(cells)
        if area is None:
            return reference
        place = shifted(area.within(len(tab.rows) + 10**7, 20_000), rows, columns)
        if place is None:
            return "#REF!"
        return ("" if title is None else quoted(title) + "!") + _name(cells, place)

    _rewrite(tab, moved)


def retitle(tab: Tab, old: str, new: str) -> None:
    """Rewrite the references of every formula of ``tab`` into a tab that is being renamed."""

    def renamed(match: re.Match[str]) -> str:
        title, cells = split_title(match["ref"]) if match["ref"] else (None, "")
        same = title is not None and title.casefold() == old.casefold()
        return f"{quoted(new)}!{cells}" if same else match[0]

    _rewrite(tab, renamed)


def _rewrite(tab: Tab, how: Callable[[re.Match[str]], str]) -> None:
    for index, row in enumerate(tab.rows):
        for column, cell in enumerate(row.cells):
            if cell.formula:
                tab.put(index, column, [cell._replace(formula=_MOVABLE.sub(how, cell.formula))])


def _name(cells: str, place: Rect) -> str:
    """The reference ``cells`` at its new place, open where it was open, with the same dollars."""
    parts = [re.fullmatch(r"(\$?)[A-Za-z]*(\$?)(\d*)", part) for part in cells.split(":")]
    corners = ((place.top, place.left), (place.bottom - 1, place.right - 1))
    names = []
    for part, (row, column) in zip(parts, corners, strict=False):
        if part is not None:
            names.append(part[1] + letters(column) + (part[2] + str(row + 1) if part[3] else ""))
    return ":".join(names)
