"""The shared tables: what a dialogue and the sheet write, what waits for the sheet, and what the dialogue reads."""

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
from core.ports import LocalRow, MergedRow, SheetStore, Tables
from core.schema import JOURNAL, PEOPLE, WORKOUTS
from core.values import Cell, Row
from store import view
from store.edits import KEEP_DELETED
from store.journal import MOST_ROWS
from store.store import Store, TurnRecord

NOW = 1_795_000_000.0
TODAY = date(2026, 11, 25)
SPEC = BoardSpec("Тренировки", "Участник", "Минуты", "Дата")
ORDERS = ["Что", "Сколько"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url, lambda: NOW)
    store.seed({"Заказы": (ORDERS, [])})
    yield store
    store.close()


def change(store: Store, *changes: Change) -> None:
    store.commit([TurnRecord(None, "lane", None, changes, ())])


def add(row_id: str, **cells: Cell) -> Put:
    return Put("Заказы", row_id, cells, new=True)


def ids(rows: object) -> list[str]:
    return [row.id for row in rows]  # type: ignore[attr-defined]


def test_the_store_keeps_the_promises_of_the_ports(store: Store) -> None:
    sheet: SheetStore = store
    tables: Tables = store
    assert (sheet.tables(), tables.columns("заказы"), tables.columns("Нет такой")) == (["Заказы"], ORDERS, [])
    assert (list(tables.rows("Нет такой")), tables.row("Нет такой", "r1"), sheet.unsent_rows("Нет такой")) == (
        [],
        None,
        [],
    )


# --- changes of the dialogue


def test_new_rows_come_below_and_keep_cells_that_are_not_named(store: Store) -> None:
    change(store, add("r2", Что="чай"), add("r1", Что="кофе", Сколько=1), Put("Заказы", "r1", {"Сколько": 2}))
    assert list(store.rows("Заказы")) == [Row("r2", {"Что": "чай"}), Row("r1", {"Что": "кофе", "Сколько": 2})]
    assert store.row("заказы", "r1") == Row("r1", {"Что": "кофе", "Сколько": 2})


def test_a_row_the_owner_deleted_stays_deleted_until_it_is_made_anew(store: Store) -> None:
    change(store, add("r1", Что="чай", Сколько=5))
    store.apply_merge("Заказы", ORDERS, [MergedRow("r1", {"Что": "чай"}, None, 1, deleted=True)])
    change(store, Put("Заказы", "r1", {"Сколько": 2}), Put("Заказы", "r9", {"Сколько": 2}), Remove("Заказы", "r8"))
    assert list(store.rows("Заказы")) == []
    change(store, add("r1", Что="мёд"))
    assert list(store.rows("Заказы")) == [Row("r1", {"Что": "мёд"})]


def test_a_removed_row_leaves_nothing_personal_behind(store: Store) -> None:
    change(store, add("r1", Что="тайна"))
    change(store, Remove("Заказы", "r1"), Remove("Заказы", "r1"))
    assert store.local_rows("Заказы") == [LocalRow("r1", {}, None, 0, True)]


def test_a_change_of_an_unknown_table_makes_it(store: Store, url: str) -> None:
    change(store, Put("Заявки", "r1", {"Имя": "Аня", "_кто": "p1"}, new=True))
    assert (store.names(), store.columns("Заявки")) == (["Заказы", "Заявки"], ["Имя", "_кто"])


def test_values_come_back_as_they_were(store: Store, url: str) -> None:
    cells: dict[str, Cell] = {
        "а": "=IMPORTXML(1)",
        "б": "007",
        "в": 0.1,
        "г": 7,
        "д": True,
        "е": None,
        "ё": "a\0b\n\ud83d",
        "ж": "",
        "з": -0.5,
    }
    change(store, add("r1", **cells))
    again = Store(url)
    (row,) = again.rows("Заказы")
    assert row.cells == cells
    assert [type(cell) for cell in row.cells.values()] == [type(cell) for cell in cells.values()]
    again.close()


# --- the sheet


def test_rows_wait_for_the_sheet_until_both_agree_oldest_change_first(store: Store) -> None:
    change(store, add("r1", Что="чай", Сколько=1), add("r2", Что="кофе", Сколько=2))
    agreed = [MergedRow(row.id, row.cells, row.cells, row.position) for row in store.local_rows("Заказы")]
    assert ids(store.unsent_rows("Заказы")) == ["r1", "r2"]
    store.apply_merge("Заказы", ORDERS, agreed)
    assert store.unsent_rows("Заказы") == []
    change(store, Put("Заказы", "r2", {"Сколько": 3}))
    change(store, Put("Заказы", "r1", {"Сколько": 4}))
    change(store, Put("Заказы", "r2", {"Сколько": 5}))
    assert ids(store.unsent_rows("Заказы")) == ["r2", "r1"]
    change(store, Put("Заказы", "r2", {"Сколько": 2.0}))
    assert ids(store.unsent_rows("Заказы")) == ["r1"]
    change(store, Remove("Заказы", "r2"))
    assert store.unsent_rows("Заказы")[1].deleted
    store.apply_merge("Заказы", ORDERS, [MergedRow("r2", {}, None, 1, deleted=True)])
    assert ids(store.unsent_rows("Заказы")) == ["r1"]


