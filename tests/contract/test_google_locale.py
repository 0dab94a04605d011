"""How typed text becomes values and values become text, in Russian and in American."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.google_book import Book
from sandbox.google_display import shown
from sandbox.google_formulas import Formula
from sandbox.google_grid import Cell
from sandbox.google_locale import AMERICAN, RUSSIAN, moment, serial
from sandbox.google_typing import enter, parse


@pytest.mark.parametrize(
    ("typed", "value", "kind"),
    [
        ("1,5", 1.5, ""),
        ("-0,25", -0.25, ""),
        (",5", 0.5, ""),
        ("1 234,50", 1234.5, ""),
        ("1\u00a0234\u00a0567", 1234567, ""),
        ("007", 7, ""),
        ("+79161234567", 79161234567, ""),
        ("12E5", 1200000, ""),
        ("50%", 0.5, "PERCENT"),
        ("12,5 %", 0.125, "PERCENT"),
        ("100 ₽", 100, "CURRENCY"),
        ("99,90 руб.", 99.9, "CURRENCY"),
        ("12.05.2026", 46154, "DATE"),
        ("12.05.26", 46154, "DATE"),
        ("1-2", 46054, "DATE"),
        ("1.5", 46143, "DATE"),
        ("5/11", 46331, "DATE"),
        ("2026-05-12", 46154, "DATE"),
        ("12.05.2026 18:00", 46154.75, "DATE_TIME"),
        ("2026-05-12T06:00", 46154.25, "DATE_TIME"),
        ("7:30", 0.3125, "TIME"),
        ("истина", True, ""),
        ("FALSE", False, ""),
    ],
)
def test_a_russian_sheet_understands(typed: str, value: Any, kind: str) -> None:
    parsed = parse(typed, RUSSIAN, 2026)
    assert (parsed.value, parsed.kind) == (value, kind)
    assert type(parsed.value) is type(value)


@pytest.mark.parametrize(
    "typed",
    [
        "1.5.5",
        "31.02.2026",
        "32.01",
        "25:00",
        "12.05.2026 25:00",
        "1,2,3",
        "12 34",
        "да",
        "+7 916 123-45-67",
        "1e999",
        " x ",
        "٣٤",
        "-",
        "%",
        "₽",
    ],
)
def test_everything_else_stays_text_byte_for_byte(typed: str) -> None:
    assert parse(typed, RUSSIAN, 2026) == (typed, "", "")


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1,234.5", 1234.5), ("1,5", "1,5"), ("5/12/2026", 46154), ("1-2", 46024), ("12.05.2026", 46361), ("$5", 5)],
)
def test_an_american_sheet_reads_the_same_keys_differently(typed: str, value: Any) -> None:
    assert parse(typed, AMERICAN, 2026).value == value


def test_an_apostrophe_makes_text_and_an_empty_string_makes_nothing() -> None:
    assert enter(Cell(5), "'007", RUSSIAN, 2026).value == "007"
    assert enter(Cell(5), "", RUSSIAN, 2026).value is None
    assert enter(Cell(), "=", RUSSIAN, 2026).value == "="
    assert enter(Cell(5), "=A1", RUSSIAN, 2026) == Cell(None, "=A1")


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "text"),
    [
        (1234.5, "", "", "1234,5"),
        (1 / 3, "", "", "0,3333333333"),
        (1234567.891, "NUMBER", "#,##0.00", "1\u00a0234\u00a0567,89"),
        (-0.001, "NUMBER", "0.00", "0,00"),
        (5, "NUMBER", "0.##", "5"),
        (0.125, "PERCENT", "0.0%", "12,5%"),
        (100, "CURRENCY", "#,##0.00\u00a0[$₽]", "100,00\u00a0₽"),
        (46154.75, "DATE_TIME", "dd.mm.yyyy hh:mm", "12.05.2026 18:00"),
        (46154.75, "DATE_TIME", "", "12.05.2026 18:00:00"),
        (46154, "DATE", 'd mmmm yyyy "г."', "12 мая 2026 г."),
        (46154, "DATE", "d.m.yy", "12.5.26"),
        (0.3125, "TIME", "h:mm:ss", "7:30:00"),
        (79161234567, "TEXT", "@", "79161234567"),
        ("46154", "DATE", "", "46154"),
        (10**12, "DATE", "", "1000000000000"),
        (True, "", "", "ИСТИНА"),
    ],
)
def test_values_are_shown_by_their_format(value: Any, kind: str, pattern: str, text: str) -> None:
    number = {"numberFormat": {"type": kind, "pattern": pattern}} if kind else None
    assert shown(value, number, RUSSIAN) == text


def test_serial_numbers_go_there_and_back() -> None:
    for number in (0, 1, 59, 60, 61, 46154, 46154.25, 46154.999988):
        assert abs(serial(moment(number)) - number) < 1e-5


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=1+2*3", 7),
        ("=(1+2)*3", 9),
        ("=-2+5", 3),
        ("=1,5*2", 3),
        ('="а""б"&1', 'а"б1'),
        ("=2>1", True),
        ('="Я"="я"', True),
        ('=ЕСЛИ(2>1;"да";"нет")', "да"),
        ("=СРЗНАЧ(1;2;3)", 2),
        ("=МИН(4;2)+MAX(1;7)", 9),
        ('=СЧЁТ(1;"а")', 1),
        ("=СУММ()", 0),
        ("=СЕГОДНЯ()", 46154),
        ("=1/0", "#DIV/0!"),
        ("=СРЗНАЧ()", "#DIV/0!"),
        ("=ИМЯ", "#NAME?"),
        ("=1+#REF!", "#REF!"),
        ("=SUM(1;2", "#ERROR!"),
        ("=1 2", "#ERROR!"),
        ("=@", "#ERROR!"),
        ("=" + "(" * 5000, "#ERROR!"),
    ],
)
def test_the_calculator(formula: str, result: Any) -> None:
    assert Formula(formula, lambda name: [None], RUSSIAN, 46154).value() == result


def test_an_unknown_locale_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="xx_XX"):
        Book("id", "Клуб", "xx_XX", "Europe/Moscow")
