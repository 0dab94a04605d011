"""`tabletalk check`: every problem of the scenario and the tables, from the sheet, the store or the recipe."""

from __future__ import annotations

import recipes
from app.settings import Settings
from core.checker import check
from core.decision_tables import DECISION_TABLES, check_conditions
from core.scenario import Problem
from core.schema import SCENARIO, TABS
from core.template import show
from core.values import Row
from sheets.google import open_google

Tables = dict[str, tuple[list[str], list[Row]]]


def check_up(settings: Settings) -> list[Problem]:
    """Reads the connected sheet when there is one, else the recipe. Raises `SheetError` when it cannot be read."""
    tables = _from_sheet(settings) if settings.google_sheet_id else _from_recipe(settings.recipe)
    promised = {title: [column.name for column in tab.columns] for title, tab in TABS.items()}
    headers = {**promised, **{title: columns for title, (columns, _) in tables.items()}}
    _, problems = check(tables.get(SCENARIO.title, ([], []))[1], headers)
    for title in DECISION_TABLES:
        problems += check_conditions(title, tables.get(title, ([], []))[1])
    return problems


def _from_recipe(name: str) -> Tables:
    return {title: (columns, _rows(columns, rows)) for title, (columns, rows) in recipes.load(name).items()}


def _from_sheet(settings: Settings) -> Tables:
    surface = open_google(
        settings.google_sheet_id, settings.google_credentials.get_secret_value(), settings.google_api_url
    )
    try:
        grids = surface.read([tab.title for tab in surface.tabs()])
    finally:
        surface.close()
    tables: Tables = {}
    for title, grid in grids.items():
        columns = [show(cell).strip() for cell in grid.header]
        tables[title] = (columns, _rows(columns, [[show(cell) for cell in row] for row in grid.rows[1:]]))
    return tables


def _rows(columns: list[str], rows: list[list[str]]) -> list[Row]:
    return [
        Row(f"@{number}", dict(zip(columns, cells, strict=False)))
        for number, cells in enumerate(rows, start=2)
        if any(cells)
    ]
