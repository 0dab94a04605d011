"""Brings the owner's edits into the bot's memory: whole tabs of the owner's, merged rows of the shared ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from core.ports import SheetStore
from core.schema import Tab, Writer
from core.values import Cell, Row, stable_id
from sheets.columns import Layout, Problem, SheetRow, lay_out, read_rows, readable
from sheets.merge import BRAKE_ROWS, Merge, RowWrite, merge_tab
from sheets.surface import Grid

#: After this long a mass deletion counts as meant; the rows stay restorable in the store.
BRAKE_SECONDS = 3600.0
_SHRINK_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Pulled:
    """One tab as read and understood; made in the worker thread, it touches no state."""

    table: str
    grid: Grid
    layout: Layout
    rows: tuple[SheetRow, ...]
    problems: tuple[Problem, ...]

    @classmethod
    def parse(cls, table: str, grid: Grid, tab: Tab | None, expected: Sequence[str]) -> Pulled:
        layout = lay_out(table, grid, tab, expected)
        rows, problems = read_rows(grid, layout)
        return cls(table, grid, layout, tuple(rows), (*layout.problems, *problems))


@dataclass(slots=True)
class _Memory:
    """What earlier pulls of one tab left to compare with."""

    grid: Grid | None = None
    doubted: Grid | None = None
    suspects: set[str] = field(default_factory=set)
    braked_at: float | None = None


def mirrored(tab: Tab | None) -> bool:
    """A tab the bot alone writes is not merged but written whole, newest first."""
    return tab is not None and all(column.writer is Writer.BOT for column in tab.columns)


class Pull:
    """Takes pulled tabs into the store, believing nothing that may be a broken or an old answer."""

    def __init__(
        self,
        store: SheetStore,
        report: Callable[[Problem], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._report = report
        self._clock = clock
        self._memory: dict[str, _Memory] = {}
        self._told: dict[str, set[Problem]] = {}
        self.changed: set[str] = set()  #: tables that look different since `take_changes`

    def take(self, pulled: Pulled, sent: Mapping[str, Mapping[str, Cell]]) -> list[RowWrite]:
        """Store what one tab says; return what the sheet must be told about its rows."""
        memory = self._memory.setdefault(pulled.table, _Memory())
        tab = pulled.layout.tab
        if mirrored(tab):
            return []
        if not pulled.grid.rows or not pulled.layout.places:
            self._tell_headless(pulled, memory)
            return []
        self.tell(pulled.table, pulled.problems if tab is not None else ())
        if tab is None or not tab.merged:
            self._replace(pulled, memory)
            return []
        if pulled.layout.id_place is None:
            what = "Не вижу скрытого столбца _id, поэтому бот не читает и не пишет эту вкладку."
            self.tell(pulled.table, [Problem(pulled.table, what, "Верните его (Ctrl+Z) или выполните tabletalk init.")])
            return []
        return self._merge(pulled, memory, sent)

    def take_changes(self) -> set[str]:
        """Tables changed since the last call."""
        changed, self.changed = self.changed, set()
        return changed

    def tell(self, about: str, problems: Sequence[Problem]) -> None:
        """Report problems the owner has not been told of; one that went away may be reported again later."""
        told = self._told.get(about, set())
        for problem in [problem for problem in problems if problem not in told][:BRAKE_ROWS]:
            self._report(problem)
        self._told[about] = set(problems)

    def _tell_headless(self, pulled: Pulled, memory: _Memory) -> None:
        if memory.doubted == pulled.grid and pulled.layout.tab is not None:
            what = "Вкладка пуста: нет строки заголовков. Бот работает с тем, что запомнил."
            fix = "Верните заголовки в первую строку (Ctrl+Z)."
            self.tell(pulled.table, [Problem(pulled.table, what, fix)])
        memory.doubted = pulled.grid

    def _replace(self, pulled: Pulled, memory: _Memory) -> None:
        if pulled.grid == memory.grid:
            return
        if self._shrunk(pulled) and memory.doubted != pulled.grid:
            memory.doubted = pulled.grid
            return
        rows = [Row(f"@{row.number}", readable(row)) for row in pulled.rows]
        if self._store.replace_table(pulled.table, list(pulled.layout.places), rows):
            self.changed.add(pulled.table)
        memory.grid, memory.doubted = pulled.grid, None

    def _shrunk(self, pulled: Pulled) -> bool:
        """So many rows less at once that the answer has to come twice to be believed."""
        before = sum(not row.deleted for row in self._store.local_rows(pulled.table))
        lost = before - len(pulled.rows)
        return lost > 0 and (not pulled.rows or lost > max(BRAKE_ROWS, before * _SHRINK_SHARE))

    def _merge(self, pulled: Pulled, memory: _Memory, sent: Mapping[str, Mapping[str, Cell]]) -> list[RowWrite]:
        table = pulled.table
        quiet = pulled.grid == memory.grid and not memory.suspects and not sent
        if quiet and all(row.base is None and not row.deleted for row in self._store.unsent_rows(table)):
            return []
        merge = merge_tab(
            pulled.layout,
            pulled.rows,
            self._store.local_rows(table),
            sent,
            memory.suspects,
            lambda: stable_id(uuid4().hex),
            brake=memory.braked_at is None or self._clock() - memory.braked_at < BRAKE_SECONDS,
        )
        columns = list(pulled.layout.places)
        restructured = columns != self._store.columns(table)
        if merge.keep or restructured:
            self._store.apply_merge(table, columns, merge.keep)
        if merge.changed or restructured:
            self.changed.add(table)
        memory.grid = None if merge.writes else pulled.grid  # look again until every write has landed
        memory.suspects = merge.suspects
        for problem in merge.problems:
            self._report(problem)
        return self._braked(table, memory, merge)

    def _braked(self, table: str, memory: _Memory, merge: Merge) -> list[RowWrite]:
        if not merge.missing:
            memory.braked_at = None
            return merge.writes
        if memory.braked_at is None:
            memory.braked_at = self._clock()
            what = f"Разом пропало строк: {merge.missing}. Бот их помнит и пока не меняет эту вкладку."
            fix = "Случайно — верните их (Ctrl+Z). Нарочно — ничего не делайте: через час бот согласится."
            self._report(Problem(table, what, fix))
        return []
