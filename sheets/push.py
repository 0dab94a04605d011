"""Carries the bot's rows and changes to the sheet exactly once, whatever is killed in between."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from core.ports import LocalRow, MergedRow, SheetStore
from core.schema import Tab
from core.values import Cell
from sheets.cells import as_text, same, settled
from sheets.columns import Problem, readable
from sheets.merge import RowWrite, Write
from sheets.outgoing import Sent, Target, agreed, line, new_fence, patch
from sheets.surface import Fence, NewRows, RefusedError, Surface

#: Memo keys: an append on its way, an update on its way, groups of fences to forget one day.
FLIGHT, AIM, GROUPS = "sheet.flight", "sheet.aim", "sheet.fences"
#: Characters of one request: each Cyrillic letter travels as six bytes, Google recommends two megabytes at most.
_CHARS = 250_000
#: How long a row Google refuses is left alone before it is tried again.
_QUARANTINE = 600.0

#: Runs a blocking call of the surface in its thread.
Call = Callable[..., Awaitable[Any]]


class Push:
    """The way from the store to the surface. What is sent is remembered first, so a restart knows what to ask about."""

    def __init__(
        self,
        surface: Surface,
        store: SheetStore,
        tabs: Mapping[str, Tab],
        call: Call,
        report: Callable[[Problem], None],
    ) -> None:
        self._surface = surface
        self._store = store
        self._tabs = tabs
        self._call = call
        self._report = report
        self._batch = surface.capabilities.rows_per_write
        self._quarantine: dict[tuple[str, str], float] = {}

    def sent(self, table: str) -> Mapping[str, Mapping[str, Cell]]:
        """Values of a table whose arrival is not confirmed: meeting them in the sheet is our own echo."""
        aim: Sent = self._store.memo(AIM) or {}
        return aim.get(table, {})

    def confirm(self) -> None:
        """A pull has seen what became of them."""
        if self._store.memo(AIM):
            self._store.set_memo(AIM, None)

    async def recover(self) -> None:
        """Learn what became of requests that never got their answer. Until this succeeds nothing new is sent."""
        flight = self._store.memo(FLIGHT)
        if flight:
            if await self._call(self._surface.settle, Fence(*flight["fence"])):
                self._landed(flight["rows"])
            self._store.set_memo(FLIGHT, None)
        if self._store.memo(AIM):
            await self._call(self._surface.disarm)

    async def append(self, targets: Mapping[str, Target], held: Collection[str]) -> None:
        """Send new rows but the ``held`` ones, a batch at a time, while there are any and the budget lasts."""
        waiting = [
            (table, row)
            for table, target in targets.items()
            if target.writable
            for row in self._store.unsent_rows(table)
            if row.base is None and not row.deleted and row.id not in held and not self._quarantined(table, row.id)
        ]
        while waiting and self._surface.budget.left("write"):
            batch = self._first(waiting)
            del waiting[: len(batch)]
            if not await self._fly(targets, batch):
                return

    async def mirror(self, table: str, target: Target) -> None:
        """Write a tab that is the bot's alone: the newest row first. Repeating it changes nothing."""
        unsent = {row.id for row in self._store.unsent_rows(table)}
        if not unsent or not target.writable or not self._surface.budget.left("write"):
            return
        live = [row for row in reversed(self._store.local_rows(table)) if not row.deleted]
        lines = tuple(line(target.layout, row.id, row.cells) for row in live)
        await self._call(self._surface.overwrite, NewRows(target.tab, target.layout.at(), lines), target.height)
        # Columns the sheet lacks count as written too: the next line rewrites the whole tab anyway.
        written = {row.id: {**row.cells, **agreed(target.layout, row.cells)} for row in live}
        keep = [self._arrived(table, row, written[row.id]) for row in self._fresh(table, unsent & written.keys())]
        keep += [_erased(row.id, row.position) for row in self._fresh(table, unsent - written.keys()) if row.deleted]
        self._store.apply_merge(table, self._store.columns(table), keep)

    async def update(self, targets: Mapping[str, Target], writes: Sequence[tuple[str, RowWrite]]) -> set[str]:
        """Change rows that are in the sheet; return the tables that gained rows of the owner's by it."""
        due = [(table, write) for table, write in writes if not self._quarantined(table, write.id)][: self._batch]
        budget = self._surface.budget
        if not due or budget.left("write") < 2 or not budget.left("read"):
            return set()
        aim: dict[str, dict[str, dict[str, Cell]]] = {}
        for table, write in due:
            column = targets[table].layout.column
            values = {name: settled(cell, column(name)) for name, cell in write.values.items()}
            aim.setdefault(table, {})[write.id] = values
        self._store.set_memo(AIM, aim)
        try:
            landed = await self._call(self._surface.update, [patch(targets[table], write) for table, write in due])
        except RefusedError as error:
            self.confirm()
            self._refused(error, [(table, write.id) for table, write in due])
            return set()
        done = [target for target, arrived in zip(due, landed, strict=True) if arrived]
        for table, write in done:
            self._written(table, write, aim[table][write.id])
        self.confirm()
        return {table for table, write in done if write.kind is Write.ADOPT}

    def _first(self, waiting: Sequence[tuple[str, LocalRow]]) -> list[tuple[str, LocalRow]]:
        """As many rows as one request can carry, at least one."""
        batch: list[tuple[str, LocalRow]] = []
        chars = 0
        for table, row in waiting[: self._batch]:
            chars += sum(len(as_text(cell)) for cell in row.cells.values())
            if batch and chars > _CHARS:
                break
            batch.append((table, row))
        return batch

    async def _fly(self, targets: Mapping[str, Target], batch: Sequence[tuple[str, LocalRow]]) -> bool:
        """Send one batch under a fence; False when it was refused for one of its rows."""
        rows: dict[str, dict[str, dict[str, Cell]]] = {}
        lines: dict[str, list[tuple[Cell, ...]]] = {}
        for table, row in batch:
            layout = targets[table].layout
            rows.setdefault(table, {})[row.id] = agreed(layout, row.cells)
            lines.setdefault(table, []).append(line(layout, row.id, row.cells))
        fence, groups = new_fence(rows, self._store.memo(GROUPS) or [], time.time())
        self._store.set_memo(FLIGHT, {"fence": [fence.id, fence.group, fence.digest], "rows": rows})
        new = [NewRows(targets[table].tab, targets[table].layout.at(), tuple(lines[table])) for table in lines]
        try:
            await self._call(self._surface.append, new, fence)
        except RefusedError as error:
            self._store.set_memo(FLIGHT, None)
            self._refused(error, [(table, row.id) for table, row in batch])
            return False
        self._landed(rows)
        self._store.set_memo(GROUPS, groups)
        self._store.set_memo(FLIGHT, None)
        return True

    def _refused(self, error: RefusedError, rows: Sequence[tuple[str, str]]) -> None:
        """A whole batch is refused for one bad row: halve until it is alone, then leave it aside for a while."""
        if not error.bad_request:
            raise error
        if len(rows) > 1:
            self._batch = max(1, len(rows) // 2)
            return
        self._batch = self._surface.capabilities.rows_per_write
        table, id_ = rows[0]
        self._quarantine[table, id_] = time.monotonic() + _QUARANTINE
        what = f"Google не принимает строку (ключ {id_}), остальные идут как обычно."
        self._report(Problem(table, what, "Проверьте защиту вкладки и списки; бот повторит через десять минут."))

    def _quarantined(self, table: str, id_: str) -> bool:
        return self._quarantine.get((table, id_), 0.0) > time.monotonic()

    def _landed(self, rows: Sent) -> None:
        """New rows are in the sheet; what changed here meanwhile stays to be sent."""
        for table, sent in rows.items():
            keep = [self._arrived(table, row, sent[row.id]) for row in self._fresh(table, sent)]
            self._store.apply_merge(table, self._store.columns(table), keep)

    def _written(self, table: str, write: RowWrite, values: Mapping[str, Cell]) -> None:
        if write.kind is Write.ADOPT:
            cells = readable(write.row)
            keep = [MergedRow(write.id, cells, cells, write.row.number)]
        elif write.kind is Write.ERASE:
            keep = [_erased(write.id, write.row.number)]
        else:
            keep = [self._arrived(table, row, values) for row in self._fresh(table, [write.id])]
        self._store.apply_merge(table, self._store.columns(table), keep)

    def _fresh(self, table: str, ids: Iterable[str]) -> list[LocalRow]:
        """Rows as they are at this moment: people went on talking while the request was on its way."""
        wanted = set(ids)
        found = [row for row in self._store.unsent_rows(table) if row.id in wanted]
        if len(found) < len(wanted):
            found = [row for row in self._store.local_rows(table) if row.id in wanted]
        return found

    def _arrived(self, table: str, row: LocalRow, sent: Mapping[str, Cell]) -> MergedRow:
        """Both sides now agree on ``sent``; the bot keeps it in the form the sheet gives back."""
        tab = self._tabs.get(table)
        forms = {
            name: cell
            for name, cell in sent.items()
            if same(settled(row.cells.get(name, ""), tab.column(name) if tab else None), cell)
        }
        return MergedRow(row.id, {**row.cells, **forms}, {**(row.base or {}), **sent}, row.position, row.deleted)


def _erased(id_: str, position: int) -> MergedRow:
    return MergedRow(id_, {}, None, position, deleted=True)
