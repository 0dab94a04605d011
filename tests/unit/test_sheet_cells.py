"""Cells: what Russian people type becomes what they meant, and texts come back as they were."""

from __future__ import annotations

import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.schema import Column, Type
from core.values import Cell
from sheets.cells import Unreadable, read_cell, same, settled, write_cell

TEXT, NUMBER, MONEY = Column("т"), Column("ч", Type.NUMBER), Column("д", Type.MONEY)
DATE, DATETIME = Column("дата", Type.DATE), Column("когда", Type.DATETIME)
FLAG, PHONE = Column("флаг", Type.FLAG), Column("тел", Type.PHONE)
CHOICE = Column("выбор", Type.CHOICE, choices=("низкая", "средняя", "высокая"))


@pytest.mark.parametrize(
    ("typed", "column", "meant"),
    [
        ("1 234,50", NUMBER, 1234.5),
        ("1\u00a0234,50", NUMBER, 1234.5),
        ("1.234,50", NUMBER, 1234.5),
        ("1,234.50", NUMBER, 1234.5),
        ("−5", NUMBER, -5),
        ("0,99", NUMBER, 0.99),
        (7.0, NUMBER, 7),
        ("1 500 ₽", MONEY, 1500),
        ("1500 руб.", MONEY, 1500),
        ("12.05.2026", DATE, "2026-05-12"),
        ("5.1.26", DATE, "2026-01-05"),
        ("2026-05-12", DATE, "2026-05-12"),
        ("12 мая 2026", DATE, "2026-05-12"),
        ("12 мая 2026 г.", DATE, "2026-05-12"),
        (46154.0, DATE, "2026-05-12"),
        (46154.4375, DATE, "2026-05-12"),
        (46154.4375, DATETIME, "2026-05-12T10:30"),
        ("12.05.2026 9:05", DATETIME, "2026-05-12T09:05"),
        ("12.05.2026, 09:05:07", DATETIME, "2026-05-12T09:05:07"),
        ("2026-05-12T10:00", DATETIME, "2026-05-12T10:00"),
        ("Да", FLAG, True),
        (" нет ", FLAG, False),
        (True, FLAG, True),
        ("ИСТИНА", FLAG, True),
        (0, FLAG, False),
        ("Высокая ", CHOICE, "высокая"),
        (7.0, TEXT, "7"),
        (89161234567.0, PHONE, "89161234567"),
        (True, TEXT, "да"),
        ("", NUMBER, ""),
        ("  ", NUMBER, ""),
        (None, TEXT, ""),
    ],
)
def test_reads_what_people_type(typed: Cell, column: Column, meant: Cell) -> None:
    assert read_cell(typed, column) == meant


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        ("сорок", NUMBER),
        ("1,2,3,4", NUMBER),
        ("12-5", NUMBER),
        (True, NUMBER),
        ("#REF!", NUMBER),
        ("32.05.2026", DATE),
        ("завтра", DATE),
        ("12.05", DATE),
        ("12.05.2026 25:00", DATETIME),
        (-5, DATE),
        (10**9, DATETIME),
        ("мб", FLAG),
        ("ничего", CHOICE),
    ],
)
def test_what_does_not_fit_says_what_to_type_instead(typed: Cell, column: Column) -> None:
    found = read_cell(typed, column)
    assert isinstance(found, Unreadable)
    assert found.what
    assert found.fix.endswith(".")


def test_a_mistyped_choice_is_recognised() -> None:
    found = read_cell("высокий", CHOICE)
    assert isinstance(found, Unreadable)
    assert "«высокая»" in found.fix


@pytest.mark.parametrize(
    "text", ["007", "+79161234567", "1-2", "=IMPORTXML(A1)", "1,5", "TRUE", "🏃‍♀️", "a\nb", " край ", "'0123", "12E5"]
)
def test_texts_round_trip_byte_exact(text: str) -> None:
    assert write_cell(text, TEXT) == text
    assert read_cell(text, TEXT) == text


def test_owner_columns_keep_what_was_read() -> None:
    assert read_cell(12.5, None) == 12.5
    assert read_cell(True, None) is True
    assert read_cell("007", None) == "007"
    assert write_cell(3, None) == 3


def test_dates_are_written_as_serial_numbers() -> None:
    assert write_cell("2026-05-12", DATE) == 46154
    assert write_cell("2026-05-12T10:30", DATETIME) == 46154.4375
    assert write_cell("не дата", DATE) == "не дата"


def test_unwritable_values_never_reach_the_wire() -> None:
    assert write_cell(math.nan, NUMBER) == ""
    assert write_cell(math.inf, None) == ""
    assert write_cell("а\x00б\r\nв", TEXT) == "аб\nв"
    assert len(str(write_cell("я" * 60_000, TEXT))) == 50_000


def test_flags_and_numbers_are_not_confused() -> None:
    assert not same(True, 1)
    assert same(None, "")
    assert same(1, 1.0)


@given(st.datetimes(min_value=datetime(1900, 3, 1)))
def test_any_moment_survives_the_sheet_to_the_second(moment: datetime) -> None:
    back = settled(moment.isoformat(), DATETIME)
    assert isinstance(back, str)
    assert datetime.fromisoformat(back) == moment.replace(microsecond=0)


@given(st.one_of(st.text(max_size=40), st.integers(-(10**12), 10**12), st.floats(allow_nan=False), st.booleans()))
def test_settling_twice_changes_nothing(value: Cell) -> None:
    for column in (TEXT, NUMBER, DATE, DATETIME, FLAG, PHONE, CHOICE, None):
        once = settled(value, column)
        assert same(settled(once, column), once)
