"""One tab of an emulated spreadsheet: immutable rows in plain lists, so that a snapshot costs almost nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeAlias

from sandbox.google_errors import InvalidError
from sandbox.google_ranges import Rect, a1
from sandbox.google_shift import Deleted, Inserted, Moved, Shift

Scalar: TypeAlias = str | int | float | bool | None
Json: TypeAlias = dict[str, Any]

MAX_COLUMNS = 18_278


class Cell(NamedTuple):
    """One cell as entered. ``value`` is None for a formula: its result is computed when somebody reads it."""

    value: Scalar = None
    formula: str = ""
    format: Mapping[str, Any] | None = None
    note: str = ""
    validation: Mapping[str, Any] | None = None

    @property
    def filled(self) -> bool:
        return self.value is not None or self.formula != ""

    @property
    def dressing(self) -> Cell:
        """The same cell without content: what a new neighbour inherits."""
        return (
            EMPTY
            if self.format is None and self.validation is None
            else Cell(None, "", self.format, "", self.validation)
        )


EMPTY = Cell()


class Row(NamedTuple):
    """A row; never changed in place. ``cells`` may be shorter than the tab is wide."""

    cells: tuple[Cell, ...] = ()
    hidden: bool = False
    filtered: bool = False  #: hidden by the basic filter
    height: int = 21

    def cell(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else EMPTY

    @property
    def filled(self) -> bool:
        return any(cell.value is not None or cell.formula for cell in self.cells)

    def with_cells(self, left: int, cells: Sequence[Cell]) -> Row:
        padding = (EMPTY,) * (left - len(self.cells))
        return self._replace(cells=self.cells[:left] + padding + tuple(cells) + self.cells[left + len(cells) :])


class Column(NamedTuple):
    hidden: bool = False
    width: int = 100


BLANK = Row()
PLAIN = Column()


@dataclass(slots=True)
class Tab:
    """A tab. Everything in it is either immutable or replaced whole."""

    sheet_id: int
    title: str
    rows: list[Row] = field(default_factory=lambda: [BLANK] * 1000)
    columns: list[Column] = field(default_factory=lambda: [PLAIN] * 26)
    frozen_rows: int = 0
    frozen_columns: int = 0
    looks: Json = field(default_factory=dict)  #: sheet properties that change nothing else: hidden, tab colour …
    merges: list[Rect] = field(default_factory=list)
    protections: dict[int, tuple[Rect | None, Json]] = field(default_factory=dict)
    filter: tuple[Rect, Json] | None = None
    rules: list[tuple[list[Rect], Json]] = field(default_factory=list)  #: conditional formats

    def copy(self) -> Tab:
        return replace(
            self,
            rows=self.rows.copy(),
            columns=self.columns.copy(),
            looks=self.looks.copy(),
            merges=self.merges.copy(),
            protections=self.protections.copy(),
            rules=self.rules.copy(),
        )

    @property
    def bounds(self) -> Rect:
        return Rect(0, len(self.rows), 0, len(self.columns))

    def cell(self, row: int, column: int) -> Cell:
        return self.rows[row].cell(column)

    def end_of_data(self) -> int:
        """The index after the last row that holds a value."""
        return next((index + 1 for index in range(len(self.rows) - 1, -1, -1) if self.rows[index].filled), 0)

    def require(self, rect: Rect) -> Rect:
        """The rectangle itself when it lies inside the grid."""
        if rect.bottom > len(self.rows) or rect.right > len(self.columns) or min(rect) < 0:
            raise InvalidError(
                f"Range ({a1(self.title, rect)}) exceeds grid limits. "
                f"Max rows: {len(self.rows)}, max columns: {len(self.columns)}"
            )
        return rect

    def require_start(self, rect: Rect) -> Rect:
        """A range may stick out of the grid, where it is cut, but must not begin outside."""
        if rect.top >= len(self.rows) or rect.left >= len(self.columns):
            self.require(rect._replace(bottom=max(rect.bottom, rect.top + 1), right=max(rect.right, rect.left + 1)))
        return rect._replace(bottom=min(rect.bottom, len(self.rows)), right=min(rect.right, len(self.columns)))

    def put(self, row: int, left: int, cells: Sequence[Cell]) -> None:
        """Write neighbouring cells of one row."""
        self.require(Rect(row, row + 1, left, left + len(cells)))
        self.rows[row] = self.rows[row].with_cells(left, cells)

    def change(self, rect: Rect, how: Callable[[Cell], Cell]) -> None:
        """Replace every cell of the rectangle."""
        for row in range(rect.top, rect.bottom):
            old = self.rows[row]
            self.put(row, rect.left, [how(old.cell(column)) for column in range(rect.left, rect.right)])

    def cells(self, rect: Rect) -> Iterator[tuple[int, int, Cell]]:
        """Every stored cell of the rectangle with its place."""
        for row in range(rect.top, min(rect.bottom, len(self.rows))):
            for column, cell in enumerate(self.rows[row].cells[rect.left : rect.right], rect.left):
                yield row, column, cell

    def insert_rows(self, at: int, count: int, like: int | None = None) -> Shift:
        """Empty rows before ``at``, dressed like the row ``like``."""
        fresh = BLANK if like is None else Row(tuple(cell.dressing for cell in self.rows[like].cells))
        self.rows[at:at] = [fresh] * count
        return Inserted(at, count)

    def insert_columns(self, at: int, count: int, like: int | None = None) -> Shift:
        if len(self.columns) + count > MAX_COLUMNS:
            raise InvalidError(f"This action would increase the number of columns above the limit of {MAX_COLUMNS}.")
        self.columns[at:at] = [PLAIN] * count
        for index, row in enumerate(self.rows):
            if at < len(row.cells):
                fresh = EMPTY if like is None else row.cell(like).dressing
                self.rows[index] = row._replace(cells=row.cells[:at] + (fresh,) * count + row.cells[at:])
        return Inserted(at, count)

    def delete_rows(self, start: int, end: int) -> Shift:
        if end - start >= len(self.rows):
            raise InvalidError("You can't delete all the rows on the sheet.")
        del self.rows[start:end]
        return Deleted(start, end)

    def delete_columns(self, start: int, end: int) -> Shift:
        if end - start >= len(self.columns):
            raise InvalidError("You can't delete all the columns on the sheet.")
        del self.columns[start:end]
        for index, row in enumerate(self.rows):
            if start < len(row.cells):
                self.rows[index] = row._replace(cells=row.cells[:start] + row.cells[end:])
        return Deleted(start, end)

    def move_rows(self, start: int, end: int, before: int) -> Shift:
        shift = Moved(start, end, before)
        block = self.rows[start:end]
        del self.rows[start:end]
        self.rows[shift.landing : shift.landing] = block
        return shift

    def move_columns(self, start: int, end: int, before: int) -> Shift:
        shift = Moved(start, end, before)
        order = sorted(range(len(self.columns)), key=shift.index)
        self.columns = [self.columns[old] for old in order]
        for index, row in enumerate(self.rows):
            if row.cells:
                self.rows[index] = row._replace(cells=tuple(row.cell(old) for old in order))
        return shift

    def reorder(self, rect: Rect, order: Iterable[int]) -> None:
        """Put the slices of the rows ``order`` into the same places taken from top to bottom."""
        slices = [(row, [self.cell(row, column) for column in range(rect.left, rect.right)]) for row in order]
        for place, (_, cells) in zip(sorted(row for row, _ in slices), slices, strict=True):
            self.put(place, rect.left, cells)

    def follow(self, rows: Shift | None, columns: Shift | None) -> None:
        """Let ranges attached to the tab follow a structural change."""
        self.merges = [
            moved for rect in self.merges if (moved := shifted(rect, rows, columns)) and moved.height * moved.width > 1
        ]
        kept: dict[int, tuple[Rect | None, Json]] = {}
        for key, (area, what) in self.protections.items():
            moved_area = area and shifted(area, rows, columns)
            if area is None or moved_area is not None:
                kept[key] = (moved_area, what)
        self.protections = kept
        if self.filter is not None:
            place = shifted(self.filter[0], rows, columns)
            self.filter = (place, self.filter[1]) if place else None
        rules = [
            ([moved for rect in rects if (moved := shifted(rect, rows, columns))], rule) for rects, rule in self.rules
        ]
        self.rules = [(rects, rule) for rects, rule in rules if rects]


def shifted(rect: Rect, rows: Shift | None, columns: Shift | None) -> Rect | None:
    """Where a range is after a structural change, None when it is gone."""
    down = rows.span(rect.top, rect.bottom) if rows else (rect.top, rect.bottom)
    across = columns.span(rect.left, rect.right) if columns else (rect.left, rect.right)
    return Rect(*down, *across) if down and across else None
