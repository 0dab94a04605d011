"""One SQLite file that survives a crash at any moment: opening, migrations, transactions, readable errors."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import SettingError, TabletalkError
from store.migrations import MIGRATIONS, Migration

log = logging.getLogger(__name__)

_EXAMPLE = "sqlite:///data/tabletalk.db"
_BUSY_MS = 5000

#: What SQLite's result codes mean for the operator: cause, fix.
_CAUSES: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("На диске кончилось место.", "Освободите место: бот продолжит с того же места."),
    sqlite3.SQLITE_BUSY: ("База занята другим процессом.", "Похоже, бот запущен дважды: остановите лишний."),
    sqlite3.SQLITE_LOCKED: ("База занята другим процессом.", "Похоже, бот запущен дважды: остановите лишний."),
    sqlite3.SQLITE_READONLY: ("Файл базы открыт только для чтения.", "Дайте боту право записи в файл и его папку."),
    sqlite3.SQLITE_PERM: ("Нет прав на файл базы.", "Дайте боту право записи в файл и его папку."),
    sqlite3.SQLITE_CANTOPEN: ("Файл базы не открывается.", "Проверьте путь в DATABASE_URL и права на папку."),
    sqlite3.SQLITE_IOERR: ("Диск не читается или не пишется.", "Проверьте диск и восстановите базу из копии."),
    sqlite3.SQLITE_CORRUPT: ("Файл базы повреждён.", "Восстановите его из резервной копии."),
    sqlite3.SQLITE_NOTADB: ("Это не файл базы.", "Проверьте путь в DATABASE_URL: там лежит что-то другое."),
}


class StoreError(TabletalkError):
    """The bot's memory cannot be read or written now."""


class Database:
    """One connection, used by one thread at a time. Writes happen only inside `transaction`.

    ``threads`` allows different threads to take turns; then the owner of the connection keeps a lock.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS, threads: bool = False) -> None:
        self._inside = False
        self._after: list[Callable[[], None]] = []
        self._undo: list[Callable[[], None]] = []
        _create_private(path)
        with _explained():
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=not threads)
        try:
            with _explained():
                self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.execute("PRAGMA foreign_keys = ON")
            self._migrate(migrations)
        except BaseException:
            self._connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside is stored together or not at all; inside another transaction it joins that one."""
        if self._inside:
            yield self._connection
            return
        with _explained():
            self._connection.execute("BEGIN IMMEDIATE")
            self._inside = True
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._after.clear()
                if self._connection.in_transaction:  # a full disk makes SQLite roll back by itself
                    self._connection.execute("ROLLBACK")
                self._inside = False
                for call in self._undo:
                    call()
                raise
            finally:
                self._inside = False
        self._tell()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this once the current transaction is durable; never, if it is rolled back."""
        self._after.append(call)

    def on_rollback(self, call: Callable[[], None]) -> None:
        """Call this after every transaction that was given up: what is kept in memory must be read again."""
        self._undo.append(call)

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        with _explained():
            return self._connection.execute(sql, values).fetchall()

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row, None when there is none."""
        rows = self.read(sql, values)
        return rows[0][0] if rows else None

    def close(self) -> None:
        self._connection.close()

    def _tell(self) -> None:
        calls, self._after = self._after, []
        for call in calls:
            try:
                call()
            except Exception:  # the data is safe already: a listener's failure must not look like a failed commit
                log.exception("A listener of the store failed")

    def _migrate(self, migrations: Sequence[Migration]) -> None:
        """Each missing step runs in one transaction with the row that records it: a failure leaves it undone."""
        with self.transaction() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) WITHOUT ROWID")
        done = {name for (name,) in self.read("SELECT name FROM migrations")}
        if done - {migration.name for migration in migrations}:
            raise StoreError("База создана более новой версией бота.", "Обновите программу или укажите другую базу.")
        for migration in migrations:
            if migration.name in done:
                continue
            with self.transaction() as connection:
                for statement in migration.statements:
                    connection.execute(statement)
                connection.execute("INSERT INTO migrations (name) VALUES (?)", (migration.name,))


def sqlite_path(url: str) -> Path:
    """The file behind DATABASE_URL."""
    scheme, separator, path = url.strip().partition(":///")
    if scheme != "sqlite" or not separator:
        # The address itself may hold a password, so only its scheme is repeated.
        raise SettingError(
            f"DATABASE_URL: бот хранит память в SQLite, а не в «{scheme.partition(':')[0]}».", f"Пример: {_EXAMPLE}"
        )
    if not path or path == ":memory:" or "?" in path:
        raise SettingError("DATABASE_URL: нужен путь к файлу, без параметров.", f"Пример: {_EXAMPLE}")
    return Path(path).absolute()


def _create_private(path: Path) -> None:
    """People's conversations are in this file: only the bot's own user may read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"Файл базы не открывается: {error.strerror}.", _CAUSES[sqlite3.SQLITE_CANTOPEN][1]) from error


@contextmanager
def _explained() -> Iterator[None]:
    """Errors of the file, the disk and the lock come out with their fix; mistakes of ours stay what they are."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        cause = _CAUSES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if cause is None:
            raise
        raise StoreError(*cause) from error
