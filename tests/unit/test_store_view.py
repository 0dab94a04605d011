"""What the dialogue reads: rows and boards kept in memory equal what is stored, and «Журнал» stays readable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.changes import Change, Put, Remove
from core.leaderboard import BoardSpec
from core.ports import MergedRow
from core.schema import JOURNAL, PEOPLE, WORKOUTS
from core.values import Row
from store import view
from store.journal import MOST_ROWS
from store.store import Store, TurnRecord

NOW = 1_795_000_000.0
TODAY = date(2026, 11, 25)
SPEC = BoardSpec("Тренировки", "Участник", "Минуты", "Дата")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/bot.db", lambda: NOW)
    yield store
    store.close()


def change(store: Store, *changes: Change) -> None:
    store.commit([TurnRecord(None, "lane", None, changes, ())])


def test_a_long_table_is_streamed_and_a_table_that_shrank_is_kept_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "IN_MEMORY", 600)
    rows = [Row(f"@{n}", {"Что": n}) for n in range(1500)]
    store.replace_table("Прайс", ["Что"], rows)
    assert not isinstance(store.rows("Прайс"), list)
    assert list(store.rows("Прайс")) == rows
    assert store.row("Прайс", "@1499") == rows[-1]
    assert store.row("Прайс", "@1500") is None
    store.replace_table("Прайс", ["Что"], rows[:600])
    assert store.rows("Прайс") == rows[:600]
    change(store, Put("Прайс", "новое", {"Что": -1}, new=True))
    assert not isinstance(store.rows("Прайс"), list)
    assert list(store.rows("Прайс")) == [*rows[:600], Row("новое", {"Что": -1})]


names = st.sampled_from(["Аня", "Боря", "Вера"])
row_ids = st.integers(0, 8).map(lambda n: f"r{n}")
workout = st.fixed_dictionaries(
    {},
    optional={
        "Участник": names,
        "Минуты": st.sampled_from([10, 20, 30, "полчаса"]),
        "Дата": st.integers(-9, 3).map(lambda n: f"{TODAY + timedelta(n)}T10:00"),
        "_кто": st.sampled_from(["", "p1", "p2"]),
    },
)
merged = st.builds(
    lambda row_id, cells, agreed, place, deleted: MergedRow(row_id, cells, cells if agreed else {}, place, deleted),
    row_ids,
    workout,
    st.booleans(),
    st.integers(0, 9),
    st.booleans(),
)
operations = st.one_of(
    st.builds(lambda i, cells, new: Put(WORKOUTS.title, i, cells, new), row_ids, workout, st.booleans()),
    st.builds(lambda i: Remove(WORKOUTS.title, i), row_ids),
    st.builds(
        lambda i, name, shown: Put(PEOPLE.title, i, {"Имя": name, "В рейтинге": shown}, new=True),
        st.sampled_from(["p1", "p2", "аня"]),
        names,
        st.sampled_from([True, False, "", "нет"]),
    ),
    st.builds(lambda i: Remove(PEOPLE.title, i), st.sampled_from(["p1", "p2"])),
    st.lists(merged, max_size=4, unique_by=lambda row: row.id),
    st.lists(workout, max_size=3).map(lambda some: [Row(f"@{n}", cells) for n, cells in enumerate(some)]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(operations, max_size=14))
def test_what_is_kept_in_memory_equals_what_is_stored(script: list[object]) -> None:
    columns = [column.name for column in WORKOUTS.columns]
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bot.db"
        store = Store(url, lambda: NOW)
        store.board(SPEC)
        for step in script:
            if isinstance(step, Put | Remove):
                change(store, step)
            elif isinstance(step, list) and step and isinstance(step[0], Row):
                store.replace_table(WORKOUTS.title, columns, step)
            elif isinstance(step, list):
                store.apply_merge(WORKOUTS.title, columns, step)
            assert list(store.rows(WORKOUTS.title)) == [
                Row(row.id, row.cells) for row in store.local_rows(WORKOUTS.title) if not row.deleted
            ]
        fresh = Store(url, lambda: NOW)
        assert list(fresh.rows(PEOPLE.title)) == list(store.rows(PEOPLE.title))
        kept, counted = store.board(SPEC), fresh.board(SPEC)
        # A person whose rows spell the name differently is called as in the row that came last, hence no names here.
        assert {(e.place, e.who, e.total) for e in kept.top(9, TODAY)} == {
            (e.place, e.who, e.total) for e in counted.top(9, TODAY)
        }
        for who in ("p1", "p2", "аня", "боря", "вера"):
            assert kept.standing(who, TODAY, min_group=1) == counted.standing(who, TODAY, min_group=1)
        fresh.close()
        store.close()


def test_the_top_knows_people_by_their_row_and_hides_who_asked(store: Store) -> None:
    def trained(row_id: str, who: str, minutes: int) -> Put:
        cells = {"Дата": f"{TODAY}T10:00", "Участник": "как записал", "Минуты": minutes, "_кто": who}
        return Put(WORKOUTS.title, row_id, cells, new=True)

    change(store, Put(PEOPLE.title, "p1", {"Имя": "Аня"}, new=True), trained("w1", "p1", 30), trained("w2", "p2", 20))
    board = store.board(SPEC)
    assert [(entry.name, entry.total) for entry in board.top(5, TODAY)] == [("Аня", 30), ("как записал", 20)]
    change(store, Put(PEOPLE.title, "p1", {"В рейтинге": False}))
    assert [entry.who for entry in board.top(5, TODAY)] == ["p2"]
    change(
        store, Put(PEOPLE.title, "p1", {"В рейтинге": True, "Имя": "Анна"}), Put(WORKOUTS.title, "w1", {"Минуты": 5})
    )
    assert [(entry.name, entry.total) for entry in board.top(5, TODAY)] == [("как записал", 20), ("Анна", 5)]


# --- the journal


def test_the_journal_says_the_same_thing_once_an_hour(store: Store) -> None:
    store.timezone = timezone(timedelta(hours=3))
    for minute in (0, 1, 59, 61):
        store.journal("Сценарий, строка 5", "Шаг не найден.", "Исправьте.", NOW + minute * 60)
    store.journal("Сценарий, строка 6", "Шаг не найден.", "Исправьте.", NOW)
    whens = [row.get("Когда") for row in store.rows(JOURNAL.title) if row.get("Где") == "Сценарий, строка 5"]
    assert whens == ["2026-11-18T14:06", "2026-11-18T15:07"]
    assert len(list(store.rows(JOURNAL.title))) == 3


def test_the_journal_keeps_the_newest_lines(store: Store) -> None:
    total = MOST_ROWS + 3
    for n in range(total):
        store.journal("Где", f"Случай {n}", "", NOW + n * 60)
    lines = [row.get("Что случилось") for row in store.rows(JOURNAL.title)]
    assert lines == [f"Случай {n}" for n in range(3, total)]
