"""The owner's conditions and formulas: what they mean."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FormulaError
from core.formula import compile_formula
from core.values import Record, Value, fold

TODAY = date(2026, 11, 22)
KNOWN: dict[str, Value] = {
    "имя": "Алёна",
    "минуты": 45,
    "набрано": "45",
    "вес": 70.5,
    "пусто": "",
    "ничего": None,
    "любимая книга": "Мастер и Маргарита",
    "погода": Record("дождь", {"Температура": -3}),
    "погода.температура": -3,
    "погода.осадки с": "15:00",
    "подписка": True,
    "согласен": "Нет",
    "срок": "2026-11-20",
    "визит": "2026-11-22T10:00",
}


def look(name: str) -> Value:
    return KNOWN.get(name, "")


def value(text: str) -> Value:
    return compile_formula(text).value(look, TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 2 * 2", 6),
        ("(2 + 2) * 2", 8),
        ("0,1 + 0,2", Decimal("0.3")),
        ("1.5 + 1,5", 3),
        ("10 000 / 4", 2500),
        ("−минуты + 50", 5),
        ("минуты × 2 – 1", 89),
        ("набрано + 1", 46),
        ("пусто + 1", 1),
        ("[Любимая книга]", "Мастер и Маргарита"),
        ("погода", "дождь"),
        ("погода.температура - 1", -4),
        ("погода.[осадки с]", "15:00"),
        ("[погода.осадки с]", "15:00"),
        ('"сказал ""да"""', 'сказал "да"'),
        ("«ёлка»", "ёлка"),
        ('ЕСЛИ(минуты >= 30; "много"; "мало")', "много"),
        ("если(нет; 1)", ""),
        ("ЕСЛИ(да; 1; 1 / 0)", 1),
        ("ОКРУГЛ(2,5)", 3),
        ("ОКРУГЛ(-2,5)", -3),
        ("ОКРУГЛ(2,345; 2)", Decimal("2.35")),
        ("ОКРУГЛ(1234; -2)", 1200),
        ("МИН(3; 1,5; 2)", Decimal("1.5")),
        ("МИН(3, 1, 2)", 1),
        ("МИН(1,5)", Decimal("1.5")),
        ("МАКС(пусто; 7)", 7),
        ("МАКС(пусто; ничего)", ""),
        ("ДЛСТР(имя)", 5),
        ("ДЛСТР(пусто)", 0),
        ("СЕГОДНЯ()", "2026-11-22"),
        ("сегодня", "2026-11-22"),
        ("СЕГОДНЯ() - срок", 2),
        ("срок + 1", "2026-11-21"),
    ],
)
def test_value(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "имя",
        "не пусто",
        "не ничего",
        "не неизвестное",
        'пусто = ""',
        "ПУСТО(ничего) и не ПУСТО(имя)",
        "имя = «АЛЕНА »",
        "имя <> «Иван» и имя != «Пётр»",
        "минуты = 45 и набрано = 45 и набрано = 45,0",
        "набрано > 9",
        "минуты ≥ 45 и минуты =< 45",
        "1 < минуты < 60",
        "не минуты > 60",
        "подписка и подписка = да и подписка <> нет",
        "пусто = нет",
        "согласен = нет и не согласен",
        "И(да; имя) и ИЛИ(нет; имя) и НЕ(нет)",
        "нет и нет или да",
        "да и (нет или истина)",
        "срок < СЕГОДНЯ()",
        "визит = СЕГОДНЯ() и визит >= СЕГОДНЯ()",
        "визит > «22.11.2026 09:30»",
        "погода.температура < 0",
        "«я» > «а»",
    ],
)
def test_holds(text: str) -> None:
    assert compile_formula(text).holds(look, TODAY)


@pytest.mark.parametrize(
    "text",
    ["пусто < 5", "пусто > 5", "пусто <= 0", "имя < 5", "имя >= 5", "имя = 5", "подписка > 0", "0", "ложь", "пусто"],
)
def test_does_not_hold_and_does_not_crash(text: str) -> None:
    assert not compile_formula(text).holds(look, TODAY)


def test_names_are_folded_and_keep_their_fields() -> None:
    formula = compile_formula("[Любимая  Книга] = «Имя» и Погода.Температура > Ёлка или не [погода.осадки с]")
    assert formula.names == {"любимая книга", "погода.температура", "елка", "погода.осадки с"}


def test_now_is_known_when_the_caller_knows_the_time() -> None:
    assert compile_formula("СЕЙЧАС()").value(look, datetime(2026, 11, 22, 9, 5, 30)) == "2026-11-22T09:05"
    assert compile_formula("СЕГОДНЯ()").value(look, datetime(2026, 11, 22, 9, 5)) == "2026-11-22"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("имя + 1", "нужно число"),
        ("ОКРУГЛ(имя)", "нужно число"),
        ("МАКС(1; имя)", "нужно число"),
        ("подписка * 2", "нужно число"),
        ("1 / 0", "на ноль"),
        ("минуты / пусто", "на ноль"),
        ("срок + 99999999999", "дата"),
        ("ОКРУГЛ(1; 99)", "Округлять"),
    ],
)
def test_impossible_at_run_time(text: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says) as caught:
        value(text)
    assert "Алёна" not in str(caught.value)  # a person's words stay out of the owner's journal


whole = st.integers(-(10**9), 10**9)


@given(whole, whole)
def test_whole_numbers_behave_as_numbers(a: int, b: int) -> None:
    both: dict[str, Value] = {"а": a, "б": str(b)}
    assert compile_formula("а + б").value(lambda name: both[name], TODAY) == a + b
    assert compile_formula("а * б").value(lambda name: both[name], TODAY) == a * b
    assert compile_formula("а < б").holds(lambda name: both[name], TODAY) is (a < b)
    assert compile_formula("а = б").holds(lambda name: both[name], TODAY) is (a == b)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.decimals()), st.text())
def test_comparing_never_crashes(left: Value, right: str) -> None:
    both: dict[str, Value] = {"а": left, "б": right}
    for sign in ("=", "<>", "<", "<=", ">", ">="):
        compile_formula(f"а {sign} б").holds(lambda name: both[name], TODAY)
    before = compile_formula("а < б").holds(lambda name: both[name], TODAY)
    after = compile_formula("а > б").holds(lambda name: both[name], TODAY)
    assert not (before and after)


@given(st.text(alphabet="абвёЁ ", min_size=1).filter(lambda word: fold(word) != ""))
def test_a_bracketed_name_finds_its_value(name: str) -> None:
    assert compile_formula(f"[{name}]").value(lambda asked: f"<{asked}>", TODAY) == f"<{fold(name)}>"
