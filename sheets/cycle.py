"""The sync cycle: keeps the sheet and the bot's memory in step for ever, within Google's quota, through any outage."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from core.errors import SheetError
from core.ports import SheetStore
from core.schema import Tab
from core.values import Cell
from sheets.bindings import bind
from sheets.columns import Problem
from sheets.merge import RowWrite
from sheets.outgoing import Target
from sheets.pull import Pull, Pulled, mirrored
from sheets.push import Push
from sheets.surface import Grid, RefusedError, SheetTab, Surface

log = logging.getLogger(__name__)

#: Memo key: which tab of the sheet each table was found in.
_BOUND = "sheet.bound"
_TROUBLE = "Таблица"
_SILENT = "Не могу связаться с таблицей несколько минут. Бот отвечает как обычно и всё запоминает."
#: Failures in a row before the owner hears of them.
_PATIENCE = 7


@dataclass(frozen=True, slots=True)
class Cadence:
    """Seconds between things. An owner's edit reaches the bot within one ``pause`` and the requests of a cycle."""

    pause: float = 3.5
    woken: float = 1.0  #: the least time between two cycles when the bot has something to send
    structure: float = 20.0  #: how often to look for new, renamed and deleted tabs
    backoff: float = 2.0  #: the first pause after a failure; doubles up to ``backoff_max``
    backoff_max: float = 64.0


@dataclass(frozen=True, slots=True)
class SyncState:
    """For the status page."""

    last_success: float | None = None  #: seconds since the epoch
    failures: int = 0  #: in a row
    queue: int = 0  #: rows waiting to be sent
    reads: int = 0  #: requests in the last minute
    writes: int = 0
    last_error: str = ""

    def lag(self, now: float) -> float | None:
        """Seconds since both sides were last in step, None before the first time."""
        return None if self.last_success is None else max(0.0, now - self.last_success)