def test_a_column_the_sheet_lacks_keeps_nothing_waiting_until_it_comes(store: Store) -> None:
    store.apply_merge("Заказы", ORDERS, [MergedRow("r1", {"Что": "чай", "Цвет": "белый"}, {"Что": "чай"}, 1)])
    assert store.unsent_rows("Заказы") == []
    store.apply_merge("Заказы", ["Цвет", *ORDERS], [])
    assert store.columns("Заказы") == ["Цвет", *ORDERS]
    assert ids(store.unsent_rows("Заказы")) == ["r1"]


def test_a_merge_moves_adds_and_deletes_rows(store: Store) -> None:
    change(store, add("r1", Что="чай"), add("r2", Что="кофе"), add("r3", Что="мёд"))
    assert ids(store.rows("Заказы")) == ["r1", "r2", "r3"]
    tea, honey, new = {"Что": "чай"}, {"Что": "мёд"}, {"Что": "сок"}
    store.apply_merge(
        "Заказы",
        ORDERS,
        [
            MergedRow("r3", honey, honey, 1),
            MergedRow("new", new, new, 2),
            MergedRow("r1", tea, tea, 3),
            MergedRow("r2", {}, None, 4, deleted=True),
        ],
    )
    assert ids(store.rows("Заказы")) == ["r3", "new", "r1"]
    change(store, add("r4", Что="хлеб"))
    assert ids(store.rows("Заказы"))[-1] == "r4"


def test_a_merge_that_only_sorts_or_only_renames_a_column_is_heard(store: Store) -> None:
    change(store, add("r1", Что="чай"), add("r2", Что="кофе"))
    assert ids(store.rows("Заказы")) == ["r1", "r2"]
    heard: list[set[str]] = []
    store.on_change(heard.append)
    store.apply_merge("Заказы", ORDERS, [MergedRow("r2", {"Что": "кофе"}, None, -1)])
    assert ids(store.rows("Заказы")) == ["r2", "r1"]
    store.apply_merge("Заказы", ["Что", "Количество"], [])
    assert heard == [{"Заказы"}, {"Заказы"}]


def test_a_table_of_a_failed_commit_never_was(store: Store) -> None:
    bad = Put("Заявки", "r1", {"Имя": object()}, new=True)  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        change(store, bad)
    assert store.names() == ["Заказы"]
    change(store, Put("Заявки", "r1", {"Имя": "Аня"}, new=True))
    assert list(store.rows("Заявки")) == [Row("r1", {"Имя": "Аня"})]


def test_an_owner_tab_is_new_only_when_something_changed(store: Store) -> None:
    rows = [Row("@1", {"Что": "чай"}), Row("@2", {"Что": "кофе"})]
    heard: list[set[str]] = []
    store.on_change(heard.append)
    assert store.replace_table("Меню", ["Что"], rows) is True
    assert store.replace_table("Меню", ["Что"], rows) is False
    assert store.replace_table("Меню", ["Что", "Цена"], rows) is True
    assert store.replace_table("Меню", ["Что", "Цена"], rows[:1]) is True
    assert store.replace_table("Пусто", [], []) is True
    assert heard == [{"Меню"}, {"Меню"}, {"Меню"}, {"Пусто"}]
    assert list(store.rows("Меню")) == rows[:1]
    assert store.unsent_rows("Меню") == []


def test_listeners_hear_of_live_changes_once_per_commit_and_never_of_mere_agreement(store: Store) -> None:
    heard: list[set[str]] = []
    store.on_change(heard.append)
    change(store, add("r1", Что="чай"), add("r2", Что="кофе"), Put("Ещё", "r1", {"а": 1}, new=True))
    assert heard == [{"Заказы", "Ещё"}]
    agreed = [MergedRow(row.id, row.cells, row.cells, row.position) for row in store.local_rows("Заказы")]
    store.apply_merge("Заказы", ORDERS, agreed)
    change(store)
    assert heard == [{"Заказы", "Ещё"}]


def test_a_seed_fills_only_tables_that_do_not_exist(store: Store, url: str) -> None:
    store.seed({"Заказы": (["Другое"], [Row("r1", {})]), "Цитаты": (["Текст"], [Row("@2", {"Текст": "Бодрись"})])})
    assert (store.columns("Заказы"), list(store.rows("Заказы"))) == (ORDERS, [])
    assert list(store.rows("Цитаты")) == [Row("@2", {"Текст": "Бодрись"})]


def test_deleted_rows_are_kept_a_month_unless_the_sheet_must_still_delete_them(url: str) -> None:
    now = NOW
    first = Store(url, lambda: now)
    for name in ("local", "sent"):
        change(first, add(name, Что="чай"))
    first.apply_merge("Заказы", ORDERS, [MergedRow("sent", {"Что": "чай"}, {"Что": "чай"}, 1)])
    change(first, Remove("Заказы", "local"), Remove("Заказы", "sent"))
    first.close()
    now += KEEP_DELETED - 1
    second = Store(url, lambda: now)
    assert ids(second.local_rows("Заказы")) == ["local", "sent"]
    second.close()
    now += 2
    third = Store(url, lambda: now)
    assert ids(third.local_rows("Заказы")) == ["sent"]
    third.close()


# --- reading: memory and disk say the same


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
