"""One emulated spreadsheet: its tabs, what is pinned to them, and all-or-nothing changes with a revision counter."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from sandbox.google_errors import InvalidError
from sandbox.google_grid import Tab
from sandbox.google_locale import LOCALES, Locale
from sandbox.google_metadata import Metadata, check_storage
from sandbox.google_ranges import OpenRect, Rect, parse_cells, split_title
from sandbox.google_references import follow, retitle
from sandbox.google_shift import Inserted, Shift
from sandbox.google_values import Calculator

MAX_CELLS = 10_000_000


@dataclass(slots=True)
class Content:
    """Everything a change may touch. A copy shares all rows with the original."""

    title: str
    locale: Locale
    time_zone: str
    tabs: list[Tab]
    metadata: dict[int, Metadata] = field(default_factory=dict)
    names: dict[str, tuple[str, int, Rect]] = field(default_factory=dict)  #: range id -> name, sheet id, place

    def copy(self) -> Content:
        return replace(
            self,
            tabs=[tab.copy() for tab in self.tabs],
            metadata=self.metadata.copy(),
            names=self.names.copy(),
        )

    def tab(self, sheet_id: int | None) -> Tab:
        """The tab with this id; a request that names none means 0."""
        for tab in self.tabs:
            if tab.sheet_id == (sheet_id or 0):
                return tab
        raise InvalidError(f"No grid with id: {sheet_id or 0}")

    def titled(self, title: str) -> Tab | None:
        return next((tab for tab in self.tabs if tab.title.casefold() == title.casefold()), None)

    def locate(self, text: str) -> tuple[Tab, OpenRect]:
        """What an A1 range names. A bare word is a named range first, then a tab, then a cell of the first tab."""
        title, cells = split_title(text)
        if title is None:
            named = next((entry for entry in self.names.values() if entry[0].casefold() == cells.casefold()), None)
            if named is not None:
                return self.tab(named[1]), OpenRect(*named[2])
            whole = self.titled(cells)
            if whole is not None:
                return whole, OpenRect()
        tab = self.tabs[0] if title is None else self.titled(title)
        area = OpenRect() if title is not None and not cells else parse_cells(cells)
        if tab is None or area is None:
            raise InvalidError(f"Unable to parse range: {text}")
        return tab, area

    def fresh_id(self) -> int:
        """A number no tab and no metadata has."""
        taken = {tab.sheet_id for tab in self.tabs} | set(self.metadata)
        while (number := random.randrange(1, 2**31)) in taken:
            pass
        return number

    def pin(self, entry: Metadata) -> None:
        """Add developer metadata; an id that is taken is refused, which is what makes it a fence."""
        if entry.id in self.metadata:
            raise InvalidError(f"Developer metadata with id {entry.id} already exists.")
        if entry.sheet_id is not None:
            bounds = self.tab(entry.sheet_id).bounds
            limit = bounds.bottom if entry.kind == "ROW" else bounds.right
            if entry.line is not None and entry.line >= limit:
                raise InvalidError("The dimension range of developer metadata is out of the bounds of the sheet.")
        check_storage(self.metadata.values(), entry)
        self.metadata[entry.id] = entry

    def move_pins(self, sheet_id: int, kind: str, where: Callable[[int], int | None]) -> None:
        """Row and column metadata follows its row or column, and dies with it."""
        for entry in list(self.metadata.values()):
            if entry.sheet_id == sheet_id and entry.kind == kind and entry.line is not None:
                place = where(entry.line)
                if place is None:
                    del self.metadata[entry.id]
                else:
                    self.metadata[entry.id] = entry._replace(line=place)

    def restructure(self, tab: Tab, shift: Shift, dimension: str) -> None:
        """Let everything that points into ``tab`` follow a change of its rows or columns already made."""
        rows, columns = (shift, None) if dimension == "ROWS" else (None, shift)
        self.move_pins(tab.sheet_id, dimension[:-1], shift.index)
        tab.follow(rows, columns)
        for key, (name, sheet_id, rect) in list(self.names.items()):
            if sheet_id == tab.sheet_id:
                down = rows.span(rect.top, rect.bottom) if rows else rect[:2]
                across = columns.span(rect.left, rect.right) if columns else rect[2:]
                if down and across:
                    self.names[key] = (name, sheet_id, Rect(*down, *across))
                else:
                    del self.names[key]
        for other in self.tabs:
            follow(other, tab.title, other is tab, rows, columns)

    def rename(self, tab: Tab, title: str) -> None:
        """Formulas that mention the tab follow its name."""
        for other in self.tabs:
            retitle(other, tab.title, title)
        tab.title = title

    def check_room(self, cells: int) -> None:
        """Whether so many more cells fit into the spreadsheet; asked before they are made."""
        if sum(len(tab.rows) * len(tab.columns) for tab in self.tabs) + cells > MAX_CELLS:
            raise InvalidError(
                f"This action would increase the number of cells in the workbook above the limit of {MAX_CELLS} cells."
            )

    def grow(self, tab: Tab, rows: int) -> None:
        """Empty rows at the bottom."""
        self.check_room(rows * len(tab.columns))
        at = len(tab.rows)
        tab.insert_rows(at, rows)
        self.restructure(tab, Inserted(at, rows), "ROWS")


class Book:
    """A spreadsheet as a file: its content now, what it was before the last change, and how often it changed."""

    def __init__(self, id: str, title: str, locale: str, time_zone: str) -> None:
        if locale not in LOCALES:
            raise ValueError(f"locale {locale!r} is not one of {', '.join(LOCALES)}")
        self.id = id
        self.now = Content(title, LOCALES[locale], time_zone, [Tab(0, LOCALES[locale].tab + "1")])
        self.before = self.now.copy()
        self.revision = 1
        #: Not known of the real service: whether a look-up that finds nothing is an error for a write.
        self.strict_lookups = False
        self.today: Callable[[], date] = date.today

    @contextmanager
    def change(self) -> Iterator[Content]:
        """Everything done inside happens, or nothing does."""
        kept = self.now.copy()
        try:
            yield self.now
        except BaseException:
            self.now = kept
            raise
        self.before = kept
        self.revision += 1

    def calculator(self, content: Content | None = None) -> Calculator:
        """Reads values, formulas included, of the content now or of another revision."""
        content = content or self.now
        return Calculator(content.tabs, content.locale, self.today())
