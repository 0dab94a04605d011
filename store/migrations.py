"""The schema of the bot's memory: the only place that says it, as forward-only steps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. A released step is never edited: what must change becomes the next step."""

    name: str
    statements: tuple[str, ...]


_MESSAGES = (
    # The body of a finished message is emptied; its key stays for a while so that a redelivery is recognised.
    """CREATE TABLE inbox (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        event TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'set aside')),
        attempts INTEGER NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '',
        finished REAL
    )""",
    "CREATE INDEX inbox_new ON inbox (id) WHERE state = 'new'",
    "CREATE INDEX inbox_finished ON inbox (finished) WHERE finished IS NOT NULL",
    "CREATE TABLE positions (platform TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE outbox (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        chat TEXT NOT NULL,
        body TEXT NOT NULL,
        priority INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'pending'
            CHECK (state IN ('pending', 'sent', 'uncertain', 'blocked', 'rejected')),
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL DEFAULT 0,
        ref TEXT NOT NULL DEFAULT '',
        detail TEXT NOT NULL DEFAULT '',
        finished REAL
    )""",
    "CREATE INDEX outbox_pending ON outbox (priority, id) WHERE state = 'pending'",
    "CREATE INDEX outbox_finished ON outbox ((priority = 0), finished) WHERE finished IS NOT NULL",
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
)

_MEMORY = (
    "CREATE TABLE sessions (lane TEXT PRIMARY KEY, data TEXT NOT NULL, updated REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE memos (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE cache (key TEXT PRIMARY KEY, body TEXT NOT NULL, fetched REAL NOT NULL) WITHOUT ROWID",
    "CREATE INDEX cache_fetched ON cache (fetched)",
    # The primary key is the claim: whoever inserts the slot runs it, everybody else finds it taken.
    """CREATE TABLE slots (
        broadcast TEXT NOT NULL,
        slot TEXT NOT NULL,
        claimed REAL NOT NULL,
        finished REAL,
        sent INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (broadcast, slot)
    ) WITHOUT ROWID""",
)

_TABLES = (
    """CREATE TABLE tabs (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL UNIQUE,
        columns TEXT NOT NULL
    )""",
    # ``base`` is what the sheet and the bot last agreed on, ``changed`` the order of changes not yet agreed on.
    """CREATE TABLE rows (
        tab INTEGER NOT NULL REFERENCES tabs (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        cells TEXT NOT NULL,
        base TEXT,
        position INTEGER NOT NULL,
        deleted REAL,
        changed INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (tab, id)
    ) WITHOUT ROWID""",
    "CREATE INDEX rows_in_order ON rows (tab, position, id)",
    "CREATE INDEX rows_unsent ON rows (tab, changed) WHERE changed > 0",
    "CREATE INDEX rows_deleted ON rows (deleted) WHERE deleted IS NOT NULL",
)

MIGRATIONS: tuple[Migration, ...] = (
    Migration("0001 messages", _MESSAGES),
    Migration("0002 memory", _MEMORY),
    Migration("0003 tables", _TABLES),
)
