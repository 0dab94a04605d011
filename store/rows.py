"""The rows of the shared tables in the database: what we hold, and what the sheet last agreed to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.ports import LocalRow
from core.values import Cell, Row
from store.database import Database
from store.packing import pack, unpack
from store.tabs import Tab

_PAGE = 500
_FIELDS = "id, cells, base, position, deleted, changed"


@dataclass(frozen=True, slots=True)
class Stored:
    """One row of the database."""

    id: str
    cells: Mapping[str, Cell]
    base: Mapping[str, Cell] | None  #: None: the sheet has never had it
    position: int
    deleted: float | None = None  #: when it was deleted, None for a live row
    changed: int = 0  #: place in the queue of changes the sheet lacks, 0 when it lacks nothing

    @property
    def live(self) -> Row | None:
        return None if self.deleted is not None else Row(self.id, self.cells)

    @property
    def local(self) -> LocalRow:
        return LocalRow(self.id, self.cells, self.base, self.position, self.deleted is not None)

    def differs(self, columns: Iterable[str]) -> bool:
        """Does the sheet lack something of this row? Cells of columns the sheet has not cannot be lacked."""
        if self.deleted is not None or self.base is None:
            return (self.deleted is None) == (self.base is None)
        return any(_plain(self.cells.get(name)) != _plain(self.base.get(name)) for name in columns)


class Rows:
    """Reads and writes rows of one table at a time; knows nothing of why."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def some(self, tab: Tab, ids: Sequence[str]) -> dict[str, Stored]:
        """The rows with these ids that exist, deleted ones included."""
        found = self._select("tab = ? AND id IN (SELECT value FROM json_each(?))", (tab.id, pack(list(ids))))
        return {row.id: row for row in found}

    def all(self, tab: Tab) -> list[Stored]:
        """Every row, deleted ones included, in sheet order."""
        return self._select("tab = ? ORDER BY position, id", (tab.id,))

    def unsent(self, tab: Tab) -> list[Stored]:
        """Rows of which the sheet lacks something, oldest change first."""
        return self._select("tab = ? AND changed > 0 ORDER BY changed", (tab.id,))

    def live(self, tab: Tab) -> Iterator[Row]:
        """Live rows in sheet order, a page at a time: a big table never sits in memory whole."""
        at: tuple[int, str] = (-(2**62), "")
        while True:
            page = self._database.read(
                "SELECT position, id, cells FROM rows WHERE tab = ? AND (position, id) > (?, ?) AND deleted IS NULL "
                "ORDER BY position, id LIMIT ?",
                (tab.id, *at, _PAGE),
            )
            for position, row_id, cells in page:
                at = (position, row_id)
                yield Row(row_id, unpack(cells))
            if len(page) < _PAGE:
                return

    def bottom(self, tab: Tab) -> int:
        """The position below the last row."""
        last = self._database.value("SELECT max(position) FROM rows WHERE tab = ?", (tab.id,))
        return 0 if last is None else int(last) + 1

    def write(self, tab: Tab, rows: Iterable[Stored]) -> None:
        """Store rows whole; those that differ from the sheet keep, or take, their place in its queue."""
        queue = int(
            self._database.value("SELECT coalesce(max(changed), 0) FROM rows WHERE tab = ? AND changed > 0", (tab.id,))
        )
        values = []
        for row in rows:
            changed = 0
            if row.differs(tab.columns):
                queue += not row.changed
                changed = row.changed or queue
            base = None if row.base is None else pack(row.base)
            values.append((tab.id, row.id, pack(row.cells), base, row.position, row.deleted, changed))
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO rows (tab, id, cells, base, position, deleted, changed) VALUES (?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (tab, id) DO UPDATE SET cells = excluded.cells, base = excluded.base, "
                "position = excluded.position, deleted = excluded.deleted, changed = excluded.changed",
                values,
            )

    def clear(self, tab: Tab) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM rows WHERE tab = ?", (tab.id,))

    def forget_deleted(self, before: float) -> None:
        """Drop rows deleted before that moment, except those the sheet still has to delete."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM rows WHERE deleted < ? AND changed = 0", (before,))

    def _select(self, where: str, values: Sequence[object]) -> list[Stored]:
        rows = self._database.read(f"SELECT {_FIELDS} FROM rows WHERE {where}", values)  # noqa: S608 our own words
        return [
            Stored(row_id, unpack(cells), None if base is None else unpack(base), position, deleted, changed)
            for row_id, cells, base, position, deleted, changed in rows
        ]


def _plain(cell: Cell) -> Cell:
    return "" if cell is None else cell
