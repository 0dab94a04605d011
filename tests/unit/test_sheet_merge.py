"""The three-way merge: every way both sides can differ, decided cell by cell."""

from __future__ import annotations

import itertools

import pytest

from core.ports import LocalRow
from core.schema import Column, Tab, Type, Writer
from core.values import Cell
from sheets.cells import Unreadable
from sheets.columns import lay_out, read_rows
from sheets.merge import Merge, Write, merge_cell, merge_tab
from sheets.surface import Grid

TAB = Tab(
    "Занятия",
    (
        Column("Имя", Type.TEXT, Writer.BOTH),
        Column("Минуты", Type.NUMBER, Writer.BOTH),
        Column("Статус", Type.TEXT, Writer.BOT),
    ),
    "Проверка.",
)
HEADER = ("_id", "Имя", "Минуты", "Статус")


def row(id_: str, *values: Cell, base: tuple[Cell, ...] | None = None, at: int = 2, deleted: bool = False) -> LocalRow:
    """A row of the bot; without ``base`` both sides agree on its values."""
    cells = dict(zip(HEADER[1:], values, strict=True))
    agreed = dict(zip(HEADER[1:], base, strict=True)) if base is not None else cells
    return LocalRow(id_, cells, agreed, at, deleted)


def unsent(id_: str, *values: Cell) -> LocalRow:
    return LocalRow(id_, dict(zip(HEADER[1:], values, strict=True)), None, 99, False)


def merged(
    sheet: list[tuple[Cell, ...]],
    local: list[LocalRow],
    *,
    sent: dict[str, dict[str, Cell]] | None = None,
    suspects: frozenset[str] = frozenset(),
    brake: bool = True,
) -> Merge:
    grid = Grid((HEADER, *sheet))
    layout = lay_out(TAB.title, grid, TAB)
    rows, _ = read_rows(grid, layout)
    ids = (f"new{n}" for n in itertools.count(1))
    return merge_tab(layout, rows, local, sent or {}, suspects, lambda: next(ids), brake=brake)


@pytest.mark.parametrize(
    ("writer", "sheet", "local", "base", "sent", "kept", "agreed", "write", "lost"),
    [
        (Writer.BOTH, "a", "a", "a", None, "a", "a", False, ""),
        (Writer.BOTH, "owner", "a", "a", None, "owner", "owner", False, ""),
        (Writer.BOTH, "a", "bot", "a", None, "bot", "a", True, ""),
        (Writer.BOTH, "same", "same", "a", None, "same", "same", False, ""),
        (Writer.BOTH, "owner", "bot", "a", None, "owner", "owner", False, "bot"),
        (Writer.BOTH, "", "a", "a", None, "", "", False, ""),
        (Writer.BOT, "owner", "a", "a", None, "a", "owner", True, "owner"),
        (Writer.BOT, "owner", "bot", "a", None, "bot", "owner", True, "owner"),
        (Writer.OWNER, "owner", "bot", "a", None, "owner", "owner", False, "bot"),
        (Writer.BOTH, "echo", "newer", "a", "echo", "newer", "echo", True, ""),
        (Writer.BOTH, "owner", "newer", "a", "echo", "owner", "owner", False, "newer"),
    ],
)
def test_one_cell(
    writer: Writer, sheet: Cell, local: Cell, base: Cell, sent: Cell, kept: Cell, agreed: Cell, write: bool, lost: Cell
) -> None:
    cell = merge_cell(writer, sheet, local, base, sent)
    assert (cell.local, cell.base, cell.write, cell.lost) == (kept, agreed, write, lost)


def test_a_mistake_in_a_cell_keeps_the_last_good_value() -> None:
    cell = merge_cell(Writer.BOTH, Unreadable("не число", "напишите число"), 45, 45)
    assert (cell.local, cell.base, cell.write) == (45, 45, False)


def test_equal_sides_need_nothing() -> None:
    result = merged([("r1", "Аня", 30, "ок")], [row("r1", "Аня", 30, "ок")])
    assert result == Merge()


def test_an_owner_edit_is_taken_and_a_bot_change_is_sent_in_one_row() -> None:
    local = row("r1", "Аня", 45, "ок", base=("Аня", 30, "ок"))
    result = merged([("r1", "Анна", 30, "ок")], [local])
    assert result.keep[0].cells == {"Имя": "Анна", "Минуты": 45, "Статус": "ок"}
    assert result.keep[0].base == {"Имя": "Анна", "Минуты": 30, "Статус": "ок"}
    assert [(write.kind, write.values) for write in result.writes] == [(Write.CHANGE, {"Минуты": 45})]
    assert result.changed


