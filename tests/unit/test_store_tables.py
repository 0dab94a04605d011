"""The shared tables: what a dialogue and the sheet write, and what waits for the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.changes import Change, Put, Remove
from core.ports import LocalRow, MergedRow, SheetStore, Tables
from core.values import Cell, Row
from store.edits import KEEP_DELETED
from store.store import Store, TurnRecord

NOW = 1_795_000_000.0
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
