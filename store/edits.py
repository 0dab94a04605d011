"""Everything that may happen to the shared tables: a dialogue's changes, the sheet's merge, an owner's new tab."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from core.changes import Change, Put
from core.ports import MergedRow
from core.values import Row
from store.database import Database
from store.rows import Rows, Stored
from store.tabs import Tab, Tabs

#: A deleted row can come back (the owner presses Undo) for this long.
KEEP_DELETED = 30 * 24 * 3600.0


@dataclass(slots=True)
class Changed:
    """What one transaction did to one table: the new state by row id, None for a row that is gone."""

    table: str
    rows: dict[str, Row | None] = field(default_factory=dict)
    reordered: bool = False  #: rows moved or columns changed: a copy cannot be patched, only read again


class Edits:
    """Writes tables and tells whoever listens after the commit, once per call."""

    def __init__(
        self,
        database: Database,
        tabs: Tabs,
        rows: Rows,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._tabs = tabs
        self._rows = rows
        self._clock = clock
        self._listeners: list[Callable[[Sequence[Changed]], None]] = []
        rows.forget_deleted(clock() - KEEP_DELETED)

    def listen(self, listener: Callable[[Sequence[Changed]], None]) -> None:
        """Call this with what changed, after every commit that changed anything live."""
        self._listeners.append(listener)

    def apply(self, changes: Sequence[Change]) -> None:
        """Changes of dialogue steps in their order."""
        by_table: dict[str, list[Change]] = {}
        for change in changes:
            by_table.setdefault(change.table, []).append(change)
        with self._database.transaction():
            self._tell([self._apply(table, some) for table, some in by_table.items()])

    def merge(self, table: str, columns: Sequence[str], merged: Sequence[MergedRow]) -> None:
        """The outcome of a merge with the sheet: these rows are replaced, others stay."""
        with self._database.transaction():
            tab, fresh_header = self._with_columns(table, columns)
            before = self._rows.some(tab, [row.id for row in merged])
            after = [_merged(row, before.get(row.id), self._clock()) for row in merged]
            self._rows.write(tab, after)
            changed = Changed(tab.title, reordered=fresh_header)
            for new in after:
                old = before.get(new.id)
                if (old and old.live) != new.live:
                    changed.rows[new.id] = new.live
                if new.live and (old is None or old.live is None or old.position != new.position):
                    changed.reordered = True
            self._tell([changed])

    def replace(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> bool:
        """An owner's tab read whole; False when it says what it said before."""
        with self._database.transaction():
            tab, fresh_header = self._with_columns(table, columns)
            before = {row.id: row for row in self._rows.live(tab)}
            after = {row.id: row for row in rows}
            if not fresh_header and list(before.values()) == list(after.values()):
                return False
            self._rows.clear(tab)
            self._rows.write(tab, [Stored(row.id, row.cells, row.cells, n) for n, row in enumerate(after.values())])
            changed = Changed(tab.title, dict.fromkeys(before.keys() - after.keys()), reordered=True)
            changed.rows.update({row_id: row for row_id, row in after.items() if before.get(row_id) != row})
            self._tell([changed])
        return True

    def seed(self, tables: Mapping[str, tuple[Sequence[str], Sequence[Row]]]) -> None:
        """First content for tables that do not exist yet; the sheet has not seen it."""
        with self._database.transaction():
            news = []
            for table, (columns, rows) in tables.items():
                if self._tabs.find(table) is None:
                    tab = self._tabs.ensure(table, columns)
                    self._rows.write(tab, [Stored(row.id, row.cells, None, n) for n, row in enumerate(rows)])
                    news.append(Changed(table, {row.id: row for row in rows}, reordered=True))
            self._tell(news)

    def _apply(self, table: str, changes: Sequence[Change]) -> Changed:
        tab = self._tabs.ensure(table, [name for change in changes if isinstance(change, Put) for name in change.cells])
        held, bottom = self._rows.some(tab, [change.id for change in changes]), self._rows.bottom(tab)
        touched: dict[str, Stored] = {}
        for change in changes:
            old = touched.get(change.id) or held.get(change.id)
            new = _put(change, old, bottom) if isinstance(change, Put) else _removed(old, self._clock())
            if new is not None:
                touched[change.id] = new
                bottom = max(bottom, new.position + 1)
        self._rows.write(tab, touched.values())
        return Changed(tab.title, {row.id: row.live for row in touched.values()})

    def _with_columns(self, table: str, columns: Sequence[str]) -> tuple[Tab, bool]:
        """The table under this header, and whether the header is new to it."""
        known, tab = self._tabs.find(table), self._tabs.ensure(table, columns)
        if tab.columns == tuple(columns):
            return tab, known is None
        tab = self._tabs.set_columns(tab, columns)
        # The bot may hold values for a column that came just now: from now on the sheet lacks them.
        self._rows.write(tab, [row for row in self._rows.all(tab) if row.base is not None])
        return tab, True

    def _tell(self, news: Sequence[Changed]) -> None:
        heard = [changed for changed in news if changed.rows or changed.reordered]
        for listener in self._listeners if heard else ():
            self._database.after_commit(partial(listener, heard))


def _put(change: Put, old: Stored | None, bottom: int) -> Stored | None:
    if old is not None and old.deleted is None:
        return replace(old, cells={**old.cells, **change.cells})
    if not change.new:
        return None  # the owner deleted the row meanwhile: it stays deleted
    if old is None:
        return Stored(change.id, dict(change.cells), None, bottom)
    return replace(old, cells=dict(change.cells), position=bottom, deleted=None)


def _removed(old: Stored | None, now: float) -> Stored | None:
    """Whoever asks to be deleted is deleted: the tombstone holds nothing but the id."""
    if old is None or old.deleted is not None:
        return None
    return replace(old, cells={}, deleted=now)


def _merged(row: MergedRow, old: Stored | None, now: float) -> Stored:
    deleted = ((old.deleted if old else None) or now) if row.deleted else None
    return Stored(row.id, row.cells, row.base, row.position, deleted, old.changed if old else 0)
