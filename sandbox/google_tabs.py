"""The kinds of batchUpdate requests about whole tabs and what lies over cells: filters, protection, names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sandbox.google_book import Book
from sandbox.google_cells import target
from sandbox.google_dimensions import sort_rows
from sandbox.google_errors import InvalidError
from sandbox.google_grid import BLANK, PLAIN, Json, Tab
from sandbox.google_locale import LOCALES
from sandbox.google_masks import wants, write_mask
from sandbox.google_ranges import Rect
from sandbox.google_render import sheet_properties

_PROPERTIES = ("title", "index", "gridProperties", "hidden", "tabColor", "tabColorStyle", "rightToLeft", "sheetId")
_LOOKS = ("hidden", "tabColor", "tabColorStyle", "rightToLeft")


def add_sheet(book: Book, body: Json) -> Json:
    properties = body.get("properties", {})
    number = properties.get("sheetId", book.now.fresh_id())
    titles = {tab.title for tab in book.now.tabs}
    base = book.now.locale.tab
    free = next(
        f"{base}{count}" for count in range(len(titles) + 1, 2 * len(titles) + 2) if f"{base}{count}" not in titles
    )
    _place(book, Tab(number, properties.get("title") or free), properties.get("index"))
    _set_properties(book, book.now.tab(number), properties, {name: {} for name in ("gridProperties", *_LOOKS)})
    return {"addSheet": {"properties": sheet_properties(book.now, book.now.tab(number))}}


def _place(book: Book, tab: Tab, index: int | None) -> None:
    """Put a new tab where it was asked for, unless its id or title is taken."""
    if any(other.sheet_id == tab.sheet_id for other in book.now.tabs):
        raise InvalidError(f"A sheet with the id {tab.sheet_id} already exists. Please enter another id.")
    _check_title(book, tab.title)
    book.now.check_room(len(tab.rows) * len(tab.columns))
    book.now.tabs.insert(len(book.now.tabs) if index is None else index, tab)


def _check_title(book: Book, title: str) -> None:
    if not title:
        raise InvalidError("Sheet name cannot be empty.")
    if book.now.titled(title) is not None:
        raise InvalidError(f'A sheet with the name "{title}" already exists. Please enter another name.')


def delete_sheet(book: Book, body: Json) -> Json:
    tab = book.now.tab(body.get("sheetId"))
    if all(other is tab or other.looks.get("hidden") for other in book.now.tabs):
        raise InvalidError("You can't remove all the visible sheets in a document.")
    book.now.tabs.remove(tab)
    book.now.metadata = {key: entry for key, entry in book.now.metadata.items() if entry.sheet_id != tab.sheet_id}
    book.now.names = {key: entry for key, entry in book.now.names.items() if entry[1] != tab.sheet_id}
    return {}


def duplicate_sheet(book: Book, body: Json) -> Json:
    """Contents and looks are copied; developer metadata stays with the original."""
    source = book.now.tab(body.get("sourceSheetId"))
    fresh = source.copy()
    fresh.sheet_id = body.get("newSheetId", book.now.fresh_id())
    fresh.title = body.get("newSheetName") or f"{book.now.locale.copy_of} {source.title}"
    fresh.protections = {book.now.fresh_id(): kept for kept in source.protections.values()}
    _place(book, fresh, body.get("insertSheetIndex", 0))
    return {"duplicateSheet": {"properties": sheet_properties(book.now, fresh)}}


def update_sheet_properties(book: Book, body: Json) -> Json:
    properties = body.get("properties", {})
    mask = write_mask(body.get("fields", ""), _PROPERTIES)
    tab = book.now.tab(properties.get("sheetId"))
    if "title" in mask and properties.get("title") != tab.title:
        _check_title(book, properties.get("title", ""))
        book.now.rename(tab, properties["title"])
    if "index" in mask and "index" in properties:
        # Like in the interface, the new index counts the tab's old place.
        old, new = book.now.tabs.index(tab), properties["index"]
        book.now.tabs.remove(tab)
        book.now.tabs.insert(new - (new > old), tab)
    _set_properties(book, tab, properties, mask)
    return {}


def _set_properties(book: Book, tab: Tab, properties: Json, mask: Json) -> None:
    for name in _LOOKS:
        if name in mask:
            tab.looks.pop(name, None)
            if properties.get(name):
                tab.looks[name] = properties[name]
    grid = properties.get("gridProperties", {})
    if "gridProperties" not in mask:
        return
    old_size = len(tab.rows), len(tab.columns)
    height = grid.get("rowCount", old_size[0]) if wants(mask, "gridProperties", "rowCount") else old_size[0]
    width = grid.get("columnCount", old_size[1]) if wants(mask, "gridProperties", "columnCount") else old_size[1]
    _resize(book, tab, height, width)
    if wants(mask, "gridProperties", "frozenRowCount"):
        tab.frozen_rows = grid.get("frozenRowCount", 0)
    if wants(mask, "gridProperties", "frozenColumnCount"):
        tab.frozen_columns = grid.get("frozenColumnCount", 0)
    if tab.frozen_rows >= len(tab.rows) or tab.frozen_columns >= len(tab.columns):
        raise InvalidError("You can't freeze all visible rows or columns on the sheet.")


def _resize(book: Book, tab: Tab, height: int, width: int) -> None:
    """Cut or extend the grid at its bottom and right edges."""
    if height < 1 or width < 1:
        raise InvalidError("A sheet must have at least one row and one column.")
    book.now.check_room(height * width - len(tab.rows) * len(tab.columns))
    if height < len(tab.rows):
        book.now.restructure(tab, tab.delete_rows(height, len(tab.rows)), "ROWS")
    if width < len(tab.columns):
        book.now.restructure(tab, tab.delete_columns(width, len(tab.columns)), "COLUMNS")
    tab.rows += [BLANK] * (height - len(tab.rows))
    tab.columns += [PLAIN] * (width - len(tab.columns))


def update_spreadsheet_properties(book: Book, body: Json) -> Json:
    properties = body.get("properties", {})
    mask = write_mask(body.get("fields", ""), ("title", "locale", "timeZone", "autoRecalc"))
    if "title" in mask:
        book.now.title = properties.get("title", "")
    if "timeZone" in mask:
        book.now.time_zone = properties.get("timeZone", "")
    if "locale" in mask:
        if properties.get("locale") not in LOCALES:
            raise InvalidError(f"Unsupported locale: {properties.get('locale')}")
        book.now.locale = LOCALES[properties["locale"]]
    return {}


def add_protected_range(book: Book, body: Json) -> Json:
    message = body.get("protectedRange", {})
    if message.get("warningOnly") and message.get("editors"):
        raise InvalidError("Warning-only protected ranges can't have editors.")
    where = message.get("range", {})
    tab, rect = target(book, where)
    number = message.get("protectedRangeId") or book.now.fresh_id()
    if any(number in other.protections for other in book.now.tabs):
        raise InvalidError(f"A protected range with id {number} already exists.")
    kept = {name: value for name, value in message.items() if name not in ("range", "protectedRangeId")}
    tab.protections[number] = (None if set(where) <= {"sheetId"} else rect, kept)
    return {"addProtectedRange": {"protectedRange": {**message, "protectedRangeId": number}}}


def set_basic_filter(book: Book, body: Json) -> Json:
    """Rows whose shown value is among the hidden ones disappear from sight; reads do not notice."""
    message = body.get("filter", {})
    tab, rect = target(book, message.get("range", {}))
    tab.filter = (rect, {name: value for name, value in message.items() if name != "range"})
    keys = [
        (spec.get("dimensionIndex", 0), spec.get("sortOrder") == "DESCENDING") for spec in message.get("sortSpecs", [])
    ]
    below_header = rect._replace(top=rect.top + 1)
    _unfilter(tab)
    if keys:
        sort_rows(book, tab, below_header, keys)
    calculator = book.calculator()
    for column, criteria in _criteria(message):
        if set(criteria) - {"hiddenValues"}:
            raise InvalidError("This emulator filters by hiddenValues only.")
        hidden = set(criteria.get("hiddenValues", []))
        for index in range(below_header.top, below_header.bottom):
            row = tab.rows[index]
            if calculator.shown(tab, row.cell(column)) in hidden:
                tab.rows[index] = row._replace(filtered=True)
    return {}


def _criteria(message: Json) -> Iterator[tuple[int, Json]]:
    for column, criteria in message.get("criteria", {}).items():
        yield int(column), criteria
    for spec in message.get("filterSpecs", []):
        yield spec.get("columnIndex", 0), spec.get("filterCriteria", {})


def clear_basic_filter(book: Book, body: Json) -> Json:
    tab = book.now.tab(body.get("sheetId"))
    tab.filter = None
    _unfilter(tab)
    return {}


def _unfilter(tab: Tab) -> None:
    tab.rows = [row._replace(filtered=False) if row.filtered else row for row in tab.rows]


def add_conditional_format_rule(book: Book, body: Json) -> Json:
    rule = body.get("rule", {})
    places: list[tuple[Tab, Rect]] = [target(book, message) for message in rule.get("ranges", [])]
    if not places:
        raise InvalidError("No ranges specified.")
    if ("booleanRule" in rule) == ("gradientRule" in rule):
        raise InvalidError("Exactly one of booleanRule and gradientRule must be set.")
    rest = {name: value for name, value in rule.items() if name != "ranges"}
    places[0][0].rules.insert(body.get("index", 0), ([rect for _, rect in places], rest))
    return {}


def add_named_range(book: Book, body: Json) -> Json:
    message = body.get("namedRange", {})
    name = message.get("name", "")
    if not re.fullmatch(r"[^\W\d]\w{0,249}", name):
        raise InvalidError(f"Invalid name: {name}")
    if any(entry[0].casefold() == name.casefold() for entry in book.now.names.values()):
        raise InvalidError(f'A named range with name "{name}" already exists.')
    tab, rect = target(book, message.get("range", {}))
    number = message.get("namedRangeId") or str(book.now.fresh_id())
    book.now.names[number] = (name, tab.sheet_id, rect)
    return {"addNamedRange": {"namedRange": {**message, "namedRangeId": number}}}


KINDS: dict[str, Callable[[Book, Json], Json]] = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "duplicateSheet": duplicate_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
    "addProtectedRange": add_protected_range,
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addConditionalFormatRule": add_conditional_format_rule,
    "addNamedRange": add_named_range,
}
