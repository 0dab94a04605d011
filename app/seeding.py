"""Puts a recipe's tabs into the store, so that the bot talks before, or without, a Google Sheet."""

from __future__ import annotations

import recipes
from core.coercion import as_cell
from core.schema import TABS
from core.values import Row, stable_id
from store.store import Store


def seed(store: Store, recipe: str, *, only_owner_tabs: bool) -> None:
    """First content for tables the store does not have yet.

    ``only_owner_tabs``: a sheet is connected, so rows the bot shares with the owner come from there alone.
    """
    tables = {}
    for title, (columns, rows) in recipes.load(recipe).items():
        tab = TABS.get(title)
        if only_owner_tabs and tab is not None and tab.merged:
            continue
        tables[title] = (columns, [_row(title, columns, cells, number) for number, cells in enumerate(rows, start=2)])
    store.seed(tables)


def _row(title: str, columns: list[str], cells: list[str], number: int) -> Row:
    tab = TABS.get(title)
    row_id = stable_id("recipe", title, str(number)) if tab is not None and tab.merged else f"@{number}"
    return Row(row_id, {column: as_cell(title, column, cell) for column, cell in zip(columns, cells, strict=False)})