class SheetSync:
    """One background loop per sheet. Blocking calls run in one thread of its own; merging and the store stay here."""

    def __init__(
        self,
        surface: Surface,
        store: SheetStore,
        tabs: Mapping[str, Tab],
        on_change: Callable[[set[str]], None],
        report: Callable[[str, str, str], None],
        cadence: Cadence | None = None,
    ) -> None:
        self._surface = surface
        self._store = store
        self._schema = tabs
        self._on_change = on_change
        self._cadence = cadence or Cadence()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sheet")
        self._pull = Pull(store, lambda problem: report(problem.where, problem.what, problem.fix))
        self._push = Push(surface, store, tabs, self._call, lambda problem: self._pull.tell(problem.what, [problem]))
        self._woken = asyncio.Event()
        self._tabs: Mapping[str, SheetTab] = {}
        self._looked = float("-inf")  #: when the structure was last read
        self._state = SyncState()

    @property
    def state(self) -> SyncState:
        """How the sync is doing, fresh at every look."""
        budget, state = self._surface.budget, self._state
        reads, writes = budget.used("read"), budget.used("write")
        return SyncState(state.last_success, state.failures, self._queue(), reads, writes, state.last_error)

    def wake(self) -> None:
        """The bot has new rows: do not wait for the next turn."""
        self._woken.set()

    async def run(self) -> None:
        """Sync until cancelled, whatever happens to the network."""
        while True:
            started = time.monotonic()
            pause = await self._turn()
            if self._state.failures:
                await asyncio.sleep(pause)
                continue
            await asyncio.sleep(max(0.0, started + self._least_gap() - time.monotonic()))
            try:
                await asyncio.wait_for(self._woken.wait(), max(0.0, started + pause - time.monotonic()))
            except TimeoutError:
                continue

    async def close(self) -> None:
        """Let go of the thread and the connections."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._surface.close()

    async def once(self) -> None:
        """One whole cycle; raises `SheetError` when the sheet cannot be reached."""
        self._woken.clear()
        await self._push.recover()
        await self._look()
        targets, writes = await self._read()
        self._announce()  # before anything is sent: an edit must not wait for a write that may fail
        merged = {table: target for table, target in targets.items() if self._is_merged(table)}
        adopted = {write.id for _, write in writes}
        await self._push.append({table: merged[table] for table in merged if not self._is_mirror(table)}, adopted)
        for table in merged:
            if self._is_mirror(table):
                await self._push.mirror(table, merged[table])
        self._pull.changed |= await self._push.update(targets, writes)
        self._announce()

    async def _turn(self) -> float:
        """One cycle and its bookkeeping; returns the pause until the next."""
        if self._surface.budget.left("read") < 2:
            return 1.0
        try:
            await self.once()
        except SheetError as error:
            return self._failed(error)
        except Exception as error:
            log.exception("sheet sync failed")
            return self._failed(error)
        self._pull.tell(_TROUBLE, [])
        self._state = SyncState(last_success=time.time())
        return self._cadence.pause

    def _failed(self, error: Exception) -> float:
        failures = self._state.failures + 1
        words = str(error) if isinstance(error, SheetError) else f"Ошибка бота: {type(error).__name__}"
        self._state = SyncState(self._state.last_success, failures, last_error=words)
        self._looked = float("-inf")
        refused = isinstance(error, RefusedError) and not error.busy
        if refused or failures == _PATIENCE:
            hint = error.hint if isinstance(error, SheetError) else "Посмотрите журнал сервера."
            self._pull.tell(_TROUBLE, [Problem(_TROUBLE, str(error.args[0] if refused else _SILENT), hint)])
        log.warning("sheet: %s (failure %d)", words, failures)
        longest = min(self._cadence.backoff * 2.0 ** min(failures - 1, 10), self._cadence.backoff_max)
        return longest * random.uniform(0.5, 1.0)

    def _least_gap(self) -> float:
        """Nobody waits while the budget is fresh; when half of it is gone, keep an even pace."""
        budget = self._surface.budget
        plenty = min(budget.left("read"), budget.left("write")) > budget.limit // 2
        return self._cadence.woken if plenty else self._cadence.pause

    def _announce(self) -> None:
        changed = self._pull.take_changes()
        if changed:
            self._on_change(changed)

    async def _call(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

    async def _look(self) -> None:
        """Learn which tabs there are, now and then."""
        now = time.monotonic()
        if self._tabs and now - self._looked < self._cadence.structure:
            return
        bindings = bind(await self._call(self._surface.tabs), self._schema, self._store.memo(_BOUND) or {})
        self._tabs, self._looked = bindings.tabs, now
        if bindings.keys != (self._store.memo(_BOUND) or {}):
            self._store.set_memo(_BOUND, dict(bindings.keys))
        self._pull.tell(_BOUND, bindings.problems)

    async def _read(self) -> tuple[dict[str, Target], list[tuple[str, RowWrite]]]:
        """Pull all tabs in one request and take them in."""
        try:
            pulled = await self._call(self._fetch, dict(self._tabs), self._expected())
        except RefusedError as error:
            if not error.bad_request:
                raise
            self._looked = float("-inf")  # a tab was renamed or deleted since we looked
            await self._look()
            pulled = await self._call(self._fetch, dict(self._tabs), self._expected())
        targets: dict[str, Target] = {}
        writes: list[tuple[str, RowWrite]] = []
        for one in pulled:
            sent: Mapping[str, Mapping[str, Cell]] = self._push.sent(one.table)
            writes += [(one.table, write) for write in self._pull.take(one, sent)]
            targets[one.table] = Target(self._tabs[one.table], one.layout, max(0, len(one.grid.rows) - 1))
        self._push.confirm()
        return targets, writes

    def _expected(self) -> dict[str, list[str]]:
        return {table: self._store.columns(table) for table in self._tabs}

    def _fetch(self, tabs: Mapping[str, SheetTab], expected: Mapping[str, list[str]]) -> list[Pulled]:
        """In the worker thread: the request and the parsing, which touch no state of ours."""
        grids = self._surface.read([tab.title for tab in tabs.values()])
        return [
            Pulled.parse(table, grids.get(tab.title, Grid()), self._schema.get(table), expected[table])
            for table, tab in tabs.items()
        ]

    def _is_merged(self, table: str) -> bool:
        tab = self._schema.get(table)
        return tab is not None and tab.merged

    def _is_mirror(self, table: str) -> bool:
        return mirrored(self._schema.get(table))

    def _queue(self) -> int:
        return sum(len(self._store.unsent_rows(table)) for table in self._store.tables() if self._is_merged(table))
