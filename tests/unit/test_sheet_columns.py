"""Columns are found by header text, and every trouble with them is told in Russian."""

from __future__ import annotations

import pytest

from core.schema import TABS
from core.values import Cell
from sheets.cells import Unreadable
from sheets.columns import lay_out, letter, read_rows
from sheets.surface import Grid

WORKOUTS = TABS["Тренировки"]


def grid(*rows: tuple[Cell, ...]) -> Grid:
    return Grid(rows)


def test_columns_are_found_in_any_order_case_and_spacing() -> None:
    layout = lay_out("Тренировки", grid((" минуты ", "_id", "УЧАСТНИК", "Дата", "Моё")), WORKOUTS)
    assert layout.places == {"Минуты": 0, "Участник": 2, "Дата": 3, "Моё": 4}
    assert layout.id_place == 1
    assert layout.problems == ()


def test_a_near_miss_is_named_and_the_stranger_stays_readable() -> None:
    layout = lay_out("Тренировки", grid(("_id", "Минута")), WORKOUTS)
    assert "Минута" in layout.places
    assert any("«Минуты»" in problem.what and "«Минута»" in problem.what for problem in layout.problems)


def test_a_column_that_was_there_is_missed() -> None:
    layout = lay_out("Тренировки", grid(("_id", "Дата")), WORKOUTS, ["Дата", "Минуты"])
    assert [problem.what for problem in layout.problems] == ["Не вижу столбца «Минуты»."]


def test_of_two_equal_headers_the_left_one_is_read() -> None:
    layout = lay_out("Тренировки", grid(("_id", "Дата", "Заметка", "заметка")), WORKOUTS)
    assert layout.places["Заметка"] == 2
    assert layout.problems[0].where == "Тренировки, столбец D"
    assert "дважды" in layout.problems[0].what


def test_data_under_a_blank_header_is_pointed_at() -> None:
    lonely = lay_out("Тренировки", grid(("_id", "", "Дата"), ("r1", "видно?")), WORKOUTS)
    assert lonely.problems[0].where == "Тренировки, столбец B"
    assert lay_out("Тренировки", grid(("_id", "", "Дата"), ("r1",)), WORKOUTS).problems == ()


def test_a_bad_cell_is_shown_at_its_row_and_the_rest_of_the_row_is_read() -> None:
    table = grid(("_id", "Минуты", "Участник"), ("r1", "сорок", "Аня"), ("", "", ""), (7.0, 30, "Боря"))
    layout = lay_out("Тренировки", table, WORKOUTS)
    rows, problems = read_rows(table, layout)
    assert [row.number for row in rows] == [2, 4]
    assert isinstance(rows[0].cells["Минуты"], Unreadable)
    assert rows[0].cells["Участник"] == "Аня"
    assert rows[1].id == "7"
    assert [problem.where for problem in problems] == ["Тренировки, строка 2, столбец «Минуты»"]
    assert "«сорок»" in problems[0].what


def test_an_empty_tab_has_no_columns_and_no_problems() -> None:
    layout = lay_out("Тренировки", Grid(), WORKOUTS, ["Дата"])
    assert (layout.places, layout.id_place, layout.problems) == ({}, None, ())
    assert read_rows(Grid(), layout) == ([], [])


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_the_owner_sees_them(place: int, name: str) -> None:
    assert letter(place) == name
