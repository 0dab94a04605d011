"""The database opens or says in words why not, and a transaction is all or nothing."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from core.errors import SettingError
from store.database import Database, StoreError, sqlite_path
from store.migrations import MIGRATIONS, Migration


def schema(path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").fetchall()
    connection.close()
    return rows


def test_a_url_names_its_file(tmp_path: Path) -> None:
    assert sqlite_path(f"sqlite:///{tmp_path}/bot.db") == tmp_path / "bot.db"
    assert sqlite_path("sqlite:///data/bot.db") == Path.cwd() / "data/bot.db"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bot:s3cret@db/bot",
        "bot.db",
        "",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///b?x=1",
    ],
)
def test_another_url_is_refused_with_an_example_and_without_its_password(url: str) -> None:
    with pytest.raises(SettingError) as refused:
        sqlite_path(url)
    assert "DATABASE_URL" in str(refused.value)
    assert "sqlite:///data/tabletalk.db" in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("released", range(len(MIGRATIONS)))
def test_a_base_of_any_age_grows_into_the_same_schema(tmp_path: Path, released: int) -> None:
    Database(tmp_path / "new.db").close()
    Database(tmp_path / "old.db", MIGRATIONS[:released]).close()
    Database(tmp_path / "old.db").close()
    assert schema(tmp_path / "old.db") == schema(tmp_path / "new.db")


def test_a_failed_migration_leaves_nothing_behind_and_runs_again(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    broken = Migration("9999 more", ("CREATE TABLE more (x)", "CREATE TABEL typo (x)"))
    fixed = Migration("9999 more", ("CREATE TABLE more (x)",))
    with pytest.raises(sqlite3.OperationalError):
        Database(path, [*MIGRATIONS, broken])
    database = Database(path, [*MIGRATIONS, fixed])
    assert database.read("SELECT * FROM more") == []
    database.close()


def test_a_base_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    Database(tmp_path / "bot.db", [*MIGRATIONS, Migration("9999 future", ())]).close()
    with pytest.raises(StoreError, match="более новой версией"):
        Database(tmp_path / "bot.db")


def test_only_the_bot_may_read_the_file(tmp_path: Path) -> None:
    Database(tmp_path / "deep" / "bot.db").close()
    assert stat.S_IMODE((tmp_path / "deep" / "bot.db").stat().st_mode) == 0o600


def test_a_file_that_is_no_base_is_explained(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_text("Это не база, а письмо. " * 100)
    with pytest.raises(StoreError, match="не файл базы"):
        Database(tmp_path / "bot.db")
    with pytest.raises(StoreError, match="DATABASE_URL"):
        Database(tmp_path)


def test_a_full_disk_is_explained_and_what_was_stored_stays(tmp_path: Path) -> None:
    database = Database(tmp_path / "bot.db")
    with database.transaction() as connection:
        connection.execute("INSERT INTO memos VALUES ('kept', '1')")
    database.read(f"PRAGMA max_page_count = {database.value('PRAGMA page_count')}")
    with pytest.raises(StoreError, match="место") as full, database.transaction() as connection:
        connection.execute("INSERT INTO memos VALUES ('big', ?)", ("x" * 100_000,))
    assert "Освободите" in full.value.hint
    database.read("PRAGMA max_page_count = 100000")
    with database.transaction() as connection:
        connection.execute("INSERT INTO memos VALUES ('again', '1')")
    assert [key for (key,) in database.read("SELECT key FROM memos ORDER BY key")] == ["again", "kept"]
    database.close()


def test_a_locked_base_is_explained(tmp_path: Path) -> None:
    database = Database(tmp_path / "bot.db")
    database.read("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="запущен дважды"), database.transaction():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.transaction() as connection:
        connection.execute("INSERT INTO memos VALUES ('after', '1')")
    database.close()


def test_nobody_hears_of_a_transaction_that_failed(tmp_path: Path) -> None:
    database, heard = Database(tmp_path / "bot.db"), []

    def store_then_fail() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO memos VALUES ('a', '1')")
            database.after_commit(lambda: heard.append("stored"))
            connection.execute("INSERT INTO memos VALUES ('a', 'twice')")

    database.on_rollback(lambda: heard.append("given up"))
    with pytest.raises(sqlite3.IntegrityError):
        store_then_fail()
    assert heard == ["given up"]
    assert database.read("SELECT * FROM memos") == []
    with database.transaction(), database.transaction():
        database.after_commit(lambda: heard.append("stored"))
        assert heard == ["given up"]
    assert heard == ["given up", "stored"]
    database.close()


def test_a_failing_listener_does_not_fail_the_commit(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database, heard = Database(tmp_path / "bot.db"), []
    with database.transaction() as connection:
        connection.execute("INSERT INTO memos VALUES ('a', '1')")
        database.after_commit(lambda: 1 / 0)  # type: ignore[arg-type,return-value]
        database.after_commit(lambda: heard.append("next"))
    assert heard == ["next"]
    assert "listener" in caplog.text
    database.close()
