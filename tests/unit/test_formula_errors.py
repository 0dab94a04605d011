"""Formulas that must be refused: typos with advice, and everything that attacks other expression languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FormulaError
from core.formula import MAX_DEPTH, MAX_LENGTH, MAX_RESULT, compile_formula

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "пуста"),
        ("   ", "пуста"),
        ("Любимая книга = 5", r"\[Любимая книга\].*«Любимая 👉книга"),
        ("возраст >> 5", "«возраст >👉> 5»"),
        ("окргул(1,5)", "вы имели в виду «ОКРУГЛ».*«👉окргул"),
        ("погода(1)", "Не знаю функции «погода»"),
        ("(1 + 2", "не закрыта"),
        ("1 + 2)", "Лишняя"),
        ("1 +", "«1 \\+👉»"),
        ("имя и ", "«имя и 👉»"),
        ("имя = «Иван", "кавычках"),
        ('имя = "Иван', "кавычках"),
        ("[Любимая книга = 1", "закрывающая скобка"),
        ("процент > 50%", "пишите 50"),
        ("ЕСЛИ(да)", "от 2 до 3, а дано 1"),
        ("СЕГОДНЯ(1)", "дано 1"),
        ("ДЛСТР()", "дано 0"),
        ("5 (2)", "нужна функция или знак"),
        ("1, 2", "нельзя"),
        ("имя.", "Не понимаю"),
        (".имя", "Не понимаю"),
        ("а\u200bб", "невидимый"),
    ],
)
def test_a_mistake_is_shown_with_its_place(text: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says):
        compile_formula(text)


@pytest.mark.parametrize(
    "attack",
    [
        "9**9**9",
        "2 ** 10",
        "9^9",
        "7 // 2",
        "7 % 2",
        "'%1000000000d' % 1",
        "f'{1:>1000000000}'",
        "__import__('os').system('true')",
        "().__class__.__bases__[0].__subclasses__()",
        "имя.__class__()",
        "[1, 2][0]",
        "{1: 2}",
        "lambda: 1",
        "(lambda: 1)()",
        "имя := 5",
        "(а := 5)",
        "МИН(*а)",
        "МИН(**а)",
        "МИН(а for а in б)",
        "а if б else в",
        "...",
        "1; 2",
        "1\n2",
        "import os",
        "а[0]",
        "а.б()",
        "~1",
        "1 << 9",
        "а @ б",
        "а and б",
        "x0 x1",
        "\0",
        "1e999999999",
        "10j",
        "0x10",
        "«" * 400,
        "(" * 400,
        "(" * 240 + "1" + ")" * 240,
        "-" * 400 + "1",
        "не " * 160 + "да",
        "1" + "+1" * 200,
        "1" * 501,
        "ЕСЛИ(да;" * 60 + "1" + ")" * 60,
    ],
)
def test_attacks_are_refused(attack: str) -> None:
    with pytest.raises(FormulaError):
        compile_formula(attack).value(lambda _name: "", TODAY)


@pytest.mark.parametrize("name", ["имя.__class__", "__builtins__", "x0", "lambda", "[x for x in (1, 2)]", "МИН"])
def test_words_of_python_are_only_names(name: str) -> None:
    """They are looked up among the owner's variables like any other word."""
    formula = compile_formula(name)
    assert formula.names == {name.strip("[]").lower()}
    assert formula.value(lambda asked: f"<{asked}>", TODAY) == f"<{name.strip('[]').lower()}>"


def test_one_text_times_a_huge_number_is_not_a_text() -> None:
    with pytest.raises(FormulaError, match="нужно число"):
        compile_formula("'a' * 1000000000").value(lambda _name: "", TODAY)


def test_numbers_cannot_grow_without_end() -> None:
    huge = " * ".join(["999999999999"] * 20)
    with pytest.raises(FormulaError, match="слишком большое"):
        compile_formula(huge).value(lambda _name: "", TODAY)


def test_limits_of_size() -> None:
    assert compile_formula("1 + " * (MAX_DEPTH - 2) + "1").value(lambda _name: "", TODAY) == MAX_DEPTH - 1
    with pytest.raises(FormulaError, match="сложная"):
        compile_formula("1 + " * MAX_DEPTH + "1")
    with pytest.raises(FormulaError, match=f"длиннее {MAX_LENGTH}"):
        compile_formula("а" * (MAX_LENGTH + 1))
    assert compile_formula("имя").value(lambda _name: "я" * MAX_RESULT, TODAY) == "я" * MAX_RESULT
    with pytest.raises(FormulaError, match="слишком длинный"):
        compile_formula("имя").value(lambda _name: "я" * (MAX_RESULT + 1), TODAY)


def test_a_person_cannot_write_a_formula() -> None:
    """What a person types is a value, whatever it looks like."""
    typed = "1) или (да"
    assert not compile_formula("пароль = «верный»").holds(lambda _name: typed, TODAY)
    assert compile_formula("пароль").value(lambda _name: typed, TODAY) == typed


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    try:
        compile_formula(text).value(lambda _name: "5", TODAY)
    except FormulaError as refused:
        assert refused.args[0]  # noqa: PT017 - both outcomes are right, a crash is not


words = st.sampled_from(
    ["имя", "5", "1,5", "«а»", "и", "или", "не", "(", ")", ";", "+", "-", "*", "/", "=", "<", "ЕСЛИ", "МИН", "да", "."]
)


@given(st.lists(words, max_size=25))
def test_any_jumble_of_words_is_a_formula_or_a_formula_error(jumble: list[str]) -> None:
    text = " ".join(jumble)
    try:
        compile_formula(text).value(lambda _name: "5", TODAY)
    except FormulaError as refused:
        assert refused.args[0]  # noqa: PT017
