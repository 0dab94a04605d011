"""Turns the owner's empty spreadsheet into a bot's: builds what is missing, never touches what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.schema import ID_COLUMN, TABS, Column, Tab
from core.values import Cell, fold, stable_id
from sheets.cells import Unreadable, read_cell, write_cell
from sheets.columns import Problem, id_column, lay_out
from sheets.surface import Grid, SheetTab, Surface, TabExtension, TabPlan

#: How Google names the one tab of a new spreadsheet, in the languages it names it for us.
_DEFAULT_TITLES = frozenset({"Лист1", "Sheet1"})

#: A tab's header and its rows, every cell as the owner would type it.
Content = tuple[Sequence[str], Sequence[Sequence[str]]]


@dataclass(slots=True)
class InitReport:
    """What was done, for the operator's eyes."""

    created: list[str] = field(default_factory=list)
    extended: dict[str, list[str]] = field(default_factory=dict)  #: tab -> columns added to it
    untouched: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def init(surface: Surface, recipe: Mapping[str, Content], schema: Mapping[str, Tab] = TABS) -> InitReport:
    """Create missing tabs with their content and add missing columns; a second run changes nothing."""
    tabs = surface.tabs()
    by_name = {fold(tab.title): tab for tab in tabs}
    existing = {title: by_name[fold(title)] for title in recipe if fold(title) in by_name}
    spare = _spare(surface, tabs)
    grids = surface.read([tab.title for tab in existing.values()])
    report = InitReport()
    create: list[TabPlan] = []
    extend: list[TabExtension] = []
    for title, content in recipe.items():
        tab = schema.get(title)
        if title not in existing:
            create.append(_plan(title, content, tab, None if create else spare))
            report.created.append(title)
            continue
        extension = _extension(existing[title], grids[existing[title].title], content, tab, report)
        if extension is None:
            report.untouched.append(title)
        else:
            extend.append(extension)
            report.extended[title] = [column.name for column in extension.columns]
    surface.ensure(create, extend)
    return report


def _spare(surface: Surface, tabs: Sequence[SheetTab]) -> SheetTab | None:
    """The empty default tab of a new spreadsheet: it becomes the first tab instead of staying behind."""
    if len(tabs) != 1 or tabs[0].title not in _DEFAULT_TITLES:
        return None
    return None if surface.read([tabs[0].title])[tabs[0].title].rows else tabs[0]


def _columns(header: Sequence[str], tab: Tab | None) -> list[Column]:
    """A table's columns, on a tab of ours the row keys first; hidden columns of the schema are never left out."""
    columns = [(tab.column(name) if tab else None) or Column(name) for name in header]
    if tab is not None:
        named = {column.name for column in columns}
        hidden = [column for column in tab.columns if column.hidden and column.name not in named]
        return [id_column(), *columns, *hidden]
    return columns


def _plan(title: str, content: Content, tab: Tab | None, reuse: SheetTab | None) -> TabPlan:
    header, rows = content
    columns = _columns(header, tab)
    lines = []
    for number, row in enumerate(rows, start=2):
        typed = dict(zip(header, row, strict=False))
        if tab is not None and not tab.merged:  # on a merged tab the sync cycle gives the keys itself
            typed[ID_COLUMN] = stable_id("recipe", title, str(number))
        lines.append(tuple(_cell(typed.get(column.name, ""), column) for column in columns))
    return TabPlan(title, tuple(columns), tuple(lines), reuse)


def _cell(text: str, column: Column) -> Cell:
    value = read_cell(text, column)
    return write_cell(text if isinstance(value, Unreadable) else value, column)


def _extension(
    tab: SheetTab, grid: Grid, content: Content, known: Tab | None, report: InitReport
) -> TabExtension | None:
    layout = lay_out(tab.title, grid, known)
    report.problems += layout.problems
    there = {fold(name) for name in layout.places} | ({ID_COLUMN} if layout.id_place is not None else set())
    missing = [column for column in _columns(content[0], known) if fold(column.name) not in there]
    width = max((len(row) for row in grid.rows), default=0)
    return TabExtension(tab, width, tuple(missing)) if missing else None
