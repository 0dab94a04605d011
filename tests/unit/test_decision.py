"""Decision tables: what a cell lets through and what the owner is told about a bad one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decision import all_matching, check_cell, first, matches
from core.values import Cell, Record, Row, Value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", "что угодно"),
        (None, 5),
        ("  ", ""),
        ("дождь", "Дождь"),
        ("дождь, морось", "морось"),
        ("дождь,морось", "морось"),
        ("дождь; морось", "морось"),
        ("дождь\nморось", "морось"),
        ("Ёлка", "елка"),
        ("да", True),
        (True, "да"),
        (5, "5"),
        ("5", 5.0),
        ("1,5", 1.5),
        ("1,5; 2", 2),
        ("1,5, 2", 2),
        ("-5..10", -5),
        ("-5..10", "10"),
        ("−5…10", 0),
        ("-5 ... 10", 0),
        ("..-10", -11),
        ("20..", 20),
        ("-1,5..0,5", -1.5),
        ("1 000..2 000", 1500),
        ("5-10", 7),
        ("5–10", 5),
        ("от 5 до 10", 10),
        ("от 5", 5),
        ("до 10", -100),
        (">= 20", 20),
        ("≥20", 21),
        ("> 20", 20.5),
        ("<= 0", 0),
        ("< 0", "−3"),
        ("= 7", 7),
        ("< 0, > 100", 101),
        ("не дождь", "снег"),
        ("не дождь, снег", "ясно"),
        ("Кроме дождь", "ясно"),
        ("<> дождь", "ясно"),
        ("не 0..5", 6),
        ("1-2", "1-2"),
        ("может быть...", "может быть..."),
        ("дождь", Record("дождь", {})),
    ],
)
def test_matches(cell: Cell, value: Value) -> None:
    assert matches(cell, value)
    assert not isinstance(cell, str) or check_cell(cell) == ""


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("дождь", "снег"),
        ("дождь", ""),
        ("дождь", None),
        ("не дождь", "дождь"),
        ("не дождь", ""),
        ("-5..10", 10.1),
        ("-5..10", "тепло"),
        ("-5..10", ""),
        ("> 20", 20),
        ("< 0", 0),
        (">= 20", True),
        ("5", 6),
        (5, ""),
        ("да", False),
        ("10..-5", 0),
        ("> дождь", "дождь"),
    ],
)
def test_does_not_match(cell: Cell, value: Value) -> None:
    assert not matches(cell, value)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("10..-5", "сначала меньшее число, потом большее: -5..10"),
        ("..", "не понимаю диапазон"),
        ("5..дождь", "не понимаю диапазон"),
        ("5 5..6", "не понимаю число"),
        ("> дождь", "нужно число"),
        (">", "нужно число"),
        ("дождь, >= тепло", "«>= тепло»"),
    ],
)
def test_a_bad_cell_is_explained(cell: str, says: str) -> None:
    assert says in check_cell(cell)
    assert "-5..10" in check_cell(cell)


ADVICE = [
    Row("r1", {"Погода": "дождь, морось", "Температура": "", "Совет": "Возьмите зонт"}),
    Row("r2", {"Погода": "", "Температура": "< -15", "Совет": "Тренируйтесь дома"}),
    Row("r3", {"Погода": "ясно", "Температура": "10..25", "Совет": "Бегите в парк"}),
    Row("r4", {"Погода": None, "Температура": "", "Совет": "Хорошего дня"}),
]


@pytest.mark.parametrize(
    ("weather", "temperature", "found"),
    [
        ("Дождь", 5, ["r1", "r4"]),
        ("морось", -20, ["r1", "r2", "r4"]),
        ("ясно", 25, ["r3", "r4"]),
        ("ясно", 26, ["r4"]),
        ("", "", ["r4"]),
    ],
)
def test_rows_from_top_to_bottom(weather: str, temperature: Value, found: list[str]) -> None:
    inputs: dict[str, Value] = {"погода": weather, "Температура": temperature}
    assert [row.id for row in all_matching(ADVICE, inputs)] == found
    best = first(ADVICE, inputs)
    assert best is not None
    assert best.id == found[0]


def test_no_row_fits() -> None:
    assert first(ADVICE[:1], {"Погода": "ясно"}) is None
    assert first([], {"Погода": "ясно"}) is None


number = st.integers(-1000, 1000)


@given(number, number, number)
def test_ranges_mean_what_they_say(low: int, high: int, value: int) -> None:
    low, high = min(low, high), max(low, high)
    assert matches(f"{low}..{high}", value) is (low <= value <= high)
    assert matches(f"не {low}..{high}", value) is not (low <= value <= high)
    assert matches(f"{low}..", value) is (value >= low)
    assert matches(f"< {high}", value) is (value < high)


@given(st.text(max_size=40), st.one_of(st.text(max_size=20), st.floats(), st.none(), st.booleans()))
def test_any_cell_is_read_without_a_crash(cell: str, value: Value) -> None:
    matches(cell, value)
    check_cell(cell)
