"""The bot's whole memory behind one door: messages, conversations, tables and schedule, stored together or not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from core.changes import Change
from core.leaderboard import BoardSpec, Leaderboard
from core.messages import Event, Outgoing, Platform, Sent
from core.ports import LocalRow, MergedRow
from core.schema import JOURNAL
from core.values import Row
from store.cache import Cache, Memos
from store.counters import Counters, Counts
from store.database import Database, StoreError, sqlite_path
from store.edits import Edits
from store.inbox import Inbox, InboxItem
from store.journal import entry
from store.outbox import Outbox, OutboxItem
from store.rows import Rows
from store.sessions import Sessions
from store.slots import Slot, Slots
from store.tabs import Tabs
from store.view import View

__all__ = ["Counts", "InboxItem", "OutboxItem", "Slot", "Store", "StoreError", "TurnRecord"]


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """Everything one finished step of the dialogue leaves behind."""

    inbox_id: int | None  #: None: nobody asked, the schedule did
    lane: str
    session: dict[str, Any] | None  #: None leaves the conversation as it is, {} forgets it
    changes: Sequence[Change]
    outgoing: Sequence[Outgoing]
    priority: int = 0  #: 0 for replies, more for what can wait
    now: float = 0.0


class Store:
    """Implements `core.ports.SheetStore` and `core.ports.Tables`.

    Used from the event loop's thread only, except `cached` and `cache`. Every method is synchronous and quick; what
    it wrote has survived a power cut by the time it returns.
    """

    def __init__(self, database_url: str, clock: Callable[[], float] = time.time) -> None:
        self.timezone: tzinfo = UTC  #: the owner's, for the times in «Журнал»; set when «Настройки» are read
        path = sqlite_path(database_url)
        self._database = Database(path)
        self._cache = Cache(path, clock)
        self._memos = Memos(self._database)
        self._counters = Counters(self._database)
        self._inbox = Inbox(self._database, self._counters, clock)
        self._outbox = Outbox(self._database, self._counters, clock)
        self._sessions = Sessions(self._database)
        self._slots = Slots(self._database, clock)
        self._tabs = Tabs(self._database)
        self._rows = Rows(self._database)
        self._view = View(self._tabs, self._rows)
        self._edits = Edits(self._database, self._tabs, self._rows, clock)
        self._edits.listen(self._view.follow)

    def close(self) -> None:
        self._cache.close()
        self._database.close()

    # --- people's messages in

    def receive(self, events: Sequence[Event], platform: Platform, position: str) -> list[InboxItem]:
        """Store events and the platform's position together; returns the events not seen before."""
        return self._inbox.receive(events, platform, position)

    def position(self, platform: Platform) -> str:
        return self._inbox.position(platform)

    def backlog(self) -> list[InboxItem]:
        """Events without an answer, oldest first."""
        return self._inbox.backlog()

    def attempt(self, inbox_id: int) -> int:
        """Note a try to answer; returns its number."""
        return self._inbox.attempt(inbox_id)

    def set_aside(self, inbox_id: int, reason: str) -> None:
        """Give up on one event so that the others go on."""
        self._inbox.set_aside(inbox_id, reason)

    def counts(self) -> Counts:
        totals = self._counters.all()
        names = ("accepted", "answered", "set_aside", "duplicates", "sent", "failed")
        return Counts(
            **{name: totals.get(name, 0) for name in names},
            waiting=self._inbox.waiting(),
            unsent=self._outbox.waiting(),
        )

    # --- the dialogue

    def session(self, lane: str) -> dict[str, Any] | None:
        return self._sessions.get(lane)

    def commit(self, turns: Sequence[TurnRecord]) -> list[OutboxItem]:
        """Store finished steps, all in one transaction; returns the messages to send now.

        A turn whose event was answered before is dropped whole: its rows and messages exist already.
        """
        new: list[OutboxItem] = []
        changes: list[Change] = []
        answered = 0
        with self._database.transaction():
            for turn in turns:
                if turn.inbox_id is not None:
                    if not self._inbox.finish(turn.inbox_id):
                        continue
                    answered += 1
                if turn.session is not None:
                    self._sessions.put(turn.lane, turn.session, turn.now)
                changes.extend(turn.changes)
                new.extend(self._outbox.add(turn.outgoing, turn.priority))
            self._edits.apply(changes)
            self._counters.add(answered=answered)
        return new

    # --- messages out

    def outbox_pending(self) -> list[OutboxItem]:
        """Messages not sent yet: by priority, then in the order they were said."""
        return self._outbox.pending()

    def sent(self, results: Sequence[tuple[int, Sent, float]]) -> None:
        """Record what became of messages: (outbox id, result, when)."""
        self._outbox.sent(results)

    def delivery(self, key_prefix: str) -> dict[str, int]:
        """How many chats have messages whose key begins so, by state: the progress of a broadcast."""
        return self._outbox.states(key_prefix)

    # --- tables

    def on_change(self, listener: Callable[[set[str]], None]) -> None:
        """Call this with the titles of changed tables after every commit that changed any."""
        self._edits.listen(lambda news: listener({changed.table for changed in news}))

    def names(self) -> list[str]:
        return self._tabs.titles()

    tables = names

    def columns(self, table: str) -> list[str]:
        tab = self._tabs.find(table)
        return list(tab.columns) if tab else []

    def rows(self, table: str) -> Iterable[Row]:
        return self._view.rows(table)

    def row(self, table: str, row_id: str) -> Row | None:
        return self._view.row(table, row_id)

    def board(self, spec: BoardSpec) -> Leaderboard:
        return self._view.board(spec)

    def seed(self, tables: Mapping[str, tuple[Sequence[str], Sequence[Row]]]) -> None:
        """First content (columns, rows) for tables that do not exist yet; existing ones are left alone."""
        self._edits.seed(tables)

    def local_rows(self, table: str) -> list[LocalRow]:
        tab = self._tabs.find(table)
        return [row.local for row in self._rows.all(tab)] if tab else []

    def unsent_rows(self, table: str) -> list[LocalRow]:
        tab = self._tabs.find(table)
        return [row.local for row in self._rows.unsent(tab)] if tab else []

    def apply_merge(self, table: str, columns: Sequence[str], rows: Sequence[MergedRow]) -> None:
        self._edits.merge(table, columns, rows)

    def replace_table(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> bool:
        return self._edits.replace(table, columns, rows)

    def journal(self, where: str, what: str, fix: str, now: float) -> None:
        """Tell the owner in «Журнал»; the same thing within an hour is not said again."""
        moment = datetime.fromtimestamp(now, self.timezone)
        with self._database.transaction():
            if self._tabs.find(JOURNAL.title) is None:
                self._tabs.ensure(JOURNAL.title, [column.name for column in JOURNAL.columns])
            self._edits.apply(entry(list(self._view.rows(JOURNAL.title)), where, what, fix, moment))

    # --- the schedule

    def claim(self, broadcast: str, slot: str) -> bool:
        """Take one run of a broadcast; False when it was taken before."""
        return self._slots.claim(broadcast, slot)

    def slot_done(self, broadcast: str, slot: str, sent: int, failed: int) -> None:
        self._slots.done(broadcast, slot, sent, failed)

    def open_slots(self) -> list[Slot]:
        """Runs a crash interrupted, oldest first."""
        return self._slots.open()

    def last_slot(self, broadcast: str) -> Slot | None:
        return self._slots.last(broadcast)

    # --- notes

    def memo(self, key: str) -> Any:
        return self._memos.get(key)

    def set_memo(self, key: str, value: Any) -> None:
        self._memos.put(key, value)

    def cached(self, key: str) -> tuple[float, str] | None:
        """(when fetched, body) of an outside service's answer. Any thread may ask."""
        return self._cache.get(key)

    def cache(self, key: str, body: str) -> None:
        """Keep an answer fetched now. Any thread may tell."""
        self._cache.put(key, body)
