"""The spreadsheet on the page: an editable grid in which the visitor is the owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import events, ui
from nicegui.element import Element

from sandbox.google_book import Book
from sandbox.google_grid import Tab
from sandbox.google_owner import Owner
from sandbox.google_ranges import letters

#: Empty rows below the data, to type into.
_SPARE = 6
_MOVED = "Пока вы писали, строка переехала. Попробуйте ещё раз."

_Args = events.GenericEventArguments


def picture(owner: Owner, book: Book, title: str) -> dict[str, Any]:
    """One tab as the browser draws it. Rows and columns that are hidden stay out of sight, with their numbers."""
    tab = book.now.titled(title)
    if tab is None:
        return {"columns": [], "lines": []}
    shown = owner.read(title)
    width = max((len(row) for row in shown), default=0)
    seen = [column for column in range(width) if not tab.columns[column].hidden]
    unseen = owner.unseen(title)
    numbers = [number for number in range(1, len(shown) + _SPARE + 1) if number not in unseen]
    return {
        "columns": [
            {
                "place": column + 1,
                "letter": letters(column),
                "title": shown[0][column],
                "width": tab.columns[column].width,
                "choices": owner.choices(title, 2, column + 1) if len(tab.rows) > 1 else [],
            }
            for column in seen
        ],
        "lines": [
            {"number": number, "cells": [_cell(shown, tab, number - 1, column) for column in seen]}
            for number in numbers
            if number <= len(tab.rows)
        ],
    }


def _cell(shown: list[list[str]], tab: Tab, row: int, column: int) -> dict[str, str]:
    """``formula`` is what is edited instead of the text when the cell computes it."""
    cell = tab.cell(row, column)
    text = shown[row][column] if row < len(shown) else ""
    return {"text": text, **{k: v for k, v in (("note", cell.note), ("formula", cell.formula)) if v}}


class SheetView(Element, component="page_sheet.js"):
    """The grid in one browser; every change goes through the owner's hands."""

    def __init__(self, owner: Owner, book: Book) -> None:
        super().__init__()
        self._owner = owner
        self._book = book
        self._seen = (-1, "")
        self.tab = owner.tabs()[0]
        self._props["title"] = book.now.title
        actions: dict[str, Callable[..., object]] = {
            "pick": self._pick,
            "edit": self._edit,
            "insert": lambda row: owner.insert_row(self.tab, row),
            "remove": lambda row: owner.delete_row(self.tab, row),
            "sort": lambda column, descending: owner.sort(self.tab, column, descending),
            "undo": self._undo,
        }
        for name, action in actions.items():
            self.on(name, self._carefully(action))
        self.refresh()

    def refresh(self) -> None:
        """Send the tab again when the spreadsheet changed, whoever changed it."""
        tabs = self._owner.tabs()
        self.tab = self.tab if self.tab in tabs else tabs[0]
        if self._seen == (self._owner.revision, self.tab):
            return
        self._seen = (self._owner.revision, self.tab)
        grid = picture(self._owner, self._book, self.tab)
        self._props.update(tabs=tabs, tab=self.tab, columns=grid["columns"], lines=grid["lines"])

    def show_row(self, tab: str, row: int) -> None:
        """Open a tab and bring a row into sight."""
        self._pick(tab)
        self.refresh()
        self.run_method("reveal", row)

    def _pick(self, tab: str) -> None:
        if tab in self._owner.tabs():
            self.tab = tab

    def _edit(self, row: int, column: int, was: str, text: str) -> None:
        """Type into a cell, but only if it still shows what the person saw when they began."""
        shown = self._owner.read(self.tab)
        now = shown[row - 1][column - 1] if row <= len(shown) and column <= len(shown[0]) else ""
        if now != was:
            raise ValueError(_MOVED)
        self._owner.set(self.tab, row, column, text)

    def _undo(self) -> None:
        if not self._owner.undo():
            ui.notify("Отменять больше нечего.")

    def _carefully(self, action: Callable[..., object]) -> Callable[[_Args], None]:
        """What the spreadsheet refuses is told to the visitor in its own words."""

        def act(event: _Args) -> None:
            arguments = event.args if isinstance(event.args, list) else [event.args] if event.args is not None else []
            try:
                action(*arguments)
            except (KeyError, ValueError) as error:
                ui.notify(str(error.args[0]), type="warning")
            self._seen = (-1, "")
            self.refresh()

        return act