def test_in_a_dispute_the_owner_wins_and_hears_what_was_lost() -> None:
    result = merged([("r1", "Аня", 50, "ок")], [row("r1", "Аня", 45, "ок", base=("Аня", 30, "ок"))])
    assert result.keep[0].cells["Минуты"] == 50
    assert result.writes == []
    assert "«50»" in result.problems[0].what
    assert "«45»" in result.problems[0].what


def test_a_row_of_the_owner_is_adopted_only_through_the_sheet() -> None:
    result = merged([("", "Вера", 20, "")], [])
    assert [(write.kind, write.id, write.row.number) for write in result.writes] == [(Write.ADOPT, "new1", 2)]
    assert result.keep == []


def test_a_row_with_an_unknown_id_comes_home() -> None:
    result = merged([("rX", "Вера", 20, "")], [])
    assert result.keep[0].id == "rX"
    assert result.keep[0].base == result.keep[0].cells


def test_a_wiped_id_is_recognised_by_the_row_s_content() -> None:
    result = merged([("", "Аня", 30, "ок")], [row("r1", "Аня", 30, "ок")])
    assert [write.id for write in result.writes] == ["r1"]
    assert not result.suspects


def test_a_copied_row_becomes_a_row_of_its_own() -> None:
    result = merged([("r1", "Копия", 5, ""), ("r1", "Аня", 30, "ок")], [row("r1", "Аня", 30, "ок", at=3)])
    assert [(write.kind, write.row.number) for write in result.writes] == [(Write.ADOPT, 2)]
    assert result.keep == []


def test_a_missing_row_is_believed_at_the_second_pull() -> None:
    first = merged([], [row("r1", "Аня", 30, "ок")])
    assert (first.keep, first.suspects) == ([], {"r1"})
    second = merged([], [row("r1", "Аня", 30, "ок")], suspects=frozenset(first.suspects))
    assert (second.keep[0].deleted, second.keep[0].base) == (True, None)
    assert second.changed


def test_a_row_not_yet_sent_is_not_missing() -> None:
    result = merged([], [unsent("r1", "Аня", 30, "ок")], suspects=frozenset({"r1"}))
    assert result == Merge()


def test_undo_brings_a_deleted_row_back_at_the_second_pull() -> None:
    gone = LocalRow("r1", {}, None, 2, True)
    first = merged([("r1", "Аня", 30, "ок")], [gone])
    assert (first.keep, first.suspects) == ([], {"r1"})
    second = merged([("r1", "Аня", 30, "ок")], [gone], suspects=frozenset({"r1"}))
    assert not second.keep[0].deleted
    assert second.keep[0].cells["Имя"] == "Аня"


def test_a_row_the_bot_forgot_is_erased_from_the_sheet() -> None:
    result = merged([("r1", "Аня", 30, "ок")], [row("r1", "Аня", 30, "ок", deleted=True)])
    assert [(write.kind, write.id) for write in result.writes] == [(Write.ERASE, "r1")]


def test_a_row_emptied_by_the_owner_counts_as_deleted() -> None:
    result = merged([("r1", "", "", "")], [row("r1", "Аня", 30, "ок")], suspects=frozenset({"r1"}))
    assert result.keep[0].deleted
    assert result.writes == []


def test_a_mass_disappearance_pulls_the_brake() -> None:
    local = [row(f"r{n}", "Аня", n, "ок", at=n) for n in range(100)]
    ids = frozenset(one.id for one in local)
    braked = merged([], local, suspects=ids)
    assert (braked.keep, braked.missing) == ([], 100)
    assert len(merged([], local, suspects=ids, brake=False).keep) == 100


def test_a_column_gone_from_the_sheet_keeps_its_values_with_the_bot() -> None:
    grid = Grid((("_id", "Имя"), ("r1", "Аня")))
    layout = lay_out(TAB.title, grid, TAB)
    rows, _ = read_rows(grid, layout)
    result = merge_tab(layout, rows, [row("r1", "Аня", 30, "ок")], {}, frozenset(), lambda: "x")
    assert result.keep[0].cells == {"Имя": "Аня", "Минуты": 30, "Статус": "ок"}
    assert result.writes == []
    back = merged([("r1", "Аня", "", "")], [LocalRow("r1", result.keep[0].cells, result.keep[0].base, 2, False)])
    assert back.writes[0].values == {"Минуты": 30, "Статус": "ок"}


def test_a_sorted_sheet_only_moves_rows() -> None:
    result = merged(
        [("r2", "Б", 2, ""), ("r1", "А", 1, "")], [row("r1", "А", 1, "", at=2), row("r2", "Б", 2, "", at=3)]
    )
    assert {kept.id: kept.position for kept in result.keep} == {"r2": 2, "r1": 3}
    assert (result.writes, result.problems, result.changed) == ([], [], False)
