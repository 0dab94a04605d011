"""Finds a tab's columns by their header text, in any order, and reads its rows as the bot's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.schema import ID_COLUMN, Column, Tab, Type
from core.suggest import closest
from core.values import Cell, fold
from sheets.cells import Unreadable, as_text, read_cell
from sheets.surface import Grid


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the owner should mend: where it is, what is wrong, what to do."""

    where: str
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column of a tab stands now. ``places`` holds names as the bot knows them, left to right."""

    title: str
    tab: Tab | None
    header: tuple[Cell, ...]
    places: Mapping[str, int]
    id_place: int | None
    problems: tuple[Problem, ...] = ()

    def column(self, name: str) -> Column | None:
        return self.tab.column(name) if self.tab else None

    def at(self) -> tuple[Column | None, ...]:
        """What the bot knows about every place: None = a column of the owner's, left alone in new rows."""
        known = {place: self.column(name) or Column(name) for name, place in self.places.items()}
        if self.id_place is not None:
            known[self.id_place] = Column(ID_COLUMN)
        return tuple(known.get(place) for place in range(len(self.header)))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row as read: ``number`` is what the owner sees at the left edge (the header is 1)."""

    number: int
    id: str
    cells: Mapping[str, Cell | Unreadable]
    raw: tuple[Cell, ...] = field(repr=False)

    @property
    def blank(self) -> bool:
        return all(cell == "" for cell in self.cells.values())


def letter(place: int) -> str:
    """The name of a column as the owner sees it: 0 is «A», 26 is «AA»."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def lay_out(title: str, grid: Grid, tab: Tab | None, expected: Sequence[str] = ()) -> Layout:
    """Match a tab's header with its columns; ``expected`` are the columns this table had until now."""
    known = {fold(column.name): column.name for column in tab.columns} if tab else {}
    known.update({fold(name): name for name in expected if fold(name) not in known})
    places: dict[str, int] = {}
    id_place: int | None = None
    problems: list[Problem] = []
    for place, cell in enumerate(grid.header):
        text = as_text(cell).strip()
        if fold(text) == ID_COLUMN:
            id_place = place if id_place is None else id_place
            continue
        if not text:
            problems += _headless(title, grid, place)
            continue
        name = known.get(fold(text), text)
        if name in places:
            problems.append(_twice(title, name, places[name], place))
        else:
            places[name] = place
    if grid.rows:
        problems += _missing(title, tab, places, expected)
    return Layout(title, tab, grid.header, places, id_place, tuple(problems))


def read_rows(grid: Grid, layout: Layout) -> tuple[list[SheetRow], list[Problem]]:
    """The rows below the header that hold anything, and every cell that does not fit its column."""
    rows: list[SheetRow] = []
    problems: list[Problem] = []
    columns = [(name, place, layout.column(name)) for name, place in layout.places.items()]
    for number, raw in enumerate(grid.rows[1:], start=2):
        if all(cell == "" or cell is None for cell in raw):
            continue
        cells: dict[str, Cell | Unreadable] = {}
        for name, place, column in columns:
            cell = read_cell(raw[place] if place < len(raw) else "", column)
            cells[name] = cell
            if isinstance(cell, Unreadable):
                where = f"{layout.title}, строка {number}, столбец «{name}»"
                problems.append(Problem(where, cell.what, cell.fix))
        rows.append(SheetRow(number, _id_of(raw, layout.id_place), cells, raw))
    return rows, problems


def _id_of(raw: tuple[Cell, ...], place: int | None) -> str:
    return as_text(raw[place]).strip() if place is not None and place < len(raw) else ""


def readable(row: SheetRow) -> dict[str, Cell]:
    """The row's values; an unreadable cell is empty, for a row that has no last good value."""
    return {name: "" if isinstance(cell, Unreadable) else cell for name, cell in row.cells.items()}


def _headless(title: str, grid: Grid, place: int) -> list[Problem]:
    if not any(place < len(row) and row[place] not in ("", None) for row in grid.rows[1:]):
        return []
    where = f"{title}, столбец {letter(place)}"
    return [Problem(where, "Над данными нет заголовка, бот их не видит.", "Напишите заголовок в первой строке.")]


def _twice(title: str, name: str, first: int, second: int) -> Problem:
    what = f"Заголовок «{name}» встречается дважды, бот читает столбец {letter(first)}."
    return Problem(f"{title}, столбец {letter(second)}", what, "Переименуйте или удалите лишний столбец.")


def _missing(title: str, tab: Tab | None, places: Mapping[str, int], expected: Sequence[str]) -> list[Problem]:
    if tab is None:
        return []
    problems = []
    strangers = [name for name in places if tab.column(name) is None]
    for column in tab.columns:
        if column.name in places:
            continue
        near = closest(column.name, strangers)
        if near:
            what = f"Не вижу столбца «{column.name}», зато есть «{near}»."
            problems.append(Problem(title, what, f"Если это он, верните ему заголовок «{column.name}»."))
        elif column.name in expected:
            what = f"Не вижу столбца «{column.name}»."
            problems.append(Problem(title, what, "Верните заголовок в первую строку (Ctrl+Z) или добавьте столбец."))
    return problems


def id_column() -> Column:
    """The hidden column of row keys."""
    return Column(ID_COLUMN, Type.TEXT, hidden=True, width=60)
